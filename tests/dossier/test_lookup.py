"""Names that are looked up while one types, and what becomes of a text nobody finds (PRO-08, SEC-01)."""

import re
from html import unescape

import pytest
from sqlalchemy import event, func, select

from app.extensions import db
from app.models import Committee, Major, Profession, Title
from app.models.sections import Education, TitleHeld
from app.vocabulary import Role
from tests import factories
from tests.dossier.typed import posted

SOURCES = ("major", "profession", "titles", "committees")


def found(client, source: str, words: str) -> list[str]:
    answer = client.get(f"/lookup/{source}", query_string={"q": words})
    assert answer.status_code == 200
    return answer.json["found"]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("档案学", "档案学"),
        ("案学", "档案学"),
        ("图书情报 档案学", "档案学"),
        ("管理学 › 图书情报与档案管理类 › 档案学", "档案学"),
        ("管理学>档案学", "档案学"),
    ],
)
def test_a_major_is_found_by_any_part_of_its_path(session, own, words, first):
    assert found(own, "major", words)[0].split(" › ")[-1] == first


def test_an_upper_level_finds_all_of_its_leaves(session, own):
    level2 = factories.archives().level2
    leaves = session.scalars(select(Profession.level3).where(Profession.level2 == level2)).all()

    assert {path.split(" › ")[-1] for path in found(own, "profession", level2)} >= set(leaves)


def test_at_most_twenty_are_answered_and_more_is_said(session, own):
    assert session.scalar(select(func.count(Major.id)).where(Major.level1 == "工学")) > 20
    answer = own.get("/lookup/major?q=工学").json

    assert (len(answer["found"]), answer["more"]) == (20, True)
    assert own.get("/lookup/major?q=档案学").json["more"] is False


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "words", ["", "   ", "›", "%", "_", "没有这样的名称", "'; DROP TABLE major; --", "\x00", "a" * 5000]
)
def test_what_names_nothing_finds_nothing(own, source, words):
    assert found(own, source, words) == []


def test_titles_and_committees_are_found_by_part_of_the_name(session, own):
    assert found(own, "titles", "馆员")[:1] == ["馆员"]
    assert session.scalar(select(func.count(Title.id)).where(Title.name == "馆员")) > 1
    assert len(found(own, "titles", "馆员")) == len(set(found(own, "titles", "馆员")))
    assert "昆明市中小学高级教师评审委员会" in found(own, "committees", "中小学 高级教师")
    assert found(own, "committees", "基层卫生技术高级") == ["昆明市基层卫生高级职称评审委员会"]  # its alias


def test_one_question_is_one_search(own):
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if re.search(r"\bFROM (major|organisation)\b", statement):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        found(own, "major", "管理")
        found(own, "committees", "评审")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) == 2


def test_only_applicants_and_the_hotline_look_names_up(app, session, own, sign_in):
    hotline = sign_in(factories.make_user(Role.HOTLINE))
    clerk = sign_in(factories.make_user(Role.UNIT, factories.make_unit()))
    session.commit()

    assert found(hotline, "major", "档案学")
    assert clerk.get("/lookup/major?q=档案学").status_code == 403
    assert app.test_client().get("/lookup/major?q=档案学").status_code == 302
    assert own.get("/lookup/person?q=示例").status_code == 404


def test_a_page_no_longer_carries_the_catalogues(own):
    page = own.get("/person/").text

    assert 'data-lookup="/lookup/major"' in page and 'data-lookup="/lookup/profession"' in page
    assert "<datalist" not in page
    assert len(page.encode()) < 40_000


def of(session, model, person) -> list:
    return list(session.scalars(select(model).where(model.owner_id == person.id)))


def held(**given: str) -> dict[str, str]:
    return {each: text for each, text in posted(TitleHeld, **given).items() if text != "-"}


def test_a_text_that_fits_several_leaves_is_answered_with_buttons_to_choose_from(session, person, own):
    data = posted(Education, major_id="图书", school="昆明示例大学")
    answer = own.post("/sections/education/add", data=data)

    page = unescape(answer.text)
    offered = re.findall(r'name="major_id-pick" value="([^"]+)"', page)
    assert answer.status_code == 422
    assert 2 <= len(offered) <= 8 and all("图书" in path for path in offered)
    assert 'value="图书"' in page and 'value="昆明示例大学"' in page

    answer = own.post("/sections/education/add", data=data | {"major_id-pick": offered[1]})
    assert answer.status_code == 302
    assert [each.major_id for each in of(session, Education, person)] == [_major(session, offered[1]).id]


def test_a_forged_choice_is_no_leaf(own):
    answer = own.post(
        "/sections/education/add", data=posted(Education) | {"major_id-pick": "示例 › 示例 › 示例"}
    )

    assert answer.status_code == 422
    assert "目录中没有“示例 › 示例 › 示例”" in unescape(answer.text)


def _major(session, path: str) -> Major:
    return next(each for each in session.scalars(select(Major)) if each.path == path)


def test_a_committee_of_the_list_needs_no_tick(session, person, own):
    name = session.scalars(select(Committee.name)).first()
    answer = own.post(
        "/sections/titles-held/add", data=held(evaluated_by=name, **{"evaluated_by-other": "-"})
    )

    assert answer.status_code == 302
    assert [each.evaluated_by for each in of(session, TitleHeld, person)] == [name]


def test_another_committee_needs_the_tick_and_near_names_are_offered(session, person, own):
    typed = "昆明市机电工程师评委会"
    data = held(evaluated_by=typed, **{"evaluated_by-other": "-"})
    answer = own.post("/sections/titles-held/add", data=data)

    page = unescape(answer.text)
    assert answer.status_code == 422
    assert f"目录中没有“{typed}”" in page and "勾选“其他（目录中没有）”" in page
    assert 'name="evaluated_by-pick" value="昆明市机电工程高级工程师评审委员会"' in page
    assert of(session, TitleHeld, person) == []

    assert own.post("/sections/titles-held/add", data=data | {"evaluated_by-other": "y"}).status_code == 302
    (record,) = of(session, TitleHeld, person)
    assert record.evaluated_by == typed
    assert ticked(own.get(f"/sections/titles-held/{record.id}/edit").text)


def test_the_tick_is_not_set_for_a_stored_name_of_the_list_or_for_none(session, person, own):
    name = session.scalars(select(Committee.name)).first()
    record = factories.make_record(TitleHeld, person, evaluated_by=name)
    session.commit()

    assert not ticked(own.get(f"/sections/titles-held/{record.id}/edit").text)
    assert not ticked(own.get("/sections/titles-held/add").text)


def test_a_near_name_chosen_by_button_is_stored_even_with_the_tick(session, person, own):
    name = session.scalars(select(Committee.name)).first()
    data = posted(TitleHeld, evaluated_by="示例") | {"evaluated_by-pick": name}

    assert own.post("/sections/titles-held/add", data=data).status_code == 302
    assert [each.evaluated_by for each in of(session, TitleHeld, person)] == [name]


def test_the_tick_does_not_lift_the_limit(own):
    answer = own.post("/sections/titles-held/add", data=posted(TitleHeld, evaluated_by="评" * 101))

    assert answer.status_code == 422
    assert "评审组织超出 1 字，上限 100 字" in unescape(answer.text)


def ticked(page: str) -> bool:
    (box,) = re.findall(r'<input type="checkbox"[^>]*name="evaluated_by-other"[^>]*>', page)
    return "checked" in box
