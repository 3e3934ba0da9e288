"""How long a sign-in lasts, and whose browsers are signed in (A01, A03)."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import clock
from app.accounts import passwords
from app.models import AuditEntry, Membership, SignIn
from app.vocabulary import Role
from tests import factories as make
from tests.accounts.people import PASSWORD

SECOND = timedelta(seconds=1)


def open_page(client, at):
    with time_machine.travel(at, tick=False):
        return client.get("/account/").status_code


@pytest.fixture
def enter(app, session):
    """Sign in by the page at a moment; returns the client."""

    def sign_in(user, at):
        client = app.test_client()
        with time_machine.travel(at, tick=False):
            client.post("/sign-in/", data={"name": user.username, "password": PASSWORD})
        return client

    return sign_in


def staff(role):
    office = {
        Role.UNIT: make.make_unit,
        Role.DEPARTMENT: make.make_department,
        Role.COMMITTEE: make.make_committee,
    }.get(role)
    hashed = passwords.hash_password(PASSWORD)
    return (
        make.make_user(role, office(), password=hashed) if office else make.make_user(role, password=hashed)
    )


@pytest.mark.parametrize("role", [Role.UNIT, Role.DEPARTMENT, Role.COMMITTEE, Role.HOTLINE, Role.SUPER_ADMIN])
@pytest.mark.parametrize(
    ("idle", "status"), [(timedelta(minutes=15) - SECOND, 200), (timedelta(minutes=15), 302)]
)
def test_staff_are_signed_out_after_a_quarter_of_an_hour(session, enter, now, role, idle, status):
    user = staff(role)
    session.commit()

    assert open_page(enter(user, now), now + idle) == status


@pytest.mark.parametrize(
    ("idle", "status"), [(timedelta(minutes=30) - SECOND, 200), (timedelta(minutes=30), 302)]
)
def test_applicants_are_signed_out_after_half_an_hour(enter, person, now, idle, status):
    assert open_page(enter(person, now), now + idle) == status


def test_an_applicant_who_is_a_clerk_too_has_a_quarter(session, enter, person, now):
    session.add(Membership(user=person, role=Role.UNIT, organisation=make.make_unit()))
    session.commit()

    assert open_page(enter(person, now), now + timedelta(minutes=15)) == 302


@pytest.mark.parametrize(
    ("last", "status"), [(timedelta(hours=12) - SECOND, 200), (timedelta(hours=12), 302)]
)
def test_twelve_hours_are_the_end_however_busy(enter, person, now, last, status):
    client = enter(person, now)
    for quarter in range(1, 48):
        assert open_page(client, now + quarter * timedelta(minutes=15)) == 200

    assert open_page(client, now + last) == status


def test_each_request_begins_the_half_hour_anew(enter, person, now):
    client = enter(person, now)
    assert open_page(client, now + timedelta(minutes=20)) == 200
    assert open_page(client, now + timedelta(minutes=49)) == 200
    assert open_page(client, now + timedelta(minutes=80)) == 302


def test_ones_browsers_are_listed_and_each_can_be_signed_out(session, enter, person, now):
    here, there, third = (enter(person, now - minutes * timedelta(minutes=1)) for minutes in (0, 5, 9))
    page = here.get("/account/").text
    assert "现在有 3 个浏览器登录了这个账号" in page
    assert page.count(">此浏览器<") == 1

    keys = session.scalars(
        select(SignIn.id).where(SignIn.user_id == person.id).order_by(SignIn.created_at)
    ).all()
    answer = here.post("/account/browsers", data={"browser": keys[1]})
    assert answer.location == "/account/#security"
    assert [each.get("/account/").status_code for each in (here, there, third)] == [200, 302, 200]
    entries = session.scalars(
        select(AuditEntry.action).where(
            AuditEntry.object_id == str(person.id), AuditEntry.action == "end_sign_in"
        )
    ).all()
    assert len(entries) == 1


def test_all_browsers_are_signed_out_at_once_this_one_too(enter, person, now):
    here, there = enter(person, now), enter(person, now)
    answer = here.post("/account/browsers", data={"browser": "all"})

    assert answer.location == "/sign-in/"
    assert [each.get("/account/").status_code for each in (here, there)] == [302, 302]


@pytest.mark.parametrize("wrong", ["", "0", "x", "9" * 30, "-1"])
def test_nothing_else_is_signed_out(session, enter, person, now, wrong):
    other = make.make_applicant(password=passwords.hash_password(PASSWORD)).account
    session.commit()
    here, stranger = enter(person, now), enter(other, now)
    foreign = session.scalar(select(SignIn.id).where(SignIn.user_id == other.id))

    here.post("/account/browsers", data={"browser": wrong})
    here.post("/account/browsers", data={"browser": foreign})
    assert [each.get("/account/").status_code for each in (here, stranger)] == [200, 200]


def test_the_cookie_saved_before_is_worth_nothing_after(app, enter, person, now):
    here = enter(person, clock.now())
    saved = here.get_cookie("session").value
    here.post("/account/browsers", data={"browser": "all"})
    thief = app.test_client()
    thief.set_cookie("session", saved)

    assert thief.get("/account/").status_code == 302
