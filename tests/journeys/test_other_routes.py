"""ROU-02…ROU-05: county unit, non-public unit, freelancer, provincial committee; each from sign-up to PDF."""

from pathlib import Path

import pytest

from tests.journeys import dossiers
from tests.journeys.applicants import Applicant, squeezed
from tests.journeys.city import City
from tests.journeys.clerks import Clerk, UnitClerk

CITY_COMMITTEE, PROVINCIAL_COMMITTEE = (
    "昆明市档案专业中级职称评审委员会",
    "云南省示例档案专业高级职称评审委员会",
)

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def committee(city: City) -> Clerk:
    return city.committee(CITY_COMMITTEE, ["中级"])


def test_county_state_unit(city: City, committee: Clerk, tmp_path: Path) -> None:
    department = city.department("盘龙区示例文化和旅游局")
    desk = city.desk("盘龙区人力资源和社会保障局")
    unit = city.unit("盘龙区示例文化馆", "国有事业单位", "县区级", "盘龙区", department)
    applicant = city.applicant("示例县区")
    apply(applicant, unit, CITY_COMMITTEE, "中级")
    walk(applicant, unit, [department, desk, committee], tmp_path)


def test_non_public_unit(city: City, committee: Clerk, tmp_path: Path) -> None:
    """Of the two desks of 西山区 the one for non-public units gets it (X-19)."""
    other, desk = city.desk("2"), city.desk("3")
    unit = city.unit("昆明示例机电制造有限公司", "非公经济组织", "县区级", "西山区")
    applicant = city.applicant("示例非公")
    apply(applicant, unit, CITY_COMMITTEE, "中级")
    walk(applicant, unit, [desk, committee], tmp_path, bystanders=[other])


def test_freelancer_through_an_agency(city: City, committee: Clerk, tmp_path: Path) -> None:
    unit = city.unit("昆明示例人事代理服务中心", "人事代理机构", "市级", "盘龙区")
    applicant = city.applicant("示例自由")
    apply(applicant, unit, CITY_COMMITTEE, "中级")
    walk(applicant, unit, [committee], tmp_path)


def test_provincial_committee(city: City, tmp_path: Path) -> None:
    committee, city_bureau = city.provincial_committee(PROVINCIAL_COMMITTEE), city.city_bureau()
    department = city.department("昆明市示例文物局")
    unit = city.unit("昆明市示例博物馆", "国有事业单位", "市级", "五华区", department)
    applicant = city.applicant("示例省级")
    apply(applicant, unit, PROVINCIAL_COMMITTEE, "副高")
    walk(applicant, unit, [department, city_bureau, committee], tmp_path)


def apply(applicant: Applicant, unit: UnitClerk, committee: str, level: str) -> None:
    applicant.complete(unit.office, dossiers.PERSON, dossiers.required() | dossiers.two_more())
    applicant.answer_nothing("承担课题（项目）情况")
    applicant.save_cover(committee, dossiers.PROFESSION, level)
    applicant.submit(first=unit.office)


def walk(
    applicant: Applicant,
    unit: UnitClerk,
    offices: list[Clerk],
    folder: Path,
    bystanders: list[Clerk] | None = None,
) -> None:
    """Through every office of the route, each in its own list and only when it is its turn; then the PDF."""
    name = applicant.name
    offices[0].finds_nothing(name)
    unit.recommend(name)
    for office in bystanders or []:
        office.finds_nothing(name)
    for office, following in zip(offices, [*offices[1:], None], strict=True):
        if following is None:
            applicant.sees_no_pdf_yet()
        else:
            following.finds_nothing(name)
        office.pass_on(name)
    form = applicant.download_form(folder)
    assert name in form and dossiers.RARE in form
    assert squeezed(dossiers.summary()) in form
