"""Table 17 from paper to the archive in a browser (ATT-04): by keyboard, without scripts, by mouse; the pages at rest."""

from typing import Any

import pytest
from playwright.sync_api import expect

from app.accounts.passwords import hash_password
from app.dossier import stamped
from app.extensions import db
from app.models import Application, User
from app.vocabulary import PageState, Status
from tests import factories as make
from tests.journeys.browsing import DESKTOP, PHONE, Site, leave_out
from tests.journeys.keyboard import Typist
from tests.journeys.test_pages import AXE, Inspector
from tests.journeys.test_person import needs, picture

# What these pages do in a browser is the same on every database; the routes are travelled on both.
pytestmark = pytest.mark.once

PASSWORD = "kunming-xiatian-2026"
CROPPER = "vendor/cropper/cropper.min.js"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture
def paper(site: Site) -> dict[str, Any]:
    """An application whose electronic material has passed, its applicant and the committee's clerk."""
    with site.app.app_context():
        application = make.make_application(Status.PAPER)
        people = [db.session.get_one(User, application.applicant_id), make.last_clerk_of(application)]
        for each in people:
            each.password = hash_password(PASSWORD)
        db.session.commit()
        return {"id": application.id, "names": [each.username for each in people]}


def signed_in(site: Site, paper: dict[str, Any], who: int = 0, **browser: Any) -> Typist:
    typist = Typist(site, **browser)
    typist.sign_in(paper["names"][who], PASSWORD)
    return typist


def stored(site: Site, paper: dict[str, Any]) -> tuple[Status, PageState | None, list[int]]:
    with site.app.app_context():
        application = db.session.get_one(Application, paper["id"])
        page = stamped.handed_in(application)
        numbers = [int(each) for each in page.crop.split(",")] if page else []
        return application.status, page.state if page else None, numbers


def numbers_of(v: Typist) -> list[str]:
    return [
        v.page.locator(f"[name={name}]").input_value() for name in ("left", "top", "width", "turn", "tilt")
    ]


@SCRIPTS
def test_the_whole_way_by_keyboard(site: Site, paper: dict[str, Any], scripts: bool) -> None:
    if scripts:
        needs(site, CROPPER)
    v = signed_in(site, paper, scripts=scripts, viewport=PHONE)
    v.go("/home/")
    v.sees("接下来分三步")
    v.push("上传表十七")
    v.enter("盖章的表十七", picture())
    v.push("选好了，去裁剪")
    v.sees("图片已接收", "预览（A4）")
    if scripts:
        expect(v.page.locator(".cropper-face")).to_be_visible()
    assert numbers_of(v) == ["0", "0", "1200", "0", "0.0"]

    for name in ("右转 90°", "左转 90°", "微右 0.5°", "微右 0.5°", "微左 0.5°"):
        _press_step(v, name, scripts)
    assert numbers_of(v) == ["0", "0", "1200", "0", "0.5"]
    v.page.locator("h1").evaluate("each => { each.tabIndex = -1; each.focus(); }")
    for label, text in (
        ("左（像素）", "100"),
        ("上（像素）", "200"),
        ("宽（像素）", "800"),
        ("微调角度（度）", "-1.5"),
    ):
        v.type_into(label, text)
    v.page.keyboard.press("Tab")
    _press_step(v, "右移", scripts)
    _press_step(v, "框缩小", scripts)
    assert numbers_of(v) == ["140", "228", "760", "0", "-1.5"]
    v.enter("四边完整，文字和公章清晰", True)
    v.push("上传")
    v.sees("表十七已上传，等待接收")
    assert stored(site, paper) == (Status.PAPER, PageState.HANDED_IN, [140, 228, 760, 0, -15, 1])

    clerk = signed_in(site, paper, 1, scripts=scripts)
    clerk.push("去接收")
    clerk.push("核对")
    clerk.type_into("重新上传的原因", "右边被裁掉了一条")
    clerk.push("要求重新上传")
    clerk.sees("已要求重新上传")

    v.go("/home/")
    v.sees("表十七需要重新上传", "右边被裁掉了一条")
    v.push("重新上传表十七")
    v.push("重新裁剪")
    _press_step(v, "恢复原图", scripts)
    v.enter("四边完整，文字和公章清晰", True)
    v.push("上传")
    assert stored(site, paper)[1:] == (PageState.HANDED_IN, [0, 0, 1200, 0, 0, 1])

    clerk.go(f"/stamped-pages/{paper['id']}")
    clerk.push("接收")
    clerk.sees("表十七已接收")
    assert stored(site, paper)[:2] == (Status.READY, PageState.ACCEPTED)
    v.go(f"/progress/{paper['id']}")
    v.sees("归档文件已生成", "下载归档文件")


