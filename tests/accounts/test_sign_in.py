"""Signing in and out: names, the lock, dead cookies, safe destinations (ACC-08, A01, A02, A04, A07, C12)."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import clock
from app.accounts import operations, passwords
from app.accounts.operations import Locks
from app.models import AuditEntry, SignIn, User
from tests import factories as make
from tests.accounts.people import PASSWORD, without_token

LOCKS = Locks(tries=3, length=timedelta(minutes=30))


def attempt(name, password, at):
    return operations.sign_in(name, password, locks=LOCKS, at=at)


def post(client, name, password, query=""):
    return client.post(f"/sign-in/{query}", data={"name": name, "password": password})


@pytest.mark.parametrize("field", ["username", "mobile", "id_number"])
def test_a_person_signs_in_by_any_of_his_three_names(client, person, field):
    answer = post(client, getattr(person, field), PASSWORD)

    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/account/").status_code == 200


def test_a_lower_case_x_is_the_same_number(client, session):
    make.make_applicant(password=passwords.hash_password(PASSWORD)).account.id_number = "11010519491231002X"
    session.commit()

    assert post(client, " 11010519491231002x ", PASSWORD).status_code == 302


@pytest.mark.parametrize("known", [True, False])
def test_capitals_tell_nothing_of_who_exists(session, person, now, known):
    """A07: the same name in other capitals is counted as the same name, whether or not somebody has it."""
    name = person.username if known else "nobody-by-this-name"
    left = [attempt(each, "wrong", now).tries_left for each in (name, name.upper(), name.title())]
    assert left == [3, 2, 1]


def test_the_fourth_wrong_password_locks_and_the_third_does_not(session, person, now):
    said = [attempt(person.username, "wrong", now) for _each in range(4)]

    assert [(each.tries_left, each.locked) for each in said] == [
        (3, False),
        (2, False),
        (1, False),
        (0, True),
    ]
    assert attempt(person.username, PASSWORD, now).locked


def test_the_right_password_after_three_wrong_ones_opens_and_resets_the_count(session, person, now):
    for _each in range(3):
        attempt(person.username, "wrong", now)

    assert attempt(person.username, PASSWORD, now).user.id == person.id
    assert attempt(person.username, "wrong", now).tries_left == 3


@pytest.mark.parametrize(
    ("after", "locked"), [(timedelta(minutes=30, seconds=-1), True), (timedelta(minutes=30), False)]
)
def test_a_lock_opens_by_itself_after_thirty_minutes(session, person, now, after, locked):
    for _each in range(4):
        attempt(person.username, "wrong", now)

    assert attempt(person.username, PASSWORD, now + after).locked is locked


def test_after_the_lock_opened_by_itself_counting_begins_anew(session, person, now):
    for _each in range(4):
        attempt(person.username, "wrong", now)

    assert attempt(person.username, "wrong", now + timedelta(minutes=31)).tries_left == 3


def test_a_lock_without_length_never_opens_by_itself(session, person, now):
    never = Locks(tries=3, length=timedelta(0))
    for _each in range(4):
        operations.sign_in(person.username, "wrong", locks=never, at=now)

    assert operations.sign_in(person.username, PASSWORD, locks=never, at=now + timedelta(days=400)).locked


def test_an_unlocked_account_opens_at_once_and_the_record_says_who_did_it(session, person, now):
    clerk = make.make_user()
    session.commit()
    for _each in range(4):
        attempt(person.username, "wrong", now)

    assert operations.unlock(person, by=clerk, at=now)
    session.commit()
    assert attempt(person.username, PASSWORD, now).user.id == person.id
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "unlock")).all()[-1]
    assert (entry.by_id, entry.object_id) == (clerk.id, str(person.id))
    assert not operations.unlock(person, by=clerk, at=now)


def test_forty_parallel_wrong_passwords_lock_once(app, session, person, now, together):
    pk, name = person.id, person.username
    said = together(40, lambda: attempt(name, "wrong", now).locked)

    assert said.count(False) == 3
    session.expire_all()
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "lock", AuditEntry.object_id == str(pk))
    ).all()
    assert (session.get_one(User, pk).fail_login_count, len(entries)) == (4, 1)


def test_a_name_without_an_account_is_answered_like_one_with_it(app, person):
    """Each try with a new browser: the answer may hang on nothing that the browser keeps (A07)."""

    def pages(name):
        found = []
        for _each in range(6):
            answer = post(app.test_client(), name, "wrong")
            # The minute at which it opens may pass between two tries.
            text = re.sub(r"\d{1,2}:\d{2}", "…", without_token(answer.text))
            found.append((answer.status_code, text.replace(name, "…")))
        return found

    assert pages(person.username) == pages("nobody-of-this-name")


def test_a_disabled_account_is_told_so_only_with_the_right_password(client, session, person):
    person.active = False
    session.commit()

    assert "还可以再试 3 次" in post(client, person.username, "wrong").text
    assert "账号已停用" in post(client, person.username, PASSWORD).text


def test_what_was_typed_is_kept_but_never_the_password(client, person):
    page = post(client, person.username, "a wrong password")

    assert page.status_code == 422
    assert f'value="{person.username}"' in page.text
    assert "a wrong password" not in page.text


@pytest.mark.parametrize(
    "name", ["\x00", "' OR 1=1 --", "𠮷" * 200, "%", "1" * 5000], ids=["nul", "sql", "astral", "like", "long"]
)
def test_odd_names_are_refused_like_any_other(client, name):
    assert post(client, name, "wrong").status_code == 422


def test_a_cookie_saved_before_signing_out_is_dead(app, client, person):
    post(client, person.username, PASSWORD)
    saved = client.get_cookie("session").value
    client.post("/sign-in/out")

    thief = app.test_client()
    thief.set_cookie("session", saved)
    answer = thief.get("/account/")
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/sign-in/")


def test_a_key_planted_before_signing_in_is_worth_nothing_after(app, client, session, person):
    with client.session_transaction() as cookie:
        cookie["key"] = "planted"
        cookie["left over"] = "from before"
    post(client, person.username, PASSWORD)

    with client.session_transaction() as cookie:
        assert cookie["key"] != "planted"
        assert "left over" not in cookie
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(_user_id=str(person.id), key="planted", _fresh=True)
    assert thief.get("/account/").status_code == 302


def test_a_cookie_of_one_person_cannot_name_another(app, client, session, person):
    other = make.make_applicant().account
    session.commit()
    post(client, person.username, PASSWORD)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(other.id)

    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize(
    ("later", "status"),
    [({"minutes": 29}, 200), ({"minutes": 31}, 302), ({"hours": 12, "minutes": 1}, 302)],
)
def test_a_sign_in_ends_when_idle_and_after_twelve_hours(client, person, later, status):
    post(client, person.username, PASSWORD)

    with time_machine.travel(clock.now() + timedelta(**later), tick=False):
        assert client.get("/account/").status_code == status


def test_signing_out_needs_a_post(client, person):
    post(client, person.username, PASSWORD)

    assert client.get("/sign-in/out").status_code == 405
    assert client.get("/account/").status_code == 200


def test_a_password_change_ends_the_other_browsers_and_keeps_this_one(app, client, session, person):
    other = app.test_client()
    post(client, person.username, PASSWORD)
    post(other, person.username, PASSWORD)

    answer = client.post(
        "/account/password",
        data={"current": PASSWORD, "password": "another long one", "repeat": "another long one"},
    )

    assert (answer.status_code, answer.location) == (302, "/account/")
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302


def test_the_old_password_is_verified_before_a_change(client, session, person):
    post(client, person.username, PASSWORD)
    page = client.post(
        "/account/password",
        data={"current": "not it", "password": "another long one", "repeat": "another long one"},
    )

    assert page.status_code == 422
    assert "当前密码不正确" in page.text
    session.expire_all()
    assert passwords.matches(person.password, PASSWORD)


def test_who_must_change_his_password_does_nothing_else_first(client, session, person):
    person.must_change_password = True
    session.commit()
    post(client, person.username, PASSWORD)

    for path in ("/", "/account/", "/messages/", "/notices/"):
        assert client.get(path).location == "/account/password"
    client.post(
        "/account/password",
        data={"current": PASSWORD, "password": "another long one", "repeat": "another long one"},
    )
    assert client.get("/account/").status_code == 200


def test_the_database_holds_no_key_that_opens(client, session, person):
    post(client, person.username, PASSWORD)
    with client.session_transaction() as cookie:
        key = cookie["key"]

    assert key not in session.scalars(select(SignIn.key)).all()


@pytest.mark.parametrize(
    "wanted",
    [
        "http://evil.example/",
        "https://evil.example",
        "//evil.example/",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
        "http:evil.example",
        "http:/evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://localhost@evil.example/",
        "http://localhost:80@evil.example/",
        "http://localhost//evil.example/",
        "http://localhost.evil.example/",
        "http://[evil",
        "\x00//evil.example",
        "\t//evil.example",
        " //evil.example",
        "/%2f/evil.example",
        "/account/\r\nLocation: http://evil.example",
        "/no/such/page",
        "/sign-in/out",
        "?next=//evil.example",
        "evil.example",
    ],
)
def test_nobody_is_sent_to_a_foreign_place_after_signing_in(app, person, wanted):
    client = app.test_client()
    answer = client.post(
        "/sign-in/", query_string={"next": wanted}, data={"name": person.username, "password": PASSWORD}
    )

    assert (answer.status_code, answer.location) == (302, "/")


@pytest.mark.parametrize("wanted", ["/account/", "/messages/?type=review", "http://localhost/account/"])
def test_who_asked_for_a_page_gets_it_after_signing_in(app, person, wanted):
    client = app.test_client()
    answer = client.post(
        "/sign-in/", query_string={"next": wanted}, data={"name": person.username, "password": PASSWORD}
    )

    assert answer.location == wanted.removeprefix("http://localhost")


def test_an_anonymous_person_is_asked_to_sign_in_and_comes_back(client, person):
    asked = client.get("/account/")
    assert asked.location.startswith("/sign-in/?next=")
    page = client.get(asked.location)
    assert "登录后继续打开刚才的页面" in page.text
    assert "alert-danger" not in page.text

    answer = client.post(asked.location, data={"name": person.username, "password": PASSWORD})
    assert answer.location == "/account/"


def test_who_is_signed_in_does_not_see_the_box_again(client, person):
    post(client, person.username, PASSWORD)

    for path in ("/sign-in/", "/sign-up/", "/unit-sign-up/", "/recover/"):
        assert client.get(path).location == "/"


def test_the_page_lists_open_committees_by_their_end_and_says_how_long(client, session):
    make.make_round(
        closes_at=clock.now() + timedelta(days=3), committee=make.make_committee(name="示例先截止评委会")
    )
    make.make_round(
        closes_at=clock.now() + timedelta(days=9), committee=make.make_committee(name="示例后截止评委会")
    )
    make.make_round(
        committee=make.make_committee(name="示例已截止评委会"),
        opens_at=clock.now() - timedelta(days=9),
        closes_at=clock.now() - timedelta(minutes=1),
    )
    session.commit()

    page = client.get("/sign-in/").text
    assert page.index("示例先截止评委会") < page.index("示例后截止评委会")
    assert "还有 3 天截止" in page
    assert "示例已截止评委会" not in page
    assert "谨防" in page
