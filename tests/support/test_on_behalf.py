"""Changing a dossier on its owner's behalf: in a case, told word for word, refused while an office judges it (B10)."""

import pytest
from sqlalchemy import select

from app.dossier.display import paths_for, shown
from app.models import SECTIONS, Person, fields_of
from app.models.sections import WorkHistory
from app.support.rules import ON_BEHALF
from app.vocabulary import CaseKind, Stage, Status
from tests import factories as make

SLUG = WorkHistory.section.slug


def typed_values(record) -> dict[str, str]:
    """What a browser sends back of a stored record."""
    paths = paths_for([record])
    values = {each: getattr(record, each.name) for each in fields_of(type(record))}
    return {
        each.name: value.isoformat() if hasattr(value, "isoformat") else shown(each, value, paths)
        for each, value in values.items()
    }


@pytest.fixture
def dossier(session, open_case, caller):
    """The case about the caller's dossier, the person and one record of his."""
    person = session.get_one(Person, caller.id)
    record = make.make_record(WorkHistory, person, employer="示例旧单位")
    session.commit()
    return open_case(CaseKind.DOSSIER, caller), person, record


def test_a_changed_record_is_told_old_and_new(desk, session, sign_in, dossier, told, recorded, deeds):
    pk, person, record = dossier
    body = {**typed_values(record), "employer": "示例新单位", "version": record.version}
    before = len(recorded("edit_on_behalf"))
    answer = desk.post(f"/cases/{pk}/dossier/{SLUG}/record?record={record.id}", data=body)

    assert answer.status_code == 302, answer.text
    session.refresh(record)
    assert record.employer == "示例新单位"
    (text,) = told(person.id)
    assert "“示例旧单位” → “示例新单位”" in text and "工作经历" in text
    (entry,) = recorded("edit_on_behalf")[before:]
    assert (entry.by_id, entry.object_type, entry.object_id) == (desk.user_id, "WorkHistory", str(record.id))
    assert entry.before and entry.after and entry.before != entry.after
    assert "示例" not in entry.detail
    assert deeds(pk)[-1] == "changed"
    page = sign_in(person.account).get("/help/changes").text
    assert "示例旧单位" in page and "示例新单位" in page


def test_a_record_is_added_and_removed(desk, session, sign_in, dossier, told):
    pk, person, record = dossier
    body = {**typed_values(record), "employer": "示例增加的单位"}
    assert desk.post(f"/cases/{pk}/dossier/{SLUG}/record", data=body).status_code == 302
    added = session.scalars(select(WorkHistory).where(WorkHistory.employer == "示例增加的单位")).one()
    assert "增加" in told(person.id)[0] and "示例增加的单位" in told(person.id)[0]
    assert desk.post(f"/cases/{pk}/dossier/{SLUG}/remove", data={"record": str(added.id)}).status_code == 302

    assert "删除" in told(person.id)[0] and "示例增加的单位" in told(person.id)[0]
    assert session.scalars(select(WorkHistory.id).where(WorkHistory.owner_id == person.id)).all() == [
        record.id
    ]


def test_the_first_page_changes_except_how_to_reach_the_person(desk, session, dossier, told):
    pk, person, _record = dossier
    page = desk.get(f"/cases/{pk}/dossier/person").text
    for name in ("contact_mobile", "email", "home_address"):
        assert f'name="{name}"' not in page
    contact = person.contact_mobile
    body = {
        "office": "示例新部门",
        "contact_mobile": "13900001111",
        "email": "x@example.com",
        "version": person.version,
    }
    assert desk.post(f"/cases/{pk}/dossier/person", data=body).status_code == 302
    session.refresh(person)

    assert (person.office, person.contact_mobile, person.email) == ("示例新部门", contact, None)
    assert "所在部门" in told(person.id)[0] and "示例新部门" in told(person.id)[0]


def test_the_list_of_fields_is_of_fields_there_are():
    names = {each.name for each in fields_of(Person)}
    assert names - ON_BEHALF == {"contact_mobile", "email", "home_address"}
    assert names > ON_BEHALF


def test_nothing_changed_is_nothing_told(desk, session, dossier, told):
    pk, person, record = dossier
    body = {**typed_values(record), "version": record.version}

    assert desk.post(f"/cases/{pk}/dossier/{SLUG}/record?record={record.id}", data=body).status_code == 302
    assert told(person.id) == []


