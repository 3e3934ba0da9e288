"""The second factor: codes of the app, printed codes, who must have one, who may drop it (A06, A12, B13)."""

import re
from datetime import datetime, timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select, text

from app import clock
from app.accounts import factor, operations, passwords
from app.accounts.locks import Locks
from app.models import AuditEntry, Message, RecoveryCode, SignIn, User
from app.vocabulary import Role
from tests import factories as make
from tests.accounts.people import PASSWORD
from tests.accounts.test_locks import HALF_AN_HOUR

LOCKS = Locks(tries=3, length=HALF_AN_HOUR)
# The beginning of a step of thirty seconds.
NOON = datetime(2026, 5, 6, 12, tzinfo=clock.SHANGHAI)
STAFF = tuple(each for each in Role if each is not Role.APPLICANT)


def code_at(secret, at):
    return pyotp.TOTP(secret).at(int(at.timestamp()))


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False) as travel:
        yield travel


@pytest.fixture
def guarded(session, person):
    """A person with a factor, his secret and his printed codes; the enrolment's code is an hour old."""
    secret = factor.new_secret()
    at = NOON - timedelta(hours=1)
    codes = factor.enrol(person, secret, code_at(secret, at), at=at)
    session.commit()
    return person, secret, codes


def with_code(user, code, at=NOON):
    return operations.sign_in_with_code(user.id, code, locks=LOCKS, at=at)


# Codes.


@pytest.mark.parametrize(
    ("seconds", "right"),
    [
        (-60, False),
        (-31, False),
        (-30, True),
        (-1, True),
        (0, True),
        (29, True),
        (30, True),
        (59, True),
        (60, False),
    ],
)
def test_a_code_is_good_for_its_step_and_the_ones_beside_it(session, guarded, seconds, right):
    user, secret, _codes = guarded

    assert bool(with_code(user, code_at(secret, NOON), NOON + timedelta(seconds=seconds)).user) is right


def test_a_code_is_good_once_and_so_is_every_earlier_one(session, guarded):
    user, secret, _codes = guarded
    before, code = code_at(secret, NOON - timedelta(seconds=30)), code_at(secret, NOON)

    assert with_code(user, code).user
    assert with_code(user, code).user is None
    assert with_code(user, before).user is None
    assert with_code(user, code_at(secret, NOON + timedelta(seconds=30))).user


def test_of_twenty_who_use_one_code_at_once_one_gets_in(session, guarded, together):
    user, secret, _codes = guarded
    pk, code = user.id, code_at(secret, NOON)
    endless = Locks(tries=99, length=HALF_AN_HOUR)

    got_in = together(
        20, lambda: operations.sign_in_with_code(pk, code, locks=endless, at=NOON).user is not None
    )
    assert got_in.count(True) == 1


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "１２３４５６", "0" * 5000, "%s", "\x00"])
def test_nonsense_is_a_wrong_code(session, guarded, code):
    user, secret, _codes = guarded
    if code == code_at(secret, NOON):
        pytest.skip("one in a million")

    assert with_code(user, code).tries_left == 3


def test_wrong_codes_lock_like_wrong_passwords_and_the_right_password_between_does_not_help(session, guarded):
    user, secret, _codes = guarded
    for left in (3, 2, 1):
        assert operations.sign_in(user.username, PASSWORD, locks=LOCKS, at=NOON).wants_code == user.id
        assert with_code(user, "not it").tries_left == left
    assert with_code(user, "not it").locked

    assert operations.sign_in(user.username, PASSWORD, locks=LOCKS, at=NOON).locked
    assert with_code(user, code_at(secret, NOON)).locked
    assert with_code(user, code_at(secret, NOON + HALF_AN_HOUR), NOON + HALF_AN_HOUR).user


def test_a_wrong_password_says_nothing_of_a_second_factor(session, guarded):
    assert operations.sign_in(guarded[0].username, "wrong", locks=LOCKS, at=NOON).tries_left == 3


# Printed codes.


def test_each_printed_code_is_good_once_however_it_is_typed(session, guarded):
    user, _secret, codes = guarded
    assert len(set(codes)) == 10
    forms = (
        codes[0],
        codes[1].lower(),
        codes[2].replace("-", ""),
        f" {codes[3]} ",
        codes[4].replace("-", " "),
    )

    assert [with_code(user, each).user is not None for each in forms] == [True] * 5
    assert [with_code(user, each).user is not None for each in forms[:3]] == [False] * 3
    told = session.scalars(select(Message.text).where(Message.recipient_id == user.id)).all()
    assert sum("还剩 5 个" in each for each in told) == 1


