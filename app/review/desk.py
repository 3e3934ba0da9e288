"""The desk's figures and what it has done; what waits there is in lists.py. Each is one statement, counted no further
than COUNTED (performance.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Row, Select, false, func, literal, or_, select
from sqlalchemy.orm import aliased

from .. import policy
from ..extensions import db
from ..models import Application, Decision, Organisation, Title
from ..policy import Standing
from .lists import LISTS, PAGE, Filters, Key, Page, Turn, applications, cut, is_due, returned, waiting

COUNTED = 1000
NEW = 100


def place_of(application: Application) -> Key:
    """Where the application stands in 待我审核, by its deadline."""
    return Key(application.due_at, application.id)


def neighbours(who: Standing, application: Application, at: datetime) -> tuple[int | None, int | None]:
    """The applications before and after this one in 待我审核, without one's own."""
    key = place_of(application)
    found = []
    for backwards in (True, False):
        page = applications(who, Filters(), Turn(key, backwards), at, size=2)
        rows = [row for row in page.rows if row.applicant_id != who.user_id and row.id != application.id]
        found.append((rows[-1] if backwards else rows[0]).id if rows else None)
    return found[0], found[1]


def next_waiting(who: Standing, after: Key, at: datetime) -> int | None:
    """The application to look at next: the following one, else the one that is due first."""
    for turn in (Turn(after), Turn()):
        page = applications(who, Filters(), turn, at, size=2)
        for row in page.rows:
            if row.applicant_id != who.user_id:
                return int(row.id)
    return None


def tab_counts(who: Standing) -> dict[str, int]:
    """How many rows each tab has, counted to COUNTED + 1."""
    names = list(LISTS)
    row = db.session.execute(
        select(*(_count(select(Application.id).where(_any(LISTS[name], who))) for name in names))
    ).one()
    return dict(zip(names, row, strict=True))


@dataclass(frozen=True)
class Figures:
    """The four numbers of the 工作台, each counted to COUNTED + 1."""

    waiting: int
    due: int
    returned: int
    handled: int


def figures(who: Standing, at: datetime) -> Figures:
    """One statement for all four."""
    newest = (
        select(Decision.at)
        .where(Decision.organisation_id.in_(who.offices))
        .order_by(Decision.id.desc())
        .limit(COUNTED + 1)
        .subquery()
    )
    row = db.session.execute(
        select(
            _count(select(Application.id).where(_any(waiting, who))),
            _count(select(Application.id).where(_any(waiting, who), is_due(at))),
            _count(select(Application.id).where(_any(returned, who))),
            select(func.count()).select_from(newest).where(newest.c.at >= week_start(at)).scalar_subquery(),
        )
    ).one()
    return Figures(*row)


def arrived(who: Standing, since: datetime) -> int:
    """How many came to his offices after a moment, counted to NEW."""
    newer = select(Application.id).where(_any(waiting, who), Application.waiting_since > since)
    return db.session.scalar(select(func.count()).select_from(newer.limit(NEW).subquery())) or 0


def week_start(at: datetime) -> datetime:
    """Monday 00:00 of that week."""
    return datetime.combine(at.date() - timedelta(days=at.weekday()), time(), at.tzinfo)


def _any(part: Any, who: Standing) -> ColumnElement[bool]:
    return or_(false(), *(part(office_id) for office_id in who.offices))


def _count(query: Select[int]) -> Any:
    return select(func.count()).select_from(query.limit(COUNTED + 1).subquery()).scalar_subquery()


def handled(who: Standing, *, since: datetime | None, turn: Turn) -> Page:
    """The decisions of his offices, the newest first; what he may see no more (`is_visible`) stays without words."""
    applicant, clerk, office = aliased(User), aliased(User), aliased(Organisation)
    query = (
        select(
            Decision.id,
            Decision.at,
            Decision.event,
            Decision.opinion,
            Application.id.label("application_id"),
            Application.status,
            applicant.first_name.label("name"),
            clerk.first_name.label("clerk"),
            Title.name.label("title"),
            office.name.label("office"),
            policy.visible(Application, who).label("is_visible"),
        )
        .join(Application, Application.id == Decision.application_id)
        .join(applicant, applicant.id == Application.applicant_id)
        .join(office, office.id == Decision.organisation_id)
        .outerjoin(clerk, clerk.id == Decision.by_id)
        .outerjoin(Title, Title.id == Application.title_id)
        .where(Decision.organisation_id.in_(who.offices))
    )
    if since is not None:
        query = query.where(Decision.at >= since)
    if turn.key is not None:
        query = query.where(Decision.id > turn.key.id if turn.backwards else Decision.id < turn.key.id)
    order = Decision.id.asc() if turn.backwards else Decision.id.desc()
    rows = db.session.execute(query.order_by(order).limit(PAGE + 1)).all()
    return cut(rows, turn, PAGE, lambda row: Key(None, row.id))


def committees() -> Sequence[Row[int, str]]:
    """Names for the filter."""
    return db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.kind == literal("committee"))
        .order_by(Organisation.name)
    ).all()
