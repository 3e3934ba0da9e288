"""Where wrong passwords are counted, whom that locks out, and who opens (ACC-08…10, X-01, A04, A05, A07)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app import clock
from app.accounts import devices, help, locks, operations, passwords
from app.accounts.locks import LOCK, MISS, Locks
from app.extensions import db
from app.models import AuditEntry, Employment, HelpRequest, KnownDevice, Message, Person, SignIn, User
from app.vocabulary import CaseKind, RequestStatus, Result, Role
from tests import factories as make
from tests.accounts.people import PASSWORD, without_token

HALF_AN_HOUR = timedelta(minutes=30)
LOCKS = Locks(tries=3, length=HALF_AN_HOUR)
OWN, OTHER, ELSEWHERE = "own browser", "another of his own", ""


def attempt(user, password, at, browser=ELSEWHERE):
    return operations.sign_in(user.username, password, device=browser, locks=LOCKS, at=at)


@pytest.fixture
def at_home(session, person, now):
    """The person, known in two browsers."""
    for key in (OWN, OTHER):
        session.add(KnownDevice(user_id=person.id, digest=devices.digest(key), seen_at=now))
    session.commit()
    return person


# Wrong passwords from each place, then whether the right one opens from each place.
ATTACKS = """
    elsewhere own other | elsewhere own other
    0         0   0     | in        in  in
    3         0   0     | in        in  in
    4         0   0     | locked    in  in
    40        0   0     | locked    in  in
    4         3   0     | locked    in  in
    0         3   3     | in        in  in
    0         4   0     | locked    locked in
    3         4   0     | locked    locked in
    4         4   4     | locked    locked locked
