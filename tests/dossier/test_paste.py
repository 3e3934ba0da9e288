"""Rows pasted from a spreadsheet: previewed as they will be stored, then saved all or none; nothing typed is lost."""

import csv
import io
import re
from html import unescape

import pytest
from sqlalchemy import select

from app.dossier.paste import read
from app.models import SECTIONS, fields_of
from app.models.sections import AnnualAssessment, Education, Paper, StudyHistory, TitleHeld, WorkHistory
from app.vocabulary import Stage
from tests import factories
from tests.dossier.typed import posted

pytestmark = pytest.mark.once

WORDS = {"y": "是", "n": "否"}


def all_of(session, model, person):
    return session.scalars(select(model).where(model.owner_id == person.id).order_by(model.position)).all()


def cells_of(model, **given):
    """A line of the spreadsheet: every field of the table in its order."""
    values = posted(model, **given)
    return [
        WORDS.get(values[f.name], values[f.name]) if f.type is bool else values[f.name]
        for f in fields_of(model)
    ]


def table(*lines, delimiter="\t"):
    """As spreadsheets put it on the clipboard: with quotes where a cell holds lines, tabs or quotes."""
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(lines)
    return written.getvalue()


def preview(client, model, text, **more):
    return client.post(
        f"/sections/{model.section.slug}/paste", data={"rows": text, "then": "preview", **more}
    )


def save(client, model, text):
    """Look, then save what was looked at."""
    seen = re.search(r'name="seen" value="(\w+)"', preview(client, model, text).text)[1]
    return client.post(
        f"/sections/{model.section.slug}/paste", data={"rows": text, "then": "save", "seen": seen}
    )


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_a_line_is_stored_as_the_form_stores_it(session, person, own, model):
    text = table(cells_of(model))
    answer = preview(own, model, text)

    assert answer.status_code == 200, answer.text
    assert ">保存 1 条<" in answer.text
    for each in fields_of(model):
        if each.tree:
            assert f"› {posted(model)[each.name]}" in answer.text
    assert all_of(session, model, person) == []
    assert save(own, model, text).status_code == 302
    (record,) = all_of(session, model, person)
    expected = {each.name: factories.sample(each) for each in fields_of(model) if not each.tree}
    assert {name: getattr(record, name) for name in expected} == expected


def test_columns_follow_the_order_shown_and_a_header_may_change_it(session, person, own):
    page = own.get("/sections/study-history/paste").text
    assert "*就读学校、*所学专业、*开始时间、*结束时间、*证明人、*担任职务" in page

    text = table(
        ["证明人", "＊就读学校 ", "担任职务", "开始时间", "结束时间", "所学专业"],
        ["张示例", "示例大学", "", "2010年9月", "2014.7.1", "档案学"],
    )
    assert "填写担任职务" in preview(own, StudyHistory, text).text
    assert save(own, StudyHistory, text.replace("示例大学\t", "示例大学\t无")).status_code == 302
    (record,) = all_of(session, StudyHistory, person)
    assert (record.school, record.witness, record.duty) == ("示例大学", "张示例", "无")
    assert f"{record.start} {record.end}" == "2010-09-01 2014-07-01"


def test_commas_part_the_columns_where_there_is_no_tab(session, person, own):
    lines = [["示例论文，上", "2020-01-01", "《示例, 学报》"], ["示例论文，下", "2021/3", "未发表"]]
    assert save(own, Paper, table(*lines, delimiter=",")).status_code == 302

    assert [(each.name, each.journal) for each in all_of(session, Paper, person)] == [
        ("示例论文，上", "《示例, 学报》"), ("示例论文，下", "未发表")
    ]  # fmt: skip


def test_words_stand_for_what_they_mean(session, person, own):
    work = [cells_of(WorkHistory, end="至今"), cells_of(WorkHistory, end="2012-01-01")]
    assert "至今" in preview(own, WorkHistory, table(*work)).text
    save(own, WorkHistory, table(*work))
    assert [each.end is None for each in all_of(session, WorkHistory, person)] == [True, False]

    save(own, TitleHeld, table(cells_of(TitleHeld, employed="n")))
    assert [each.employed for each in all_of(session, TitleHeld, person)] == [False]
    unclear = preview(own, TitleHeld, table(cells_of(TitleHeld, employed="也许")))
    assert unclear.status_code == 422 and "是否聘任填“是”或“否”" in unescape(unclear.text)


def test_errors_stand_in_their_cells_and_nothing_is_saved(session, person, own):
    good = cells_of(Education)
    bad = cells_of(
        Education, school="字" * 101, major_id="火星学", graduated_on="2016年的夏天", degree="博士后"
    )
    for then in ("preview", "save"):
        answer = own.post(
            "/sections/education/paste", data={"rows": table(good, bad), "then": then, "seen": "anything"}
        )
        page = unescape(answer.text)
        assert answer.status_code == 422
        assert "毕业学校超出 1 字，上限 100 字" in page and "目录中没有“火星学”" in page
        assert "现在填的是“2016年的夏天”" in page and "“博士后”不在可选范围内" in page
        assert 'href="#row-2"' in page and 'href="#row-1"' not in page
        assert "有 1 条需要修改，都还没有保存" in page and ">保存 2 条<" not in page
        assert "火星学" in page[page.index("<textarea") : page.index("</textarea>")]
    assert all_of(session, Education, person) == []


