"""REC-01…05: 考核定职 from the choice of the kind through every office of its route to the form."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import dossiers
from tests.journeys.city import City
from tests.journeys.roads import walk

pytestmark = [pytest.mark.timeout(600), pytest.mark.once]
COMMITTEE = "昆明市考核定职"


def test_recognition_ends_at_the_desk_of_the_county(city: City, tmp_path: Path) -> None:
    """A bachelor of a county institution: unit, department, desk (REC-02); the desk's approval is the last."""
    city.chief.open_recognition(COMMITTEE)
    department = city.department("盘龙区示例文化和旅游局")
    desk = city.desk("盘龙区人力资源和社会保障局")
    unit = city.unit("盘龙区示例图书馆", "国有事业单位", "县区级", "盘龙区", department)
    applicant = city.applicant("示例定职")
    applicant.arrive(unit.office, dossiers.summary(), school=("大学本科", "学士"))
    applicant.save_cover_of_recognition(COMMITTEE, dossiers.PROFESSION, "助理级", "2020-07-01")
    applicant.submit(first=unit.office)
    walk(applicant, unit, [department, desk], tmp_path)
    applicant.menu("申报记录")
    expect(applicant.main).to_contain_text("考核定职")
