"""What a template changes of the printed form, and what it cannot (X-06, DOC-01, DOC-02)."""

import json
from types import SimpleNamespace

import pypdfium2
import pytest
from flask import render_template_string
from sqlalchemy import delete, select, update

from app import clock
from app.dossier.snapshot import verify
from app.dossier.templates import default_for, template_for
from app.extensions import db
from app.form import document, example, pdf
from app.form.paging import lay_out
from app.form.record import form_of
from app.form.templates import changes, problems
from app.form.text import text_of
from app.models import FormTemplate, Round, Series, Snapshot, User
from app.models.sections import SECTIONS
from app.vocabulary import Level, Status
from app.workflow import operations
from tests import factories, needs
from tests.form import sample

TABLES = {
    "2": {"order": ["work-history", "study-history"]},
    "5": {"hidden": True},
    "6": {
        "name": "获得知识产权情况表",
        "hint": "只填写已授权的。",
        "labels": {"intellectual-property": {"number": "授权编号"}},
    },
    "8": {"captions": {"papers": "论文（代表作）"}},
}


def built(tables=None, required=(), level="intermediate", **sections):
    content = sample.content(**sections) | {"form": {"tables": tables or {}, "required": list(required)}}
    content["cover"]["level"] = level
    return document.build(content, sample.record(), table_names=sample.TABLE_NAMES)


def numerals(form):
    return [table.no for table in form.tables]


def test_what_is_hidden_is_not_printed_and_all_else_is():
    plain, form = text_of(built()), built(TABLES)
    text = text_of(form)

    assert numerals(form) == [no for no in range(1, 18) if no != 5]
    assert "民国档案纸张脱酸试验研究" in plain and "民国档案纸张脱酸试验研究" not in text
    assert "表五" not in text and "表六　获得知识产权情况表" in text
    gone = ("projects",)
    for slug, records in sample.content()["sections"].items():
        for record in records if slug not in (*gone, "titles-held") else ():
            for value in record.values():
                if isinstance(value, str) and "-" not in value and len(value) > 3 and slug != "papers":
                    assert value.replace("\n", "") in text.replace("\n", ""), (slug, value)


def test_names_hints_labels_captions_and_order():
    text = text_of(built(TABLES))
    for said in ("只填写已授权的。", "授权编号：ZL202320000000.0", "论文（代表作）"):
        assert said in text
    assert "知识产权号" not in text and "专利号" not in text
    assert text.index("赵虚构") < text.index("李虚构")
    assert text_of(built()).index("李虚构") < text_of(built()).index("赵虚构")
    assert "知识产权名称：一种档案盒防潮装置" in text, (
        "without a word for patents its labels are the screen's"
    )


@needs.font
def test_preview_and_pdf_and_text_say_the_same(app):
    form = built(TABLES, **{"work-summary": []})
    paged = lay_out(form)
    with app.test_request_context():
        page = render_template_string(
            "{% import 'form/_sheets.html' as s %}{{ s.papers(paged, '', '', '', '', {}) }}", paged=paged
        )
    printed = pdf.render(form)
    with pypdfium2.PdfDocument(printed) as opened:
        on_paper = "".join("".join(each.get_textpage().get_text_range() for each in opened).split()).replace(
            "\ufffe", ""
        )
        assert len(opened) == paged.count
    for words in ("获得知识产权情况表", "只填写已授权的。", "授权编号", "论文（代表作）"):
        assert words in page and words in on_paper and words in text_of(form), words
    for words in ("承担课题（项目）情况", "民国档案纸张脱酸试验研究"):
        assert words not in page and words not in on_paper and words not in text_of(form), words
    assert on_paper.index("赵虚构") < on_paper.index("王虚构") and page.index("赵虚构") < page.index("王虚构")


# Typed from DOC-02, X-07 and the law's minimum: what a template that hides everything still prints.
@pytest.mark.parametrize(
    ("level", "required", "printed"),
    [
        ("intermediate", [], [1, 10, 12, 14, 17]),
        ("junior_assistant", [], [1, 10, 12, 13, 17]),
        ("senior_associate", [], [1, 10, 12, 15, 17]),
        ("senior_full", [], [1, 10, 12, 16, 17]),
        ("intermediate", ["awards", "papers"], [1, 7, 8, 10, 12, 14, 17]),
        ("intermediate", ["annual-assessment", "work-summary"], [1, 3, 10, 11, 12, 14, 17]),
    ],
)
def test_the_minimum_the_required_and_the_record_of_the_level_are_always_printed(level, required, printed):
    assert Level(level)
    everything = {str(no): {"hidden": True} for no in range(1, 18)}
    assert numerals(built(everything, required, level)) == printed


# Tables 2, 3 and 11 hold what is required by default.
@pytest.mark.parametrize("no", range(1, 18))
def test_what_a_template_may_hide(no):
    refused = bool(problems({str(no): {"hidden": True}}))
    assert refused is (no in {1, 2, 3, 10, 11, 12, 17})


@needs.font
def test_an_order_with_gaps_and_characters_without_a_glyph_are_refused():
    assert [each.key for each in problems({"8": {"order": ["books"]}})] == ["books-at"]
    assert [each.key for each in problems({"8": {"order": ["books", "awards"]}})] == ["books-at"]
    assert problems({"8": {"order": ["papers", "books"]}}) == []
    (found,) = problems({"6": {"hint": "不认识的字\U000e0001"}})
    assert found.key == "t6-hint" and "\U000e0001" in found.params["characters"]


