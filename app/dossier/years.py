"""How long a person has held a title and done professional work, counted from dates (PRO-04, PRO-05). Pure Python.

Both the first and the last day count; whole months first, what is left over of several periods together,
30 days a month. Nothing after the day up to which is counted (CYC-07) counts, nor does a day twice.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_A_MONTH = 30
Period = tuple[date, date | None]


@dataclass(frozen=True)
class Length:
    years: int
    months: int


@dataclass(frozen=True)
class Held:
    """A title as far as its years are concerned; `rank` orders levels, none where the level is not known."""

    awarded_on: date
    employed: bool
    rank: int | None


def practice(periods: Iterable[Period], until: date) -> Length:
    """The time that is covered by at least one of the periods; without an end it goes on till `until`."""
    months = days = 0
    for start, stop in _merged(periods, until):
        whole = _whole_months(start, stop)
        months += whole
        days += (stop - _later(start, whole)).days
    return _length(months + days // DAYS_A_MONTH)


def tenure(titles: Iterable[Held], until: date) -> Length:
    """The time since the present level was reached: employed titles only, the highest of them, another of the same
    level counted as well (ELI-09). Of titles whose level is not known, the latest. Without any it is none."""
    since = tenure_since(titles)
    return practice([(since, None)], until) if since else Length(0, 0)


def tenure_since(titles: Iterable[Held]) -> date | None:
    """The day from which the tenure counts."""
    employed = [each for each in titles if each.employed]
    ranks = [each.rank for each in employed if each.rank is not None]
    if ranks:
        return min(each.awarded_on for each in employed if each.rank == max(ranks))
    return max((each.awarded_on for each in employed), default=None)


def _merged(periods: Iterable[Period], until: date) -> list[tuple[date, date]]:
    """Half-open periods in order, none touching the next."""
    merged: list[tuple[date, date]] = []
    for start, end in sorted((start, min(end or until, until)) for start, end in periods):
        stop = end + timedelta(days=1)
        if stop <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], stop)
        else:
            merged.append((start, stop))
    return merged


def _whole_months(start: date, stop: date) -> int:
    months = (stop.year - start.year) * 12 + stop.month - start.month
    return months if _later(start, months) <= stop else months - 1


def _later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _length(months: int) -> Length:
    return Length(months // 12, months % 12)
