"""APP-08, REV-08: the fifth return or reset of a year ends it, and has to be confirmed in words."""

import pytest

from tests.journeys import dossiers
from tests.journeys.city import City
from tests.journeys.clerks import CONFIRMATION

COMMITTEE, UNIT, NAME = "昆明市档案专业中级职称评审委员会", "昆明示例人事代理服务中心", "示例五次"

pytestmark = pytest.mark.timeout(600)


def test_the_fifth_negative_result_ends_the_year(city: City) -> None:
    city.committee(COMMITTEE, ["中级"])
    unit = city.unit(UNIT, "人事代理机构", "市级", "盘龙区")
    applicant = city.applicant(NAME)
    applicant.arrive(UNIT, dossiers.summary())
    applicant.save_cover(COMMITTEE, dossiers.PROFESSION, "中级")
    applicant.submit(first=UNIT)

    for used, event in enumerate(["返回修改", "返回修改", "重置流程", "返回修改"]):
        opinion = f"第 {used + 1} 次：补充证明材料。"
        unit.send_back(NAME, event, opinion, used)
        applicant.sees_setback(f"已{event}", opinion, used + 1)
        applicant.submit(first=UNIT, used=used + 1)

    # Once more only after typing what it means; nothing typed is lost meanwhile.
    unit.open(NAME)
    unit.sees(applicant.sentence(4), "补正机会已用完，本次操作使当年申报终止")
    unit.fill({"审核结果": "返回修改", "审核意见": "证明材料仍不齐全。"})
    unit.press("提交")
    unit.sees(f"“{CONFIRMATION}”", "证明材料仍不齐全。")
    unit.enter("确认当年申报终止", CONFIRMATION)
    unit.press("提交")
    unit.sees("返回修改，已提交。当前状态：当年申报失败。")
    unit.finds_nothing(NAME)

    applicant.menu("我的申报")
    applicant.sees("当年申报失败", "证明材料仍不齐全。", "本年度不能再次申报")
    applicant.menu("个人申报")
    applicant.sees("当年申报失败")
    assert not applicant.main.get_by_role("button", name="开始申报").count()
    applicant.sees_no_pdf_yet()
