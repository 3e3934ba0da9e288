"""Fields, stars and limits of person and sections, typed from requirements.md (PRO-02…08, SEC-01…13)."""

from datetime import date

import pytest

from app.dossier.section_views import PAGE
from app.models import SECTIONS, Person, fields_of
from app.models.examples import EXAMPLES
from app.models.sections import SECTION_OF, ContinuingEducation, TitleHeld
from tests import factories
from tests.dossier.typed import posted

# label, star, limit of characters (None where the field is not free text)
EXPECTED = {
    "titles-held": (
        ("证书编号", True, 60),
        ("职称专业", True, None),
        ("资格名称", True, 60),
        ("职称获取方式", True, None),
        ("参评类型", False, None),
        ("评审组织", True, 100),
        ("资格认定时间", True, None),
        ("批复文件", False, 100),
        ("是否聘任", True, None),
    ),
    "education": (
        ("毕业学校", True, 100),
        ("所学专业", True, None),
        ("学历", True, None),
        ("学位", True, None),
        ("学习形式", True, None),
        ("毕业时间", True, None),
        ("毕业证书编号", False, 60),
    ),
    "study-history": (
        ("就读学校", True, 100),
        ("所学专业", True, None),
        ("开始时间", True, None),
        ("结束时间", True, None),
        ("证明人", True, 30),
        ("担任职务", True, 50),
    ),
    "work-history": (
        ("单位名称", True, 100),
        ("从事专业", True, None),
        ("开始时间", True, None),
        ("结束时间", "至今", None),
        ("证明人", True, 30),
        ("担任职务", True, 50),
    ),
    "work-summary": (("年份", True, None), ("总结内容", True, 2000)),
    "main-work": (
        ("开始时间", True, None),
        ("结束时间", "至今", None),
        ("担任职务", True, 50),
        ("工作内容", True, 500),
        ("工作成效", False, 200),
    ),
    "projects": (
        ("开始时间", True, None),
        ("结束时间", "进行中", None),
        ("课题项目名称", True, 100),
        ("完成情况", False, 200),
    ),
    "intellectual-property": (
        ("知识产权名称", True, 100),
        ("知识产权号", False, 60),
        ("知识产权类别", True, None),
        ("批准时间", False, None),
    ),
    "awards": (
        ("奖名称", True, 100),
        ("类型", True, None),
        ("奖级", True, None),
        ("奖励级别", True, None),
        ("批准时间", True, None),
        ("批准机关", True, 100),
        ("本人排名", True, None),
        ("本人承担任务", True, 100),
    ),
    "books": (
        ("著作名称", True, 100),
        ("出版日期", True, None),
        ("著作类型", True, None),
        ("级别", False, None),
        ("排名", False, 30),
        ("出版单位", False, 100),
        ("本人承担部分", True, 100),
    ),
    "papers": (
        ("论文名称", True, 100),
        ("发表日期", True, None),
        ("发表刊物", True, 100),
        ("级别", False, None),
        ("类型", False, None),
        ("本人承担部分", False, 100),
    ),
    "continuing-education": (
        ("开始时间", True, None),
        ("结束时间", True, None),
        ("名称（全称）", True, 100),
        ("举办单位", True, 100),
        ("举办地点", True, 60),
        ("主要内容", True, 200),
    ),
    "annual-assessment": (("年份", True, None), ("考核等级", True, None), ("部门负责人", False, 30)),
}
REQUIRED = {"education", "study-history", "work-history", "work-summary", "annual-assessment"}
PERSON_STARS = {
    "性别", "出生年月", "籍贯（或国籍）", "民族", "政治面貌", "所学专业", "现职称（同级）履职年限（年）",
    "现职称（同级）履职年限（月）", "从事专业技术工作年限（年）", "从事专业技术工作年限（月）", "联系手机", "邮箱", "家庭住址",
    "邮政编码", "所在部门", "行政职务", "现从事专业",
}  # fmt: skip


def test_there_are_thirteen_sections_in_the_order_of_the_manual():
    assert [model.section.slug for model in SECTIONS] == list(EXPECTED)


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.title)
def test_a_section_asks_what_the_manual_asks(model):
    found = tuple((each.label, each.empty or each.required, each.limit) for each in fields_of(model))

    assert found == EXPECTED[model.section.slug]


