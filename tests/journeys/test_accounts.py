"""Signing up, recovering, changing and returning to one's account, as the person it happens to."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from app import clock
from app.accounts import passwords, reset
from app.extensions import db
from app.models import Outbox, Series, SeriesEntry, SignIn, User
from app.vocabulary import Role, Stage
from tests import factories as make
from tests.journeys.browsing import PHONE, Site, Visitor

pytestmark = pytest.mark.once

PASSWORD, NEW = "correct horse battery", "another long password"
KEPT = "上次没有保存的内容"


@pytest.fixture
def account(site: Site) -> Callable[..., dict[str, str]]:
    """User name, mobile and ID number of a person made in the site's database, who signs in with PASSWORD."""

    def made(make_one: Callable[[], User] = lambda: make.make_applicant().account) -> dict[str, str]:
        with site.app.app_context():
            user = make_one()
            user.password = passwords.hash_password(PASSWORD)
            user.mobile = user.mobile or f"13900009{user.id:03d}"
            found = {"name": user.username, "mobile": user.mobile, "number": user.id_number or ""}
            db.session.commit()
            return found

    return made


def last_text(site: Site, mobile: str) -> str:
    with site.app.app_context():
        text: str = db.session.scalars(
            select(Outbox.text).where(Outbox.mobile == mobile).order_by(Outbox.id.desc())
        ).first()
        return text


def code_to(site: Site, mobile: str) -> str:
    found = re.search(r"\d{6}", last_text(site, mobile))
    assert found
    return found[0]


def time_passes(site: Site, name: str, minutes: int) -> None:
    """As if the person had not touched his browsers for so long."""
    with site.app.app_context():
        db.session.execute(
            update(SignIn)
            .where(SignIn.user_id == select(User.id).where(User.username == name).scalar_subquery())
            .values(seen_at=clock.now() - timedelta(minutes=minutes))
        )
        db.session.commit()


def test_a_person_with_a_passport_signs_up_and_is_told_how_many_codes_are_left(site: Site) -> None:
    visitor, mobile = Visitor(site), "13900004001"
    visitor.follow("个人注册")
    visitor.fill({"姓名": "Example Person", "证件类型": "护照", "证件号码": "e 0000-4001"})
    visitor.press("下一步")
    visitor.sees("每个手机号每天最多获取 3 次")
    visitor.enter("手机号", mobile)
    visitor.press("获取验证码")
    visitor.sees("今天还可获取 2 次")
    visitor.press("重新获取验证码")
    visitor.page.reload()
    visitor.sees("今天还可获取 1 次")
    visitor.press("重新获取验证码")
    visitor.sees("今天还可获取 0 次")
    visitor.press("重新获取验证码")
    visitor.sees("该手机号今天的 3 次验证码已用完，明天再获取，或拨打 0871-63108336")
    visitor.enter("短信验证码", code_to(site, mobile))
    visitor.press("下一步")
    visitor.sees("护照", "E00******")
    visitor.fill({"密码": PASSWORD, "再输入一次密码": PASSWORD})
    visitor.press("完成注册")
    visitor.is_on("我的申报")
    visitor.menu("个人信息")
    expect(visitor.field("出生年月")).to_have_value("")

    again = Visitor(site)
    again.follow("个人注册")
    again.fill({"姓名": "Example Person", "证件类型": "护照", "证件号码": "E00004001"})
    again.press("下一步")
    again.sees("该证件号码已注册，直接登录或找回密码")
    again.fill({"证件号码": "E00004002"})
    again.press("下一步")
    again.enter("手机号", mobile)
    again.press("获取验证码")
    again.sees("手机号码已注册")


def test_a_person_recovers_his_password_by_number_and_mobile(
    site: Site, account: Callable[..., dict[str, str]]
) -> None:
    person, visitor = account(), Visitor(site)
    visitor.go("/recover/")
    visitor.fill({"身份证号或用户名": person["number"], "注册时的手机号": person["mobile"]})
    visitor.press("获取验证码")
    visitor.sees("今天还可获取 2 次", "手机号已不能使用的，拨打 0871-63108336")
    visitor.fill({"短信验证码": code_to(site, person["mobile"]), "新密码": NEW, "再输入一次新密码": NEW})
    visitor.press("重新设置密码")
    visitor.sees("密码已重新设置")
    visitor.sign_in(person["name"], NEW)
    visitor.is_on("我的申报")


