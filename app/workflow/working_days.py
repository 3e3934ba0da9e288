"""Working days by the official calendar (E06). Pure Python."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from ..errors import CalendarUnknown


def is_working(day: date, exceptions: Mapping[date, bool]) -> bool:
    """Whether `day` is worked. `exceptions` holds the days that differ from Monday to Friday.

    Raises CalendarUnknown for a year without any exception: guessing would shorten a legal period.
    """
    if not any(known.year == day.year for known in exceptions):
        raise CalendarUnknown(year=day.year)
    return exceptions.get(day, day.weekday() < 5)


def working_days(first: date, last: date, exceptions: Mapping[date, bool]) -> int:
    """How many working days lie from `first` to `last`, both included."""
    return sum(is_working(day, exceptions) for day in _days(first, last))


def last_day(first: date, days: int, exceptions: Mapping[date, bool]) -> date:
    """The day on which a period of so many working days ends that begins with `first`, both included."""
    day, left = first, days - is_working(first, exceptions)
    while left:
        day += timedelta(days=1)
        left -= is_working(day, exceptions)
    return day


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
