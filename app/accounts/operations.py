"""Signing in and out, locking and unlocking. Counters change in guarded SQL only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, func, or_, select, update

from ..audit import record
from ..database import read_only
from ..extensions import db
from ..models import AuditEntry
from ..protection import index_of
from . import passwords, sessions

LOCK, MISS = "lock", "miss"
STRANGER = "Name"


@dataclass(frozen=True)
class Locks:
    """After `tries` wrong passwords the next one locks, for `length` (zero: until unlocked) (X-01)."""

    tries: int
    length: timedelta


@dataclass(frozen=True)
class Attempt:
    """What came of an attempt: the user and his new key, or why not."""

    user: User | None = None
    key: str = ""
    locked: bool = False
    disabled: bool = False
    tries_left: int = 0


def find_account(name: str) -> User | None:
    """The account of that user name, mobile or ID number (lower-case x counts as X)."""
    name = name.strip()
    return db.session.scalars(
        select(User)
        .where(or_(User.username == name, User.mobile == name, User.id_number == name.upper()))
        .limit(1)
    ).one_or_none()


def sign_in(name: str, password: str, *, locks: Locks, at: datetime) -> Attempt:
    """Try to sign in. A wrong password is counted; the one past the limit locks the account.

    Commits by itself: the slow comparison runs outside any writing transaction, and a failed
    try must be kept. A name without an account is counted and locked like one that has it (A07).
    """
    with read_only():
        user = find_account(name)
        found = (user.id, user.password) if user else None
        db.session.rollback()
    right = passwords.matches(found[1] if found else None, password)
    if found is None:
        attempt = _count_stranger(name, locks=locks, at=at)
    elif right:
        attempt = _let_in(found[0], locks=locks, at=at)
    else:
        attempt = _count_failure(found[0], locks=locks, at=at)
    db.session.commit()
    return attempt


def _let_in(user_id: int, *, locks: Locks, at: datetime) -> Attempt:
    """The lock is part of the statement: a right guess among parallel wrong ones does not slip through."""
    opened = db.session.execute(
        update(User)
        .where(User.id == user_id, _is_open(locks, at))
        .values(fail_login_count=0, locked_at=None, login_count=func.coalesce(User.login_count, 0) + 1)
    ).rowcount  # type: ignore[attr-defined]
    if not opened:
        return Attempt(locked=True)
    user = db.session.get_one(User, user_id)
    if not user.active:
        return Attempt(disabled=True)
    key = sessions.open_session(user, at=at)
    record("sign_in", user, at=at, by_id=user_id)
    return Attempt(user=user, key=key)


def _count_failure(user_id: int, *, locks: Locks, at: datetime) -> Attempt:
    if locks.length:
        db.session.execute(
            update(User)
            .where(User.id == user_id, User.locked_at <= at - locks.length)
            .values(locked_at=None, fail_login_count=0)
        )
    count = db.session.scalar(
        update(User)
        .where(User.id == user_id, User.locked_at.is_(None))
        .values(fail_login_count=func.coalesce(User.fail_login_count, 0) + 1)
        .returning(User.fail_login_count)
    )
    if count is None:
        return Attempt(locked=True)
    if count > locks.tries:
        db.session.execute(update(User).where(User.id == user_id).values(locked_at=at))
        record(LOCK, at=at, object_type="User", object_id=user_id)
        return Attempt(locked=True)
    return Attempt(tries_left=locks.tries + 1 - count)


def _count_stranger(name: str, *, locks: Locks, at: datetime) -> Attempt:
    """What _count_failure would say if the name had an account; the record of misses is the counter."""
    key = index_of(name.strip().upper())
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.at)
        .where(AuditEntry.object_type == STRANGER, AuditEntry.object_id == key)
        .order_by(AuditEntry.id.desc())
        .limit(locks.tries + 1)
    ).all()
    if rows and rows[0].action == LOCK and (not locks.length or at < rows[0].at + locks.length):
        return Attempt(locked=True)
    count = 1 + len(list(takewhile(lambda row: row.action == MISS, rows)))
    action = LOCK if count > locks.tries else MISS
    record(action, at=at, object_type=STRANGER, object_id=key)
    return Attempt(locked=True) if action == LOCK else Attempt(tries_left=locks.tries + 1 - count)


def _is_open(locks: Locks, at: datetime) -> ColumnElement[bool]:
    """The clause for accounts that are not locked now."""
    return (
        or_(User.locked_at.is_(None), User.locked_at <= at - locks.length)
        if locks.length
        else User.locked_at.is_(None)
    )


def is_locked(user: User, *, locks: Locks, at: datetime) -> bool:
    """Whether the account is locked now; a lock opens by itself when its time is over."""
    if user.locked_at is None:
        return False
    return not locks.length or at < user.locked_at + locks.length


def unlock(user: User, *, by: User, at: datetime) -> bool:
    """Open a locked account (ACC-09, ACC-10); False if it was not locked."""
    opened = db.session.execute(
        update(User)
        .where(User.id == user.id, User.locked_at.is_not(None))
        .values(locked_at=None, fail_login_count=0)
    ).rowcount  # type: ignore[attr-defined]
    if opened:
        record("unlock", user, at=at, by_id=by.id)
    return bool(opened)


def change_password(user: User, new: str, *, keep: str | None, at: datetime) -> None:
    """Set a new password and sign out every other browser (ACC-14)."""
    _set_password(user, new, keep=keep, at=at)
    record("change_password", user, at=at, by_id=user.id)


def _set_password(user: User, new: str, *, keep: str | None, at: datetime) -> None:
    passwords.judge(new, user.first_name, user.id_number, user.mobile, user.username)
    db.session.execute(
        update(User)
        .where(User.id == user.id)
        .values(password=passwords.hash_password(new), must_change_password=False)
    )
    sessions.end_other_sessions(user, keep=keep, at=at)


def find_for_recovery(name: str, mobile: str) -> User | None:
    """The account of that ID number or user name, if this is its registered mobile (ACC-05, ACC-06)."""
    name = name.strip()
    return db.session.scalars(
        select(User).where(
            or_(User.username == name, User.id_number == name.upper()), User.mobile == mobile, User.active
        )
    ).one_or_none()


def recover(user: User, new: str, *, at: datetime, how: str = "recover") -> None:
    """Set a new password for a person who proved his mobile; every browser is signed out, the lock opened.

    `how` names it in the record of changes.
    """
    _set_password(user, new, keep=None, at=at)
    db.session.execute(update(User).where(User.id == user.id).values(locked_at=None, fail_login_count=0))
    record(how, user, at=at, by_id=user.id)
