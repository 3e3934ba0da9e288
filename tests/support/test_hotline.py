"""The hotline desk: finds by any number, shows numbers masked, opens locks (ACC-10, SUP-01, D02, D03)."""

import pytest
from sqlalchemy import select

from app import clock
from app.models import AuditEntry
from app.vocabulary import Role, Stage
from tests import factories as make


@pytest.fixture
def desk(session, sign_in):
    clerk = make.make_user(Role.HOTLINE)
    session.commit()
    client = sign_in(clerk)
    client.clerk_id = clerk.id
    return client


@pytest.fixture
def caller(session):
    person = make.make_applicant(make.make_unit()).account
    person.first_name = f"示例来电人{person.id}"
    session.commit()
    return person


@pytest.mark.parametrize("field", ["first_name", "id_number", "mobile", "username"])
def test_a_person_is_found_by_any_name_or_number(desk, caller, field):
    page = desk.post("/hotline/", data={"q": f" {getattr(caller, field)} "}).text

    assert caller.username in page
    assert "云南省示例单位" in page


def test_numbers_are_masked_except_where_they_were_typed(desk, caller):
    page = desk.post("/hotline/", data={"q": caller.username}).text

    assert caller.id_number not in page
    assert caller.mobile not in page
    assert f"{caller.mobile[:3]}****{caller.mobile[-4:]}" in page


def test_an_application_is_found_by_its_number_with_status_and_holder(desk, session):
    application = make.make_application(at=Stage.DEPARTMENT)
    session.commit()
    page = desk.post("/hotline/", data={"q": application.number.lower()}).text

    assert application.number in page
    assert "审核中" in page
    assert application.holder.name in page


def test_part_of_a_number_finds_nobody(desk, caller):
    assert "没有找到" in desk.post("/hotline/", data={"q": caller.id_number[:10]}).text
    assert "没有找到" in desk.post("/hotline/", data={"q": "%"}).text
    assert desk.post("/hotline/", data={"q": "\x00"}).status_code == 200


def test_a_lock_is_opened_by_post_and_the_record_says_by_whom(desk, session, caller):
    caller.locked_at, caller.fail_login_count = clock.now(), 4
    session.commit()
    assert "已锁定" in desk.post("/hotline/", data={"q": caller.username}).text
    assert desk.get(f"/hotline/{caller.id}/unlock").status_code == 405
    answer = desk.post(f"/hotline/{caller.id}/unlock")

    assert answer.location == f"/hotline/?account={caller.id}"
    assert "已解锁" in desk.get(answer.location).text
    session.refresh(caller)
    assert (caller.locked_at, caller.fail_login_count) == (None, 0)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "unlock")).all()[-1]
    assert (entry.by_id, entry.object_id) == (desk.clerk_id, str(caller.id))


def test_only_the_hotline_finds_and_unlocks(session, sign_in, caller):
    for role in (Role.APPLICANT, Role.SUPER_ADMIN):
        client = sign_in(make.make_user(role))
        assert client.get("/hotline/").status_code == 403
        assert client.post(f"/hotline/{caller.id}/unlock").status_code == 403


def test_an_account_that_does_not_exist_is_not_found(desk):
    for path in ("/hotline/?account=99999999", "/hotline/?account=999999999999999999"):
        assert desk.get(path).status_code == 404
    assert desk.post("/hotline/99999999/unlock").status_code == 404
