"""Signing in, by password and second factor, and new passwords. Tries are counted in locks.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import case, func, or_, select, update

from ..audit import record
from ..database import read_only
from ..extensions import db
from ..messages.operations import tell
from ..models import KnownDevice, Membership, ResetLink, Unit
from ..models.organisations import name_key_of
from ..vocabulary import N_, Result, Role
from . import devices, factor, numbers, passwords, sessions
from .locks import (
    KNOWN_BROWSER,
    Attempt,
    Locks,
    answer_requests,
    count_failure,
    is_locked,
    open_known_browsers,
    open_now,
    refuse,
    shut,
    unlock,
)
from .names import count_name, count_stranger, name_of

__all__ = ["Attempt", "Locks", "is_locked", "unlock"]


CREDIT_CODE = 18
PASSWORD_CHANGED = N_("您的登录密码已修改，其他浏览器上的登录已全部退出。如非本人操作，立即拨打热线。")


def find_account(name: str) -> User | None:
    """The account of that user name, mobile or ID number; capitals make no difference (A07).

    In this order: whoever claims a passport with the digits of another's mobile gets nothing by it.
    """
    name = name.strip()
    return db.session.scalars(
        select(User)
        .where(or_(User.username == name.lower(), User.mobile == name, User.id_number == name.upper()))
        .order_by(case((User.username == name.lower(), 0), (User.mobile == name, 1), else_=2))
        .limit(1)
    ).one_or_none()


def sign_in(name: str, password: str, *, device: str = "", locks: Locks, at: datetime) -> Attempt:
    """Try to sign in. A wrong password is counted; the one past the limit locks the account.

    Whoever has a second factor is not in yet: `wants_code` names him for `sign_in_with_code`, and his
    counter stays as it is. `device` is the key by which this browser may be known.
    Commits by itself: the slow comparison runs outside any writing transaction, and a failed
    try must be kept. A name without an account is counted and locked like one that has it (A07).
    """
    with read_only():
        user = find_account(name)
        found = _Found.of(user, device, name) if user else None
        db.session.rollback()
    right = passwords.matches(found.password if found else None, password)
    if found is None:
        attempt = count_stranger(name, locks=locks, at=at)
    elif not right:
        attempt = _count(found, locks=locks, at=at)
    elif shut(found.user_id, found.device_id, locks=locks, at=at):
        attempt = _meet_lock(found, locks=locks, at=at)
    elif found.has_factor and found.is_active:
        attempt = Attempt(wants_code=found.user_id)
    else:
        attempt = _let_in(found.user_id, found.device_id, device, locks=locks, at=at) or _meet_lock(
            found, locks=locks, at=at
        )
    if found and (attempt.user or attempt.wants_code):
        _upgrade(found, password)
    db.session.commit()
    return attempt


def _count(found: "_Found", *, locks: Locks, at: datetime) -> Attempt:
    """A wrong password. A browser known to the account is told of its own counter, any other of the name's."""
    if found.device_id:
        return count_failure(found.user_id, found.device_id, locks=locks, at=at)
    return count_name(found.user_id, found.name, locks=locks, at=at)


def _meet_lock(found: "_Found", *, locks: Locks, at: datetime) -> Attempt:
    """The right password for an account that is locked: to a stranger no other answer than to a wrong one."""
    if found.device_id:
        return refuse(found.user_id, found.device_id, locks=locks, at=at)
    return count_name(found.user_id, found.name, locks=locks, at=at)


def sign_in_with_code(user_id: int, code: str, *, device: str = "", locks: Locks, at: datetime) -> Attempt:
    """The second half of `sign_in` (A06): wrong codes count and lock like wrong passwords. Commits by itself."""
    device_id = devices.find(user_id, device)
    if shut(user_id, device_id, locks=locks, at=at):
        attempt = refuse(user_id, device_id, locks=locks, at=at)
    elif factor.redeem(user_id, code, at=at):
        attempt = _let_in(user_id, device_id, device, locks=locks, at=at) or refuse(
            user_id, device_id, locks=locks, at=at
        )
    else:
        attempt = count_failure(user_id, device_id, locks=locks, at=at)
    db.session.commit()
    return attempt


def prove_password(
    user_id: int, password: str, *, key: str, device: str, locks: Locks, at: datetime
) -> Attempt:
    """The password once more in a signed-in browser, which gets a new key (A02, A12). Commits by itself.

    Wrong ones are counted as at sign-in; the one that locks ends this sign-in.
    """
    with read_only():
        found = _Found.of(db.session.get_one(User, user_id), device)
        db.session.rollback()
    if not passwords.matches(found.password, password):
        attempt = count_failure(user_id, found.device_id, locks=locks, at=at)
    elif shut(user_id, found.device_id, locks=locks, at=at):
        attempt = refuse(user_id, found.device_id, locks=locks, at=at)
    else:
        _reset_counter(user_id, found.device_id, locks=locks, at=at)
        attempt = Attempt(key=sessions.renew(key, at=at))
        record("confirm_password", at=at, object_type="User", object_id=user_id)
    if attempt.locked:
        sessions.end_session(key, at=at)
    db.session.commit()
    return attempt


