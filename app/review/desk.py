"""What waits at an office, what it sent back, what it has done: each list is one statement.

The cost of a page does not grow with the number of applications: every office's rows are read in
the order of its index, cut off before anything is joined, and counted no further than COUNTED.
Pages are found by their neighbour's key, never by an offset (performance.md).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from .. import policy
from ..extensions import db
from ..models import Application, Decision, Organisation, Round, Title
from ..policy import Standing
from ..vocabulary import Status

PAGE = 25
COUNTED = 1000
SOON = timedelta(days=3)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
KEY = re.compile(r"([0-9]{0,17})\.([0-9]{1,9})")

committee = aliased(Organisation)


@dataclass(frozen=True)
class Key:
    """A row's place in a list: since when it waits (None where nothing waits) and its id."""

    since: datetime | None
    id: int

    def __str__(self) -> str:
        return f"{'' if self.since is None else (self.since - EPOCH) // MICROSECOND}.{self.id}"


@dataclass(frozen=True)
class Turn:
    """Where a page begins: after or before the row of a key; without a key it is the first page."""

    key: Key | None = None
    backwards: bool = False

    @classmethod
    def read(cls, after: str | None, before: str | None) -> "Turn":
        """From the page's address; a key that makes no sense counts as none."""
        found = KEY.fullmatch(before or after or "")
        if found is None:
            return cls()
        micros, number = found.groups()
        since = EPOCH + int(micros) * MICROSECOND if micros else None
        return cls(Key(since, int(number)), backwards=bool(before))


@dataclass(frozen=True)
class Page:
    """Rows with the keys of the neighbouring pages, None where there is none."""

    rows: Sequence[Row[Any]]
    before: Key | None
    after: Key | None


@dataclass(frozen=True)
class Filters:
    name: str = ""
    committee_id: int | None = None
    due_by: datetime | None = None


def waiting(office_id: int) -> ColumnElement[bool]:
    return policy.waiting_at([office_id])


def returned(office_id: int) -> ColumnElement[bool]:
    """Sent back by this office and not handed in again. The null is part of the index's order."""
    return and_(
        Application.holder_id == office_id,
        Application.status == Status.RETURNED,
        Application.waiting_since.is_(None),
    )


LISTS = {"waiting": waiting, "returned": returned}


def applications(
    who: Standing, tab: str, *, filters: Filters, turn: Turn, at: datetime, size: int = PAGE
) -> Page:
    """A page of one tab for all offices of this person, longest waiting first."""
    if not who.offices:
        return Page([], None, None)
    parts = [
        _keys(LISTS[tab](office_id), who, filters, turn, at).limit(size + 1).subquery()
        for office_id in who.offices
    ]
    keys = (union_all(*(select(part) for part in parts)).subquery()) if len(parts) > 1 else parts[0]
    order = [keys.c.waiting_since, keys.c.id]
    rows = db.session.execute(
        select(
            Application.id,
            Application.applicant_id,
            User.first_name.label("name"),
            Title.name.label("title"),
            committee.name.label("committee"),
            Round.corrections_until.label("due"),
            Application.submission_no,
            Application.waiting_since,
            Application.status,
            Application.stage,
        )
        .select_from(keys)
        .join(Application, Application.id == keys.c.id)
        .join(User, User.id == Application.applicant_id)
        .outerjoin(Title, Title.id == Application.title_id)
        .outerjoin(Round, Round.id == Application.round_id)
        .outerjoin(committee, committee.id == Round.committee_id)
        .order_by(*([each.desc() for each in order] if turn.backwards else order))
        .limit(size + 1)
    ).all()
    return _page(rows, turn, size, lambda row: Key(row.waiting_since, row.id))


def _keys(
    where: ColumnElement[bool], who: Standing, filters: Filters, turn: Turn, at: datetime
) -> Select[int, datetime | None]:
    query = select(Application.id, Application.waiting_since).where(
        where, policy.visible(Application, who), _beyond(turn)
    )
    if filters.name:
        query = query.join(User, User.id == Application.applicant_id).where(
            User.first_name.startswith(filters.name, autoescape=True)
        )
    if filters.committee_id is not None:
        query = query.where(
            Application.round_id.in_(select(Round.id).where(Round.committee_id == filters.committee_id))
        )
    if filters.due_by is not None:
        query = query.where(Application.round_id.in_(_rounds_ending(at, filters.due_by)))
    order = [Application.waiting_since, Application.id]
    return query.order_by(*([each.desc() for each in order] if turn.backwards else order))


def _rounds_ending(at: datetime, by: datetime) -> Select[int]:
    return select(Round.id).where(Round.corrections_until > at, Round.corrections_until <= by)


def _beyond(turn: Turn) -> ColumnElement[bool]:
    """The rows on the other side of the key; the first comparison is the one an index answers."""
    if turn.key is None:
        return Application.id.is_not(None)
    since, number = Application.waiting_since, Application.id
    key = turn.key
    if turn.backwards:
        if key.since is None:
            return number < key.id
        return and_(since <= key.since, or_(since < key.since, number < key.id))
    if key.since is None:
        return number > key.id
    return and_(since >= key.since, or_(since > key.since, number > key.id))


def _page(rows: Sequence[Row[Any]], turn: Turn, size: int, key_of: Callable[[Row[Any]], Key]) -> Page:
    more = len(rows) > size
    kept = list(rows[:size])
    if turn.backwards:
        kept.reverse()
    behind, ahead = (more, True) if turn.backwards else (turn.key is not None, more)
    return Page(
        kept,
        key_of(kept[0]) if kept and behind else None,
        key_of(kept[-1]) if kept and ahead else None,
    )


def neighbours(who: Standing, application: Application, at: datetime) -> tuple[int | None, int | None]:
    """The applications before and after this one in 待我审核, without one's own."""
    key = Key(application.waiting_since, application.id)
    found = []
    for backwards in (True, False):
        page = applications(who, "waiting", filters=Filters(), turn=Turn(key, backwards), at=at, size=2)
        rows = [row for row in page.rows if row.applicant_id != who.user_id and row.id != application.id]
        found.append((rows[-1] if backwards else rows[0]).id if rows else None)
    return found[0], found[1]


def next_waiting(who: Standing, after: Key, at: datetime) -> int | None:
    """The application to look at next: the following one, else the one that waits longest."""
    for turn in (Turn(after), Turn()):
        page = applications(who, "waiting", filters=Filters(), turn=turn, at=at, size=2)
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
            _count(
                select(Application.id).where(
                    _any(waiting, who), Application.round_id.in_(_rounds_ending(at, at + SOON))
                )
            ),
            _count(select(Application.id).where(_any(returned, who))),
            select(func.count()).select_from(newest).where(newest.c.at >= week_start(at)).scalar_subquery(),
        )
    ).one()
    return Figures(*row)


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
    return _page(rows, turn, PAGE, lambda row: Key(None, row.id))


def committees() -> Sequence[Row[int, str]]:
    """Names for the filter."""
    return db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.kind == literal("committee"))
        .order_by(Organisation.name)
    ).all()
