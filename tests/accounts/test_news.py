"""账号与安全: whether results and reminders come by SMS and by mail; security texts always do."""

import pytest
from sqlalchemy import select, update

from app.extensions import db
from app.models import AuditEntry, Preference, Setting
from app.vocabulary import Role
from app.web import preferences
from tests import factories as make
from tests.at_once import at_once
from tests.review.pages import text_of


def switches_of(answer):
    return {each for each in ("sms", "mail", "desk_sms") if f'name="{each}"' in answer.text}


def checked_of(answer):
    return {each for each in switches_of(answer) if f'id="news-{each}" value="on" checked' in answer.text}


@pytest.fixture
def setting(session):
    """Let clerks be reminded by SMS, or not."""

    def put(value):
        session.execute(update(Setting).where(Setting.key == "sms_reminders").values(value=value))
        session.commit()

    yield put
    put("off")


# role, the setting, what may be chosen, what is on before anything was chosen
OFFERED = [
    (Role.APPLICANT, "off", {"sms", "mail"}, {"sms", "mail"}),
    (Role.APPLICANT, "on", {"sms", "mail"}, {"sms", "mail"}),
    (Role.UNIT, "on", {"desk_sms"}, set()),
    (Role.UNIT, "off", set(), set()),
    (Role.SUPER_ADMIN, "on", set(), set()),
]


@pytest.mark.parametrize(("role", "value", "offered", "on"), OFFERED)
def test_what_has_an_effect_is_offered(session, sign_in, setting, role, value, offered, on):
    setting(value)
    user = (
        make.make_applicant().account
        if role is Role.APPLICANT
        else make.make_user(role, make.make_unit() if role is Role.UNIT else None)
    )
    session.commit()
    answer = sign_in(user).get("/account/")
    assert (switches_of(answer), checked_of(answer)) == (offered, on)
    assert ("安全短信总会发送" in text_of(answer)) is bool(offered)


def test_what_is_chosen_stays_and_touches_nothing_else(session, sign_in):
    user = make.make_applicant().account
    preferences.keep(user, {"keys": False})
    session.commit()
    pk, client = user.id, sign_in(user)
    for data, left in (
        ({"mail": "on"}, {"mail"}),
        ({}, set()),
        ({"sms": "on", "mail": "on"}, {"sms", "mail"}),
    ):
        # What is not offered to him is not stored.
        answer = client.post("/account/news", data={**data, "desk_sms": "on", "evil": "on"})
        assert answer.location == "/account/#news"
        page = client.get("/account/")
        assert checked_of(page) == left and "通知方式已保存" in page.text
        session.rollback()
        assert session.get_one(Preference, pk).content == {
            "keys": False, "sms": "sms" in left, "mail": "mail" in left,
        }  # fmt: skip
    line = session.scalars(
        select(AuditEntry).where(AuditEntry.by_id == pk).order_by(AuditEntry.id.desc())
    ).first()
    assert (line.action, line.detail) == ("choose_news", "on: sms, mail")


def test_without_a_way_out_nothing_is_offered(app, session, sign_in, monkeypatch):
    user = make.make_applicant().account
    session.commit()
    client = sign_in(user)
    monkeypatch.delitem(app.extensions, "mail_gateway")
    assert switches_of(client.get("/account/")) == {"sms"}
    monkeypatch.delitem(app.extensions, "sms_gateway")
    assert switches_of(client.get("/account/")) == set()


def test_two_windows_that_save_at_once_lose_neither(app, session):
    user = make.make_applicant().account
    session.commit()
    pk = user.id
    session.rollback()

    def keep(name):
        preferences.keep(db.session.get_one(type(user), pk), {name: False})

    at_once(app, [lambda: keep("sms"), lambda: keep("mail"), lambda: keep("keys")])
    session.rollback()
    assert session.get_one(Preference, pk).content == {"sms": False, "mail": False, "keys": False}