@dataclass(frozen=True)
class _Found:
    """What is compared of an account, read before the slow comparison."""

    user_id: int
    password: str
    has_factor: bool
    is_active: bool
    device_id: int | None
    name: str

    @classmethod
    def of(cls, user: User, device: str, typed: str = "") -> Self:
        has_factor, device_id = user.factor_confirmed_at is not None, devices.find(user.id, device)
        return cls(user.id, user.password, has_factor, bool(user.active), device_id, name_of(user, typed))


def _let_in(
    user_id: int, device_id: int | None, device: str, *, locks: Locks, at: datetime
) -> Attempt | None:
    """None where it is locked: that is part of the statement, so a right guess among parallel wrong ones does not slip through."""
    if not _reset_counter(user_id, device_id, locks=locks, at=at):
        return None
    user = db.session.get_one(User, user_id)
    if not user.active:
        record("sign_in", user, at=at, by_id=user_id, result=Result.DENIED, detail="disabled")
        return Attempt(disabled=True)
    db.session.execute(
        update(User).where(User.id == user_id).values(login_count=func.coalesce(User.login_count, 0) + 1)
    )
    key = sessions.open_session(user, at=at)
    new_device = devices.remember(user_id, device, at=at)
    answer_requests(user_id, by_id=None, at=at)
    record("sign_in", user, at=at, by_id=user_id, detail=KNOWN_BROWSER if device_id else "")
    return Attempt(user=user, key=key, device=new_device)


def _reset_counter(user_id: int, device_id: int | None, *, locks: Locks, at: datetime) -> bool:
    """Begin to count anew where this browser's tries are counted; false: it is locked out there.

    What others have tried elsewhere stays counted while the person comes in by a browser of his own.
    """
    if device_id:
        statement = (
            update(KnownDevice)
            .where(KnownDevice.id == device_id, open_now(KnownDevice, locks, at))
            .values(failures=0, locked_at=None)
        )
    else:
        statement = (
            update(User)
            .where(User.id == user_id, open_now(User, locks, at))
            .values(fail_login_count=0, locked_at=None)
        )
    return bool(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _upgrade(found: _Found, password: str) -> None:
    """Store the password under today's parameters, unless it was changed meanwhile (A08)."""
    new = passwords.upgraded(found.password, password)
    if new:
        db.session.execute(
            update(User).where(User.id == found.user_id, User.password == found.password).values(password=new)
        )


def change_password(user: User, new: str, *, keep: str | None, at: datetime) -> None:
    """Set a new password and sign out every other browser (ACC-14)."""
    _set_password(user, new, keep=keep, at=at)
    record("change_password", user, at=at, by_id=user.id)
    tell([user.id], PASSWORD_CHANGED, at=at)


def _set_password(user: User, new: str, *, keep: str | None, at: datetime) -> None:
    passwords.judge(new, user.first_name, user.id_number, user.mobile, user.username)
    db.session.execute(
        update(User)
        .where(User.id == user.id)
        .values(password=passwords.hash_password(new), must_change_password=False)
    )
    sessions.end_other_sessions(user, keep=keep, at=at)
    end_reset_links(user.id, at=at)


def end_reset_links(user_id: int, *, at: datetime) -> None:
    """A link sent before opens nothing any more (A11)."""
    db.session.execute(
        update(ResetLink)
        .where(ResetLink.user_id == user_id, ResetLink.used_at.is_(None), ResetLink.expires_at > at)
        .values(expires_at=at)
    )


def find_for_recovery(name: str, mobile: str, *, at: datetime) -> User | None:
    """The account of that ID number, user name or unit, if this is its registered mobile (ACC-05, ACC-06).

    A unit is named by its credit code, old or new, or by its whole name: the clerk whose mobile it is gets in.

    None as well for one that the hotline gave a new mobile: the old one is told first, and has a day (B10).
    """
    name = name.strip()
    code = name.upper()
    codes = {code, numbers.organisation_part(code)} if len(code) == CREDIT_CODE else {code}
    clerks = (
        select(Membership.user_id)
        .join(Unit, Unit.id == Membership.organisation_id)
        .where(
            Membership.role == Role.UNIT,
            or_(Unit.credit_code.in_(codes), Unit.name_key == name_key_of(name)),
        )
    )
    return db.session.scalars(
        select(User).where(
            or_(User.username == name.lower(), User.id_number == code, User.id.in_(clerks)),
            User.mobile == mobile,
            User.active,
            or_(User.recovery_paused_until.is_(None), User.recovery_paused_until <= at),
        )
    ).one_or_none()


def recover(user: User, new: str, *, at: datetime, how: str = "recover") -> None:
    """Set a new password for a person who proved his mobile; every browser is signed out, the lock opened.

    `how` names it in the record of changes.
    """
    _set_password(user, new, keep=None, at=at)
    db.session.execute(update(User).where(User.id == user.id).values(locked_at=None, fail_login_count=0))
    open_known_browsers(user.id)
    answer_requests(user.id, by_id=user.id, at=at)
    record(how, user, at=at, by_id=user.id)
