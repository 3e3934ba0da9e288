"""Cases: everything that changes something happens in an open one of one's own (B10), and the person is told."""

import pytest
from sqlalchemy import func, select

from app import clock
from app.chain import verify
from app.extensions import db
from app.models import AuditEntry, Evidence, HelpRequest, SupportCase
from app.support import asked, operations
from app.support.refusals import CaseNeeds, RequestTaken
from app.support.rules import ALLOWS, Act
from app.vocabulary import CaseKind, IdentityCheck, RequestStatus, Role
from tests import factories as make
from tests.at_once import at_once
from tests.support.conftest import images

A, K = Act, CaseKind
ALWAYS = {A.UNLOCK, A.SHOW, A.VIEW}

# What each kind of case is for, typed from SUP-01 and B10; nothing else is allowed in it.
MAY = {
    K.UNLOCK: ALWAYS,
    K.CORRECTION: {*ALWAYS, A.NAME, A.ID_NUMBER},
    K.MOBILE: {*ALWAYS, A.MOBILE},
    K.UNIT_RECOVERY: {*ALWAYS, A.NAME, A.MOBILE, A.RESET_LINK, A.VERIFY},
    K.NEW_MAJOR: {*ALWAYS, A.MAJOR},
    K.NEW_PROFESSION: {*ALWAYS, A.PROFESSION},
    K.DOSSIER: {*ALWAYS, A.DOSSIER},
    K.QUESTION: {*ALWAYS, A.VERIFY},
}


@pytest.mark.parametrize("kind", CaseKind)
def test_a_case_allows_what_it_is_for(kind):
    assert ALLOWS[kind] == MAY[kind]


FORM = {"kind": "question", "caller": "示例来电人", "identity_check": "callback", "reason": "示例来电事由"}


def test_a_case_says_who_called_how_that_was_checked_and_why(desk, session, caller, recorded):
    answer = desk.post(f"/cases/open?subject={caller.id}", data=FORM)
    case = session.scalars(select(SupportCase).where(SupportCase.subject_id == caller.id)).one()

    assert answer.location == f"/cases/{case.id}"
    assert (case.caller, case.identity_check, case.reason) == (
        "示例来电人",
        IdentityCheck.CALLBACK,
        "示例来电事由",
    )
    assert (case.opened_by_id, case.closed_at) == (desk.user_id, None)
    entry = recorded("open_case")[-1]
    assert (entry.by_id, entry.object_id, entry.detail) == (desk.user_id, str(case.id), "question")
    page = desk.get(answer.location).text
    assert "示例来电事由" in page and caller.id_number not in page and caller.mobile not in page


@pytest.mark.parametrize("missing", ["kind", "caller", "identity_check", "reason"])
def test_a_case_without_one_of_them_is_not_opened(desk, session, caller, missing):
    answer = desk.post(f"/cases/open?subject={caller.id}", data={**FORM, missing: ""})

    assert answer.status_code == 422
    assert session.scalar(select(func.count(SupportCase.id)).where(SupportCase.subject_id == caller.id)) == 0


@pytest.mark.parametrize(
    ("kind", "about", "status"),
    [
        ("unlock", "nobody", 409),
        ("correction", "unit", 302),  # its only account is meant
        ("unit_recovery", "person", 409),
        ("unit_recovery", "unit", 302),
        ("question", "nobody", 302),
    ],
)
def test_the_kind_says_what_a_case_must_be_about(desk, session, caller, kind, about, status):
    unit = make.make_unit()
    make.make_user(Role.UNIT, unit)
    session.commit()
    query = {"nobody": "", "person": f"?subject={caller.id}", "unit": f"?unit={unit.id}"}[about]

    assert desk.post(f"/cases/open{query}", data={**FORM, "kind": kind}).status_code == status


@pytest.mark.parametrize(("role", "kind", "status"), [
    (Role.SUPER_ADMIN, "correction", 403),
    (Role.SUPER_ADMIN, "mobile", 403),
    (Role.SECURITY_ADMIN, "mobile", 403),
    (Role.AUDITOR, "mobile", 403),
    (Role.HOTLINE, "mobile", 403),
    (Role.DEPARTMENT, "mobile", 403),
    (Role.DEPARTMENT, "unlock", 302),
    (Role.DEPARTMENT, "question", 302),
    (Role.UNIT, "mobile", 302),
    (Role.APPLICANT, "mobile", 302),
])  # fmt: skip
def test_accounts_of_offices_are_the_security_administrators(desk, session, role, kind, status):
    """Else the hotline could take over an administrator's account through his phone."""
    place = {Role.DEPARTMENT: make.make_department, Role.UNIT: make.make_unit}.get(role, lambda: None)()
    user = make.make_user(role, place)
    session.commit()

    assert desk.post(f"/cases/open?subject={user.id}", data={**FORM, "kind": kind}).status_code == status


