"""A person reminds whoever has to act: once a Shanghai day, by whoever asks (UNI-07, MSG-02, screens.md 3.3, 3.4)."""

from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext
from sqlalchemy import select

from ..clock import SHANGHAI
from ..extensions import db
from ..messages.notifying import notify
from ..messages.reminders import claim
from ..models import Application, Membership, Organisation, Person, Reminder, Setting, UnitDepartment
from ..vocabulary import N_, Cause, Choice, MessageType, Status
from .readiness import way_of
from .remind_errors import NobodyToRemind, NothingToRemind

SUBJECT = N_("职称申报：有事项等您办理")


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
    text = gettext(
        "%(name)s申报职称时，需要%(office)s先补全单位信息或办理主管部门审核，办理后才能提交。",
        name=by.first_name,
        office=office.name,
    )
    return _remind(office, f"unit-{person.unit_id}", text, by=by, at=at)


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
    return office and Reminded(office, _at_today(f"unit-{person.unit_id}", office, at))


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


def texts_to_clerks() -> bool:
    """Whether clerks are reminded by SMS too: the setting sms_reminders says on."""
    return db.session.scalar(select(Setting.value).where(Setting.key == "sms_reminders")) == "on"


def _remind(office: Organisation, subject: str, text: str, *, by: User, at: datetime) -> Reminded:
    clerks = clerks_of(office)
    if not clerks:
        raise NobodyToRemind(office=office.name)
    if not claim(subject, f"office-{office.id}", Cause.GAP, by=by, at=at):
        return Reminded(office, _at_today(subject, office, at))
    sms = texts_to_clerks()
    notify(clerks, text, subject=gettext(SUBJECT), at=at, sms=sms, type=MessageType.UNIT)
    return Reminded(office, at, is_new=True)


def _at_today(subject: str, office: Organisation, at: datetime) -> datetime | None:
    return db.session.scalar(
        select(Reminder.at).where(
            Reminder.subject == subject,
            Reminder.target == f"office-{office.id}",
            Reminder.cause == Cause.GAP,
            Reminder.day == at.astimezone(SHANGHAI).date(),
        )
    )
