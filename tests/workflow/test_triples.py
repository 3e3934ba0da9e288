"""Every state × role × action is tried through the operations (B05), and nobody gets anywhere with his own case (B06)."""

import itertools

import pytest
from sqlalchemy import func, select

from app import clock
from app.errors import DomainError
from app.models import Application, Decision, Organisation, User
from app.review.operations import check_may_write
from app.vocabulary import Role, Stage, Status
from app.workflow import operations
from tests import factories as make

ACTIONS = ("submit", "resubmit", "approve", "return_", "reset", "decline", "withdraw", "reopen")
DECISIONS = ACTIONS[2:6]
OFFICES = {
    Role.UNIT: Stage.UNIT,
    Role.DEPARTMENT: Stage.DEPARTMENT,
    Role.BUREAU: Stage.BUREAU,
    Role.CITY_BUREAU: Stage.CITY_BUREAU,
    Role.COMMITTEE: Stage.COMMITTEE,
}
# Whoever is not named is refused: the applicant himself in each state, and the clerk of the office at its own step.
OWN = {
    Status.DRAFT: {"submit", "withdraw"},
    Status.RETURNED: {"resubmit", "withdraw"},
    Status.WITHDRAWN: {"reopen"},
    (Status.IN_REVIEW, Stage.UNIT): {"withdraw"},
}
STATES = [
    *(each for each in Status if each is not Status.IN_REVIEW),
    *itertools.product([Status.IN_REVIEW], Stage),
]


@pytest.fixture(scope="module")
def cast(app):
    """An application on the longest route with everybody who could press something; ids only."""
    with app.app_context():
        round_ = make.make_round(make.make_committee(make.CommitteeTier.PROVINCE))
        unit = make.make_unit(make.Nature.STATE_ENTERPRISE, make.Tier.COUNTY)
        application = make.make_application(Stage.UNIT, unit, round_)
        make.write_unit_opinion(application)
        offices = make.offices_of(application)
        people = {"own": application.applicant}
        for role, office in zip(OFFICES, offices, strict=True):
            people[role] = make.make_user(role, office)
            # The right office in a role that is not its own, and the right role at another office.
            other = Role.DEPARTMENT if role is not Role.DEPARTMENT else Role.BUREAU
            people[role, "misplaced"] = make.make_user(other, office)
            elsewhere = offices[0] if role is not Role.UNIT else make.make_unit()
            people[role, "elsewhere"] = make.make_user(role, elsewhere)
        for role in (Role.APPLICANT, Role.HOTLINE, Role.SUPER_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR):
            people[role] = make.make_user(role)
        found = application.id, {key: each.id for key, each in people.items()}
        make.db.session.commit()
    return found


def put(session, application, state):
    """The row as it would stand in this state; the caller rolls back."""
    status, stage = state if isinstance(state, tuple) else (state, Stage.UNIT)
    step = list(OFFICES.values()).index(stage)
    is_held = status in (Status.IN_REVIEW, Status.RETURNED)
    application.status = status
    application.step, application.stage = (step, stage) if is_held else (None, None)
    application.holder_id = make.offices_of(application)[step].id if is_held else None
    session.flush()


def attempt(session, application, action, user):
    """Whether it is done; a refusal must leave nothing behind."""

    def stored():
        row = session.execute(
            select(
                Application.status, Application.step, Application.holder_id, Application.version,
                Application.chances_used, Application.opinions_used,
            ).where(Application.id == application.id)
        ).one()  # fmt: skip
        lines = select(func.count(Decision.id)).where(Decision.application_id == application.id)
        return (*row, session.scalar(lines))

    said = {"opinion": "示例意见"} if action in DECISIONS else {}
    if action in ("submit", "resubmit"):
        said["pledged"] = True
    before = stored()
    try:
        with session.begin_nested():
            getattr(operations, action)(
                application, by=user, seen=application.version, at=clock.now(), **said
            )
    except DomainError:
        assert stored() == before
        return False
    assert stored() != before
    return True


@pytest.mark.parametrize("state", STATES, ids=str)
def test_every_role_tries_every_action(session, cast, state):
    pk, people = cast
    for (key, account), action in itertools.product(people.items(), ACTIONS):
        application = session.get_one(Application, pk)
        put(session, application, state)
        at_work = isinstance(state, tuple) and OFFICES.get(key) is state[1]
        may = action in OWN.get(state, set()) if key == "own" else at_work and action in DECISIONS
        done = attempt(session, application, action, session.get_one(User, account))
        assert done is may, f"{key} tries {action}"
        session.rollback()


@pytest.mark.parametrize("stage", Stage, ids=str)
def test_a_person_of_every_role_decides_nothing_about_himself(session, cast, stage):
    """Also not as the only clerk of the office that holds it, nor as its super administrator or hotline."""
    pk, _people = cast
    application = session.get_one(Application, pk)
    put(session, application, (Status.IN_REVIEW, stage))
    himself = application.applicant
    for role in OFFICES:
        for office in make.offices_of(application):
            make.join(himself, role, session.get_one(Organisation, office.id))
    for role in (Role.HOTLINE, Role.SUPER_ADMIN):
        make.join(himself, role)
    assert [each for each in DECISIONS if attempt(session, application, each, himself)] == []
    with pytest.raises(DomainError):
        check_may_write(application, himself)
