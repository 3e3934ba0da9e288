"""The demo: every status and stage, through the operations, sound by flask check, and never in production."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from stdnum.cn import ric

from app import clock
from app.accounts import passwords
from app.checks import all_invariants
from app.demo import ACCOUNTS, PASSWORD
from app.demo.commands import demo
from app.demo.stories import STORIES, notice_period
from app.models import Application, Membership, Person, User
from app.vocabulary import Role, Stage, Status
from app.workflow.notices import holidays
from app.workflow.readiness import gaps_of
from app.workflow.working_days import working_days


@pytest.fixture(scope="module")
def invented(app):
    answer = app.test_cli_runner().invoke(demo)
    assert answer.exit_code == 0, answer.output
    return answer.output


def application_of(session, username):
    return session.scalars(
        select(Application).join(User, User.id == Application.applicant_id).where(User.username == username)
    ).one_or_none()


def test_every_status_and_every_stage_occurs(invented, session):
    assert set(session.scalars(select(Application.status))) == set(Status)
    assert set(
        session.scalars(select(Application.stage).where(Application.status == Status.IN_REVIEW))
    ) == set(Stage)


def test_every_role_has_an_account_that_can_sign_in(invented, session):
    roles = {}
    for _label, username, password in ACCOUNTS:
        user = session.scalars(select(User).where(User.username == username)).one()
        assert passwords.matches(user.password, password) and user.active
        roles[username] = set(session.scalars(select(Membership.role).where(Membership.user_id == user.id)))
    assert set().union(*roles.values()) == set(Role)
    assert all(len(each) == 1 for each in roles.values())


def test_the_sample_person_is_complete_and_has_not_applied(invented, session, sign_in):
    user = session.scalars(select(User).where(User.username == "demo-applicant")).one()
    assert application_of(session, "demo-applicant") is None
    home = sign_in(user).get("/home/").text
    assert "0 项" in home

    ready = application_of(session, "demo-ready")
    assert ready.status is Status.DRAFT and gaps_of(ready, at=clock.now()) == []
    assert len(gaps_of(application_of(session, "demo-draft"), at=clock.now())) == 3
    assert [gap.what for gap in gaps_of(application_of(session, "demo-blocked"), at=clock.now())] == [
        "主管单位审核未通过"
    ]


def test_persons_are_nobody(invented, session):
    numbers = session.scalars(select(User.id_number).where(User.id_number.is_not(None))).all()
    assert len(numbers) == session.scalar(select(func.count(Person.id)))
    for number in numbers:
        assert ric.validate(number) == number and number[14:17] == "000"


def test_everything_the_check_verifies_holds(invented, session):
    assert [finding for each in all_invariants() for finding in each.broken_by()] == []


def test_it_names_its_accounts(invented):
    for _label, username, _password in ACCOUNTS:
        assert username in invented
    assert all(story.username in invented for story in STORIES) and PASSWORD in invented


def test_it_is_never_made_twice(invented, app, session):
    before = session.scalar(select(func.count(User.id)))
    again = app.test_cli_runner().invoke(demo)
    assert again.exit_code == 1 and "演示数据已经建立" in again.output
    quiet = app.test_cli_runner().invoke(demo, ["--if-empty"])
    assert (quiet.exit_code, quiet.output) == (0, "")
    assert session.scalar(select(func.count(User.id))) == before


def test_production_refuses(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "IS_PRODUCTION", True)
    answer = app.test_cli_runner().invoke(demo, ["--if-empty"])

    assert answer.exit_code == 1 and answer.output.strip() == "Error: 生产环境不建立演示数据。"


@pytest.mark.parametrize("days", [0, 1, 30, 200, 700])
def test_the_notice_is_long_enough_whenever_it_is_made(session, days):
    before = clock.today() + timedelta(days=days)
    first, last = notice_period(before)

    assert last < before and working_days(first, last, holidays()) >= 5
