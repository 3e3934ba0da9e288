"""Two at once (E01, E03, E04): one decision wins, the others are told; one press submits."""

import os
from collections import Counter

import pytest
from sqlalchemy import func, select

from app import clock, create_app
from app.errors import OutOfDate
from app.extensions import db
from app.models import Application, Decision, Snapshot, Unit, User
from app.vocabulary import Event, Stage, Status
from app.workflow import operations
from tests import factories as make
from tests.at_once import at_once
from tests.conftest import dispose, settings

ROUNDS, CLERKS = 50, 20
# "200 parallel returns, 50 rounds" before a release (README); CI asks less of its two cores.
RETURNS, RETURN_ROUNDS = int(os.environ.get("RACE_RETURNS", "40")), int(os.environ.get("RACE_ROUNDS", "5"))
VERBS = (operations.approve, operations.return_, operations.reset, operations.decline)


def together(app, jobs):
    """How often each came of it: done, or the refusal."""
    results = [each if isinstance(each, type) else "done" for each in at_once(app, jobs)]
    return Counter(results)


@pytest.fixture
def application(app):
    """The id of an application with a department, and of 20 of its clerks."""
    with app.app_context():
        found = make.make_application(at=Stage.DEPARTMENT)
        office = make.offices_of(found)[1]
        clerks = [make.make_user(make.Role.DEPARTMENT, office).id for _each in range(CLERKS)]
        pk = found.id
        db.session.commit()
    return pk, clerks


@pytest.mark.slow
def test_of_twenty_simultaneous_decisions_exactly_one_wins(app, application):
    pk, clerks = application
    for round_no in range(ROUNDS):
        with app.app_context():
            row = db.session.get_one(Application, pk)
            seen, before = row.version, (row.chances_used, row.opinions_used)
            count = db.session.scalar(select(func.count(Decision.id)).where(Decision.application_id == pk))

        def decide(verb, clerk, seen=seen, pk=pk):
            row = db.session.get_one(Application, pk)
            verb(row, by=db.session.get_one(User, clerk), seen=seen, opinion="同意", at=clock.now())

        verb = VERBS[round_no % 3 + 1] if before[1] < 3 else operations.approve
        results = together(app, [lambda c=c, v=verb: decide(v, c) for c in clerks])
        assert results == {"done": 1, OutOfDate: CLERKS - 1}
        with app.app_context():
            row = db.session.get_one(Application, pk)
            negative = verb in (operations.return_, operations.reset)
            assert (row.chances_used, row.opinions_used) == (before[0] + negative, before[1] + negative)
            assert row.version == seen + 1
            after = db.session.scalar(select(func.count(Decision.id)).where(Decision.application_id == pk))
            assert after == count + 1
            pk, clerks = _again(row)


def _again(row):
    """An application back at the department with fresh counters where the old one cannot go on."""
    if row.status is Status.RETURNED and row.opinions_used < 3:
        operations.resubmit(row, by=row.applicant, seen=row.version, pledged=True, at=clock.now())
        fresh = row
    elif row.status is Status.DRAFT and row.opinions_used < 3:
        make.submit(row)
        make.approve(row)
        fresh = row
    else:
        fresh = make.make_application(at=Stage.DEPARTMENT)
    office = make.offices_of(fresh)[1]
    clerks = list(
        db.session.scalars(
            select(make.Membership.user_id).where(make.Membership.organisation_id == office.id).limit(CLERKS)
        )
    )
    clerks += [make.make_user(make.Role.DEPARTMENT, office).id for _each in range(CLERKS - len(clerks))]
    pk = fresh.id
    db.session.commit()
    return pk, clerks


@pytest.mark.slow
def test_a_submit_pressed_twice_submits_once(app):
    for _round in range(ROUNDS):
        with app.app_context():
            draft = make.make_draft()
            pk, seen, account = draft.id, draft.version, draft.applicant_id
            db.session.commit()

        def press(pk=pk, seen=seen, account=account):
            operations.submit(
                db.session.get_one(Application, pk),
                by=db.session.get_one(User, account),
                seen=seen,
                pledged=True,
                at=clock.now(),
            )

        assert together(app, [press, press]) == {"done": 1, OutOfDate: 1}
        with app.app_context():
            events = db.session.scalars(select(Decision.event).where(Decision.application_id == pk)).all()
            snapshots = db.session.scalar(
                select(func.count(Snapshot.id)).where(Snapshot.application_id == pk)
            )
            assert (events, snapshots) == ([Event.SUBMIT], 1)


@pytest.fixture
def wide(app, tmp_path):
    """The app with 50 connections: PostgreSQL gives 100 to all; those who wait on SQLite's one lock give up in time."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    connections = 8 if url.startswith("sqlite") else 50
    options = {"hide_parameters": True, "pool_size": connections, "max_overflow": 0, "pool_timeout": 240}
    found = create_app(**settings(tmp_path, url), SQLALCHEMY_ENGINE_OPTIONS=options)
    yield found
    dispose(found)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_of_many_parallel_returns_one_is_counted(wide):
    """Each by a clerk of his own, on the same page; the counters of the row and of the history say one more."""
    with wide.app_context():
        unit = make.make_unit()
        office = unit.id
        clerks = [make.make_user(make.Role.UNIT, unit).id for _each in range(RETURNS)]
        pk = make.make_application(Stage.UNIT, unit).id
        db.session.commit()
    for _round in range(RETURN_ROUNDS):
        with wide.app_context():
            row = db.session.get_one(Application, pk)
            seen, before = row.version, (row.chances_used, row.opinions_used, len(row.decisions))

        def send_back(clerk, seen=seen, pk=pk):
            row = db.session.get_one(Application, pk)
            by = db.session.get_one(User, clerk)
            operations.return_(row, by=by, seen=seen, opinion="示例意见", at=clock.now())

        results = together(wide, [lambda c=clerk: send_back(c) for clerk in clerks])
        assert results == {"done": 1, OutOfDate: RETURNS - 1}
        with wide.app_context():
            row = db.session.get_one(Application, pk)
            after = (row.chances_used, row.opinions_used, len(row.decisions))
            assert after == (before[0] + 1, before[1], before[2] + 1)
            assert (row.status, row.step, row.version) == (Status.RETURNED, 0, seen + 1)
            if row.chances_used < 4:
                operations.resubmit(row, by=row.applicant, seen=row.version, pledged=True, at=clock.now())
            else:
                pk = make.make_application(Stage.UNIT, db.session.get_one(Unit, office)).id
            db.session.commit()


@pytest.mark.parametrize("_time", range(3))
def test_of_an_undo_and_the_next_offices_approval_exactly_one_wins(app, application, _time):
    pk, clerks = application
    with app.app_context():
        row = db.session.get_one(Application, pk)
        by = db.session.get_one(User, clerks[0])
        operations.approve(row, by=by, seen=row.version, opinion="同意", at=clock.now())
        seen, next_ = row.version, make.clerk_of(row).id
        db.session.commit()

    def act(verb, user, **more):
        row, by = db.session.get_one(Application, pk), db.session.get_one(User, user)
        return verb(row, by=by, seen=seen, at=clock.now(), **more).event

    results = at_once(
        app,
        [
            lambda: act(operations.undo, clerks[0]),
            lambda: act(operations.approve, next_, opinion="同意"),
        ],
    )
    (won,) = set(results) - {OutOfDate}
    with app.app_context():
        row = db.session.get_one(Application, pk)
        there = (Status.IN_REVIEW, Stage.DEPARTMENT) if won is Event.UNDO else (Status.PAPER, None)
        assert (row.status, row.stage, row.version) == (*there, seen + 1)
