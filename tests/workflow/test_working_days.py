"""The notice counts working days by the official calendar (E06); expectations typed by hand from a calendar."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.errors import CalendarUnknown
from app.workflow.notices import holidays
from app.workflow.working_days import last_day, working_days

# Every start day of 2024 to 2026 with the last day of its notice; how it was made is said in the file.
TABLE = [
    line.split()
    for line in (Path(__file__).parent / "notice_ends.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


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


@pytest.mark.once
def test_every_notice_of_three_years_ends_as_in_the_table(session):
    """E06. "-" stands for an end in 2027, which is refused until its holidays are known."""
    first = date(2024, 1, 1)
    assert [start for start, _ in TABLE] == [f"{first + timedelta(days=n)}" for n in range(1096)]
    known, wrong = holidays(), []
    for start, expected in TABLE:
        try:
            found = last_day(date.fromisoformat(start), 5, known).isoformat()
        except CalendarUnknown as refused:
            found = "-" if "2027" in str(refused) else str(refused)
        if found != expected:
            wrong.append((start, expected, found))
    assert wrong == []


def test_a_year_the_calendar_does_not_know_stops_with_a_message(session):
    with pytest.raises(CalendarUnknown) as refused:
        working_days(date(2026, 12, 30), date(2027, 1, 5), holidays())
    assert "2027" in str(refused.value)
