"""The hotline at its desk, the caller at his own browser, and the colleague who confirms (SUP-01, B10, ACC-07, PRO-08)."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from app import clock
from app.accounts.passwords import hash_password
from app.extensions import db
from app.models import Major
from app.models.sections import WorkHistory
from app.vocabulary import Role, Stage, Status
from tests import factories as make
from tests.journeys.browsing import Site, Visitor

pytestmark = pytest.mark.once

PASSWORD = "kunming-chuntian-2026"
BOX = "姓名、证件号或其后六位、手机号、单位、申报编号"


class Helper(Visitor):
    """A member of the hotline, or whoever confirms what he proposes."""

    def finds(self, typed: str) -> None:
        self.menu("查人查单")
        self.enter(BOX, typed)
        self.press("查询")

    def opens_case(self, kind: str, caller: str, reason: str, check: str = "回拨登记的手机号") -> None:
        self.follow(re.compile("^登记工单"))
        self.fill({"办理事项": kind, "来电人": caller, "身份核对方式": check, "来电事由": reason})
        self.press("登记工单")
        self.sees("已登记。")

    def reads_request(self, kind: str) -> None:
        self.menu("待处理请求")
        self.follow(kind, self.main.get_by_role("rowheader").filter(has_text=kind).first)

    def closes_case(self, outcome: str, result: str = "") -> None:
        if result:
            self.enter("请求的处理", result)
        self.enter("办理结果", outcome)
        self.press("办结工单")
        self.sees("已办结。")


@pytest.fixture
def helper(site: Site) -> Callable[..., Helper]:
    """Someone with this role, signed in."""
    return lambda role=Role.HOTLINE: _at(Helper(site), _account(site, role))


def _account(site: Site, role: Role, **given: Any) -> str:
    with site.app.app_context():
        user = make.make_user(role, password=hash_password(PASSWORD), **given)
        db.session.commit()
        return user.username


def _at(visitor: Any, username: str) -> Any:
    visitor.sign_in(username, PASSWORD)
    return visitor


@pytest.fixture
def caller(site: Site) -> dict[str, str]:
    """An applicant with a unit, and what the tests need to know of him."""
    return _caller(site)


def _caller(site: Site, **given: Any) -> dict[str, str]:
    with site.app.app_context():
        person = make.make_applicant(make.make_unit(), password=hash_password(PASSWORD), **given)
        account = person.account
        account.first_name = "示例来电" + "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳"[person.id % 16]
        make.make_record(WorkHistory, person, employer="示例旧单位")
        db.session.commit()
        return {
            "id": str(person.id), "name": account.first_name, "number": account.id_number, "mobile": account.mobile,
            "username": account.username,
        }  # fmt: skip


def scan(name: str) -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.new("RGB", (600, 400), "white").save(buffer, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()}


def test_a_caller_is_found_by_keyboard_and_the_desk_reads_him_why_he_is_stuck(
    site: Site, helper: Callable[..., Helper]
) -> None:
    with site.app.app_context():
        application = make.make_application(Stage.DEPARTMENT)
        number, office = application.number, application.holder.name
        draft = make.make_application(Status.DRAFT)
        draft.unit.nature, unit = None, draft.unit.name
        draft_number = draft.number
        db.session.commit()
    v = helper()
    v.is_on("查人查单")
    box = v.field(BOX)
    expect(box).to_be_focused()
    box.press_sequentially(number)
    with v.page.expect_navigation():
        box.press("Enter")
    v.sees("卡在哪里", f"在“{office}”主管部门审核", "材料暂不能修改")
    expect(v.field(BOX)).to_be_focused()
    v.finds(draft_number)
    v.sees("单位信息不完整，请联系单位完善", f"由 {unit} 办理", "单位性质")


def test_unlocking_happens_in_a_case_and_the_person_reads_it(
    site: Site, helper: Callable[..., Helper], caller: dict[str, str]
) -> None:
    with site.app.app_context():
        user = db.session.get_one(make.User, int(caller["id"]))
        user.locked_at, user.fail_login_count = clock.now(), 4
        db.session.commit()
    v = helper()
    v.finds(caller["number"][-6:])
    v.sees("已锁定", "与所输入的后六位相符")
    assert caller["number"] not in v.page.content()
    v.opens_case("账号解锁", caller["name"], "密码输错被锁定")
    v.press("解锁账号")
    v.sees("账号已解锁，可以用原密码登录。")
    v.closes_case("已解锁，告知用原密码登录")
    v.menu("来电工单")
    v.sees("没有办理中的工单", "已解锁，告知用原密码登录")

    person = _at(Visitor(site), caller["username"])
    person.menu("我的消息")
    person.sees("热线已应来电要求解锁您的账号")


def test_a_number_is_shown_once_for_a_reason(helper: Callable[..., Helper], caller: dict[str, str]) -> None:
    v = helper()
    v.finds(caller["username"])
    v.opens_case("咨询和其他问题", caller["name"], "核对登记信息")
    v.page.get_by_text("显示完整号码", exact=True).click()
    v.enter("查看原因", "核对")
    v.press("显示手机号")
    v.sees("查看原因至少 4 个字")
    assert caller["mobile"] not in v.page.content()
    v.enter("查看原因", "回拨来电人")
    v.press("显示手机号")
    expect(v.page.locator("#shown-number")).to_have_text(caller["mobile"])
    with v.page.expect_navigation():
        v.page.goto(v.page.url.removesuffix("/number"))
    assert caller["mobile"] not in v.page.content()
    v.sees("显示号码：手机号", "回拨来电人")


def test_the_person_asks_for_his_name_and_two_correct_it(
    site: Site, helper: Callable[..., Helper], caller: dict[str, str]
) -> None:
    person = _at(Visitor(site), caller["username"])
    person.menu("账号与安全")
    person.follow("在线申请更正姓名或证件号")
    person.fill({"正确内容": "示例更名", "说明": "注册时写错一个字", "身份证件图片": scan("身份证.png")})
    person.press("提交请求")
    person.sees("请求已提交", "待处理")

    v = helper()
    v.reads_request("姓名或证件号更正")
    v.sees(caller["name"], "示例更名", "注册时写错一个字")
    v.follow("受理")
    v.fill({"身份核对方式": "核对上传的证明材料"})
    v.press("登记工单")
    image = v.main.get_by_role("link", name="身份证.jpg").get_attribute("href")
    assert image and v.page.request.get(image).headers["content-type"] == "image/jpeg"
    v.follow("更正姓名")
    expect(v.field("正确的姓名")).to_have_value("示例更名")
    v.press("提出更正")
    v.sees("等待另一名热线人员或安全管理员复核")
    v.menu("待复核更正")
    v.sees("本人提出")

    guard = helper(Role.SECURITY_ADMIN)
    guard.menu("待复核更正")
    guard.follow_first(re.compile("^复核"))
    guard.sees("示例更名", "身份证.jpg")
    guard.press("复核通过，立即生效")
    guard.sees("更正已生效，已通知本人。")

    v.menu("来电工单")
    v.follow_first("姓名或证件号更正")
    v.closes_case("已更正为示例更名", "已办结")
    person.go("/help/")
    person.sees("已办结", "已更正为示例更名")
    person.go("/help/changes")
    person.sees("姓名", caller["name"], "示例更名")


def test_a_new_mobile_is_confirmed_by_a_colleague_and_the_old_one_gets_a_text(
    site: Site, helper: Callable[..., Helper], caller: dict[str, str]
) -> None:
    v, second = helper(), helper()
    v.finds(caller["mobile"])
    v.opens_case("更换手机号", caller["name"], "原手机号已停用", check="核对姓名、证件号后六位和单位")
    new = f"1390009{int(caller['id']):04d}"
    v.follow("更换手机号")
    v.enter("新手机号", new)
    v.press("提出更正")
    v.sees("只核对姓名、证件号和单位不能更换手机号")
    v.finds(caller["username"])
    v.opens_case("更换手机号", caller["name"], "原手机号已停用，单位经办人证实", check="经所在单位经办人确认")
    v.follow("更换手机号")
    v.enter("新手机号", new)
    v.press("提出更正")
    second.menu("待复核更正")
    second.follow_first(re.compile(f"^复核 {caller['name']}"))
    second.press("复核通过，立即生效")
    second.go("/development/sms")
    row = second.page.get_by_role("row").filter(has_text=caller["mobile"]).first
    expect(row).to_contain_text("手机号已由热线改为")

    person = Visitor(site)
    person.sign_in(new, PASSWORD)
    person.is_on("我的申报")


def test_a_missing_major_is_asked_for_added_and_chosen(
    site: Site, helper: Callable[..., Helper], caller: dict[str, str]
) -> None:
    """PRO-08, M6.5: an in-app request with an image replaces the e-mail."""
    person = _at(Visitor(site), caller["username"])
    person.menu("个人信息")
    person.follow("申请增补所学专业")
    person.fill(
        {
            "一级名称": "示例学", "二级名称": "示例类", "三级名称（专业名称）": "示例火星工程",
            "毕业证书图片": scan("毕业证.png"),
        }
    )  # fmt: skip
    person.press("提交请求")
    person.sees("请求已提交", "增补所学专业")

    v = helper()
    v.reads_request("增补所学专业")
    v.follow("受理")
    v.fill({"身份核对方式": "核对上传的证明材料"})
    v.press("登记工单")
    v.follow("增补专业")
    expect(v.field("三级名称（专业名称）")).to_have_value("示例火星工程")
    v.press("增补专业")
    v.sees("已增补“示例学 › 示例类 › 示例火星工程”")
    v.closes_case("已增补，可以选择", "已办结")

    person.menu("个人信息")
    person.enter("所学专业", "示例火星工程")
    person.press("保存")
    expect(person.field("所学专业")).to_have_value("示例学 › 示例类 › 示例火星工程")
    with site.app.app_context():
        assert db.session.query(Major).filter_by(level3="示例火星工程").count() == 1


def test_a_record_is_changed_on_the_persons_behalf_and_he_sees_before_and_after(
    site: Site, helper: Callable[..., Helper], caller: dict[str, str]
) -> None:
    v = helper()
    v.finds(caller["username"])
    v.opens_case("代为修改材料", caller["name"], "单位名称写错，本人不会修改")
    v.follow("代为修改材料")
    v.follow("工作经历")
    v.follow("编辑 示例旧单位")
    v.enter("单位名称", "示例新单位")
    v.press("代为保存")
    v.sees("已代为保存，已通知本人。", "示例新单位")

    person = _at(Visitor(site), caller["username"])
    person.menu("账号与安全")
    person.follow("材料变更")
    expect(person.main.locator("del").first).to_contain_text("示例旧单位")
    expect(person.main.locator("ins").first).to_contain_text("示例新单位")
    person.menu("我的消息")
    person.sees("热线应您的要求代为修改")


def test_seeing_the_pages_as_the_person_reads_only_and_ends(
    site: Site, helper: Callable[..., Helper], caller: dict[str, str]
) -> None:
    v = helper()
    v.finds(caller["username"])
    v.opens_case("咨询和其他问题", caller["name"], "不知道还差什么")
    v.page.get_by_text("以申报人视角查看", exact=True).click()
    v.press("开始查看")
    v.is_on("我的申报")
    banner = v.page.get_by_role("status").filter(has_text="正在以申报人视角查看")
    expect(banner).to_contain_text(caller["name"])
    v.menu("个人信息")
    expect(banner).to_be_visible()
    for number in (caller["number"], caller["mobile"]):
        assert number not in v.page.content()
    v.press("保存")
    v.sees("只能看，不能操作")
    expect(banner).to_be_visible()
    with v.page.expect_navigation():
        v.page.get_by_role("button", name="结束查看").click()
    v.sees("已结束以申报人视角查看。", "咨询和其他问题")
    v.menu("查人查单")

    person = _at(Visitor(site), caller["username"])
    person.menu("我的消息")
    person.sees("以您的视角查看了您的页面")


def test_a_unit_without_account_and_phone_comes_back(site: Site, helper: Callable[..., Helper]) -> None:
    """ACC-07: evidence by the public page, a case, two persons, a link to the new phone, a new password."""
    with site.app.app_context():
        unit = make.make_unit()
        clerk = make.make_user(Role.UNIT, unit, mobile="13900070001")
        name, code, username = unit.name, unit.credit_code, clerk.username
        db.session.commit()
    new = "13900070002"
    lost = Visitor(site)
    lost.go("/sign-in/")
    lost.go("/recover/")
    lost.follow("上传盖章证明申请找回")
    lost.fill(
        {
            "单位名称": name, "统一社会信用代码": code, "联系人姓名": "示例新经办", "联系手机": new,
            "申请事项": "原经办人离职，申请找回单位账号", "证明材料图片": scan("盖章说明.png"),
        }
    )  # fmt: skip
    lost.press("提交申请")
    lost.is_on("申请已收到")
    lost.sees("申请编号")

    v, second = helper(), helper()
    v.reads_request("单位账号找回")
    v.sees(name, "示例新经办", "盖章说明.jpg")
    v.follow("受理")
    v.fill({"身份核对方式": "核对上传的证明材料"})
    v.press("登记工单")
    v.follow("更换手机号")
    v.enter("新手机号", new)
    v.press("提出更正")
    second.menu("待复核更正")
    second.follow_first(re.compile("^复核"))
    second.press("复核通过，立即生效")
    v.page.reload()
    v.page.get_by_text("发送重设密码链接", exact=True).click()
    v.press("确认发送")
    v.sees("链接已发送到新登记的手机")
    v.closes_case("已核实，恢复使用", "已办结")

    v.go("/development/sms")
    text = v.page.get_by_role("row").filter(has_text="/reset/").first.inner_text()
    link = re.search(r"/reset/[\w-]+", text)
    assert link
    lost.go(link[0])
    lost.fill({"新密码": "xin-de-mima-2026", "再输入一次新密码": "xin-de-mima-2026"})
    lost.press(re.compile("密码"))
    lost.sign_in(username, "xin-de-mima-2026")
    lost.is_on("工作台")


def test_the_desk_without_scripts(site: Site, caller: dict[str, str]) -> None:
    v = _at(Helper(site, scripts=False), _account(site, Role.HOTLINE))
    v.finds(caller["username"])
    v.opens_case("咨询和其他问题", caller["name"], "问进度")
    v.closes_case("已答复")
