"""What is missing, and what is frozen (PRO-01, APP-04, X-07, D10)."""

import json
from datetime import date

import pytest
from flask import url_for
from sqlalchemy import event, select

from app.dossier.completeness import Fill, dossier_gaps, section_states
from app.dossier.snapshot import content_of, freeze, live_content, verify
from app.extensions import db
from app.models import (
    SECTIONS,
    AttachmentRequirement,
    AttachmentUse,
    NothingToDeclare,
    Person,
    Snapshot,
    fields_of,
)
from app.models.sections import Education, Paper, TitleHeld
from tests import factories

DAY = date(2026, 6, 1)


def words(gaps):
    return [f"{gap.area}：{gap.what % gap.what_params}" for gap in gaps]


@pytest.fixture
def full(session):
    return factories.fill(factories.make_applicant(factories.make_unit()))


def test_an_empty_dossier_lacks_everything_that_is_starred(app, person):
    with app.test_request_context():
        gaps = dossier_gaps(person, None)
        found = words(gaps)
        links = [url_for(gap.endpoint, **gap.params) for gap in gaps]

    starred = [each for each in fields_of(Person) if each.required]
    assert len(gaps) == len(starred) + 2 + 5 + 5
    assert "个人信息：选择民族" in found and "个人信息：填写邮箱" in found
    assert {"个人信息：上传照片", "个人信息：选择工作单位", "学历情况：至少填写一条"} <= set(found)
    assert "附件管理：上传“基本信息 - 身份证正反面”" in found
    assert "/person/#field-ethnicity" in links and "/sections/education/add#typed" in links
    assert "/attachments/#requirement-5" in links


def test_a_complete_dossier_lacks_nothing(session, full):
    assert dossier_gaps(full, None) == []
    assert {each.state for each in section_states(full, None)} == {Fill.DONE}


@pytest.mark.parametrize(
    "declared", [each for each in fields_of(Person) if each.required], ids=lambda f: f.name
)
def test_each_starred_field_is_one_gap(session, full, declared):
    setattr(full, declared.name, None)

    (gap,) = dossier_gaps(full, None)
    assert gap.params == {"_anchor": f"field-{declared.name}"}


def test_no_title_held_for_no_time_is_no_gap(session, full):
    full.tenure_years = full.tenure_months = 0

    assert dossier_gaps(full, None) == []


def test_a_title_without_its_certificate_is_a_gap_at_that_record(session, full):
    record = factories.make_record(TitleHeld, full, qualification="馆员")

    (gap,) = dossier_gaps(full, None)
    assert words([gap]) == ["现有职称情况：上传“馆员”的职称证书"]
    assert (gap.endpoint, gap.params) == (
        "SectionView.edit",
        {"slug": "titles-held", "pk": record.id, "_anchor": "files"},
    )
    states = {each.slug: each.state for each in section_states(full, None)}
    assert states["titles-held"] is Fill.STARTED


def test_a_round_says_which_sections_it_requires(session, person):
    round_ = factories.make_round(required_sections=["papers"])
    sections = [
        gap.params["slug"] for gap in dossier_gaps(person, round_) if gap.endpoint == "SectionView.add"
    ]

    assert sections == ["papers"]
    assert {each.slug for each in section_states(person, round_) if each.required} == {"papers"}


def test_nothing_to_declare_answers_an_optional_section(session, person):
    session.add(NothingToDeclare(owner_id=person.id, slug="books"))
    session.flush()

    states = {each.slug: each.state for each in section_states(person, None)}
    assert (states["books"], states["papers"], states["education"]) == (
        Fill.NOTHING,
        Fill.SKIPPABLE,
        Fill.MISSING,
    )


def test_a_file_at_a_record_answers_the_requirement_of_its_section(session, full):
    requirement = session.scalars(select(AttachmentRequirement).where(AttachmentRequirement.no == 3)).one()
    session.execute(db.delete(AttachmentUse).where(AttachmentUse.requirement_id == requirement.id))
    assert len(dossier_gaps(full, None)) == 1

    education = session.scalars(select(Education).where(Education.owner_id == full.id)).one()
    factories.attach(full, section="education", record=education.id)
    assert dossier_gaps(full, None) == []


def test_the_number_of_queries_does_not_grow_with_the_records(session, full):
    counted: list[str] = []

    def count(_connection, _cursor, statement, *_rest):
        counted.append(statement)

    def queries():
        counted.clear()
        event.listen(db.engine, "before_cursor_execute", count)
        dossier_gaps(full, None)
        event.remove(db.engine, "before_cursor_execute", count)
        return len(counted)

    queries()  # what the session has not read of the person yet
    few = queries()
    for n in range(3):
        factories.make_record(Paper, full, position=n + 1)
    session.flush()
    assert queries() == few <= 6


def test_equal_dossiers_give_equal_digests_and_a_change_another(session):
    application = factories.make_draft()
    person = session.get_one(Person, application.applicant_id)

    before = live_content(person, application, DAY)
    first, second = freeze(person, application, DAY), freeze(person, application, DAY)
    person.office = "另一科室"
    third = freeze(person, application, DAY)
    assert first == second
    assert first.digest != third.digest
    assert content_of(Snapshot(content=first.content, identity=first.identity)) == before


def test_a_snapshot_holds_the_whole_dossier_in_the_persons_order(session):
    application = factories.make_draft()
    person = session.get_one(Person, application.applicant_id)
    factories.make_record(Paper, person, name="后来", position=-1)
    factories.make_record(TitleHeld, person, qualification="馆员", position=1)

    content = json.loads(freeze(person, application, DAY).content)
    assert content["format"] == 2
    assert {"id_number", "mobile", "contact_mobile"}.isdisjoint(content["person"])
    assert set(content["cover"]) == {
        "year", "name", "unit", "department", "series", "title", "profession", "committee", "level", "category",
        "filled_on",
    }  # fmt: skip
    assert (content["cover"]["level"], content["cover"]["series"]) == ("intermediate", "档案专业人员")
    assert content["cover"]["department"] != ""
    assert set(content["sections"]) == {model.section.slug for model in SECTIONS}
    assert [each["name"] for each in content["sections"]["papers"]] == ["后来", "示例论文名称"]
    assert [each["level"] for each in content["sections"]["titles-held"]] == [None, "intermediate"]
    assert content["person"]["major_id"].endswith("档案学")
    assert len(content["attachments"]) == len(
        session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == person.id)).all()
    )


def test_one_changed_byte_is_noticed(session):
    application = factories.make_draft()
    person = session.get_one(Person, application.applicant_id)
    frozen = freeze(person, application, DAY)
    numbers = json.loads(frozen.identity)
    swapped = json.dumps(
        {**numbers, "mobile": numbers["contact_mobile"], "contact_mobile": numbers["mobile"]}
    )

    assert verify(Snapshot(content=frozen.content, digest=frozen.digest, identity=frozen.identity))
    for content, identity in (
        (frozen.content.replace("示例", "示列", 1), frozen.identity),
        (frozen.content, frozen.identity.replace("1", "2", 1)),
        (frozen.content, swapped),
    ):
        assert not verify(Snapshot(content=content, digest=frozen.digest, identity=identity))


def test_without_an_application_the_cover_holds_the_persons_part(session, full):
    cover = live_content(full, None, DAY)["cover"]

    assert (cover["name"], cover["unit"], cover["committee"], cover["level"]) == (
        full.account.first_name,
        full.unit.name,
        "",
        None,
    )
