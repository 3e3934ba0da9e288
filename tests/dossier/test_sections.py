"""The pages of the 13 sections: what is typed is what is stored, in the person's order (SEC-01…14)."""

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from app.models import SECTION_OF, SECTIONS, NothingToDeclare, fields_of
from app.models.sections import (
    AnnualAssessment,
    Book,
    Education,
    Paper,
    StudyHistory,
    WorkHistory,
    WorkSummary,
)
from app.vocabulary import Stage, Status
from tests import factories
from tests.dossier.typed import posted

MARKUP = "<script>alert('x')</script>\"><i>"


def records(session, model, person):
    return session.scalars(select(model).where(model.owner_id == person.id).order_by(model.position)).all()


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_a_record_is_stored_as_typed_shown_and_changed(session, person, own, model):
    slug = model.section.slug

    assert own.get(f"/sections/{slug}/").status_code == 200
    assert own.get(f"/sections/{slug}/add").status_code == 200
    answer = own.post(f"/sections/{slug}/add", data=posted(model))
    assert answer.status_code == 302, answer.text
    (record,) = records(session, model, person)
    expected = {each.name: factories.sample(each) for each in fields_of(model) if not each.tree}
    assert {name: getattr(record, name) for name in expected} == expected

    page = own.get(f"/sections/{slug}/{record.id}/edit").text
    for each in fields_of(model):
        assert f'id="field-{each.name}"' in page
    again = own.post(
        f"/sections/{slug}/{record.id}/edit", data=posted(model) | {"version": str(record.version)}
    )
    assert again.status_code == 302


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_nothing_typed_is_refused_field_by_field_in_chinese(session, person, own, model):
    answer = own.post(f"/sections/{model.section.slug}/add", data={})

    assert answer.status_code == 422
    page = unescape(answer.text)
    for each in fields_of(model):
        if each.empty:
            assert f"填写{each.label}，或勾选“{each.empty}”" in page
        elif each.required:
            verb = "选择" if each.choices or each.tree or each.type is bool else "填写"
            assert f"{verb}{each.label}" in page
    assert "This field" not in page and "Not a valid" not in page
    assert records(session, model, person) == []


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_each_limit_counts_characters_and_says_how_many_are_too_many(session, person, own, model):
    limited = [each for each in fields_of(model) if each.limit]
    exact = own.post(
        f"/sections/{model.section.slug}/add",
        data=posted(model, **{each.name: "字" * each.limit for each in limited}),
    )
    over = own.post(
        f"/sections/{model.section.slug}/add",
        data=posted(model, **{each.name: "䶮" * (each.limit + 35) for each in limited}),
    )

    assert exact.status_code == 302
    assert (over.status_code == 422) is bool(limited)
    for each in limited:
        assert f"{each.label}超出 35 字，上限 {each.limit} 字" in unescape(over.text)
        assert "䶮" * (each.limit + 35) in over.text


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_markup_and_invisible_characters_do_no_harm_on_any_page(session, person, own, model):
    slug = model.section.slug
    texts = {each.name: MARKUP[: each.limit] + "\x00\u202e" for each in fields_of(model) if each.limit}
    assert own.post(f"/sections/{slug}/add", data=posted(model, **texts)).status_code == 302
    (record,) = records(session, model, person)

    for path in ("", f"{record.id}/edit"):
        page = own.get(f"/sections/{slug}/{path}").text
        assert "<script>alert" not in page and "><i>" not in page
        assert "\x00" not in page and "\u202e" not in page


def test_a_summary_of_2000_characters_with_line_breaks_comes_back_whole(session, person, own):
    text = "第一行䶮㛃𬭎\r\n" + "字" * 1990
    own.post("/sections/work-summary/add", data=posted(WorkSummary, content=text))

    (record,) = records(session, WorkSummary, person)
    assert record.content == text.replace("\r\n", "\n")


def test_a_period_may_not_end_before_it_starts(own):
    typed = posted(StudyHistory, start="2013-9-1", end="2013年6月")
    answer = own.post("/sections/study-history/add", data=typed)

    assert answer.status_code == 422
    assert "结束时间早于开始时间" in answer.text
    assert "2013年6月" in answer.text


def test_a_future_date_is_refused_where_it_cannot_be(own):
    answer = own.post("/sections/education/add", data=posted(Education, graduated_on="2099-01-01"))

    assert answer.status_code == 422
    assert "毕业时间不能晚于今天" in answer.text


def test_until_now_is_a_tick_that_empties_the_date(session, person, own):
    own.post("/sections/work-history/add", data=posted(WorkHistory, end="2020-01-01") | {"end-empty": "y"})

    (record,) = records(session, WorkHistory, person)
    assert record.end is None
    assert "至今" in own.get("/sections/work-history/").text
    assert " checked" in own.get(f"/sections/work-history/{record.id}/edit").text


