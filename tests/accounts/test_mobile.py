"""更换手机号: the old number proves, the new one signs in, the old one is told (ACC-13, A12)."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from app import clock
from app.accounts import mobiles, passwords, reset
from app.accounts.mobiles import MobileChanged
from app.accounts.registration import MobileTaken
from app.models import AuditEntry, Message, Outbox, SignIn, User
from app.vocabulary import Role
from tests import factories as make
from tests.accounts.people import PASSWORD, make_mobile


def prove_old(client, user, sent_to):
    client.post("/account/mobile/", data={})
    return client.post("/account/mobile/", data={"code": sent_to(user.mobile)})


def ask_new(client, mobile):
    return client.post("/account/mobile/new", data={"mobile": mobile})


def prove_new(client, mobile, sent_to):
    return client.post("/account/mobile/new", data={"code": sent_to(mobile)})


def test_a_person_changes_his_mobile_and_signs_in_with_the_new_one(app, session, person, sign_in, sent_to):
    old, new = person.mobile, make_mobile()
    here, elsewhere = sign_in(person), sign_in(person)
    assert prove_old(here, person, sent_to).location == "/account/mobile/new"
    assert ask_new(here, new).location == "/account/mobile/new"
    assert prove_new(here, new, sent_to).location == "/account/"

    assert "手机号已更换" in here.get("/account/").text
    assert elsewhere.get("/account/").status_code == 302
    session.expire_all()
    assert session.get_one(User, person.id).mobile == new
    for name, status in ((new, 302), (old, 422)):
        answer = app.test_client().post("/sign-in/", data={"name": name, "password": PASSWORD})
        assert answer.status_code == status
    texts = session.scalars(select(Outbox.text).where(Outbox.mobile == old).order_by(Outbox.id)).all()
    assert "已更换手机号" in texts[-1]
    assert new not in texts[-1]
    told = session.scalars(select(Message.text).where(Message.recipient_id == person.id)).all()
    assert [text[:9] for text in told] == ["您的账号已更换手机"]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "change_mobile")).all()
    assert [(each.by_id, each.object_id) for each in entries][-1] == (person.id, str(person.id))
    assert entries[-1].before != entries[-1].after
    assert new not in f"{entries[-1].detail}{entries[-1].after}"


def test_the_old_number_comes_first(session, person, sign_in, sent_to):
    client, new = sign_in(person), make_mobile()
    assert client.get("/account/mobile/new").location == "/account/mobile/"
    assert ask_new(client, new).location == "/account/mobile/"
    assert sent_to(new) is None
    assert client.post("/account/mobile/new", data={"code": "123456"}).location == "/account/mobile/"


@pytest.mark.parametrize(
    ("after", "open_"), [(timedelta(minutes=10, seconds=-1), True), (timedelta(minutes=10), False)]
)
def test_the_proof_of_the_old_number_lasts_ten_minutes(session, person, sign_in, sent_to, after, open_):
    begun = clock.now()
    with time_machine.travel(begun, tick=False):
        client = sign_in(person)
        prove_old(client, person, sent_to)
    session.execute(
        update(SignIn).where(SignIn.user_id == person.id).values(confirmed_at=begun + timedelta(minutes=9))
    )
    session.commit()
    with time_machine.travel(begun + after, tick=False):
        assert (client.get("/account/mobile/new").status_code == 200) is open_


@pytest.mark.parametrize("path", ["/account/mobile/", "/account/mobile/new"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_password_proved_ten_minutes_ago_is_asked_for_anew(session, person, sign_in, sent_to, path, method):
    client = sign_in(person)
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == person.id)
        .values(confirmed_at=clock.now() - timedelta(minutes=10))
    )
    session.commit()
    answer = getattr(client, method)(path)

    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/account/confirm/")
    assert sent_to(person.mobile) is None


def test_a_wrong_code_of_the_old_number_goes_no_further(session, person, sign_in, sent_to):
    client = sign_in(person)
    client.post("/account/mobile/", data={})
    right = sent_to(person.mobile)
    wrong = "000000" if right != "000000" else "111111"
    for _each in range(5):
        page = client.post("/account/mobile/", data={"code": wrong})
        assert page.status_code == 422
        assert "短信验证码不正确或已失效" in page.text
    assert client.post("/account/mobile/", data={"code": right}).status_code == 422
    assert client.get("/account/mobile/new").location == "/account/mobile/"


def test_the_code_for_one_number_does_not_prove_the_other(session, person, sign_in, sent_to):
    client, new = sign_in(person), make_mobile()
    prove_old(client, person, sent_to)
    old_code = sent_to(person.mobile)
    ask_new(client, new)
    if old_code != sent_to(new):
        assert client.post("/account/mobile/new", data={"code": old_code}).status_code == 422
    session.expire_all()
    assert session.get_one(User, person.id).mobile != new


def test_a_taken_number_and_the_own_number_get_no_code(session, person, unit_clerk, sign_in, sent_to):
    client = sign_in(person)
    prove_old(client, person, sent_to)

    assert "手机号码已注册" in ask_new(client, unit_clerk.mobile).text
    assert sent_to(unit_clerk.mobile) is None
    assert "这是现在的手机号" in ask_new(client, person.mobile).text
    assert "现在是 10 位" in ask_new(client, "1390000000").text


def test_the_codes_left_are_shown_on_both_pages_and_stay(session, person, sign_in, sent_to):
    client, new = sign_in(person), make_mobile()
    assert "今天还可获取 3 次" in client.get("/account/mobile/").text
    prove_old(client, person, sent_to)
    for _again in range(2):
        assert "今天还可获取 2 次" in client.get("/account/mobile/").text
    ask_new(client, new)
    for _again in range(2):
        assert "今天还可获取 2 次" in client.get("/account/mobile/new").text


def test_the_old_number_is_not_needed_where_it_cannot_be_used_but_the_hotline_is(session, person, sign_in):
    assert "原手机号已不能使用的，拨打 0871-63108336" in sign_in(person).get("/account/mobile/").text


@pytest.fixture
def without(session):
    """An auditor whose account was made without a mobile."""
    found = make.make_user(Role.AUDITOR, password=passwords.hash_password(PASSWORD))
    session.commit()
    return found


def test_whoever_has_no_mobile_registers_his_own_after_his_password(app, session, without, sign_in, sent_to):
    """B13: else a super administrator enters one for him, and recovers the account with it."""
    here, elsewhere, first = sign_in(without), sign_in(without), make_mobile()
    assert here.get("/account/mobile/").location == "/account/mobile/new"
    assert "账号还没有登记手机号" in here.get("/account/mobile/new").text
    assert ask_new(here, first).location == "/account/mobile/new"
    assert session.get_one(User, without.id).mobile is None
    assert prove_new(here, first, sent_to).location == "/account/"

    assert "手机号已登记" in here.get("/account/").text
    assert elsewhere.get("/account/").status_code == 302
    session.expire_all()
    assert session.get_one(User, without.id).mobile == first
    assert app.test_client().post("/sign-in/", data={"name": first, "password": PASSWORD}).status_code == 302
    told = session.scalars(select(Message.text).where(Message.recipient_id == without.id)).all()
    assert [text[:9] for text in told] == ["您的账号已登记手机"]


def test_a_first_mobile_needs_the_password_of_ten_minutes(session, without, sign_in, sent_to):
    client, first = sign_in(without), make_mobile()
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == without.id)
        .values(confirmed_at=clock.now() - timedelta(minutes=10))
    )
    session.commit()
    assert ask_new(client, first).location.startswith("/account/confirm/")
    assert sent_to(first) is None


def test_a_first_mobile_registered_meanwhile_stays(session, without, now):
    user = session.get_one(User, without.id)
    assert user.mobile is None
    session.execute(
        update(User)
        .where(User.id == user.id)
        .values(mobile_index="someone was here first")
        .execution_options(synchronize_session=False)
    )
    with pytest.raises(MobileChanged):
        mobiles.change_mobile(user, make_mobile(), keep=None, at=now, phone="")
    session.rollback()


def test_a_reset_link_sent_to_the_old_number_is_dead(session, person, now):
    token = reset.start_reset(person, by=person, at=now)
    mobiles.change_mobile(person, make_mobile(), keep=None, at=now, phone="")
    session.commit()

    assert reset.holder_of(token, at=now) is None


def test_of_ten_persons_who_take_one_number_at_once_one_gets_it(session, together, now):
    new = make_mobile()
    takers = iter([make.make_applicant().account.id for _each in range(10)])
    session.commit()

    def take():
        user = session.get_one(User, next(takers))
        mobiles.change_mobile(user, new, keep=None, at=now, phone="")
        return "done"

    results = together(10, take)
    assert (results.count("done"), results.count(MobileTaken)) == (1, 9)


def test_a_number_changed_meanwhile_is_not_changed_back(session, person, now):
    user = session.get_one(User, person.id)
    proved = user.mobile
    session.execute(
        update(User)
        .where(User.id == user.id)
        .values(mobile_index="someone was here first")
        .execution_options(synchronize_session=False)
    )
    with pytest.raises(MobileChanged):
        mobiles.change_mobile(user, make_mobile(), keep=None, at=now, phone="")
    assert user.mobile == proved
    session.rollback()
