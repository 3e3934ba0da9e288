"""Signed-in browsers. The cookie holds a key; the row in sign_in decides whether it counts (A01…A03)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, and_, func, select, update

from ..extensions import db
from ..models import SignIn

TOUCH = timedelta(minutes=1)


def digest(key: str) -> str:
    """What is stored of a key: whoever reads the table cannot sign in with it."""
    return hashlib.sha256(key.encode()).hexdigest()


def open_session(user: User, *, at: datetime) -> str:
    """A new key for a browser; never an old one, so that a planted key is worth nothing (A02)."""
    key = secrets.token_urlsafe(32)
    db.session.add(SignIn(key=digest(key), user_id=user.id, created_at=at, seen_at=at, confirmed_at=at))
    db.session.flush()
    return key


def find(key: str, *, at: datetime, idle: timedelta, longest: timedelta) -> tuple[User, SignIn] | None:
    """The user behind a key that still counts; a disabled account has none."""
    row = db.session.execute(
        select(User, SignIn)
        .join(SignIn, SignIn.user_id == User.id)
        .where(SignIn.key == digest(key), _still_counts(at, idle, longest), User.active)
    ).first()
    return (row[0], row[1]) if row else None


def count_open(user: User, *, at: datetime, idle: timedelta, longest: timedelta) -> int:
    """How many browsers the user is signed in with now."""
    return (
        db.session.scalar(
            select(func.count(SignIn.id)).where(SignIn.user_id == user.id, _still_counts(at, idle, longest))
        )
        or 0
    )


def _still_counts(at: datetime, idle: timedelta, longest: timedelta) -> ColumnElement[bool]:
    return and_(SignIn.ended_at.is_(None), SignIn.seen_at > at - idle, SignIn.created_at > at - longest)


def touch(sign_in_id: int, *, at: datetime) -> None:
    """Note that the browser was seen, in a transaction of its own: reading a page changes nothing else."""
    with db.engine.begin() as connection:
        connection.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def renew(key: str, *, at: datetime) -> str:
    """Another key for the same browser, whose password was just proved; the twelve hours go on (A02, A12)."""
    new = secrets.token_urlsafe(32)
    db.session.execute(
        update(SignIn)
        .where(SignIn.key == digest(key), SignIn.ended_at.is_(None))
        .values(key=digest(new), confirmed_at=at, seen_at=at)
    )
    return new


def end_session(key: str, *, at: datetime) -> None:
    db.session.execute(
        update(SignIn).where(SignIn.key == digest(key), SignIn.ended_at.is_(None)).values(ended_at=at)
    )


def end_other_sessions(user: User, *, keep: str | None, at: datetime) -> None:
    """After a new password every other browser is signed out."""
    db.session.execute(
        update(SignIn)
        .where(
            SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.key != (digest(keep) if keep else "")
        )
        .values(ended_at=at)
    )