def test_a_month_alone_is_its_first_day(session, person, own):
    own.post("/sections/books/add", data=posted(Book, published_on="2016.6"))

    assert records(session, Book, person)[0].published_on == date(2016, 6, 1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("不存在的专业", "目录中没有“不存在的专业”"),
        ("计算机", "在下面选择一项，或写得更具体"),
    ],
)
def test_a_profession_that_is_not_clear_is_asked_again_and_kept(own, typed, said):
    answer = own.post("/sections/education/add", data=posted(Education, major_id=typed))

    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert f'value="{typed}"' in answer.text
    assert 0 <= unescape(answer.text).count("；") <= 40


def test_a_whole_path_names_a_leaf(session, person, own):
    leaf = factories.archival_science()
    own.post("/sections/education/add", data=posted(Education, major_id=leaf.path))

    assert records(session, Education, person)[0].major_id == leaf.id


def test_a_word_outside_the_list_is_refused(own):
    answer = own.post("/sections/education/add", data=posted(Education, degree="博士后"))

    assert answer.status_code == 422
    assert "“博士后”不在可选范围内" in unescape(answer.text)


def test_a_year_is_assessed_once(session, person, own):
    own.post("/sections/annual-assessment/add", data=posted(AnnualAssessment, year="2021"))
    answer = own.post("/sections/annual-assessment/add", data=posted(AnnualAssessment, year="2021"))

    assert answer.status_code == 422
    assert "年份“2021”已有一条记录" in unescape(answer.text)
    assert len(records(session, AnnualAssessment, person)) == 1


def test_records_move_up_and_down_and_their_places_stay_dense(session, person, own):
    made = [factories.make_record(Paper, person, name=f"论文{n}", position=n) for n in range(3)]
    ids = [each.id for each in made]

    def move(record_id, direction):
        answer = own.post(f"/sections/papers/{record_id}/move", data={"direction": direction})
        assert answer.status_code == 302

    move(ids[0], "down")
    move(ids[2], "up")
    move(ids[1], "up")
    assert [(each.id, each.position) for each in records(session, Paper, person)] == [
        (ids[1], 0),
        (ids[2], 1),
        (ids[0], 2),
    ]
    own.post(f"/sections/papers/{ids[2]}/delete")
    assert [(each.id, each.position) for each in records(session, Paper, person)] == [
        (ids[1], 0),
        (ids[0], 1),
    ]
    assert own.post(f"/sections/papers/{ids[1]}/move", data={"direction": "sideways"}).status_code == 400


def test_moving_a_record_does_not_make_an_open_form_stale(session, person, own):
    first, second = (factories.make_record(Paper, person, position=n) for n in range(2))
    seen = first.version
    own.post(f"/sections/papers/{first.id}/move", data={"direction": "down"})

    answer = own.post(
        f"/sections/papers/{first.id}/edit", data=posted(Paper, name="改过") | {"version": str(seen)}
    )
    assert answer.status_code == 302
    assert second.position == 0


def test_a_list_shows_ten_records_a_page(session, person, own):
    for n in range(12):
        factories.make_record(Paper, person, name=f"论文{n:02}号", position=n)

    first, second, beyond = (own.get(f"/sections/papers/?page={n}").text for n in (1, 2, 99))
    assert [f"论文{n:02}号" in first for n in (0, 9, 10)] == [True, True, False]
    assert "论文11号" in second and "论文11号" in beyond


def test_a_record_changed_in_another_tab_shows_both_texts_and_then_saves(session, person, own):
    record = factories.make_record(Paper, person, name="原名")
    seen = str(record.version)
    path = f"/sections/papers/{record.id}/edit"
    assert own.post(path, data=posted(Paper, name="甲页的名") | {"version": seen}).status_code == 302

    stale = own.post(path, data=posted(Paper, name="乙页的名") | {"version": seen})
    assert stale.status_code == 409
    page = unescape(stale.text)
    assert "刚刚在别处修改过" in page
    assert "现在保存的是：甲页的名" in page and 'value="乙页的名"' in page
    assert re.search(r"<td [^>]*>乙页的名</td><td [^>]*>甲页的名</td>", page)
    assert session.get_one(Paper, record.id).name == "甲页的名"
    again = own.post(path, data=posted(Paper, name="乙页的名") | {"version": str(record.version)})
    assert again.status_code == 302
    assert session.get_one(Paper, record.id).name == "乙页的名"


def test_nothing_to_declare_is_an_answer_until_there_is_a_record(session, person, own):
    answer = own.post("/sections/books/nothing", data={"answer": "yes"})
    assert answer.status_code == 302
    assert "已选择：本人没有此项" in own.get("/sections/books/").text

    own.post("/sections/books/add", data=posted(Book))
    assert session.scalars(select(NothingToDeclare).where(NothingToDeclare.owner_id == person.id)).all() == []
    refused = own.post("/sections/books/nothing", data={"answer": "yes"})
    assert refused.status_code == 409
    assert "不能选“本人没有此项”" in unescape(refused.text)


