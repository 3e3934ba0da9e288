"""The mobile of an office's account: a security administrator proposes, a second administrator confirms (A11, B13)."""

import secrets
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from ..accounts.custody import refuse_own
from ..extensions import db
from ..messages.operations import tell
from ..models import Correction, Membership, SupportCase
from ..vocabulary import N_, CaseKind, Deed, IdentityCheck, Role
from . import corrections, operations
from .entries import note
from .refusals import HotlinesAccount
from .rules import Act

WAITING = N_("%(name)s 的手机号更换等待复核。在“待复核更正”中核对依据后办理。")


def require_office(user: User, *, by: User) -> None:
    """An office's account, and not one's own."""
    refuse_own(user, by)
    if not operations.is_of_office(user):
        raise HotlinesAccount


def propose_mobile(
    user: User, new: str, *, identity_check: IdentityCheck, evidence: str, by: User, at: datetime
) -> Correction:
    """Ask another administrator to confirm a mobile; nothing changes before he does.

    `evidence` says what proves that it is the person's. It is kept in a case of its own, which ends
    with the decision.
    """
    require_office(user, by=by)
    case = SupportCase(
        number=f"{at:%y%m%d}-{secrets.token_hex(4).upper()}",
        kind=CaseKind.MOBILE,
        subject_id=user.id,
        caller=user.first_name,
        identity_check=identity_check,
        reason=evidence,
        opened_by_id=by.id,
        opened_at=at,
    )
    db.session.add(case)
    db.session.flush()
    note(case, Deed.OPENED, by=by, at=at)
    correction = corrections.propose(case, Act.MOBILE, new, by=by, at=at)
    second = select(Membership.user_id).where(
        Membership.role.in_((Role.SECURITY_ADMIN, Role.SUPER_ADMIN)),
        Membership.user_id.not_in((by.id, user.id)),
    )
    tell(db.session.scalars(second.order_by(Membership.user_id)), WAITING % {"name": user.first_name}, at=at)
    return correction
