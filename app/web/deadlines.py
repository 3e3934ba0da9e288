"""Ends of windows in words. A window is half open: at its end it is over (E05)."""

from datetime import date, datetime, time, timedelta

from flask_babel import format_date, gettext


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
