"""Signing in and out, locking and unlocking. Counters change in guarded SQL only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, or_, select, update

from ..database import read_only
from ..extensions import db
from ..models import AuditEntry
from . import passwords, sessions


@dataclass(frozen=True)
class Locks:
    """After `tries` wrong passwords the next one locks, for `length` (zero: until unlocked) (ACC-08, X-01)."""

    tries: int
    length: timedelta


@dataclass(frozen=True)
class Attempt:
    """What came of an attempt: the user and his new key, or why not."""

    user: User | None = None
    key: str = ""
    locked: bool = False
    tries_left: int | None = None


def find_account(name: str) -> User | None:
    """The account of that user name, mobile or ID number (lower-case x counts as X)."""
    name = name.strip()
    return db.session.scalars(
        select(User).where(or_(User.username == name, User.mobile == name, User.id_number == name.upper())).limit(1)
    ).one_or_none()


def sign_in(name: str, password: str, *, locks: Locks, at: datetime) -> Attempt:
    """Try to sign in. A wrong password is counted; the one past the limit locks the account.

    Commits by itself: the slow comparison runs outside any writing transaction, and a failed
    try must be kept. An unknown name costs as much time and tells as little as a wrong password.
    """
    with read_only():
        user = find_account(name)
        found = (user.id, user.password, is_locked(user, locks=locks, at=at)) if user else None
        db.session.rollback()
    right = passwords.matches(found[1] if found else None, password)
    if found is None:
        return Attempt(tries_left=None)
    user_id, _stored, locked = found
    if locked:
        return Attempt(locked=True)
    if not right:
        attempt = _count_failure(user_id, locks=locks, at=at)
        db.session.commit()
        return attempt
    db.session.execute(
        update(User)
        .where(User.id == user_id)
        .values(fail_login_count=0, locked_at=None, login_count=func.coalesce(User.login_count, 0) + 1)
    )
    user = db.session.get_one(User, user_id)
    if not user.active:
        db.session.rollback()
        return Attempt()
    key = sessions.open_session(user, at=at)
    _note(user_id, user_id, "sign_in", at)
    db.session.commit()
    return Attempt(user=user, key=key)


def _count_failure(user_id: int, *, locks: Locks, at: datetime) -> Attempt:
    expired = at - locks.length if locks.length else None
    if expired is not None:
        db.session.execute(
            update(User)
            .where(User.id == user_id, User.locked_at <= expired)
            .values(locked_at=None, fail_login_count=0)
        )
    count = db.session.scalar(
        update(User)
        .where(User.id == user_id)
        .values(fail_login_count=func.coalesce(User.fail_login_count, 0) + 1)
        .returning(User.fail_login_count)
    )
    if count > locks.tries:
        db.session.execute(
            update(User).where(User.id == user_id, User.locked_at.is_(None)).values(locked_at=at)
        )
        _note(user_id, None, "lock", at)
        return Attempt(locked=True)
    return Attempt(tries_left=locks.tries + 1 - count)


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
        _note(user.id, by.id, "unlock", at)
    return bool(opened)


def change_password(user: User, new: str, *, keep: str | None, at: datetime) -> None:
    """Set a new password and sign out every other browser (ACC-14)."""
    passwords.judge(new, user.first_name, user.id_number, user.mobile, user.username)
    db.session.execute(
        update(User)
        .where(User.id == user.id)
        .values(password=passwords.hash_password(new), must_change_password=False)
    )
    sessions.end_other_sessions(user, keep=keep, at=at)
    _note(user.id, user.id, "change_password", at)


def _note(user_id: int, by_id: int | None, action: str, at: datetime) -> None:
    db.session.add(AuditEntry(at=at, by_id=by_id, action=action, object_type="User", object_id=str(user_id)))