def test_what_differs_is_said_setting_by_setting():
    found = [(each.no, each.what, each.before, each.after) for each in changes({}, TABLES)]
    assert found == [
        (2, "顺序", "学习经历、工作经历", "工作经历、学习经历"),
        (5, "是否打印", "打印", "不打印"),
        (6, "打印名称", "", "获得知识产权情况表"),
        (6, "表题下的说明", "", "只填写已授权的。"),
        (6, "知识产权号", "", "授权编号"),
        (8, "小标题", "", "论文（代表作）"),
    ]
    assert changes(TABLES, TABLES) == []


def test_the_sample_fills_every_section_and_is_nobody():
    form = example.marked(
        document.build(
            example.content(2026, "", TABLES), example.record("系统"), table_names=sample.TABLE_NAMES
        )
    )
    assert form.watermark == "示例" and form.missing == 0 and "verify" not in form.verify
    assert {len(each) for each in example.content(2026, "", {})["sections"].values()} == {2}
    assert len(example.content(2026, "", {})["sections"]) == len(SECTIONS)


@pytest.fixture
def nothing(session):
    """No template but what a test makes."""
    session.execute(update(Round).values(form_template_id=None))
    session.execute(delete(FormTemplate))
    session.commit()


def template(name="示例", series=None, year=None, published=True, content=None):
    made = FormTemplate(
        name=name, year=year or clock.today().year, content=content or {"5": {"hidden": True}},
        series=series and db.session.scalars(select(Series).where(Series.no == series)).one(),
        published_at=clock.now() if published else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


# (series, year, published) of the templates in the order of their publication → which a round of 2026 gets.
@pytest.mark.parametrize(
    ("made", "series_nos", "expected"),
    [
        ([], [11], None),
        ([(11, 2026, True)], [11], 0),
        ([(11, 2025, True)], [11], None),
        ([(11, 2026, False)], [11], None),
        ([(4, 2026, True)], [11], None),
        ([(None, 2026, True)], [11], 0),
        ([(11, 2026, True), (None, 2026, True)], [11], 0),
        ([(11, 2026, True), (11, 2026, True)], [11], 1),
        ([(None, 2026, True), (None, 2026, True)], [11], 1),
        ([(11, 2026, True), (11, 2026, False)], [11], 0),
        ([(11, 2026, True)], [4, 11], None),
        ([(11, 2026, True), (None, 2026, True)], [4, 11], 1),
        ([(11, 2026, True)], [], None),
        ([(None, 2026, True)], [], 0),
    ],
)
def test_which_template_a_round_gets_that_chose_none(session, nothing, made, series_nos, expected):
    rows = [template(series=series, year=year, published=published) for series, year, published in made]
    found = default_for(2026, series_nos)
    assert found is (None if expected is None else rows[expected])

    own = template("另选", published=True)
    round_ = SimpleNamespace(form_template=own, year=2026, committee=SimpleNamespace(series_nos=series_nos))
    assert template_for(round_) is own, "what the round chose comes before every default"


def shown(application):
    return form_of(application, own=False, on=clock.today()).document


def frozen(application):
    return db.session.scalars(
        select(Snapshot).where(
            Snapshot.application_id == application.id, Snapshot.number == application.submission_no
        )
    ).one()


def again(application):
    operations.resubmit(
        application, by=db.session.get_one(User, application.applicant_id), seen=application.version,
        pledged=True, at=clock.now(),
    )  # fmt: skip


def test_what_was_handed_in_keeps_its_template(session, nothing):
    application = factories.make_draft()
    assert 5 in numerals(shown(application))
    template("第一", content={"5": {"hidden": True}})
    assert 5 not in numerals(shown(application)), "a draft follows what is published"

    factories.submit(application)
    before, digest = shown(application), frozen(application).digest
    newer = template("第二", series=11, content={"6": {"name": "第二次的名称"}})
    application.round.form_template = newer
    application.round.required_sections = ["projects"]
    session.flush()
    assert shown(application) == before and frozen(application).digest == digest
    assert verify(frozen(application))

    operations.return_(
        application, by=factories.clerk_of(application), seen=application.version, opinion="请补充",
        at=clock.now(),
    )  # fmt: skip
    assert application.status is Status.RETURNED
    again(application)
    assert application.submission_no == 2
    assert json.loads(frozen(application).content)["form"]["tables"] == {"5": {"hidden": True}}
    assert 5 not in numerals(shown(application)), "its own, as at the first submission"

    other = factories.make_draft(round_=application.round)
    assert shown(other).tables[5].name == "第二次的名称", "whoever begins now gets what the round says"


def test_another_round_on_the_cover_brings_its_own_template(session, nothing):
    application = factories.make_application(Status.RETURNED)
    assert json.loads(frozen(application).content)["form"]["template"] is None
    own = template("另一窗口的", content={"6": {"name": "另一窗口的名称"}})
    again(application)
    assert json.loads(frozen(application).content)["form"]["template"] is None

    operations.return_(
        application, by=factories.clerk_of(application), seen=application.version, opinion="请补充",
        at=clock.now(),
    )  # fmt: skip
    application.round = factories.make_round(form_template_id=own.id)
    session.flush()
    again(application)
    assert json.loads(frozen(application).content)["form"]["template"] == own.id


def test_a_submission_from_before_there_were_templates_is_printed_as_built_in(session, nothing):
    application = factories.make_application(Status.RETURNED)
    snapshot = frozen(application)
    content = json.loads(snapshot.content)
    del content["form"]
    session.execute(
        update(Snapshot.__table__)
        .where(Snapshot.__table__.c.id == snapshot.id)
        .values(content=json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    )
    session.expire_all()
    template("新的", content={"5": {"hidden": True}})
    again(application)
    assert 5 in numerals(shown(application))
