"""A custom field of each kind on its whole way, and what changes for whoever has begun already (issue 4, Low-code)."""

import json
from dataclasses import replace
from datetime import date
from html import unescape

import pypdfium2
import pytest
from sqlalchemy import event, select

from app import clock
from app.dossier.completeness import Fill, dossier_gaps, section_states
from app.dossier.snapshot import content_of, live_content, verify
from app.errors import Incomplete
from app.extensions import db
from app.form import document, pdf
from app.models import SECTIONS, FormVersion, Person, RemovedRecord, Snapshot, User, fields_of
from app.models.sections import Award, Education, Paper, StudyHistory
from app.support import on_behalf
from app.workflow import operations
from tests import factories, needs
from tests.dossier.shaped import CHOICE, NUMBER, ONE_OF_EACH, TEXT, publish, with_fields
from tests.dossier.typed import posted
from tests.form import sample

VALUES = {"x1": "示例导师", "x2": "12", "x3": "2011-03-09", "x4": "非定向"}
AS_READ = ("示例导师", "12", "2011年3月9日", "非定向")
PRINTED = ("示例导师", "12", "2011.03.09", "非定向")


@pytest.fixture
def version(session):
    """Study history with a field of each kind, all of them required, and another name for a declared one."""
    version = publish({StudyHistory: with_fields(StudyHistory, *ONE_OF_EACH, school={"label": "就读的院校"})})
    session.commit()
    return version


@pytest.fixture
def application(session, version):
    application = factories.make_draft()
    session.commit()
    return application


def record_of(session, application, model=StudyHistory):
    return session.scalars(select(model).where(model.owner_id == application.applicant_id)).one()


def person_of(session, application):
    return session.get_one(Person, application.applicant_id)


def fill_in(session, application):
    record_of(session, application).extra = {**VALUES, "x2": 12}
    session.commit()


def labels(page):
    return [page.find(each.label) for each in ONE_OF_EACH]


def test_the_form_asks_for_each_kind_keeps_what_was_typed_and_explains(session, of, application):
    record, own = record_of(session, application), of(person_of(session, application))
    url = f"/sections/study-history/{record.id}/edit"

    page = own.get(url).text
    assert "就读的院校" in page and "就读学校" not in page.replace(record.school, "")
    assert sorted(labels(page)) == labels(page) and -1 not in labels(page)
    for name in VALUES:
        assert f'id="field-{name}"' in page

    wrong = {"x1": "超过十个字的一个很长的名字", "x2": "100", "x3": "某天", "x4": "委培"}
    answer = own.post(url, data=posted(StudyHistory, **wrong, version=str(record.version)))
    said = unescape(answer.text)
    assert answer.status_code == 422
    for sentence in (
        "导师姓名超出 3 字，上限 10 字",
        "招生人数应为 1 到 99 之间的整数，现在填的是“100”",
        "入学登记日应为日期",
        "“委培”不在可选范围内，重新选择培养方式",
    ):
        assert sentence in said
    assert wrong["x1"] in said and session.get_one(StudyHistory, record.id).extra == {}

    nothing = own.post(url, data=posted(StudyHistory, version=str(record.version)))
    assert "填写导师姓名" in nothing.text and "选择培养方式" in nothing.text

    assert own.post(url, data=posted(StudyHistory, **VALUES, version=str(record.version))).status_code == 302
    session.expire_all()
    assert record.extra == {"x1": "示例导师", "x2": 12, "x3": "2011-03-09", "x4": "非定向"}
    page = own.get(url).text
    for value in ("示例导师", "12", "2011-03-09"):
        assert f'value="{value}"' in page

    stale = own.post(url, data=posted(StudyHistory, **VALUES | {"x1": "别人"}, version="1"))
    assert (
        stale.status_code == 409 and "现在保存的是：示例导师" in stale.text and 'value="别人"' in stale.text
    )


def joined(preview):
    """Without the ends of lines, which are where the PDF has them."""
    return preview.replace("<br>", "")


