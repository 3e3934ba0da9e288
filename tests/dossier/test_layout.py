"""The sections' fields as a super administrator shapes them: the rules, and which version applies (issue 4, Low-code)."""

import json
from dataclasses import replace
from datetime import date

import pytest

from app import clock
from app.dossier.layout import DECLARED, described, field_from, layout_from, layout_in, value_of, write
from app.dossier.shapes import differences, moved, next_name, problems
from app.dossier.versions import layout_for, layout_of
from app.models import SECTIONS, Person, fields_of
from app.models.sections import Award, Education, StudyHistory, WorkHistory
from app.vocabulary import Stage
from app.workflow import operations
from tests import factories
from tests.dossier.shaped import CHOICE, DATE, NUMBER, ONE_OF_EACH, TEXT, publish, with_fields


def told(fields, model=StudyHistory):
    """(field, setting) of everything the rules refuse."""
    found = problems([described(each) for each in fields], [described(each) for each in fields_of(model)])
    return [(each.name, each.key) for each in found]


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_what_is_declared_is_within_the_rules_and_survives_being_written_down(model):
    assert told(fields_of(model), model) == []

    content = {model.section.slug: [described(each) for each in fields_of(model)]}
    assert layout_from(json.loads(json.dumps(content))).of(model) == fields_of(model)


@pytest.mark.parametrize(
    ("field", "setting", "allowed", "refused"),
    [
        ("school", "label", ["甲", "甲" * 40], ["", "甲" * 41, "所学专业"]),
        ("school", "hint", ["", "甲" * 200], ["甲" * 201]),
        ("school", "limit", [1, 5000], [0, 5001, None, -1]),
        ("school", "required", [True, False], []),
        ("duty", "required", [True, False], []),
        ("start", "required", [True], [False]),
        ("major_id", "required", [True], [False]),
    ],
)
def test_what_may_be_said_of_a_declared_field(field, setting, allowed, refused):
    for value in allowed:
        assert told(with_fields(StudyHistory, **{field: {setting: value}})) == []
    for value in refused:
        found = told(with_fields(StudyHistory, **{field: {setting: value}}))
        assert len(found) == 1 and found[0][1] == setting, value


@pytest.mark.parametrize(
    ("model", "field", "may"),
    [
        (Education, "degree", True),  # a choice
        (Award, "own_rank", False),  # a number that every record holds
        (WorkHistory, "end", False),  # 至今 stands for none
        (Education, "certificate_no", True),  # optional as declared: may be required and optional again
    ],
)
def test_whether_the_mark_may_be_turned(model, field, may):
    (declared,) = (each for each in fields_of(model) if each.name == field)
    turned = with_fields(model, **{field: {"required": not declared.required}})

    assert told(turned, model) == ([] if may else [(field, "required")])


@pytest.mark.parametrize(
    ("custom", "given", "refused"),
    [
        (TEXT, {"limit": 5001}, "limit"),
        (TEXT, {"label": "毕业学校" * 11}, "label"),
        (NUMBER, {"minimum": None}, "minimum"),
        (NUMBER, {"maximum": 10**9}, "maximum"),
        (NUMBER, {"minimum": 5, "maximum": 4}, "maximum"),
        (NUMBER, {"minimum": 5, "maximum": 5}, ""),
        (NUMBER, {"minimum": -(10**9) + 1, "required": False}, ""),
        (DATE, {"required": False}, ""),
        (CHOICE, {"choices": ("唯一",)}, "choices"),
        (CHOICE, {"choices": tuple(f"选项{n}" for n in range(30))}, ""),
        (CHOICE, {"choices": tuple(f"选项{n}" for n in range(31))}, "choices"),
        (CHOICE, {"choices": ("甲" * 30, "乙")}, ""),
        (CHOICE, {"choices": ("甲" * 31, "乙")}, "choices"),
        (CHOICE, {"choices": ("甲", "甲")}, "choices"),
    ],
)
def test_what_may_be_said_of_a_custom_field(custom, given, refused):
    found = told(with_fields(StudyHistory, replace(custom, **given)))

    assert found == ([(custom.name, refused)] if refused else [])


def test_a_custom_field_is_of_a_simple_kind():
    tree = {**described(TEXT), "type": "tree", "tree": "major"}

    found = problems([tree], [])
    assert [(each.name, each.key) for each in found] == [("x1", "kind")]


def test_ten_custom_fields_a_section():
    ten = [replace(TEXT, name=f"x{n}", label=f"字段{n}") for n in range(10)]

    assert told(with_fields(StudyHistory, *ten)) == []
    assert told(with_fields(StudyHistory, *ten, TEXT)) == [("", "kind")]


def test_names_of_custom_fields_are_never_used_again():
    assert next_name(["school", "xylem", "x0"]) == "x1"
    assert next_name(["x1", "x7", "x3"]) == "x8"


@pytest.mark.parametrize(("by", "order"), [(-1, "bac"), (1, "acb")])
def test_a_field_moves_a_place_and_stays_at_an_end(by, order):
    assert "".join(moved("abc", "b", by)) == order
    assert "".join(moved("abc", "a", -1)) == "".join(moved("abc", "c", 1)) == "abc"