def test_printed_codes_of_others_and_of_an_earlier_print_are_worth_nothing(session, guarded, now):
    user, _secret, codes = guarded
    other = make.make_user(password="x")
    theirs = factor.reprint(other, at=now)
    new = factor.reprint(user, at=now)
    session.commit()

    assert with_code(user, theirs[0]).user is None
    assert with_code(user, codes[0]).user is None
    assert with_code(user, new[0]).user


def test_neither_the_secret_nor_a_printed_code_can_be_read_in_the_database(session, guarded):
    user, secret, codes = guarded
    stored = session.execute(
        text("SELECT factor_secret FROM ab_user WHERE id = :id"), {"id": user.id}
    ).scalar()

    assert stored
    assert secret not in stored
    digests = session.scalars(select(RecoveryCode.digest).where(RecoveryCode.user_id == user.id)).all()
    assert len(digests) == 10
    assert not {each.replace("-", "") for each in codes} & set(digests)


# The two pages of signing in.


def sign_in(client, user, **query):
    return client.post("/sign-in/", query_string=query, data={"name": user.username, "password": PASSWORD})


def test_nobody_is_signed_in_before_the_code_is_right(client, session, guarded, noon):
    user, secret, _codes = guarded
    before = len(session.scalars(select(SignIn.id)).all())

    assert sign_in(client, user, next="/messages/").location == "/sign-in/code/"
    assert client.get("/account/").location.startswith("/sign-in/")
    assert "还可以再试 3 次" in client.post("/sign-in/code/", data={"code": "000000"}).text
    assert len(session.scalars(select(SignIn.id)).all()) == before

    assert client.post("/sign-in/code/", data={"code": code_at(secret, NOON)}).location == "/messages/"
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(("seconds", "open_"), [(299, True), (300, False), (301, False)])
def test_the_code_page_waits_five_minutes(client, guarded, noon, seconds, open_):
    sign_in(client, guarded[0])
    noon.shift(timedelta(seconds=seconds))

    assert (client.get("/sign-in/code/").status_code == 200) is open_


def test_a_password_changed_meanwhile_ends_the_half_done_sign_in(client, session, guarded, noon):
    user, secret, _codes = guarded
    sign_in(client, user)
    user.password = passwords.hash_password("another one of his")
    session.commit()

    assert client.post("/sign-in/code/", data={"code": code_at(secret, NOON)}).location == "/sign-in/"
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("planted", [None, "", "junk", {"user_id": 1}, 7])
def test_a_half_done_sign_in_cannot_be_planted(client, guarded, planted):
    with client.session_transaction() as cookie:
        cookie["pending"] = planted

    assert client.get("/sign-in/code/").location == "/sign-in/"


def test_the_fourth_wrong_code_ends_the_half_done_sign_in(client, guarded, noon):
    user, secret, _codes = guarded
    sign_in(client, user)
    pages = [client.post("/sign-in/code/", data={"code": "000000"}) for _each in range(4)]

    assert "账号已锁定" in pages[3].text
    assert "请求解锁" in pages[3].text
    assert client.post("/sign-in/code/", data={"code": code_at(secret, NOON)}).location == "/sign-in/"


# Whoever acts for an office.


@pytest.fixture
def strict(app, monkeypatch):
    monkeypatch.setitem(app.config, "STAFF_SECOND_FACTOR", True)


def make_staff(role):
    offices = {
        Role.UNIT: make.make_unit,
        Role.DEPARTMENT: make.make_department,
        Role.COMMITTEE: make.make_committee,
    }
    bureaus = make.db.session.scalars(select(make.Bureau).limit(1)).one()
    office = offices[role]() if role in offices else bureaus if "bureau" in role else None
    return make.make_user(role, office, password=passwords.hash_password(PASSWORD))


ALLOWED = {"/account/factor/enrol", "/account/confirm/"}
ANYBODYS = {"static", "appbuilder.static"}


