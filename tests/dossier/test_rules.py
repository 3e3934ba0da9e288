"""What typed text means (C14): the tables say it all."""

from datetime import date

import pytest

from app.dossier.rules import clean, contact_is_reachable, parse_day, parse_number

pytestmark = pytest.mark.once

# What the browser shows is read from the same table (tests/journeys/test_sections.py).
DATES = [
    ("20160630", date(2016, 6, 30)),
    ("2016-6-30", date(2016, 6, 30)),
    ("2016-06-30", date(2016, 6, 30)),
    ("2016.6.30", date(2016, 6, 30)),
    ("2016/6/30", date(2016, 6, 30)),
    ("2016年6月30日", date(2016, 6, 30)),
    ("2016年6月30", date(2016, 6, 30)),
    ("  2016 年 6 月 30 日 ", date(2016, 6, 30)),
    ("２０１６．６．３０", date(2016, 6, 30)),
    ("2016.6", date(2016, 6, 1)),
    ("2016-06", date(2016, 6, 1)),
    ("201606", date(2016, 6, 1)),
    ("2016年6月", date(2016, 6, 1)),
    ("2016-02-29", date(2016, 2, 29)),
    ("2015-02-29", None),
    ("2016-13-01", None),
    ("2016-00-10", None),
    ("2016", None),
    ("16-6-30", None),
    ("0016-06-30", None),
    ("2101-01-01", None),
    ("2016-6-30 至今", None),
    ("至今", None),
    ("6/30/2016", None),
    ("20160631", None),
    ("", None),
]


@pytest.mark.parametrize(("typed", "meant"), DATES)
def test_a_date_is_read_as_people_write_it(typed, meant):
    assert parse_day(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3", 3),
        (" 12 ", 12),
        ("１２", 12),
        ("-1", -1),
        ("3.5", None),
        ("三", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_a_number_is_whole_or_none(typed, meant):
    assert parse_number(typed) == meant


@pytest.mark.parametrize(
    ("typed", "lines", "kept"),
    [
        (" 张三\x00 ", False, "张三"),
        ("甲\r\n乙\r丙", True, "甲\n乙\n丙"),
        ("甲\r\n乙", False, "甲 乙"),
        ("a\u202eb\u200bc\ufeff", False, "abc"),
        ("甲\x1b[31m\x07乙", True, "甲[31m乙"),
        ("䶮㛃𬭎", False, "䶮㛃𬭎"),
        ("龍\ufe00", False, "龍\ufe00"),
        ("<b>&\"'", False, "<b>&\"'"),
    ],
)
def test_what_cannot_be_seen_is_dropped_and_nothing_else(typed, lines, kept):
    assert clean(typed, lines=lines) == kept


def test_half_a_character_cannot_be_stored_and_is_dropped():
    assert clean(chr(0xD800) + "甲") == "甲"


def test_contact_details_must_have_the_form_of_what_they_are():
    good = {"contact_mobile": "13900000000", "email": "name@example.com", "postcode": "650000"}
    bad = {"contact_mobile": "1390000", "email": "name@", "postcode": "65000"}

    assert contact_is_reachable(good) == {}
    assert contact_is_reachable(dict.fromkeys(good)) == {}
    assert set(contact_is_reachable(bad)) == set(bad)
