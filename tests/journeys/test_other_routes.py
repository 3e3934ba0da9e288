"""ROU-04, ROU-05: freelancer and provincial committee, each from the cover to the PDF."""

from pathlib import Path

import pytest

from tests.journeys.city import City
from tests.journeys.roads import CITY_COMMITTEE, PROVINCIAL_COMMITTEE, apply, walk

pytestmark = [pytest.mark.timeout(600), pytest.mark.strict]


def test_freelancer_through_an_agency(city: City, tmp_path: Path) -> None:
    committee = city.committee(CITY_COMMITTEE, ["中级"])
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
