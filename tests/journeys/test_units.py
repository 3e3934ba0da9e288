"""Units, their people, departments and desks in the invented city, each by the person it is for (UNI-01…10, B08)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from app import clock
from app.demo import PASSWORD
from app.demo.commands import demo
from app.extensions import db
from app.models import User
from tests.factories import credit_code
from tests.journeys.browsing import PHONE, Site, Visitor

UNIT, PRIVATE, PENDING = "昆明市示例档案馆", "昆明示例机电制造有限公司", "昆明市示例文物研究所"
DRAFT, ASKING, CONFIRMED, RESET = "demo-draft", "demo-applicant", "demo-at-department", "demo-reset"

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


def person(site: Site, username: str) -> tuple[int, str]:
    with site.app.app_context():
        found = db.session.execute(db.select(User.id, User.first_name).where(User.username == username)).one()
        return found.id, found.first_name


def change_unit(visitor: Visitor, name: str) -> None:
    visitor.go("/person/unit")
    visitor.enter("单位名称或统一社会信用代码", name)
    visitor.press("查找单位")
    visitor.press(f"选择此单位 {name}")
    visitor.sees(f"工作单位已选择：{name}。")


@pytest.fixture
def locked(city: Site) -> Iterator[str]:
    """An applicant who has typed his password wrong too often."""
    pk, name = person(city, DRAFT)
    with city.app.app_context():
        db.session.execute(
            update(User).where(User.id == pk).values(locked_at=clock.now(), fail_login_count=4)
        )
        db.session.commit()
    yield name


def test_a_unit_confirms_writes_to_and_unlocks_its_people_on_a_phone(city: Site, locked: str) -> None:
    _pk, newcomer = person(city, ASKING)
    unit = enter(city, "demo-unit", viewport=PHONE)
    unit.sees("等待确认是否本单位人员")
    unit.go("/unit/staff/")
    unit.press(f"解锁 {locked}")
    unit.sees(f"{locked} 的账号已解锁。")
    unit.follow(f"确认 {newcomer}")
    unit.is_on(newcomer)
    unit.sees("不确认不影响此人提交申报")
    unit.press(f"确认是本单位人员 {newcomer}")
    unit.sees(f"已确认{newcomer}是本单位人员，已通知本人。")
    unit.main.get_by_label(f"选择{newcomer}", exact=True).check()
    unit.press("给所选人员发送信息")
    unit.press("发送")
    unit.sees("填写信息内容")
    unit.enter("信息内容", "周五前补齐工作经历的证明。")
    unit.press("发送")
    unit.sees("信息已发送给 1 人。")
    reader = enter(city, ASKING)
    reader.go("/messages/")
    reader.sees(f"{UNIT} 已确认您是本单位人员。", f"{UNIT}：周五前补齐工作经历的证明。")
    reader.go("/person/unit")
    reader.sees(f"现在的工作单位：{UNIT}", "已确认")


def test_a_reset_started_by_the_unit_is_finished_by_the_person_only(city: Site) -> None:
    _pk, name = person(city, CONFIRMED)
    unit = enter(city, "demo-unit")
    unit.go("/unit/staff/")
    unit.follow(f"办理 {name}")
    unit.sees("本单位看不到链接和密码")
    card = unit.card("重置密码")
    card.locator("summary").click()
    unit.press(re.compile("^发送重置链接"), card)
    unit.sees(f"重置链接已发送到{name}登记的手机")
    assert "/reset/" not in unit.page.content()
    own = Visitor(city)
    own.go("/development/sms")
    found = re.search(r"/reset/[\w-]{43}", own.main.inner_text())
    assert found
    own.go(found[0])
    assert found[0] not in own.page.url
    new = "cuihu-haiou-2026"
    own.fill({"新密码": new, "再输入一次新密码": new})
    own.main.get_by_role("button").first.click()
    own.sees("密码已重新设置")
    own.sign_in(CONFIRMED, new)
    own.is_on("我的申报")
    late = Visitor(city)
    late.go(found[0])
    late.sees("重置链接已失效")


def test_removal_says_its_effect_and_ends_access_at_once(city: Site) -> None:
    _pk, name = person(city, RESET)
    unit = enter(city, "demo-unit")
    unit.menu("办理记录")
    unit.follow(f"查看 {name}")
    record = unit.page.url
    unit.go("/unit/staff/")
    unit.main.get_by_role("link", name=name, exact=True).click()
    place = unit.page.url
    card = unit.card("移除")
    expect(card).to_contain_text("收到通知")
    card.locator("summary").click()
    unit.press(re.compile("^移除"), card)
    unit.sees("已通知本人")
    for address in (record, place):
        answer = unit.page.goto(address)
        assert answer and answer.status == 404
    unit.menu("办理记录")
    expect(unit.main).not_to_contain_text(name)
    unit.sees("（已不在本单位）")
    own = enter(city, RESET)
    own.go("/person/unit")
    expect(own.main).not_to_contain_text("现在的工作单位")


def test_who_leaves_by_choosing_another_unit_is_gone_from_the_former(city: Site) -> None:
    _pk, name = person(city, "demo-withdrawn")
    unit = enter(city, "demo-unit")
    unit.go("/unit/staff/")
    unit.sees(name)
    own = enter(city, "demo-withdrawn")
    own.go("/person/unit")
    own.sees("更换单位后，原单位立即看不到您的申报和材料")
    change_unit(own, PRIVATE)
    unit.go("/unit/staff/")
    expect(unit.main).not_to_contain_text(name)
    joined = enter(city, "demo-unit-private")
    joined.go("/unit/staff/?state=asked")
    joined.sees(name, "待确认")


def test_a_department_sees_its_units_and_their_people(city: Site) -> None:
    department = enter(city, "demo-department")
    department.menu("单位和人员")
    department.sees(UNIT)
    expect(department.main).not_to_contain_text(PRIVATE)
    department.follow(f"人员 {UNIT}")
    _pk, name = person(city, CONFIRMED)
    department.sees(name)
    pending = enter(city, "demo-department-pending")
    pending.menu("单位和人员")
    pending.sees("还没有单位")


def test_a_desk_asks_a_unit_and_verifies_it(city: Site) -> None:
    desk, unit = enter(city, "demo-bureau"), enter(city, "demo-unit-pending")
    unit.menu("单位信息")
    unit.sees("本单位尚未核验")
    desk.menu("单位核验")
    desk.follow(f"核验 {PENDING}")
    desk.press("核验通过")
    desk.sees("选择核验方式")
    desk.enter("需要补充的内容", "带法人证书原件到窗口。")
    desk.press("发送通知")
    desk.sees(f"已通知{PENDING}补充。")
    unit.menu("单位信息")
    unit.sees("带法人证书原件到窗口。")
    desk.enter("核验方式", "核对了营业执照或登记证书")
    desk.press("核验通过")
    desk.sees(f"{PENDING}已核验，已通知单位。")
    unit.menu("单位信息")
    unit.sees("已核验")
    expect(unit.main).not_to_contain_text("本单位尚未核验")


def test_the_unit_form_counts_down_and_draws_the_route(city: Site) -> None:
    unit = enter(city, "demo-unit-private")
    unit.menu("单位信息")
    unit.sees("西山区人力资源和社会保障局", "评委会")
    unit.enter("备注", "字" * 99)
    expect(unit.main).to_contain_text("还可输入 1 字")
    unit.fill({"单位性质": "国有企业", "行政区域": "盘龙区"})
    unit.press("预览审核流程")
    unit.sees("按所填内容的审核流程（未保存）", "主管单位审核未通过")
    unit.fill({"单位性质": "非公经济组织", "单位名称": UNIT})
    unit.press("保存单位信息")
    unit.sees("已存在有权限的同名单位")


def test_a_taken_name_leads_to_the_desk_to_call(city: Site) -> None:
    visitor = Visitor(city, viewport=PHONE)
    visitor.go("/unit-sign-up/")
    visitor.fill({"单位名称": UNIT, "统一社会信用代码": credit_code(7700), "负责人姓名": "示例负责人"})
    visitor.press("下一步")
    visitor.sees("已存在有权限的同名单位", "政策咨询拨打 12333")
    visitor.main.get_by_text("选择县（市、区），查看电话").click()
    visitor.main.get_by_text("西山区", exact=True).click()
    expect(visitor.main.get_by_text("西山区人力资源和社会保障局").first).to_be_visible()