def test_list_wizard_and_preview_show_them(session, of, application):
    fill_in(session, application)
    own = of(person_of(session, application))

    pages = [own.get(url).text for url in ("/sections/study-history/", f"/apply/{application.id}/check")]
    for page in pages:
        assert all(each in page for each in AS_READ) and -1 not in labels(page)
    preview = joined(own.get(f"/applications/{application.id}/form").text)
    assert all(each in preview for each in PRINTED) and -1 not in labels(preview)
    assert "就读的院校" in preview and "就读学校" not in preview.replace("示例就读学校", "")


def test_a_record_without_them_is_a_gap_a_field_each(app, session, of, application):
    person, record = person_of(session, application), record_of(session, application)

    gaps = dossier_gaps(person, None)
    assert [(each.endpoint, each.params["_anchor"]) for each in gaps] == [
        ("SectionView.edit", f"field-x{n}") for n in (1, 2, 3, 4)
    ]
    assert {(each.params["slug"], each.params["pk"]) for each in gaps} == {("study-history", record.id)}
    assert gaps[0].what % gaps[0].what_params == f"补充“{record.school}”的导师姓名"
    states = {each.slug: each.state for each in section_states(person, None)}
    assert states["study-history"] is Fill.STARTED and states["education"] is Fill.DONE
    with pytest.raises(Incomplete):
        factories.submit(application)
    session.rollback()
    home = of(person).get("/home/").text
    assert f"/sections/study-history/{record.id}/edit" in home and "#field-x3" in home

    fill_in(session, application)
    assert dossier_gaps(person_of(session, application), None) == []


def test_an_optional_text_that_becomes_required_is_a_gap_and_one_that_becomes_optional_is_stored_empty(
    session, of
):
    first = publish({StudyHistory: with_fields(StudyHistory, duty={"required": False})})
    session.commit()
    application = factories.make_draft()
    session.commit()
    person, record = person_of(session, application), record_of(session, application)
    sent = posted(StudyHistory, duty="", version=str(record.version))
    assert of(person).post(f"/sections/study-history/{record.id}/edit", data=sent).status_code == 302
    session.expire_all()
    assert record.duty == "" and dossier_gaps(person, None) == []

    second = publish(
        {StudyHistory: fields_of(StudyHistory), Paper: with_fields(Paper, level={"required": True})}
    )
    record_of(session, application, Paper).level = None
    session.flush()
    assert dossier_gaps(person, None) == [] and application.form_version_id == first.id
    application.form_version_id = second.id
    session.flush()
    assert [each.params["_anchor"] for each in dossier_gaps(person, None)] == ["field-duty", "field-level"]
    session.rollback()


def test_a_snapshot_names_the_fields_and_is_read_by_them_alone(session, sign_in, application):
    """However the fields are named later on: offices read what was handed in."""
    fill_in(session, application)
    factories.submit(application)
    session.commit()
    snapshot = session.scalars(select(Snapshot).where(Snapshot.application_id == application.id)).one()
    assert verify(snapshot)
    content = json.loads(snapshot.content)
    frozen = content["layout"]["study-history"]
    assert [each["name"] for each in frozen][-4:] == ["x1", "x2", "x3", "x4"]
    assert set(content["layout"]) == {"study-history"}
    (record,) = content["sections"]["study-history"]
    assert [record[name] for name in VALUES] == ["示例导师", 12, "2011-03-09", "非定向"]

    stored = session.get_one(FormVersion, application.form_version_id)
    stored.content = {"study-history": []}
    session.commit()
    page = sign_in(factories.clerk_of(application)).get(f"/applications/{application.id}/review").text
    assert all(each in page for each in AS_READ) and -1 not in labels(page)
    assert "就读的院校" in page
    form = joined(sign_in(factories.clerk_of(application)).get(f"/applications/{application.id}/form").text)
    assert all(each in form for each in PRINTED)


@needs.font
def test_they_are_printed(session, application):
    fill_in(session, application)
    factories.submit(application)
    content = content_of(session.get_one(Snapshot, application.snapshot_id))
    built = document.build(content, sample.record(), table_names=sample.TABLE_NAMES)
    with pypdfium2.PdfDocument(pdf.render(built, None)) as opened:
        text = "".join("".join(page.get_textpage().get_text_range().split()) for page in opened)

    for words in (*PRINTED, *(each.label for each in ONE_OF_EACH), "就读的院校"):
        assert words in text
    session.rollback()


