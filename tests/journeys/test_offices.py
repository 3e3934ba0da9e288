"""Departments and units, the hotline and who is locked out, a unit and its phone, an office and its phone, in a browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from app import clock
from app.accounts.passwords import hash_password
from app.demo import PASSWORD
from app.demo.commands import demo
from app.extensions import db
from app.models import Person, UnitDepartment, User
from app.vocabulary import Choice, Role
from tests import factories as make
from tests.journeys.account_tours import code_from
from tests.journeys.browsing import Site, Visitor

NEW = "another long password"
pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def city(site: Site) -> Site:
    done = site.app.test_cli_runner().invoke(demo)
    assert done.exit_code == 0, done.output
    return site


def enter(site: Site, username: str, password: str = PASSWORD, **browser: Any) -> Visitor:
    visitor = Visitor(site, **browser)
    visitor.sign_in(username, password)
    return visitor


def test_a_department_refuses_with_its_opinion_and_the_unit_reads_it(city: Site) -> None:
    """UNI-06, UNI-07."""
    department, unit = enter(city, "demo-department-pending"), enter(city, "demo-unit-pending")
    department.menu("单位挂靠审批")
    department.follow_first(re.compile("^审核 "))
    department.fill({"审核结果": Choice.REFUSED.label})
    department.press("提交审核结果")
    department.sees("写明原因")
    department.enter("审核意见", "不属于本局主管，请选择区文化和旅游局。")
    department.press("提交审核结果")

    unit.menu("我的消息")
    unit.sees(
        "昆明市示例文物局 对您单位审核 结果为：不通过。 审核意见如下：不属于本局主管，请选择区文化和旅游局。"
    )
    unit.menu("主管部门")
    unit.sees("不通过")


def test_a_unit_makes_another_department_its_default(city: Site) -> None:
    """UNI-05: the second department has approved; the unit chooses by which its people's papers go."""
    with city.app.app_context():
        unit, department = make.make_unit(), make.make_department()
        asked = {"status": Choice.APPROVED, "is_default": False, "submitted_at": clock.now()}
        db.session.add(UnitDepartment(unit_id=unit.id, department_id=department.id, **asked))
        clerk = make.make_user(Role.UNIT, unit, password=hash_password(PASSWORD))
        name, second = clerk.username, department.name
        db.session.commit()
    unit_clerk = enter(city, name)
    unit_clerk.menu("主管部门")
    row = unit_clerk.page.get_by_role("row").filter(has_text=second)
    unit_clerk.press(re.compile("^设为默认"), row)
    row = unit_clerk.page.get_by_role("row").filter(has_text=second)
    expect(row).to_contain_text("是")
    expect(row.get_by_role("button", name=re.compile("^设为默认"))).to_have_count(0)


def test_the_hotline_answers_a_request_to_unlock(city: Site) -> None:
    """ACC-10: someone who never chose a unit asks; the desk takes his request, unlocks, and answers it."""
    with city.app.app_context():
        user = make.make_user(
            Role.APPLICANT, first_name="示例待解锁", mobile="13900006105", password=hash_password(PASSWORD)
        )
        db.session.add(Person(id=user.id))
        name = user.username
        db.session.commit()
    person, desk = Visitor(city), enter(city, "demo-hotline")
    for _each in range(4):
        person.sign_in(name, "wrong")
    person.sees("账号已锁定")
    person.press("请求解锁")
    desk.menu("待处理请求")
    desk.follow(
        "账号解锁", desk.main.get_by_role("row").filter(has_text="示例待解锁").get_by_role("rowheader")
    )
    desk.follow("受理")
    desk.enter("身份核对方式", "回拨登记的手机号")
    desk.press("登记工单")
    desk.press("解锁账号")
    desk.sees("账号已解锁，可以用原密码登录。")
    desk.enter("办理结果", "已核实本人，已解锁")
    desk.press("办结工单")
    desk.sees("已办结")
    person.sign_in(name, PASSWORD)
    person.is_on("我的申报")
    person.menu("我的消息")
    person.sees("热线已应来电要求解锁您的账号")


def test_a_unit_comes_back_by_its_phone(city: Site) -> None:
    """ACC-06: by its credit code, which everybody in the office knows."""
    with city.app.app_context():
        unit = make.make_unit()
        clerk = make.make_user(Role.UNIT, unit, mobile="13900006101", password=hash_password(PASSWORD))
        name, code = clerk.username, unit.credit_code
        db.session.commit()
    visitor = Visitor(city)
    visitor.follow("忘记密码")
    visitor.fill({"身份证号或用户名": code.lower(), "注册时的手机号": "13900006101"})
    visitor.press("获取验证码")
    code = code_from(visitor, "13900006101")
    visitor.fill({"短信验证码": code, "新密码": NEW, "再输入一次新密码": NEW})
    visitor.press("重新设置密码")
    visitor.sees("密码已重新设置")
    visitor.sign_in(name, NEW)
    visitor.is_on("工作台")


def test_an_x_at_the_end_is_a_capital(city: Site) -> None:
    """ACC-02: typed small at sign-up, found small at sign-in."""
    number = next(each for n in range(400) if (each := make.id_number(9000 - n)).endswith("X"))
    visitor = Visitor(city)
    visitor.follow("个人注册")
    visitor.fill({"姓名": "示例小写", "证件号码": number.lower()})
    visitor.press("下一步")
    visitor.sign_up_mobile("13900006102")
    visitor.fill({"密码": PASSWORD, "再输入一次密码": PASSWORD})
    visitor.press("完成注册")
    visitor.is_on("我的申报")
    with city.app.app_context():
        assert db.session.scalar(db.select(User.id).where(User.id_number == number))
    again = enter(city, number.lower())
    again.is_on("我的申报")


def test_an_office_gets_another_phone_by_two_administrators(city: Site) -> None:
    """A11, B13: one proposes with his reasons, the other confirms, the person reads it and comes back by it."""
    with city.app.app_context():
        clerk = make.make_user(
            Role.COMMITTEE, make.make_committee(), first_name="示例换机经办", mobile="13900006103",
            password=hash_password(PASSWORD),
        )  # fmt: skip
        pk = clerk.id
        db.session.commit()
    guard, second = enter(city, "demo-security"), enter(city, "demo-admin")
    guard.go(f"/admin/users/show/{pk}")
    guard.follow("更换手机号")
    guard.fill({
        "新手机号": "13900006104", "身份核对方式": "核对上传的证明材料", "核对情况和依据": "本人持工作证到场，单位来函确认。",
    })  # fmt: skip
    guard.press("提出更换")
    guard.sees("由另一名安全管理员或超级管理员复核后生效")
    second.menu("我的消息")
    second.sees("示例换机经办 的手机号更换等待复核")
    second.menu("待复核更正")
    second.follow(re.compile("^复核 示例换机经办"))
    second.sees("本人持工作证到场", "13900006104")
    second.press("复核通过，立即生效")
    second.sees("更正已生效")
    person = enter(city, "13900006104")
    person.menu("我的消息")
    person.sees("安全管理员已更换您登记的手机号")
    with city.app.app_context():
        db.session.execute(update(User).where(User.id == pk).values(recovery_paused_until=clock.now()))
        db.session.commit()
    guard.go(f"/admin/users/show/{pk}")
    guard.main.get_by_text("发送重设密码链接").first.click()
    guard.press("发送重设密码链接")
    guard.sees("重设密码的链接已发送到登记的手机")
    assert "/reset/" not in guard.page.content()
