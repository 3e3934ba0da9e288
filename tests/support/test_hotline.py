"""The hotline desk: finds by any number, shows numbers masked, says why someone is stuck (ACC-10, SUP-01, D02, D03)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.models import AuditEntry, Decision, IntegrityRecord, Person, SupportCase
from app.support import operations
from app.support.refusals import TooManySearches
from app.vocabulary import CaseKind, Role, Stage, Status
from tests import factories as make
from tests.at_once import at_once


@pytest.mark.parametrize("field", ["first_name", "id_number", "mobile", "username"])
def test_a_person_is_found_by_any_name_or_number(desk, caller, field):
    page = desk.post("/hotline/", data={"q": f" {getattr(caller, field)} "}).text

    assert caller.username in page
    assert "云南省示例单位" in page


def test_a_person_is_found_by_the_last_six_and_the_card_shows_no_more_of_the_number(desk, caller):
    page = desk.post("/hotline/", data={"q": caller.id_number[-6:].lower()}).text

    assert caller.first_name in page
    assert "与所输入的后六位相符" in page
    assert caller.id_number[:3] + "*" not in page  # the beginning with the end leaves too few (D02)
    assert caller.id_number[6:14] not in page


@pytest.mark.parametrize("digits", [5, 7])
def test_other_parts_of_a_number_find_nobody(desk, caller, digits):
    assert "没有找到" in desk.post("/hotline/", data={"q": caller.id_number[-digits:]}).text


def test_part_of_a_number_finds_nobody(desk, caller):
    assert "没有找到" in desk.post("/hotline/", data={"q": caller.id_number[:10]}).text
    assert "没有找到" in desk.post("/hotline/", data={"q": "%"}).text
    assert desk.post("/hotline/", data={"q": "\x00"}).status_code == 200


def test_numbers_are_masked_except_where_they_were_typed(desk, caller):
    page = desk.post("/hotline/", data={"q": caller.username}).text

    assert caller.id_number not in page
    assert caller.mobile not in page
    assert f"{caller.mobile[:3]}****{caller.mobile[-4:]}" in page


@pytest.mark.parametrize("part", ["name", "middle", "code"])
def test_a_unit_is_found_by_its_name_a_part_of_it_or_its_code(desk, session, part):
    unit = make.make_unit()
    session.commit()
    typed = {"name": unit.name, "middle": unit.name[2:], "code": unit.credit_code.lower()}[part]

    assert unit.credit_code in desk.post("/hotline/", data={"q": typed}).text


def test_an_application_is_found_by_its_number_with_status_holder_and_since_when(desk, session):
    application = make.make_application(at=Stage.DEPARTMENT)
    application.waiting_since = clock.now() - timedelta(days=2)
    session.commit()
    page = desk.post("/hotline/", data={"q": application.number.lower()}).text

    assert application.number in page
    assert "审核中" in page
    assert f"在“{application.holder.name}”主管部门审核" in page
    assert "已 2 天" in page


def test_several_of_one_name_are_a_list_that_leads_to_the_card(desk, session):
    name = f"示例同名{clock.now():%H%M%S%f}"
    for _n in range(2):
        make.make_applicant(make.make_unit(), first_name=name)
    session.commit()
    page = desk.post("/hotline/", data={"q": name}).text

    links = re.findall(r"/hotline/people/\d+", page)
    assert len(links) == 2
    assert name in desk.get(links[0]).text


def lines_of(page: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize("state", ["newcomer", Status.DRAFT, Status.RETURNED])
def test_the_card_says_what_the_applicant_reads_himself(desk, session, sign_in, state):
    """Every line of 还差 n 项 on his home page stands on the card, word for word."""
    if state == "newcomer":
        person = make.make_applicant()
    else:
        application = make.make_application(state, make.make_unit())
        person = session.get_one(Person, application.applicant_id)
        person.email = None
        person.unit.nature = None
    session.commit()
    home = sign_in(person.account).get("/home/").text
    card = lines_of(desk.get(f"/hotline/people/{person.id}").text)

    gaps = re.findall(r"<a [^>]*>(.*?)</a>", re.search(r"项才能提交(.*?)</ul>", home, re.S)[1])
    assert gaps
    assert [each for each in gaps if lines_of(each) not in card] == []


ACCOUNTS = [
    ({"locked_at": "now", "fail_login_count": 4}, "密码连续输错，账号已锁定"),
    ({"active": False}, "账号已停用"),
    ({"must_change_password": True}, "登录后要先修改密码"),
    ({"recovery_paused_until": "soon"}, "不能用短信验证码找回密码"),
]


@pytest.mark.parametrize(("state", "sentence"), ACCOUNTS, ids=[each[1] for each in ACCOUNTS])
def test_the_card_says_what_keeps_someone_out(desk, session, caller, state, sentence):
    times = {"now": clock.now(), "soon": clock.now() + timedelta(hours=1)}
    assert sentence not in desk.get(f"/hotline/people/{caller.id}").text
    for name, value in state.items():
        setattr(caller, name, times.get(value, value) if isinstance(value, str) else value)
    session.commit()

    assert sentence in desk.get(f"/hotline/people/{caller.id}").text


def test_a_window_that_is_not_open_is_said(desk, session):
    application = make.make_application(Status.DRAFT)
    application.round.opens_at = clock.now() + timedelta(days=1)
    session.commit()

    assert "现在不能提交" in desk.get(f"/hotline/people/{application.applicant_id}").text


def test_who_sent_it_back_and_why_is_said(desk, session):
    application = make.make_application(Status.RETURNED)
    decision = session.scalars(
        select(Decision).where(Decision.application_id == application.id).order_by(Decision.id.desc())
    ).first()
    session.commit()
    page = desk.get(f"/hotline/people/{application.applicant_id}").text

    assert decision.opinion in page and decision.organisation.name in page


def test_an_integrity_record_is_said(desk, session):
    application = make.make_application(Status.DRAFT)
    today = clock.today()
    session.add(
        IntegrityRecord(
            id_number=application.applicant.id_number,
            reason="示例",
            starts_on=today,
            until=today + timedelta(days=9),
        )
    )
    session.commit()

    assert "诚信档案记录期至" in desk.get(f"/hotline/people/{application.applicant_id}").text


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"nature": None}, "单位信息不完整，请联系单位完善"),
        ({"district": None}, "还差：行政区域"),
        ({"verified_at": None}, "单位还没有核验"),
        ({}, None),
    ],
)
def test_the_units_card_says_what_is_missing(desk, session, given, sentence):
    unit = make.make_unit(**given)
    session.commit()
    page = desk.get(f"/hotline/units/{unit.id}").text

    assert (sentence in page) if sentence else ("卡在哪里" not in page)


def test_searching_a_number_leaves_nothing_in_the_address_and_one_line_without_the_number(
    desk, session, caller
):
    before = session.scalar(select(func.count(AuditEntry.id)))
    answer = desk.post("/hotline/", data={"q": caller.id_number})

    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"
    line = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert session.scalar(select(func.count(AuditEntry.id))) == before + 1
    assert (line.action, line.object_id, line.detail) == ("search_number", "", "")
    desk.post("/hotline/", data={"q": caller.first_name})
    assert session.scalar(select(func.count(AuditEntry.id))) == before + 1
    assert caller.first_name not in desk.get(f"/hotline/?q={caller.id_number}").text


def test_numbers_cannot_be_found_by_trial(app, sign_in, session, caller):
    """D02: the mask leaves 500 numbers; whoever could try them all would need no reason to see one."""
    app.config["HOTLINE_NUMBERS_PER_HOUR"] = 3
    try:
        desk = sign_in(make.make_user(Role.HOTLINE))
        answers = [desk.post("/hotline/", data={"q": caller.id_number}) for _try in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert "一小时内按号码查询已达 3 次" in answers[3].text
        assert caller.first_name not in answers[3].text
        assert desk.post("/hotline/", data={"q": caller.first_name}).status_code == 200
        line = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (line.action, line.result, line.detail) == ("search_number", "denied", "429")
        before = session.scalar(select(func.count(AuditEntry.id)))
        assert desk.post("/hotline/", data={"q": caller.id_number}).status_code == 429
        assert session.scalar(select(func.count(AuditEntry.id))) == before + 1
    finally:
        app.config["HOTLINE_NUMBERS_PER_HOUR"] = 120


def test_of_twenty_searches_at_once_no_more_than_the_limit_are_answered(app, session):
    clerk = make.make_user(Role.HOTLINE)
    pk, at = clerk.id, clock.now()
    session.commit()

    def search():
        by = session.get_one(make.User, pk)
        operations.note_search("13900000001", by=by, at=at, most=5)
        return "answered"

    said = at_once(app, [search] * 20)
    assert (said.count("answered"), said.count(TooManySearches)) == (5, 15)


def test_only_the_hotline_searches(session, sign_in, caller):
    for role in (Role.APPLICANT, Role.SUPER_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR):
        client = sign_in(make.make_user(role))
        assert client.get("/hotline/").status_code == 403
        assert client.get(f"/hotline/people/{caller.id}").status_code == 403


def test_an_account_that_does_not_exist_is_not_found(desk):
    for path in ("/hotline/people/99999999", "/hotline/people/999999999999999999", "/hotline/units/99999999"):
        assert desk.get(path).status_code == 404


def test_the_hotline_approves_nothing_and_sees_no_scan(desk, session):
    """B10: no approvals from this role; files of a dossier are not its own to see."""
    application = make.make_application(at=Stage.UNIT)
    file = make.attach(session.get_one(Person, application.applicant_id), section="photo")
    session.commit()
    pk, key = application.id, file.id

    assert desk.get(f"/applications/{pk}/review").status_code == 403
    assert (
        desk.post(f"/applications/{pk}/review", data={"event": "approve", "opinion": "同意"}).status_code
        == 403
    )
    assert desk.get(f"/applications/{pk}/form").status_code == 403
    assert desk.get(f"/attachments/{key}").status_code == 403


def test_a_request_and_a_case_are_found_by_their_numbers(desk, session, caller, open_case):
    case = session.get_one(SupportCase, open_case(CaseKind.QUESTION, caller))

    assert case.number in desk.post("/hotline/", data={"q": case.number.lower()}).text
