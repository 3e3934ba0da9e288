"""The work unit among thousands: few rows, few statements, by any part of the name (UNI-09)."""

import re
from html import unescape

import pytest
from sqlalchemy import event, func, insert, select

from app.dossier.unit_search import find_units
from app.extensions import db
from app.models import Unit
from app.models.organisations import Organisation, name_key_of
from tests import factories

MANY = 5000


@pytest.fixture
def many(session) -> None:
    """Thousands of units, written in two statements and taken back after the test."""
    first = (session.scalar(select(func.max(Organisation.id))) or 0) + 1
    keys = range(first, first + MANY)
    names = {key: f"海量示例第{key}研究所" for key in keys}
    session.execute(
        insert(Organisation.__table__),
        [{"id": key, "kind": "unit", "name": name, "phone": ""} for key, name in names.items()],
    )
    session.execute(
        insert(Unit.__table__),
        [
            {"id": key, "credit_code": f"X{key:017d}", "name_key": name_key_of(name)}
            for key, name in names.items()
        ],
    )
    session.flush()


def test_five_thousand_units_cost_one_statement_and_twenty_rows(session, many):
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        found = find_units("研究所")
        shown = [(unit.name, unit.region and unit.region.name, unit.missing) for unit in found]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(shown) == 20
    assert len(statements) <= 3


def test_what_is_typed_is_a_name_a_part_of_it_several_words_or_a_code(session):
    unit = factories.make_unit(name="云南省示例地质博物馆（新馆）")
    factories.make_unit(name="云南省示例地质档案馆")
    session.flush()

    for words in (
        "云南省示例地质博物馆（新馆）",
        "地质博物馆",
        "示例 博物馆",
        unit.credit_code,
        unit.credit_code[:12],
        unit.credit_code.lower(),
    ):
        assert unit in find_units(words), words
    assert [each.name for each in find_units("地质 博物")] == [unit.name]
    assert find_units("") == [] == find_units("  ")
    assert find_units("%") == [] == find_units("_")


def test_names_that_begin_with_the_words_come_first(session):
    factories.make_unit(name="昆明市首字示例单位")
    factories.make_unit(name="首字示例单位")
    session.flush()

    assert [each.name for each in find_units("首字示例")] == ["首字示例单位", "昆明市首字示例单位"]


def test_the_page_says_region_nature_verification_and_completeness(session, own):
    factories.make_unit(name="完整示例单位甲")
    factories.make_unit(name="完整示例单位乙", tier=None, verified_at=None)
    session.commit()

    page = unescape(own.get("/person/unit?q=完整示例单位").text)
    first, second = re.split(r'<li id="unit-\d+">', page)[2:0:-1]
    assert (
        "盘龙区" in first
        and "国有事业单位" in first
        and "单位信息完整" in first
        and "未核验" not in first.split("</li>")[0]
    )
    assert "未核验" in second.split("</li>")[0] and "缺 单位等级" in second


def test_a_unit_that_is_not_found_is_invited_with_words_and_a_link_to_pass_on(own):
    page = unescape(own.get("/person/unit?q=没有这家").text)

    text = re.search(r'<textarea id="invite-text"[^>]*readonly>([^<]+)</textarea>', page)[1]
    assert "没有找到“没有这家”" in page and "邀请单位注册" in page
    assert re.search(r"http://[^/]+/unit-sign-up/$", text) and "申报职称" in text
    assert "邀请单位注册" not in own.get("/person/unit").text