def test_a_change_of_a_custom_value_is_a_difference_after_a_return(session, sign_in, of, application):
    fill_in(session, application)
    factories.submit(application)
    clerk = factories.clerk_of(application)
    operations.return_(application, by=clerk, seen=application.version, opinion="核实导师", at=clock.now())
    session.commit()
    record = record_of(session, application)
    changed = posted(
        StudyHistory, **VALUES | {"x1": "示例教授", "x3": "20110310"}, version=str(record.version)
    )
    own = of(person_of(session, application))
    assert own.post(f"/sections/study-history/{record.id}/edit", data=changed).status_code == 302
    session.expire_all()
    applicant = session.get_one(User, application.applicant_id)
    operations.resubmit(application, by=applicant, seen=application.version, pledged=True, at=clock.now())
    session.commit()

    page = sign_in(clerk).get(f"/applications/{application.id}/review").text
    for words in (
        "学习经历 › 第 1 条 › 导师姓名",
        "学习经历 › 第 1 条 › 入学登记日",
        "示例教授",
        "2011年3月10日",
    ):
        assert words in page
    assert "› 招生人数" not in page and "› 培养方式" not in page


def test_who_has_begun_fills_in_his_version_and_a_newcomer_the_new_one(session, of, application):
    publish({StudyHistory: with_fields(StudyHistory, TEXT, NUMBER)})
    newcomer = factories.make_applicant()
    session.commit()
    begun, fresh = (
        of(person).get("/sections/study-history/add").text
        for person in (person_of(session, application), newcomer)
    )

    assert "field-x4" in begun and "就读的院校" in begun
    assert "field-x2" in fresh and "field-x4" not in fresh and "就读学校" in fresh


def test_another_person_s_custom_values_are_not_there(session, of, application):
    fill_in(session, application)
    record, stranger = record_of(session, application), factories.make_applicant()
    session.commit()

    assert of(stranger).get(f"/sections/study-history/{record.id}/edit").status_code == 404
    assert "示例导师" not in of(stranger).get("/sections/study-history/").text


def test_the_hotline_changes_them_on_behalf_and_says_so(session, application):
    record = record_of(session, application)
    before = on_behalf._read(record, on_behalf.layout_for(person_of(session, application)))
    assert before["导师姓名"] == "" and "就读的院校" in before
    record.extra = {"x1": "示例导师"}
    after = on_behalf._read(record, on_behalf.layout_for(person_of(session, application)))
    assert list(on_behalf._differences(before, after)) == [("导师姓名", "", "示例导师")]
    session.rollback()


def test_without_a_version_a_snapshot_says_nothing_of_fields(session):
    person = factories.fill(factories.make_applicant())
    application = factories.make_draft()
    application.form_version_id = None
    session.flush()

    assert "layout" not in live_content(person, application, date(2026, 6, 1))
    session.rollback()


def test_a_version_costs_the_same_queries_whatever_it_asks(session, application):
    """What a version newly requires of all sections is asked for together with all that the dossier holds."""
    person = person_of(session, application)
    assert person.unit
    counted = []

    def queries():
        counted.clear()
        event.listen(db.engine, "before_cursor_execute", count)
        dossier_gaps(person, None)
        event.remove(db.engine, "before_cursor_execute", count)
        return len(counted)

    def count(_connection, _cursor, statement, *_rest):
        counted.append(statement)

    one_section = queries()
    everywhere = publish({model: with_fields(model, *ONE_OF_EACH) for model in SECTIONS})
    application.form_version_id = everywhere.id
    session.flush()
    assert (
        len(
            [
                each
                for each in dossier_gaps(person, None)
                if each.params.get("_anchor", "").startswith("field-x")
            ]
        )
        == 52
    )
    assert queries() == one_section
    application.form_version_id = None
    session.flush()
    assert queries() == one_section
    session.rollback()


