"""What identifies a person is changed by two: one proposes, another confirms; never the same (B10)."""

from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, update
from sqlalchemy.exc import IntegrityError

from ..accounts import sessions
from ..accounts.operations import end_reset_links
from ..accounts.registration import refuse_taken
from ..audit import digest_of, record
from ..extensions import db
from ..messages.operations import send_sms, tell
from ..models import Correction, SupportCase
from ..protection import index_of, tail_index_of
from ..vocabulary import N_, Deed, Role
from ..web.masking import mask_id_number, mask_mobile
from ..workflow.operations import rename
from . import asked, operations
from .entries import note
from .operations import require
from .refusals import (
    AlreadyDecided,
    CaseNeeds,
    ChangedMeanwhile,
    CheckTooWeak,
    CorrectionWaiting,
    EvidenceRequired,
    OwnAccount,
    SecondAdministratorRequired,
    SecondPersonRequired,
    Unchanged,
)
from .rules import NEEDS_EVIDENCE, RECOVERY_PAUSE_HOURS, TOO_WEAK_FOR, Act

FIELDS = {
    Act.NAME: N_("姓名"),
    Act.ID_NUMBER: N_("证件号"),
    Act.MOBILE: N_("手机号"),
}
NOBODY = N_("工单没有针对的账号，不能更正。")
DONE = N_(
    "热线已更正您登记的%(field)s：%(old)s → %(new)s（工单 %(number)s，两名工作人员办理）。如非本人要求，立即拨打热线。"
)
MOBILE_DONE = N_("所有浏览器上的登录已退出，用新手机号登录；%(hours)s 小时内不能用短信验证码找回密码。")
DONE_BY_OFFICE = N_(
    "安全管理员已更换您登记的%(field)s：%(old)s → %(new)s（%(number)s，两名管理员办理）。如非本人要求，立即拨打热线。"
)
DECIDED, NOT_DECIDED = N_("复核通过，已生效。"), N_("复核不通过，没有更改。")
OFFICE_SMS = N_(
    "职称申报系统：您的账号登记的手机号已由安全管理员改为 %(new)s。如非本人要求，立即拨打热线，%(hours)s 小时内可以撤销。"
)
OLD_NUMBER_SMS = N_(
    "职称申报系统：您的账号登记的手机号已由热线改为 %(new)s。如非本人要求，立即拨打热线，%(hours)s 小时内可以撤销。"
)


