"""Dates of a public notice that is over and just long enough, by the calendar in seeds/ (E06)."""

import csv
from datetime import date, timedelta
from pathlib import Path

from app import clock

CALENDAR = Path(__file__).parents[2] / "seeds" / "holidays.csv"
WORKING_DAYS = 5


def notice_period() -> tuple[date, date]:
    """The last five working days before today; before the calendar's end, once that is past."""
    with CALENDAR.open(encoding="utf-8") as file:
        exceptions = {date.fromisoformat(row["date"]): row["working"] == "1" for row in csv.DictReader(file)}
    last_known = date(max(exceptions).year, 12, 31)
    day = min(clock.today() - timedelta(days=1), last_known)
    worked: list[date] = []
    while len(worked) < WORKING_DAYS:
        if exceptions.get(day, day.weekday() < 5):
            worked.append(day)
        day -= timedelta(days=1)
    return worked[-1], worked[0]
