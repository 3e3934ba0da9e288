"""What the desk's pages ask of a request: whose rows, whose hand."""

from typing import Any

from flask import url_for
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext

from ..roles import may_open
from ..vocabulary import Role
from ..web.request import me, offices, who
from ..web.shell import listed
from .lists import Page


def clerk() -> User:
    """Whoever is signed in: every page of the desk is behind a sign-in."""
    user = me()
    assert user
    return user


def scope() -> str:
    """Whose rows the page shows; said on every list (screens.md 3.1)."""
    return gettext("范围：%(offices)s", offices=listed(each.name for each in offices()))


def filters_by_committee() -> bool:
    """A committee office sees its own committee only."""
    return any(role is not Role.COMMITTEE for role in who().roles if who().of(role))


def opens_stamped_pages() -> bool:
    """Whether a stamped page can be his to take in."""
    return any(may_open(role, "StampedDeskView", "can_list") for role in who().roles)


def turns(endpoint: str, page: Page, asked: dict[str, Any]) -> tuple[str | None, str | None]:
    """The addresses of the neighbouring pages, with the filters kept."""
    before = url_for(endpoint, **asked, before=str(page.before)) if page.before else None
    after = url_for(endpoint, **asked, after=str(page.after)) if page.after else None
    return before, after
