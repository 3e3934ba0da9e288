"""A super administrator adds a field, looks at it as an applicant and publishes it; an applicant fills it in (Low-code)."""

from collections.abc import Callable

import pytest

from app import clock
from app.accounts.passwords import hash_password
from app.extensions import db
from app.vocabulary import Role
from app.workflow import operations
from tests import factories as make
from tests.journeys.browsing import PHONE, Site, Visitor

# What these pages do in a browser is the same on every database; the routes are travelled on both.
pytestmark = pytest.mark.once

PASSWORD = "kunming-chuntian-2026"
RECORD = {
    "学校全称": "示例大学",
    "所学专业": "档案学",
    "开始时间": "2005.9",
    "结束时间": "2009年7月",
    "证明人": "示例证明人",
}


@pytest.fixture
def enters(site: Site) -> Callable[..., Visitor]:
    """Somebody at a browser of his own, signed in; `begun` has an application under way."""

    def visitor(role: Role, *, begun: bool = False, **browser: object) -> Visitor:
        with site.app.app_context():
            if role is Role.APPLICANT:
                account = make.make_applicant(make.make_unit(), password=hash_password(PASSWORD)).account
            else:
                account = make.make_user(role, password=hash_password(PASSWORD))
            if begun:
                operations.start(account, year=clock.now().year, at=clock.now())
            db.session.commit()
            name = account.username
        found = Visitor(site, **browser)
        found.sign_in(name, PASSWORD)
        return found

    return visitor


def publish(administrator: Visitor) -> None:
    """From the menu to the published version, as the pages lead."""
    administrator.menu("表单字段")
    administrator.press("起草新版本")
    administrator.follow("学习经历")
    administrator.card("1. 就读学校").get_by_label("名称").fill("学校全称")
    administrator.fill({"新字段名称": "导师姓名", "类型": "文字"})
    administrator.press("添加")
    administrator.sees("已保存到草稿。", "学校全称")
    administrator.press("上移 导师姓名")
    administrator.card("6. 导师姓名").get_by_label("字数上限").fill("4")
    administrator.card("7. 担任职务").get_by_role("checkbox", name="必填").uncheck()
    administrator.press_first("保存")
    administrator.follow("以申报人视角预览")
    administrator.sees("不会保存", "学校全称", "导师姓名")
    administrator.follow("返回修改字段")
    administrator.follow("草稿")
    administrator.sees("3 处修改")
    administrator.follow("核对并发布")
    administrator.sees("正在办理的 1 份申报保留开始时的字段", "新增字段")
    administrator.enter("版本说明", "按通知增加导师姓名")
    administrator.press("发布")
    administrator.sees("已发布。", "按通知增加导师姓名", "现行")


@pytest.mark.ui
def test_an_added_field_is_previewed_published_and_filled_in(
    site: Site, enters: Callable[..., Visitor]
) -> None:
    begun = enters(Role.APPLICANT, begun=True)
    publish(enters(Role.SUPER_ADMIN))

    applicant = enters(Role.APPLICANT, viewport=PHONE)
    applicant.go("/sections/study-history/add")
    applicant.fill(RECORD | {"导师姓名": "示例导师名"})
    applicant.press("保存")
    applicant.sees("导师姓名超出 1 字，上限 4 字")
    applicant.enter("导师姓名", "示例导师")
    applicant.press("保存")
    applicant.sees("已保存一条记录", "示例大学", "导师姓名", "示例导师")

    begun.go("/sections/study-history/add")
    begun.sees("就读学校")
    assert begun.field("导师姓名").count() == 0


@pytest.mark.ui
def test_a_draft_is_made_without_scripts_on_a_phone(site: Site, enters: Callable[..., Visitor]) -> None:
    administrator = enters(Role.SUPER_ADMIN, scripts=False, viewport=PHONE)
    administrator.go("/admin/form-versions/")
    administrator.press("起草新版本")
    administrator.follow("撰写论文情况")
    administrator.press("下移 论文名称")
    administrator.press_first("保存")
    administrator.fill({"新字段名称": "收录情况", "类型": "单选", "选项（类型为单选时填写）": "SCI"})
    administrator.press("添加")
    administrator.sees("选项至少填写 2 个")
    administrator.enter("选项（类型为单选时填写）", "SCI\nEI")
    administrator.press("添加")
    administrator.sees("已保存到草稿。", "2 处修改")
    assert administrator.card("7. 收录情况").count() == 1
