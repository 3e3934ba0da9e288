"""The stamped pages of the offices at the end of a route: what waits for them, what was asked again, what is in."""

from collections.abc import Sequence
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Row, func, select, tuple_

from .. import policy
from ..extensions import db
from ..models import Application, StampedPage, Title
from ..policy import Standing
from ..vocabulary import PageState
from .desk import COUNTED
from .lists import PAGE, Key, Page, Turn, cut

TABS = (PageState.HANDED_IN, PageState.ASKED_AGAIN, PageState.ACCEPTED)


def count_waiting(who: Standing) -> int:
    """How many wait for his offices, counted to COUNTED + 1."""
    few = select(StampedPage.id).where(
        StampedPage.office_id.in_(who.offices), StampedPage.state == PageState.HANDED_IN
    )
    return db.session.scalar(select(func.count()).select_from(few.limit(COUNTED + 1).subquery())) or 0


def pages(who: Standing, state: PageState, turn: Turn) -> Page:
    """A page of his offices' stamped pages of a state, by when they came."""
    place = tuple_(StampedPage.handed_in_at, StampedPage.id)
    query = (
        select(
            StampedPage.id,
            StampedPage.handed_in_at,
            StampedPage.state,
            StampedPage.doubts,
            Application.id.label("application_id"),
            Application.applicant_id,
            Application.number,
            User.first_name.label("name"),
            Title.name.label("title"),
        )
        .join(Application, Application.id == StampedPage.application_id)
        .join(User, User.id == Application.applicant_id)
        .outerjoin(Title, Title.id == Application.title_id)
        .where(StampedPage.office_id.in_(who.offices), StampedPage.state == state)
        .where(policy.visible(Application, who))
    )
    if turn.key is not None:
        key = tuple_(turn.key.value, turn.key.id)
        query = query.where(place < key if turn.backwards else place > key)
    order = (StampedPage.handed_in_at, StampedPage.id)
    rows: Sequence[Row[Any]] = db.session.execute(
        query.order_by(*(each.desc() if turn.backwards else each for each in order)).limit(PAGE + 1)
    ).all()
    return cut(rows, turn, PAGE, lambda row: Key(row.handed_in_at, row.id))


def next_waiting(who: Standing) -> int | None:
    """The application whose page came first of those that wait, without one's own."""
    found = pages(who, PageState.HANDED_IN, Turn()).rows
    return next((row.application_id for row in found if row.applicant_id != who.user_id), None)
