"""ROU-02, ROU-03: county unit and non-public unit, each from the cover to the PDF."""

from pathlib import Path

import pytest

from tests.journeys.city import City
from tests.journeys.clerks import Clerk
from tests.journeys.roads import CITY_COMMITTEE, apply, walk

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def committee(city: City) -> Clerk:
    return city.committee(CITY_COMMITTEE, ["中级"])


@pytest.mark.strict
def test_county_state_unit(city: City, committee: Clerk, tmp_path: Path) -> None:
    department = city.department("盘龙区示例文化和旅游局")
    desk = city.desk("盘龙区人力资源和社会保障局")
    unit = city.unit("盘龙区示例文化馆", "国有事业单位", "县区级", "盘龙区", department)
    applicant = city.applicant("示例县区")
    apply(applicant, unit, CITY_COMMITTEE, "中级")
    walk(applicant, unit, [department, desk, committee], tmp_path)


@pytest.mark.once
def test_non_public_unit(city: City, committee: Clerk, tmp_path: Path) -> None:
    """Of the two desks of 西山区 the one for non-public units gets it (X-19)."""
    other, desk = city.desk("2"), city.desk("3")
    unit = city.unit("昆明示例机电制造有限公司", "非公经济组织", "县区级", "西山区")
    applicant = city.applicant("示例非公")
    apply(applicant, unit, CITY_COMMITTEE, "中级")
    walk(applicant, unit, [desk, committee], tmp_path, bystanders=[other])
