"""What people ask of the hotline: missing leaves with an image, a wrong name, a lost unit account (ACC-07, PRO-08, M6.5)."""

import json
import re

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts.numbers import organisation_part
from app.models import Evidence, HelpRequest, Major, Person, Profession, Series
from app.support import asked
from app.vocabulary import CaseKind, RequestStatus
from tests import factories as make
from tests.support.conftest import images

K = CaseKind
LEAF = {"level1": "示例学", "level2": "示例类", "level3": "示例火星学", "note": "毕业证书上的专业"}


def latest(session) -> HelpRequest:
    return session.scalars(select(HelpRequest).order_by(HelpRequest.id.desc()).limit(1)).one()


@pytest.mark.parametrize(("tree", "kind"), [("major", K.NEW_MAJOR), ("profession", K.NEW_PROFESSION)])
def test_a_missing_leaf_is_asked_for_with_an_image(session, sign_in, desk, caller, tree, kind, recorded):
    client = sign_in(caller)
    before = len(recorded("ask_help"))
    answer = client.post(f"/help/{tree}", data={**LEAF, **images(2)})
    request = latest(session)

    assert answer.location == "/help/"
    assert (request.kind, request.user_id, request.status) == (kind, caller.id, RequestStatus.OPEN)
    assert asked.content_of(request) == LEAF
    assert session.scalar(select(func.count(Evidence.id)).where(Evidence.request_id == request.id)) == 2
    assert len(recorded("ask_help")) == before + 1
    assert request.number in client.get("/help/").text
    page = desk.get(f"/requests/{request.id}").text
    assert "示例火星学" in page and caller.first_name in page
    assert request.number in desk.post("/hotline/", data={"q": request.number}).text


@pytest.mark.parametrize("missing", ["level1", "level2", "level3", "images"])
def test_without_a_name_or_an_image_nothing_is_asked(session, sign_in, caller, missing):
    body = {**LEAF, **images()}
    body.pop(missing)
    answer = sign_in(caller).post("/help/major", data=body)

    assert answer.status_code == 422
    assert session.scalar(select(func.count(HelpRequest.id)).where(HelpRequest.user_id == caller.id)) == 0


def test_one_open_request_a_kind(session, sign_in, caller):
    client = sign_in(caller)
    client.post("/help/major", data={**LEAF, **images()})
    answer = client.post("/help/major", data={**LEAF, **images()})

    assert answer.status_code == 422 and "已有一条同类请求" in answer.text
    assert session.scalar(select(func.count(HelpRequest.id)).where(HelpRequest.user_id == caller.id)) == 1
    assert client.post("/help/profession", data={**LEAF, **images()}).status_code == 302


def test_what_is_asked_lies_sealed(session, sign_in, caller):
    sign_in(caller).post(
        "/help/correction", data={"value": make.id_number(14500), "note": "少了一位", **images()}
    )
    request = latest(session)

    assert make.id_number(14500) not in request.content and "少了一位" not in request.content
    assert asked.content_of(request) == {"value": make.id_number(14500), "note": "少了一位"}


def test_ones_own_requests_only(session, sign_in, caller):
    sign_in(caller).post("/help/major", data={**LEAF, **images()})
    other = make.make_applicant().account
    session.commit()

    assert latest(session).number not in sign_in(other).get("/help/").text


def test_a_units_own_unlock_request_is_not_the_hotlines(session, desk, caller):
    unit = make.make_unit()
    row = HelpRequest(kind=K.UNLOCK, user_id=caller.id, desk_unit_id=unit.id, created_at=clock.now())
    session.add(row)
    session.commit()

    assert row.number not in desk.get("/requests/?kind=unlock").text
    assert desk.get(f"/requests/{row.id}").status_code == 404


# Adding what was asked for


@pytest.fixture
def leaf_case(desk, session, sign_in, caller, open_case):
    def begin(kind: CaseKind) -> int:
        tree = "major" if kind is K.NEW_MAJOR else "profession"
        sign_in(caller).post(f"/help/{tree}", data={**LEAF, **images()})
        return open_case(kind, caller, request=latest(session))

    return begin