def propose(case: SupportCase, field: Act, new: str, *, by: User, at: datetime) -> Correction:
    """Ask a colleague to confirm a new name, ID number or mobile; nothing changes before he does."""
    require(case, field, by=by)
    user = case.subject
    if user is None:
        raise CaseNeeds(NOBODY)
    if case.kind in NEEDS_EVIDENCE and not asked.images_of(case):
        raise EvidenceRequired
    if case.identity_check in TOO_WEAK_FOR.get(case.kind, ()):
        raise CheckTooWeak
    old = current(user, field)
    if old == new:
        raise Unchanged
    refuse_taken(**({field.value: new} if field is not Act.NAME else {}))
    correction = Correction(
        case_id=case.id,
        user_id=user.id,
        field=field.value,
        old=old,
        new=new,
        proposed_by_id=by.id,
        proposed_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(correction)
    except IntegrityError:
        raise CorrectionWaiting from None
    note(case, Deed.PROPOSED, by=by, at=at, field=field.value)
    record("propose_correction", correction, at=at, by_id=by.id, detail=f"{case.number}, {field.value}")
    return correction


def decide(correction: Correction, *, accept: bool, remark: str, by: User, at: datetime) -> None:
    """Confirm a proposed correction, or turn it down. Accepted it takes effect now, and the person is told.

    ChangedMeanwhile if what is stored is no longer what was to be replaced; then nothing is decided.
    """
    is_of_office = operations.is_of_office(correction.user)
    if correction.proposed_by_id == by.id:
        raise SecondAdministratorRequired if is_of_office else SecondPersonRequired
    if correction.user_id == by.id:
        raise OwnAccount
    decided = db.session.execute(
        update(Correction)
        .where(
            Correction.id == correction.id,
            Correction.decided_at.is_(None),
            Correction.proposed_by_id != by.id,
        )
        .values(decided_at=at, decided_by_id=by.id, accepted=accept, remark=remark)
        .execution_options(synchronize_session=False)
    )
    if not decided.rowcount:  # type: ignore[attr-defined]
        raise AlreadyDecided
    case, field = correction.case, Act(correction.field)
    old, new = correction.old, correction.new
    if is_of_office and Role.SECURITY_ADMIN in operations.roles_of(case.opened_by):
        _end(case, DECIDED if accept else NOT_DECIDED, at)
    if not accept:
        note(case, Deed.NOT_CORRECTED, by=by, at=at, field=field.value)
        record("refuse_correction", correction, at=at, by_id=by.id, detail=f"{case.number}, {field.value}")
        return
    _apply(correction, field)
    if field is Act.MOBILE:
        _after_new_mobile(correction, OFFICE_SMS if is_of_office else OLD_NUMBER_SMS, at)
    change = (FIELDS[field], masked(field, old), masked(field, new))
    note(case, Deed.CORRECTED, by=by, at=at, field=field.value, changes=[change])
    record(
        f"correct_{field.value}", correction.user, at=at, by_id=by.id, detail=f"{case.number}, two persons",
        before=digest_of({field.value: old}), after=digest_of({field.value: new}),
    )  # fmt: skip
    said = (DONE_BY_OFFICE if is_of_office else DONE) % {
        "field": change[0],
        "old": change[1],
        "new": change[2],
        "number": case.number,
    }
    if field is Act.MOBILE:
        said += MOBILE_DONE % {"hours": RECOVERY_PAUSE_HOURS}
    tell([correction.user_id], said, at=at)


def _end(case: SupportCase, outcome: str, at: datetime) -> None:
    """A case that was opened for this one change is over with it."""
    db.session.execute(
        update(SupportCase)
        .where(SupportCase.id == case.id, SupportCase.closed_at.is_(None))
        .values(closed_at=at, outcome=outcome)
        .execution_options(synchronize_session=False)
    )


def current(user: User, field: Act) -> str:
    """What is registered now."""
    column = {Act.NAME: "first_name", Act.ID_NUMBER: "id_number", Act.MOBILE: "mobile"}[field]
    return getattr(user, column) or ""


def masked(field: Act, value: str) -> str:
    """The value as a list and a message may show it (D02)."""
    return {Act.ID_NUMBER: mask_id_number, Act.MOBILE: mask_mobile}.get(field, str)(value)


def _apply(correction: Correction, field: Act) -> None:
    """One statement that holds only for the value that was to be replaced."""
    User_ = type(correction.user)
    old, new = correction.old, correction.new
    values: dict[Act, dict[str, str]] = {
        Act.NAME: {"first_name": new},
        Act.ID_NUMBER: {
            "id_number": new, "id_number_index": index_of(new), "id_number_tail": tail_index_of(new),
        },
        Act.MOBILE: {"mobile": new, "mobile_index": index_of(new)},
    }  # fmt: skip
    refuse_taken(**({field.value: new} if field is not Act.NAME else {}))
    try:
        with db.session.begin_nested():
            applied = db.session.execute(
                update(User_)
                .where(User_.id == correction.user_id, _is_still(User_, field, old))
                .values(**values[field])
                .execution_options(synchronize_session=False)
            )
    except IntegrityError:
        refuse_taken(**({field.value: new} if field is not Act.NAME else {}))
        raise
    if not applied.rowcount:  # type: ignore[attr-defined]
        raise ChangedMeanwhile
    if field is Act.NAME:
        rename(correction.user_id, new)
    db.session.refresh(correction.user)


def _is_still(user: type[User], field: Act, old: str) -> ColumnElement[bool]:
    column = {Act.NAME: user.first_name, Act.ID_NUMBER: user.id_number, Act.MOBILE: user.mobile}[field]
    return column.is_(None) if not old else column == old


def _after_new_mobile(correction: Correction, text: str, at: datetime) -> None:
    """The old number is told, everyone signed in is out, and for a day no code opens the account (B10)."""
    user = correction.user
    db.session.execute(
        update(type(user))
        .where(type(user).id == user.id)
        .values(recovery_paused_until=at + timedelta(hours=RECOVERY_PAUSE_HOURS))
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(user)
    sessions.end_other_sessions(user, keep=None, at=at)
    end_reset_links(user.id, at=at)
    if correction.old:
        said = {"new": mask_mobile(correction.new), "hours": RECOVERY_PAUSE_HOURS}
        send_sms(correction.old, text % said, at=at)
