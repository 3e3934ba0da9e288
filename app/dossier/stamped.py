"""The stamped pages of an application: the one that counts, and the one being cut (ATT-04)."""

from sqlalchemy import ColumnElement, select

from ..extensions import db
from ..models import Application, StampedPage
from ..vocabulary import PageState


def _one(application: Application, condition: ColumnElement[bool]) -> StampedPage | None:
    return db.session.scalars(
        select(StampedPage)
        .where(
            StampedPage.application_id == application.id,
            StampedPage.route_no == application.route_no,
            condition,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def handed_in(application: Application) -> StampedPage | None:
    """The page handed in last, whatever has become of it."""
    return _one(application, StampedPage.chosen.is_(False))


def chosen(application: Application) -> StampedPage | None:
    """The scan that is chosen and not handed in yet."""
    return _one(application, StampedPage.chosen.is_(True))


def accepted(application: Application) -> StampedPage | None:
    """The page that ends the archived document."""
    return _one(application, StampedPage.state == PageState.ACCEPTED)


def waits(application: Application) -> bool:
    """Whether a page waits for the office's word."""
    return _one(application, StampedPage.state == PageState.HANDED_IN) is not None


def keys_of(page: StampedPage) -> list[str]:
    """Its files."""
    return [page.original_key, *filter(None, (page.page_key,))]