@pytest.mark.parametrize("role", STAFF)
def test_staff_without_a_second_factor_reach_no_page(app, client, session, strict, role):
    user = make_staff(role)
    session.commit()
    assert sign_in(client, user).status_code == 302

    reached = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ANYBODYS:
            continue
        with app.test_request_context():
            url = rule.build({name: 1 for name in rule.arguments})[1]
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            if url in ALLOWED or rule.endpoint.startswith(("SignInView.logout", "PreferencesView")):
                continue
            answer = client.open(url, method=method)
            if (answer.status_code, answer.location) != (302, "/account/factor/enrol"):
                reached.append(f"{method} {url}: {answer.status_code} {answer.location}")
    assert reached == []
    assert client.get("/account/factor/enrol").status_code == 200
    assert client.post("/sign-in/out").location == "/sign-in/"


def test_enrolling_opens_everything_shows_ten_codes_once_and_ends_other_sign_ins(
    app, client, session, strict, noon
):
    user, other = make_staff(Role.UNIT), app.test_client()
    session.commit()
    for each in (client, other):
        sign_in(each, user)
    page = client.get("/account/factor/enrol")
    secret = re.search(r'class="key"[^>]*>([A-Z2-7 ]+)<', page.text).group(1).replace(" ", "")
    assert 'src="data:image/svg+xml' in page.text
    assert "动态验证码不正确" in client.post("/account/factor/enrol", data={"code": "000000"}).text

    page = client.post("/account/factor/enrol", data={"code": code_at(secret, NOON)})
    codes = re.findall(r"<code[^>]*>(\w{4}-\w{4})</code>", page.text)
    assert len(codes) == 10
    assert client.get("/account/").status_code == 200
    assert not any(each in client.get("/account/factor/").text for each in codes)
    assert other.get("/account/").location.startswith("/sign-in/")
    assert operations.sign_in(user.username, PASSWORD, locks=LOCKS, at=NOON).wants_code == user.id
    assert "已开启两步验证" in _told(session, user)[-1]


def test_staff_may_not_turn_it_off_and_applicants_may(app, session, strict, sign_in, noon):
    for role, may in ((Role.UNIT, False), (Role.APPLICANT, True)):
        user = make_staff(role) if role is not Role.APPLICANT else make.make_applicant().account
        secret = factor.new_secret()
        factor.enrol(user, secret, code_at(secret, NOON), at=NOON)
        session.commit()
        client = sign_in(user)
        assert ("关闭两步验证" in client.get("/account/factor/").text) is may
        client.post("/account/factor/off")
        session.expire_all()
        assert (session.get_one(User, user.id).factor_confirmed_at is None) is may
        assert ("已关闭两步验证" in _told(session, user)[-1]) is may


def test_without_the_setting_staff_work_as_before(client, session):
    user = make_staff(Role.HOTLINE)
    session.commit()
    sign_in(client, user)

    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["codes", "off", "enrol"])
def test_every_change_asks_for_the_password_anew_after_ten_minutes(session, guarded, sign_in, noon, path):
    user = guarded[0]
    client = sign_in(user)
    noon.shift(timedelta(minutes=10))
    answer = client.post(f"/account/factor/{path}", data={"code": "000000"})

    assert answer.location.startswith("/account/confirm/?next=")
    session.expire_all()
    assert session.get_one(User, user.id).factor_confirmed_at is not None


def test_a_new_authenticator_replaces_the_old_one(session, guarded):
    user, old, codes = guarded
    new = factor.new_secret()
    assert factor.enrol(user, new, code_at(new, NOON), at=NOON)
    session.commit()

    later = NOON + timedelta(minutes=5)
    assert with_code(user, code_at(old, later), later).user is None
    assert with_code(user, codes[0], later).user is None
    assert with_code(user, code_at(new, later), later).user


def test_a_lost_factor_is_taken_away_by_security_and_the_owner_is_told(session, guarded, sign_in, now):
    user = guarded[0]
    guard = make.make_user(Role.SECURITY_ADMIN)
    client = sign_in(user)

    assert factor.remove(user, guard, now)
    session.commit()
    assert client.get("/account/").status_code == 302
    assert session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == user.id)).all() == []
    assert operations.sign_in(user.username, PASSWORD, locks=LOCKS, at=NOON).user
    assert "安全管理员已为您解除两步验证" in " ".join(_told(session, user))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "factor_removed")).all()[-1]
    assert (entry.by_id, entry.object_id) == (guard.id, str(user.id))
    assert not factor.remove(user, guard, now)


def _told(session, user):
    session.rollback()
    return session.scalars(
        select(Message.text).where(Message.recipient_id == user.id).order_by(Message.id)
    ).all()
