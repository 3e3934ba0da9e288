"""What `flask remind run` does each morning: who waits too long, whose time is nearly over, which rounds opened (MSG-02).

Each batch is committed with its claims: whoever is killed and begins again tells nobody twice and misses nobody.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from flask_babel import gettext
from sqlalchemy import ColumnElement, func, or_, select, update

from ..clock import SHANGHAI
from ..errors import CalendarUnknown
from ..extensions import db
from ..messages.notifying import notify, notify_clerks
from ..messages.reminders import claim
from ..models import Application, Organisation, Round, Subscription
from ..vocabulary import N_, Cause, MessageType, Status
from ..web.deadlines import deadline
from .reminding import clerks_of
from .rules import IDLE_DAYS
from .working_days import is_working, working_days

DAYS_BEFORE = 3
BATCH = 200
COUNTED = 1000
# Message ids of the two lines of an office's digest.
LINES = {
    Cause.IDLE: N_("%(n)s 份申报等待审核已满 3 个工作日"),
    Cause.DEADLINE: N_("%(n)s 份申报的补正截止日期在 3 天以内"),
}


def idle_before(today: date, exceptions: Mapping[date, bool]) -> datetime:
    """What came before this moment has waited IDLE_DAYS whole working days, the day it came not counted.

    Raises CalendarUnknown where the calendar does not know the year.
    """
    day = today
    while working_days(day, today - timedelta(days=1), exceptions) < IDLE_DAYS:
        day -= timedelta(days=1)
    return _midnight(day)


def soon_until(at: datetime) -> datetime:
    """Ends up to here have their last day within DAYS_BEFORE days of today."""
    return _midnight(at.astimezone(SHANGHAI).date() + timedelta(days=DAYS_BEFORE + 1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def remind_offices(exceptions: Mapping[date, bool], *, at: datetime) -> tuple[int, CalendarUnknown | None]:
    """One digest a day to each office with something nearly over or, on working days, idle; how many.

    And why idle ones were left out, where the calendar does not know.
    """
    rules: dict[Cause, ColumnElement[bool]] = {
        Cause.DEADLINE: (Application.due_at > at) & (Application.due_at <= soon_until(at))
    }
    unknown, today = None, at.astimezone(SHANGHAI).date()
    try:
        if is_working(today, exceptions):
            rules[Cause.IDLE] = Application.waiting_since < idle_before(today, exceptions)
    except CalendarUnknown as error:
        unknown = error
    told, last = 0, 0
    while (office_id := _next_office(last)) is not None:
        last = office_id
        told += _digest(db.session.get_one(Organisation, office_id), rules, at)
        db.session.commit()
        db.session.expunge_all()
    return told, unknown


def _next_office(last: int) -> int | None:
    query = select(func.min(Application.holder_id)).where(
        Application.holder_id > last, Application.status == Status.IN_REVIEW
    )
    return db.session.scalar(query)


def _digest(office: Organisation, rules: dict[Cause, ColumnElement[bool]], at: datetime) -> bool:
    clerks, target = clerks_of(office), f"office-{office.id}"
    if not clerks:
        return False
    lines = [
        gettext(LINES[cause], n=count if count <= COUNTED else f"{COUNTED}+")
        for cause, rule in rules.items()
        if (count := _count(office.id, rule)) and claim(target, target, cause, by=None, at=at)
    ]
    if lines:
        text = gettext(
            "%(office)s：%(lines)s。在“待审核”中办理。", office=office.name, lines=gettext("；").join(lines)
        )
        notify_clerks(clerks, text, at=at, type=MessageType.REVIEW)
    return bool(lines)


def _count(office_id: int, rule: ColumnElement[bool]) -> int:
    found = select(Application.id).where(
        Application.holder_id == office_id, Application.status == Status.IN_REVIEW, rule
    )
    return db.session.scalar(select(func.count()).select_from(found.limit(COUNTED + 1).subquery())) or 0


def remind_applicants(*, at: datetime) -> int:
    """Whoever has not handed in, or not handed in again, and has DAYS_BEFORE days left; how many were reminded."""
    soon = soon_until(at)
    closing = (Round.closes_at > at) & (Round.closes_at <= soon)
    correcting = (Round.corrections_until > at) & (Round.corrections_until <= soon)
    told = 0
    for round_id in db.session.scalars(
        select(Round.id).where(or_(closing, correcting)).order_by(Round.id)
    ).all():
        round_ = db.session.get_one(Round, round_id)
        for status, end in ((Status.DRAFT, round_.closes_at), (Status.RETURNED, round_.corrections_until)):
            if at < end <= soon:
                told += _remind_round(round_id, status, end, at)
    return told


def _remind_round(round_id: int, status: Status, end: datetime, at: datetime) -> int:
    text = gettext("申报截止时间为 %(end)s，您的申报还没有提交。", end=deadline(end.astimezone(SHANGHAI)))
    told, last = 0, 0
    while batch := db.session.scalars(
        select(Application)
        .where(Application.round_id == round_id, Application.status == status, Application.id > last)
        .order_by(Application.id)
        .limit(BATCH)
    ).all():
        for each in batch:
            last = each.id
            target = f"person-{each.applicant_id}"
            if claim(f"application-{each.id}", target, Cause.DEADLINE, by=None, at=at):
                notify([each.applicant_id], text, subject=gettext(SUBJECT), at=at, sms=True, application=each)
                told += 1
        db.session.commit()
        db.session.expunge_all()
    return told


def tell_subscribers(*, at: datetime) -> int:
    """Whoever wanted to know that a round opens, once; how many were told."""
    told, last = 0, 0
    while batch := db.session.scalars(
        select(Subscription)
        .join(Round, Round.id == Subscription.round_id)
        .where(
            Subscription.told_at.is_(None),
            Subscription.id > last,
            Round.published_at <= at,
            Round.opens_at <= at,
            Round.closes_at > at,
        )
        .order_by(Subscription.id)
        .limit(BATCH)
    ).all():
        for each in batch:
            last = each.id
            told += _tell_opening(each, at)
        db.session.commit()
        db.session.expunge_all()
    return told


def _tell_opening(subscription: Subscription, at: datetime) -> bool:
    """The guarded UPDATE is the claim: of two runs one tells."""
    taken = db.session.execute(
        update(Subscription)
        .where(Subscription.id == subscription.id, Subscription.told_at.is_(None))
        .values(told_at=at)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    round_ = db.session.get_one(Round, subscription.round_id)
    text = gettext(
        "%(committee)s %(year)s 年度申报窗口已开放，截止时间为 %(end)s。",
        committee=round_.committee.name,
        year=round_.year,
        end=deadline(round_.closes_at.astimezone(SHANGHAI)),
    )
    notify([subscription.user_id], text, subject=gettext(OPENED), at=at, sms=False)
    return True


SUBJECT = N_("职称申报：有事项等您办理")
OPENED = N_("职称申报：您订阅的申报窗口已开放")
