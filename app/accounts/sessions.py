"""Signed-in browsers. The cookie holds a key; the row in sign_in decides whether it counts (A01…A03)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import aliased

from ..audit import record
from ..extensions import db
from ..models import Membership, SignIn
from ..policy import Standing, standing_from
from ..vocabulary import Role

TOUCH = timedelta(minutes=1)


@dataclass(frozen=True)
class Lasts:
    """How long a sign-in lasts without a request, for applicants and for staff, and in any case (A03)."""

    idle: timedelta
    staff_idle: timedelta
    longest: timedelta

    def since(self, at: datetime) -> dict[str, datetime]:
        """From when on a sign-in must have begun, and been seen, to count now: what _STILL_COUNTS asks for."""
        return {
            "begun_since": at - self.longest,
            "seen_since": at - self.idle,
            "staff_seen_since": at - self.staff_idle,
        }


_held = aliased(Membership)
# Half an hour without a request ends a sign-in; whoever acts for an office has a quarter.
_STILL_COUNTS = and_(
    SignIn.ended_at.is_(None),
    SignIn.created_at > bindparam("begun_since"),
    SignIn.seen_at > bindparam("seen_since"),
    or_(
        SignIn.seen_at > bindparam("staff_seen_since"),
        ~exists().where(_held.user_id == SignIn.user_id, _held.role != Role.APPLICANT),
    ),
)
# Every request asks this; to build the statement takes longer than to run it, so it is built once.
_FIND = (
    select(User, SignIn, Membership.role, Membership.organisation_id)
    .join(SignIn, SignIn.user_id == User.id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .where(SignIn.key == bindparam("key"), _STILL_COUNTS, User.active)
    .order_by(Membership.id)
)


def digest(key: str) -> str:
    """What is stored of a key: whoever reads the table cannot sign in with it."""
    return hashlib.sha256(key.encode()).hexdigest()


def open_session(user: User, *, at: datetime) -> str:
    """A new key for a browser; never an old one, so that a planted key is worth nothing (A02)."""
    key = secrets.token_urlsafe(32)
    db.session.add(SignIn(key=digest(key), user_id=user.id, created_at=at, seen_at=at, confirmed_at=at))
    db.session.flush()
    return key


def find(key: str, *, at: datetime, lasts: Lasts) -> tuple[User, SignIn, Standing] | None:
    """The user behind a key that still counts, and what he is; a disabled account has none. One query."""
    rows = db.session.execute(_FIND, {"key": digest(key), **lasts.since(at)}).all()
    if not rows:
        return None
    user, sign_in = rows[0][:2]
    return user, sign_in, standing_from(user.id, [(row[2], row[3]) for row in rows if row[2]])


def find_expired(key: str, *, at: datetime, lasts: Lasts) -> int | None:
    """Whose sign-in it was that ended by time alone, not long ago: nobody signed out, nothing was revoked (A03)."""
    found: int | None = db.session.scalar(
        select(User.id)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.key == digest(key),
            SignIn.ended_at.is_(None),
            SignIn.created_at > at - 2 * lasts.longest,
            ~_STILL_COUNTS,
            User.active,
        ),
        lasts.since(at),
    )
    return found


def open_browsers(user: User, *, at: datetime, lasts: Lasts) -> list[SignIn]:
    """The browsers the user is signed in with now, the last used first."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(SignIn.user_id == user.id, _STILL_COUNTS)
            .order_by(SignIn.seen_at.desc(), SignIn.id.desc()),
            lasts.since(at),
        )
    )


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


def end_browser(user: User, sign_in_id: int, *, at: datetime) -> bool:
    """Sign one of the user's own browsers out; false if there is none of that key."""
    ended = db.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
    ).rowcount  # type: ignore[attr-defined]
    if ended:
        record("end_sign_in", user, at=at, by_id=user.id)
    return bool(ended)


def end_all(user: User, *, at: datetime) -> None:
    """Sign every browser of the user out, this one too."""
    end_other_sessions(user, keep=None, at=at)
    record("end_sign_in", user, at=at, by_id=user.id, detail="all")
