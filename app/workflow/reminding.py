"""A person reminds whoever has to act: once a Shanghai day, by whoever asks (UNI-07, MSG-02, screens.md 3.3, 3.4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from .. import audit
from ..clock import SHANGHAI
from ..errors import OwnApplication
from ..extensions import db
from ..messages.notifying import notify_clerks
from ..messages.reminders import claim
from ..models import Application, Membership, Organisation, Person, Reminder, UnitDepartment
from ..vocabulary import N_, ROLE_OF_STAGE, Cause, Choice, MessageType, Status
from .actors import acts_as_holder
from .notices import holidays
from .readiness import way_of
from .remind_errors import NobodyToRemind, NothingToRemind, NotOverdue, OwnOffice
from .rules import IDLE_DAYS
from .working_days import working_days

# Stored as sent, whatever language the page was in: the official wording.
GAP = N_("%(name)s申报职称时，需要%(office)s先补全单位信息或办理主管部门审核，办理后才能提交。")
ASKED = N_("申报 %(number)s 等待审核已超过 %(days)s 个工作日，上级或相关单位催办，请尽快办理。")


@dataclass(frozen=True)
class Reminded:
    """Which office, when it was last reminded, and whether by this very call."""

    office: Organisation
    at: datetime | None
    is_new: bool = False


def remind_unit(person: Person, application: Application, *, by: User, at: datetime) -> Reminded:
    """Remind the office that stands between a person and his submission.

    Refused with NothingToRemind where nobody else has to act, NobodyToRemind where that office has no clerk.
    """
    office = other_party(person, application)
    if office is None:
        raise NothingToRemind
    text = GAP % {"name": by.first_name, "office": office.name}
    return _remind(office, f"unit-{person.unit_id}", Cause.GAP, text, by=by, at=at)


def remind_office(application: Application, *, by: User, at: datetime) -> Reminded:
    """Remind the office where an application is overdue; once a day, whoever asks (screens.md 3.4).

    Who may see the application, the view says. Refused with OwnApplication, OwnOffice where `by` acts for that office
    himself, NotOverdue, NobodyToRemind; CalendarUnknown where the calendar does not know the year.
    """
    db.session.refresh(application, with_for_update=True)
    if application.applicant_id == by.id:
        raise OwnApplication
    office, since = application.holder, application.waiting_since
    if application.status is not Status.IN_REVIEW or office is None or since is None:
        raise NotOverdue(days=IDLE_DAYS)
    if acts_as_holder(application, by):
        raise OwnOffice(office=office.name)
    if not is_overdue(since, at, holidays()):
        raise NotOverdue(days=IDLE_DAYS)
    text = ASKED % {"number": application.number, "days": IDLE_DAYS}
    return _remind(
        office, f"application-{application.id}", Cause.ASKED, text, by=by, at=at, application=application
    )


def can_be_reminded(rows: Sequence[Any], *, by: User, at: datetime) -> frozenset[int]:
    """Of these rows of applications in review (ids), those whose office `by` can remind now: as remind_office() says.

    A row has id, applicant_id, holder_id, stage and waiting_since.
    """
    calendar = holidays()
    own = {
        (office, role)
        for office, role in db.session.execute(
            select(Membership.organisation_id, Membership.role).where(Membership.user_id == by.id)
        )
    }
    found = {
        row.id: f"office-{row.holder_id}"
        for row in rows
        if row.waiting_since is not None
        and row.applicant_id != by.id
        and (row.holder_id, ROLE_OF_STAGE[row.stage]) not in own
        and is_overdue(row.waiting_since, at, calendar)
    }
    staffed = {f"office-{office}" for office in _with_clerks(row.holder_id for row in rows)}
    told = {
        (subject, target)
        for subject, target in db.session.execute(
            select(Reminder.subject, Reminder.target).where(
                Reminder.subject.in_([f"application-{pk}" for pk in found]),
                Reminder.target.in_(set(found.values())),
                Reminder.cause == Cause.ASKED,
                Reminder.day == at.astimezone(SHANGHAI).date(),
            )
        )
    }
    return frozenset(
        pk for pk, target in found.items() if target in staffed and (f"application-{pk}", target) not in told
    )


def _with_clerks(offices: Iterable[int]) -> Sequence[int | None]:
    return db.session.scalars(
        select(Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id.in_(set(offices)), User.active)
        .distinct()
    ).all()


def is_overdue(since: datetime, at: datetime, calendar: Mapping[date, bool]) -> bool:
    """Whether more than IDLE_DAYS working days have passed after the day of arrival, today included."""
    today = at.astimezone(SHANGHAI).date()
    return working_days(since.astimezone(SHANGHAI).date() + timedelta(days=1), today, calendar) > IDLE_DAYS


def other_party(person: Person, application: Application) -> Organisation | None:
    """Who has to act before the person can hand in: his unit, or the department that has not answered it."""
    if application.status not in (Status.DRAFT, Status.RETURNED):
        return None
    way = way_of(application, person)
    if way is None or way.refusal is None or person.unit is None:
        return None
    if person.unit.missing:
        return person.unit
    asked = db.session.scalars(
        select(UnitDepartment).where(
            UnitDepartment.unit_id == person.unit.id,
            UnitDepartment.is_default,
            UnitDepartment.status == Choice.PENDING,
        )
    ).one_or_none()
    return asked.department if asked else person.unit


def todays_reminder(person: Person, application: Application, *, at: datetime) -> Reminded | None:
    """For the page with the button: the office, and when it was reminded today; None: nobody else has to act."""
    office = other_party(person, application)
    return office and Reminded(office, _at_today(f"unit-{person.unit_id}", office, Cause.GAP, at))


def clerks_of(office: Organisation) -> list[int]:
    """Who acts for an office and can sign in."""
    return list(
        db.session.scalars(
            select(Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(Membership.organisation_id == office.id, User.active)
            .order_by(Membership.user_id)
        )
    )


def _remind(
    office: Organisation,
    subject: str,
    cause: Cause,
    text: str,
    *,
    by: User,
    at: datetime,
    application: Application | None = None,
) -> Reminded:
    clerks = clerks_of(office)
    if not clerks:
        raise NobodyToRemind(office=office.name)
    if not claim(subject, f"office-{office.id}", cause, by=by, at=at):
        return Reminded(office, _at_today(subject, office, cause, at))
    kind = MessageType.REVIEW if application else MessageType.UNIT
    notify_clerks(clerks, text, at=at, type=kind, application=application)
    audit.record("remind", application or office, at=at, detail=office.name)
    return Reminded(office, at, is_new=True)


def _at_today(subject: str, office: Organisation, cause: Cause, at: datetime) -> datetime | None:
    return db.session.scalar(
        select(Reminder.at).where(
            Reminder.subject == subject,
            Reminder.target == f"office-{office.id}",
            Reminder.cause == cause,
            Reminder.day == at.astimezone(SHANGHAI).date(),
        )
    )