@needs.font
@pytest.mark.parametrize("model", (Award, Education), ids=lambda model: model.section.slug)
def test_ten_custom_fields_still_print(session, model):
    """What finds no column stands below its record, with its name."""
    ten = [replace(ONE_OF_EACH[n % 4], name=f"x{n + 1}", label=f"添加的第{n + 1}项") for n in range(10)]
    publish({model: with_fields(model, *ten)})
    person = factories.fill(factories.make_applicant())
    values = {"x1": "示例甲", "x2": 3, "x3": "2011-03-09", "x4": CHOICE.choices[0]}
    (record,) = session.scalars(select(model).where(model.owner_id == person.id))
    record.extra = {each.name: values[ONE_OF_EACH[n % 4].name] for n, each in enumerate(ten)}
    session.flush()
    content = live_content(person, None, date(2026, 6, 1))
    built = document.build(content, sample.record(), table_names=sample.TABLE_NAMES)

    for table in built.tables:
        for block in table.blocks:
            assert min(block.widths) >= 5 and sum(block.widths) == 100
    with pypdfium2.PdfDocument(pdf.render(built, None)) as opened:
        text = "".join("".join(page.get_textpage().get_text_range().split()) for page in opened)
    assert all(each.label in text for each in ten)
    session.rollback()


def test_the_preview_marks_what_a_record_lacks(session, of, application):
    own, url = of(person_of(session, application)), f"/applications/{application.id}/form"
    assert own.get(url).text.count("待填写") == 4

    fill_in(session, application)
    assert "待填写" not in own.get(url).text


def test_a_deletion_taken_back_brings_the_custom_values_back(session, of, application):
    fill_in(session, application)
    record, own = record_of(session, application), of(person_of(session, application))
    pk, values = record.id, dict(record.extra)
    assert own.post(f"/sections/study-history/{pk}/delete").status_code == 302
    session.expire_all()
    assert session.get(StudyHistory, pk) is None

    removed = session.scalars(
        select(RemovedRecord).where(RemovedRecord.owner_id == application.applicant_id)
    ).one()
    assert own.post(f"/sections/removed/{removed.id}/restore").status_code == 302
    session.expire_all()
    assert record_of(session, application).extra == values


def test_the_version_is_asked_for_once_a_page(session, of, application):
    own, record = of(person_of(session, application)), record_of(session, application)
    asked = []

    def count(_connection, _cursor, statement, *_rest):
        asked.extend(["version"] if "FROM form_version" in statement and "content" in statement else [])

    for url in ("", "add", f"{record.id}/edit"):
        asked.clear()
        event.listen(db.engine, "before_cursor_execute", count)
        assert own.get(f"/sections/study-history/{url}").status_code == 200
        event.remove(db.engine, "before_cursor_execute", count)
        assert len(asked) == 1, url


def test_whatever_an_administrator_writes_is_text(session, sign_in, of):
    """No page takes a label, a hint or a choice for markup or for a format."""
    odd = "<script>x(1)</script>%s%(a)s{{7*7}}"
    fields = [
        replace(TEXT, label=f"{odd}a", hint=odd),
        replace(NUMBER, label=f"{odd}b"),
        replace(CHOICE, label=f"{odd}c", choices=("<script>%s", "<script>%d")),
    ]
    publish({StudyHistory: with_fields(StudyHistory, *fields, school={"label": f"{odd}d", "hint": odd})})
    application = factories.make_draft()
    session.commit()
    person, record = person_of(session, application), record_of(session, application)
    own = of(person)
    urls = [
        "/home/", "/sections/", "/sections/study-history/", "/sections/study-history/add",
        f"/sections/study-history/{record.id}/edit", "/sections/study-history/paste", f"/apply/{application.id}/basics",
        f"/apply/{application.id}/check", f"/applications/{application.id}/form",
    ]  # fmt: skip
    pages = [own.get(url) for url in urls]
    pages.append(own.post(f"/sections/study-history/{record.id}/edit", data={"version": str(record.version)}))
    record.extra = {"x1": odd[:10], "x2": 5, "x4": "<script>%s"}
    session.commit()
    pages.append(own.get(f"/sections/study-history/{record.id}/edit"))
    factories.submit(application)
    session.commit()
    pages.append(sign_in(factories.clerk_of(application)).get(f"/applications/{application.id}/review"))
    for page in pages:
        assert page.status_code in (200, 422), page.request.path
        assert "<script>x(1)" not in page.text and "<script>%" not in page.text, page.request.path
    shown = [
        page.request.path for page in pages if "&lt;script&gt;x(1)&lt;/script&gt;%s%(a)s{{7*7}}" in page.text
    ]
    assert len(shown) >= 9
