"""The waiting list as a question to the database: offices, filters, pages by key, rows.

The cost of a page does not grow with the number of applications: every office's rows are read in the order of an
index, cut off before anything is joined, and pages are found by their neighbour's key, never by an offset
(performance.md). A filter that no index answers is applied on the way, and the way ends after WALK rows; whoever
wants more goes on from there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Self

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Row, and_, or_, select, union_all
from sqlalchemy.orm import aliased

from .. import policy
from ..extensions import db
from ..models import Application, Organisation, Round, Title
from ..policy import Standing
from ..protection import tail_index_of
from ..vocabulary import Status
from .filters import By, Filters, taken_for

PAGE = 25
LONG_PAGE = 500
WALK = 1000
CANDIDATES = 200
SOON = timedelta(days=3)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
KEY = re.compile(r"(?:([0-9]{0,17})|~(.{0,100}))\.([0-9]{1,9})", re.ASCII | re.DOTALL)
# Behind every text that begins with a prefix, in the order of code points that lists are kept in.
LAST_CHARACTER = "\U0010ffff"

Columns = Sequence[Any]

committee, unit = aliased(Organisation), aliased(Organisation)


@dataclass(frozen=True)
class Key:
    """A row's place in a list: what the list is sorted by (None where there is nothing) and its id."""

    value: datetime | str | None
    id: int

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return f"~{self.value}.{self.id}"
        return f"{'' if self.value is None else (self.value - EPOCH) // MICROSECOND}.{self.id}"


@dataclass(frozen=True)
class Turn:
    """Where a page begins: after or before the row of a key; without a key it is the first page."""

    key: Key | None = None
    backwards: bool = False

    @classmethod
    def read(cls, after: str | None, before: str | None) -> Self:
        """From the page's address; a key that makes no sense counts as none."""
        found = KEY.fullmatch((before or after or "").replace("\0", ""))
        if found is None:
            return cls()
        micros, text, number = found.groups()
        value = EPOCH + int(micros) * MICROSECOND if micros else text
        return cls(Key(value, int(number)), backwards=bool(before))


@dataclass(frozen=True)
class Page:
    """Rows with the keys of the neighbouring pages, None where there is none. `has_stopped`: the search ended
    after WALK rows, and goes on from the neighbour's key."""

    rows: Sequence[Row[Any]]
    before: Key | None = None
    after: Key | None = None
    has_stopped: bool = False


def waiting(office_id: int) -> ColumnElement[bool]:
    return policy.waiting_at([office_id])


def returned(office_id: int) -> ColumnElement[bool]:
    """Sent back by this office and not handed in again."""
    return and_(Application.holder_id == office_id, Application.status == Status.RETURNED)


LISTS = {"waiting": waiting, "returned": returned}


def applications(
    who: Standing, filters: Filters, turn: Turn, at: datetime, size: int = PAGE, more: Columns = ()
) -> Page:
    """A page of one tab for all offices of this person; with `more` columns of the application's or applicant's."""
    if not who.offices:
        return Page([])
    turn = turn if _fits(turn.key, filters.column) else Turn()
    found, is_walk = _found(filters.q)
    narrowing = [*found, *_narrowing(filters, at)]
    within = _stretch(filters, at)
    end = _end_of_walk(who, filters, turn, within) if is_walk and narrowing else None
    narrowing += [within, *([_within(end, filters.column, turn.backwards)] if end else [])]
    rows = db.session.execute(_rows(_keys(who, filters, turn, narrowing, size), turn, size, more)).all()
    return _page(rows, turn, size, end)


def every(
    who: Standing, filters: Filters, at: datetime, limit: int, more: Columns = ()
) -> Iterator[Row[Any]]:
    """The rows of all pages, in their order, up to a limit."""
    turn, left = Turn(), limit
    while left > 0:
        page = applications(who, filters, turn, at, min(left, LONG_PAGE), more)
        yield from page.rows
        left -= len(page.rows)
        if page.after is None:
            return
        turn = Turn(page.after)