def unique(session) -> dict[str, str]:
    return {"level1": "示例学", "level2": "示例类", "level3": f"示例专业{clock.now():%H%M%S%f}"}


def test_a_major_is_added_and_can_be_chosen(desk, session, sign_in, caller, leaf_case, told, recorded):
    pk, names = leaf_case(K.NEW_MAJOR), unique(session)
    assert "示例火星学" in desk.get(f"/cases/{pk}/leaf").text
    answer = desk.post(f"/cases/{pk}/leaf", data=names)
    leaf = session.scalars(select(Major).where(Major.level3 == names["level3"])).one()

    assert answer.location == f"/cases/{pk}"
    assert (leaf.level1, leaf.level2) == ("示例学", "示例类")
    assert leaf.position == session.scalar(select(func.max(Major.position)))
    assert names["level3"] in told(caller.id)[0] and "现在可以" in told(caller.id)[0]
    assert recorded("add_leaf")[-1].object_type == "Major"
    person = session.get_one(Person, caller.id)
    answer = sign_in(caller).post("/person/", data={"major_id": leaf.path, "version": person.version})
    session.refresh(person)
    assert person.major_id == leaf.id


def test_a_profession_needs_its_series_and_takes_its_ladder(desk, session, leaf_case):
    pk, names = leaf_case(K.NEW_PROFESSION), unique(session)
    assert desk.post(f"/cases/{pk}/leaf", data=names).status_code == 422
    series = session.scalars(select(Series).where(Series.name.startswith("档案"))).one()
    desk.post(f"/cases/{pk}/leaf", data={**names, "series": str(series.id)})
    leaf = session.scalars(select(Profession).where(Profession.level3 == names["level3"])).one()

    assert (leaf.series_id, leaf.ladder) == (series.id, 1)


def test_what_the_catalogue_has_is_not_added_twice(desk, session, leaf_case):
    there = session.scalars(select(Major).limit(1)).one()
    count = session.scalar(select(func.count(Major.id)))
    names = {"level1": there.level1, "level2": there.level2, "level3": there.level3, "meant": "y"}
    answer = desk.post(f"/cases/{leaf_case(K.NEW_MAJOR)}/leaf", data=names)

    assert answer.status_code == 409 and "不用增补" in answer.text
    assert session.scalar(select(func.count(Major.id))) == count


def test_a_name_that_stands_elsewhere_must_be_meant(desk, session, leaf_case):
    there = session.scalars(select(Major).limit(1)).one()
    pk, names = leaf_case(K.NEW_MAJOR), {**unique(session), "level3": there.level3}
    answer = desk.post(f"/cases/{pk}/leaf", data=names)
    assert answer.status_code == 409 and there.path in answer.text and 'name="meant"' in answer.text

    assert desk.post(f"/cases/{pk}/leaf", data={**names, "meant": "y"}).status_code == 302


# A unit that has lost account and phone


def unit_form(unit_name: str, code: str, **given: str) -> dict[str, str]:
    return {
        "unit_name": unit_name, "credit_code": code, "contact": "示例联系人", "phone": "13900000901",
        "note": "原经办人离职，申请找回单位账号", **given,
    }  # fmt: skip


def test_the_answer_is_the_same_whether_the_unit_exists(app, session):
    unit = make.make_unit()
    session.commit()
    pages = []
    for name, code in ((unit.name, unit.credit_code), ("云南省示例没有单位", make.credit_code(999001))):
        client = app.test_client()
        answer = client.post("/unit-help/", data={**unit_form(name, code), **images(2)})
        assert answer.location == "/unit-help/done"
        request = latest(session)
        page = client.get("/unit-help/done").text.replace(request.number, "编号")
        pages.append(re.sub(r'name="csrf_token" value="[^"]*"', "", page))
        assert asked.content_of(request)["unit_name"] == name
        assert request.unit_id == (unit.id if name == unit.name else None)
        assert request.user_id is None

    assert pages[0] == pages[1]


def test_a_unit_that_registered_with_its_old_code_is_found_by_the_new_one(app, session):
    code = make.credit_code(999006)
    unit = make.make_unit(credit_code=organisation_part(code))
    session.commit()
    app.test_client().post("/unit-help/", data={**unit_form("换了名称的示例单位", code), **images()})

    assert latest(session).unit_id == unit.id


