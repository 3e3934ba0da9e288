"""Locked out and let in again, under attack, and with a second factor: as the person it happens to."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, select

from app import clock
from app.accounts import passwords
from app.extensions import db
from app.models import Employment, SignIn, Unit, User
from app.vocabulary import Joining, Role
from tests import factories as make
from tests.journeys.browsing import Site, Visitor

pytestmark = pytest.mark.once

PASSWORD = "correct horse battery"
NAME, FIELD = "身份证号、手机号或用户名", "动态验证码"


@pytest.fixture
def people(site: Site) -> Callable[[Callable[[], User]], str]:
    """The user name of a person made in the site's database, who signs in with PASSWORD."""

    def made(make_one: Callable[[], User]) -> str:
        with site.app.app_context():
            user = make_one()
            user.password = passwords.hash_password(PASSWORD)
            name: str = user.username
            db.session.commit()
            return name

    return made


def applicant_of(unit_name: str) -> Callable[[], User]:
    """An applicant confirmed by a unit."""

    def make_one() -> User:
        unit = make.make_unit(name=unit_name)
        person = make.make_applicant()
        db.session.execute(delete(Employment).where(Employment.person_id == person.id))
        person.unit_id = unit.id
        now = clock.now()
        db.session.add(
            Employment(
                person_id=person.id, unit_id=unit.id, status=Joining.CONFIRMED, asked_at=now, confirmed_at=now
            )
        )
        account: User = person.account
        return account

    return make_one


def clerk_of(unit_name: str) -> Callable[[], User]:
    def make_one() -> User:
        unit = db.session.scalars(select(Unit).where(Unit.name == unit_name)).one()
        return make.make_user(Role.UNIT, unit)

    return make_one


def sign_out(visitor: Visitor) -> None:
    visitor.page.locator("header details").last.locator("summary").click()
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("banner").get_by_role("button", name="退出登录").click()


def test_a_person_who_locks_himself_out_is_let_in_by_his_unit(site, people):
    unit = "云南省示例锁定一所"
    name = people(applicant_of(unit))
    clerk_name = people(clerk_of(unit))
    person, clerk = Visitor(site), Visitor(site)
    person.sign_in(name, PASSWORD)
    person.is_on("我的申报")
    sign_out(person)

    for left in (3, 2, 1):
        person.sign_in(name, "wrong")
        person.sees(f"还可以再试 {left} 次")
    person.sees("再输错一次，账号锁定 30 分钟")
    person.sign_in(name, "wrong")
    person.sees("账号已锁定", "自动解锁", f"由“{unit}”解锁")
    person.press("请求解锁")
    person.sees("解锁请求已收到")
    person.sign_in(name, PASSWORD)
    person.sees("账号已锁定")

    clerk.sign_in(clerk_name, PASSWORD)
    clerk.menu("我的消息")
    clerk.sees("请求解锁")
    clerk.menu("专业技术人员")
    clerk.press(re.compile("^解锁"), clerk.main.locator("section").filter(has_text="请求解锁"))

    person.sign_in(name, PASSWORD)
    person.is_on("我的申报")


def test_whoever_guesses_elsewhere_does_not_shut_the_owner_out(site, people):
    unit = "云南省示例锁定二所"
    name = people(applicant_of(unit))
    people(clerk_of(unit))
    owner, stranger = Visitor(site), Visitor(site)
    owner.sign_in(name, PASSWORD)
    sign_out(owner)

    for _each in range(4):
        stranger.sign_in(name, "a guess")
    stranger.sees("账号已锁定", "请求解锁")
    expect(stranger.main).not_to_contain_text(unit)

    owner.sign_in(name, PASSWORD)
    owner.is_on("我的申报")


def secret_on(visitor: Visitor) -> str:
    return visitor.main.locator("code.key").inner_text().replace(" ", "")


def codes_on(visitor: Visitor) -> list[str]:
    return visitor.main.locator("ol.codes code").all_inner_texts()


def test_a_clerk_gets_a_second_factor_before_anything_else(site, people, monkeypatch):
    monkeypatch.setitem(site.app.config, "STAFF_SECOND_FACTOR", True)
    name = people(lambda: make.make_user(Role.DEPARTMENT, make.make_department()))
    clerk = Visitor(site)
    clerk.sign_in(name, PASSWORD)
    clerk.is_on("开启两步验证")
    clerk.sees("审核和管理账号登录时必须使用两步验证")
    for path in ("/", "/account/", "/messages/"):
        clerk.go(path)
        clerk.is_on("开启两步验证")

    clerk.enter(FIELD, "000000")
    clerk.press("完成，显示恢复码")
    clerk.sees("动态验证码不正确")
    secret = secret_on(clerk)
    clerk.enter(FIELD, pyotp.TOTP(secret).now())
    clerk.press("完成，显示恢复码")
    clerk.is_on("保存恢复码")
    codes = codes_on(clerk)
    assert len(codes) == 10
    clerk.follow("已保存，继续")
    clerk.is_on("工作台")

    sign_out(clerk)
    clerk.sign_in(name, PASSWORD)
    clerk.is_on("输入动态验证码")
    clerk.enter(FIELD, "123 456")
    clerk.press("登录")
    clerk.sees("还可以再试 3 次")
    clerk.enter(FIELD, codes[0])
    clerk.press("登录")
    clerk.is_on("工作台")
    clerk.menu("我的消息")
    clerk.sees("刚刚用一个恢复码登录了您的账号，还剩 9 个")


def test_an_applicant_turns_a_second_factor_on_and_off(site, people):
    name = people(lambda: make.make_applicant().account)
    person = Visitor(site)
    person.sign_in(name, PASSWORD)
    person.menu("账号与安全")
    person.follow("设置两步验证")
    person.follow("开启两步验证")
    person.enter(FIELD, pyotp.TOTP(secret_on(person)).now())
    person.press("完成，显示恢复码")
    person.is_on("保存恢复码")

    person.menu("账号与安全")
    person.follow("设置两步验证")
    person.sees("已开启", "还剩 10 个")
    person.main.get_by_text("关闭两步验证").click()
    person.press("确认关闭")
    person.sees("两步验证已关闭")
    sign_out(person)
    person.sign_in(name, PASSWORD)
    person.is_on("我的申报")


def test_a_change_of_the_account_asks_for_the_password_anew(site, people):
    name = people(lambda: make.make_applicant().account)
    person = Visitor(site)
    person.sign_in(name, PASSWORD)
    with site.app.app_context():
        row = db.session.scalars(select(SignIn).order_by(SignIn.id.desc()).limit(1)).one()
        row.confirmed_at = clock.now() - timedelta(minutes=10)
        db.session.commit()

    person.menu("账号与安全")
    person.follow("设置两步验证")
    person.follow("开启两步验证")
    person.is_on("再次输入密码")
    person.enter("当前密码", "wrong")
    person.press("继续")
    person.sees("密码不正确，还可以再试 3 次")
    person.enter("当前密码", PASSWORD)
    person.press("继续")
    person.is_on("开启两步验证")