def test_a_period_that_ends_before_it_starts_is_refused(own):
    text = table(cells_of(StudyHistory, start="2014-01-01", end="2013-01-01"))
    assert "结束时间早于开始时间" in preview(own, StudyHistory, text).text


@pytest.mark.parametrize("existing", [True, False], ids=["in the list", "twice in the text"])
def test_a_year_that_is_there_is_said_before_saving(session, person, own, existing):
    if existing:
        factories.make_record(AnnualAssessment, person, year=2021)
    lines = [["2020", "合格"], ["2021", "合格"], *([] if existing else [["2021", "优秀"]])]
    before = len(all_of(session, AnnualAssessment, person))
    answer = preview(own, AnnualAssessment, table(*lines))

    assert answer.status_code == 422 and "年份“2021”已有一条记录" in unescape(answer.text)
    assert len(all_of(session, AnnualAssessment, person)) == before


def test_what_was_not_looked_at_is_shown_first(session, person, own):
    text = table(cells_of(Paper))
    seen = re.search(r'name="seen" value="(\w+)"', preview(own, Paper, text).text)[1]
    changed = text.replace("示例论文名称", "换过的名称")
    answer = own.post("/sections/papers/paste", data={"rows": changed, "then": "save", "seen": seen})

    assert answer.status_code == 200 and ">保存 1 条<" in answer.text and "换过的名称" in answer.text
    assert all_of(session, Paper, person) == []
    # The browser sends line breaks of its own kind; that is no change.
    own.post(
        "/sections/papers/paste", data={"rows": text.replace("\r\n", "\n"), "then": "save", "seen": seen}
    )
    assert len(all_of(session, Paper, person)) == 1


@pytest.mark.parametrize(("count", "status"), [(50, 200), (51, 422)])
def test_fifty_lines_are_the_most(session, person, own, count, status):
    text = table(*(cells_of(Paper, name=f"论文{n}") for n in range(count)))
    answer = preview(own, Paper, text)

    assert answer.status_code == status
    if status == 422:
        assert "一次最多 50 条，现在是 51 条" in answer.text
    else:
        save(own, Paper, text)
        assert [each.name for each in all_of(session, Paper, person)] == [f"论文{n}" for n in range(50)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "粘贴要添加的各行"),
        ("\n \n\t\t\n", "粘贴要添加的各行"),
        ("论文名称\t发表日期\t发表刊物\n", "粘贴要添加的各行"),
        ("论文名称\t发表日期\t字数\n甲\t2020-01-01\t9000", "认不出的列：字数"),
        ("论文名称\t论文名称\t发表日期\n甲\t乙\t2020-01-01", "标题行中有重复的列名"),
        ("甲\t2020-01-01\t未发表\t\t\t\t多的一格", "多出的内容：多的一格"),
        ("论文名称\t\t发表日期\t发表刊物\n甲\t无名列\t2020-01-01\t未发表", "多出的内容：无名列"),
        ('"' + "长" * 140_000, "表格内容读不出来"),
    ],
    ids=[
        "nothing",
        "blanks",
        "only a header",
        "unknown column",
        "column twice",
        "beyond",
        "no name",
        "endless cell",
    ],
)
def test_what_is_no_table_of_the_section_is_explained_and_kept(session, person, own, text, said):
    answer = preview(own, Paper, text)

    assert answer.status_code == 422 and said in unescape(answer.text)
    assert text.strip() in unescape(answer.text)
    assert all_of(session, Paper, person) == []


HOSTILE = [
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "@SUM(1+1)|cmd",
    "-2+3",
    "'); DROP TABLE paper;--",
    "甲\0乙",
]


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_hostile_cell_is_a_text(session, person, own, cell):
    text = table([cell, "2020-01-01", cell])
    page = preview(own, Paper, text).text
    assert "<script>alert" not in page and "\0" not in page
    assert save(own, Paper, text).status_code == 302

    (record,) = all_of(session, Paper, person)
    assert record.name == record.journal == cell.replace("\0", "")
    assert "<script>alert" not in own.get("/sections/papers/").text


def test_a_cell_of_several_lines_stays_one_cell():
    fields = fields_of(Paper)
    found = read(table(["第一行\n第二行", "2020-01-01", '有"引号"的刊物']), fields)

    assert [dict(row) for row in found.rows] == [
        {"name": "第一行\n第二行", "published_on": "2020-01-01", "journal": '有"引号"的刊物'}
    ]


def test_under_review_nothing_is_pasted_and_the_text_is_kept(session, of):
    application = factories.make_application(at=Stage.UNIT)
    person = session.get_one(factories.Person, application.applicant_id)
    client = of(person)
    before = len(all_of(session, Paper, person))
    answer = preview(client, Paper, table(cells_of(Paper)))

    assert answer.status_code == 409 and "进行单位审核" in answer.text
    assert len(all_of(session, Paper, person)) == before


def test_an_unknown_section_has_no_such_page(own):
    assert own.get("/sections/nowhere/paste").status_code == 404
