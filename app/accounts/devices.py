"""Browsers in which a person has signed in before. The cookie holds a key; the rows are by person (A05).

A key opens nothing. It only moves its holder's wrong tries to a counter of his own, and changes at
every sign-in.
"""

import secrets
from datetime import datetime

from sqlalchemy import delete, select, update

from ..extensions import db
from ..models import KnownDevice
from .sessions import digest

KEPT = 10


def find(user_id: int, key: str) -> int | None:
    """The row of this browser for the person; None: it is not known."""
    if not key:
        return None
    found: int | None = db.session.scalar(
        select(KnownDevice.id).where(KnownDevice.user_id == user_id, KnownDevice.digest == digest(key))
    )
    return found


def is_known(key: str) -> bool:
    """Whether anybody has signed in with this browser."""
    return (
        bool(key)
        and db.session.scalar(select(KnownDevice.id).where(KnownDevice.digest == digest(key)).limit(1))
        is not None
    )


def remember(user_id: int, key: str, *, at: datetime) -> str:
    """The browser's new key, under which the person and whoever shares the browser are known from now on.

    Of a person's browsers the ten last used are kept.
    """
    new = secrets.token_urlsafe(32)
    if key:
        db.session.execute(
            update(KnownDevice).where(KnownDevice.digest == digest(key)).values(digest=digest(new))
        )
    known = find(user_id, new)
    if known is None:
        db.session.add(KnownDevice(user_id=user_id, digest=digest(new), seen_at=at))
        db.session.flush()
    else:
        db.session.execute(
            update(KnownDevice).where(KnownDevice.id == known).values(seen_at=at, failures=0, locked_at=None)
        )
    newest = (
        select(KnownDevice.id)
        .where(KnownDevice.user_id == user_id)
        .order_by(KnownDevice.seen_at.desc(), KnownDevice.id.desc())
        .limit(KEPT)
    )
    kept = db.session.scalars(newest).all()
    db.session.execute(delete(KnownDevice).where(KnownDevice.user_id == user_id, KnownDevice.id.not_in(kept)))
    return new
