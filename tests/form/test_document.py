"""What stands on which sheet (DOC-01, DOC-02, SEC-01, X-06), expected by hand."""

import re
from pathlib import Path

import pytest

from app.form import document
from tests.form import sample

pytestmark = pytest.mark.once

STYLES = Path(__file__).resolve().parents[2] / "static" / "form.css"


def lay_out(content=None, record=None, **options):
    return document.build(
        content or sample.content(), record or sample.record(), table_names=sample.TABLE_NAMES, **options
    )


def texts_of(table):
    return [cell.text for block in table.blocks for row in (*block.heads, *block.rows) for cell in row.cells]


def heads_of(table):
    return [[cell.text for cell in row.cells] for block in table.blocks for row in block.heads]


def rows_of(table):
    return [[cell.text for cell in row.cells] for block in table.blocks for row in block.rows]


def test_the_form_has_a_cover_and_17_tables_in_order():
    form = lay_out()

    assert [(label, cell.text) for label, cell in form.cover] == [
        ("姓　　名", "虚构人䶮"),
        ("工作单位", "云南省示例档案馆"),
        ("主管部门", "示例市示例局"),
        ("职称系列", "档案专业人员"),
        ("申报职称", "馆员"),
        ("专业名称", "档案学/档案管理/档案数字化"),
        ("填表时间", "2026.05.20"),
    ]
    named = [(table.numeral, table.name) for table in form.tables]
    assert len(named) == 17
    assert (named[0], named[5], named[16]) == (
        ("表一", "基本情况"),
        ("表六", "获得专利情况"),
        ("表十七", "审核推荐意见和评审结果确认意见"),
    )


@pytest.mark.parametrize(
    ("no", "heads"),
    [
        (
            2,
            [
                ["就读学校", "所学专业", "起止时间", "证明人", "担任职务"],
                ["单位名称", "从事专业", "起止时间", "证明人", "担任职务"],
            ],
        ),
        (3, [["年份", "总结内容"]]),
        (4, [["起止时间", "担任职务", "工作内容", "工作成效"]]),
        (5, [["起止时间", "课题项目名称", "完成情况"]]),
        (6, [["专利名称", "专利号", "专利类别", "批准时间"]]),
        (7, [["奖名称", "类型", "奖级", "奖励级别", "批准时间", "批准机关", "本人排名", "本人承担任务"]]),
        (9, [["起止时间", "名称（全称）", "举办单位", "举办地点", "主要内容"]]),
        (11, [["年份", "考核等级", "部门负责人"]]),
    ],
)
def test_sections_become_the_columns_of_their_table(no, heads):
    assert heads_of(lay_out().tables[no - 1]) == heads


def test_a_table_named_otherwise_keeps_the_words_of_the_screen():
    """X-06: the labels follow the table's name in the catalogue of the form."""
    names = {**sample.TABLE_NAMES, 6: "获得知识产权情况"}
    form = document.build(sample.content(), sample.record(), table_names=names)

    assert heads_of(form.tables[5]) == [["知识产权名称", "知识产权号", "知识产权类别", "批准时间"]]


@pytest.mark.parametrize(
    ("level", "concerned"),
    [
        ("junior_technician", 13),
        ("junior_assistant", 13),
        ("intermediate", 14),
        ("senior_associate", 15),
        ("senior_full", 16),
        (None, None),
    ],
)
def test_the_record_of_the_level_applied_for_names_its_committee_the_others_stay_empty(level, concerned):
    content = sample.content()
    content["cover"]["level"] = level
    form = lay_out(content)

    for no in range(13, 17):
        first = rows_of(form.tables[no - 1])[0]
        named = "昆明市示例档案系列中级评审委员会" if no == concerned else ""
        assert first == ["评审委员会", named, "申报职称", "馆员" if no == concerned else ""]
    empty = [texts_of(form.tables[no - 1])[4:] for no in range(13, 17) if no != concerned]
    assert all(each == empty[0] for each in empty)


def test_table_two_prints_both_histories_with_the_word_for_an_open_end():
    assert rows_of(lay_out().tables[1]) == [
        [
            "安宁市示例职业高级中学",
            "工学/计算机类/计算机应用",
            "2005.09.01—\n2008.06.30",
            "李虚构",
            "宣传委员",
        ],
        ["云南示例大学", "管理学/图书情报与档案管理类/档案学", "2008.09.01—\n2012.06.30", "王虚构", "无"],
        ["云南省示例档案馆", "档案专业/档案管理/档案数字化", "2012.07.15—\n至今", "赵虚构", "副科长"],
    ]


def test_table_one_shows_the_highest_title_the_person_is_employed_in_and_no_other():
    texts = texts_of(lay_out().tables[0])

    assert "ZJ-2018-0123" in texts
    assert not {"ZJ-2012-0007", "ZJ-2024-0999"} & set(texts)
    assert texts[texts.index("是否聘任") + 1] == "是"


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], []),
        ([("a", "intermediate", "2018-01-01", False)], []),
        ([("a", "junior_assistant", "2020-01-01", True), ("b", "intermediate", "2018-01-01", True)], ["b"]),
        ([("a", "senior_full", "2020-01-01", False), ("b", "junior_technician", "2018-01-01", True)], ["b"]),
        ([("a", "intermediate", "2018-01-01", True), ("b", "intermediate", "2021-01-01", True)], ["b"]),
        ([("a", None, "2023-01-01", True), ("b", "junior_technician", "2018-01-01", True)], ["b"]),
        ([("a", None, "2023-01-01", True)], ["a"]),
    ],
)
def test_the_highest_employed_title(held, expected):
    records = [
        {"id": name, "level": level, "awarded_on": on, "employed": employed}
        for name, level, on, employed in held
    ]

    assert [each["id"] for each in document.highest_employed(records)] == expected


