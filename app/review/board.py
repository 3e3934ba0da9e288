"""Supervision: what waits how long at which step and office, who is late, what will be left at the closing day.

Figures are made of `policy.counted` rows and of the newest SCOPE applications of an office, so that a page costs the
same however many years lie behind. Days are working days after the day of arrival; a year without a calendar
raises CalendarUnknown.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from .. import policy
from ..clock import SHANGHAI
from ..extensions import db
from ..models import Application, Bureau, Decision, Organisation, Reminder, Round, RouteStep
from ..policy import Standing
from ..vocabulary import Cause, Role, Stage, Status
from ..workflow.rules import IDLE_DAYS
from ..workflow.working_days import is_working, working_days

PAGE = 25
COUNTED = 1000
SCOPE = 20_000
RECENT = 100_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
KEY = re.compile(r"([0-9]{0,17})\.([0-9]{1,9})")
OVER = (IDLE_DAYS, 5, 10)
RATE_DAYS = 5
STAGE_OF_KIND = {"unit": Stage.UNIT, "department": Stage.DEPARTMENT, "committee": Stage.COMMITTEE}
Calendar = Mapping[date, bool]


def nth_back(today: date, days: int, calendar: Calendar) -> date:
    """The working day from which on, with today, there are so many."""
    day = today
    while True:
        days -= is_working(day, calendar)
        if days <= 0:
            return day
        day -= timedelta(days=1)


def waiting_before(at: datetime, days: int, calendar: Calendar) -> datetime:
    """Whatever arrived before has waited more than so many working days."""
    return datetime.combine(nth_back(at.date(), days + 1, calendar), time(), at.tzinfo)


def waited(since: datetime, at: datetime, calendar: Calendar) -> int:
    """Working days after the day of arrival, today included."""
    return working_days(since.astimezone(at.tzinfo).date() + timedelta(days=1), at.date(), calendar)


def _in_scope(who: Standing) -> ColumnElement[bool]:
    """Of an office its newest applications, found by its index; of a super administrator all."""
    if Role.SUPER_ADMIN in who.organisations:
        return policy.counted(who)
    newest = [
        select(RouteStep.application_id)
        .where(RouteStep.organisation_id == office)
        .order_by(RouteStep.application_id.desc())
        .limit(SCOPE)
        .subquery()
        for office in who.offices
    ]
    return and_(
        or_(*(Application.id.in_(select(each.c.application_id)) for each in newest)), policy.counted(who)
    )


def _waiting(who: Standing) -> ColumnElement[bool]:
    return and_(_in_scope(who), Application.status == Status.IN_REVIEW, Application.holder_id.is_not(None))


@dataclass(frozen=True)
class Age:
    """What waits at one office; `over` counts by OVER; `handled` decisions of the last RATE_DAYS working days."""

    office_id: int
    office: str
    stage: Stage
    waiting: int
    over: tuple[int, ...]
    oldest: int
    handled: int


def ages(who: Standing, at: datetime, calendar: Calendar) -> list[Age]:
    """By step and office, the one with the most that is overdue first."""
    limits = [waiting_before(at, days, calendar) for days in OVER]
    rows = db.session.execute(
        select(
            Application.holder_id,
            func.count(),
            func.min(Application.waiting_since),
            *(func.sum(case((Application.waiting_since < limit, 1), else_=0)) for limit in limits),
        )
        .where(_waiting(who))
        .group_by(Application.holder_id)
    ).all()
    named = _offices([row[0] for row in rows])
    handled = rates(named, nth_back(at.date(), RATE_DAYS, calendar), at)
    found = [
        Age(office, *named[office], count, tuple(over), waited(oldest, at, calendar), handled[office])
        for office, count, oldest, *over in rows
    ]
    return sorted(found, key=lambda each: (-each.over[0], -each.oldest, each.office))


def _offices(keys: Iterable[int]) -> dict[int, tuple[str, Stage]]:
    bureau = Bureau.__table__.c
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.kind, bureau.is_city)
        .outerjoin(Bureau.__table__, bureau.id == Organisation.id)
        .where(Organisation.id.in_(list(keys)))
    )
    return {
        row.id: (
            row.name,
            STAGE_OF_KIND.get(row.kind) or (Stage.CITY_BUREAU if row.is_city else Stage.BUREAU),
        )
        for row in rows
    }


def rates(offices: Iterable[int], first: date, at: datetime) -> dict[int, int]:
    """Decisions of each office since that day, among the newest RECENT of all."""
    since = datetime.combine(first, time(), at.tzinfo)
    newest = select(func.max(Decision.id)).scalar_subquery()
    counted = db.session.execute(
        select(Decision.organisation_id, func.count())
        .where(
            Decision.id > newest - RECENT, Decision.at >= since, Decision.organisation_id.in_(list(offices))
        )
        .group_by(Decision.organisation_id)
    )
    return defaultdict(int, {office: count for office, count in counted if office is not None})


@dataclass(frozen=True)
class Forecast:
    """What one office will not have done when the correction time of some of its waiting applications ends."""

    office_id: int
    office: str
    ends: datetime
    days: int
    waiting: int
    left: int


def forecasts(who: Standing, found: Sequence[Age], at: datetime, calendar: Calendar) -> list[Forecast]:
    """By office and end: whatever ends first is done first, at the present rate; most left over first."""
    named = {each.office_id: each for each in found}
    ending = defaultdict(list)
    rows: Any = db.session.execute(
        select(Application.holder_id, Application.due_at, func.count())
        .where(_waiting(who), Application.due_at > at)
        .group_by(Application.holder_id, Application.due_at)
        .order_by(Application.due_at)
    )
    for office, ends, count in rows:
        ending[office].append((ends, count))
    result = []
    for office, parts in ending.items():
        upto = 0
        for ends, count in parts:
            upto += count
            days = days_until(ends, at, calendar)
            left = left_over(upto, named[office].handled, days)
            result.append(Forecast(office, named[office].office, ends, days, upto, left))
    return sorted(result, key=lambda each: (-each.left, each.ends, each.office))


def days_until(ends: datetime, at: datetime, calendar: Calendar) -> int:
    """Working days that are left after today, up to the last day that belongs to the time."""
    last = (ends.astimezone(at.tzinfo) - timedelta(microseconds=1)).date()
    return working_days(at.date() + timedelta(days=1), last, calendar)


def left_over(waiting: int, handled: int, days: int) -> int:
    """waiting − handled ÷ RATE_DAYS × days, rounded up and never below none; newcomers are not counted."""
    return max(0, -((handled * days - waiting * RATE_DAYS) // RATE_DAYS))


@dataclass(frozen=True)
class Intake:
    """A round that still takes applications or corrections. `drafts`: None where the person may not count them."""

    round: Round
    drafts: int | None
    in_review: int
    returned: int


def intakes(who: Standing, at: datetime) -> list[Intake]:
    """The rounds of what may be counted, the first to end first; each figure counted to COUNTED + 1."""
    running = and_(Round.opens_at <= at, Round.corrections_until > at)
    counts = {
        name: _counted(and_(Application.round_id == Round.id, Application.status == status, clause))
        for name, status, clause in (
            ("drafts", Status.DRAFT, true()),
            ("in_review", Status.IN_REVIEW, _in_scope(who)),
            ("returned", Status.RETURNED, _in_scope(who)),
        )
    }
    own = select(Round.id).where(policy.visible(Round, who))
    passing = select(Application.round_id).where(_in_scope(who))
    query = (
        select(Round, *counts.values(), Round.id.in_(own))
        .where(running, Round.id.in_(own) if Role.SUPER_ADMIN in who.organisations else _either(own, passing))
        .options(joinedload(Round.committee))
        .order_by(Round.corrections_until, Round.id)
    )
    return [
        Intake(round_, drafts if is_own else None, in_review, returned)
        for round_, drafts, in_review, returned, is_own in db.session.execute(query)
    ]


def _either(own: Select[Any], passing: Select[Any]) -> ColumnElement[bool]:
    return or_(Round.id.in_(own), Round.id.in_(passing))


def _counted(where: ColumnElement[bool]) -> Any:
    few = select(Application.id).where(where).limit(COUNTED + 1).correlate(Round).subquery()
    return select(func.count()).select_from(few).scalar_subquery()


@dataclass(frozen=True)
class Late:
    """A page of what waits, the oldest first; `after` is the key of the next page."""

    rows: Sequence[Row[Any]]
    after: str


@dataclass(frozen=True)
class Asked:
    """What of a list is asked for: what waits since before a moment, at one office, of one round; or what an office
    has returned and not got back."""

    before: datetime | None = None
    office: int | None = None
    round: int | None = None
    returned: bool = False


def late(who: Standing, asked: Asked, *, after: str, limit: int | None = None) -> Late:
    """A page of what waits (or was returned), behind the row of the key `after`; `limit` rows instead of PAGE.

    `is_visible` says whether the person may read the row; of others a page gives number, office and days only.
    """
    since, number = Application.waiting_since, Application.id
    clauses = [_in_scope(who), Application.status == Status.RETURNED] if asked.returned else [_waiting(who)]
    if asked.before is not None:
        clauses.append(since < asked.before)
    if asked.office is not None:
        clauses.append(Application.holder_id == asked.office)
    if asked.round is not None:
        clauses.append(Application.round_id == asked.round)
    clauses += _behind(after)
    limit = limit or PAGE
    keys = select(number, since).where(*clauses).order_by(since, number).limit(limit + 1).subquery()
    holder = aliased(Organisation)
    rows: Any = db.session.execute(
        select(
            number.label("id"), Application.number.label("number"), Application.name, Application.stage,
            since.label("waiting_since"), Application.due_at, holder.name.label("office"),
            Application.holder_id, Application.applicant_id, Application.version, policy.visible(Application, who).label("is_visible"),
        )
        .select_from(keys)
        .join(Application, number == keys.c.id)
        .join(holder, holder.id == Application.holder_id)
        .order_by(keys.c.waiting_since, keys.c.id)
    ).all()  # fmt: skip
    shown = rows[:limit]
    return Late(shown, _key(shown[-1]) if len(rows) > limit else "")


def _key(row: Row[Any]) -> str:
    since = "" if row.waiting_since is None else (row.waiting_since - EPOCH) // MICROSECOND
    return f"{since}.{row.id}"


def _behind(after: str) -> list[ColumnElement[bool]]:
    """A key that makes no sense counts as none."""
    found = KEY.fullmatch(after)
    if found is None:
        return []
    since, number = Application.waiting_since, Application.id
    if not found[1]:
        return [number > int(found[2])]
    moment = EPOCH + int(found[1]) * MICROSECOND
    return [and_(since >= moment, or_(since > moment, number > int(found[2])))]


@dataclass(frozen=True)
class Reminded:
    """How often an office was reminded of an application, when last, and whether by itself."""

    times: int
    last: datetime
    cause: Cause


def reminded(rows: Sequence[Row[Any]], calendar: Calendar) -> dict[int, Reminded]:
    """By application, of the office that holds it now: those about itself, and the digests of what was overdue then."""
    waiting = [row for row in rows if row.waiting_since is not None]
    if not waiting:
        return {}
    targets = {f"office-{row.holder_id}" for row in waiting}
    told = db.session.scalars(
        select(Reminder)
        .where(
            Reminder.target.in_(targets),
            or_(
                Reminder.subject.in_([f"application-{row.id}" for row in waiting]),
                and_(Reminder.subject == Reminder.target, Reminder.cause == Cause.IDLE),
            ),
            Reminder.at >= min(row.waiting_since for row in waiting),
        )
        .order_by(Reminder.id)
    ).all()
    covered = {
        each.id: waiting_before(each.at.astimezone(SHANGHAI), IDLE_DAYS, calendar)
        for each in told
        if each.subject == each.target
    }
    found: dict[int, Reminded] = {}
    for row in waiting:
        about = [
            each
            for each in told
            if each.target == f"office-{row.holder_id}"
            and each.at >= row.waiting_since
            and (each.subject == f"application-{row.id}" or row.waiting_since < covered.get(each.id, EPOCH))
        ]
        if about:
            found[row.id] = Reminded(len(about), about[-1].at, about[-1].cause)
    return found
