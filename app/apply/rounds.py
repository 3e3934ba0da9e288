"""The committees' windows as a person sees them: open, ahead or over, and how long is left (CYC-01…07).

A window is half open: at `closes_at` it is over. An end at midnight is spoken of as 24:00 of the
day before (E05).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import format_date, gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import Round
from ..vocabulary import N_, Kind, Word


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


def last_day(end: datetime) -> date:
    """The last day that belongs to a time which ends, without its end, at `end`."""
    return (end - timedelta(microseconds=1)).date()


def days_left(end: datetime, at: datetime) -> int:
    """Whole days from today to the last day: 0 means today is the last."""
    return max(0, (last_day(end) - at.date()).days)


def deadline(end: datetime) -> str:
    """The end of a window in words, with midnight as 24:00 of the day before."""
    hour = "24:00" if end.timetz().replace(tzinfo=None) == time() else f"{end:%H:%M}"
    return gettext("%(day)s %(hour)s", day=format_date(last_day(end), "medium"), hour=hour)


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
