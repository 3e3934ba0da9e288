"""What a request knows of the person behind it; asked once, kept for the length of the request."""

from flask import g, request
from flask_appbuilder.security.sqla.models import User
from flask_login import current_user
from sqlalchemy import select

from ..extensions import db
from ..models import Organisation
from ..policy import Standing, standing_of
from ..vocabulary import Role
from .fields import number_in

NOBODY = Standing(0, {})
LAST_PAGE = 10_000


def me() -> User | None:
    """The signed-in user's row, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def who() -> Standing:
    """The roles and organisations of the signed-in user; of nobody: none."""
    if "standing" not in g:
        user = me()
        g.standing = standing_of(user) if user else NOBODY
    found: Standing = g.standing
    return found


def offices() -> list[Organisation]:
    """The organisations the user acts for, by name."""
    if "offices" not in g:
        ids = who().offices
        g.offices = (
            list(
                db.session.scalars(
                    select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
                )
            )
            if ids
            else []
        )
    found: list[Organisation] = g.offices
    return found


def page_number() -> int:
    """The page of a list that is asked for; nonsense means the first."""
    return min(number_in(request.args.get("page")) or 1, LAST_PAGE)


def is_local(path: str) -> bool:
    """Whether a page asked for the way back may be led to: a path of this house, not another one's (C12)."""
    return path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path


def has_role(role: Role) -> bool:
    return role in who().organisations
