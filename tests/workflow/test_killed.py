"""A worker killed at any moment of an operation leaves the state before or the state after, never one between (E10)."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from app.checks import all_invariants
from app.dossier import storage
from app.extensions import db
from app.models import Application, Attachment
from app.vocabulary import Nature, Stage, Status, Tier
from tests import factories as make
from tests.workflow.worker import Worker, signed_in

pytestmark = pytest.mark.slow

# What says when a browser was last seen; it is written for itself.
APART = {"sign_in"}
# What the worker posts, from which stage or status, and the status, stage and step it leads to; what the operation
# adds to tables besides, by domain.md 4 and 6.
OPERATIONS = {
    "submit": (Status.DRAFT, (Status.IN_REVIEW, Stage.UNIT, 0),
               {"decision": 1, "snapshot": 1, "route_step": 3, "message": 1}),
    "approve": (Stage.UNIT, (Status.IN_REVIEW, Stage.BUREAU, 1), {"decision": 1, "message": 1}),
    # a text and a mail each (MSG-02)
    "return_": (Stage.BUREAU, (Status.RETURNED, Stage.BUREAU, 1), {"decision": 1, "message": 1, "outbox": 2}),
    "reset": (Stage.BUREAU, (Status.DRAFT, None, None), {"decision": 1, "message": 2, "outbox": 2}),
}  # fmt: skip


@pytest.fixture(scope="module")
def worker(app, tmp_path_factory):
    found = Worker(app, tmp_path_factory.mktemp("worker"))
    yield found
    found.close()


def rows():
    """How many rows each table has and a digest of what stands in them, as another connection sees it."""
    found = {}
    with db.engine.connect() as connection:
        for table in sorted(set(inspect(connection).get_table_names()) - APART):
            lines = sorted(repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"')))
            found[table] = (len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
    return found


def check_all(private_root):
    """What `flask check` looks at; the factories' files get bytes first."""
    for file in db.session.scalars(select(Attachment)):
        path = storage._place(Path(private_root), file.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"abc")
    found = {each.sentence: list(each.broken_by()) for each in all_invariants()}
    db.session.rollback()
    return {sentence: broken for sentence, broken in found.items() if broken}


def job_of(operation, application):
    seen = application.version
    if operation == "submit":
        return {
            **signed_in(application.applicant),
            "path": f"/apply/{application.id}/submit",
            "data": {"seen": seen, "pledged": "y"},
        }
    if operation == "approve":
        make.write_unit_opinion(application)
    return {
        **signed_in(make.clerk_of(application)),
        "path": f"/applications/{application.id}/review",
        "data": {"seen": seen, "event": operation, "opinion": "示例意见"},
    }


@pytest.mark.parametrize("operation", OPERATIONS)
def test_killed_anywhere_it_is_before_or_after(app, session, worker, operation):
    start, reached, added = OPERATIONS[operation]
    application = make.make_application(at=start, unit=make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY))
    pk, chances = application.id, application.chances_used
    job = {**job_of(operation, application), "do": "kill"}
    session.commit()
    before = rows()
    assert check_all(app.config["PRIVATE_ROOT"]) == {}
    for point in range(200):
        answer = worker.ask(point=point, **job)
        after = rows()
        if after != before:
            break
        assert answer["status"] is None, "it went through and wrote nothing"
    # Killed once it was committed: everything is there, the line in the chain of the record too.
    assert answer["status"] is None and point > 5
    session.expire_all()
    application = session.get_one(Application, pk)
    assert (application.status, application.stage, application.step) == reached
    assert application.chances_used == chances + (operation in ("return_", "reset"))
    grown = {table: after[table][0] - before[table][0] for table in before}
    recorded = grown.pop("audit_entry")
    assert {table: count for table, count in grown.items() if count} == added and recorded >= 1
    assert check_all(app.config["PRIVATE_ROOT"]) == {}
    _passes_the_same_points_undisturbed(session, worker, operation, start, point)


def _passes_the_same_points_undisturbed(session, worker, operation, start, killed_at):
    """The kill that found it committed was the first after the commit: no point before was left out."""
    application = make.make_application(at=start, unit=make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY))
    job = job_of(operation, application)
    session.commit()
    answer = worker.ask(do="kill", point=10_000, **job)
    assert answer["status"] == 302
    passed, following = answer["points"][:killed_at], answer["points"][killed_at:]
    assert passed.count("commit") == 1 and passed[-1] == "commit" and "INSERT INTO decision" in passed
    # What was kept of the typed opinion goes by itself; left behind it decides nothing.
    assert set(following) <= {"committed", "DELETE FROM draft", "commit"}
