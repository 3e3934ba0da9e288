"""An office's lost phone or forgotten password: one administrator proposes, another confirms (A11, B13)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.accounts import operations as accounts
from app.accounts import passwords
from app.models import Correction, SignIn, SupportCase
from app.vocabulary import Role
from tests import factories as make
from tests.forms import typed

NEW_PASSWORD = "山高水长 2026"
GIVEN = {"identity_check": "documents", "evidence": "本人持工作证到场，单位来函确认"}


def administrator(session, sign_in, role):
    user = make.make_user(role)
    session.commit()
    client = sign_in(user)
    client.user_id = user.id
    return client


@pytest.fixture
def guard(session, sign_in):
    return administrator(session, sign_in, Role.SECURITY_ADMIN)


@pytest.fixture
def clerk(session):
    """A clerk of a committee."""
    n = next(make._numbers)
    user = make.make_user(
        Role.COMMITTEE,
        make.make_committee(),
        first_name="示例评委会经办",
        mobile=f"1360000{n % 10000:04d}",
    )
    session.commit()
    return user


def new_mobile():
    return f"1350000{next(make._numbers) % 10000:04d}"


def propose(client, user, mobile, **given):
    return client.post(f"/admin/office-accounts/{user.id}/mobile", data={**GIVEN, "value": mobile, **given})


def correction_of(session, user):
    return session.scalars(
        select(Correction).where(Correction.user_id == user.id).order_by(Correction.id.desc())
    ).first()


def decide(client, correction, result="accept"):
    return client.post(
        f"/corrections/{correction.id}/decide", data={"result": result, "remark": "已与来函核对"}
    ).status_code


def test_a_forgotten_password_is_set_by_the_person_with_a_link(
    app, guard, clerk, session, texts_to, told, recorded
):
    page = guard.get(f"/admin/users/show/{clerk.id}").text
    assert "发送重设密码链接" in page and "更换手机号" in page
    before = len(recorded("start_reset"))
    answer = guard.post(f"/admin/office-accounts/{clerk.id}/reset", follow_redirects=True)
    assert "重设密码的链接已发送到登记的手机" in answer.text

    secret = re.search(r"/reset/([\w-]+)", texts_to(clerk.mobile)[-1]).group(1)
    assert secret not in answer.text
    assert "已为您发起重置密码" in told(clerk.id)[0]
    assert [each.by_id for each in recorded("start_reset")][before:] == [guard.user_id]
    client = app.test_client()
    client.get(f"/reset/{secret}")
    client.post("/reset/", data={"password": NEW_PASSWORD, "repeat": NEW_PASSWORD})
    session.expire_all()
    assert passwords.matches(clerk.password, NEW_PASSWORD)


@pytest.mark.parametrize("second", [Role.SECURITY_ADMIN, Role.SUPER_ADMIN])
def test_a_lost_phone_takes_two(session, sign_in, guard, clerk, second, texts_to, told, recorded):
    other = administrator(session, sign_in, second)
    old, new = clerk.mobile, new_mobile()
    sign_in(clerk)
    before = len(recorded("propose_correction")), len(recorded("correct_mobile"))
    assert propose(guard, clerk, new).status_code == 302
    session.expire_all()
    assert clerk.mobile == old
    correction = correction_of(session, clerk)
    assert decide(guard, correction) == 403
    assert "手机号更换等待复核" in told(other.user_id)[0]
    judged = other.get(f"/corrections/{correction.id}").text
    assert GIVEN["evidence"] in judged and new in judged and old not in judged
    at = clock.now()
    assert decide(other, correction) == 302

    session.expire_all()
    assert clerk.mobile == new
    assert "由安全管理员改为" in texts_to(old)[-1] and new not in texts_to(old)[-1]
    assert "安全管理员已更换您登记的手机号" in told(clerk.id)[0]
    assert clerk.recovery_paused_until - at >= timedelta(hours=24)
    assert accounts.find_for_recovery(clerk.username, new, at=clock.now()) is None
    opened = session.scalars(select(SignIn.ended_at).where(SignIn.user_id == clerk.id)).all()
    assert opened and all(opened)
    assert session.get_one(SupportCase, correction.case_id).closed_at
    assert (len(recorded("propose_correction")), len(recorded("correct_mobile"))) == (
        before[0] + 1,
        before[1] + 1,
    )
    assert recorded("correct_mobile")[-1].by_id == other.user_id


def test_a_link_does_not_go_to_the_new_phone_the_same_day(session, sign_in, guard, clerk, texts_to):
    other, new = administrator(session, sign_in, Role.SECURITY_ADMIN), new_mobile()
    propose(guard, clerk, new)
    decide(other, correction_of(session, clerk))

    answer = guard.post(f"/admin/office-accounts/{clerk.id}/reset", follow_redirects=True)
    assert "前不能重置密码" in answer.text
    assert texts_to(new) == []


def test_an_account_without_a_mobile_gets_its_first_one_by_two(session, sign_in, guard):
    clerk, new = make.make_user(Role.AUDITOR), new_mobile()
    other = administrator(session, sign_in, Role.SUPER_ADMIN)
    answer = guard.post(f"/admin/office-accounts/{clerk.id}/reset", follow_redirects=True)
    assert "没有登记手机号" in answer.text
    assert propose(guard, clerk, new).status_code == 302
    assert decide(other, correction_of(session, clerk)) == 302
    session.expire_all()
    assert clerk.mobile == new


def test_what_is_refused_changes_nothing_and_the_case_is_over(session, sign_in, guard, clerk):
    other, old = administrator(session, sign_in, Role.SECURITY_ADMIN), clerk.mobile
    propose(guard, clerk, new_mobile())
    correction = correction_of(session, clerk)
    assert decide(other, correction, "refuse") == 302
    session.expire_all()
    assert (clerk.mobile, correction.accepted) == (old, False)
    assert session.get_one(SupportCase, correction.case_id).closed_at
    assert propose(guard, clerk, new_mobile()).status_code == 302


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"identity_check": "details"}, "只核对姓名、证件号和单位不能更换手机号"),
        ({"identity_check": ""}, "选择身份核对方式"),
        ({"evidence": "来函"}, "至少 10 个字"),
        ({"evidence": ""}, "填写核对情况和依据"),
        ({"value": "1350000"}, "手机号应为 11 位"),
        ({"value": "same"}, "与现在登记的内容相同"),
        ({"value": "taken"}, "手机号码已注册"),
    ],
    ids=str,
)
def test_bad_input_is_said_and_kept(session, guard, clerk, given, message):
    taken = make.make_applicant().account
    session.commit()
    known = {"same": clerk.mobile, "taken": taken.mobile}
    given = {name: known.get(value, value) for name, value in given.items()}
    answer = propose(guard, clerk, given.pop("value", new_mobile()), **given)
    assert answer.status_code in (409, 422) and message in answer.text
    if given.get("evidence", GIVEN["evidence"]):
        assert given.get("evidence", GIVEN["evidence"]) in answer.text
    assert correction_of(session, clerk) is None


@pytest.mark.parametrize("role", [Role.HOTLINE, Role.SUPER_ADMIN, Role.AUDITOR, Role.COMMITTEE])
def test_nobody_else_starts_it(session, sign_in, clerk, role):
    client = administrator(session, sign_in, role) if role is not Role.COMMITTEE else sign_in(clerk)
    for method, path in (("post", "reset"), ("get", "mobile"), ("post", "mobile")):
        assert getattr(client, method)(f"/admin/office-accounts/{clerk.id}/{path}").status_code == 403


def test_the_hotline_neither_sees_nor_confirms_it(session, guard, clerk, desk):
    propose(guard, clerk, new_mobile())
    correction = correction_of(session, clerk)
    assert clerk.first_name not in desk.get("/corrections/").text
    assert desk.get(f"/corrections/{correction.id}").status_code == 404
    assert decide(desk, correction) == 404


def test_not_for_oneself_and_not_for_applicants(session, guard, sign_in, caller):
    own = f"/admin/office-accounts/{guard.user_id}"
    assert guard.post(f"{own}/reset").status_code == 409
    assert guard.post(f"{own}/mobile", data={**GIVEN, "value": new_mobile()}).status_code == 409
    assert guard.post(f"/admin/office-accounts/{caller.id}/reset").status_code == 404
    page = guard.get(f"/admin/users/show/{guard.user_id}").text
    assert "发送重设密码链接" not in page
    assert "发送重设密码链接" not in guard.get(f"/admin/users/show/{caller.id}").text


def test_an_administrator_does_not_confirm_his_own_new_mobile(session, sign_in, guard):
    other = administrator(session, sign_in, Role.SECURITY_ADMIN)
    user = session.get_one(make.User, other.user_id)
    propose(guard, user, new_mobile())
    assert decide(other, correction_of(session, user)) == 403
    session.expire_all()
    assert user.mobile is None


def test_what_others_say_of_it_is_true(session, sign_in, desk, clerk):
    """The hotline and the super administrator are told who can, and he can (see above)."""
    refused = desk.post(
        f"/cases/open?subject={clerk.id}",
        data={"kind": "mobile", "caller": "示例", "identity_check": "callback", "reason": "手机丢失"},
    )
    assert "由安全管理员在“账号”中办理" in refused.text
    page = administrator(session, sign_in, Role.SUPER_ADMIN)
    path = f"/admin/users/edit/{clerk.id}"
    answer = page.post(path, data={**typed(page.get(path).text), "mobile": new_mobile()})
    assert "由安全管理员提出更换" in answer.text
