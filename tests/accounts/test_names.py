"""What a browser that nobody knows is told depends on the typed name alone (A07); the account locks all the same."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from app.accounts import devices, operations, passwords
from app.accounts.locks import Locks
from app.models import AuditEntry, KnownDevice, User
from app.vocabulary import Role
from tests import factories as make
from tests.accounts.people import PASSWORD, make_mobile

HALF_AN_HOUR = timedelta(minutes=30)
LOCKS = Locks(tries=3, length=HALF_AN_HOUR)
NAMES = ("username", "id_number", "mobile")


def somebody():
    return make.make_applicant(password=passwords.hash_password(PASSWORD)).account


def nobody():
    """Names of the same three kinds, and no account."""
    n = next(make._numbers)
    return {"username": f"nobody{n}", "id_number": make.id_number(n), "mobile": make_mobile()}


def names_of(user):
    return {name: getattr(user, name) for name in NAMES}


def told(name, now, password="wrong", device=""):
    found = operations.sign_in(name, password, device=device, locks=LOCKS, at=now)
    return found.tries_left, found.locked, found.opens_at, found.is_known, bool(found.user)


def test_of_two_names_in_every_order_nobody_learns_that_they_have_one_account(session, now):
    """Every sequence of five tries by number and by mobile, and so every shorter one."""
    for order in product(("id_number", "mobile"), repeat=5):
        user = somebody()
        session.commit()
        known, unknown = names_of(user), nobody()
        for name in order:
            assert told(known[name], now) == told(unknown[name], now), order


@pytest.mark.parametrize(
    "order",
    ["username id_number mobile username id_number", "mobile username username id_number mobile"],
)
def test_nor_of_three(session, now, order):
    user = somebody()
    session.commit()
    known, unknown = names_of(user), nobody()
    for name in order.split():
        assert told(known[name], now) == told(unknown[name], now)


@pytest.mark.parametrize(("first", "second"), [(4, 0), (3, 1), (2, 2), (1, 3), (5, 5)])
def test_four_wrong_tries_lock_whatever_names_they_go_by(session, now, first, second):
    """ACC-08: the right password comes in by none of them, and looks like a wrong one where the name has tries left."""
    user = somebody()
    session.commit()
    names, pk = names_of(user), user.id
    for name, count in (("id_number", first), ("mobile", second)):
        for _each in range(count):
            told(names[name], now)
    session.expire_all()
    assert session.get_one(User, pk).locked_at == now
    unknown = nobody()
    for name in NAMES:
        for _each in range({"id_number": first, "mobile": second}.get(name, 0)):
            told(unknown[name], now)
        assert told(names[name], now, PASSWORD) == told(unknown[name], now), name


@pytest.mark.parametrize(("tries", "is_in"), [(3, True), (4, False)])
def test_three_tries_by_two_names_do_not_lock(session, now, tries, is_in):
    user = somebody()
    session.commit()
    names = names_of(user)
    for name in ("id_number", "mobile", "id_number", "mobile")[:tries]:
        told(names[name], now)
    assert told(names["username"], now, PASSWORD)[-1] is is_in


def test_a_lock_that_the_page_says_is_a_lock(session, now):
    """The account's own lock is older; it lasts as long as the name's that was told."""
    user = somebody()
    session.commit()
    names, later = names_of(user), now + timedelta(minutes=20)
    for name in ("id_number", "mobile", "id_number", "mobile"):
        told(names[name], now)
    for _each in range(2):
        said = told(names["mobile"], later)
    assert said[1:3] == (True, later + HALF_AN_HOUR)
    end = later + HALF_AN_HOUR
    assert told(names["mobile"], end - timedelta(seconds=1), PASSWORD)[-1] is False
    assert told(names["mobile"], end, PASSWORD)[-1] is True


def test_coming_in_and_unlocking_begin_every_name_anew(session, now):
    user, desk = somebody(), make.make_user(Role.HOTLINE)
    session.commit()
    names = names_of(user)
    for name in ("id_number", "mobile"):
        told(names[name], now)
    assert told(names["username"], now, PASSWORD)[-1]
    assert [told(names[name], now)[0] for name in ("id_number", "mobile")] == [3, 3]
    for _each in range(3):
        told(names["id_number"], now)
    operations.unlock(session.get_one(User, user.id), by=desk, at=now)
    session.commit()
    assert [told(names[name], now)[0] for name in ("id_number", "mobile")] == [3, 3]


def test_an_owner_at_his_own_browser_is_told_of_his_own_tries(session, now):
    user = somebody()
    session.add(KnownDevice(user_id=user.id, digest=devices.digest("own"), seen_at=now))
    session.commit()
    names = names_of(user)
    for name in ("id_number", "mobile", "username", "id_number", "mobile"):
        told(names[name], now)
    assert [told(names[name], now, device="own")[0] for name in ("id_number", "mobile")] == [3, 2]
    assert told(names["mobile"], now, PASSWORD, device="own")[-1]
    assert told(names["username"], now, PASSWORD)[-1] is False


def test_forty_tries_at_once_by_two_names_are_told_apart(session, now, together):
    """Each name has three answers before its lock, as two names without an account have."""
    user = somebody()
    session.commit()
    names = [user.id_number, user.mobile] * 20
    tries = iter(names)

    def once():
        name = next(tries)
        return name, operations.sign_in(name, "wrong", locks=LOCKS, at=now).locked

    said = together(40, once)
    for name in set(names):
        assert [each for each in said if each[0] == name].count((name, False)) == 3


def test_the_record_says_by_which_name_and_never_the_name(session, now):
    user = somebody()
    session.commit()
    names, pk = names_of(user), user.id
    for name in ("id_number", "mobile", "id_number", "mobile", "username", "id_number", "id_number"):
        told(names[name], now)
    found = session.execute(
        select(AuditEntry.action, AuditEntry.detail)
        .where(AuditEntry.object_type == "User", AuditEntry.object_id == str(pk))
        .order_by(AuditEntry.id)
    ).all()
    assert [tuple(each) for each in found] == [
        ("miss", "by document"),
        ("miss", "by mobile"),
        ("miss", "by document"),
        ("lock", "by mobile, with other names"),
        ("miss", "by username, locked"),
        ("miss", "by document, locked"),
        ("lock", "by document"),
    ]


def test_the_page_says_that_other_names_count_too(client, session):
    user = somebody()
    session.commit()
    pages = [
        client.post("/sign-in/", data={"name": name, "password": "wrong"}).text
        for name in (user.id_number, "nobody-at-all")
    ]
    for page in pages:
        assert "用其他登录名输错的次数也计入" in page
