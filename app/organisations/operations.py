"""Changing an organisation's own data: the unit's form, its departments, a committee's window.

Nothing here decides an application. Every change leaves a line in the record of changes (D08).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import IntegrityError

from ..audit import record
from ..errors import (
    AlreadyChosen,
    AlreadyVerified,
    ApprovalRequired,
    OutOfDate,
    OwnUnit,
    ReasonRequired,
    RowChanged,
    SuspensionRefused,
    UnitNameTaken,
    WindowOutOfOrder,
)
from ..extensions import db
from ..messages.operations import tell
from ..models import Department, Membership, Round, Unit, UnitDepartment
from ..models.columns import last_minute
from ..vocabulary import N_, Choice, MessageType, Nature, Role, Tier, UnitCheck

VERIFIED = N_("%(unit)s 已通过核验，可以查看本单位申报人的扫描件，并为本单位人员发起密码重置。")
WANTED = N_("单位核验需要补充：%(text)s")
SUSPENDED = N_("%(unit)s 被暂停 %(year)s 年度职称申报推荐，本单位人员该年度不能提交申报。原因：%(reason)s")
RESTORED = N_("%(unit)s 的职称申报推荐已恢复。")
IN_WRITING = N_("见书面通知")
CHOICE_HANDLED = N_("这家单位的选择刚刚已被处理，您的操作没有生效。刷新后查看结果。")


@dataclass(frozen=True)
class UnitDetails:
    """The unit's form (UNI-01); the credit code never changes here (UNI-10)."""

    name: str
    nature: Nature
    tier: Tier
    region_id: int
    contact: str | None
    contact_phone: str
    fax: str | None
    address: str | None
    remark: str | None


def mark_of(row: Any, names: Iterable[str]) -> str:
    """A short mark of what a row says, for a form to bring back: unequal marks mean someone saved between."""
    said = "\x1f".join(str(getattr(row, name)) for name in names)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def unit_mark(unit: Unit) -> str:
    return mark_of(unit, UnitDetails.__dataclass_fields__)


def save_unit(unit: Unit, details: UnitDetails, *, by: User, seen: str, at: datetime) -> None:
    """Write the unit's form. RowChanged if a colleague has saved it since `seen`.

    UnitNameTaken if another unit has the new name (UNI-10, ACC-17).
    """
    db.session.refresh(unit, with_for_update=True)
    if unit_mark(unit) != seen:
        raise RowChanged
    for name, value in asdict(details).items():
        if getattr(unit, name) != value:
            setattr(unit, name, value)
    note("edit", unit, by, at)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise UnitNameTaken from error


def choose_department(unit: Unit, department: Department, *, by: User, at: datetime) -> UnitDepartment:
    """Ask a department to take the unit (UNI-05). The first to be asked is the default.

    A department that has refused may be asked again; one that is asked already or has approved may
    not (AlreadyChosen). A refused default makes way for the new choice.
    """
    _lock(unit)
    choices = db.session.scalars(select(UnitDepartment).where(UnitDepartment.unit_id == unit.id)).all()
    choice = next((each for each in choices if each.department_id == department.id), None)
    if choice is not None and choice.status is not Choice.REFUSED:
        raise AlreadyChosen(department=department.name)
    if choice is None:
        choice = UnitDepartment(unit_id=unit.id, department_id=department.id)
        db.session.add(choice)
    choice.status, choice.submitted_at = Choice.PENDING, at
    choice.opinion, choice.decided_at, choice.decided_by_id = "", None, None
    db.session.flush()
    if not any(each.is_default and each.status is not Choice.REFUSED for each in choices):
        _set_default(choice)
    note("choose", choice, by, at)
    text = f"{unit.name} 选择贵部门为主管部门，请审核。"
    tell(_clerks(department.id, Role.DEPARTMENT), text, at=at, type=MessageType.UNIT)
    return choice


def make_default(choice: UnitDepartment, *, by: User, at: datetime) -> None:
    """Make an approved department the unit's default; there is one default a unit (UNI-05, UNI-06)."""
    _lock(choice.unit)
    db.session.refresh(choice)
    if choice.status is not Choice.APPROVED:
        raise ApprovalRequired(department=choice.department.name)
    _set_default(choice)
    note("make_default", choice, by, at)


def decide_choice(
    choice: UnitDepartment, *, result: Choice, opinion: str, by: User, seen: datetime, at: datetime
) -> None:
    """Approve or refuse a unit's choice, and tell the unit's clerks in the words of UNI-07.

    A refusal needs its reason. If the choice submitted at `seen` is decided already or was made anew
    meanwhile, OutOfDate is raised and nothing changes.
    """
    opinion = opinion.strip()
    if result is Choice.REFUSED and not opinion:
        raise ReasonRequired
    decided = db.session.execute(
        update(UnitDepartment)
        .where(
            UnitDepartment.id == choice.id,
            UnitDepartment.status == Choice.PENDING,
            UnitDepartment.submitted_at == seen,
        )
        .values(status=result, opinion=opinion, decided_at=at, decided_by_id=by.id)
        .execution_options(synchronize_session=False)
    )
    if decided.rowcount != 1:  # type: ignore[attr-defined]
        raise OutOfDate(CHOICE_HANDLED)
    db.session.refresh(choice)
    note("decide", choice, by, at)
    if result is Choice.APPROVED:
        _verify(choice.unit, UnitCheck.DEPARTMENT, by, at)
    said = opinion or result.label
    text = f"{choice.department.name} 对您单位审核 结果为：{result.label}。 审核意见如下：{said}"
    tell(_clerks(choice.unit_id, Role.UNIT), text, at=at, type=MessageType.REVIEW)


