"""The committees' windows as a person sees them: open, ahead or over, and how long is left (CYC-01…08).

A window is half open: at its end it is over (E05). Nobody meets a round that is not published.
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
    """A round with what its window means at a moment.

    `opens_at` and `closes_at` are of the span that runs or comes next, for a round by months its month; of one
    that is over, its whole window. `days_left` counts from today to the last day.
    """

    round: Round
    intake: Intake
    opens_at: datetime
    closes_at: datetime
    days_left: int


def intake_of(round_: Round, at: datetime) -> Intake:
    if round_.is_open(at):
        return Intake.OPEN
    return Intake.AHEAD if round_.span_at(at) else Intake.OVER


def offer_of(round_: Round, at: datetime) -> Offer:
    opens, closes = round_.span_at(at) or (round_.opens_at, round_.closes_at)
    return Offer(round_, intake_of(round_, at), opens, closes, days_left(closes, at))


def offers(at: datetime, *, kind: Kind | None = Kind.REVIEW) -> list[Offer]:
    """Every published round: the open ones by their end, then those ahead, then those over. No kind: of every kind."""
    query = select(Round).where(Round.published_at.is_not(None)).options(joinedload(Round.committee))
    if kind is not None:
        query = query.where(Round.kind == kind)
    found = [offer_of(each, at) for each in db.session.scalars(query)]
    order = list(Intake)
    return sorted(
        found,
        key=lambda each: (
            order.index(each.intake),
            each.opens_at if each.intake is Intake.AHEAD else each.closes_at,
            each.round.id,
        ),
    )


def open_years(offered: list[Offer]) -> list[int]:
    """The years in which a committee takes applications now, the latest first."""
    return sorted({each.round.year for each in offered if each.intake is Intake.OPEN}, reverse=True)
