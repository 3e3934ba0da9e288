"""Leaving a unit, or being removed, ends its access in the same moment, on every page (B08)."""

import pytest
from sqlalchemy import select, text

from app import clock
from app.dossier.operations import choose_unit
from app.extensions import db
from app.models import Application, Attachment, Person
from app.organisations import staff
from app.policy import scoped, standing_of, visible
from app.vocabulary import Nature, Role, Stage, Status, Tier
from tests import factories as make
from tests.review.pages import text_of


def leave(person, unit, clerk):
    choose_unit(person, make.make_unit(), by=person.account, at=clock.now())


def be_removed(person, unit, clerk):
    staff.remove(person, unit, by=clerk, at=clock.now())


# Only what does not keep the person at the unit can be left behind.
@pytest.mark.parametrize("end", [leave, be_removed])
@pytest.mark.parametrize("at", [Status.PAPER, Status.DECLINED])
def test_a_former_unit_finds_nothing_on_any_route(session, sign_in, end, at):
    unit = make.make_unit()
    application = make.make_application(at, unit)
    person = session.get_one(Person, application.applicant_id)
    clerk = make.make_user(Role.UNIT, unit)
    make.make_application(at, unit)  # a colleague's, who stays: his place must not stand in for another's
    file = session.scalars(select(Attachment.id).where(Attachment.owner_id == person.id).limit(1)).one()
    session.commit()
    client, pk, name = sign_in(clerk), application.id, person.account.first_name
    pages = [
        f"/applications/{pk}/review",
        f"/applications/{pk}/form",
        f"/applications/{pk}/form.pdf",
        f"/applications/{pk}/unit-opinion",
        f"/attachments/{file}",
        f"/unit/staff/{person.id}",
    ]
    before = [client.get(each).status_code for each in pages]
    assert 404 not in before[:3], before
    assert scoped_has(session, clerk, application)
    assert name in client.get("/desk/handled").text

    end(person, unit, clerk)
    session.commit()

    assert [client.get(each).status_code for each in pages] == [404] * len(pages)
    for path in (f"/applications/{pk}/review", f"/applications/{pk}/unit-opinion"):
        assert client.post(path, data={"event": "approve", "opinion": "晚了", "seen": 1}).status_code == 404
    for act in ("confirm", "decline", "remove", "reset"):
        assert client.post(f"/unit/staff/{person.id}/{act}").status_code == 404
    assert not scoped_has(session, clerk, application)
    handled = client.get("/desk/handled")
    assert "（已不在本单位）" in text_of(handled)
    (row,) = [each for each in handled.text.split("<tr>") if "（已不在本单位）" in each]
    for secret in (name, f"/applications/{pk}/", "同意", "不符合"):
        assert secret not in row and name not in handled.text, secret
    for path in ("/desk/", "/desk/waiting", "/desk/waiting?tab=returned", "/unit/staff/"):
        assert name not in client.get(path).text


def scoped_has(session, user, application):
    query = scoped(Application, standing_of(user)).where(Application.id == application.id)
    return session.scalars(query).one_or_none() is not None


def test_the_other_offices_keep_what_came_to_them(session):
    application = make.make_application(Status.PAPER)
    offices = make.offices_of(application)
    person = session.get_one(Person, application.applicant_id)
    leave(person, offices[0], None)
    department, committee = (
        make.make_user(role, office) for role, office in zip((Role.DEPARTMENT, Role.COMMITTEE), offices[1:], strict=True)
    )  # fmt: skip
    assert scoped_has(session, department, application) and scoped_has(session, committee, application)


def test_a_new_unit_sees_nothing_of_what_went_through_the_former(session):
    application = make.make_application(Status.PAPER)
    person = session.get_one(Person, application.applicant_id)
    other = make.make_unit()
    choose_unit(person, other, by=person.account, at=clock.now())
    both = make.make_user(Role.UNIT, other)
    assert not scoped_has(session, both, application)
    make.join(both, Role.UNIT, application.unit)
    assert not scoped_has(session, both, application), "the two do not add up"
    choose_unit(person, application.unit, by=person.account, at=clock.now())
    assert scoped_has(session, both, application), "who comes back brings it with him"


def test_a_removed_persons_draft_goes_on_at_another_unit(session, sign_in):
    unit = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY)
    application = make.make_draft(unit)
    person = session.get_one(Person, application.applicant_id)
    staff.remove(person, unit, by=make.make_user(Role.UNIT, unit), at=clock.now())
    session.commit()
    page = text_of(sign_in(person.account).get("/home/"))
    assert "选择工作单位" in page
    make.employ(person, make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY), confirmed=False)
    assert make.submit(application).stage is Stage.UNIT


def test_the_clauses_of_units_and_departments_use_indexes(session):
    """What a clerk may see is asked for every row of his lists."""
    application = make.make_application(Stage.UNIT)
    unit, department, _ = make.offices_of(application)
    plans = []
    for role, office, model in (
        (Role.UNIT, unit, Application),
        (Role.UNIT, unit, Person),
        (Role.DEPARTMENT, department, Person),
    ):
        who = standing_of(make.make_user(role, office))
        query = select(model.id).where(model.id == 1, visible(model, who))
        sql = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        if db.engine.dialect.name == "sqlite":
            plans += [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
        else:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            plans += [row[0] for row in session.execute(text(f"EXPLAIN {sql}"))]
    assert plans and not [each for each in plans if "SCAN " in each or "Seq Scan" in each], plans