def test_the_differences_name_every_setting_and_nothing_else():
    before = [described(each) for each in with_fields(StudyHistory, TEXT)]
    assert differences(before, before) == []

    after = with_fields(
        StudyHistory,
        NUMBER,
        school={"label": "学校", "limit": 50},
        duty={"required": False},
        witness={"hint": "写全名"},
    )
    after = [after[1], after[0], *after[2:]]
    said = [
        (each.label, each.what, each.before, each.after)
        for each in differences(before, [described(each) for each in after])
    ]
    assert said == [
        ("就读学校", "名称", ("就读学校",), ("学校",)),
        ("就读学校", "字数上限", ("100",), ("50",)),
        ("证明人", "填写提示", ("填写 1 位知情人的姓名，不需要电话",), ("写全名",)),
        ("担任职务", "填写要求", ("必填",), ("选填",)),
        ("招生人数", "新增字段", (), ("数字", "必填", "1–99")),
        ("导师姓名", "删除字段", ("文字", "必填", "≤ 10"), ()),
        (
            "",
            "顺序",
            ("就读学校", "所学专业", "开始时间", "结束时间", "证明人", "担任职务"),
            ("所学专业", "就读学校", "开始时间", "结束时间", "证明人", "担任职务"),
        ),
    ]  # fmt: skip


def test_a_version_changes_only_what_it_may_and_a_release_may_add_and_take_away_fields():
    words = [described(each) for each in with_fields(StudyHistory, TEXT, school={"label": "学校"})]
    words[0]["type"], words[0]["choices"] = "date", ["甲"]
    gone = {**words[1], "name": "gone_since"}
    kept = [gone, words[-1], *words[:2]]

    fields = layout_from({"study-history": kept, "no-such-section": kept}).of(StudyHistory)
    assert [each.name for each in fields] == ["x1", "school", "major_id", "start", "end", "witness", "duty"]
    assert fields[1] == replace(fields_of(StudyHistory)[0], label="学校")
    assert fields[0] == TEXT


def test_the_person_s_own_fields_are_never_reshaped():
    assert layout_from({"study-history": []}).of(Person) == fields_of(Person)
    assert DECLARED.of(StudyHistory) == layout_in({}).of(StudyHistory) == fields_of(StudyHistory)


@pytest.mark.parametrize(
    "declared", [*ONE_OF_EACH, *fields_of(WorkHistory), *fields_of(Award)], ids=lambda each: each.name
)
def test_a_described_field_reads_back_as_far_as_a_snapshot_needs_it(declared):
    again = field_from(json.loads(json.dumps(described(declared))))

    for name in ("name", "type", "required", "label", "limit", "choices", "empty", "tree", "custom"):
        assert getattr(again, name) == getattr(declared, name)


def test_custom_values_are_written_beside_the_columns_and_the_others_of_them_are_kept(session):
    record = factories.make_record(StudyHistory, factories.make_applicant(), extra={"x9": "以前的"})
    session.commit()

    write(record, {"x1": "示例导师", "x3": date(2020, 2, 29), "x2": 7, "school": "示例学校", "duty": None})
    session.commit()
    session.expire_all()
    assert record.extra == {"x9": "以前的", "x1": "示例导师", "x2": 7, "x3": "2020-02-29"}
    assert (value_of(record, TEXT), value_of(record, DATE)) == ("示例导师", date(2020, 2, 29))
    assert (record.school, record.duty) == ("示例学校", "")
    assert value_of(record, next(each for each in fields_of(StudyHistory) if each.name == "duty")) is None

    write(record, {"x1": None})
    assert record.extra == {"x9": "以前的", "x2": 7, "x3": "2020-02-29"}


def test_whoever_has_begun_keeps_his_version_till_the_application_is_over(session):
    """One person before, one at a first version, one after the second; two other persons never matter."""
    early = factories.make_application(Stage.UNIT)
    first = publish({StudyHistory: with_fields(StudyHistory, TEXT)})
    middle = factories.make_draft()
    second = publish({StudyHistory: with_fields(StudyHistory, TEXT, NUMBER)})
    late, newcomer = factories.make_draft(), factories.make_applicant()

    assert [each.form_version_id for each in (early, middle, late)] == [None, first.id, second.id]
    versions = {}
    for application in (early, middle, late):
        person = session.get_one(Person, application.applicant_id)
        versions[application.id] = layout_for(person).id
        assert layout_of(application).id == versions[application.id]
    assert list(versions.values()) == [None, first.id, second.id]
    assert layout_for(newcomer).id == second.id
    assert [each.name for each in layout_for(newcomer).of(StudyHistory)][-2:] == ["x1", "x2"]

    operations.decline(
        early, by=factories.clerk_of(early), seen=early.version, opinion="不符合", at=clock.now()
    )
    assert layout_for(session.get_one(Person, early.applicant_id)).id == second.id
    session.rollback()


def test_a_draft_of_a_version_applies_to_nobody(session):
    person = factories.make_applicant()
    before = layout_for(person).id
    version = publish({StudyHistory: with_fields(StudyHistory, TEXT)})
    version.published_at, version.drafted = None, 1
    session.flush()

    assert layout_for(person).id == before
    session.rollback()
