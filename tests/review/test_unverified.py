"""An unverified unit reviews without seeing anybody's scans (domain.md 2)."""

from app import clock
from app.models import Attachment, UnitDepartment
from app.organisations.operations import decide_choice
from app.policy import standing_of, visible_among
from app.vocabulary import Choice, Nature, Role, Stage, Tier
from tests import factories as make


def world(session, **unit):
    application = make.make_application(
        at=Stage.UNIT, unit=make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY, **unit)
    )
    clerk = make.clerk_of(application)
    file = session.query(Attachment.id).filter(Attachment.owner_id == application.applicant_id).first().id
    session.commit()
    return application, clerk, file


def test_the_page_names_the_scans_says_why_and_links_to_none(session, sign_in):
    application, clerk, file = world(session, verified_at=None)
    client = sign_in(clerk)
    page = client.get(f"/applications/{application.id}/review").get_data(as_text=True)
    assert "单位尚未核验，核验前不能查看申报人的扫描件" in page
    assert f"/attachments/{file}" not in page
    assert client.get(f"/attachments/{file}").status_code == 404


def test_a_verified_unit_has_the_links(session, sign_in):
    application, clerk, file = world(session)
    page = sign_in(clerk).get(f"/applications/{application.id}/review").get_data(as_text=True)
    assert "单位尚未核验" not in page
    assert f"/attachments/{file}" in page


def test_the_next_office_sees_them_all_the_same(session):
    application, _clerk, file = world(session, verified_at=None)
    make.approve(application)
    desk_clerk = make.make_user(Role.BUREAU, make.desk_of("盘龙区", Nature.NON_PUBLIC))
    assert visible_among(Attachment, [file], standing_of(desk_clerk)) == {file}


def test_a_department_that_takes_a_unit_vouches_for_it(session):
    department = make.make_department()
    unit = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY, verified_at=None)
    choice = make.choose(unit, department, Choice.PENDING)
    at = clock.now()
    decide_choice(
        choice,
        result=Choice.APPROVED,
        opinion="",
        by=make.make_user(Role.DEPARTMENT, department),
        seen=choice.submitted_at,
        at=at,
    )
    session.refresh(unit)
    assert unit.verified_at == at
    assert session.get_one(UnitDepartment, choice.id).status is Choice.APPROVED
