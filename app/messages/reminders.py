"""Reminding: once a Shanghai day about one thing, whoever presses and however often (screens.md 3.3)."""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy.exc import IntegrityError

from ..clock import SHANGHAI
from ..extensions import db
from ..models import Reminder
from ..vocabulary import Cause


def claim(subject: str, target: str, cause: Cause, *, by: User | None, at: datetime) -> bool:
    """Take the day's one reminder of `target` about `subject`; False: somebody has it already.

    `subject` and `target` are written as Reminder says. Whoever gets it sends the words in the same transaction.
    """
    reminder = Reminder(
        subject=subject,
        target=target,
        cause=cause,
        day=at.astimezone(SHANGHAI).date(),
        by_id=by.id if by else None,
        at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(reminder)
    except IntegrityError:
        return False
    return True
