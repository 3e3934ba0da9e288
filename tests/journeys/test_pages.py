"""Every page of every role: no axe violation, no sideways scrolling at 360 px, one heading, a title of its own."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from app.demo import PASSWORD
from app.demo.commands import demo
from tests import needs
from tests.journeys.applicants import Applicant
from tests.journeys.browsing import DESKTOP, PHONE, Site, Visitor
from tests.journeys.tours import TOURS

AXE = Path(__file__).parents[1] / "_vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A bar that stays in view covers what lies under it: a target cut by it is measured again in the middle of the window.
RUN_AXE = """
async (tags) => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  const named = (node) => node.target.join(" ");
  const small = found.violations.find((each) => each.id === "target-size");
  const stays = [];
  for (const node of small ? small.nodes : []) {
    document.querySelector(named(node)).scrollIntoView({block: "center", behavior: "instant"});
    const again = await axe.run(document, {runOnly: {type: "rule", values: ["target-size"]}});
    if (again.violations.some((each) => each.nodes.some((other) => named(other) === named(node)))) stays.push(node);
  }
  if (small) small.nodes = stays;
  return found.violations.filter((each) => each.nodes.length)
    .map((each) => `${each.id} at ${each.nodes.map(named).join(", ")}`);
}
"""
FOUND_ERRORS = ("有错误：", "没有登录：")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.once,
    pytest.mark.timeout(600),
    needs.installed(AXE, "axe"),
]


@pytest.fixture(scope="module")
def demo_site(site: Site) -> Site:
    _invent(site.app)
    return site


def _invent(app: Flask) -> None:
    done = app.test_cli_runner().invoke(demo)
    assert done.exit_code == 0, done.output


class Inspector:
    """Notes what is wrong with a visitor's page: what is too wide in both widths, axe in one of them by turns."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.script = AXE.read_text(encoding="utf-8")
        self.titles: dict[str, str] = {}
        self.faults: list[str] = []
        self.turn = 0

    def look(self, stop: str) -> None:
        self.page.evaluate(self.script)
        self.turn += 1
        for n, size in enumerate((PHONE, DESKTOP)):
            self.page.set_viewport_size(size)
            for violation in self.page.evaluate(RUN_AXE, TAGS) if self.turn % 2 == n else ():
                self._note(stop, size["width"], violation)
            wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                self._note(stop, size["width"], f"{wide} px too wide")
        if self.page.locator("h1").count() != 1:
            self._note(stop, DESKTOP["width"], f"{self.page.locator('h1').count()} h1")
        if self.page.locator("html").get_attribute("lang") != "zh-CN":
            self._note(stop, DESKTOP["width"], "no language")
        self._compare_title(stop)

    def _compare_title(self, stop: str) -> None:
        title = self.page.title()
        if title.startswith(FOUND_ERRORS):  # a form that came back is the page it came from
            return
        path = urlsplit(self.page.url).path
        if self.titles.setdefault(title, path) != path:
            self._note(stop, DESKTOP["width"], f"has the title of {self.titles[title]}: {title}")

    def _note(self, stop: str, width: int, fault: str) -> None:
        self.faults.append(f"{stop} ({self.page.url}, {width} px): {fault}")


def stops_of(visitor: Visitor, name: str) -> Iterator[str]:
    """Every page of the menu, then the stops of the role's tour."""
    username, tour = TOURS[name]
    if username:
        visitor.sign_in(username, PASSWORD)
        side = visitor.page.get_by_role("navigation", name="主菜单", exact=True)
        for entry in side.get_by_role("link").all_inner_texts():
            label = entry.partition("缺 ")[0].strip()
            visitor.menu(label)
            yield label
        visitor.go("/")
    yield from tour(visitor)


@pytest.mark.parametrize("name", TOURS)
def test_every_page_is_sound(demo_site: Site, name: str) -> None:
    visitor = Visitor(demo_site)
    inspector = Inspector(visitor)
    for stop in stops_of(visitor, name):
        inspector.look(stop)
    visitor.page.context.close()
    assert not inspector.faults, "\n".join(inspector.faults)


def test_the_applicants_job_without_scripts(demo_site: Site) -> None:
    """Signing in, a refused record, and handing in work in a browser that runs no script."""
    visitor = Visitor(demo_site, scripts=False)
    visitor.sign_in("demo-ready", PASSWORD)
    visitor.is_on("我的申报")
    visitor.menu("申报信息")
    visitor.follow("表彰奖励情况")
    visitor.follow("添加一条")
    visitor.fill({"奖名称": "示例先进个人", "批准时间": "2020 年的秋天"})
    visitor.press("保存")
    visitor.sees("批准时间应为日期，如 2016-06-30 或 2016.6，现在填的是“2020 年的秋天”")
    assert visitor.field("奖名称").input_value() == "示例先进个人"
    assert visitor.field("批准时间").input_value() == "2020 年的秋天"

    visitor.menu("个人申报")
    visitor.is_on("申报信息预览")
    visitor.follow("下一步")
    visitor.press("提交申报")
    visitor.sees("申报没有提交")
    visitor.enter(Applicant.PLEDGE, True)
    visitor.press("提交申报")
    visitor.is_on("提交申报成功!")
