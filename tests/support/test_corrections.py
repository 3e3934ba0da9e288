"""Name, ID number and mobile: one proposes with evidence, another confirms, the person is told (B10)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.accounts import sessions
from app.accounts.reset import holder_of, start_reset
from app.extensions import db
from app.models import Correction, ResetLink, SignIn
from app.support import corrections
from app.support.refusals import AlreadyDecided
from app.vocabulary import CaseKind, Document, IdentityCheck, Role
from tests import factories as make
from tests.at_once import at_once
from tests.support.conftest import images

K = CaseKind
OTHER = make.id_number(12001)


@pytest.fixture
def propose(desk, session, caller, open_case):
    """A correction of the caller's, proposed by `desk` through the page; returns its id."""

    def proposed(field: str, value: str, subject=None) -> int:
        subject = subject or caller
        pk = open_case(K.MOBILE if field == "mobile" else K.CORRECTION, subject)
        if field != "mobile":
            desk.post(f"/cases/{pk}/evidence", data=images())
        answer = desk.post(f"/cases/{pk}/{field.replace('_', '-')}", data={"value": value})
        assert answer.status_code == 302, answer.text
        return session.scalars(select(Correction.id).where(Correction.case_id == pk)).one()

    return proposed


FIELDS = [
    ("name", "first_name", "示例更名"),
    ("id_number", "id_number", make.id_number(12500)),
    ("mobile", "mobile", "13900007777"),
]


@pytest.mark.parametrize(("field", "column", "new"), FIELDS, ids=[each[0] for each in FIELDS])
def test_it_takes_two(desk, second, session, caller, propose, recorded, told, field, column, new):
    new = (
        new
        if field == "name"
        else (make.id_number(12500 + caller.id) if field == "id_number" else f"1390001{caller.id:04d}")
    )
    old = getattr(caller, column)
    pk = propose(field, new)
    session.refresh(caller)
    assert getattr(caller, column) == old
    assert desk.post(f"/corrections/{pk}/decide", data={"result": "accept"}).status_code == 403
    session.refresh(caller)
    assert getattr(caller, column) == old
    before = len(recorded(f"correct_{field}"))
    answer = second.post(f"/corrections/{pk}/decide", data={"result": "accept", "remark": "与证件一致"})

    assert answer.status_code == 302
    session.refresh(caller)
    assert getattr(caller, column) == new
    (entry,) = recorded(f"correct_{field}")[before:]
    assert (entry.by_id, entry.object_id) == (second.user_id, str(caller.id))
    assert entry.before and entry.after and entry.before != entry.after
    assert new not in entry.detail
    assert "更正您登记的" in told(caller.id)[0]
    if field != "name":
        assert new not in told(caller.id)[0] and old not in told(caller.id)[0]


def test_the_new_number_is_found_and_the_old_one_is_not(second, caller, propose):
    old, new = caller.id_number, make.id_number(13000 + caller.id)
    second.post(f"/corrections/{propose('id_number', new)}/decide", data={"result": "accept"})

    for number, is_found in ((new, True), (new[-6:], True), (old, False)):
        assert (caller.first_name in second.post("/hotline/", data={"q": number}).text) is is_found


def test_lists_show_both_values_masked_and_the_judge_sees_the_new_one(desk, second, caller, propose):
    old, new = caller.id_number, make.id_number(13500 + caller.id)
    pk = propose("id_number", new)

    for client in (desk, second):
        page = client.get("/corrections/").text
        assert new not in page and old not in page
    assert new not in desk.get(f"/corrections/{pk}").text
    judged = second.get(f"/corrections/{pk}").text
    assert new in judged and old not in judged
    second.post(f"/corrections/{pk}/decide", data={"result": "accept"})
    assert new not in second.get(f"/corrections/{pk}").text


def test_a_security_administrator_may_be_the_second(session, sign_in, caller, propose):
    pk = propose("name", "示例改名甲")
    guard = make.make_user(Role.SECURITY_ADMIN)
    session.commit()
    assert sign_in(guard).post(f"/corrections/{pk}/decide", data={"result": "accept"}).status_code == 302
    session.refresh(caller)

    assert caller.first_name == "示例改名甲"