"""


@pytest.mark.parametrize("line", [each.split() for each in ATTACKS.strip().splitlines()[1:]], ids=" ".join)
def test_a_known_browser_has_a_counter_of_its_own(session, at_home, now, line):
    for wrong, browser in zip(map(int, line[:3]), (ELSEWHERE, OWN, OTHER), strict=True):
        for _each in range(wrong):
            attempt(at_home, "wrong", now, browser)

    for expected, browser in zip(line[4:], (ELSEWHERE, OWN, OTHER), strict=True):
        found = _peek(session, at_home, now, browser)
        assert found.locked is (expected == "locked"), browser or "elsewhere"


def _peek(session, user, now, browser):
    """What the right password would get, without its taking effect on the next question."""
    before = session.execute(select(KnownDevice.id, KnownDevice.digest)).all()
    found = attempt(user, PASSWORD, now, browser)
    session.expire_all()
    for pk, digest in before:
        session.get_one(KnownDevice, pk).digest = digest
    session.commit()
    return found


def test_an_owner_is_told_his_own_count_whatever_others_try(session, at_home, now):
    for _each in range(9):
        attempt(at_home, "wrong", now)

    said = [attempt(at_home, "wrong", now, OWN) for _each in range(4)]
    assert [(each.tries_left, each.locked, each.is_known) for each in said] == [
        (3, False, True),
        (2, False, True),
        (1, False, True),
        (0, True, True),
    ]


def test_an_owner_who_comes_in_does_not_open_the_lock_for_others(session, at_home, now):
    for _each in range(4):
        attempt(at_home, "wrong", now)
    assert attempt(at_home, PASSWORD, now, OWN).user

    assert attempt(at_home, PASSWORD, now).locked


@pytest.mark.parametrize("browser", [ELSEWHERE, OWN], ids=["elsewhere", "own"])
@pytest.mark.parametrize(("seconds", "locked"), [(-1, True), (0, False), (1, False)])
def test_a_lock_opens_to_the_second(session, at_home, now, browser, seconds, locked):
    for _each in range(3):
        attempt(at_home, "wrong", now, browser)
    assert attempt(at_home, "wrong", now, browser).opens_at == now + HALF_AN_HOUR

    then = now + HALF_AN_HOUR + timedelta(seconds=seconds)
    assert attempt(at_home, PASSWORD, then, browser).locked is locked


def test_a_key_is_good_for_the_account_it_was_given_for_only(session, at_home, now):
    victim = make.make_applicant(password=passwords.hash_password(PASSWORD)).account
    session.commit()
    for _each in range(4):
        attempt(victim, "wrong", now, OWN)

    assert not attempt(victim, PASSWORD, now, OWN).is_known
    assert attempt(victim, PASSWORD, now).locked


def test_the_key_changes_at_every_sign_in_and_the_old_one_is_worth_nothing(session, at_home, now):
    new = attempt(at_home, PASSWORD, now, OWN).device

    assert (devices.find(at_home.id, OWN), devices.find(at_home.id, OTHER) is None) == (None, False)
    assert devices.find(at_home.id, new)


def test_people_who_share_a_browser_are_both_known_in_it(session, at_home, now):
    second = make.make_applicant(password=passwords.hash_password(PASSWORD)).account
    session.commit()

    key = attempt(second, PASSWORD, now, OWN).device
    assert devices.find(at_home.id, key)
    assert devices.find(second.id, key)


def test_ten_browsers_are_remembered_the_last_used_ones(session, person, now):
    keys = [attempt(person, PASSWORD, now + timedelta(minutes=n)).device for n in range(12)]

    assert [devices.find(person.id, each) is not None for each in keys] == [False] * 2 + [True] * 10


def test_the_table_holds_no_key_of_a_browser(session, person, now):
    key = attempt(person, PASSWORD, now).device

    assert key not in session.scalars(select(KnownDevice.digest)).all()


def test_the_cookie_of_a_known_browser_lasts_and_is_out_of_reach_of_scripts(client, person):
    answer = client.post("/sign-in/", data={"name": person.username, "password": PASSWORD})
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("device="))

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=31536000" in cookie
    client.post("/sign-in/out")
    assert client.get_cookie("device") is not None


@pytest.fixture
def hurried(session):
    """SQLite does not wait for the disk: five thousand commits would."""

    def wait(how):
        if db.engine.dialect.name == "sqlite":
            session.commit()
            connection = db.engine.raw_connection()
            connection.cursor().execute(f"PRAGMA synchronous={how}")
            connection.close()

    wait("OFF")
    yield
    wait("FULL")


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.timeout(600)
def test_a_thousand_accounts_under_attack_lock_out_no_owner(session, now, hurried):
    """A05. The attack is counted in one transaction."""
    hashed = passwords.hash_password(PASSWORD)
    owners = [make.make_user(password=hashed) for _each in range(1000)]
    session.add_all(
        KnownDevice(user_id=each.id, digest=devices.digest(f"{OWN} {each.id}"), seen_at=now)
        for each in owners
    )
    session.commit()
    names = [(each.id, each.username) for each in owners]
    session.expunge_all()

    for pk, _name in names:
        for _guess in range(4):
            locks.count_failure(pk, None, locks=LOCKS, at=now)
    session.commit()
    outside = [operations.sign_in(name, PASSWORD, locks=LOCKS, at=now).locked for _pk, name in names[::50]]
    inside = [
        operations.sign_in(name, PASSWORD, device=f"{OWN} {pk}", locks=LOCKS, at=now).locked
        for pk, name in names
    ]

    assert (outside, inside) == ([True] * 20, [False] * 1000)


def test_a_lock_survives_a_restart(opened, session, person):
    name = person.username
    session.rollback()
    first = opened().test_client()
    for _each in range(4):
        first.post("/sign-in/", data={"name": name, "password": "wrong"})
    page = opened().test_client().post("/sign-in/", data={"name": name, "password": PASSWORD})

    assert page.status_code == 422
    assert "账号已锁定" in page.text


def test_parallel_tries_at_a_name_without_an_account_lock_as_exactly(app, session, now, together):
    """Else the number of answers before the lock would tell that there is no such account (A07)."""
    said = together(40, lambda: operations.sign_in("no such name", "wrong", locks=LOCKS, at=now).locked)

    assert said.count(False) == 3


def test_a_name_without_an_account_is_locked_and_opened_like_one_that_has_it(app, session, person):
    """Answers of both, word for word, over two locks and the time between them."""

    def pages(name):
        found = []
        for minutes in (0, 0, 0, 0, 0, 29, 30, 30):
            with time_machine.travel(
                datetime(2026, 5, 6, 7, 8, tzinfo=clock.SHANGHAI) + timedelta(minutes=minutes), tick=False
            ):
                answer = app.test_client().post("/sign-in/", data={"name": name, "password": "wrong"})
            found.append((answer.status_code, without_token(answer.text).replace(name, "…")))
        return found

    theirs = pages(person.username)
    assert theirs == pages("nobody-at-all")
    assert ["账号已锁定" in text for _status, text in theirs] == [False] * 3 + [True] * 3 + [False] * 2
    assert "2026年5月6日 07:38 自动解锁" in theirs[4][1]


@pytest.mark.parametrize("name", ["an account", "nobody"])
def test_every_refused_try_leaves_one_entry(app, client, session, person, name, monkeypatch):
    monkeypatch.setitem(app.config, "SIGN_IN_ALARM", 0)
    name = person.username if name == "an account" else "nobody-with-this-name"
    session.rollback()
    first = session.scalar(select(func.max(AuditEntry.id))) or 0
    for _each in range(6):
        client.post("/sign-in/", data={"name": name, "password": "wrong"})

    entries = session.scalars(select(AuditEntry).where(AuditEntry.id > first).order_by(AuditEntry.id)).all()
    assert [each.action for each in entries] == [MISS, MISS, MISS, LOCK, "sign_in", "sign_in"]
    assert {each.result for each in entries} == {Result.DENIED}
    assert all(name not in (each.object_id, each.detail) for each in entries)


# 请求解锁.


def lock(user, at):
    for _each in range(4):
        attempt(user, "wrong", at)


def ask(user, at):
    return help.ask_unlock(user.username, locks=LOCKS, at=at)


def employ(person, unit, at, ended=False):
    person = person.id if isinstance(person, User) else person
    db.session.add(Employment(person_id=person, unit_id=unit.id, asked_at=at, ended_at=at if ended else None))
    db.session.flush()


@pytest.fixture
def locked(session, person, now):
    """A locked applicant who never chose a unit."""
    for each in session.scalars(select(Employment).where(Employment.person_id == person.id)):
        session.delete(each)
    session.get_one(Person, person.id).unit_id = None
    session.commit()
    lock(person, now)
    return person


@pytest.fixture
def office(session):
    """A unit with a clerk."""
    unit = make.make_unit()
    clerk = make.make_user(Role.UNIT, unit)
    session.commit()
    return unit, clerk


@pytest.mark.parametrize(
    ("chosen", "desk"),
    [
        ("never one", "hotline"),
        ("works there", "unit"),
        ("worked there", "unit"),
        ("worked there, works elsewhere", "elsewhere"),
        ("works where nobody has an account", "hotline"),
        ("is the only clerk himself", "hotline"),
    ],
)
def test_a_request_reaches_whoever_may_unlock(session, locked, office, now, chosen, desk):
    unit, clerk = office
    elsewhere = make.make_unit()
    second = make.make_user(Role.UNIT, elsewhere)
    if "worked there" in chosen or chosen == "works there":
        employ(locked, unit, now, ended="worked" in chosen)
    if "elsewhere" in chosen:
        employ(locked, elsewhere, now)
    if "nobody" in chosen:
        employ(locked, make.make_unit(), now)
    if "himself" in chosen:
        alone = make.make_unit()
        make.join(locked, Role.UNIT, alone)
        employ(locked, alone, now)
    session.commit()

    request = ask(locked, now)
    session.commit()
    expected = {"hotline": None, "unit": unit.id, "elsewhere": elsewhere.id}[desk]
    assert (request.kind, request.desk_unit_id, request.status) == (
        CaseKind.UNLOCK,
        expected,
        RequestStatus.OPEN,
    )
    told = set(session.scalars(select(Message.recipient_id).where(Message.text.contains(locked.first_name))))
    assert told == {"hotline": set(), "unit": {clerk.id}, "elsewhere": {second.id}}[desk]
    assert request in session.scalars(help.open_requests([expected] if expected else None)).all()
    assert request not in session.scalars(help.open_requests(None if expected else [unit.id])).all()


def test_one_request_is_open_at_a_time(session, locked, now):
    assert ask(locked, now)
    assert ask(locked, now) is None
    session.commit()

    assert len(_requests(session, locked)) == 1


def test_twenty_parallel_requests_are_one(session, locked, now, together):
    name = locked.username
    made = together(20, lambda: help.ask_unlock(name, locks=LOCKS, at=now) is not None)

    assert made.count(True) == 1


@pytest.mark.parametrize("who", ["nobody", "not locked", "disabled", "opened by itself"])
def test_where_there_is_nothing_to_unlock_nothing_is_asked(session, person, now, who):
    if who in ("disabled", "opened by itself"):
        lock(person, now)
    person.active = who != "disabled"
    session.commit()
    later = now + HALF_AN_HOUR if who == "opened by itself" else now

    name = "nobody-of-that-name" if who == "nobody" else person.username
    assert help.ask_unlock(name, locks=LOCKS, at=later) is None


def test_unlocking_answers_the_request_and_opens_every_browser(session, at_home, office, now):
    for browser in (ELSEWHERE, OWN):
        for _each in range(4):
            attempt(at_home, "wrong", now, browser)
    ask(at_home, now)
    session.commit()

    operations.unlock(at_home, by=office[1], at=now)
    session.commit()
    (request,) = _requests(session, at_home)
    assert (request.status, request.handled_by_id, request.handled_at) == (
        RequestStatus.DONE,
        office[1].id,
        now,
    )
    for browser in (OWN, ELSEWHERE):
        assert _peek(session, at_home, now, browser).user


def test_who_is_in_again_no_longer_waits(session, locked, now):
    ask(locked, now)
    session.commit()
    assert attempt(locked, PASSWORD, now + HALF_AN_HOUR).user

    assert [each.status for each in _requests(session, locked)] == [RequestStatus.DONE]


def _requests(session, user):
    session.rollback()
    return session.scalars(select(HelpRequest).where(HelpRequest.user_id == user.id)).all()


def test_the_answer_to_a_request_is_the_same_for_every_name(app, session, locked):
    def page(name):
        client = app.test_client()
        answer = client.post("/sign-in/unlock-request", data={"name": name}, follow_redirects=True)
        return answer.status_code, without_token(answer.text)

    assert page(locked.username) == page("nobody-of-this-name") == page("")
    assert "解锁请求已收到" in page("nobody")[1]
    assert len(_requests(session, locked)) == 1


def test_only_a_known_browser_learns_which_unit_unlocks(app, session, person, office):
    unit = office[0]
    employ(person, unit, clock.now(), ended=True)
    session.commit()
    owner, stranger = app.test_client(), app.test_client()
    owner.post("/sign-in/", data={"name": person.username, "password": PASSWORD})
    owner.post("/sign-in/out")

    for client in (owner, stranger):
        for _each in range(4):
            page = client.post("/sign-in/", data={"name": person.username, "password": "wrong"})
        assert "请求解锁" in page.text
        assert (unit.name in page.text) is (client is owner)


# 再次输入密码 (A12).


@pytest.mark.parametrize(("seconds", "asks"), [(599, False), (600, True), (601, True)])
def test_changes_of_the_account_ask_for_a_password_older_than_ten_minutes(sign_in, person, seconds, asks):
    start = datetime(2026, 5, 6, 8, tzinfo=clock.SHANGHAI)
    with time_machine.travel(start, tick=False):
        client = sign_in(person)
    with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
        answer = client.get("/account/factor/enrol")

    assert (answer.location or "").startswith("/account/confirm/") is asks


def test_the_password_leads_back_and_renews_the_key(client, session, person):
    start = datetime(2026, 5, 6, 8, tzinfo=clock.SHANGHAI)
    with time_machine.travel(start, tick=False):
        client.post("/sign-in/", data={"name": person.username, "password": PASSWORD})
        with client.session_transaction() as cookie:
            old = cookie["key"]
    with time_machine.travel(start + timedelta(minutes=11), tick=False):
        asked = client.get("/account/factor/enrol").location
        answer = client.post(asked, data={"password": PASSWORD})
        assert answer.location == "/account/factor/enrol"
        assert client.get(answer.location).status_code == 200

    row = session.scalars(select(SignIn).where(SignIn.user_id == person.id)).one()
    assert (row.created_at, row.confirmed_at) == (start, start + timedelta(minutes=11))
    assert row.key != devices.digest(old)


@pytest.mark.parametrize("wanted", ["//evil.example/", "http://evil.example/", "/no/such/page"])
def test_nobody_is_sent_to_a_foreign_place_after_his_password(client, person, wanted):
    client.post("/sign-in/", data={"name": person.username, "password": PASSWORD})

    answer = client.post("/account/confirm/", query_string={"next": wanted}, data={"password": PASSWORD})
    assert answer.location == "/"


def test_a_browser_left_open_is_no_place_to_guess(app, session, person):
    client = app.test_client()
    client.post("/sign-in/", data={"name": person.username, "password": PASSWORD})
    pages = [client.post("/account/confirm/", data={"password": "wrong"}) for _each in range(4)]

    assert ["还可以再试 3 次" in pages[0].text, "还可以再试 1 次" in pages[2].text] == [True, True]
    assert pages[3].location == "/sign-in/"
    assert client.get("/account/").status_code == 302
    assert client.post("/sign-in/", data={"name": person.username, "password": PASSWORD}).status_code == 422
