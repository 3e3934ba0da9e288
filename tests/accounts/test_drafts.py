"""A draft survives the end of a sign-in, for the same person on the same page only (A03, CSRF: B11)."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, text

from app import clock
from app.accounts import passwords, sessions
from app.accounts.drafts import LASTS
from app.models import AuditEntry, Draft, Person, UnitOpinion
from app.vocabulary import Role, Stage
from tests import factories as make
from tests.accounts.people import PASSWORD

HALF_HOUR = timedelta(minutes=30)
PAGE = "/sections/study-history/add"
TYPED = {"school": "示例大学（没有保存）", "witness": "示例证明人", "start": "2001-09", "then": "add"}
BANNER = "data-draft"


@pytest.fixture
def now():
    """A moment of which the sign-in's own clock knows nothing yet."""
    return clock.now()


def enter(client, user, wanted="", at=None):
    with time_machine.travel(at, tick=False):
        return client.post(
            "/sign-in/",
            query_string={"next": wanted} if wanted else None,
            data={"name": user.username, "password": PASSWORD},
        )


def post_late(client, user, path, typed, now, late=HALF_HOUR):
    """Sign in, wait too long, then post; returns the answer and the moment."""
    enter(client, user, at=now)
    with time_machine.travel(now + late, tick=False):
        return client.post(path, data=typed), now + late


def open_at(client, path, at):
    with time_machine.travel(at, tick=False):
        return client.get(path).text


def test_what_was_typed_too_late_is_there_after_signing_in_again(client, session, person, now):
    answer, later = post_late(client, person, f"{PAGE}?back=/sections/", TYPED, now)
    assert answer.status_code == 302
    assert answer.location == "/sign-in/?next=/sections/study-history/add?back%3D/sections/"
    assert "填写的内容已保留" in open_at(client, answer.location, later)

    back = enter(client, person, f"{PAGE}?back=/sections/", later)
    assert back.location == f"{PAGE}?back=/sections/"
    page = open_at(client, back.location, later)
    assert BANNER in page
    assert 'data-name="school" data-value="示例大学（没有保存）"' in page
    assert re.search(r"<dt>就读学校</dt><dd[^>]*>示例大学（没有保存）</dd>", page)
    assert 'data-name="then"' not in page


def test_nothing_else_was_done_with_it(client, session, person, now):
    post_late(client, person, "/person/", {"email": "late@example.com"}, now)

    session.expire_all()
    assert session.get_one(Person, person.id).email != "late@example.com"
    entries = session.scalars(
        select(AuditEntry.action).where(AuditEntry.by_id == person.id, AuditEntry.object_type == "Draft")
    ).all()
    assert entries == ["keep_draft"]


def test_the_table_holds_nothing_that_can_be_read(client, session, person, now):
    post_late(client, person, PAGE, TYPED, now)

    stored = session.execute(text("SELECT content FROM draft ORDER BY id DESC")).scalars().first()
    assert stored
    assert "示例" not in stored
    assert TYPED["school"].encode("unicode_escape").decode() not in stored


def test_another_person_never_sees_it(client, session, person, now):
    other = make.make_applicant(password=passwords.hash_password(PASSWORD)).account
    session.commit()
    _answer, later = post_late(client, person, PAGE, TYPED, now)

    enter(client, other, PAGE, later)
    page = open_at(client, PAGE, later)
    assert BANNER not in page
    assert TYPED["school"] not in page
    with time_machine.travel(later, tick=False):
        client.post("/account/unsaved/discard", data={"path": PAGE})
        client.post("/sign-in/out")
    enter(client, person, PAGE, later)
    assert BANNER in open_at(client, PAGE, later)


def test_it_is_gone_once_the_page_is_saved(client, session, person, now):
    _answer, later = post_late(client, person, "/person/", {"email": "kept@example.com"}, now)
    enter(client, person, "/person/", later)
    assert BANNER in open_at(client, "/person/", later)
    with time_machine.travel(later, tick=False):
        refused = client.post("/person/", data={"email": "not an address"})
        assert refused.status_code == 422
        assert BANNER in client.get("/person/").text
        version = session.get_one(Person, person.id).version
        saved = client.post("/person/", data={"email": "kept@example.com", "version": version})
        assert saved.status_code == 302

    assert BANNER not in open_at(client, "/person/", later)


def test_it_can_be_discarded(client, session, person, now):
    _answer, later = post_late(client, person, PAGE, TYPED, now)
    enter(client, person, PAGE, later)
    with time_machine.travel(later, tick=False):
        gone = client.post("/account/unsaved/discard", data={"path": PAGE})

    assert gone.location == PAGE
    assert BANNER not in open_at(client, PAGE, later)
    assert session.scalar(select(func.count(Draft.id)).where(Draft.user_id == person.id)) == 0


