"""Three administrators: who configures, who looks after accounts, who audits; none erases his traces (B13)."""

import pytest
from sqlalchemy.exc import IntegrityError

from app import clock
from app.accounts import custody
from app.models import Membership, User
from app.roles import OPENS
from app.vocabulary import ADMINISTRATORS, Role
from tests import factories as make
from tests.audit.test_denials import entries  # noqa: F401

CONFIGURES = ("RoundAdmin", "CommitteeAdmin", "RouteRuleAdmin", "SettingAdmin", "MembershipAdmin")
CUSTODY = ("can_enable", "can_end_sessions", "can_remove_factor")


def test_no_role_configures_and_audits():
    for role, views in OPENS.items():
        configures = any("can_edit" in views.get(view, ()) for view in CONFIGURES)
        audits = "AuditView" in views
        keeps = any(each in views.get("UserAdmin", ()) for each in CUSTODY)
        assert configures + audits + keeps <= 1, role
    assert set(OPENS[Role.AUDITOR]) & {*CONFIGURES, "UserAdmin"} == set()


def test_nobody_can_change_or_erase_the_record():
    """No page for it, whatever the role; the database's own refusal is tested in test_chain.py."""
    assert {each for views in OPENS.values() for each in views.get("AuditView", ())} == {
        "can_list", "can_show", "can_verify",
    }  # fmt: skip
    assert not any("AuditAdmin" in views for views in OPENS.values())


def test_no_rule_of_the_app_deletes_or_edits_an_entry(app):
    rules = {
        (rule.rule, tuple(sorted(rule.methods - {"HEAD", "OPTIONS"})))
        for rule in app.url_map.iter_rules() if rule.endpoint.startswith("AuditView")
    }  # fmt: skip
    assert rules == {
        ("/audit/", ("GET",)), ("/audit/<int(max=2147483647):pk>", ("GET",)), ("/audit/verify", ("POST",)),
    }  # fmt: skip


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", ADMINISTRATORS)
def test_the_database_gives_one_account_one_of_the_three(session, first, second):
    user = make.make_user(first)
    with pytest.raises(IntegrityError):
        make.join(user, second)
    session.rollback()


@pytest.mark.parametrize("second", ["security_admin", "auditor"])
def test_the_page_says_why_a_second_administration_is_refused(session, sign_in, second):
    admin = sign_in(make.make_user(Role.SUPER_ADMIN))
    other = make.make_user(Role.AUDITOR if second == "security_admin" else Role.SECURITY_ADMIN)
    name, pk = other.username, other.id
    session.commit()
    answer = admin.post("/admin/memberships/add", data={"user": name, "role": second, "organisation": ""})
    assert answer.status_code == 422
    assert "由不同的人担任" in answer.text
    assert session.query(Membership).filter_by(user_id=pk).count() == 1


# The security administrator's hand on an account.


@pytest.fixture
def guard(sign_in):
    return make.make_user(Role.SECURITY_ADMIN)


def test_a_disabled_account_is_out_at_once_and_may_come_back(session, sign_in, guard, entries):  # noqa: F811
    person = make.make_user(Role.HOTLINE)
    his, mine, pk = sign_in(person), sign_in(guard), person.id
    assert his.get("/account/").status_code == 200
    (entry,) = entries(lambda: mine.post(f"/admin/users/enable/{pk}"))
    assert (entry.action, entry.object_type, entry.object_id, entry.role) == (
        "disable", "User", str(pk), Role.SECURITY_ADMIN,
    )  # fmt: skip
    assert his.get("/account/").status_code == 302
    assert entries(lambda: mine.post(f"/admin/users/enable/{pk}")) == []
    (entry,) = entries(lambda: mine.post(f"/admin/users/enable/{pk}", data={"wanted": "1"}))
    assert entry.action == "enable"
    assert session.get_one(User, pk).active
    assert his.get("/account/").status_code == 302, "his old sign-in is not revived"


def test_all_sign_ins_of_an_account_end(session, sign_in, guard, entries):  # noqa: F811
    person = make.make_user(Role.HOTLINE)
    browsers, mine, pk = [sign_in(person), sign_in(person)], sign_in(guard), person.id
    (entry,) = entries(lambda: mine.post(f"/admin/users/end-sessions/{pk}"))
    assert entry.action == "end_sessions"
    assert [each.get("/account/").status_code for each in browsers] == [302, 302]
    assert session.get_one(User, pk).active


def test_a_lost_factor_is_taken_away(session, sign_in, guard, entries):  # noqa: F811
    person = make.make_user(Role.HOTLINE, factor_secret="JBSWY3DPEHPK3PXP", factor_confirmed_at=clock.now())
    mine, pk = sign_in(guard), person.id
    page = mine.get(f"/admin/users/show/{pk}").text
    assert "解除两步验证" in page and "JBSWY3DPEHPK3PXP" not in page
    (entry,) = entries(lambda: mine.post(f"/admin/users/remove-factor/{pk}"))
    assert entry.action == "factor_removed"
    assert session.get_one(User, pk).factor_confirmed_at is None
    mine.get("/admin/users/list/")
    assert "解除两步验证" not in mine.get(f"/admin/users/show/{pk}").text


@pytest.mark.parametrize("action", ["enable", "end-sessions", "remove-factor"])
def test_nobody_does_it_to_himself(session, sign_in, guard, action):
    client, pk = sign_in(guard), guard.id
    answer = client.post(f"/admin/users/{action}/{pk}")
    assert answer.status_code == 409 and "由另一名安全管理员办理" in answer.text
    assert client.get("/account/").status_code == 200
    assert session.get_one(User, pk).active
    assert "停用账号" not in client.get(f"/admin/users/show/{pk}").text


@pytest.mark.parametrize("action", ["enable", "end-sessions", "remove-factor"])
def test_a_super_administrator_may_not(session, sign_in, action):
    client, pk = sign_in(make.make_user(Role.SUPER_ADMIN)), make.make_user(Role.HOTLINE).id
    session.commit()
    assert client.post(f"/admin/users/{action}/{pk}").status_code == 403


def test_a_security_administrator_may_not_make_or_edit_accounts(session, sign_in, guard):
    client, pk = sign_in(guard), guard.id
    for url in ("/admin/users/add", f"/admin/users/edit/{pk}", "/admin/memberships/add"):
        assert client.get(url).status_code == 403 and client.post(url).status_code == 403, url


def test_two_at_once_disable_once(session, guard):
    """The second one is told that it was so already."""
    person = make.make_user(Role.HOTLINE)
    assert custody.set_active(person, False, by=guard, at=clock.now())
    assert not custody.set_active(person, False, by=guard, at=clock.now())
    session.rollback()


def test_the_numbers_of_an_account_are_masked_for_both(session, sign_in, guard):
    person = make.make_applicant().account
    number, mobile, pk = person.id_number, person.mobile, person.id
    for client in (sign_in(guard), sign_in(make.make_user(Role.SUPER_ADMIN))):
        for url in (f"/admin/users/show/{pk}", f"/admin/users/list/?username={person.username}"):
            text = client.get(url).text
            assert number not in text and mobile not in text and number[:3] + "*" * 15 in text, url
