"""The record of changes and the three administrators, each by the person it is for (B13, D02, D08, D09)."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, text

from app.chain import length
from app.demo import PASSWORD
from app.demo.commands import demo
from app.extensions import db
from app.models import Application, User
from app.vocabulary import Stage, Status
from tests.journeys.browsing import PHONE, Site, Visitor

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def city(site: Site) -> Site:
    done = site.app.test_cli_runner().invoke(demo)
    assert done.exit_code == 0, done.output
    return site


def enter(site: Site, username: str, **browser: Any) -> Visitor:
    visitor = Visitor(site, **browser)
    visitor.sign_in(username, PASSWORD)
    return visitor


@pytest.fixture(scope="module")
def waiting(city: Site) -> tuple[int, str]:
    """An application at the desk of the unit of demo-unit: its id, and the applicant's number."""
    with city.app.app_context():
        clerk = db.session.scalars(select(User).where(User.username == "demo-unit")).one()
        held = db.session.scalars(
            select(Application).where(
                Application.status == Status.IN_REVIEW,
                Application.stage == Stage.UNIT,
                Application.holder_id.in_(
                    db.session.scalars(
                        text("SELECT organisation_id FROM membership WHERE user_id = :pk"), {"pk": clerk.id}
                    ).all()
                ),
            )
        ).first()
        assert held
        return held.id, held.applicant.id_number


def search(auditor: Visitor, **asked: str) -> None:
    """The filter is opened once, and stays open while it is in use."""
    auditor.go("/audit/")
    auditor.main.locator("summary").filter(has_text="筛选").click()
    auditor.fill({label.replace("_", ""): value for label, value in asked.items()})
    auditor.press("查询")


def test_an_auditor_finds_who_was_refused_and_who_looked(city, waiting):
    """A clerk is refused a page and opens the form; the auditor finds both, and what each of them means."""
    pk, number = waiting
    clerk = enter(city, "demo-unit")
    clerk.go("/overview/")
    expect(clerk.page.get_by_role("heading", level=1)).to_contain_text("无权访问")
    clerk.go(f"/applications/{pk}/form")
    assert number in clerk.page.content(), "the form is a legal paper: it shows the whole number"

    auditor = enter(city, "demo-auditor")
    auditor.is_on("操作记录")
    search(auditor, 操作人="demo-unit", 结果="拒绝")
    auditor.sees("概览：首页", "演示单位经办（demo-unit）", "拒绝")
    auditor.follow_first("查看")
    auditor.sees("没有打开此页面的权限", "127.0.0.1", "校验码")
    auditor.follow("此人的全部记录 操作人")
    auditor.sees("查看申报表", "登录")
    search(auditor, 操作="查看申报表", 对象="申报", 对象编号=str(pk))
    auditor.follow_first("查看")
    auditor.is_on("查看申报表")
    auditor.sees("用人单位")
    search(auditor, 操作人="没有这个人")
    auditor.sees("没有符合条件的记录")


def test_an_auditor_sees_that_nothing_was_altered_and_then_that_something_was(city):
    auditor = enter(city, "demo-auditor")
    auditor.press("核验是否被改动")
    auditor.sees("没有发现改动")
    with city.app.app_context():
        target = length() - 1
        db.session.rollback()
        with db.engine.begin() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            connection.execute(
                text("DROP TRIGGER audit_entry_update" + ("" if is_sqlite else " ON audit_entry"))
            )
            was = connection.scalar(text("SELECT detail FROM audit_entry WHERE position = :p"), {"p": target})
            alter = text("UPDATE audit_entry SET detail = :d WHERE position = :p")
            connection.execute(alter, {"d": "altered", "p": target})
    auditor.press("核验是否被改动")
    auditor.sees(f"核验发现 1 处不符：第 {target} 条")
    with city.app.app_context(), db.engine.begin() as connection:
        connection.execute(alter, {"d": was, "p": target})
    auditor.press("核验是否被改动")
    auditor.sees("没有发现改动")


def test_an_auditor_only_reads(city):
    """No configuration, no account, no button but the one that verifies."""
    auditor = enter(city, "demo-auditor")
    side = auditor.page.get_by_role("navigation", name="主菜单", exact=True)
    expect(side.get_by_role("link")).to_have_text(
        [re.compile("操作记录"), re.compile("我的消息"), re.compile("账号与安全")]
    )
    for path in ("/overview/", "/admin/users/list/", "/admin/rounds/list/", "/hotline/"):
        auditor.go(path)
        expect(auditor.page.get_by_role("heading", level=1)).to_contain_text("无权访问")


def test_a_super_administrator_has_no_way_to_the_record(city):
    admin = enter(city, "demo-admin")
    side = admin.page.get_by_role("navigation", name="主菜单", exact=True)
    expect(side.get_by_role("link", name="操作记录")).to_have_count(0)
    admin.go("/audit/")
    expect(admin.page.get_by_role("heading", level=1)).to_contain_text("无权访问")


def test_a_security_administrator_shuts_an_account_and_opens_it_again(city):
    person = enter(city, "demo-hotline")
    guard = enter(city, "demo-security")
    guard.is_on("账号")
    with city.app.app_context():
        pk = db.session.scalars(select(User.id).where(User.username == "demo-hotline")).one()
    guard.go(f"/admin/users/show/{pk}")
    card = guard.card("账号安全")
    expect(card).to_contain_text("1 个")
    card.locator("summary").filter(has_text="停用账号").click()
    expect(card).to_contain_text("停用后立即退出登录，不能再登录")
    guard.press("停用账号", card)
    guard.sees("已停用，已退出全部登录", "0 个")
    person.go("/account/")
    expect(person.page).to_have_url(re.compile("/sign-in/"))
    person.sign_in("demo-hotline", PASSWORD)
    expect(person.page).to_have_url(re.compile("/sign-in/"))
    guard.press("启用账号", guard.card("账号安全"))
    guard.sees("已启用，可以登录")
    person.sign_in("demo-hotline", PASSWORD)
    expect(person.page.get_by_role("button", name="登录", exact=True)).to_have_count(0)

    auditor = enter(city, "demo-auditor")
    search(auditor, 操作人="demo-security", 操作="停用账号")
    auditor.sees("演示安全管理员（demo-security）", f"账号 {pk}")


def test_numbers_are_masked_for_whoever_looks_after_accounts(city, waiting):
    _pk, number = waiting
    for username in ("demo-security", "demo-admin"):
        guard = enter(city, username)
        guard.go("/admin/users/list/?username=demo-applicant")
        guard.sees(f"{number[:3]}***************")
        assert number not in guard.main.inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_record_is_read_on_a_phone(city, scripts):
    auditor = enter(city, "demo-auditor", viewport=PHONE, scripts=scripts)
    auditor.go("/audit/?action=sign_in")
    auditor.sees("登录", "清除筛选")
    auditor.follow_first("查看")
    auditor.sees("来源地址", "校验码")
    wide = auditor.page.evaluate("document.documentElement.scrollWidth") if scripts else 360
    assert wide <= 360
