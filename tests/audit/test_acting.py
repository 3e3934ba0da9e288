"""For which office somebody acted: a clerk of several is named with the one whose row it is (D08)."""

import pytest
from sqlalchemy import select

from app import clock
from app.models import AuditEntry
from app.organisations import operations
from app.vocabulary import Role, Stage
from tests import factories as make


@pytest.fixture
def units(session):
    return [make.make_unit(), make.make_unit()]


@pytest.fixture
def clerk(session, units):
    """He acts for both."""
    user = make.make_user(Role.UNIT, units[0])
    make.join(user, Role.UNIT, units[1])
    session.commit()
    return user


def last_of(session, user):
    session.rollback()
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.by_id == user.id).order_by(AuditEntry.id.desc()).limit(1)
    ).one()
    return entry.action, entry.role, entry.organisation_id


@pytest.mark.parametrize("which", [0, 1])
def test_a_choice_is_made_for_the_unit_named(session, sign_in, clerk, units, which):
    department = make.make_department()
    session.commit()
    unit_id = units[which].id
    answer = sign_in(clerk).post(
        f"/unit/departments/choose?unit={unit_id}", data={"department": str(department.id)}
    )
    assert answer.status_code == 302
    assert last_of(session, clerk) == ("choose", Role.UNIT, unit_id)


@pytest.mark.parametrize("which", [0, 1])
def test_a_person_is_let_go_by_his_unit(session, sign_in, clerk, units, which):
    person = make.make_applicant(units[which])
    session.commit()
    unit_id = units[which].id
    assert sign_in(clerk).post(f"/unit/staff/{person.id}/remove").status_code == 302
    assert last_of(session, clerk) == ("remove_person", Role.UNIT, unit_id)


@pytest.mark.parametrize("which", [0, 1])
def test_a_decision_is_that_of_the_holder(session, sign_in, clerk, units, which):
    application = make.make_application(Stage.UNIT, units[which])
    make.write_unit_opinion(application, by_id=clerk.id)
    session.commit()
    unit_id = units[which].id
    data = {"seen": application.version, "event": "approve", "opinion": "同意"}
    assert sign_in(clerk).post(f"/applications/{application.id}/review", data=data).status_code == 302
    assert last_of(session, clerk) == ("WorkbenchView.decide", Role.UNIT, unit_id)


def test_a_department_that_is_a_unit_as_well_decides_as_the_department(session, sign_in, clerk, units):
    department = make.make_department()
    make.join(clerk, Role.DEPARTMENT, department)
    other = make.make_unit()
    by = make.make_user(Role.UNIT, other)
    choice = operations.choose_department(other, department, by=by, at=clock.now())
    session.commit()
    data = {"result": "approved", "opinion": "同意", "seen": choice.submitted_at.isoformat()}
    department_id = department.id
    answer = sign_in(clerk).post(f"/department/units/{choice.id}", data=data)
    assert answer.status_code == 302, answer.status_code
    assert last_of(session, clerk) == ("decide", Role.DEPARTMENT, department_id)
