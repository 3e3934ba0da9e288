"""The one-time link to a new password: once, a day, to the person only, and nobody else learns it (A11)."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import clock
from app.accounts import passwords, reset
from app.models import AuditEntry, Message, Outbox, ResetLink
from tests import factories as make
from tests.accounts.people import PASSWORD

NEW = "another long password"
TYPED = {"password": NEW, "repeat": NEW}


@pytest.fixture
def clerk(session):
    found = make.make_user()
    session.commit()
    return found


@pytest.fixture
def start(session, person, clerk):
    """Start a reset for the person, as whoever may do so; returns the link's path."""

    def begin(at=None, user=person):
        at = at or clock.now()
        token = reset.start_reset(user, by=clerk, at=at)
        reset.send_link(user, f"http://localhost/reset/{token}", at=at)
        session.commit()
        return f"/reset/{token}"

    return begin


def use(client, path, typed=TYPED):
    client.get(path)
    return client.post("/reset/", data=typed)


def test_the_person_sets_a_password_of_his_own_and_every_browser_is_signed_out(
    client, session, person, start, sign_in, now
):
    elsewhere = sign_in(person)
    person.locked_at, person.fail_login_count = now, 4
    session.commit()
    done = use(client, start())

    assert (done.status_code, done.location) == (302, "/sign-in/")
    session.expire_all()
    assert passwords.matches(person.password, NEW)
    assert elsewhere.get("/account/").status_code == 302
    assert client.post("/sign-in/", data={"name": person.username, "password": NEW}).status_code == 302
    told = session.scalars(select(Message.text).where(Message.recipient_id == person.id)).all()
    assert [text[:5] for text in told] == ["已为您发起", "您的登录密"]


def test_the_link_goes_to_the_persons_own_phone(session, person, start):
    path = start()
    text = session.scalars(select(Outbox.text).where(Outbox.mobile == person.mobile)).one()

    assert path in text
    assert "24 小时内有效" in text


def test_a_link_works_once(app, client, start):
    path = start()
    assert use(client, path).status_code == 302

    again = use(
        app.test_client(), path, {"password": "yet another password", "repeat": "yet another password"}
    )
    assert again.status_code == 422
    assert "重置链接已失效" in again.text


def test_of_ten_uses_at_once_one_wins(session, person, start, together, now):
    token = start().rsplit("/", 1)[1]

    def set_one():
        reset.reset(token, NEW, at=now)
        return "done"

    results = together(10, set_one)
    assert (results.count("done"), results.count(reset.LinkDead)) == (1, 9)


@pytest.mark.parametrize(
    ("after", "works"), [(timedelta(hours=24, seconds=-1), True), (timedelta(hours=24), False)]
)
def test_a_link_lasts_a_day(client, start, after, works):
    begun = clock.now()
    path = start(at=begun)

    with time_machine.travel(begun + after, tick=False):
        assert use(client, path).status_code == (302 if works else 422)


def test_a_new_link_ends_the_one_before(app, client, start):
    first, second = start(), start()

    assert use(app.test_client(), first).status_code == 422
    assert use(client, second).status_code == 302


@pytest.mark.parametrize("wrong", ["made-up", "%00", "x" * 3000, "示例", "..%2f.."])
def test_a_made_up_link_opens_nothing_and_says_what_to_do(client, wrong):
    client.get(f"/reset/{wrong}")
    page = client.get("/reset/")

    assert page.status_code == 200
    assert "重置链接已失效" in page.text
    assert client.post("/reset/", data=TYPED).status_code == 422


def test_a_disabled_account_is_not_opened_by_a_link(client, session, person, start):
    path = start()
    person.active = False
    session.commit()

    assert use(client, path).status_code == 422


def test_a_refused_password_does_not_cost_the_link(client, person, start):
    path = start()

    assert "太常见" in use(client, path, {"password": "12345678", "repeat": "12345678"}).text
    assert "不一致" in use(client, path, {"password": NEW, "repeat": "something else"}).text
    assert use(client, path).status_code == 302


def test_the_secret_leaves_the_address_at_once_and_the_cookie_does_not_show_it(client, start):
    path = start()
    token = path.rsplit("/", 1)[1]
    taken = client.get(path)

    assert (taken.status_code, taken.location) == (302, "/reset/")
    assert taken.headers["Referrer-Policy"] == "no-referrer"
    assert token not in client.get("/reset/").text
    assert token not in str(client.get_cookie("session").value)
    with client.session_transaction() as cookie:
        assert token not in str(dict(cookie))


def test_no_answer_log_or_table_holds_the_secret_or_the_password(client, session, person, start, caplog):
    caplog.set_level(logging.DEBUG)
    path = start()
    token = path.rsplit("/", 1)[1]
    done = use(client, path)

    assert not {token, NEW} & set(re.findall(r"[\w-]{21,}|another long password", done.text + caplog.text))
    row = session.scalars(select(ResetLink).where(ResetLink.user_id == person.id)).one()
    assert token != row.digest
    for entry in session.scalars(select(AuditEntry)):
        assert token not in f"{entry.detail}{entry.object_id}{entry.action}"


def test_who_started_and_who_used_it_is_recorded_once_each(client, session, person, clerk, start):
    use(client, start())
    entries = session.execute(
        select(AuditEntry.action, AuditEntry.by_id)
        .where(AuditEntry.object_type == "User", AuditEntry.object_id == str(person.id))
        .order_by(AuditEntry.id)
    ).all()

    assert [tuple(each) for each in entries] == [("start_reset", clerk.id), ("reset_password", person.id)]


def test_until_the_link_is_used_the_old_password_counts(client, session, person, start):
    start()

    assert client.post("/sign-in/", data={"name": person.username, "password": PASSWORD}).status_code == 302


def test_without_a_mobile_no_link_is_started(session, clerk):
    other = make.make_user()
    with pytest.raises(reset.NoMobile):
        reset.start_reset(other, by=clerk, at=clock.now())


@pytest.mark.parametrize(("passed", "refused"), [(-1, True), (0, False), (1, False)])
def test_while_the_hotlines_new_mobile_is_fresh_no_link_is_started(session, person, clerk, passed, refused):
    """B10: otherwise a unit's button would go round the day in which the old number can object."""
    at = clock.now()
    person.recovery_paused_until = at - timedelta(seconds=passed)
    session.flush()
    if refused:
        with pytest.raises(reset.Paused):
            reset.start_reset(person, by=clerk, at=at)
        assert reset.start_reset(person, by=clerk, at=at, though_paused=True)
    else:
        assert reset.start_reset(person, by=clerk, at=at)
    session.rollback()