@pytest.mark.parametrize(
    ("role", "status"), [(Role.SUPER_ADMIN, 404), (Role.AUDITOR, 403), (Role.APPLICANT, 403)]
)
def test_nobody_else_is(session, sign_in, propose, role, status):
    pk = propose("name", "示例改名乙")
    user = make.make_user(role)
    session.commit()

    assert sign_in(user).post(f"/corrections/{pk}/decide", data={"result": "accept"}).status_code == status


def test_the_person_himself_does_not_confirm(session, sign_in, caller, propose):
    """Even if he works at the hotline."""
    pk = propose("name", "示例改名丙")
    make.join(caller, Role.HOTLINE)
    session.commit()
    assert sign_in(caller).post(f"/corrections/{pk}/decide", data={"result": "accept"}).status_code == 403


def test_a_new_mobile_tells_the_old_one_ends_sessions_and_pauses_recovery(
    session, second, caller, propose, texts_to, app
):
    old, new = caller.mobile, f"1390002{caller.id:04d}"
    key = sessions.open_session(caller, at=clock.now())
    session.commit()
    pk = propose("mobile", new)
    assert texts_to(old) == []
    at = clock.now()
    second.post(f"/corrections/{pk}/decide", data={"result": "accept"})
    session.refresh(caller)

    (text,) = texts_to(old)
    assert "手机号已由热线改为" in text and new not in text
    assert texts_to(new) == []
    ended = session.scalars(select(SignIn.ended_at).where(SignIn.key == sessions.digest(key))).one()
    assert ended is not None
    pause = caller.recovery_paused_until - at
    assert timedelta(hours=24) <= pause < timedelta(hours=24, minutes=5)


def test_a_link_sent_to_the_old_mobile_is_dead(session, second, caller, propose):
    token = start_reset(caller, by=session.get_one(make.User, second.user_id), at=clock.now())
    session.commit()
    assert holder_of(token, at=clock.now()) is not None
    second.post(
        f"/corrections/{propose('mobile', f'1390008{caller.id:04d}')}/decide", data={"result": "accept"}
    )

    assert holder_of(token, at=clock.now()) is None


def test_recovery_is_refused_for_a_day(session, second, caller, propose, app):
    new = f"1390003{caller.id:04d}"
    number = caller.id_number
    second.post(f"/corrections/{propose('mobile', new)}/decide", data={"result": "accept"})
    client = app.test_client()
    client.post("/recover/", data={"name": number, "mobile": new})

    from app.models import Outbox

    assert session.scalars(select(Outbox.id).where(Outbox.mobile == new)).all() == []


def test_a_refusal_says_why_and_changes_nothing(second, session, caller, propose, told, deeds):
    name = caller.first_name
    pk = propose("name", "示例改名丁")
    for remark in ("", "不行"):
        answer = second.post(f"/corrections/{pk}/decide", data={"result": "refuse", "remark": remark})
        assert answer.status_code == 422
    second.post(f"/corrections/{pk}/decide", data={"result": "refuse", "remark": "与证件不一致"})
    session.refresh(caller)
    correction = session.get_one(Correction, pk)
    session.refresh(correction)

    assert (caller.first_name, correction.accepted, correction.remark) == (name, False, "与证件不一致")
    assert told(caller.id) == []
    assert deeds(correction.case_id)[-1] == "not_corrected"


def test_a_correction_is_decided_once(second, session, caller, propose):
    pk = propose("name", "示例改名戊")
    assert second.post(f"/corrections/{pk}/decide", data={"result": "accept"}).status_code == 302
    answer = second.post(f"/corrections/{pk}/decide", data={"result": "refuse", "remark": "改主意了"})
    session.refresh(caller)

    assert answer.status_code == 409
    assert caller.first_name == "示例改名戊"


