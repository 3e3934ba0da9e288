"""The workbench: the table of steps decides what is offered and what is accepted."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app import clock
from app.extensions import db
from app.models import Application
from app.vocabulary import ROLE_OF_STAGE, CommitteeTier, Event, Nature, Role, Stage, Status, Tier
from app.workflow import operations, rules
from tests import factories as make
from tests.journeys.notices import know_the_years
from tests.review.pages import OPINION, post, state_of, text_of, url_of


def offered(answer):
    return {each for each in Event if f'id="event-{each.value}"' in answer.text}


ALL_FIVE = {"nature": Nature.STATE_INSTITUTION, "tier": Tier.COUNTY}


def province_round():
    return make.make_round(make.make_committee(CommitteeTier.PROVINCE))


@pytest.mark.parametrize("stage", Stage)
def test_every_office_on_the_way_is_offered_the_four_decisions_and_can_take_each(stage, session, sign_in):
    expected = {Event.APPROVE, Event.RETURN, Event.RESET, Event.DECLINE}
    after = {Event.RETURN: Status.RETURNED, Event.RESET: Status.DRAFT, Event.DECLINE: Status.DECLINED}
    after[Event.APPROVE] = Status.PAPER if stage is Stage.COMMITTEE else Status.IN_REVIEW
    unit, round_ = make.make_unit(**ALL_FIVE), province_round()
    for event in expected:
        application = make.make_application(stage, unit, round_)
        if stage is Stage.UNIT:
            make.write_unit_opinion(application)
        client = sign_in(make.clerk_of(application))
        assert offered(client.get(url_of(application))) == expected
        answer = post(client, application, event.value)
        assert answer.status_code == 302 and answer.location == "/desk/waiting"
        assert state_of(application)[0] is after[event]
        decision = application.decisions[-1]
        assert (decision.event, decision.stage, decision.opinion) == (event, stage, OPINION)


def in_status(status, unit, round_):
    """An application that once lay at the unit and is now in that status."""
    if status is Status.PAPER:
        return make.make_application(Status.PAPER, unit, round_)
    if status is Status.DRAFT:
        application = make.make_application(Stage.UNIT, unit, round_)
        clerk = make.clerk_of(application)
        operations.reset(application, by=clerk, seen=application.version, opinion="重来", at=clock.now())
        return application
    if status is Status.WITHDRAWN:
        application = make.make_application(Stage.UNIT, unit, round_)
        operations.withdraw(application, by=application.applicant, seen=application.version, at=clock.now())
        return application
    if status is Status.FAILED:
        application = make.make_application(Stage.UNIT, unit, round_)
        session = db.session
        session.execute(
            update(Application).where(Application.id == application.id).values(chances_used=rules.CHANCES)
        )
        session.refresh(application)
        operations.return_(
            application, by=make.clerk_of(application), seen=application.version, opinion="第五次", at=clock.now(),
            confirmation=rules.CONFIRMATION,
        )  # fmt: skip
        return application
    if status is Status.LAPSED:
        application = make.make_application(Status.RETURNED, unit, make.make_round())
        operations.lapse_overdue(at=application.round.corrections_until)
        db.session.refresh(application)
        return application
    return make.make_application(status, unit, round_)


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.IN_REVIEW])
def test_in_no_other_status_is_anything_offered_or_accepted(status, session, sign_in):
    unit = make.make_unit(Nature.AGENCY)
    application = in_status(status, unit, make.make_round())
    assert application.status is status
    client = sign_in(make.make_user(Role.UNIT, unit))
    page = client.get(url_of(application))
    assert page.status_code == 200 and offered(page) == set()
    before = state_of(application)
    for event in Event:
        answer = post(client, application, event.value)
        assert answer.status_code == (409 if event in rules.DECISIONS else 422), event
        assert OPINION.splitlines()[0] in answer.text
    assert state_of(application) == before


@pytest.mark.parametrize("stage", Stage)
def test_only_the_office_that_has_it_now_may_decide(stage, session, sign_in):
    """REV-06, for every office of the longest route, while another one has the application."""
    application = make.make_application(stage, make.make_unit(**ALL_FIVE), province_round())
    before = state_of(application)
    stages = [Stage.UNIT, Stage.DEPARTMENT, Stage.BUREAU, Stage.CITY_BUREAU, Stage.COMMITTEE]
    for other, office in zip(stages, make.offices_of(application), strict=True):
        if other is stage:
            continue
        client = sign_in(make.make_user(ROLE_OF_STAGE[other], office))
        passed = stages.index(other) < stages.index(stage)
        page = client.get(url_of(application))
        assert page.status_code == (200 if passed else 404), other
        assert offered(page) == set()
        for event in rules.DECISIONS:
            assert post(client, application, event.value).status_code == (409 if passed else 404)
    assert state_of(application) == before


@pytest.mark.parametrize("role", [Role.UNIT, Role.DEPARTMENT, Role.BUREAU, Role.CITY_BUREAU, Role.COMMITTEE])
def test_a_foreign_application_is_not_found_in_any_role(role, session, sign_in):
    application = make.make_application(Stage.UNIT)
    foreign = {
        Role.UNIT: make.make_unit,
        Role.DEPARTMENT: make.make_department,
        Role.BUREAU: lambda: make.desk_of("西山区", Nature.NON_PUBLIC),
        Role.CITY_BUREAU: lambda: make.desk_of("五华区", Nature.NON_PUBLIC),
        Role.COMMITTEE: make.make_committee,
    }[role]()
    client = sign_in(make.make_user(role, foreign))
    for answer in (
        client.get(url_of(application)),
        client.get("/applications/999999/review"),
        client.get("/applications/99999999999999999999/review"),
        *(post(client, application, event.value) for event in rules.DECISIONS),
    ):
        assert answer.status_code == 404
    assert state_of(application)[0] is Status.IN_REVIEW


def test_the_clerks_role_must_be_the_steps_role(session, sign_in):
    """Acting for the right organisation in another role is not enough."""
    application = make.make_application(Stage.UNIT)
    odd = make.make_user(Role.DEPARTMENT, application.unit)
    assert post(sign_in(odd), application, "return_").status_code in (404, 409)
    assert state_of(application)[0] is Status.IN_REVIEW


def test_nobody_decides_on_his_own_application(session, sign_in):
    application = make.make_application(Stage.UNIT)
    make.join(application.applicant, Role.UNIT, application.unit)
    client = sign_in(application.applicant)
    page = client.get(url_of(application))
    assert offered(page) == set() and "不能审核本人的申报" in text_of(page)
    for event in rules.DECISIONS:
        answer = post(client, application, event.value)
        assert answer.status_code == 409 and "不能审核本人的申报" in text_of(answer)
    assert client.get(f"/applications/{application.id}/unit-opinion").status_code == 409
    assert state_of(application)[0] is Status.IN_REVIEW


def test_a_unit_cannot_approve_before_table_12_nor_before_five_working_days(session, sign_in):
    know_the_years()
    application = make.make_application(Stage.UNIT)
    client = sign_in(make.clerk_of(application))
    assert "推荐前还差" in text_of(client.get(url_of(application)))
    answer = post(client, application, "approve")
    assert answer.status_code == 409
    assert "先填写并保存基层单位意见（表十二），再提交审核结果。" in text_of(answer)
    assert OPINION.splitlines()[1] in answer.text
    running = make.post_notice(
        application, starts_on=clock.today(), ends_on=clock.today() + timedelta(days=7)
    )
    make.write_unit_opinion(application)
    answer = post(client, application, "approve")
    assert answer.status_code == 409 and "公示未满 5 个工作日" in text_of(answer)
    running.starts_on, running.ends_on = clock.today() - timedelta(days=30), clock.today()
    session.commit()
    assert post(client, application, "approve").status_code == 409, "its last day is not over"
    assert post(client, application, "return_").status_code == 302, "what is sent back needs no Table 12"
