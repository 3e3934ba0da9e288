"""专业技术人员管理: joined by both sides, and what a unit does for its people (UNI-08, UNI-09, ACC-09, B08)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts import employment
from app.dossier.operations import choose_unit
from app.errors import (
    NotConfirmed,
    OwnEmployment,
    RunningApplication,
    TooManyRecipients,
    TooManyResets,
    UnitLocked,
    UnitUnverified,
)
from app.models import (
    AuditEntry,
    Employment,
    HelpRequest,
    Message,
    Outbox,
    Person,
    ResetLink,
)
from app.organisations import staff
from app.vocabulary import CaseKind, Joining, MessageType, RequestStatus, Role, Stage, Status
from tests import factories as make
from tests.review.pages import text_of


@pytest.fixture
def unit(session):
    return make.make_unit()


@pytest.fixture
def clerk(unit):
    return make.make_user(Role.UNIT, unit)


@pytest.fixture
def client(clerk, sign_in):
    return sign_in(clerk)


@pytest.fixture
def asked(unit):
    """Someone who has named the unit and waits for its word."""
    person = make.make_applicant()
    make.employ(person, unit, confirmed=False)
    return person


@pytest.fixture
def member(unit):
    return make.make_applicant(unit)


def places(session, person):
    session.expire_all()
    rows = session.scalars(
        select(Employment).where(Employment.person_id == person.id).order_by(Employment.id)
    )
    return [(each.unit_id, each.status, each.ended_at is not None) for each in rows]


def texts(session, person):
    query = select(Message.text).where(Message.recipient_id == person.id).order_by(Message.id)
    return list(session.scalars(query))


def acts(session, action):
    return session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == action))


def test_choosing_asks_choosing_again_keeps_and_choosing_another_ends(session, unit):
    person, other = make.make_applicant(), make.make_unit()
    account, at = person.account, clock.now()
    choose_unit(person, unit, by=account, at=at)
    assert places(session, person) == [(unit.id, Joining.ASKED, False)]
    assert employment.confirm(person.id, unit.id, by=account, at=at)
    choose_unit(person, unit, by=account, at=at)
    assert places(session, person) == [(unit.id, Joining.CONFIRMED, False)], "what it said stays said"
    choose_unit(person, other, by=account, at=at)
    assert places(session, person) == [
        (unit.id, Joining.CONFIRMED, True),
        (other.id, Joining.ASKED, False),
    ]
    choose_unit(person, unit, by=account, at=at)
    assert places(session, person)[-1] == (unit.id, Joining.ASKED, False), (
        "who comes back is asked about anew"
    )
    assert person.unit_id == unit.id


def test_the_unit_confirms_and_the_person_is_told(session, unit, client, asked):
    page = client.get(f"/unit/staff/{asked.id}")
    assert "不确认不影响此人提交申报" in text_of(page)
    assert "139****" not in page.text, "no number before the unit has confirmed"
    assert client.post(f"/unit/staff/{asked.id}/confirm").status_code == 302
    assert places(session, asked) == [(unit.id, Joining.CONFIRMED, False)]
    assert texts(session, asked) == [f"{unit.name} 已确认您是本单位人员。"]
    assert "139****" in client.get(f"/unit/staff/{asked.id}").text
    again = client.post(f"/unit/staff/{asked.id}/confirm")
    assert again.status_code == 409 and "刚刚有变化" in text_of(again)
    assert acts(session, "confirm_person") == 1


def test_the_unit_declines_and_the_person_has_none(session, unit, client, asked):
    assert client.post(f"/unit/staff/{asked.id}/decline").status_code == 302
    assert places(session, asked) == [(unit.id, Joining.ASKED, True)] and asked.unit_id is None
    assert texts(session, asked)[0].startswith(f"{unit.name} 认为您不是本单位人员")
    assert client.get(f"/unit/staff/{asked.id}").status_code == 404
    assert asked.account.first_name not in client.get("/unit/staff/").text


def test_the_unit_removes_whoever_left(session, unit, client, member):
    assert "立即看不到此人的申报和扫描件" in text_of(client.get(f"/unit/staff/{member.id}"))
    assert client.post(f"/unit/staff/{member.id}/decline").status_code == 409
    assert client.post(f"/unit/staff/{member.id}/remove").status_code == 302
    assert places(session, member) == [(unit.id, Joining.CONFIRMED, True)] and member.unit_id is None
    assert "移除" in texts(session, member)[0]
    assert client.post(f"/unit/staff/{member.id}/remove").status_code == 404
    assert acts(session, "remove_person") == 1


# While a route hangs on the unit its person stays; a draft does not hang on it.
REMOVAL = [
    (None, True), (Status.DRAFT, True), (Status.WITHDRAWN, True), (Stage.UNIT, False), (Stage.DEPARTMENT, False),
    (Stage.COMMITTEE, False), (Status.RETURNED, False), (Status.DECLINED, True), (Status.PAPER, True),
]  # fmt: skip


@pytest.mark.parametrize(("at", "allowed"), REMOVAL)
def test_a_running_application_keeps_the_person(session, unit, sign_in, clerk, at, allowed):
    if at is None:
        person = make.make_applicant(unit)
    else:
        application = make.make_application(at, unit)
        person = session.get_one(Person, application.applicant_id)
    session.commit()
    client = sign_in(clerk)
    page = text_of(client.get(f"/unit/staff/{person.id}"))
    assert ("先由当前审核部门重置流程或作出不通过的结论" in page) is not allowed
    answer = client.post(f"/unit/staff/{person.id}/remove")
    assert answer.status_code == (302 if allowed else 409)
    assert (person.unit_id is None) is allowed
    if not allowed:
        assert f"当前审核部门：{application.holder.name}" in text_of(answer)


def test_what_is_asked_and_under_review_is_not_declined_either(session, unit, clerk):
    application = make.make_draft(unit)
    person = session.get_one(Person, application.applicant_id)
    session.execute(
        Employment.__table__.update().values(status=Joining.ASKED, confirmed_at=None).where(
            Employment.person_id == person.id
        )
    )  # fmt: skip
    make.submit(application)
    with pytest.raises(RunningApplication):
        staff.decline(person, unit, by=clerk, at=clock.now())
    assert places(session, person) == [(unit.id, Joining.ASKED, False)]


def test_submitting_waits_for_nobody_and_the_recommendation_confirms(session, unit):
    application = make.make_draft(unit)
    person = session.get_one(Person, application.applicant_id)
    session.execute(Employment.__table__.delete().where(Employment.person_id == person.id))
    make.db.session.refresh(person)
    person.unit_id = None
    session.flush()
    make.employ(person, unit, confirmed=False)
    make.submit(application)
    assert application.status is Status.IN_REVIEW
    assert places(session, person) == [(unit.id, Joining.ASKED, False)]
    make.approve(application)
    assert places(session, person) == [(unit.id, Joining.CONFIRMED, False)]


def test_the_next_offices_confirm_nobody(session, unit):
    application = make.make_application(Stage.DEPARTMENT, unit)
    session.execute(
        Employment.__table__.update().values(status=Joining.ASKED, confirmed_at=None).where(
            Employment.person_id == application.applicant_id
        )
    )  # fmt: skip
    make.approve(application)
    person = session.get_one(Person, application.applicant_id)
    assert places(session, person) == [(unit.id, Joining.ASKED, False)]


def test_nobody_vouches_for_himself(session, unit, asked, sign_in):
    make.join(asked.account, Role.UNIT, unit)
    with pytest.raises(OwnEmployment):
        staff.confirm(asked, unit, by=asked.account, at=clock.now())
    client = sign_in(asked.account)
    assert "不能确认本人" in text_of(client.get(f"/unit/staff/{asked.id}"))
    assert client.post(f"/unit/staff/{asked.id}/confirm").status_code == 409
    assert places(session, asked) == [(unit.id, Joining.ASKED, False)]


def test_the_list_filters_by_state(session, unit, client, asked, member):
    locked, asking = make.make_applicant(unit), make.make_applicant(unit)
    past = make.make_applicant(unit)
    for each in (locked, asking):
        each.account.locked_at = clock.now()
    past.account.locked_at = clock.now() - timedelta(minutes=30)
    request_unlock(session, asking, unit)
    everyone = {asked, member, locked, asking, past}
    for state, expected in (
        ("", everyone),
        ("asked", {asked}),
        ("locked", {locked, asking}),
        ("help", {asking}),
        ("nonsense", everyone),
    ):
        page = client.get(f"/unit/staff/?state={state}").text.split("<tbody>")[-1]
        assert {each for each in everyone if each.account.first_name in page} == expected, state


def request_unlock(session, person, unit):
    session.add(
        HelpRequest(kind=CaseKind.UNLOCK, user_id=person.id, desk_unit_id=unit.id, created_at=clock.now())
    )
    session.commit()


def test_who_asks_to_be_unlocked_stands_on_top_even_if_he_has_left(session, unit, client, member):
    employment.end(member, unit.id, Joining.CONFIRMED, by=member.account, at=clock.now(), reason="")
    member.account.locked_at, member.account.fail_login_count = clock.now(), 4
    request_unlock(session, member, unit)
    page = client.get("/unit/staff/")
    assert (
        f"请求解锁（1） 先向本人核实，再解锁；解锁后本人可以立即登录，密码不变。 {member.account.first_name}"
        in text_of(page)
    )
    assert member.account.id_number not in page.text
    assert client.post(f"/unit/staff/{member.id}/unlock").status_code == 302
    assert member.account.locked_at is None
    done = session.scalars(select(HelpRequest).where(HelpRequest.user_id == member.id)).one()
    assert done.status is RequestStatus.DONE
    assert "请求解锁（" not in text_of(client.get("/unit/staff/"))


def test_whoever_never_chose_the_unit_is_not_unlocked_by_it(session, unit, client):
    stranger = make.make_applicant(make.make_unit())
    stranger.account.locked_at = clock.now()
    session.commit()
    assert client.post(f"/unit/staff/{stranger.id}/unlock").status_code == 404
    assert client.post(f"/unit/staff/{2**40}/unlock").status_code == 404
    assert stranger.account.locked_at is not None


def test_a_message_reaches_the_ticked_people_in_the_units_name(session, unit, client, member):
    other, third = make.make_applicant(unit), make.make_applicant(unit)
    session.commit()
    page = client.get(f"/unit/staff/message?unit={unit.id}&to={member.id}&to={other.id}")
    assert f"发给 2 人：{member.account.first_name}、{other.account.first_name}" in text_of(page)
    send = {"to": [member.id, other.id], "text": "  周五前补齐材料。 "}
    assert client.post("/unit/staff/message", data=send).status_code == 302
    for each in (member, other):
        (message,) = session.scalars(select(Message).where(Message.recipient_id == each.id))
        assert (message.text, message.type) == (f"{unit.name}：周五前补齐材料。", MessageType.UNIT)
    assert texts(session, third) == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "send_message")).one()
    assert "周五" not in entry.detail


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "填写信息内容"), (" \n ", "填写信息内容"), ("字" * 501, "信息内容超出 1 字，上限 500 字")],
)
def test_a_message_needs_words_but_not_too_many(text, message, session, client, member):
    answer = client.post("/unit/staff/message", data={"to": [member.id], "text": text})
    assert answer.status_code == 422 and message in text_of(answer)
    assert texts(session, member) == []
    assert client.post("/unit/staff/message", data={"to": [member.id], "text": "字" * 500}).status_code == 302


def test_a_message_goes_to_confirmed_people_of_this_unit_only(session, unit, client, asked, member):
    stranger = make.make_applicant(make.make_unit())
    session.commit()
    for to in ([asked.id], [member.id, asked.id], [member.id, stranger.id], [member.id, 0]):
        answer = client.post("/unit/staff/message", data={"to": to, "text": "示例"})
        assert answer.status_code == 409 and "只能为已确认的本单位人员办理" in text_of(answer), to
    assert client.post("/unit/staff/message", data={"to": [stranger.id], "text": "示例"}).status_code == 302
    assert client.post("/unit/staff/message", data={"text": "示例"}).status_code == 302
    for each in (asked, member, stranger):
        assert texts(session, each) == []


def test_a_message_has_at_most_a_hundred_recipients(session, unit, clerk, member):
    with pytest.raises(TooManyRecipients):
        staff.send_message(unit, range(101), "示例", by=clerk, at=clock.now())


def test_a_reset_sends_a_link_to_the_person_and_shows_the_unit_nothing(session, unit, client, member):
    assert "本单位看不到链接和密码" in text_of(client.get(f"/unit/staff/{member.id}"))
    before = member.account.password
    answer = client.post(f"/unit/staff/{member.id}/reset", follow_redirects=True)
    assert answer.status_code == 200 and "重置链接已发送到" in text_of(answer)
    (sms,) = [each for each in session.scalars(select(Outbox)) if each.mobile == member.account.mobile]
    (token,) = re.findall(r"/reset/([\w-]{43})", sms.text)
    assert token not in answer.text and "reset/" not in answer.text.split("<main")[1].replace(
        f"/unit/staff/{member.id}/reset", ""
    )
    assert member.account.password == before, "the old password counts until the link is used"
    assert any("已为您发起重置密码" in each for each in texts(session, member))
    assert not [each for each in session.scalars(select(AuditEntry)) if token in each.detail + each.object_id]


def test_a_reset_wants_a_verified_unit_and_a_confirmed_person(session, unit, clerk, asked, member):
    at = clock.now()
    staff.require_reset(member, unit, at=at)
    with pytest.raises(NotConfirmed):
        staff.require_reset(asked, unit, at=at)
    with pytest.raises(NotConfirmed):
        staff.require_reset(make.make_applicant(make.make_unit()), unit, at=at)
    unit.verified_at = None
    with pytest.raises(UnitUnverified):
        staff.require_reset(member, unit, at=at)


def test_an_unverified_units_page_says_why_it_may_not_reset(session, unit, client, member):
    unit.verified_at = None
    session.commit()
    page = client.get(f"/unit/staff/{member.id}")
    assert "本单位尚未核验，不能为人员重置密码" in text_of(page)
    assert f"/unit/staff/{member.id}/reset" not in page.text
    assert client.post(f"/unit/staff/{member.id}/reset").status_code == 409
    assert session.scalar(select(func.count(ResetLink.id)).where(ResetLink.user_id == member.id)) == 0


def test_three_resets_a_day_and_again_after_midnight(session, unit, clerk, member):
    at = clock.now().replace(hour=23, minute=59, second=59)
    for _ in range(staff.RESETS_A_DAY):
        staff.require_reset(member, unit, at=at)
        session.add(
            ResetLink(
                user_id=member.id, digest=make.id_number(len(texts(session, member))) + str(_), created_at=at,
                expires_at=at, by_id=clerk.id,
            )
        )  # fmt: skip
        session.flush()
    with pytest.raises(TooManyResets):
        staff.require_reset(member, unit, at=at)
    staff.require_reset(member, unit, at=at + timedelta(seconds=1))


def test_a_colleague_of_another_unit_reaches_none_of_it(session, unit, asked, member, sign_in):
    foreign = sign_in(make.make_user(Role.UNIT, make.make_unit()))
    for person in (asked, member):
        assert foreign.get(f"/unit/staff/{person.id}").status_code == 404
        for act in ("confirm", "decline", "remove", "reset", "unlock"):
            assert foreign.post(f"/unit/staff/{person.id}/{act}").status_code == 404, act
    assert places(session, asked) == [(unit.id, Joining.ASKED, False)]


def test_the_desk_says_how_many_wait_for_the_units_word(client, asked):
    page = client.get("/desk/")
    assert "1 人选择了本单位，等待确认是否本单位人员。" in text_of(page)
    assert "/unit/staff/?state=asked" in page.text


def test_the_person_cannot_leave_while_a_route_hangs_on_the_unit(session, unit):
    application = make.make_application(Stage.UNIT, unit)
    person = session.get_one(Person, application.applicant_id)
    with pytest.raises(UnitLocked):
        choose_unit(person, make.make_unit(), by=person.account, at=clock.now())
    assert places(session, person) == [(unit.id, Joining.CONFIRMED, False)]