def test_of_many_who_decide_at_once_one_does(app, session, caller, propose):
    pk = propose("name", "示例改名己")
    judges = [make.make_user(Role.HOTLINE).id for _n in range(6)]
    session.commit()
    session.rollback()

    def decide(by: int) -> int:
        corrections.decide(
            db.session.get_one(Correction, pk), accept=True, remark="", by=db.session.get_one(make.User, by),
            at=clock.now(),
        )  # fmt: skip
        return by

    results = at_once(app, [lambda by=by: decide(by) for by in judges])
    done = [each for each in results if each is not AlreadyDecided]
    assert len(done) == 1


def test_what_changed_meanwhile_is_not_overwritten(second, session, caller, propose):
    pk = propose("name", "示例改名庚")
    caller.first_name = "示例先改了"
    session.commit()
    answer = second.post(f"/corrections/{pk}/decide", data={"result": "accept"})
    session.refresh(caller)

    assert answer.status_code == 409
    assert caller.first_name == "示例先改了"
    assert session.get_one(Correction, pk).decided_at is None


def test_two_of_one_kind_do_not_wait_together(desk, caller, propose, open_case):
    propose("name", "示例改名辛")
    pk = open_case(K.CORRECTION, caller)
    desk.post(f"/cases/{pk}/evidence", data=images())
    answer = desk.post(f"/cases/{pk}/name", data={"value": "示例改名壬"})

    assert answer.status_code == 409
    assert "等待复核" in answer.text


@pytest.mark.parametrize("field", ["name", "id-number"])
def test_a_name_and_a_number_need_an_image(desk, session, caller, open_case, field):
    pk = open_case(K.CORRECTION, caller)
    value = "示例改名癸" if field == "name" else OTHER
    answer = desk.post(f"/cases/{pk}/{field}", data={"value": value})

    assert answer.status_code == 409
    assert "先上传证明材料" in answer.text
    assert session.scalars(select(Correction.id).where(Correction.case_id == pk)).all() == []


@pytest.mark.parametrize(
    ("check", "status"),
    [
        (IdentityCheck.DETAILS, 409),
        (IdentityCheck.CALLBACK, 302),
        (IdentityCheck.DOCUMENTS, 302),
        (IdentityCheck.UNIT_CONFIRMED, 302),
    ],
)
def test_knowing_name_number_and_unit_is_not_enough_for_a_new_mobile(desk, caller, open_case, check, status):
    pk = open_case(K.MOBILE, caller, check=check)

    assert desk.post(f"/cases/{pk}/mobile", data={"value": f"1390004{caller.id:04d}"}).status_code == status


BAD = [
    ("name", "示例1", "不能有数字"),
    ("name", "", "填写正确的姓名"),
    ("id-number", "530102197501010000", "校验不通过"),
    ("id-number", "5301021975010100", "应为 18 位"),
    ("mobile", "1390000", "应为 11 位"),
    ("mobile", "23900001234", "应以 13 至 19 开头"),
]


@pytest.mark.parametrize(("field", "value", "text"), BAD)
def test_what_cannot_be_right_is_refused_with_the_reason(desk, caller, open_case, field, value, text):
    pk = open_case(K.MOBILE if field == "mobile" else K.CORRECTION, caller)
    answer = desk.post(f"/cases/{pk}/{field}", data={"value": value})

    assert answer.status_code == 422
    assert text in answer.text


def test_a_number_is_judged_as_the_document_it_belongs_to(desk, session, caller, open_case):
    caller.document = Document.PASSPORT
    session.commit()
    pk = open_case(K.CORRECTION, caller)
    desk.post(f"/cases/{pk}/evidence", data=images())

    assert desk.post(f"/cases/{pk}/id-number", data={"value": "X"}).status_code == 422
    assert desk.post(f"/cases/{pk}/id-number", data={"value": f"e{caller.id:08d}"}).status_code == 302