@pytest.mark.parametrize("path", ["//evil.example/", "http://evil.example/", "", "\\\\evil.example"])
def test_discarding_leads_nowhere_else(client, person, sign_in, path):
    answer = sign_in(person).post("/account/unsaved/discard", data={"path": path})

    assert answer.location == "/"


def test_an_opinion_of_a_clerk_survives_his_quarter_of_an_hour(app, client, session, now):
    application = make.make_application(at=Stage.UNIT)
    clerk = make.make_user(Role.UNIT, application.holder, password=passwords.hash_password(PASSWORD))
    session.commit()
    path = f"/applications/{application.id}/unit-opinion"
    typed = {"appraisal": "工作认真负责（没有保存）", "seen": "1", "saved": ""}
    answer, later = post_late(client, clerk, path, typed, now, timedelta(minutes=15))
    assert answer.status_code == 302
    enter(client, clerk, path, later)
    page = open_at(client, path, later)

    assert "工作认真负责（没有保存）" in page
    assert "<dt>专业技术工作评价</dt>" in page
    assert (
        session.scalar(select(func.count(UnitOpinion.id)).where(UnitOpinion.application_id == application.id))
        == 0
    )


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/account/password", {"current": PASSWORD, "password": "x", "repeat": "x"}),
        ("/account/mobile/", {"code": "123456"}),
        ("/sections/study-history/nothing", {"answer": "yes"}),
        ("/person/", {}),
        ("/no/such/page", {"text": "x"}),
        ("/sections/" + "x" * 300 + "/add", {"text": "x"}),
    ],
)
def test_secrets_buttons_and_pages_that_are_none_are_not_kept(client, session, person, now, path, typed):
    post_late(client, person, path, typed, now)

    assert session.scalar(select(func.count(Draft.id)).where(Draft.user_id == person.id)) == 0


def test_passwords_and_tokens_are_never_part_of_it(client, session, person, now):
    secret = {
        "password": "a secret",
        "new_password": "a secret",
        "repeat": "a secret",
        "csrf_token": "a token",
    }
    _answer, later = post_late(client, person, PAGE, {**TYPED, **secret}, now)
    enter(client, person, PAGE, later)

    page = open_at(client, PAGE, later)
    assert "示例大学" in page
    assert "a secret" not in page


def test_who_signed_out_or_was_signed_out_keeps_nothing(app, client, session, person, now):
    enter(client, person, at=now)
    saved = client.get_cookie("session").value
    with time_machine.travel(now, tick=False):
        client.post("/account/browsers", data={"browser": "all"})
    thief = app.test_client()
    thief.set_cookie("session", saved)
    with time_machine.travel(now + HALF_HOUR, tick=False):
        thief.post(PAGE, data=TYPED)

    assert session.scalar(select(func.count(Draft.id)).where(Draft.user_id == person.id)) == 0


def test_a_cookie_of_long_ago_keeps_nothing(client, session, person, now):
    post_late(client, person, PAGE, TYPED, now, timedelta(hours=24, seconds=1))

    assert session.scalar(select(func.count(Draft.id)).where(Draft.user_id == person.id)) == 0


def test_a_forged_key_or_name_keeps_nothing(app, client, session, person, now):
    other = make.make_applicant().account
    enter(client, person, at=now)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(other.id)
    with time_machine.travel(now + HALF_HOUR, tick=False):
        client.post(PAGE, data=TYPED)

    assert session.scalar(select(func.count(Draft.id)).where(Draft.user_id.in_([person.id, other.id]))) == 0


def test_it_is_kept_for_a_week(client, session, person, now):
    _answer, later = post_late(client, person, PAGE, TYPED, now)
    for wait, there in ((LASTS - timedelta(seconds=1), True), (LASTS, False)):
        enter(client, person, PAGE, later + wait)
        assert (BANNER in open_at(client, PAGE, later + wait)) is there


def test_a_post_without_its_token_is_not_kept(opened, session, person, now):
    client = opened(WTF_CSRF_ENABLED=True).test_client()
    key = make_expired(session, person, now)
    with client.session_transaction() as cookie:
        cookie.update(_user_id=str(person.id), key=key, _fresh=True)
    session.rollback()

    assert client.post(PAGE, data=TYPED).status_code == 400
    assert session.scalar(select(func.count(Draft.id)).where(Draft.user_id == person.id)) == 0


def make_expired(session, user, now):
    key = sessions.open_session(user, at=now - HALF_HOUR)
    session.commit()
    return key
