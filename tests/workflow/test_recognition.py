"""REC-03, typed by hand: education, degree, day of recruitment, and from which day each level is open."""

from datetime import date

import pytest

from app.vocabulary import Level
from app.workflow.recognition import Schooling, reachable

pytestmark = pytest.mark.once
TECHNICIAN, ASSISTANT, INTERMEDIATE = (
    Level.JUNIOR_TECHNICIAN,
    Level.JUNIOR_ASSISTANT,
    Level.INTERMEDIATE,
)
HIRED, YEAR_ON = date(2025, 7, 1), date(2026, 7, 1)


@pytest.mark.parametrize(
    "level, degree, expected",
    [
        ("中专", "无", {TECHNICIAN: YEAR_ON}),
        ("大专", "无", {TECHNICIAN: YEAR_ON}),
        ("技工院校中级工班", "无", {TECHNICIAN: YEAR_ON}),
        ("技工院校高级工班", "无", {TECHNICIAN: YEAR_ON}),
        ("大学本科", "无", {TECHNICIAN: HIRED, ASSISTANT: YEAR_ON}),
        ("大学本科", "学士", {TECHNICIAN: HIRED, ASSISTANT: YEAR_ON}),
        ("技工院校预备技师（技师）班", "无", {TECHNICIAN: HIRED, ASSISTANT: YEAR_ON}),
        ("大学本科", "双学士", {TECHNICIAN: HIRED, ASSISTANT: HIRED}),
        ("硕士研究生", "硕士", {ASSISTANT: HIRED}),
        ("博士研究生", "博士", {INTERMEDIATE: HIRED}),
    ],
)
def test_what_a_schooling_leads_to(level, degree, expected):
    found = reachable([Schooling(level, degree)], HIRED)
    assert {each: reach.since for each, reach in found.items()} == expected


def test_of_several_schoolings_the_earliest_day_counts():
    both = reachable([Schooling("大专", "无"), Schooling("大学本科", "学士")], HIRED)
    assert {each: reach.since for each, reach in both.items()} == {TECHNICIAN: HIRED, ASSISTANT: YEAR_ON}
    assert "直接认定员级" in both[TECHNICIAN].rule.text
    assert reachable([], HIRED) == {}


def test_the_year_of_probation_is_whole():
    for hired, open_on in (
        (date(2024, 2, 29), date(2025, 3, 1)),
        (date(2025, 2, 28), date(2026, 2, 28)),
        (date(2025, 12, 31), date(2026, 12, 31)),
    ):
        assert reachable([Schooling("大专", "无")], hired)[TECHNICIAN].since == open_on
