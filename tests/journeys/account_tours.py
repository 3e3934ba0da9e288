"""Tours through accounts: signing up, recovering, one's phone, and the administrators who watch each other."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import select, update

from app import clock
from app.demo import PASSWORD
from app.demo import numbers as demo
from app.extensions import db
from app.models import SignIn, User
from tests.journeys.browsing import Visitor

NOBODY_YET = date(1931, 1, 1)


def code_from(v: Visitor, mobile: str) -> str:
    """The code in the last text to a mobile, read in another window."""
    other = v.page.context.new_page()
    other.goto("/development/sms")
    row = other.get_by_role("row").filter(has_text=mobile).first
    found = re.search(r"\d{6}", row.get_by_role("cell").first.inner_text())
    other.close()
    assert found, "no code was sent"
    return found[0]


def proved(v: Visitor, mobile: str, name: str, label: str = "手机号") -> Iterator[str]:
    """The page of a mobile, with and without its code."""
    yield name
    v.enter(label, mobile)
    v.press("获取验证码")
    yield f"{name} code"
    v.enter("短信验证码", "000000")
    v.press("下一步")
    yield f"{name} code refused"
    v.enter("短信验证码", code_from(v, mobile))
    v.press("下一步")


def signing_up(v: Visitor) -> Iterator[str]:
    v.go("/sign-up/")
    v.fill({"姓名": "示例申报人", "证件号码": demo.id_number(NOBODY_YET)})
    v.press("下一步")
    yield from proved(v, "13900006001", "sign-up 2")
    yield "sign-up 3"
    v.press("完成注册")
    yield "sign-up 3 refused"
    v.go("/unit-sign-up/")
    v.fill(
        {
            "单位名称": "云南省示例巡览单位",
            "统一社会信用代码": demo.credit_code(6001),
            "负责人姓名": "示例负责人",
        }
    )
    v.press("下一步")
    yield from proved(v, "13900006002", "unit sign-up 2")
    yield "unit sign-up 3"


def recovering(v: Visitor) -> Iterator[str]:
    v.go("/recover/")
    v.fill({"身份证号或用户名": "demo-nobody", "注册时的手机号": "13900006003"})
    v.press("获取验证码")
    yield "recovery 2"
    v.press("重新设置密码")
    yield "recovery 2 refused"
    v.go("/dajLogin")
    yield "entry of a series"
    v.go(f"/reset/{'x' * 43}")
    yield "dead link"
    unit = Visitor(v.site)
    unit.sign_in("demo-unit", PASSWORD)
    unit.go("/unit/staff/")
    unit.follow_first(re.compile("^办理"))
    card = unit.card("重置密码")
    card.locator("summary").click()
    unit.press(re.compile("^发送重置链接"), card)
    v.go("/development/sms")
    found = re.search(r"/reset/[\w-]{43}", v.main.inner_text())
    assert found
    v.go(found[0])
    yield "new password by a link"
    v.fill({"新密码": "12345678", "再输入一次新密码": "12345678"})
    v.main.get_by_role("button").first.click()
    yield "new password refused"


def own_phone(v: Visitor) -> Iterator[str]:
    v.menu("账号与安全")
    yield "account"
    v.follow(re.compile("更换"), v.card("账号"))
    yield "old phone"
    v.press("获取验证码")
    yield "old phone code"
    v.enter("短信验证码", code_from(v, mobile_of(v, "demo-draft")))
    v.press("下一步")
    yield "new phone"
    v.enter("新手机号", "1390000")
    v.press("获取验证码")
    yield "new phone refused"
    v.enter("新手机号", "13900006004")
    v.press("获取验证码")
    yield "new phone code"


def mobile_of(v: Visitor, username: str) -> str:
    with v.site.app.app_context():
        return str(db.session.scalars(select(User.mobile).where(User.username == username)).one())


def unsaved(v: Visitor) -> Iterator[str]:
    """What was typed when the sign-in ran out, on the way back and there again."""
    v.menu("个人信息")
    v.fill({"邮箱": "kept@example.com", "所在部门": "示例科室"})
    with v.site.app.app_context():
        whose = select(User.id).where(User.username == "demo-newcomer").scalar_subquery()
        ago = clock.now() - timedelta(minutes=31)
        db.session.execute(update(SignIn).where(SignIn.user_id == whose).values(seen_at=ago))
        db.session.commit()
    v.press("保存")
    yield "signed out while typing"
    v.fill({"身份证号、手机号或用户名": "demo-newcomer", "密码": PASSWORD})
    v.press("登录")
    yield "unsaved"


def first_phone(v: Visitor) -> Iterator[str]:
    """An auditor without a mobile; before it his pages."""
    yield "record of changes"
    v.main.locator("summary").filter(has_text="筛选").click()
    v.enter("操作", "登录")
    v.press("查询")
    yield "record searched"
    v.follow_first("查看")
    yield "line of the record"
    v.menu("操作记录")
    v.press("核验是否被改动")
    yield "record verified"
    v.menu("账号与安全")
    v.follow(re.compile("登记"), v.card("账号"))
    yield "first phone"


def propose(v: Visitor) -> None:
    """The first clerk of a committee gets another mobile, if two agree."""
    v.go("/admin/users/list/?username=demo-committee")
    v.main.get_by_role("rowheader").get_by_role("link").first.click()
    v.follow("更换手机号")


def security_admin(v: Visitor) -> Iterator[str]:
    v.menu("账号")
    yield "accounts"
    v.go("/admin/users/list/?username=demo-committee")
    v.main.get_by_role("rowheader").get_by_role("link").first.click()
    yield "account of an office"
    v.main.get_by_text("发送重设密码链接").first.click()
    yield "reset asked"
    propose(v)
    yield "another phone"
    v.press("提出更换")
    yield "another phone refused"
    v.fill(
        {
            "新手机号": "13900006005",
            "身份核对方式": "核对上传的证明材料",
            "核对情况和依据": "本人持工作证到场，单位来函确认。",
        }
    )
    v.press("提出更换")
    yield "another phone proposed"
    v.menu("待复核更正")
    yield "corrections"
    v.follow_first(re.compile("^演示.*手机号"))
    yield "correction of one's own"
    second = Visitor(v.site)
    second.sign_in("demo-admin", PASSWORD)
    second.menu("待复核更正")
    second.follow_first(re.compile("^复核"))
    assert "不通过，退回" in second.main.inner_text()
