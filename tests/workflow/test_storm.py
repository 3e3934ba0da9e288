"""Everybody submits around 24:00, and the clocks of the workers differ: the database's decides (E05)."""

import os
import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app import clock, create_app
from app.models import Application
from app.vocabulary import Nature, Tier
from tests import factories as make
from tests.conftest import dispose, settings
from tests.workflow.worker import Worker, signed_in

SUBMISSIONS = int(os.environ.get("STORM_SUBMISSIONS", "60"))
SPREAD = 2
SKEWS = (-1.5, -0.4, 0.4, 1.5)
SEED = int(os.environ.get("STORM_SEED", "20261128"))
# So many at a time and worker: PostgreSQL's 100 connections have to do for all.
THREADS = 14


@pytest.fixture
def workers(app, tmp_path_factory):
    """Four workers, each with a clock of its own; SQLite serves one machine, which has one clock."""
    found = [Worker(app, tmp_path_factory.mktemp("worker")) for _each in SKEWS]
    for each in found:
        each.ask(do="posts", skew=0, threads=0, posts=[])
    yield found
    for each in found:
        each.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_late_is_accepted_and_nothing_early_refused(app, session, workers):
    shaken = random.Random(SEED)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    round_ = make.make_round()
    unit = make.make_unit(Nature.AGENCY, Tier.COUNTY)
    drafts = [make.make_draft(unit, round_) for _each in range(SUBMISSIONS)]
    posts = [
        {
            **signed_in(each.applicant),
            "name": each.id,
            "path": f"/apply/{each.id}/submit",
            "data": {"seen": each.version, "pledged": "y"},
        }
        for each in drafts
    ]
    # Only now, so that however long the preparation takes the closing lies ahead.
    closes = clock.now().replace(microsecond=0) + timedelta(seconds=6)
    round_.closes_at = round_.corrections_until = closes
    session.commit()
    for each in posts:
        each["at"] = closes.timestamp() + shaken.uniform(-SPREAD, SPREAD)
    for number, (worker, skew) in enumerate(zip(workers, SKEWS, strict=True)):
        share = posts[number :: len(SKEWS)]
        worker.send(
            do="posts",
            skew=0 if is_sqlite else skew,
            threads=1 if is_sqlite else THREADS,
            posts=share,
        )
    answers = [each for worker in workers for each in worker.answer()]
    session.expire_all()
    stored = dict(session.execute(select(Application.id, Application.submitted_at)).all())
    wrong, accepted, refused = [], 0, 0
    for each in answers:
        since, until = (datetime.fromisoformat(each[side]) for side in ("since", "until"))
        if each["status"] == 302:
            accepted += 1
            is_wrong = since >= closes or not (since <= stored[each["name"]] < closes)
        else:
            refused += 1
            is_wrong = until < closes or each["status"] != 422 or stored[each["name"]] is not None
        if is_wrong:
            wrong.append(each)
    assert not wrong, f"seed {SEED}: {wrong}"
    assert accepted + refused == SUBMISSIONS and accepted and refused
    print(f"{accepted} accepted, {refused} refused, seed {SEED}")


def test_with_several_machines_the_database_stamps_what_arrives(app, session, tmp_path):
    """The time is that of the request's transaction: asked twice it is the same. SQLite has the process's."""
    several = create_app(**settings(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"]), CLOCK="database")
    with several.app_context():
        first = clock.arrival()
        time.sleep(0.02)
        second = clock.arrival()
        assert (first == second) is (several.extensions["sqlalchemy"].engine.dialect.name == "postgresql")
        assert abs(first - datetime.now(UTC)) < timedelta(seconds=5) and first.tzinfo is clock.SHANGHAI
    dispose(several)
    with app.app_context():
        assert clock.arrival() != clock.arrival()