def test_a_units_case_is_about_an_account_of_that_unit(desk, session, caller):
    """Else its link would open anybody's account."""
    unit = make.make_unit()
    clerks = [make.make_user(Role.UNIT, unit) for _n in range(2)]
    session.commit()
    body = {**FORM, "kind": "unit_recovery"}
    answer = desk.post(f"/cases/open?unit={unit.id}&subject={caller.id}", data=body)
    assert answer.status_code == 409 and "不是该单位的账号" in answer.text
    page = desk.get(f"/cases/open?unit={unit.id}").text
    assert all(each.username in page for each in clerks)

    assert desk.post(f"/cases/open?unit={unit.id}&subject={clerks[1].id}", data=body).status_code == 302
    case = session.scalars(select(SupportCase).where(SupportCase.unit_id == unit.id)).one()
    assert case.subject_id == clerks[1].id


def test_what_one_person_has_asked_is_no_case_about_another(desk, session, caller):
    """His images prove who he is, not who somebody else is."""
    request = make_request(session, caller, K.CORRECTION)
    other = make.make_applicant().account
    session.commit()
    desk.post(f"/cases/open?request={request.id}&subject={other.id}", data={**FORM, "kind": "correction"})
    case = session.scalars(select(SupportCase).where(SupportCase.request_id == request.id)).one()
    assert case.subject_id == caller.id

    again = make_request(session, caller, K.NEW_MAJOR)
    with pytest.raises(CaseNeeds):
        operations.open_case(
            K.NEW_MAJOR, subject=other, unit=None, request=again, caller="示例", identity_check=IdentityCheck.CALLBACK,
            reason="示例", by=session.get_one(make.User, desk.user_id), at=clock.now(),
        )  # fmt: skip


def test_nobody_handles_his_own_account(desk):
    answer = desk.post(f"/cases/open?subject={desk.user_id}", data={**FORM, "kind": "unlock"})

    assert answer.status_code == 403
    assert "不能受理本人的账号" in answer.text


# Every act with an honest body, as the page sends it: path, kind of the case, body.
ACTS = [
    ("unlock", K.UNLOCK, {}),
    ("number", K.QUESTION, {"field": "mobile", "reason": "回拨核对身份"}),
    ("name", K.CORRECTION, {"value": "示例改名"}),
    ("id-number", K.CORRECTION, {"value": make.id_number(31000)}),
    ("mobile", K.MOBILE, {"value": "13900009999"}),
    ("reset", K.UNIT_RECOVERY, {}),
    ("verify", K.QUESTION, {"how": "licence"}),
    ("leaf", K.NEW_MAJOR, {"level1": "示例", "level2": "示例", "level3": "示例"}),
    ("evidence", K.QUESTION, {}),
    ("close", K.QUESTION, {"outcome": "已答复"}),
    ("dossier/person", K.DOSSIER, {}),
    ("dossier/work-history/record", K.DOSSIER, {}),
    ("dossier/work-history/remove", K.DOSSIER, {"record": "1"}),
]


@pytest.mark.parametrize("whose", ["colleague's", "closed", "none"])
@pytest.mark.parametrize(("path", "kind", "body"), ACTS, ids=[each[0] for each in ACTS])
def test_without_an_open_case_of_ones_own_nothing_is_done(
    desk, second, session, caller, open_case, path, kind, body, whose
):
    """An edit without a case is 403 (no such case: 404); nothing is written but the record of the denial."""
    unit = make.make_unit(verified_at=None)
    make.join(caller, Role.UNIT, unit)
    session.commit()
    pk = open_case(kind, caller, unit)
    if whose == "closed":
        assert desk.post(f"/cases/{pk}/close", data={"outcome": "已答复"}).status_code == 302
    before = (caller.first_name, caller.mobile, caller.id_number, unit.verified_at)
    count = session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.result == "done"))
    client = second if whose == "colleague's" else desk
    answer = client.post(f"/cases/{pk if whose != 'none' else 99999999}/{path}", data={**body, **images()})

    assert answer.status_code == (404 if whose == "none" else 403)
    session.refresh(caller)
    session.refresh(unit)
    assert (caller.first_name, caller.mobile, caller.id_number, unit.verified_at) == before
    assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.result == "done")) == count


def test_a_colleague_reads_a_case_but_finds_no_button(second, session, caller, open_case):
    page = second.get(f"/cases/{open_case(K.UNLOCK, caller)}").text

    assert "只有受理人能在其中操作" in page
    assert "解锁账号" not in page and "显示完整号码" not in page


