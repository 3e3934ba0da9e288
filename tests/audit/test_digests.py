"""Each entry of a change says by digests what was there before and what came after (D08)."""

import pytest
from sqlalchemy import delete, select, update

from app import clock
from app.accounts import operations as accounts
from app.audit import digest_of, record
from app.extensions import db
from app.models import AuditEntry, Membership, Setting, User
from app.organisations import operations as organisations
from app.organisations import staff
from app.vocabulary import Choice, Result, Role, Stage
from tests import factories as make
from tests.forms import typed


def last(action):
    return db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id.desc()).limit(1)
    ).one()


@pytest.fixture
def setting(session):
    made = Setting(key=f"digest-{next(make._numbers)}", value="old", note="示例")
    session.add(made)
    session.commit()
    return made


def test_a_change_of_a_row_is_told_by_its_values(session, setting):
    assert setting.value == "old"
    setting.value = "new"
    record("edit", setting, at=clock.now())
    session.commit()
    name, entry = f"Setting:{setting.id}.value", last("edit")
    assert (entry.before, entry.after) == (digest_of({name: "old"}), digest_of({name: "new"}))


def test_a_guarded_statement_is_told_by_what_it_sets_and_what_it_asks(session, setting):
    statement = update(Setting).where(Setting.id == setting.id, Setting.value == "old").values(value="new")
    session.execute(statement)
    record("edit", setting, at=clock.now())
    session.commit()
    name, entry = f"Setting:{setting.id}.value", last("edit")
    assert (entry.before, entry.after) == (digest_of({name: "old"}), digest_of({name: "new"}))


def test_a_statement_that_found_no_row_leaves_no_digest(session, setting):
    session.execute(update(Setting).where(Setting.id == setting.id, Setting.value == "x").values(value="new"))
    record("edit", setting, at=clock.now())
    session.commit()
    assert (last("edit").before, last("edit").after) == ("", "")


@pytest.mark.parametrize("how", ["row", "statement"])
def test_what_is_deleted_is_told(session, setting, how):
    record("delete", setting, at=clock.now())
    if how == "row":
        session.delete(setting)
    else:
        session.execute(delete(Setting).where(Setting.id == setting.id, Setting.value == "old"))
    session.commit()
    entry = last("delete")
    assert entry.before and entry.after and entry.before != entry.after


def test_digests_given_by_the_operation_stay(session, setting):
    setting.value = "new"
    record("edit", setting, at=clock.now(), before="b", after="a")
    session.commit()
    assert (last("edit").before, last("edit").after) == ("b", "a")


def test_a_refusal_has_none(session, setting):
    setting.value = "new"
    record("edit", setting, at=clock.now(), result=Result.DENIED)
    session.commit()
    assert (last("edit").before, last("edit").after) == ("", "")


# The verbs of these rooms, done by the real operations; whether a guard says what was before.
def unlock():
    user = make.make_user(locked_at=clock.now(), fail_login_count=4)
    accounts.unlock(user, by=make.make_user(Role.HOTLINE), at=clock.now())


def new_password():
    user = make.make_user(Role.HOTLINE)
    accounts.change_password(user, "山高水长 2026", keep=None, at=clock.now())


def choose():
    unit = make.make_unit()
    by = make.make_user(Role.UNIT, unit)
    return organisations.choose_department(unit, make.make_department(), by=by, at=clock.now()), by


def decide():
    choice, _by = choose()
    by = make.make_user(Role.DEPARTMENT, choice.department)
    organisations.decide_choice(
        choice, result=Choice.APPROVED, opinion="同意", by=by, seen=choice.submitted_at, at=clock.now()
    )
    return choice, by


def make_default():
    choice, by = decide()
    organisations.make_default(choice, by=by, at=clock.now())


def remove_person():
    unit = make.make_unit()
    person = make.make_applicant(unit)
    staff.remove(person, unit, by=make.make_user(Role.UNIT, unit), at=clock.now())


VERBS = [
    ("unlock", unlock),
    ("change_password", new_password),
    ("choose", choose),
    ("decide", decide),
    ("make_default", make_default),
    ("remove_person", remove_person),
]


@pytest.mark.parametrize(("action", "work"), VERBS, ids=[each[0] for each in VERBS])
def test_each_verb_leaves_its_digest(session, action, work):
    before = session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1)) or 0
    work()
    session.commit()
    entry = last(action)
    assert entry.id > before
    assert len(entry.after) == 64 and entry.after != entry.before


def test_roles_given_changed_and_taken_leave_theirs(session, sign_in):
    client, user = sign_in(make.make_user(Role.SUPER_ADMIN)), make.make_user()
    session.commit()
    client.post("/admin/memberships/add", data={"user": user.username, "role": "hotline", "organisation": ""})
    held = session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
    pk = held.id
    path = f"/admin/memberships/edit/{pk}"
    client.post(path, data={**typed(client.get(path).text), "role": "auditor"})
    client.post(f"/admin/memberships/delete/{pk}")
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.object_type == "Membership", AuditEntry.object_id == str(pk))
        .order_by(AuditEntry.id)
    ).all()
    assert [each.action for each in entries] == ["add", "edit", "delete"]
    assert all(each.after for each in entries)
    assert all(each.before for each in entries[1:])
    assert len({each.after for each in entries}) == 3


def test_a_decision_leaves_its_digest(session, sign_in):
    application = make.make_application(Stage.UNIT)
    make.write_unit_opinion(application)
    clerk = make.clerk_of(application)
    session.commit()
    client, pk = sign_in(clerk), application.id
    client.post(
        f"/applications/{pk}/review",
        data={"seen": application.version, "event": "approve", "opinion": "同意"},
    )
    session.expire_all()
    assert application.stage is not Stage.UNIT
    entry = last("WorkbenchView.decide")
    assert len(entry.before) == len(entry.after) == 64


def test_equal_digests_are_equal_values(session):
    user = make.make_user(Role.HOTLINE)
    session.commit()
    for value in ("示例甲", "示例乙", "示例甲"):
        session.execute(update(User).where(User.id == user.id).values(first_name=value))
        record("edit", user, at=clock.now())
        session.commit()
    found = session.scalars(
        select(AuditEntry.after).where(AuditEntry.object_type == "User", AuditEntry.object_id == str(user.id))
        .order_by(AuditEntry.id)
    ).all()  # fmt: skip
    assert found[0] == found[2] != found[1]
