"""个人信息 by keyboard only and without scripts: the fields, names looked up, the photo's frame (PRO-01…08, SEC-01, UNI-09)."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from app.accounts.passwords import hash_password
from app.extensions import db
from app.models import PHOTO, PHOTO_ORIGINAL, AttachmentUse, Person
from app.models.sections import TitleHeld, WorkHistory
from tests import factories as make
from tests.journeys.browsing import DESKTOP, PHONE, Site, leave_out
from tests.journeys.keyboard import Typist
from tests.journeys.test_pages import AXE, Inspector

# What these pages do in a browser is the same on every database; the routes are travelled on both.
pytestmark = pytest.mark.once

PASSWORD = "kunming-xiatian-2026"
STATIC = "vendor/autocomplete/accessible-autocomplete.min.js"
LEFT, RIGHT = (200, 40, 40), (40, 60, 200)


@pytest.fixture
def account(site: Site) -> dict[str, Any]:
    """An applicant with a unit and two overlapping jobs."""
    with site.app.app_context():
        person = make.make_applicant(make.make_unit(), password=hash_password(PASSWORD))
        for start, end in (("2015-01-01", "2018-12-31"), ("2018-01-01", None)):
            make.make_record(
                WorkHistory,
                person,
                start=make.date.fromisoformat(start),
                end=end and make.date.fromisoformat(end),
            )
        db.session.commit()
        return {"id": person.id, "username": person.account.username}


def stored(site: Site, account: dict[str, Any], *names: str) -> list[Any]:
    with site.app.app_context():
        person = db.session.get_one(Person, account["id"])
        return [getattr(person, name) for name in names]


def picture() -> dict[str, Any]:
    """A red left half and a blue right half."""
    image = Image.new("RGB", (1200, 1600), LEFT)
    image.paste(RIGHT, (600, 0, 1200, 1600))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)
    return {"name": "手机照片.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def photo_of(site: Site, account: dict[str, Any]) -> tuple[Image.Image, str]:
    """The stored photo and the frame it was cut with."""
    with site.app.app_context():
        uses = db.session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == account["id"])).all()
        of = {use.section_slug: use for use in uses}
        key = of[PHOTO].attachment_id
        crop = of[PHOTO_ORIGINAL].crop
    content = (site.app.config["PRIVATE_ROOT"] / key[:2] / key).read_bytes()
    return Image.open(io.BytesIO(content)), crop


def signed_in(site: Site, account: dict[str, Any], **browser: Any) -> Typist:
    typist = Typist(site, **browser)
    typist.sign_in(account["username"], PASSWORD)
    return typist


def needs(site: Site, path: str) -> None:
    if not (Path(site.app.static_folder or "") / path).is_file():
        leave_out("the scripts of single pages are not installed: make setup")


def test_the_whole_page_by_keyboard(site: Site, account: dict[str, Any]) -> None:
    needs(site, STATIC)
    v = signed_in(site, account)
    v.go("/person/")
    v.type_into("籍贯", "云南昆明")
    v.enter("民族", "彝族")
    v.enter("政治面貌", "群众")
    v.look_up("所学专业", "图书 档案学", "档案学")
    v.activate("采用 现职称")
    v.activate("采用 从事专业技术工作年限")
    v.sees("已填入，保存后生效")
    assert v.focused == "BUTTON"
    v.type_into("邮箱", "shili@local.invalid")
    v.type_into("家庭住址", "昆明市盘龙区示例路 1 号")
    v.type_into("所在部门", "业务部")
    v.type_into("行政职务", "示例组长")
    v.look_up("现从事专业", "档案保管", "档案保管利用")
    v.push("保存")
    v.sees("个人信息已保存，还差 1 项。", "上传照片")

    assert stored(site, account, "native_place", "ethnicity", "political_status", "postcode", "position") == [
        "云南昆明", "彝族", "群众", "650051", "示例组长",
    ]  # fmt: skip
    years = make.clock.today().year - 2015 + 1
    assert stored(site, account, "tenure_years", "practice_years", "practice_months") == [0, years, 0]
    with site.app.app_context():
        person = db.session.get_one(Person, account["id"])
        assert (person.major.level3, person.profession.level3) == ("档案学", "档案保管利用")


def test_the_same_without_scripts_with_candidates_to_choose_from(site: Site, account: dict[str, Any]) -> None:
    v = signed_in(site, account, scripts=False)
    v.go("/person/")
    v.fill(
        {
            "籍贯（或国籍）": "云南昆明",
            "所学专业": "图书",
            "所在部门": "业务部",
            "邮箱": "shili@local.invalid",
        }
    )
    v.press("采用 从事专业技术工作年限")
    v.sees("填写的其他内容都还在本页")
    assert v.field("所在部门").input_value() == "业务部"
    assert v.field("从事专业技术工作年限（月）").input_value() == "0"
    v.press("保存")
    v.sees("“图书”对应不到唯一的所学专业")
    assert v.field("所在部门").input_value() == "业务部"
    v.main.get_by_role("radio", name="图书馆学").check()
    v.press("保存")
    v.sees("个人信息已保存")

    with site.app.app_context():
        person = db.session.get_one(Person, account["id"])
        assert (person.major.level3, person.office, person.practice_months) == ("图书馆学", "业务部", 0)


def test_a_committee_outside_of_the_list_by_keyboard(site: Site, account: dict[str, Any]) -> None:
    needs(site, STATIC)
    v = signed_in(site, account)
    v.go("/sections/titles-held/add")
    v.type_into("证书编号", "0000000001")
    v.look_up("职称专业", "档案保管", "档案保管利用")
    v.look_up("资格名称", "助理馆员", "助理馆员")
    v.enter("职称获取方式", "评审")
    v.type_into("评审组织", "昆明示例评审委员会")
    v.type_into("资格认定时间", "2016年12月")
    v.enter("是否聘任", "是")
    v.push("保存")
    v.sees("目录中没有“昆明示例评审委员会”", "勾选“其他（目录中没有）”")
    v.enter("其他（目录中没有）", True)
    v.push("保存")
    v.sees("“现有职称情况”已保存一条记录。")

    with site.app.app_context():
        held = db.session.scalars(select(TitleHeld).where(TitleHeld.owner_id == account["id"])).one()
        assert (held.evaluated_by, held.qualification, held.employed) == (
            "昆明示例评审委员会",
            "助理馆员",
            True,
        )


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_frame_by_numbers_and_buttons_with_the_keyboard(
    site: Site, account: dict[str, Any], scripts: bool
) -> None:
    if scripts:
        needs(site, "vendor/cropper/cropper.min.js")
    v = signed_in(site, account, scripts=scripts, viewport=PHONE)
    v.go("/person/photo")
    v.main.get_by_label("选择照片").set_input_files(picture())
    v.press("上传照片")
    v.sees("照片已保存。")
    if scripts:
        expect(v.page.locator(".cropper-face")).to_be_visible()

    turned, upright = (387, 0, 825), (50, 0, 1100)
    for name, frame in (("右转", turned), ("右转", upright), ("左转", turned), ("左转", upright)):
        _press_step(v, name, scripts)
        assert _is_at(v, frame), (name, frame)
    v.page.locator("h1").evaluate("each => { each.tabIndex = -1; each.focus(); }")
    for label, text in (("左", "0"), ("上", "0"), ("宽", "600")):
        v.type_into(label, text)
    v.page.keyboard.press("Tab")
    for name, left, top, width in (
        ("右移", 30, 0, 600), ("下移", 30, 30, 600), ("左移", 0, 30, 600), ("上移", 0, 0, 600), ("放大", 30, 44, 540),
    ):  # fmt: skip
        _press_step(v, name, scripts)
        assert _is_at(v, (left, top, width)), name
    if scripts:
        for size in (DESKTOP, PHONE):
            v.page.set_viewport_size(size)
            v.page.wait_for_timeout(400)
            assert _is_at(v, (30, 44, 540)), "a phone that is turned moves no frame"
    v.push("保存照片")
    v.sees("照片已保存。")
    photo, crop = photo_of(site, account)
    width, height, turn = (int(part) for part in crop.split(",")[2:])
    assert abs(width - 540) <= 6 and abs(height - width * 567 / 390) < 1 and turn == 0
    assert photo.size == (390, 567)
    assert all(abs(a - b) < 12 for a, b in zip(photo.getpixel((370, 280)), LEFT, strict=True))


def _is_at(v: Typist, frame: tuple[int, int, int]) -> bool:
    """The numbers of the frame, but for what rounding to the pixels of the screen makes of them."""
    found = [int(v.field(label).input_value()) for label in ("左", "上", "宽")]
    return all(abs(a - b) <= 6 for a, b in zip(found, frame, strict=True))


def _press_step(v: Typist, name: str, scripts: bool) -> None:
    button = v.main.get_by_role("button", name=name, exact=True)
    button.focus()
    if scripts:
        v.page.keyboard.press("Enter")
        assert v.focused == "BUTTON"
    else:
        with v.page.expect_navigation():
            v.page.keyboard.press("Enter")
        v.sees("预览，尚未保存")


def test_every_state_is_sound(site: Site, account: dict[str, Any]) -> None:
    if not AXE.is_file():
        leave_out("axe is not installed: make setup")
    needs(site, STATIC)
    v = signed_in(site, account)
    inspector = Inspector(v)
    v.go("/person/")
    inspector.look("fresh")
    v.field("所学专业").press_sequentially("图书")
    expect(v.page.locator("#field-major_id__listbox [role=option]").first).to_be_visible()
    inspector.look("list open")
    v.page.keyboard.press("ArrowDown")
    inspector.look("line of the list")
    v.page.keyboard.press("Escape")
    v.press("保存")
    inspector.look("candidates")
    v.go("/sections/titles-held/add")
    inspector.look("title")
    v.go("/person/unit?q=示例单位")
    inspector.look("units found")
    v.go("/person/unit?q=没有这家")
    inspector.look("no unit found")
    v.go("/person/photo")
    inspector.look("no photo")
    v.main.get_by_label("选择照片").set_input_files(picture())
    v.press("上传照片")
    expect(v.page.locator(".cropper-face")).to_be_visible()
    inspector.look("frame")
    assert inspector.faults == []
