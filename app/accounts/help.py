"""请求解锁: what someone who is locked out asks of whoever may unlock him (ACC-09, ACC-10)."""

from collections.abc import Collection
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from ..audit import record
from ..extensions import db
from ..messages.operations import tell
from ..models import Employment, HelpRequest, Membership, Unit
from ..vocabulary import N_, CaseKind, MessageType, RequestStatus, Role
from .operations import Locks, find_account, is_locked

ASKED = N_("%(name)s 的账号因密码连续输错被锁定，请求解锁。在“专业技术人员”中核对是本人后解锁。")


def unlocking_unit(user_id: int) -> Unit | None:
    """The unit that may unlock the person: the last one he chose, if a clerk other than he acts for it.

    None: the hotline, as for everyone who never chose one and for the accounts of offices.
    """
    unit = db.session.scalars(
        select(Unit)
        .join(Employment, Employment.unit_id == Unit.id)
        .where(Employment.person_id == user_id)
        .order_by(Employment.ended_at.is_(None).desc(), Employment.id.desc())
        .limit(1)
    ).one_or_none()
    return unit if unit and clerks_of(unit.id, but=user_id) else None


def clerks_of(unit_id: int, *, but: int) -> list[int]:
    """The accounts that act for the unit, except one."""
    return list(
        db.session.scalars(
            select(Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.organisation_id == unit_id,
                Membership.role == Role.UNIT,
                Membership.user_id != but,
                User.active,
            )
            .distinct()
        )
    )


def ask_unlock(name: str, *, locks: Locks, at: datetime) -> HelpRequest | None:
    """Put the wish before the unit or the hotline, once while it is open.

    None where there is nothing to unlock: no such account, not locked, or asked already. The page
    answers alike in every case (A07).
    """
    user = find_account(name)
    if user is None or not user.active or not is_locked(user, locks=locks, at=at):
        return None
    unit = unlocking_unit(user.id)
    request = HelpRequest(
        kind=CaseKind.UNLOCK, user_id=user.id, desk_unit_id=unit.id if unit else None, created_at=at
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError:
        return None
    if unit:
        text = ASKED % {"name": user.first_name}
        tell(clerks_of(unit.id, but=user.id), text, at=at, type=MessageType.UNIT)
    # Nobody is signed in: whoever asks may be anybody who knows a name of the account.
    record("ask_unlock", request, at=at, detail=f"account {user.id}")
    return request


def open_requests(units: Collection[int] | None = None) -> Select[tuple[HelpRequest]]:
    """What waits for these units, the oldest first; without units what waits for the hotline, of every kind."""
    desk = (
        HelpRequest.desk_unit_id.in_(list(units)) if units is not None else HelpRequest.desk_unit_id.is_(None)
    )
    return (
        select(HelpRequest)
        .where(HelpRequest.status == RequestStatus.OPEN, desk)
        .order_by(HelpRequest.created_at, HelpRequest.id)
    )