def test_an_empty_section_prints_none_and_an_empty_dossier_all_tables():
    content = sample.content()
    content["sections"] = {}
    content["person"] = {name: None for name in content["person"]}

    form = lay_out(content, sample.record(opinion=None, chain=[]))

    assert [rows_of(form.tables[no - 1]) for no in (3, 5, 6, 7, 9, 11)] == [[["无"]]] * 6
    assert rows_of(form.tables[7]) == [["无"], ["无"]]
    assert form.missing == 0


def test_the_pledge_names_the_consequence_the_person_and_the_day():
    texts = texts_of(lay_out().tables[9])

    assert "记录期限为3年，记录期内不得参加职称申报评审。" in texts[0]
    assert texts[1:] == ["承诺人", "虚构人䶮", "承诺日期", "2026.05.20"]


def test_a_draft_pledges_nothing_and_marks_what_is_missing():
    content = sample.content(education=[], awards=[])
    content["person"]["office"] = None
    content["person"]["former_name"] = None
    content["cover"]["title"] = ""
    content["cover"]["department"] = ""

    form = lay_out(content, sample.unsubmitted())
    missing = [
        cell.source
        for table in form.tables
        for b in table.blocks
        for r in b.rows
        for cell in r.cells
        if cell.missing
    ]

    assert sorted(missing) == ["education", "person"]
    assert [label for label, cell in form.cover if cell.missing] == ["申报职称"]
    assert form.missing == 3
    assert form.watermark == "草稿"
    assert form.reference == "申报编号 2026000001　尚未提交"
    assert texts_of(form.tables[9])[1:] == ["承诺人", "", "承诺日期", ""]


def test_a_submitted_form_that_is_not_passed_yet_is_a_draft_but_pledged_and_complete():
    form = lay_out(sample.content(awards=[]), sample.record(draft=True))

    assert form.watermark == "草稿"
    assert form.missing == 0
    assert texts_of(form.tables[9])[2] == "虚构人䶮"
    assert form.reference == "申报编号 2026000001　第 2 次提交　摘要 3fa9c21b7d5e"


def test_a_round_can_require_other_sections():
    form = lay_out(sample.content(education=[], awards=[]), sample.unsubmitted(), required={"awards"})

    assert rows_of(form.tables[6]) == [["待填写"]]
    assert form.missing == 1


def test_table_twelve_prints_the_unit_s_opinion_in_its_parts():
    texts = texts_of(lay_out().tables[11])

    assert texts[::2][:8] == [
        "专业技术工作评价",
        "推荐方式",
        "参与推荐的人员范围",
        "参与推荐人数",
        "推荐意见",
        "意见形成情况",
        "公示时间",
        "公示结果",
    ]
    assert texts[7] == "23"
    assert texts[13] == "2026.05.26—2026.06.02"
    assert texts[-1].startswith("经办人：孙虚构　　2026.06.03")


def test_table_twelve_is_left_blank_without_an_opinion():
    texts = texts_of(lay_out(record=sample.record(opinion=None)).tables[11])

    assert texts[1:16:2] == [""] * 8


def test_table_seventeen_has_one_block_an_office_of_the_real_route_and_the_confirmation():
    table = lay_out().tables[16]

    assert [block.rows[0].cells[0].text for block in table.blocks] == [
        "单位审核",
        "主管部门审核",
        "县（市）区人社局审核",
        "市人社局审核",
        "评委会电子材料审核",
        "评审结果确认意见",
    ]
    assert table.blocks[2].rows[0].cells[1].text == "示例区人力资源和社会保障局"
    assert table.blocks[2].rows[1].cells[1].text == "材料齐全，同意推荐。"
    assert all("公章" in block.rows[-1].cells[-1].text for block in table.blocks)


def test_every_page_says_which_application_submission_and_snapshot_it_is():
    assert lay_out().reference == "申报编号 2026000001　第 2 次提交　摘要 3fa9c21b7d5e"


def test_the_widths_of_every_block_add_up_and_every_row_fills_them():
    for table in lay_out().tables:
        for block in table.blocks:
            assert sum(block.widths) == 100
            hanging = 0
            for row in (*block.heads, *block.rows):
                assert sum(cell.span for cell in row.cells) + bool(hanging) == len(block.widths)
                hanging = max([hanging - 1, *(cell.rows - 1 for cell in row.cells)])


def test_the_stylesheet_of_the_preview_knows_every_width_and_height_in_use():
    styles = STYLES.read_text(encoding="utf-8")
    blocks = [block for table in lay_out().tables for block in table.blocks]
    widths = {width for block in blocks for width in block.widths}
    heights = {row.height for block in blocks for row in block.rows if row.height}

    assert {width for width in widths if not re.search(rf"\.w{width} {{", styles)} == set()
    assert {height for height in heights if not re.search(rf"\.h{height} {{", styles)} == set()
