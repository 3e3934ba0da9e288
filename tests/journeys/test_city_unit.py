"""ROU-01: unit → department → committee, with one return, one reset and all 13 sections."""

import pytest

from tests.journeys import dossiers
from tests.journeys.applicants import Applicant, squeezed
from tests.journeys.city import City

COMMITTEE = "昆明市档案专业中级职称评审委员会"
DEPARTMENT, UNIT = "昆明市示例档案局", "昆明市示例档案馆"
NAME = f"示例{dossiers.RARE}"

pytestmark = [pytest.mark.timeout(600), pytest.mark.once]


def test_returned_once_and_reset_once_it_still_gets_there(city: City, tmp_path) -> None:
    committee = city.committee(COMMITTEE, ["中级"])
    department = city.department(DEPARTMENT)
    unit = city.unit(UNIT, "国有事业单位", "市级", "盘龙区", department)
    applicant = city.applicant(NAME)
    _fill_all_sections(applicant)
    applicant.save_cover(COMMITTEE, dossiers.PROFESSION, "中级")
    applicant.submit(first=UNIT)

    # The way as far as the committee, and from there back for a correction.
    committee.finds_nothing(NAME)
    unit.recommend(NAME)
    department.pass_on(NAME)
    committee.finds_waiting(NAME)
    committee.send_back(NAME, "返回修改", "论文补写本人承担部分。", used=0)
    applicant.sees_setback("已返回修改", "论文补写本人承担部分。", used=1)
    applicant.change_record("撰写论文情况", "示例馆藏的保管与利用", {"本人承担部分": "全文"})
    applicant.sees("“撰写论文情况”已保存一条记录。")
    applicant.submit(first=COMMITTEE, used=1)

    # The correction is at the committee and nowhere else; now everything starts again.
    unit.finds_nothing(NAME)
    department.finds_nothing(NAME)
    committee.finds_waiting(NAME, "第 2 次")
    committee.open(NAME)
    committee.sees("与上次提交相比，改了 1 处", "全文")
    committee.send_back(NAME, "重置流程", "封面的参评类别有误。", used=1)
    applicant.sees_setback("已重置流程", "封面的参评类别有误。", used=2)
    applicant.sees_no_pdf_yet()
    applicant.change_category("破格评审")
    applicant.submit(first=UNIT, used=2)

    committee.finds_nothing(NAME)
    unit.recommend(NAME, "第 3 次")
    applicant.sees_no_pdf_yet()
    department.pass_on(NAME, "第 3 次")
    committee.pass_on(NAME, "第 3 次")

    form = applicant.download_form(tmp_path)
    assert NAME in form
    assert squeezed(dossiers.summary()) in form
    assert "破格评审" in form
    typed = [value for records in dossiers.all_thirteen().values() for record in records
             for label, value in record.items() if isinstance(value, str) and label not in NOT_AS_TYPED]  # fmt: skip
    assert [each for each in typed if squeezed(each) not in form] == []


# Leaves of catalogues are printed with their paths, dates with points.
NOT_AS_TYPED = {"开始时间", "结束时间", "毕业时间", "资格认定时间", "批准时间", "出版日期", "发表日期"}


def _fill_all_sections(applicant: Applicant) -> None:
    applicant.sign_up()
    applicant.fill_person(dossiers.PERSON)
    applicant.choose_unit(UNIT)
    applicant.upload_photo()
    applicant.fill_sections(dossiers.all_thirteen())
    applicant.prove_record("现有职称情况", "助理馆员", "职称证书")
    applicant.upload_required()
