"""How the end of a window is said in messages (E05)."""

from datetime import datetime

import pytest

from app.clock import SHANGHAI
from app.models.columns import last_minute


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ((2027, 2, 11, 0, 0), "2027-02-10 24:00"),
        ((2027, 1, 1, 0, 0), "2026-12-31 24:00"),
        ((2028, 3, 1, 0, 0), "2028-02-29 24:00"),
        ((2027, 2, 10, 18, 0), "2027-02-10 18:00"),
        ((2027, 2, 10, 0, 1), "2027-02-10 00:01"),
    ],
)
def test_midnight_belongs_to_the_day_that_ends(end, said):
    assert last_minute(datetime(*end, tzinfo=SHANGHAI)) == said