def test_a_lock_is_opened_in_a_case_and_the_person_is_told(
    desk, session, caller, open_case, recorded, told, deeds
):
    caller.locked_at, caller.fail_login_count = clock.now(), 4
    session.commit()
    pk = open_case(K.UNLOCK, caller)
    assert desk.get(f"/cases/{pk}/unlock").status_code == 405
    before = session.scalar(select(func.count(AuditEntry.id)))
    answer = desk.post(f"/cases/{pk}/unlock")

    assert answer.location == f"/cases/{pk}"
    session.refresh(caller)
    assert (caller.locked_at, caller.fail_login_count) == (None, 0)
    entry = recorded("unlock")[-1]
    assert (entry.by_id, entry.object_id) == (desk.user_id, str(caller.id))
    assert session.scalar(select(func.count(AuditEntry.id))) == before + 1
    assert "解锁您的账号" in told(caller.id)[0]
    assert deeds(pk) == ["opened", "unlocked"]


def test_what_is_not_locked_is_not_opened_and_nobody_is_told(desk, caller, open_case, told):
    pk = open_case(K.UNLOCK, caller)
    assert "没有锁定" in desk.post(f"/cases/{pk}/unlock", follow_redirects=True).text
    assert told(caller.id) == []


@pytest.mark.parametrize("field", ["id_number", "mobile"])
def test_a_number_is_shown_once_for_a_reason_and_recorded(desk, session, caller, open_case, recorded, field):
    pk = open_case(K.QUESTION, caller)
    number = getattr(caller, field)
    shown = len(recorded("show_number"))
    for reason in ("", "三个字"):
        answer = desk.post(f"/cases/{pk}/number", data={"field": field, "reason": reason})
        assert answer.status_code == 422 and number not in answer.text
    assert len(recorded("show_number")) == shown
    answer = desk.post(f"/cases/{pk}/number", data={"field": field, "reason": "回拨核对"})

    assert answer.status_code == 200 and number in answer.text
    other = caller.mobile if field == "id_number" else caller.id_number
    assert other not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert number not in desk.get(f"/cases/{pk}").text
    (entry,) = recorded("show_number")[shown:]
    assert (entry.by_id, entry.object_id) == (desk.user_id, str(caller.id))
    assert "回拨核对" not in entry.detail and number not in entry.detail
    assert "回拨核对" in desk.get(f"/cases/{pk}").text


def test_nothing_else_than_the_two_numbers_is_shown(desk, caller, open_case):
    pk = open_case(K.QUESTION, caller)
    for field in ("password", "factor_secret", "first_name", ""):
        assert (
            desk.post(f"/cases/{pk}/number", data={"field": field, "reason": "回拨核对"}).status_code == 422
        )


def test_closing_says_what_came_of_it_once(desk, session, caller, open_case, recorded):
    pk = open_case(K.QUESTION, caller)
    assert desk.post(f"/cases/{pk}/close", data={"outcome": ""}).status_code == 422
    assert desk.post(f"/cases/{pk}/close", data={"outcome": "已答复来电人"}).status_code == 302
    assert desk.post(f"/cases/{pk}/close", data={"outcome": "又一次"}).status_code == 403
    case = session.get_one(SupportCase, pk)
    session.refresh(case)

    assert (case.outcome, case.closed_at is not None) == ("已答复来电人", True)
    assert recorded("close_case")[-1].object_id == str(pk)


def test_my_cases_are_listed_and_a_persons_cases_stand_on_his_card(desk, second, session, caller, open_case):
    case = session.get_one(SupportCase, open_case(K.QUESTION, caller))

    assert case.number in desk.get("/cases/").text
    assert case.number not in second.get("/cases/").text
    assert case.number in second.get(f"/hotline/people/{caller.id}").text


def make_request(session, caller, kind=K.NEW_MAJOR) -> HelpRequest:
    content = {"level1": "示例学", "level2": "示例类", "level3": "示例专业"}
    request = asked.ask(kind, content, [], by=caller, at=clock.now())
    session.commit()
    return request


@pytest.mark.parametrize(
    ("result", "status"),
    [("done", RequestStatus.DONE), ("refused", RequestStatus.REFUSED), ("back", RequestStatus.OPEN)],
)
def test_a_case_answers_its_request_or_leaves_it(desk, session, caller, told, result, status):
    request = make_request(session, caller)
    page = desk.get(f"/cases/open?request={request.id}").text
    assert caller.first_name in page and request.number in page
    pk = int(
        desk.post(f"/cases/open?request={request.id}", data={**FORM, "kind": "new_major"}).location.split(
            "/"
        )[-1]
    )
    assert "查看工单" in desk.get("/requests/").text
    assert desk.post(f"/cases/{pk}/close", data={"outcome": "没有选处理"}).status_code == 422
    desk.post(f"/cases/{pk}/close", data={"outcome": "目录中已有此专业", "result": result})
    session.refresh(request)

    assert request.status is status
    if result != "back":
        assert request.answer == "目录中已有此专业"
        assert request.number in told(caller.id)[0] and "目录中已有此专业" in told(caller.id)[0]
    else:
        assert told(caller.id) == []
        assert f"/cases/open?request={request.id}" in desk.get("/requests/").text


