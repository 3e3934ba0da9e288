"""Whose time is over (domain.md 4)."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from ..extensions import db
from ..models import Application, Round
from ..vocabulary import Status


def overdue(at: datetime) -> list[Application]:
    """Drafts whose window is over, and returned applications whose correction time is.

    What an office reset after the window may still go to another committee (REV-05); it waits while one is open.
    """
    another = aliased(Round)
    may_go_elsewhere = (Application.route_no > 0) & exists().where(
        another.year == Application.year, another.kind == Application.kind, another.is_open(at)
    )
    return list(
        db.session.scalars(
            select(Application)
            .join(Round, Application.round_id == Round.id)
            .where(
                or_(
                    (Application.status == Status.DRAFT) & (Round.closes_at <= at) & ~may_go_elsewhere,
                    (Application.status == Status.RETURNED) & (Round.corrections_until <= at),
                )
            )
            .order_by(Application.id)
        )
    )
