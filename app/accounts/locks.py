"""Wrong passwords and codes are counted and lock; counters change in guarded SQL only (ACC-08, X-01, A04, A05).

There are three counters. A browser in which the person has signed in before has its own, so that whoever
guesses elsewhere cannot shut him out. Every other browser shares the account's. A name without an account
has one too, in the record of changes, so that nobody learns from it that there is none (A07).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, func, or_, select, update

from ..audit import record
from ..extensions import db
from ..models import AuditEntry, AuditHead, HelpRequest, KnownDevice
from ..protection import index_of
from ..vocabulary import CaseKind, RequestStatus, Result

LOCK, MISS = "lock", "miss"
STRANGER = "Name"


@dataclass(frozen=True)
class Locks:
    """After `tries` wrong passwords the next one locks, for `length` (zero: until unlocked) (X-01)."""

    tries: int
    length: timedelta

    def opens_at(self, locked_at: datetime) -> datetime | None:
        """When a lock of that moment opens by itself; None: never."""
        return locked_at + self.length if self.length else None


@dataclass(frozen=True)
class Attempt:
    """What came of an attempt: the user and his new key, or why not.

    `device` is the new key of his browser, from now on a known one. `wants_code`: the password was
    right, the second factor is asked for next. `is_known` says that this browser was known before.
    """

    user: User | None = None
    key: str = ""
    device: str = ""
    wants_code: int = 0
    locked: bool = False
    opens_at: datetime | None = None
    disabled: bool = False
    tries_left: int = 0
    is_known: bool = False


def open_now(row: type, locks: Locks, at: datetime) -> ColumnElement[bool]:
    """The clause for accounts, or known browsers, that are not locked now."""
    locked_at: Any = row.locked_at  # type: ignore[attr-defined]
    return or_(locked_at.is_(None), locked_at <= at - locks.length) if locks.length else locked_at.is_(None)


def is_locked(user: User, *, locks: Locks, at: datetime) -> bool:
    """Whether the account is locked now; a lock opens by itself when its time is over."""
    if user.locked_at is None:
        return False
    return not locks.length or at < user.locked_at + locks.length


def shut(user_id: int, device_id: int | None, *, locks: Locks, at: datetime) -> Attempt | None:
    """The refusal for a browser that is locked out of the account now; None: it may try."""
    row, pk = _place(user_id, device_id)
    locked_at = db.session.scalar(
        select(row.locked_at).where(row.id == pk, ~open_now(row, locks, at))  # type: ignore[attr-defined]
    )
    return _refused(locked_at, locks, device_id) if locked_at else None


def refuse(user_id: int, device_id: int | None, *, locks: Locks, at: datetime) -> Attempt:
    """Record a try that met a lock, and say until when."""
    record("sign_in", at=at, result=Result.DENIED, detail="locked", object_type="User", object_id=user_id)
    return shut(user_id, device_id, locks=locks, at=at) or Attempt(
        locked=True, is_known=device_id is not None
    )


def count_failure(user_id: int, device_id: int | None, *, locks: Locks, at: datetime) -> Attempt:
    """One more wrong try; the one past the limit locks.

    A known browser that locks itself out shuts the account for unknown ones as well: to people and desks
    the account is then locked, as ACC-08 has it. The reverse is not true, and that is A05.
    """
    row, pk = _place(user_id, device_id)
    counter: Any = KnownDevice.failures if device_id else User.fail_login_count
    locked_at: Any = row.locked_at  # type: ignore[attr-defined]
    is_it = row.id == pk  # type: ignore[attr-defined]
    if locks.length:
        db.session.execute(
            update(row).where(is_it, locked_at <= at - locks.length).values({locked_at: None, counter: 0})
        )
    count = db.session.scalar(
        update(row)
        .where(is_it, locked_at.is_(None))
        .values({counter: func.coalesce(counter, 0) + 1})
        .returning(counter)
    )
    if count is None:
        return refuse(user_id, device_id, locks=locks, at=at)
    locks_now = count > locks.tries
    record(
        LOCK if locks_now else MISS,
        at=at,
        result=Result.DENIED,
        object_type="User",
        object_id=user_id,
        detail="known browser" if device_id else "",
    )
    if not locks_now:
        return Attempt(tries_left=locks.tries + 1 - count, is_known=device_id is not None)
    db.session.execute(update(row).where(is_it).values({locked_at: at}))
    if device_id:
        db.session.execute(update(User).where(User.id == user_id).values(locked_at=at))
    return _refused(at, locks, device_id)


def count_stranger(name: str, *, locks: Locks, at: datetime) -> Attempt:
    """What count_failure would say if the name had an account; the record of misses is the counter.

    The chain's lock makes parallel tries wait for one another, as those on an account do.
    """
    db.session.execute(select(AuditHead.id).with_for_update())
    key = index_of(name.strip().upper())
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.at)
        .where(
            AuditEntry.object_type == STRANGER,
            AuditEntry.object_id == key,
            AuditEntry.action.in_((LOCK, MISS)),
        )
        .order_by(AuditEntry.id.desc())
        .limit(locks.tries + 1)
    ).all()
    last_lock = rows[0].at if rows and rows[0].action == LOCK else None

    def note(action: str, detail: str = "") -> None:
        record(action, at=at, result=Result.DENIED, object_type=STRANGER, object_id=key, detail=detail)

    if last_lock and (not locks.length or at < last_lock + locks.length):
        note("sign_in", "locked")
        return _refused(last_lock, locks, None)
    count = 1 + len(list(takewhile(lambda row: row.action == MISS, rows)))
    if count > locks.tries:
        note(LOCK)
        return _refused(at, locks, None)
    note(MISS)
    return Attempt(tries_left=locks.tries + 1 - count)


def unlock(user: User, *, by: User, at: datetime) -> bool:
    """Open a locked account in every browser (ACC-09, ACC-10), which answers its open request; False: it was not locked."""
    opened = db.session.execute(
        update(User)
        .where(User.id == user.id, User.locked_at.is_not(None))
        .values(locked_at=None, fail_login_count=0)
    ).rowcount  # type: ignore[attr-defined]
    open_known_browsers(user.id)
    answer_requests(user.id, by_id=by.id, at=at)
    if opened:
        record("unlock", user, at=at, by_id=by.id)
    return bool(opened)


def open_known_browsers(user_id: int) -> None:
    db.session.execute(
        update(KnownDevice).where(KnownDevice.user_id == user_id).values(locked_at=None, failures=0)
    )


def answer_requests(user_id: int, *, by_id: int | None, at: datetime) -> None:
    """There is nothing left to unlock: the open request is done."""
    db.session.execute(
        update(HelpRequest)
        .where(
            HelpRequest.user_id == user_id,
            HelpRequest.kind == CaseKind.UNLOCK,
            HelpRequest.status == RequestStatus.OPEN,
        )
        .values(status=RequestStatus.DONE, handled_at=at, handled_by_id=by_id)
    )


def _place(user_id: int, device_id: int | None) -> tuple[type, int]:
    """Where this browser's tries are counted."""
    return (KnownDevice, device_id) if device_id else (User, user_id)


def _refused(locked_at: datetime, locks: Locks, device_id: int | None) -> Attempt:
    return Attempt(locked=True, opens_at=locks.opens_at(locked_at), is_known=device_id is not None)