def _press_step(v: Typist, name: str, scripts: bool) -> None:
    button = v.main.get_by_role("button", name=name, exact=True)
    button.focus()
    if scripts:
        v.page.keyboard.press("Enter")
        assert v.focused == "BUTTON"
    else:
        with v.page.expect_navigation():
            v.page.keyboard.press("Enter")


def test_the_frame_is_dragged_and_stays_where_it_is_when_the_window_changes(
    site: Site, paper: dict[str, Any]
) -> None:
    needs(site, CROPPER)
    with site.app.app_context():
        make.choose_page(db.session.get_one(Application, paper["id"]), make.page_scan((1300, 1838)))
        db.session.commit()
    v = signed_in(site, paper)
    v.go(f"/applications/{paper['id']}/table-17")
    face = v.page.locator(".cropper-face")
    expect(face).to_be_visible()
    for name in ("框缩小", "框缩小", "框缩小", "微右 0.5°"):
        _press_step(v, name, scripts=True)
    before = [float(each) for each in numbers_of(v)]
    face.scroll_into_view_if_needed()
    box = face.bounding_box()
    assert box
    v.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    v.page.mouse.down()
    v.page.mouse.move(box["x"] + box["width"] / 2 + 12, box["y"] + box["height"] / 2 - 9, steps=4)
    v.page.mouse.up()
    after = [float(each) for each in numbers_of(v)]
    assert after[0] > before[0] and after[1] < before[1] and after[2:] == before[2:]
    for size in (PHONE, DESKTOP):
        v.page.set_viewport_size(size)
        v.page.wait_for_timeout(400)
        assert [float(each) for each in numbers_of(v)] == after

    # The server shows what the browser showed: the numbers come back as they went.
    v.press("预览")
    assert [float(each) for each in numbers_of(v)] == after
    left, top = after[:2]
    v.enter("四边完整，文字和公章清晰", True)
    v.press("上传")
    v.sees("等待接收")
    assert stored(site, paper)[2] == [left, top, after[2], 0, 5, 1]


def test_every_state_is_sound(site: Site, paper: dict[str, Any]) -> None:
    if not AXE.is_file():
        leave_out("axe is not installed: make setup")
    needs(site, CROPPER)
    v, clerk = signed_in(site, paper), signed_in(site, paper, 1)
    inspectors = {each: Inspector(each) for each in (v, clerk)}
    path, desk = f"/applications/{paper['id']}/table-17", f"/stamped-pages/{paper['id']}"
    steps = (make.choose_page, make.hand_in_page, make.ask_again, make.hand_in_page, make.accept_page)
    for step in (None, *steps):
        if step is not None:
            with site.app.app_context():
                step(db.session.get_one(Application, paper["id"]))
                db.session.commit()
        for visitor, address in ((v, path), (v, "/home/"), (clerk, desk), (clerk, "/stamped-pages/")):
            visitor.go(address)
            if address == path and step is make.choose_page:
                expect(visitor.page.locator(".cropper-face")).to_be_visible()
            inspectors[visitor].look(f"{address} after {step and step.__name__}")
    assert [each.faults for each in inspectors.values()] == [[], []]