@pytest.mark.parametrize("field", ["id_number", "mobile"])
def test_a_number_that_another_account_has_is_refused(desk, session, caller, open_case, field):
    other = make.make_applicant().account
    session.commit()
    pk = open_case(K.MOBILE if field == "mobile" else K.CORRECTION, caller)
    desk.post(f"/cases/{pk}/evidence", data=images())
    taken = getattr(other, field)

    assert desk.post(f"/cases/{pk}/{field.replace('_', '-')}", data={"value": taken}).status_code == 409


def test_a_number_taken_while_it_waited_is_refused(second, session, caller, propose):
    new = f"1390005{caller.id:04d}"
    pk = propose("mobile", new)
    other = make.make_applicant().account
    other.mobile = new
    session.commit()

    assert second.post(f"/corrections/{pk}/decide", data={"result": "accept"}).status_code == 409


def test_the_same_value_is_no_correction(desk, session, caller, open_case):
    caller.first_name = "示例同名"
    session.commit()
    pk = open_case(K.CORRECTION, caller)
    desk.post(f"/cases/{pk}/evidence", data=images())

    assert desk.post(f"/cases/{pk}/name", data={"value": caller.first_name}).status_code == 409


def test_a_case_stays_open_while_a_correction_waits(desk, second, session, propose):
    pk = propose("name", "示例改名子")
    case_id = session.get_one(Correction, pk).case_id
    answer = desk.post(f"/cases/{case_id}/close", data={"outcome": "已办"})
    assert answer.status_code == 409 and "等待复核" in answer.text
    second.post(f"/corrections/{pk}/decide", data={"result": "accept"})

    assert desk.post(f"/cases/{case_id}/close", data={"outcome": "已办"}).status_code == 302


def test_values_lie_sealed(session, caller, propose):
    """A byte search of the database finds neither number."""
    new = make.id_number(14000 + caller.id)
    propose("id_number", new)
    rows = session.connection().exec_driver_sql("SELECT old, new FROM correction").all()

    assert rows and not any(new in value or caller.id_number in value for row in rows for value in row)


def test_a_lost_unit_account_gets_its_new_person_and_a_link(
    desk, second, session, open_case, told, texts_to, recorded
):
    """ACC-07: evidence, the new responsible person's mobile by two persons, then a link to that phone only."""
    unit = make.make_unit()
    clerk = make.make_user(Role.UNIT, unit, mobile=f"13900060{unit.id:03d}")
    session.commit()
    new = f"13900061{unit.id:03d}"
    pk = open_case(K.UNIT_RECOVERY, clerk, unit)
    answer = desk.post(f"/cases/{pk}/mobile", data={"value": new})
    assert answer.status_code == 409 and "先上传证明材料" in answer.text
    desk.post(f"/cases/{pk}/evidence", data=images(2))
    answer = desk.post(f"/cases/{pk}/reset")
    assert answer.status_code == 409 and "先把单位账号的手机号改为新负责人的" in answer.text
    for field, value in (("name", "示例新经办"), ("mobile", new)):
        assert desk.post(f"/cases/{pk}/{field}", data={"value": value}).status_code == 302
    for each in session.scalars(select(Correction.id).where(Correction.case_id == pk)).all():
        assert second.post(f"/corrections/{each}/decide", data={"result": "accept"}).status_code == 302
    answer = desk.post(f"/cases/{pk}/reset", follow_redirects=True)
    session.refresh(clerk)

    assert (clerk.first_name, clerk.mobile) == ("示例新经办", new)
    (text,) = texts_to(new)
    assert "/reset/" in text and "/reset/" not in answer.text
    assert session.scalars(select(ResetLink.by_id).where(ResetLink.user_id == clerk.id)).one() == desk.user_id
    assert recorded("start_reset")[-1].object_id == str(clerk.id)
    assert text.split("/reset/")[1][:20] not in recorded("start_reset")[-1].detail


def test_corrections_of_persons_give_no_link(desk, session, caller, open_case):
    pk = open_case(K.MOBILE, caller)

    assert desk.post(f"/cases/{pk}/reset").status_code == 403