def test_nothing_to_declare_is_not_an_answer_to_a_required_section(own):
    assert own.post("/sections/education/nothing", data={"answer": "yes"}).status_code == 409


def test_save_and_add_another_leads_to_an_empty_form_and_keeps_the_way_back(own):
    answer = own.post("/sections/papers/add?back=/apply/", data=posted(Paper) | {"then": "add"})
    assert answer.location.endswith("/sections/papers/add?back=/apply/")

    assert own.post("/sections/papers/add?back=/apply/", data=posted(Paper)).location == "/apply/"
    evil = own.post("/sections/papers/add?back=//evil.example/", data=posted(Paper))
    assert evil.location == "/sections/papers/"


def test_a_foreign_record_is_not_there(session, person, own):
    record = factories.make_record(Paper, factories.make_applicant())
    path = f"/sections/papers/{record.id}"
    typed = posted(Paper) | {"version": "1", "direction": "up"}

    assert own.get(f"{path}/edit").status_code == 404
    for action in ("edit", "delete", "move"):
        assert own.post(f"{path}/{action}", data=typed).status_code == 404
    assert own.get("/sections/no-such-section/").status_code == 404
    assert own.get(f"/sections/papers/{2**40}/edit").status_code == 404


def test_under_review_everything_is_read_only_and_says_who_can_unlock(session, of):
    application = factories.make_application(at=Stage.UNIT)
    person = factories.db.session.get_one(factories.Person, application.applicant_id)
    record = records(session, Paper, person)[0]
    client = of(person)
    sentence = f"申报正在“{application.holder.name}”进行单位审核"

    for path in (
        "/sections/",
        "/sections/papers/",
        f"/sections/papers/{record.id}/edit",
        "/attachments/",
        "/person/",
    ):
        page = unescape(client.get(path).text)
        assert sentence in page
        assert ">保存<" not in page and ">上传<" not in page
    refused = client.post(
        f"/sections/papers/{record.id}/edit", data=posted(Paper, name="改动") | {"version": "1"}
    )
    assert refused.status_code == 409
    assert sentence in unescape(refused.text) and 'value="改动"' in refused.text
    for path, data in (
        (f"/sections/papers/{record.id}/delete", {}),
        (f"/sections/papers/{record.id}/move", {"direction": "down"}),
        ("/sections/papers/nothing", {"answer": "yes"}),
        ("/sections/papers/add", posted(Paper)),
        ("/person/", {}),
    ):
        answer = client.post(path, data=data)
        assert (path, answer.status_code) == (path, 409)
        assert sentence in unescape(answer.text)
    assert session.get_one(Paper, record.id).name != "改动"


def test_returned_for_changes_the_dossier_opens_again(session, of):
    application = factories.make_application(at=Status.RETURNED)
    person = session.get_one(factories.Person, application.applicant_id)

    assert of(person).post("/sections/papers/add", data=posted(Paper)).status_code == 302


def test_every_section_is_declared_under_its_own_slug():
    assert list(SECTION_OF.values()) == list(SECTIONS)


# periods of study as (start, end); which of them are named, in pairs
OVERLAPS = [
    ([("2010-09-01", "2014-07-01"), ("2014-07-01", "2017-07-01")], []),
    ([("2010-09-01", "2014-07-01"), ("2016-09-01", "2019-07-01")], []),
    ([("2010-09-01", "2014-07-01"), ("2014-06-30", "2017-07-01")], [(0, 1)]),
    ([("2012-09-01", "2013-07-01"), ("2010-09-01", "2014-07-01")], [(1, 0)]),
    ([("2010-09-01", "2014-07-01"), ("2011-01-01", "2012-01-01"), ("2013-01-01", "2016-01-01")], [(0, 1), (0, 2)]),
    ([("2010-09-01", "2014-07-01"), ("2010-09-01", "2014-07-01")], [(0, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("periods", "named"), OVERLAPS)
def test_overlapping_periods_are_pointed_out_and_gaps_are_not(session, person, own, periods, named):
    for n, (start, end) in enumerate(periods):
        answer = own.post(
            "/sections/study-history/add", data=posted(StudyHistory, school=f"学校{n}", start=start, end=end)
        )
        assert answer.status_code == 302
    page = unescape(own.get("/sections/study-history/").text)

    found = [(a, b) for a in range(3) for b in range(3) if f"“学校{a}”与“学校{b}”的时间有重叠" in page]
    assert sorted(found) == sorted(named)


def test_work_that_goes_on_overlaps_what_began_later(session, person, own):
    factories.make_record(WorkHistory, person, employer="甲单位", start=date(2015, 1, 1), end=None)
    factories.make_record(WorkHistory, person, employer="乙单位", start=date(2020, 1, 1), end=None)
    factories.make_record(
        WorkHistory, factories.make_applicant(), employer="丙单位", start=date(2020, 1, 1), end=None
    )
    page = unescape(own.get("/sections/work-history/").text)

    assert "“甲单位”与“乙单位”的时间有重叠" in page and "丙单位" not in page