def test_a_person_changes_his_mobile(site: Site, account: Callable[..., dict[str, str]]) -> None:
    person, new = account(), "13900004010"
    here, elsewhere = Visitor(site), Visitor(site)
    for each in (here, elsewhere):
        each.sign_in(person["mobile"], PASSWORD)
    here.menu("账号与安全")
    here.follow(re.compile("更换"), here.card("账号"))
    here.sees("原手机号已不能使用的，拨打 0871-63108336")
    here.press("获取验证码")
    here.sees("今天还可获取 2 次")
    here.enter("短信验证码", code_to(site, person["mobile"]))
    here.press("下一步")
    here.enter("新手机号", new)
    here.press("获取验证码")
    here.enter("短信验证码", code_to(site, new))
    here.press("更换手机号")
    here.sees("手机号已更换", "139****4010")
    assert "已更换手机号" in last_text(site, person["mobile"])
    elsewhere.go("/account/")
    elsewhere.sees("登录后继续打开刚才的页面")
    elsewhere.sign_in(new, PASSWORD)
    elsewhere.is_on("我的申报")


def test_a_person_ends_his_other_browsers_and_changes_his_password(
    site: Site, account: Callable[..., dict[str, str]]
) -> None:
    person = account()
    here, library, home = Visitor(site), Visitor(site), Visitor(site)
    for each in (here, library, home):
        each.sign_in(person["name"], PASSWORD)
    here.menu("账号与安全")
    here.sees("现在有 3 个浏览器登录了这个账号", "此浏览器")
    here.press_first("退出 20")
    here.sees("已退出那个浏览器上的登录", "现在有 2 个浏览器登录了这个账号")
    here.follow("修改密码")
    here.fill({"当前密码": "not it", "新密码": NEW, "再输入一次新密码": NEW})
    here.press("修改密码")
    here.sees("当前密码不正确，还可以再试 3 次")
    here.fill({"当前密码": PASSWORD, "新密码": NEW, "再输入一次新密码": NEW})
    here.press("修改密码")
    here.sees("密码已修改", "现在有 1 个浏览器登录了这个账号")
    for each in (library, home):
        each.go("/account/")
        each.sees("登录后继续打开刚才的页面")
    here.press("全部退出")
    here.sees("所有浏览器上的登录已全部退出")


def test_a_link_sets_a_new_password_once(site: Site, account: Callable[..., dict[str, str]]) -> None:
    person = account()
    with site.app.app_context():
        user = db.session.scalars(select(User).where(User.username == person["name"])).one()
        token = reset.start_reset(user, by=user, at=clock.now())
        reset.send_link(user, f"{site.url}/reset/{token}", at=clock.now())
        db.session.commit()
    link = re.search(r"http\S+", last_text(site, person["mobile"]))
    assert link
    visitor = Visitor(site, viewport=PHONE)
    visitor.go(link[0])
    assert visitor.page.url == f"{site.url}/reset/"
    visitor.is_on("用链接设置新密码")
    visitor.fill({"新密码": "12345678", "再输入一次新密码": "12345678"})
    visitor.press("设置新密码")
    visitor.sees("密码太常见")
    visitor.fill({"新密码": NEW, "再输入一次新密码": NEW})
    visitor.press("设置新密码")
    visitor.sees("密码已重新设置")
    visitor.go(link[0])
    visitor.sees("这个链接不能使用", "重置链接已失效")
    visitor.sign_in(person["name"], NEW)
    visitor.is_on("我的申报")