def verify_unit(unit: Unit, *, by: User, at: datetime, how: UnitCheck) -> None:
    """Vouch for a unit (domain.md 2): from now on it sees its people's scans and may start their resets.

    AlreadyVerified if someone else has done so; nobody vouches for a unit he acts for (B06).
    """
    if by.id in _clerks(unit.id, Role.UNIT):
        raise OwnUnit
    if not _verify(unit, how, by, at):
        raise AlreadyVerified
    record("verify_unit", unit, at=at, by_id=by.id, detail=how.value)
    tell(_clerks(unit.id, Role.UNIT), VERIFIED % {"unit": unit.name}, at=at)


def ask_unit(unit: Unit, text: str, *, by: User, at: datetime) -> None:
    """Say what is still missing before the unit can be verified; its clerks read it, the desk's colleagues too."""
    noted = db.session.execute(
        update(Unit)
        .where(Unit.id == unit.id, Unit.verified_at.is_(None))
        .values(verification_note=text, noted_at=at)
        .execution_options(synchronize_session=False)
    )
    if noted.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyVerified
    db.session.refresh(unit)
    record("ask_unit", unit, at=at, by_id=by.id)
    tell(_clerks(unit.id, Role.UNIT), WANTED % {"text": text}, at=at)


def check_suspension(unit: Unit, *, at: datetime) -> None:
    """A unit is suspended for the next year only, and for a reason; else SuspensionRefused (UNI-11)."""
    following = at.year + 1
    if unit.suspended_year is not None and (
        unit.suspended_year != following or not unit.suspension_reason.strip()
    ):
        raise SuspensionRefused(year=following)


def tell_suspension(unit: Unit, *, at: datetime) -> None:
    """The unit's clerks read for which year it may not recommend and why, or that this is over (UNI-11)."""
    reason = unit.suspension_reason or IN_WRITING
    text = (SUSPENDED if unit.suspended_year else RESTORED) % {
        "unit": unit.name,
        "year": unit.suspended_year,
        "reason": reason,
    }
    tell(_clerks(unit.id, Role.UNIT), text, at=at)


def _verify(unit: Unit, how: UnitCheck, by: User, at: datetime) -> bool:
    done = db.session.execute(
        update(Unit)
        .where(Unit.id == unit.id, Unit.verified_at.is_(None))
        .values(verified_at=at, verified_by_id=by.id, verified_how=how)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(unit)
    return bool(done.rowcount)  # type: ignore[attr-defined]


def round_mark(round_: Round) -> str:
    return mark_of(round_, ("closes_at", "corrections_until", "notice"))


def check_window(opens_at: datetime, closes_at: datetime, corrections_until: datetime) -> None:
    """Raise WindowOutOfOrder unless opening, closing and the end of corrections follow each other (X-20)."""
    if closes_at <= opens_at:
        raise WindowOutOfOrder(
            N_("网上申报截止时间应晚于开始时间 %(opens)s。"), opens=f"{opens_at:%Y-%m-%d %H:%M}"
        )
    if corrections_until < closes_at:
        raise WindowOutOfOrder(
            N_("补正截止时间不能早于网上申报截止时间 %(closes)s。"), closes=last_minute(closes_at)
        )


def _lock(unit: Unit) -> None:
    """One change of a unit's departments at a time."""
    db.session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update())


def _set_default(choice: UnitDepartment) -> None:
    """Two statements, because a database checks the one-default index row by row."""
    mine = UnitDepartment.unit_id == choice.unit_id
    for where, value in ((UnitDepartment.is_default, False), (UnitDepartment.id == choice.id, True)):
        db.session.execute(
            update(UnitDepartment)
            .where(mine, where)
            .values(is_default=value)
            .execution_options(synchronize_session=False)
        )
    db.session.refresh(choice)


def _clerks(organisation_id: int, role: Role) -> list[int]:
    return list(
        db.session.scalars(
            select(Membership.user_id).where(
                Membership.organisation_id == organisation_id, Membership.role == role
            )
        )
    )


def note(action: str, row: Any, by: User, at: datetime) -> None:
    """Names of what is about to be written, never the values; a form saved as it was is no change (D09)."""
    state = inspect(row)
    changed = [each.key for each in state.mapper.column_attrs if state.attrs[each.key].history.has_changes()]
    if changed or action != "edit":
        record(action, row, at=at, by_id=by.id, detail=", ".join(sorted(changed)))
