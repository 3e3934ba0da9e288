"""A unit that neglected its review recommends nobody in the next year (UNI-11)."""

import pytest
from sqlalchemy import select

from app import clock
from app.errors import Incomplete, SuspensionRefused
from app.models import Message, Person
from app.organisations.operations import check_suspension
from app.vocabulary import Role, Stage, Status
from app.workflow.readiness import gaps_of
from tests import factories as make
from tests.review.pages import text_of

WORDS = "工作单位被暂停 %(year)s 年度职称申报推荐"


@pytest.mark.parametrize(("offset", "stopped"), [(-1, False), (0, True), (1, False), (None, False)])
def test_nobody_applies_through_it_in_that_year_only(session, offset, stopped):
    application = make.make_draft()
    application.unit.suspended_year = None if offset is None else application.year + offset
    session.flush()
    assert (WORDS in [gap.what for gap in gaps_of(application, at=clock.now())]) is stopped
    if stopped:
        with pytest.raises(Incomplete):
            make.submit(application)
    else:
        make.submit(application)
    assert (application.status is Status.DRAFT) is stopped


def test_the_person_reads_why_and_goes_on_at_another_unit(session, sign_in):
    application = make.make_draft()
    unit = application.unit
    unit.suspended_year = application.year
    session.commit()
    page = text_of(sign_in(application.applicant).get("/home/"))
    assert f"工作单位被暂停 {application.year} 年度职称申报推荐" in page and unit.name in page
    make.employ(session.get_one(Person, application.applicant_id), make.make_unit(), confirmed=False)
    assert make.submit(application).stage is Stage.UNIT


def test_what_was_handed_in_before_goes_on(session):
    application = make.make_application(Stage.UNIT)
    application.unit.suspended_year = application.year + 1
    make.approve(application)
    assert application.stage is Stage.DEPARTMENT


def test_its_clerks_are_told_once_and_see_it(session, sign_in):
    unit, year = make.make_unit(), clock.today().year + 1
    clerk, chief = make.make_user(Role.UNIT, unit), make.make_user(Role.SUPER_ADMIN)
    client = sign_in(chief)

    def save(**changed):
        page = client.get(f"/admin/units/edit/{unit.id}").text
        version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
        given = {
            "name": unit.name, "credit_code": unit.credit_code, "nature": unit.nature, "tier": unit.tier,
            "region": unit.region_id, "contact_phone": unit.contact_phone, "verified_at": "y",
            "suspended_year": unit.suspended_year or "", "suspension_reason": unit.suspension_reason,
            "version": version, **changed,
        }  # fmt: skip
        answer = client.post(f"/admin/units/edit/{unit.id}", data=given)
        assert answer.status_code == 302, text_of(answer)
        session.refresh(unit)

    save(suspended_year=str(year), suspension_reason="未公示即推荐")
    save(contact="示例联系人乙")
    told = session.scalars(select(Message.text).where(Message.recipient_id == clerk.id)).all()
    assert told == [
        f"{unit.name} 被暂停 {year} 年度职称申报推荐，本单位人员该年度不能提交申报。原因：未公示即推荐"
    ]
    assert f"暂停 {year} 年度职称申报推荐" in text_of(sign_in(clerk).get("/unit/"))
    save(suspended_year="")
    assert unit.suspended_year is None
    assert "已恢复" in session.scalars(select(Message.text).order_by(Message.id.desc())).first()


@pytest.mark.parametrize(("offset", "reason"), [(0, "未公示即推荐"), (2, "未公示即推荐"), (1, " ")])
def test_only_the_next_year_and_only_for_a_reason(session, offset, reason):
    unit, at = make.make_unit(), clock.now()
    unit.suspended_year, unit.suspension_reason = at.year + offset, reason
    with pytest.raises(SuspensionRefused, match=f"只能暂停下一年度（{at.year + 1} 年）的推荐"):
        check_suspension(unit, at=at)
    unit.suspended_year, unit.suspension_reason = at.year + 1, "未公示即推荐"
    check_suspension(unit, at=at)