def test_a_wrong_value_comes_back_as_on_the_persons_own_page(desk, session, dossier):
    pk, _person, record = dossier
    body = {**typed_values(record), "start": "秋天", "version": record.version}
    answer = desk.post(f"/cases/{pk}/dossier/{SLUG}/record?record={record.id}", data=body)

    assert answer.status_code == 422 and "应为日期" in answer.text


def test_a_record_that_changed_meanwhile_is_not_overwritten(desk, session, dossier):
    pk, _person, record = dossier
    body = {**typed_values(record), "employer": "热线填的", "version": record.version}
    record.employer = "本人刚改的"
    session.commit()
    answer = desk.post(f"/cases/{pk}/dossier/{SLUG}/record?record={record.id}", data=body)
    session.refresh(record)

    assert answer.status_code == 409 and "本人刚改的" in answer.text
    assert record.employer == "本人刚改的"


@pytest.mark.parametrize("state", [Stage.UNIT, Stage.COMMITTEE])
def test_a_dossier_under_review_is_not_touched(desk, session, open_case, told, state):
    application = make.make_application(state)
    person = session.get_one(Person, application.applicant_id)
    record = session.scalars(select(WorkHistory).where(WorkHistory.owner_id == person.id)).first()
    session.commit()
    pk = open_case(CaseKind.DOSSIER, person.account)
    count, employer = len(told(person.id)), record.employer
    body = {**typed_values(record), "employer": "示例新单位", "version": record.version}
    url = f"/cases/{pk}/dossier/{SLUG}"
    assert "材料暂不能修改" in desk.get(f"{url}/record?record={record.id}").text
    for address, data in (
        (f"{url}/record?record={record.id}", body),
        (f"{url}/record", body),
        (f"{url}/remove", {"record": str(record.id)}),
        (f"/cases/{pk}/dossier/person", {"office": "示例", "version": person.version}),
    ):
        assert desk.post(address, data=data).status_code == 409, address
    session.refresh(record)

    assert record.employer == employer
    assert len(told(person.id)) == count


def test_a_returned_dossier_may_be_changed(desk, session, open_case):
    application = make.make_application(Status.RETURNED)
    person = session.get_one(Person, application.applicant_id)
    session.commit()
    pk = open_case(CaseKind.DOSSIER, person.account)

    body = {"office": "示例新部门", "version": person.version}
    assert desk.post(f"/cases/{pk}/dossier/person", data=body).status_code == 302


def test_a_record_of_somebody_else_is_not_found(desk, session, dossier):
    pk, _person, record = dossier
    other = make.make_record(WorkHistory, make.make_applicant())
    session.commit()
    url = f"/cases/{pk}/dossier/{SLUG}"
    body = {**typed_values(record), "version": 1}

    assert desk.get(f"{url}/record?record={other.id}").status_code == 404
    assert desk.post(f"{url}/record?record={other.id}", data=body).status_code == 404
    assert desk.post(f"{url}/remove", data={"record": str(other.id)}).status_code == 404
    for junk in ("", "x", "9" * 30):
        assert desk.post(f"{url}/remove", data={"record": junk}).status_code == 404


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_every_section_opens_without_a_scan(desk, session, dossier, model):
    pk, person, _record = dossier
    record = make.make_record(model, person)
    make.attach(person, section=model.section.slug, record=record.id)
    session.commit()
    url = f"/cases/{pk}/dossier/{model.section.slug}"
    for address in (f"{url}/", f"{url}/record?record={record.id}", f"{url}/record"):
        page = desk.get(address)
        assert page.status_code == 200
        assert "/attachments/" not in page.text
        assert person.account.id_number not in page.text


def test_a_section_that_does_not_exist_is_not_found(desk, dossier):
    assert desk.get(f"/cases/{dossier[0]}/dossier/nothing/").status_code == 404


@pytest.mark.parametrize(
    "kind", [each for each in CaseKind if each not in (CaseKind.DOSSIER, CaseKind.UNIT_RECOVERY)]
)
def test_other_kinds_of_cases_do_not_open_the_dossier(desk, caller, open_case, kind):
    assert desk.get(f"/cases/{open_case(kind, caller)}/dossier/").status_code == 403
