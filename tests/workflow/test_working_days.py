"""The notice counts working days by the official calendar (E06); expectations typed by hand from a calendar."""

from datetime import date

import pytest

from app.errors import CalendarUnknown
from app.workflow.guards import holidays
from app.workflow.working_days import working_days


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 1, 5), date(2026, 1, 9), 5),  # Monday to Friday
        (date(2026, 1, 9), date(2026, 1, 12), 2),  # over a weekend
        (date(2026, 1, 10), date(2026, 1, 11), 0),  # a weekend
        (date(2025, 9, 30), date(2025, 10, 9), 2),  # over the national day holidays
        (date(2025, 9, 28), date(2025, 9, 30), 3),  # a Sunday that is worked
        (date(2026, 1, 5), date(2026, 1, 4), 0),  # nothing
    ],
)
def test_working_days(session, first, last, days):
    assert working_days(first, last, holidays()) == days


def test_a_year_the_calendar_does_not_know_stops_with_a_message(session):
    with pytest.raises(CalendarUnknown) as refused:
        working_days(date(2026, 12, 30), date(2027, 1, 5), holidays())
    assert "2027" in str(refused.value)