def only(who: Standing, tab: str, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Those of these applications that lie in the tab, by deadline."""
    if not who.offices or not ids:
        return []
    keys = _keys(who, Filters(tab), Turn(), [Application.id.in_(ids)], len(ids))
    return db.session.execute(_rows(keys, Turn(), len(ids))).all()


def _fits(key: Key | None, column: Any) -> bool:
    is_text = column.key in ("name", "initials")
    return key is not None and key.value is not None and isinstance(key.value, str) == is_text


def _keys(
    who: Standing, filters: Filters, turn: Turn, narrowing: Sequence[ColumnElement[bool]], size: int
) -> Any:
    """The ids and sort values of the page: one walk an office, each cut off by itself."""
    column = filters.column
    order = _order(column, Application.id, turn.backwards)
    parts = [
        select(Application.id, column.label("key"))
        .where(LISTS[filters.tab](office_id), _beyond(turn.key, column, turn.backwards))
        .where(*narrowing, policy.visible(Application, who))
        .order_by(*order)
        .limit(size + 1)
        .subquery()
        for office_id in who.offices
    ]
    return union_all(*(select(part) for part in parts)).subquery() if len(parts) > 1 else parts[0]


def _rows(keys: Any, turn: Turn, size: int, more: Columns = ()) -> Any:
    return (
        select(
            keys.c.key,
            Application.id,
            Application.number,
            Application.applicant_id,
            User.first_name.label("name"),
            Title.name.label("title"),
            Application.level,
            Application.category,
            committee.name.label("committee"),
            unit.name.label("unit"),
            Round.corrections_until.label("due"),
            Application.submission_no,
            Application.waiting_since,
            Application.status,
            Application.stage,
            Application.holder_id,
            Application.version,
            *more,
        )
        .select_from(keys)
        .join(Application, Application.id == keys.c.id)
        .join(User, User.id == Application.applicant_id)
        .outerjoin(Title, Title.id == Application.title_id)
        .outerjoin(Round, Round.id == Application.round_id)
        .outerjoin(committee, committee.id == Round.committee_id)
        .outerjoin(unit, unit.id == Application.unit_id)
        .order_by(*_order(keys.c.key, keys.c.id, turn.backwards))
        .limit(size + 1)
    )


def _order(column: Any, number: Any, backwards: bool) -> list[Any]:
    return [column.desc(), number.desc()] if backwards else [column, number]


def _found(typed: str) -> tuple[list[ColumnElement[bool]], bool]:
    """What a search for a number asks, and whether rows have to be walked for it.

    A number names few applications of the whole house; they are found first. So many that this would not end (the
    beginning `2026-R`) are met on the way instead.
    """
    kind = taken_for(typed) if typed else None
    if kind is By.TAIL:
        people = select(User.id).where(User.id_number_tail == tail_index_of(typed.upper()))
        asked: ColumnElement[bool] = Application.applicant_id.in_(people)
    elif kind is By.NUMBER:
        asked = _begins(Application.number, typed.upper())
    else:
        return [], True
    ids = db.session.scalars(select(Application.id).where(asked).limit(CANDIDATES + 1)).all()
    return ([asked], True) if len(ids) > CANDIDATES else ([Application.id.in_(ids)], False)


def _stretch(filters: Filters, at: datetime) -> ColumnElement[bool]:
    """What the index that the list is sorted by answers itself: names that begin like this, a stretch of time."""
    column = filters.column
    if column.key == "name":
        return _begins(column, filters.q)
    if column.key == "initials":
        return _begins(column, filters.q.lower())
    if filters.is_soon and column.key == "due_at":
        return is_due(at)
    if filters.days is not None and column.key == "waiting_since":
        return _waits_since(filters.days, at)
    return Application.id.is_not(None)


def _begins(column: Any, text: str) -> ColumnElement[bool]:
    return and_(column >= text, column < text + LAST_CHARACTER)


def _narrowing(filters: Filters, at: datetime) -> Iterator[ColumnElement[bool]]:
    if filters.committee_id is not None:
        rounds = select(Round.id).where(Round.committee_id == filters.committee_id)
        yield Application.round_id.in_(rounds)
    if filters.is_soon and filters.column.key != "due_at":
        yield is_due(at)
    if filters.level is not None:
        yield Application.level == filters.level
    if filters.category is not None:
        yield Application.category == filters.category
    if filters.submission:
        yield (
            Application.submission_no < 2 if filters.submission == "first" else Application.submission_no > 1
        )
    if filters.days is not None and filters.column.key != "waiting_since":
        yield _waits_since(filters.days, at)


def _waits_since(days: int, at: datetime) -> ColumnElement[bool]:
    """By calendar days, as the list says it."""
    midnight = datetime.combine(at.date() - timedelta(days=days - 1), time(), at.tzinfo)
    return Application.waiting_since < midnight


def is_due(at: datetime) -> ColumnElement[bool]:
    """It can be corrected for SOON more at most."""
    return and_(Application.due_at > at, Application.due_at <= at + SOON)


def _end_of_walk(who: Standing, filters: Filters, turn: Turn, within: ColumnElement[bool]) -> Key | None:
    """The nearest place at which one of the offices has read WALK rows; None: none of them has so many."""
    column = filters.column
    parts = [
        select(column.label("key"), Application.id)
        .where(LISTS[filters.tab](office_id), within, _beyond(turn.key, column, turn.backwards))
        .order_by(*_order(column, Application.id, turn.backwards))
        .offset(WALK - 1)
        .limit(1)
        .subquery()
        for office_id in who.offices
    ]
    query = union_all(*(select(part) for part in parts)) if len(parts) > 1 else select(parts[0])
    ends = [Key(value, number) for value, number in db.session.execute(query) if value is not None]
    nearest: Callable[..., Key] = max if turn.backwards else min
    return nearest(ends, key=lambda each: (each.value, each.id)) if ends else None


def _within(end: Key, column: Any, backwards: bool) -> ColumnElement[bool]:
    """Up to the end of the walk, with it. Said after the key where the page begins, it closes the stretch."""
    number = Application.id
    if backwards:
        return and_(column >= end.value, or_(column > end.value, number >= end.id))
    return and_(column <= end.value, or_(column < end.value, number <= end.id))


def _beyond(key: Key | None, column: Any, backwards: bool) -> ColumnElement[bool]:
    """The rows on the other side of the key; the first comparison is the one an index answers."""
    number = Application.id
    if key is None:
        return number.is_not(None)
    if backwards:
        return and_(column <= key.value, or_(column < key.value, number < key.id))
    return and_(column >= key.value, or_(column > key.value, number > key.id))


def _page(rows: Sequence[Row[Any]], turn: Turn, size: int, end: Key | None) -> Page:
    page = cut(rows, turn, size, lambda row: Key(row.key, row.id))
    if end is None or len(rows) > size:
        return page
    if turn.backwards:
        return Page(page.rows, end, page.after, has_stopped=True)
    return Page(page.rows, page.before, end, has_stopped=True)


def cut(rows: Sequence[Row[Any]], turn: Turn, size: int, key_of: Callable[[Row[Any]], Key]) -> Page:
    """A page of `size` from rows of which one more was asked for, so that one knows whether it goes on."""
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
