"""A unit and its people: who is there, and what the unit does for them or about them (UNI-08, ACC-09, B08).

Each act says beforehand what it does, and tells the person afterwards. None of them shows the unit a
password, a link or a whole number.
"""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts import employment
from ..accounts.help import open_requests
from ..audit import record
from ..errors import (
    NotConfirmed,
    OutOfDate,
    OwnEmployment,
    RunningApplication,
    TextRequired,
    TooManyRecipients,
    TooManyResets,
    UnitUnverified,
)
from ..extensions import db
from ..messages.operations import tell
from ..models import Application, Employment, HelpRequest, Person, ResetLink, Unit
from ..vocabulary import N_, CaseKind, Joining, MessageType, Status

MESSAGE_LENGTH = 500
RECIPIENTS = 100
RESETS_A_DAY = 3
CONFIRMED = N_("%(unit)s 已确认您是本单位人员。")
DECLINED = N_(
    "%(unit)s 认为您不是本单位人员，您选择的工作单位已取消。选错的，在“个人信息”中重新选择；"
    "确在该单位工作的，先与单位经办人联系，再重新选择。"
)
REMOVED = N_(
    "%(unit)s 已将您从本单位人员中移除，您的账号和材料不受影响。"
    "申报前，在“个人信息”中选择现在的工作单位；有疑问的，与原单位经办人联系。"
)
SAID = N_("%(unit)s：%(text)s")
CHANGED = N_("此人员的状态刚刚有变化，您的操作没有生效。刷新后查看。")
RUNNING = (Status.IN_REVIEW, Status.RETURNED)


def people_of(unit_id: int) -> Select[Any]:
    """The unit's people with their accounts; whom it still has to confirm comes with them."""
    return (
        select(Employment)
        .join(Employment.person)
        .join(User, User.id == Person.id)
        .where(Employment.unit_id == unit_id, Employment.ended_at.is_(None))
        .options(contains_eager(Employment.person).joinedload(Person.account))
    )


def has_asked(unit_id: int) -> ColumnElement[bool]:
    """The clause for accounts whose request to be unlocked lies at this unit."""
    asked = open_requests([unit_id]).where(HelpRequest.kind == CaseKind.UNLOCK)
    return User.id.in_(asked.order_by(None).with_only_columns(HelpRequest.user_id))


def unlock_requests(unit_id: int) -> Sequence[HelpRequest]:
    """Who asks this unit to be unlocked, the oldest first; some of them may have left it."""
    asked: Select[Any] = open_requests([unit_id]).where(HelpRequest.kind == CaseKind.UNLOCK)
    return db.session.scalars(asked.options(joinedload(HelpRequest.user)).limit(RECIPIENTS)).all()


def count_asking(units: Sequence[int]) -> int:
    """How many people wait for these units to say whether they work there."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Employment)
            .where(
                Employment.unit_id.in_(units),
                Employment.ended_at.is_(None),
                Employment.status == Joining.ASKED,
            )
        )
        or 0
    )


def running_application(person: Person, unit: Unit) -> Application | None:
    """The person's application whose route hangs on this unit now; it keeps him there."""
    return db.session.scalars(
        select(Application)
        .where(
            Application.applicant_id == person.id,
            Application.unit_id == unit.id,
            Application.status.in_(RUNNING),
        )
        .options(joinedload(Application.holder))
        .order_by(Application.id)
        .limit(1)
    ).one_or_none()


def confirm(person: Person, unit: Unit, *, by: User, at: datetime) -> None:
    """Say that the person works at the unit; from now on its department sees him as well."""
    if person.id == by.id:
        raise OwnEmployment
    if not employment.confirm(person.id, unit.id, by=by, at=at):
        raise OutOfDate(CHANGED)
    record("confirm_person", person, at=at, by_id=by.id, detail=f"unit {unit.id}")
    tell([person.id], CONFIRMED % {"unit": unit.name}, at=at, type=MessageType.UNIT)


def decline(person: Person, unit: Unit, *, by: User, at: datetime) -> None:
    """Say that the person who named the unit does not work there; he has to choose anew."""
    _let_go(person, unit, Joining.ASKED, by=by, at=at)
    record("decline_person", person, at=at, by_id=by.id, detail=f"unit {unit.id}")
    tell([person.id], DECLINED % {"unit": unit.name}, at=at, type=MessageType.UNIT)


def remove(person: Person, unit: Unit, *, by: User, at: datetime) -> None:
    """End the place of someone who has left; the unit sees nothing of him from now on."""
    _let_go(person, unit, Joining.CONFIRMED, by=by, at=at)
    record("remove_person", person, at=at, by_id=by.id, detail=f"unit {unit.id}")
    tell([person.id], REMOVED % {"unit": unit.name}, at=at, type=MessageType.UNIT)


def _let_go(person: Person, unit: Unit, status: Joining, *, by: User, at: datetime) -> None:
    """A submission under way is waited for: what it started keeps the person at the unit."""
    db.session.execute(
        select(Application.id).where(Application.applicant_id == person.id).with_for_update()
    ).all()
    application = running_application(person, unit)
    if application is not None:
        assert application.holder
        raise RunningApplication(office=application.holder.name)
    if not employment.end(person, unit.id, status, by=by, at=at, reason=status.value):
        raise OutOfDate(CHANGED)


def send_message(unit: Unit, recipients: Sequence[int], text: str, *, by: User, at: datetime) -> None:
    """Write to confirmed people of the unit, in the unit's name."""
    if not text.strip():
        raise TextRequired
    if len(recipients) > RECIPIENTS:
        raise TooManyRecipients(limit=RECIPIENTS)
    known = db.session.scalars(
        select(Employment.person_id).where(
            Employment.unit_id == unit.id,
            Employment.ended_at.is_(None),
            Employment.status == Joining.CONFIRMED,
            Employment.person_id.in_(recipients),
        )
    ).all()
    if not known or set(known) != set(recipients):
        raise NotConfirmed
    record("send_message", unit, at=at, by_id=by.id, detail=f"persons {', '.join(map(str, sorted(known)))}")
    tell(sorted(known), SAID % {"unit": unit.name, "text": text.strip()}, at=at, type=MessageType.UNIT)


def require_reset(person: Person, unit: Unit, *, at: datetime) -> None:
    """Raise unless the unit may start a reset now; `send_reset` then sends the link to the person's phone (A11).

    The unit has to be verified and the person confirmed: a made-up unit must not reset anybody (B08).
    """
    if unit.verified_at is None:
        raise UnitUnverified
    db.session.execute(select(User.id).where(User.id == person.id).with_for_update())
    found = employment.current(person.id)
    if found is None or found.unit_id != unit.id or found.status is not Joining.CONFIRMED:
        raise NotConfirmed
    today = datetime.combine(at.date(), time(), at.tzinfo)
    links = select(func.count(ResetLink.id)).where(
        ResetLink.user_id == person.id, ResetLink.created_at >= today
    )
    if (db.session.scalar(links) or 0) >= RESETS_A_DAY:
        raise TooManyResets(limit=RESETS_A_DAY)