def test_a_request_is_taken_by_one(desk, second, session, caller):
    request = make_request(session, caller)
    body = {**FORM, "kind": "new_major"}
    assert desk.post(f"/cases/open?request={request.id}", data=body).status_code == 302
    answer = second.post(f"/cases/open?request={request.id}", data=body)

    assert answer.status_code == 409
    assert "已被其他人员受理" in answer.text


def test_of_many_who_take_a_request_at_once_one_gets_it(app, session, caller):
    request = make_request(session, caller)
    clerks = [make.make_user(Role.HOTLINE).id for _n in range(6)]
    session.commit()
    pk, subject = request.id, caller.id

    def take(by: int) -> int:
        operations.open_case(
            K.NEW_MAJOR, subject=db.session.get_one(make.User, subject), unit=None,
            request=db.session.get_one(HelpRequest, pk), caller="示例", identity_check=IdentityCheck.CALLBACK,
            reason="示例", by=db.session.get_one(make.User, by), at=clock.now(),
        )  # fmt: skip
        return by

    session.rollback()
    results = at_once(app, [lambda by=by: take(by) for by in clerks])
    won = [each for each in results if each is not RequestTaken]
    assert len(won) == 1
    assert session.scalar(select(func.count(SupportCase.id)).where(SupportCase.request_id == pk)) == 1


def test_evidence_is_kept_with_the_case_and_each_look_is_recorded(
    desk, second, session, caller, open_case, recorded
):
    pk = open_case(K.CORRECTION, caller)
    assert desk.post(f"/cases/{pk}/evidence", data=images(2)).status_code == 302
    first, _second = session.scalars(select(Evidence).where(Evidence.case_id == pk)).all()
    looks = len(recorded("view_scan"))
    answer = desk.get(f"/evidence/{first.id}")

    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert [each.object_id for each in recorded("view_scan")[looks:]] == [first.id]
    assert second.get(f"/evidence/{first.id}").status_code == 404
    desk.post(f"/cases/{pk}/close", data={"outcome": "已答复"})
    assert desk.get(f"/evidence/{first.id}").status_code == 404
    assert len(recorded("view_scan")) == looks + 1


@pytest.mark.parametrize(
    ("before", "more", "status"), [(0, 6, 302), (0, 7, 422), (5, 1, 302), (5, 2, 422), (6, 1, 422)]
)
def test_a_case_keeps_six_images(app, desk, session, caller, open_case, before, more, status):
    pk = open_case(K.CORRECTION, caller)
    if before:
        desk.post(f"/cases/{pk}/evidence", data=images(before))
    files = len(list(app.config["PRIVATE_ROOT"].rglob("*")))

    assert desk.post(f"/cases/{pk}/evidence", data=images(more)).status_code == status
    count = session.scalar(select(func.count(Evidence.id)).where(Evidence.case_id == pk))
    assert count == (before + more if status == 302 else before)
    if status != 302:
        left = {each for each in app.config["PRIVATE_ROOT"].rglob("*") if each.is_file()}
        assert len(list(app.config["PRIVATE_ROOT"].rglob("*"))) - files <= more  # folders may stay, files go
        keys = set(session.scalars(select(Evidence.storage_key)))
        assert {each.name for each in left} <= keys


@pytest.mark.parametrize("body", [{}, {"images": "not a file"}])
def test_evidence_without_an_image_is_refused(desk, caller, open_case, body):
    assert desk.post(f"/cases/{open_case(K.CORRECTION, caller)}/evidence", data=body).status_code == 422


def test_a_unit_is_verified_in_a_case(desk, session, open_case, told, recorded):
    unit = make.make_unit(verified_at=None)
    clerk = make.make_user(Role.UNIT, unit)
    session.commit()
    pk = open_case(K.QUESTION, None, unit)
    assert desk.post(f"/cases/{pk}/verify", data={"how": ""}).status_code == 422
    assert desk.post(f"/cases/{pk}/verify", data={"how": "licence"}).status_code == 302
    session.refresh(unit)

    assert unit.verified_at is not None
    assert "已通过核验" in told(clerk.id)[0]
    assert recorded("verify_unit")[-1].by_id == desk.user_id
    assert desk.post(f"/cases/{pk}/verify", data={"how": "licence"}).status_code == 409


def test_the_chain_holds_after_all_this(session):
    assert list(verify()) == []