def test_what_an_applicant_typed_survives_half_an_hour(
    site: Site, account: Callable[..., dict[str, str]]
) -> None:
    person, visitor = account(), Visitor(site)
    visitor.sign_in(person["name"], PASSWORD)
    visitor.menu("个人信息")
    visitor.fill({"邮箱": "kept@example.com", "性别": "女", "所在部门": "示例科室"})
    time_passes(site, person["name"], 30)
    visitor.press("保存")
    visitor.sees("登录已超时，填写的内容已保留")
    visitor.fill({"身份证号、手机号或用户名": person["name"], "密码": PASSWORD})
    visitor.press("登录")
    visitor.is_on("个人信息")
    visitor.sees(KEPT, "已填回下面的表单。核对后保存")
    expect(visitor.field("邮箱")).to_have_value("kept@example.com")
    expect(visitor.field("所在部门")).to_have_value("示例科室")
    visitor.press("保存")
    visitor.sees("个人信息已保存")
    assert KEPT not in visitor.main.inner_text()
    expect(visitor.field("邮箱")).to_have_value("kept@example.com")

    visitor.go("/sections/study-history/add")
    visitor.fill({"就读学校": "示例大学", "开始时间": "2001-09", "证明人": "示例证明人"})
    time_passes(site, person["name"], 31)
    visitor.press("保存")
    visitor.fill({"身份证号、手机号或用户名": person["name"], "密码": PASSWORD})
    visitor.press("登录")
    visitor.sees(KEPT)
    expect(visitor.field("就读学校")).to_have_value("示例大学")
    expect(visitor.field("开始时间")).to_have_value("2001-09")
    visitor.press("丢弃 上次没有保存的内容")
    visitor.sees("上次没有保存的内容已丢弃")
    expect(visitor.field("就读学校")).to_have_value("")


def test_without_scripts_it_can_be_read_and_copied(
    site: Site, account: Callable[..., dict[str, str]]
) -> None:
    person, visitor = account(), Visitor(site, scripts=False)
    visitor.sign_in(person["name"], PASSWORD)
    visitor.menu("个人信息")
    visitor.fill({"邮箱": "read@example.com", "性别": "女"})
    time_passes(site, person["name"], 30)
    visitor.press("保存")
    visitor.fill({"身份证号、手机号或用户名": person["name"], "密码": PASSWORD})
    visitor.press("登录")
    visitor.sees(KEPT, "展开后复制到下面的表单")
    visitor.main.get_by_text("查看保留的内容").click()
    line = visitor.main.locator("[data-draft] dl div").filter(has_text="邮箱")
    expect(line).to_contain_text("read@example.com")


def test_a_clerks_opinion_survives_a_quarter_of_an_hour(
    site: Site, account: Callable[..., dict[str, str]]
) -> None:
    made: dict[str, int] = {}

    def clerk_of_an_application() -> User:
        application = make.make_application(at=Stage.UNIT)
        made["pk"] = application.id
        return make.make_user(Role.UNIT, application.holder)

    clerk, visitor = account(clerk_of_an_application), Visitor(site)
    visitor.sign_in(clerk["name"], PASSWORD)
    opinion = "工作认真负责，专业能力较强，能独立完成任务。"
    visitor.go(f"/applications/{made['pk']}/unit-opinion")
    visitor.fill({"专业技术工作评价": opinion, "参与推荐的人数": "12"})
    time_passes(site, clerk["name"], 15)
    visitor.press("保存基层单位意见")
    visitor.sees("登录已超时，填写的内容已保留")
    visitor.fill({"身份证号、手机号或用户名": clerk["name"], "密码": PASSWORD})
    visitor.press("登录")
    visitor.sees(KEPT)
    expect(visitor.field("专业技术工作评价")).to_have_value(opinion)

    visitor.go(f"/applications/{made['pk']}/review")
    visitor.fill({"审核结果": "返回修改", "审核意见": "示例意见，没有保存。"})
    time_passes(site, clerk["name"], 15)
    visitor.press("提交")
    visitor.fill({"身份证号、手机号或用户名": clerk["name"], "密码": PASSWORD})
    visitor.press("登录")
    visitor.sees(KEPT)
    expect(visitor.field("审核意见")).to_have_value("示例意见，没有保存。")
    expect(visitor.main.get_by_role("radio", name=re.compile("^返回修改"))).to_be_checked()


def test_archivists_come_by_their_own_entry(site: Site) -> None:
    with site.app.app_context():
        archives = db.session.scalars(select(Series).where(Series.name.contains("档案"))).one()
        db.session.add(
            SeriesEntry(
                slug="daj", series=archives, title="示例档案系列入口", hint="示例提示", header="示例页头"
            )
        )
        db.session.commit()
    visitor = Visitor(site)
    visitor.go("/dajLogin")
    visitor.is_on("示例档案系列入口")
    visitor.sees("示例提示")
    expect(visitor.page.get_by_role("banner")).to_contain_text("示例页头")
