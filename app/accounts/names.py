"""What a browser that nobody knows is told of its tries: the typed name alone decides (A07).

The record of misses is the counter of each name, of an account's three (user name, mobile, document number)
as of one that has no account. So a try by the number and one by the mobile are told nothing of each
other. The account's own counter goes over all of its names and locks it all the same: then the right
password is answered like a wrong one, until the name itself has been tried too often. An account that its
owner locked in a browser of his own, or by wrong codes, is locked under every name.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import takewhile

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, and_, func, or_, select

from ..audit import record
from ..extensions import db
from ..models import AuditEntry, AuditHead
from ..protection import index_of
from ..vocabulary import Result
from . import locks as counters
from .locks import LOCK, MISS, Attempt, Locks

STRANGER = "Name"
NAMES = USERNAME, MOBILE, DOCUMENT = "by username", "by mobile", "by document"
# How a miss came upon the account's own counter: it was locked already, or this try, with those by other names, locks it.
LOCKED, TOGETHER = ", locked", ", with other names"
# What makes the account's counter begin anew, and those of its names with it.
ANEW = ("unlock", "recover", "reset_password")


def name_of(user: User, typed: str) -> str:
    """By which of its names an account was found (`find_account`)."""
    typed = typed.strip()
    if typed.lower() == user.username:
        return USERNAME
    return MOBILE if typed == user.mobile else DOCUMENT


def count_name(user_id: int, name: str, *, locks: Locks, at: datetime) -> Attempt:
    """One more try by this name that did not come in: the password is wrong, or the account is locked."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    count = counters.raise_count(user_id, None, locks=locks, at=at)
    is_over = count is not None and count > locks.tries
    if is_over:
        counters.close(user_id, None, at=at)

    def note(action: str, is_name_over: bool) -> None:
        how = (
            ""
            if is_name_over or action == "sign_in"
            else LOCKED
            if count is None
            else TOGETHER
            if is_over
            else ""
        )
        record(
            LOCK if how == TOGETHER else action,
            at=at,
            result=Result.DENIED,
            object_type="User",
            object_id=user_id,
            detail="locked" if action == "sign_in" else name + how,
        )
        if is_name_over:
            counters.close(user_id, None, at=at)

    of_name = (name, name + LOCKED, name + TOGETHER)
    elsewhere = [each + how for each in NAMES for how in ("", LOCKED, TOGETHER)]
    is_mine = and_(
        AuditEntry.object_type == "User",
        AuditEntry.object_id == str(user_id),
        AuditEntry.id > func.coalesce(_begun_anew(user_id), 0),
        or_(
            AuditEntry.detail.in_(of_name),
            and_(AuditEntry.action == LOCK, AuditEntry.detail.not_in(elsewhere)),
        ),
    )
    return _told(is_mine, note, locks=locks, at=at)


def _begun_anew(user_id: int) -> ColumnElement[int]:
    came_in = and_(AuditEntry.action == "sign_in", AuditEntry.detail == "")
    return (
        select(func.max(AuditEntry.id))
        .where(
            AuditEntry.object_type == "User",
            AuditEntry.object_id == str(user_id),
            AuditEntry.result == Result.DONE,
            or_(AuditEntry.action.in_(ANEW), came_in),
        )
        .scalar_subquery()
    )


def count_stranger(name: str, *, locks: Locks, at: datetime) -> Attempt:
    """The same for a name without an account.

    The chain's lock makes parallel tries wait for one another, as those on an account do.
    """
    db.session.execute(select(AuditHead.id).with_for_update())
    key = index_of(name.strip().upper())

    def note(action: str, _is_name_over: bool) -> None:
        detail = "locked" if action == "sign_in" else ""
        record(action, at=at, result=Result.DENIED, object_type=STRANGER, object_id=key, detail=detail)

    is_mine = and_(AuditEntry.object_type == STRANGER, AuditEntry.object_id == key)
    return _told(is_mine, note, locks=locks, at=at)


def _told(
    is_mine: ColumnElement[bool], note: Callable[[str, bool], None], *, locks: Locks, at: datetime
) -> Attempt:
    """Note this try behind those of the name, and say what it is told."""
    rows = db.session.execute(
        select(AuditEntry.action, AuditEntry.at, AuditEntry.detail)
        .where(is_mine, AuditEntry.action.in_((LOCK, MISS)))
        .order_by(AuditEntry.id.desc())
        .limit(locks.tries + 1)
    ).all()

    def is_lock(row: object) -> bool:
        return row.action == LOCK and not row.detail.endswith(TOGETHER)  # type: ignore[attr-defined]

    last_lock = rows[0].at if rows and is_lock(rows[0]) else None
    if last_lock and (not locks.length or at < last_lock + locks.length):
        note("sign_in", False)
        return Attempt(locked=True, opens_at=locks.opens_at(last_lock))
    count = 1 + len(list(takewhile(lambda row: not is_lock(row), rows)))
    if count > locks.tries:
        note(LOCK, True)
        return Attempt(locked=True, opens_at=locks.opens_at(at))
    note(MISS, False)
    return Attempt(tries_left=locks.tries + 1 - count)
