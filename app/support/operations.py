"""Cases: opened, worked in, closed. Everything the hotline changes happens in one (B10).

A case belongs to whoever opened it. Each verb asks for the open case under its lock first; a refusal
is a DomainError and has changed nothing.
"""

import re
import secrets
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from ..accounts import operations as accounts
from ..audit import record
from ..extensions import db
from ..messages.operations import tell
from ..models import AuditEntry, Correction, HelpRequest, Membership, SupportCase, Unit, ViewAs
from ..organisations import operations as organisations
from ..vocabulary import HANDLED, N_, CaseKind, Deed, IdentityCheck, RequestStatus, Result, Role, UnitCheck
from . import asked
from .entries import note
from .refusals import (
    CaseNeeds,
    CorrectionFirst,
    NoOpenCase,
    NotInThisCase,
    OwnAccount,
    RequestTaken,
    StaffAccount,
    StillWaiting,
    TooManySearches,
)
from .rules import ABOUT_A_PERSON, ABOUT_A_UNIT, ALLOWS, ANYBODY, VIEW_MINUTES, Act

SEARCHED, IS_NUMBER = "search_number", re.compile(r"\d{5}")
NEEDS_PERSON = N_("这类工单要针对一个账号：先查到来电人，再从他的卡片登记。")
NEEDS_UNIT = N_("这类工单要针对一家单位：先查到单位，再从单位的卡片登记。")
NEEDS_CLERK = N_("这个账号不是该单位的账号，从单位卡片的账号列表登记。")
NOT_WHO_ASKED = N_("请求由另一个账号提出，不能用于这个账号。")
NOT_THAT_KIND = N_("请求的事项与工单类别不一致，按请求的事项登记工单。")
UNLOCKED = N_("热线已应来电要求解锁您的账号（工单 %(number)s）。如非本人要求，立即拨打热线。")
VIEWED = N_(
    "热线于 %(at)s 为解答来电，以您的视角查看了您的页面（工单 %(number)s）：只能看，不能改，最长 %(minutes)s 分钟。"
)


def note_search(typed: str, *, by: User | None, at: datetime, most: int) -> None:
    """Record that a number, or the end of one, was asked for; the number is not part of the record.

    Without it the box would give away by trial what the page masks (D02): TooManySearches past `most` an hour.
    """
    if not IS_NUMBER.search(typed):
        return
    assert by
    # His searches wait for one another till the caller commits, so that none slips past the limit.
    db.session.execute(select(User.id).where(User.id == by.id).with_for_update())
    asked_lately = db.session.scalar(
        select(func.count(AuditEntry.id)).where(
            AuditEntry.by_id == by.id,
            AuditEntry.action == SEARCHED,
            AuditEntry.result == Result.DONE,
            AuditEntry.at > at - timedelta(hours=1),
        )
    )
    if (asked_lately or 0) >= most:
        raise TooManySearches(limit=most)
    record(SEARCHED, at=at, by_id=by.id, object_type="User")


