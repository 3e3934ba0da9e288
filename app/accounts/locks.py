"""Wrong passwords and codes are counted and lock; counters change in guarded SQL only (ACC-08, X-01, A04, A05).

A browser in which the person has signed in before has a counter of its own, so that whoever guesses
elsewhere cannot shut him out. Every other browser shares the account's. What such a browser is told
depends on the typed name alone (names.py): else two names would tell that they have one account, and a
name without an account that it has none (A07).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, func, or_, select, update

from ..audit import record
from ..extensions import db
from ..models import HelpRequest, KnownDevice
from ..vocabulary import CaseKind, RequestStatus, Result

LOCK, MISS = "lock", "miss"
KNOWN_BROWSER = "known browser"


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
    count = raise_count(user_id, device_id, locks=locks, at=at)
    if count is None:
        return refuse(user_id, device_id, locks=locks, at=at)
    locks_now = count > locks.tries
    record(
        LOCK if locks_now else MISS,
        at=at,
        result=Result.DENIED,
        object_type="User",
        object_id=user_id,
        detail=KNOWN_BROWSER if device_id else "",
    )
    if not locks_now:
        return Attempt(tries_left=locks.tries + 1 - count, is_known=device_id is not None)
    close(user_id, device_id, at=at)
    return _refused(at, locks, device_id)


def raise_count(user_id: int, device_id: int | None, *, locks: Locks, at: datetime) -> int | None:
    """The count with this try, where this browser's tries are counted; None: it is locked there."""
    row, pk = _place(user_id, device_id)
    counter: Any = KnownDevice.failures if device_id else User.fail_login_count
    locked_at: Any = row.locked_at  # type: ignore[attr-defined]
    is_it = row.id == pk  # type: ignore[attr-defined]
    if locks.length:
        db.session.execute(
            update(row).where(is_it, locked_at <= at - locks.length).values({locked_at: None, counter: 0})
        )
    count: int | None = db.session.scalar(
        update(row)
        .where(is_it, locked_at.is_(None))
        .values({counter: func.coalesce(counter, 0) + 1})
        .returning(counter)
    )
    return count


def close(user_id: int, device_id: int | None, *, at: datetime) -> None:
    """Lock, from this moment on."""
    db.session.execute(update(User).where(User.id == user_id).values(locked_at=at))
    if device_id:
        db.session.execute(update(KnownDevice).where(KnownDevice.id == device_id).values(locked_at=at))


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
