"""The sections' pages in a browser: clicks counted, rows dragged, a deletion taken back, years and tables filled in."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock
from app.accounts import passwords
from app.dossier.paper import paper_of
from app.extensions import db
from app.models.sections import AnnualAssessment, Paper, SectionRow, StudyHistory
from tests import factories as make
from tests.dossier.test_rules import DATES
from tests.journeys.browsing import PHONE, Site, Visitor
from tests.journeys.test_pages import Inspector

# What these pages do in a browser is the same on every database; the routes are travelled on both.
pytestmark = pytest.mark.once

PASSWORD = "correct horse battery"
THIS = clock.today().year
STUDIES = [
    {"就读学校": f"示例大学{n}", "所学专业": "档案学", "开始时间": f"20{n}09", "结束时间": f"20{n + 4}.7.1",
     "证明人": "示例同学", "担任职务": "班长"}
    for n in (10, 14, 18)
]  # fmt: skip


class Someone:
    """An applicant with some papers, signed in."""

    def __init__(self, site: Site, papers: int = 0, **browser: object) -> None:
        self.site = site
        with site.app.app_context():
            person = make.make_applicant()
            person.account.password = passwords.hash_password(PASSWORD)
            for n in range(papers):
                make.make_record(Paper, person, name=f"论文{n + 1}", position=n)
            self.id, name = person.id, person.account.username
            db.session.commit()
        self.visitor = Visitor(site, **browser)
        self.visitor.sign_in(name, PASSWORD)

    def stored(self, model: type[SectionRow], column: str) -> list[object]:
        with self.site.app.app_context():
            query = select(getattr(model, column)).where(model.owner_id == self.id).order_by(model.position)
            return list(db.session.scalars(query))


@pytest.fixture
def someone(site: Site) -> Iterator[Callable[..., Someone]]:
    made: list[Someone] = []

    def enter(**given: object) -> Someone:
        made.append(Someone(site, **given))  # type: ignore[arg-type]
        return made[-1]

    yield enter
    for each in made:
        each.visitor.page.context.close()


def sound(visitor: Visitor, stop: str) -> None:
    """No axe violation and no sideways scrolling in both widths."""
    inspector = Inspector(visitor)
    inspector.look(stop)
    assert not inspector.faults, "\n".join(inspector.faults)


def names(page: Page) -> list[str]:
    return page.locator(".rows > li .m b").all_inner_texts()


def test_three_study_records_take_five_clicks(someone: Callable[..., Someone]) -> None:
    """From the list of sections; every click of a mouse is counted, nothing else is one."""
    person = someone()
    v, clicks = person.visitor, []
    v.go("/sections/")
    v.page.context.expose_function("countClick", lambda what: clicks.append(what))
    v.page.add_init_script(
        "addEventListener('click', (e) => e.isTrusted && e.detail > 0 && countClick(e.target.outerHTML), true)"
    )
    v.page.reload()
    v.follow("学习经历")
    v.follow("添加一条")
    for n, study in enumerate(STUDIES):
        v.fill(study)
        v.page.keyboard.press("Escape")
        v.press("保存并添加下一条" if n < 2 else "保存")
    v.sees("共 3 条", "示例大学10", "示例大学14", "示例大学18")

    assert len(clicks) <= 5, "\n".join(clicks)
    assert len(clicks) == 5
    assert person.stored(StudyHistory, "school") == [each["就读学校"] for each in STUDIES]
    sound(v, "study history")


def test_rows_are_dragged_and_the_order_is_said_and_kept(someone: Callable[..., Someone]) -> None:
    person = someone(papers=3)
    v = person.visitor
    page = v.page
    page.emulate_media(reduced_motion="reduce")
    v.go("/sections/papers/")
    grip = page.locator(".grip").first
    expect(grip).to_be_visible()
    grip.hover()
    page.mouse.down()
    for place in (1, 2):
        row = page.locator(".rows > li").nth(place).bounding_box()
        assert row
        page.mouse.move(row["x"] + 15, row["y"] + 0.8 * row["height"], steps=20)
        expect(page.locator(".rows > li").nth(place)).to_contain_text("论文1")
    with page.expect_response("**/order?page=1") as answer:
        page.mouse.up()

    assert answer.value.status == 204
    assert names(page) == ["论文2", "论文3", "论文1"]
    expect(page.locator("#order-said")).to_have_text("已移到第 3 位，共 3 位")
    expect(page.get_by_role("button", name="上移 论文2")).to_be_disabled()
    expect(page.get_by_role("button", name="下移 论文2")).to_be_enabled()
    expect(page.get_by_role("button", name="下移 论文1")).to_be_disabled()
    assert person.stored(Paper, "name") == ["论文2", "论文3", "论文1"]
    sound(v, "dragged")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_rows_are_moved_by_the_keyboard(someone: Callable[..., Someone], scripts: bool) -> None:
    person = someone(papers=3, scripts=scripts)
    v = person.visitor
    v.go("/sections/papers/")
    button = v.page.get_by_role("button", name="下移 论文1")
    button.focus()
    with v.page.expect_navigation():
        v.page.keyboard.press("Enter")

    assert names(v.page) == ["论文2", "论文1", "论文3"]
    assert person.stored(Paper, "name") == ["论文2", "论文1", "论文3"]
    assert v.page.locator(".grip:visible").count() == (3 if scripts else 0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_deletion_is_taken_back(someone: Callable[..., Someone], scripts: bool) -> None:
    person = someone(papers=3, scripts=scripts)
    v = person.visitor
    v.go("/sections/papers/")
    v.page.locator("li").filter(has_text="论文2").locator("summary").click()
    v.press("删除 论文2")
    v.sees("已删除“论文2”。")
    assert person.stored(Paper, "name") == ["论文1", "论文3"]
    if scripts:
        sound(v, "deleted")
    v.press("撤销 论文2")
    v.sees("已恢复“论文2”。")

    assert names(v.page) == ["论文1", "论文2", "论文3"]
    assert person.stored(Paper, "name") == ["论文1", "论文2", "论文3"]


def test_the_offer_to_take_back_goes_after_its_time(someone: Callable[..., Someone]) -> None:
    v = someone(papers=1).visitor
    v.page.clock.install()
    v.go("/sections/papers/")
    v.page.locator("li summary").click()
    v.press("删除 论文1")
    offer = v.page.get_by_role("button", name="撤销 论文1")
    v.page.clock.run_for(9_000)
    expect(offer).to_be_visible()
    v.page.clock.run_for(2_500)
    expect(offer).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_five_years_are_filled_in_at_once(someone: Callable[..., Someone], scripts: bool) -> None:
    person = someone(scripts=scripts, viewport=PHONE)
    v = person.visitor
    v.go("/sections/annual-assessment/")
    for n, grade in enumerate(("优秀", "合格", "合格", "合格"), 1):
        row = v.main.get_by_role("group", name=f"{THIS - n} 年", exact=True)
        row.get_by_label("考核等级").select_option(label=grade)
    v.main.get_by_role("group", name=f"{THIS - 5} 年").get_by_label("部门负责人").fill("示例负责人")
    v.press("保存")
    v.sees("有 1 个年份需要修改，各年都还没有保存", f"{THIS - 5} 年：选择考核等级")
    assert person.stored(AnnualAssessment, "year") == []
    if scripts:
        sound(v, "years refused")
        v.page.set_viewport_size(PHONE)
    v.main.get_by_role("group", name=f"{THIS - 5} 年").get_by_label("考核等级").select_option(label="合格")
    v.press("保存")
    v.sees("已保存 5 个年份。")

    assert person.stored(AnnualAssessment, "year") == [THIS - n for n in range(1, 6)]
    if scripts:
        sound(v, "years")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_rows_of_a_table_are_pasted_looked_at_and_saved(
    someone: Callable[..., Someone], scripts: bool
) -> None:
    person = someone(scripts=scripts)
    v = person.visitor
    v.go("/sections/study-history/")
    v.follow("从电子表格粘贴多条")
    line = "示例大学\t档案学\t2010.9\t2014年7月\t示例同学\t无"
    v.main.get_by_label("表格内容").fill(f"{line}\n{line.replace('档案学', '火星学')}")
    v.press("预览")
    v.sees("有 1 条需要修改，都还没有保存", "目录中没有“火星学”")
    if scripts:
        sound(v, "paste refused")
    assert "火星学" in v.main.get_by_label("表格内容").input_value()
    v.main.get_by_label("表格内容").fill(f"{line}\n{line.replace('示例大学', '示例学院')}")
    v.press("预览")
    v.sees("2014年7月1日", "管理学 › 图书情报与档案管理类 › 档案学")
    assert person.stored(StudyHistory, "school") == []
    if scripts:
        sound(v, "paste looked at")
    v.press("保存 2 条")
    v.sees("已添加 2 条记录。", "时间有重叠")

    assert person.stored(StudyHistory, "school") == ["示例大学", "示例学院"]


def test_a_tick_and_its_text_do_not_contradict_each_other(someone: Callable[..., Someone]) -> None:
    v = someone().visitor
    v.go("/sections/papers/add")
    journal, tick = v.field("发表刊物"), v.page.get_by_label("未发表（发表日期填完成日期）")
    v.enter("发表日期", "2020年6月")
    tick.check()
    expect(v.main).to_contain_text("读作 2020-06-01")
    journal.fill("示例学报")
    expect(tick).not_to_be_checked()
    tick.check()
    expect(journal).to_have_value("")
    tick.uncheck()
    expect(journal).to_have_value("示例学报")
    tick.check()
    v.page.get_by_text("填写示例").click()
    v.sees("示例馆藏纸质档案的预防性保护")
    sound(v, "record with an example")


def test_the_browser_reads_dates_as_the_server_does(someone: Callable[..., Someone]) -> None:
    v = someone().visitor
    v.go("/sections/papers/add")
    texts = [typed for typed, _meant in DATES]
    read = v.page.evaluate(
        "async (texts) => { const {parseDay} = await import('/static/js/dates.js'); return texts.map(parseDay); }",
        texts,
    )

    assert dict(zip(texts, read, strict=True)) == {typed: str(meant or "") for typed, meant in DATES}


def test_days_are_counted_while_one_types(someone: Callable[..., Someone]) -> None:
    v = someone().visitor
    v.go("/sections/continuing-education/add")
    v.fill({"开始时间": "20240603", "结束时间": "2024.6.7"})
    v.sees("共 5 天，首尾两天都计")
    v.enter("结束时间", "2024-06-02")
    expect(v.page.locator("[data-days]")).to_be_empty()
    v.enter("结束时间", "6月7日")
    v.page.keyboard.press("Tab")
    v.sees("读不出日期")


@pytest.mark.parametrize(
    "text", ["", "短", "字" * 44 * 42, "字" * (44 * 42 + 1), "行\n" * 30, "ab 12，" * 300, "䶮" * 500]
)
def test_the_browser_estimates_paper_as_the_server_does(someone: Callable[..., Someone], text: str) -> None:
    v = someone().visitor
    v.go("/sections/work-summary/add")
    v.field("总结内容").fill(text)

    expect(v.page.locator("[data-paper]")).to_have_text(f"约 {paper_of(text).pages} 页 A4")
