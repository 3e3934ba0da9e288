"""What stands before the pages: limits, the alarm, the token, what production leaves out (A05, B11, A13, E10, T22, T23)."""

import contextlib
import shutil
import socket
import subprocess
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import alarm, names
from app.models import Message
from app.vocabulary import Role
from tests import factories as make
from tests.accounts.people import PASSWORD, make_mobile
from tests.accounts.test_locks import LOCKS

PUBLIC_FORMS = (
    "/sign-in/",
    "/sign-in/code/",
    "/sign-in/unlock-request",
    "/sign-up/",
    "/sign-up/mobile",
    "/unit-sign-up/",
    "/recover/",
    "/recover/password",
)
PRODUCTION = {
    "MODE": "production",
    "DEBUG": False,
    "SECRET_KEY": "Zk3!vq8Lw0#Rt5@Yb7$Nc2%Hd9^Jf4&Mg6",
    "TRUSTED_HOSTS": ["localhost"],
}


def test_a_flood_from_one_address_is_slowed_down_and_told_so(opened):
    client = opened(RATELIMIT_ENABLED=True, SIGN_IN_LIMIT="3 per minute").test_client()
    answers = [client.post("/sign-in/", data={"name": "nobody", "password": "x"}) for _each in range(4)]

    assert [each.status_code for each in answers] == [422, 422, 422, 429]
    assert "操作太频繁" in answers[-1].text
    assert client.get("/sign-in/").status_code == 200


def from_address(n):
    return {"REMOTE_ADDR": f"192.0.2.{n}"}


def failures(client, name, count, **where):
    def once(n):
        given = {"environ_base": from_address(n)} if where.get("spread") else {}
        return client.post("/sign-in/", data={"name": name, "password": "x"}, **given).status_code

    return [once(n) for n in range(count)]


def test_tries_at_one_name_are_slowed_down_from_wherever_they_come(opened):
    client = opened(RATELIMIT_ENABLED=True, SIGN_IN_NAME_LIMIT="3 per minute").test_client()

    assert failures(client, "some-name", 5, spread=True) == [422, 422, 422, 429, 429]
    assert failures(client, " SOME-name ", 1, spread=True) == [429]
    assert failures(client, "another-name", 3, spread=True) == [422] * 3


def test_the_owner_at_his_own_browser_is_not_slowed_down_with_the_attackers(opened, person):
    name = person.username
    make.db.session.rollback()
    app = opened(RATELIMIT_ENABLED=True, SIGN_IN_NAME_LIMIT="3 per minute")
    owner, attacker = app.test_client(), app.test_client()
    owner.post("/sign-in/", data={"name": name, "password": PASSWORD})
    owner.post("/sign-in/out")
    failures(attacker, name, 9, spread=True)

    assert failures(attacker, name, 1) == [429]
    assert owner.post("/sign-in/", data={"name": name, "password": PASSWORD}).status_code == 302


def known_at(app, name):
    """A browser in which the account has signed in before."""
    client = app.test_client()
    assert client.post("/sign-in/", data={"name": name, "password": PASSWORD}).status_code == 302
    client.post("/sign-in/out")
    return client


def test_a_flood_from_an_address_shuts_out_nobody_who_is_known_there(opened, session, person):
    """A05: a whole unit, or a campus, has one address."""
    name = person.username
    session.rollback()
    app = opened(RATELIMIT_ENABLED=True, SIGN_IN_LIMIT="5 per minute")
    owner, stranger = known_at(app, name), app.test_client()
    assert failures(stranger, "nobody", 9)[-1] == 429

    assert owner.post("/sign-in/", data={"name": name, "password": "wrong"}).status_code == 422
    assert owner.post("/sign-in/", data={"name": name, "password": PASSWORD}).status_code == 302
    assert failures(app.test_client(), name, 1) == [429]


def test_a_browser_of_one_account_has_no_further_tries_at_others(opened, session, person):
    """Else whoever has an account signs in again and again and gets a minute's tries each time."""
    name, victim = person.username, make.make_applicant().account.username
    session.commit()
    app = opened(RATELIMIT_ENABLED=True, SIGN_IN_LIMIT="5 per minute")
    attacker = known_at(app, name)
    failures(app.test_client(), "nobody", 5)

    assert failures(attacker, victim, 1) == [429]
    assert failures(attacker, "nobody", 1) == [429]
    assert failures(attacker, name, 6) == [422] * 5 + [429]


def test_whoever_is_signed_in_confirms_his_password_under_a_flood(opened, session, person):
    name = person.username
    session.rollback()
    app = opened(RATELIMIT_ENABLED=True, SIGN_IN_LIMIT="5 per minute")
    client = app.test_client()
    client.post("/sign-in/", data={"name": name, "password": PASSWORD})
    failures(app.test_client(), "nobody", 9)

    answers = [client.post("/account/confirm/", data={"password": PASSWORD}) for _each in range(6)]
    assert [each.status_code for each in answers] == [302] * 5 + [429]


@pytest.mark.parametrize("hops", [0, 1])
def test_a_forged_header_does_not_choose_the_address_that_is_limited(opened, hops):
    """T22: with the right number of proxies only what the last of them added counts."""
    client = opened(RATELIMIT_ENABLED=True, SIGN_IN_LIMIT="3 per minute", PROXY_HOPS=hops).test_client()

    def once(n):
        chain = f"203.0.113.{n}, 198.51.100.7" if hops else f"203.0.113.{n}"
        given = {"X-Forwarded-For": chain}
        return client.post("/sign-in/", data={"name": f"n{n}", "password": "x"}, headers=given).status_code

    assert [once(n) for n in range(4)] == [422, 422, 422, 429]


