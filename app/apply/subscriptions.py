"""Waiting for a round to open (CYC-06, screens.md 3.3)."""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from .. import audit
from ..extensions import db
from ..models import Round, Subscription
from ..workflow.remind_errors import NotAhead


def subscribe(round_: Round, *, by: User, at: datetime) -> None:
    """Note that `by` wants to be told; once, however often he asks. Refused (NotAhead) unless the window is ahead."""
    if round_.published_at is None or at < round_.published_at or at >= round_.opens_at:
        raise NotAhead
    try:
        with db.session.begin_nested():
            db.session.add(Subscription(user_id=by.id, round_id=round_.id, created_at=at))
    except IntegrityError:
        return
    audit.record("subscribe", round_, at=at)


def unsubscribe(round_: Round, *, by: User, at: datetime) -> None:
    """Forget it, if he had asked."""
    gone = db.session.execute(
        delete(Subscription).where(Subscription.user_id == by.id, Subscription.round_id == round_.id)
    )
    if gone.rowcount:  # type: ignore[attr-defined]
        audit.record("unsubscribe", round_, at=at)


def subscribed(user_id: int) -> frozenset[int]:
    """The rounds (ids) whose opening he waits for."""
    return frozenset(
        db.session.scalars(
            select(Subscription.round_id).where(
                Subscription.user_id == user_id, Subscription.told_at.is_(None)
            )
        )
    )