@pytest.mark.parametrize("missing", ["unit_name", "credit_code", "contact", "phone", "note", "images"])
def test_everything_is_needed(app, session, missing):
    count = session.scalar(select(func.count(HelpRequest.id)))
    body = {**unit_form("云南省示例单位", make.credit_code(999002)), **images()}
    body.pop(missing)
    answer = app.test_client().post("/unit-help/", data=body)

    assert answer.status_code == 422
    assert session.scalar(select(func.count(HelpRequest.id))) == count


@pytest.mark.parametrize(("count", "status"), [(6, 302), (7, 422)])
def test_six_images_at_most(app, session, count, status):
    body = {**unit_form("云南省示例单位", make.credit_code(999003)), **images(count)}

    assert app.test_client().post("/unit-help/", data=body).status_code == status


def test_a_flood_is_stopped_and_leaves_no_files(app, session):
    app.config["UNIT_HELP_A_DAY"] = 0
    files = {each for each in app.config["PRIVATE_ROOT"].rglob("*") if each.is_file()}
    try:
        body = {**unit_form("云南省示例单位", make.credit_code(999004)), **images(2)}
        answer = app.test_client().post("/unit-help/", data=body)
    finally:
        app.config["UNIT_HELP_A_DAY"] = 200

    assert answer.status_code == 422 and "暂时不能提交" in answer.text
    assert {each for each in app.config["PRIVATE_ROOT"].rglob("*") if each.is_file()} == files


def test_nothing_personal_is_in_the_cookie(app):
    client = app.test_client()
    client.post("/unit-help/", data={**unit_form("云南省示例单位", make.credit_code(999005)), **images()})
    with client.session_transaction() as cookie:
        kept = json.dumps({name: str(value) for name, value in cookie.items()}, ensure_ascii=False)

    assert "13900000901" not in kept and "示例" not in kept


def test_the_done_page_without_a_request_leads_back(app):
    assert app.test_client().get("/unit-help/done").location == "/unit-help/"


# Numbers that were typed into a request


def test_numbers_in_a_request_are_masked_and_seen_whole_only_with_a_record(
    desk, session, sign_in, caller, recorded
):
    number = make.id_number(14700)
    sign_in(caller).post("/help/correction", data={"value": number, "note": "少了一位", **images()})
    request = latest(session)
    page = desk.get(f"/requests/{request.id}").text
    assert number not in page and "530***" in page
    case = desk.post(
        f"/cases/open?request={request.id}",
        data={"kind": "correction", "caller": "示例", "identity_check": "documents", "reason": "示例事由"},
    ).location
    assert number not in desk.get(case).text
    before = len(recorded("show_number"))
    form = desk.get(f"{case}/id-number").text
    assert number not in form and "530***" in form
    assert number not in desk.get(f"{case}/name").text
    assert desk.post(f"{case}/number", data={"field": "value", "reason": "短"}).status_code == 422
    assert len(recorded("show_number")) == before
    assert number in desk.post(f"{case}/number", data={"field": "value", "reason": "与证件比对"}).text
    assert len(recorded("show_number")) == before + 1


def test_the_phone_of_a_lost_unit_is_shown_for_a_reason(app, desk, session, recorded):
    unit = make.make_unit()
    make.make_user(make.Role.UNIT, unit)
    session.commit()
    app.test_client().post("/unit-help/", data={**unit_form(unit.name, unit.credit_code), **images()})
    request = latest(session)
    assert "13900000901" not in desk.get(f"/requests/{request.id}").text
    case = desk.post(
        f"/cases/open?request={request.id}",
        data={"kind": "unit_recovery", "caller": "示例", "identity_check": "documents", "reason": "示例事由"},
    ).location
    assert "13900000901" not in desk.get(case).text
    assert desk.post(f"{case}/number", data={"field": "phone", "reason": "短"}).status_code == 422
    before = len(recorded("show_number"))

    assert "13900000901" in desk.post(f"{case}/number", data={"field": "phone", "reason": "拨打核实"}).text
    assert len(recorded("show_number")) == before + 1
