"""Dates of a public notice that is over and just long enough, and a calendar for years that seeds/ does not know (E06)."""

from datetime import date, timedelta

from app import clock
from app.extensions import db
from app.models import Holiday
from app.workflow.notices import holidays
from app.workflow.working_days import is_working

INVENTED = "虚构的节假日安排，仅供测试"
WORKING_DAYS = 5


def know_the_years() -> None:
    """What a journey types is of today, so the calendar of the years around it has to be known.

    A year's official calendar appears in the last weeks of the year before; until it is in seeds/, the year has
    New Year's Day and nothing else.
    """
    known, this_year = {day.year for day in holidays()}, clock.today().year
    db.session.add_all(
        Holiday(day=date(year, 1, 1), working=False, name=INVENTED)
        for year in (this_year - 1, this_year, this_year + 1)
        if year not in known
    )
    db.session.commit()


def notice_period() -> tuple[date, date]:
    """The last five working days before today."""
    exceptions, day = holidays(), clock.today() - timedelta(days=1)
    worked: list[date] = []
    while len(worked) < WORKING_DAYS:
        if is_working(day, exceptions):
            worked.append(day)
        day -= timedelta(days=1)
    return worked[-1], worked[0]