# Redis counts for all workers; without it each counts for itself, and what must be exact is in SQL.


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def redis_server(port, folder):
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("no redis-server on this machine")
    process = subprocess.Popen(
        [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        for _each in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def shared(opened, port):
    app = opened(
        RATELIMIT_ENABLED=True, SIGN_IN_LIMIT="3 per hour", RATELIMIT_STORAGE_URI=f"redis://127.0.0.1:{port}"
    )
    return app.test_client()


def test_workers_share_their_counts_through_redis(opened, tmp_path):
    port = free_port()
    with redis_server(port, tmp_path):
        first, second = shared(opened, port), shared(opened, port)
        assert failures(first, "one", 2) == [422, 422]
        assert failures(second, "two", 2) == [422, 429]


def test_a_redis_that_dies_costs_nothing_but_the_sharing(opened, tmp_path):
    port = free_port()
    with redis_server(port, tmp_path):
        client = shared(opened, port)
        assert failures(client, "three", 1) == [422]
    assert failures(client, "four", 4) == [422, 422, 422, 429]


def test_locks_and_quotas_are_exact_where_redis_never_answered(opened, session, person):
    name, mobile = person.username, make_mobile()
    session.rollback()
    client = opened(
        RATELIMIT_ENABLED=True, RATELIMIT_STORAGE_URI=f"redis://127.0.0.1:{free_port()}"
    ).test_client()
    pages = [client.post("/sign-in/", data={"name": name, "password": "x"}) for _each in range(4)]
    assert ["账号已锁定" in each.text for each in pages] == [False, False, False, True]

    asked = [client.post("/recover/", data={"name": "nobody", "mobile": mobile}) for _each in range(4)]
    assert ["次验证码已用完" in each.text for each in asked] == [False, False, False, True]


# The alarm.


def fail(count, at):
    for n in range(count):
        names.count_stranger(f"sprayed {at} {n}", locks=LOCKS, at=at)


@pytest.fixture
def guard(session):
    """A security administrator, and an hour in which nothing has happened yet."""
    return make.make_user(Role.SECURITY_ADMIN)


def texts_of(session, user):
    return session.scalars(select(Message.text).where(Message.recipient_id == user.id)).all()


@pytest.mark.parametrize(("count", "told"), [(19, False), (20, True), (21, True)])
def test_security_is_told_when_passwords_are_tried_all_over(session, guard, now, count, told):
    at = now + timedelta(days=count)
    clerk = make.make_user(Role.SUPER_ADMIN)
    fail(count, at)

    assert alarm.watch_sign_ins(20, at=at) is told
    assert ["20 次以上登录失败" in each for each in texts_of(session, guard)] == [True] * told
    assert texts_of(session, clerk) == []


def test_security_is_told_once_an_hour(session, guard, now):
    at = now + timedelta(days=40)
    rung = []
    for minutes in (0, 1, 59, 60, 61):
        moment = at + timedelta(minutes=minutes)
        fail(20, moment)
        rung.append(alarm.watch_sign_ins(20, at=moment))

    assert rung == [True, False, False, True, False]


@pytest.mark.parametrize(("minutes", "rings"), [(9, True), (10, False)])
def test_failures_of_ten_minutes_count(session, guard, now, minutes, rings):
    at = now + timedelta(days=50 + minutes)
    fail(20, at)

    assert alarm.watch_sign_ins(20, at=at + timedelta(minutes=minutes)) is rings


def test_twenty_who_notice_at_once_ring_once(session, guard, now, together):
    at = now + timedelta(days=70)
    fail(20, at)
    session.commit()

    assert together(20, lambda: alarm.watch_sign_ins(20, at=at)).count(True) == 1


def test_the_sign_in_page_rings(app, client, session, guard, monkeypatch):
    monkeypatch.setitem(app.config, "SIGN_IN_ALARM", 5)
    session.commit()
    for n in range(6):
        client.post("/sign-in/", data={"name": f"sprayed-{n}", "password": "Spring2026"})

    assert ["5 次以上登录失败" in each for each in texts_of(session, guard)] == [True]


@pytest.mark.parametrize("path", PUBLIC_FORMS)
def test_a_post_without_its_token_changes_nothing(opened, path):
    client = opened(WTF_CSRF_ENABLED=True).test_client()

    assert client.post(path, data={"mobile": make_mobile()}).status_code == 400


def test_production_has_no_page_of_sent_texts_and_sends_no_code_into_the_void(opened, session, sent_to):
    client = opened(**PRODUCTION).test_client()
    mobile = make_mobile()
    page = client.post("/recover/", data={"name": "11010519491231002X", "mobile": mobile})

    assert client.get("/development/sms").status_code == 404
    assert page.status_code == 422
    assert "短信服务暂时不能使用" in page.text
    assert sent_to(mobile) is None


def test_development_shows_the_texts_newest_first(client):
    for mobile in (first := make_mobile(), second := make_mobile()):
        client.post("/recover/", data={"name": "nobody", "mobile": mobile})
    client.post("/sign-up/", data={"name": "示例人", "id_number": "11010519491231002X"})
    for mobile in (first, second):
        client.post("/sign-up/mobile", data={"mobile": mobile})

    page = client.get("/development/sms").text
    assert page.index(second) < page.index(first)
    assert page.count(first) == 1
