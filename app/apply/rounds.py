"""The committees' windows as a person sees them: open, ahead or over, and how long is left (CYC-01…07).

A window is half open: at `closes_at` it is over (E05).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import Round
from ..vocabulary import N_, Kind, Word
from ..web.deadlines import days_left


class Intake(Word):
    """Whether a round takes applications now; the order is the order of the lists."""

    OPEN = "open", N_("受理中")
    AHEAD = "ahead", N_("尚未开放")
    OVER = "over", N_("已截止")


@dataclass(frozen=True)
class Offer:
    """A round with what its window means at a moment; `days_left` counts from today to its last day."""

    round: Round
    intake: Intake
    days_left: int


def intake_of(round_: Round, at: datetime) -> Intake:
    if at < round_.opens_at:
        return Intake.AHEAD
    return Intake.OPEN if round_.is_open(at) else Intake.OVER


def offers(at: datetime, *, kind: Kind = Kind.REVIEW) -> list[Offer]:
    """Every round: the open ones by their end, then those ahead, then those over."""
    query = select(Round).where(Round.kind == kind).options(joinedload(Round.committee))
    found = [
        Offer(round_, intake_of(round_, at), days_left(round_.closes_at, at))
        for round_ in db.session.scalars(query)
    ]
    order = list(Intake)
    return sorted(
        found,
        key=lambda each: (
            order.index(each.intake),
            each.round.opens_at if each.intake is Intake.AHEAD else each.round.closes_at,
            each.round.id,
        ),
    )


def open_years(offered: list[Offer]) -> list[int]:
    """The years in which a committee takes applications now, the latest first."""
    return sorted({each.round.year for each in offered if each.intake is Intake.OPEN}, reverse=True)
