"""Years of service counted from dates; every expectation counted on a calendar by hand (PRO-04, PRO-05, ELI-09)."""

from datetime import date

import pytest

from app.dossier.years import Held, Length, practice, tenure, tenure_since

UNTIL = date(2026, 12, 31)


def day(text: str) -> date:
    return date.fromisoformat(text)


PRACTICE = [
    # periods, years, months
    ([], 0, 0),
    ([("2023-11-01", None)], 3, 2),
    ([("2014-08-01", "2022-07-31")], 8, 0),
    ([("2014-08-01", "2022-07-30")], 8, 0),  # 30 days of the last month
    ([("2014-08-01", "2022-07-29")], 7, 11),
    ([("2026-12-01", None)], 0, 1),
    ([("2026-12-02", None)], 0, 1),  # 30 days
    ([("2026-12-03", None)], 0, 0),  # 29 days
    # after the last day that counts: not at all, or as far as it lies before
    ([("2027-01-01", None)], 0, 0),
    ([("2026-01-01", "2030-01-01")], 1, 0),
    # overlapping time counts once, in whatever order it is written
    ([("2015-01-01", "2016-12-31"), ("2016-01-01", "2017-12-31")], 3, 0),
    ([("2016-01-01", "2017-12-31"), ("2015-01-01", "2016-12-31")], 3, 0),
    ([("2010-01-01", "2019-12-31"), ("2012-01-01", "2012-12-31")], 10, 0),
    ([("2015-01-01", "2015-12-31")] * 3, 1, 0),
    # one period ends the day before the next begins, or on the same day
    ([("2015-01-01", "2015-06-15"), ("2015-06-16", "2015-12-31")], 1, 0),
    ([("2015-01-01", "2015-06-15"), ("2015-06-15", "2015-12-31")], 1, 0),
    # a gap does not count; what is left over of months adds up, 30 days a month
    ([("2010-01-01", "2010-12-31"), ("2012-01-01", "2012-12-31")], 2, 0),
    ([("2020-01-01", "2020-01-15"), ("2021-03-01", "2021-03-15")], 0, 1),
    ([("2020-01-01", "2020-01-15"), ("2021-03-01", "2021-03-14")], 0, 0),
    # ends of months and a leap day
    ([("2020-02-29", "2021-02-28")], 1, 0),
    ([("2021-01-31", "2021-02-28")], 0, 1),
    ([("2019-02-28", "2020-02-27")], 1, 0),
    # two that run till now
    ([("2016-07-01", None), ("2020-01-01", None)], 10, 6),
    # a whole life of work
    ([("1966-01-01", None)], 61, 0),
    # an end before its start is none
    ([("2020-05-01", "2020-04-01")], 0, 0),
]


@pytest.mark.parametrize(("periods", "years", "months"), PRACTICE)
def test_practice(periods, years, months):
    read = [(day(start), day(end) if end else None) for start, end in periods]

    assert practice(read, UNTIL) == Length(years, months)


TENURE = [
    # (awarded, employed, rank of the level) …, years, months, since
    ([], 0, 0, None),
    ([("2016-12-01", False, 2)], 0, 0, None),
    ([("2016-12-01", True, 2)], 10, 1, "2016-12-01"),
    ([("2017-01-01", True, 2)], 10, 0, "2017-01-01"),
    # the highest employed title, not the newest, nor a higher one without employment
    ([("2010-01-01", True, 2), ("2020-01-01", True, 3)], 7, 0, "2020-01-01"),
    ([("2020-01-01", True, 3), ("2024-01-01", True, 2)], 7, 0, "2020-01-01"),
    ([("2010-01-01", True, 2), ("2020-01-01", False, 3)], 17, 0, "2010-01-01"),
    # another title of the same level counts too: the series was changed (ELI-09)
    ([("2015-01-01", True, 3), ("2022-01-01", True, 3)], 12, 0, "2015-01-01"),
    ([("2015-01-01", False, 3), ("2022-01-01", True, 3)], 5, 0, "2022-01-01"),
    # levels that nobody knows
    ([("2015-01-01", True, None), ("2022-01-01", True, None)], 5, 0, "2022-01-01"),
    ([("2015-01-01", True, 1), ("2022-01-01", True, None)], 12, 0, "2015-01-01"),
    # awarded after the last day
    ([("2027-02-01", True, 2)], 0, 0, "2027-02-01"),
]


@pytest.mark.parametrize(("titles", "years", "months", "since"), TENURE)
def test_tenure(titles, years, months, since):
    held = [Held(day(awarded), employed, rank) for awarded, employed, rank in titles]

    assert tenure(held, UNTIL) == Length(years, months)
    assert tenure_since(held) == (day(since) if since else None)
