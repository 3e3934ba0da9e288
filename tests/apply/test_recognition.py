"""考核定职 beside 申报评审: its own row, its levels by schooling, its way to the desk (REC-01…04, X-14, X-23)."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.apply.operations import save_cover
from app.dossier.applications import the_current_of
from app.errors import LevelOutOfReach
from app.extensions import db
from app.models import Application, User
from app.models.sections import Education
from app.vocabulary import Category, Kind, Level, Nature, Stage, Status
from app.workflow import operations
from app.workflow.covers import Cover
from tests import factories as make


def window():
    office = make.make_committee(
        name="示例考核定职",
        series_nos=[],
        levels=[],
    )
    return make.make_round(office, kind=Kind.RECOGNITION, levels=[], categories=[])


def graduate(degree_level="大学本科", degree="学士"):
    """Someone of a company with a complete dossier and one school."""
    person = make.fill(make.make_applicant(make.make_unit(Nature.NON_PUBLIC)))
    school = db.session.scalars(select(Education).filter_by(owner_id=person.id)).one()
    school.degree_level, school.degree = degree_level, degree
    db.session.flush()
    return person, db.session.get_one(User, person.id)


def years_ago(day, years):
    return date(day.year - years, day.month, min(day.day, 28)).isoformat()


def test_from_the_start_to_the_desk(session, sign_in):
    round_ = window()
    person, account = graduate()
    client = sign_in(account)
    today = clock.now().date()

    assert "按学历直接认定员级、助理级或中级职称" in client.get("/apply/?kind=recognition").text
    check = client.post("/apply/", data={"kind": "recognition", "year": round_.year}).location
    page = client.get(check).text
    assert "招工录用或聘用时间" in page and "转换岗位" not in page
    data = {**make.GRADUATE, "seen": 1, "employed_on": years_ago(today, 0)[:4] + "-01-01"}
    late = client.post(check, data={**data, "employed_on": f"{today.year + 1}-01-01"})
    assert late.status_code == 422 and "不能晚于今天" in late.text
    cover = client.post(check, data=data).location
    form = client.get(f"{cover}?round={round_.id}&profession=档案保管利用").text
    assert 'value="junior_technician"' in form and 'value="junior_assistant"' not in form
    assert "可直接认定员级职称" in form and "起可以认定" in form and "参评类别" not in form

    sent = {"seen": 1, "round": round_.id, "profession": "档案保管利用", "category": "regular"}
    forged = client.post(cover, data={**sent, "level": "junior_assistant"})
    assert forged.status_code == 422 and "不能认定助理级" in forged.text
    assert client.post(cover, data={**sent, "level": "junior_technician"}).location.endswith("/basics")
    application = session.scalars(select(Application).filter_by(applicant_id=person.id)).one()
    assert (application.kind, application.title.level) == (Kind.RECOGNITION, Level.JUNIOR_TECHNICIAN)

    done = client.post(f"/apply/{application.id}/submit", data={"seen": application.version, "pledged": "y"})
    assert done.location.endswith("/done"), re.findall(r"<li>.*", done.text)
    session.refresh(application)
    assert application.stage is Stage.UNIT
    make.approve(application)
    assert application.stage is Stage.BUREAU


@pytest.mark.parametrize(
    "degree_level, degree, employed_years_ago, level, is_open",
    [
        ("大专", "无", 0, Level.JUNIOR_TECHNICIAN, False),
        ("大专", "无", 2, Level.JUNIOR_TECHNICIAN, True),
        ("大专", "无", 2, Level.JUNIOR_ASSISTANT, False),
        ("大学本科", "学士", 2, Level.JUNIOR_ASSISTANT, True),
        ("硕士研究生", "硕士", 0, Level.JUNIOR_ASSISTANT, True),
        ("硕士研究生", "硕士", 9, Level.INTERMEDIATE, False),
        ("博士研究生", "博士", 0, Level.INTERMEDIATE, True),
    ],
)
def test_a_cover_is_saved_for_a_level_within_reach_only(
    session, degree_level, degree, employed_years_ago, level, is_open
):
    round_ = window()
    _person, account = graduate(degree_level, degree)
    at = clock.now()
    application = operations.start(account, year=round_.year, kind=Kind.RECOGNITION, at=at)
    employed_on = years_ago(at.date(), employed_years_ago)
    make.check_eligibility(application, **make.GRADUATE, employed_on=employed_on)
    chosen = Cover(round_, make.archives(), level, Category.REGULAR)
    if is_open:
        save_cover(application, chosen, by=account, seen=1, at=at)
        assert application.level is level
    else:
        with pytest.raises(LevelOutOfReach):
            save_cover(application, chosen, by=account, seen=1, at=at)


def test_what_is_missing_is_said_and_no_level_offered(session, sign_in):
    round_ = window()
    _person, account = graduate()
    application = operations.start(account, year=round_.year, kind=Kind.RECOGNITION, at=clock.now())
    url = f"/apply/{application.id}/cover?round={round_.id}&profession=档案保管利用"
    page = sign_in(account).get(url).text
    assert "在申报资格自查中填写招工录用或聘用时间" in page and 'name="level"' not in page


def test_a_year_holds_one_of_each_kind_and_one_works_on_one(session, sign_in):
    window()
    reviewed = make.make_application(Stage.UNIT)
    account = reviewed.applicant
    client = sign_in(account)
    assert "同年另外申报" in client.get("/apply/").text
    sent = {"kind": "recognition", "year": reviewed.year}
    opened = client.post("/apply/", data=sent).location
    assert opened != client.post("/apply/", data={"kind": "x", "year": reviewed.year}).location
    rows = session.scalars(
        select(Application).filter_by(applicant_id=account.id).order_by(Application.id)
    ).all()
    assert [each.kind for each in rows] == [Kind.REVIEW, Kind.RECOGNITION]
    assert client.post("/apply/", data=sent).location == opened
    assert the_current_of(list(reversed(rows)), None) is rows[1]
    rows[1].status = Status.LAPSED
    assert the_current_of(list(reversed(rows)), None) is rows[0]
