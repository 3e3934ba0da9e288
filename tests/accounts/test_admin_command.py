"""flask admin create: the first super administrator."""

import pytest
from sqlalchemy import select

from app.accounts import passwords
from app.models import Membership, User
from app.vocabulary import Role

PASSWORD = "Guanli-2026-yan"


@pytest.fixture
def run(app, session):
    def run(*arguments, password=PASSWORD, typed=None):
        session.commit()
        env = {"ADMIN_PASSWORD": password}
        done = app.test_cli_runner().invoke(args=["admin", "create", *arguments], env=env, input=typed)
        session.expire_all()
        return done

    return run


def test_a_super_administrator_is_made_with_the_password_of_the_environment(run, session):
    assert run("head-clerk", "--name", "示例管理员").exit_code == 0
    user = session.scalars(select(User).where(User.username == "head-clerk")).one()
    assert user.first_name == "示例管理员" and not user.must_change_password
    assert passwords.matches(user.password, PASSWORD)
    memberships = session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    assert [(each.role, each.organisation_id) for each in memberships] == [(Role.SUPER_ADMIN, None)]


def test_without_it_the_password_is_asked_for_twice(run, session):
    assert run("asked", password="", typed=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    refused = run("unequal", password="", typed=f"{PASSWORD}\nanother-password\n")
    assert refused.exit_code == 1 and "两次输入的密码不一致，重新输入" in refused.output
    assert session.scalars(select(User.username).where(User.username == "unequal")).all() == []


@pytest.mark.parametrize(
    "username, password, says",
    [
        ("1a", PASSWORD, "用户名应为 4 至 64 位字母、数字和 _ . -，以字母开头。"),
        ("weak", "12345678", "密码太常见，容易被猜中，换一个。"),
        ("weak", "short", "密码至少 8 位，现在是 5 位。"),
    ],
)
def test_what_no_page_would_take_is_refused(run, username, password, says):
    refused = run(username, password=password)
    assert refused.exit_code == 1 and says in refused.output


def test_a_taken_user_name_is_refused(run):
    run("twice")
    refused = run("twice")
    assert refused.exit_code == 1 and "该用户名已被使用，换一个。" in refused.output


@pytest.mark.parametrize("role", ["super_admin", "security_admin", "auditor"])
def test_each_of_the_three_administrators_can_be_made(app, session, monkeypatch, role):
    monkeypatch.setenv("ADMIN_PASSWORD", "kunming-chuntian-2026")
    made = app.test_cli_runner().invoke(args=["admin", "create", f"first-{role}", "--role", role])
    assert made.exit_code == 0, made.output
    user = session.scalars(select(User).where(User.username == f"first-{role}")).one()
    assert session.scalars(select(Membership.role).where(Membership.user_id == user.id)).all() == [role]


@pytest.mark.parametrize("role", ["unit", "applicant", "hotline", "root"])
def test_no_other_account_is_made_this_way(app, role):
    refused = app.test_cli_runner().invoke(args=["admin", "create", "someone", "--role", role])
    assert refused.exit_code == 2 and "Traceback" not in refused.output