def open_case(
    kind: CaseKind,
    *,
    subject: User | None,
    unit: Unit | None,
    request: HelpRequest | None,
    caller: str,
    identity_check: IdentityCheck,
    reason: str,
    by: User,
    at: datetime,
) -> SupportCase:
    """Begin a case: who called, how that was checked, why. Of two who take one request one gets RequestTaken."""
    if kind in ABOUT_A_PERSON and subject is None:
        raise CaseNeeds(NEEDS_PERSON)
    if kind in ABOUT_A_UNIT and unit is None:
        raise CaseNeeds(NEEDS_UNIT)
    if subject is not None:
        _require_handled(subject, kind, by)
    if kind in ABOUT_A_UNIT and subject is not None and unit is not None and not _acts_for(subject, unit):
        raise CaseNeeds(NEEDS_CLERK)
    if request is not None:
        if request.kind is not kind:
            raise CaseNeeds(NOT_THAT_KIND)
        if request.user_id is not None and (subject is None or subject.id != request.user_id):
            raise CaseNeeds(NOT_WHO_ASKED)
        db.session.refresh(request, with_for_update=True)
        if request.status is not RequestStatus.OPEN:
            raise RequestTaken
    case = SupportCase(
        number=f"{at:%y%m%d}-{secrets.token_hex(4).upper()}",
        kind=kind,
        subject_id=subject.id if subject else None,
        unit_id=unit.id if unit else None,
        request_id=request.id if request else None,
        caller=caller,
        identity_check=identity_check,
        reason=reason,
        opened_by_id=by.id,
        opened_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(case)
    except IntegrityError:
        raise RequestTaken from None
    note(case, Deed.OPENED, by=by, at=at)
    record("open_case", case, at=at, by_id=by.id, detail=kind.value)
    return case


def require(case: SupportCase, act: Act | None, *, by: User) -> None:
    """Lock the case and see that it is open, one's own, and of a kind that allows this."""
    db.session.refresh(case, with_for_update=True)
    if case.closed_at is not None or case.opened_by_id != by.id:
        raise NoOpenCase
    if act is not None and act not in ALLOWS[case.kind]:
        raise NotInThisCase(kind=lazy_gettext(case.kind.label))
    if case.subject is not None:
        _require_handled(case.subject, case.kind, by)


def close_case(
    case: SupportCase, *, outcome: str, result: RequestStatus | None, by: User, at: datetime
) -> None:
    """End a case with what came of it; views as the person end with it. `result` answers its request.

    Without a result the request goes back to the queue. Refused while a correction waits.
    """
    require(case, None, by=by)
    waiting = db.session.scalar(
        select(func.count(Correction.id)).where(
            Correction.case_id == case.id, Correction.decided_at.is_(None)
        )
    )
    if waiting:
        raise StillWaiting(n=waiting)
    closed = db.session.execute(
        update(SupportCase)
        .where(SupportCase.id == case.id, SupportCase.closed_at.is_(None), SupportCase.opened_by_id == by.id)
        .values(closed_at=at, outcome=outcome)
        .execution_options(synchronize_session=False)
    )
    if not closed.rowcount:  # type: ignore[attr-defined]
        raise NoOpenCase
    db.session.execute(
        update(ViewAs)
        .where(ViewAs.case_id == case.id, ViewAs.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    if case.request is not None and result is not None:
        asked.answer(case.request, result, outcome, by=by, at=at)
    note(case, Deed.CLOSED, by=by, at=at)
    record("close_case", case, at=at, by_id=by.id, detail=result.value if result else "")


def unlock(case: SupportCase, *, by: User, at: datetime) -> bool:
    """Open the lock of the person's account and tell him (ACC-10); False if it was not locked."""
    require(case, Act.UNLOCK, by=by)
    subject = _subject_of(case)
    if not accounts.unlock(subject, by=by, at=at):
        return False
    note(case, Deed.UNLOCKED, by=by, at=at)
    tell([subject.id], UNLOCKED % {"number": case.number}, at=at)
    return True


def add_evidence(case: SupportCase, images: list[asked.Stored], *, by: User, at: datetime) -> None:
    """Keep what the caller has sent to prove who he is."""
    require(case, None, by=by)
    asked.add_images(case, images, at)
    note(case, Deed.EVIDENCE, by=by, at=at)
    record("add_evidence", case, at=at, by_id=by.id, detail=f"{len(images)}")


def show_number(case: SupportCase, field: str, reason: str, *, by: User, at: datetime) -> str:
    """A number in full, for a reason that stays with the case; recorded each time (D02).

    `field` is `id_number` or `mobile`, or what the request of the case was left with: `phone`, `value`.
    """
    require(case, Act.SHOW, by=by)
    if field in asked.NUMBERS:
        value = asked.content_of(case.request).get(field) if case.request else None
    else:
        subject = _subject_of(case)
        value = {"id_number": subject.id_number, "mobile": subject.mobile}[field]
    entry = note(case, Deed.SHOWN, by=by, at=at, field=field, reason=reason)
    about = case.subject if field not in asked.NUMBERS and case.subject else case
    record("show_number", about, at=at, by_id=by.id, detail=f"{case.number}, {field}, entry {entry.id}")
    return value or ""


def verify_unit(case: SupportCase, how: UnitCheck, *, by: User, at: datetime) -> None:
    """Vouch for the unit of the case (domain.md 2)."""
    require(case, Act.VERIFY, by=by)
    if case.unit is None:
        raise CaseNeeds(NEEDS_UNIT)
    organisations.verify_unit(case.unit, by=by, at=at, how=how)
    note(case, Deed.VERIFIED, by=by, at=at, how=how.value)


def allow_reset(case: SupportCase, *, by: User, at: datetime) -> User:
    """The unit's account that gets a link, once its mobile is the new responsible person's (ACC-07)."""
    require(case, Act.RESET_LINK, by=by)
    corrected = db.session.scalar(
        select(Correction.id).where(
            Correction.case_id == case.id, Correction.field == Act.MOBILE, Correction.accepted.is_(True)
        )
    )
    if corrected is None:
        raise CorrectionFirst
    subject = _subject_of(case)
    if case.unit is None or not _acts_for(subject, case.unit):
        raise CaseNeeds(NEEDS_CLERK)
    note(case, Deed.RESET_LINK, by=by, at=at)
    return subject


def start_view(case: SupportCase, *, by: User, at: datetime) -> ViewAs:
    """Begin a view as the person, reading only, and tell him (SUP-01)."""
    require(case, Act.VIEW, by=by)
    subject = _subject_of(case)
    if Role.APPLICANT not in roles_of(subject):
        raise CaseNeeds(NEEDS_PERSON)
    view = ViewAs(
        case_id=case.id,
        by_id=by.id,
        subject_id=subject.id,
        started_at=at,
        ends_at=at + timedelta(minutes=VIEW_MINUTES),
    )
    db.session.add(view)
    note(case, Deed.VIEWED, by=by, at=at)
    record("start_view", view, at=at, by_id=by.id, detail=case.number)
    said = {"at": f"{at:%Y-%m-%d %H:%M}", "number": case.number, "minutes": VIEW_MINUTES}
    tell([subject.id], VIEWED % said, at=at)
    return view


def end_view(view: ViewAs, *, by: User, at: datetime) -> None:
    """End a view before its time; twice is once."""
    ended = db.session.execute(
        update(ViewAs)
        .where(ViewAs.id == view.id, ViewAs.by_id == by.id, ViewAs.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount:  # type: ignore[attr-defined]
        record("end_view", view, at=at, by_id=by.id)


def roles_of(user: User) -> frozenset[Role]:
    return frozenset(db.session.scalars(select(Membership.role).where(Membership.user_id == user.id)))


def is_of_office(user: User) -> bool:
    """Whether the account is the security administrators' to look after, not the hotline's."""
    return not roles_of(user) <= HANDLED


def _acts_for(user: User, unit: Unit) -> bool:
    return bool(
        db.session.scalar(
            select(Membership.id).where(
                Membership.user_id == user.id,
                Membership.organisation_id == unit.id,
                Membership.role == Role.UNIT,
            )
        )
    )


def _require_handled(subject: User, kind: CaseKind, by: User) -> None:
    if subject.id == by.id:
        raise OwnAccount
    if kind not in ANYBODY and is_of_office(subject) and Role.SECURITY_ADMIN not in roles_of(by):
        raise StaffAccount


def _subject_of(case: SupportCase) -> User:
    if case.subject is None:
        raise CaseNeeds(NEEDS_PERSON)
    return case.subject
