"""附件管理 in a browser: several files with progress, preview, name, rotation, another use, replacing, deleting."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.extensions import db
from app.models import Attachment, AttachmentUse
from app.models.sections import Paper
from tests.dossier.pictures import jpeg, pdf
from tests.journeys.browsing import PATIENCE, Site, Visitor
from tests.journeys.test_sections import Someone, sound

# What these pages do in a browser is the same on every database; the routes are travelled on both.
pytestmark = pytest.mark.once

FIRST = "#requirement-1"


@pytest.fixture
def someone(site: Site) -> Iterator[Callable[..., Someone]]:
    made: list[Someone] = []

    def enter(**given: object) -> Someone:
        made.append(Someone(site, **given))  # type: ignore[arg-type]
        return made[-1]

    yield enter
    for each in made:
        each.visitor.page.context.close()


@pytest.fixture
def scans(tmp_path: Path) -> dict[str, Path]:
    contents = {
        "IMG_2034.jpg": jpeg(700, 900),
        "论文首页.pdf": pdf((210, 297), (210, 297)),
        "坏.jpg": b"not a picture",
        "换.jpg": jpeg(900, 700),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def files_of(person: Someone) -> list[tuple[str, int, int, int]]:
    with person.site.app.app_context():
        rows = db.session.scalars(
            select(Attachment).where(Attachment.owner_id == person.id).order_by(Attachment.name)
        )
        return [(row.name, row.pages, row.width, row.height) for row in rows]


def uses_of(person: Someone) -> list[str]:
    with person.site.app.app_context():
        uses = db.session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == person.id))
        return sorted(f"{use.attachment.name} {use.section_slug or 'requirement'}" for use in uses)


def choose(v: Visitor, place: str, *paths: Path) -> None:
    v.page.locator(f"{place} form.upload input[type=file]").first.set_input_files(list(map(str, paths)))


def test_several_files_go_up_with_a_sentence_each(
    someone: Callable[..., Someone], scans: dict[str, Path]
) -> None:
    person = someone()
    v = person.visitor
    v.go("/attachments/")
    sound(v, "empty checklist")
    choose(v, FIRST, scans["IMG_2034.jpg"], scans["坏.jpg"], scans["论文首页.pdf"])
    seen = v.page.evaluate_handle(
        "() => { const seen = []; new MutationObserver(() => document.querySelectorAll('progress')"
        ".forEach((bar) => seen.push(bar.ariaLabel))).observe(document.body, {childList: true, subtree: true}); return seen; }"
    )
    v.page.locator(f"{FIRST} form.upload button").first.click()
    sent = v.page.locator(f"{FIRST} .sent")
    expect(sent).to_contain_text("查看已上传的文件", timeout=PATIENCE)
    expect(sent.locator("li")).to_have_text(
        [
            "已上传“身份证正反面.jpg”。",
            re.compile("“坏.jpg”不能上传：文件已损坏"),
            "已上传“论文首页.pdf”。",
            "查看已上传的文件",
        ]
    )
    assert set(seen.json_value()) == {"IMG_2034.jpg", "坏.jpg", "论文首页.pdf"}
    sound(v, "what became of the files")
    with v.page.expect_navigation():
        sent.get_by_role("button").click()
    v.sees("已上传 2", "2 页")
    assert [name for name, *_ in files_of(person)] == ["论文首页.pdf", "身份证正反面.jpg"]


def test_a_broken_line_is_said(someone: Callable[..., Someone], scans: dict[str, Path]) -> None:
    v = someone().visitor
    v.go("/attachments/")
    v.page.route("**/attachments/upload", lambda route: route.abort())
    choose(v, FIRST, scans["IMG_2034.jpg"])
    v.page.locator(f"{FIRST} form.upload button").first.click()
    expect(v.page.locator(f"{FIRST} .sent")).to_contain_text(
        "“IMG_2034.jpg”没有传完：网络中断", timeout=PATIENCE
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_file_is_looked_at_named_turned_used_again_replaced_and_deleted(
    someone: Callable[..., Someone], scans: dict[str, Path], scripts: bool
) -> None:
    person = someone(papers=1, scripts=scripts)
    v = person.visitor
    v.go("/attachments/")
    choose(v, FIRST, scans["论文首页.pdf"])
    with v.page.expect_navigation():
        v.page.locator(f"{FIRST} form.upload button").first.click()
    v.sees("已上传 1")
    v.follow("论文首页.pdf", v.card("我的文件"))

    v.sees("第 1 页，共 2 页")
    v.follow("下一页")
    v.follow("放大一倍")
    v.sees("第 2 页，共 2 页")
    assert (
        v.page.locator(".sheet.zoom-double img").evaluate("img => img.complete && img.naturalWidth") == 1654
    )
    v.press("向右旋转并保存")
    v.sees("第 2 页，共 2 页")
    assert v.page.locator(".sheet img").evaluate("img => img.naturalWidth") == 2339
    if scripts:
        sound(v, "a file")
    v.enter("文件名称", "论文首页与目录")
    v.press("保存名称")
    v.is_on("论文首页与目录.pdf")

    with person.site.app.app_context():
        record = db.session.scalars(select(Paper.id).where(Paper.owner_id == person.id)).one()
    v.go(f"/sections/papers/{record}/edit")
    v.page.locator("#files summary").filter(has_text="使用已上传的文件").click()
    v.press("使用此文件")
    assert uses_of(person) == ["论文首页与目录.pdf papers", "论文首页与目录.pdf requirement"]

    v.go("/attachments/")
    v.follow("论文首页与目录.pdf", v.card("我的文件"))
    v.page.locator("#replacement").set_input_files(str(scans["换.jpg"]))
    v.press("替换")
    v.is_on("论文首页与目录.jpg")
    assert files_of(person) == [("论文首页与目录.jpg", 1, 900, 700)]
    assert uses_of(person) == ["论文首页与目录.jpg papers", "论文首页与目录.jpg requirement"]

    for path in ("/attachments/", f"/sections/papers/{record}/edit"):
        v.go(path)
        v.page.locator(".rows summary").filter(has_text="移除").first.click()
        v.press_first("移除")
    v.go("/attachments/")
    v.sees("未使用")
    v.page.locator("#files summary").filter(has_text="删除").click()
    v.press_first("删除")
    v.sees("还没有上传文件")
    assert files_of(person) == []