def test_the_default_set_of_required_sections_is_that_of_x07():
    assert {model.section.slug for model in SECTIONS if model.section.required} == REQUIRED


def test_each_title_held_needs_its_certificate():
    assert [m.section.slug for m in SECTIONS if m.section.attachment_required] == ["titles-held"]


def test_the_person_is_asked_what_the_manual_stars():
    stars = {each.label: each.required for each in fields_of(Person)}

    assert {label for label, required in stars.items() if required} == PERSON_STARS
    assert {label for label, required in stars.items() if not required} == {
        "曾用名",
        "参加学术组织及担任职务",
    }


# section, table of the printed form, what is proved with each record, what the list does not show
OF_A_SECTION = (
    ("titles-held", 1, "职称证书", {"批复文件"}),
    ("education", 1, "毕业证书和学位证书", {"毕业证书编号"}),
    ("study-history", 2, "", set()),
    ("work-history", 2, "劳动合同、劳动合同备案表或社保证明", set()),
    ("work-summary", 3, "", set()),
    ("main-work", 4, "", set()),
    ("projects", 5, "", set()),
    ("intellectual-property", 6, "", set()),
    ("awards", 7, "", set()),
    ("books", 8, "", set()),
    ("papers", 8, "", set()),
    ("continuing-education", 9, "", set()),
    ("annual-assessment", 11, "", set()),
)


def test_each_section_goes_into_its_table_and_asks_for_its_proof():
    found = tuple(
        (
            m.section.slug,
            m.section.table,
            m.section.attachment,
            {f.label for f in fields_of(m) if not f.listed},
        )
        for m in SECTIONS
    )
    assert found == OF_A_SECTION


def test_what_else_the_table_says_of_a_section():
    """10 a page (A4), near five years (SEC-13), days (SEC-12), once a year (SEC-05, SEC-13), periods pointed out."""
    assert PAGE == 10
    assert {m.section.slug: m.section.years for m in SECTIONS if m.section.years} == {"annual-assessment": 5}
    assert {m.section.slug: m.section.also for m in SECTIONS if m.section.also} == {
        "continuing-education": (("天数", "days"),)
    }
    assert {m.section.slug for m in SECTIONS if m.section.warn} == {"study-history", "work-history"}
    assert {m.section.slug for m in SECTIONS if m.section.check} == {
        "study-history", "work-history", "main-work", "projects", "continuing-education"
    }  # fmt: skip


def test_the_list_shows_the_category_of_a_title_and_the_days_of_a_course(person, own):
    factories.make_record(TitleHeld, person, category="破格评审")
    factories.make_record(ContinuingEducation, person, start=date(2024, 6, 3), end=date(2024, 6, 7))

    assert "参评类型：破格评审" in own.get("/sections/titles-held/").text
    assert "天数：5" in own.get("/sections/continuing-education/").text


def test_a_course_of_one_day_has_one_day():
    day = date(2024, 2, 29)
    assert ContinuingEducation(start=day, end=day).days == 1
    assert ContinuingEducation(start=day, end=date(2024, 3, 1)).days == 2


@pytest.mark.parametrize("slug", [slug for slug, *_ in OF_A_SECTION])
def test_the_example_fills_in_every_field_and_would_be_accepted(session, person, own, slug):
    model, example = SECTION_OF[slug], EXAMPLES[slug]
    assert list(example) == [each.name for each in fields_of(model)]

    typed = posted(model) | {n: {"是": "y", "否": "n"}.get(v, v) for n, v in example.items()}
    ticks = {
        f"{each.name}-empty": "y"
        for each in fields_of(model)
        if each.empty and example[each.name] == each.empty
    }
    others = {f"{each.name}-other": "y" for each in fields_of(model) if each.other}
    answer = own.post(f"/sections/{slug}/add", data=typed | ticks | others)
    assert answer.status_code == 302, answer.text
    page = own.get(f"/sections/{slug}/add").text
    assert "填写示例" in page and all(text[:20] in page for text in example.values())
