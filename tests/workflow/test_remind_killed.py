"""`flask remind run`, killed anywhere and begun again: each is reminded once, none is lost (E10, MSG-02)."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from app.clock import SHANGHAI
from app.models import (
    Application,
    Message,
    Organisation,
    Outbox,
    Person,
    Reminder,
    Round,
    Setting,
    Subscription,
    User,
)
from app.vocabulary import Channel, Role, Stage
from app.web import preferences
from tests import factories as make
from tests.workflow.test_killed import check_all
from tests.workflow.worker import Worker

pytestmark = pytest.mark.slow

# A Thursday.
NOW = datetime(2026, 6, 11, 8, tzinfo=SHANGHAI)
JOB = {"do": "kill", "command": ["remind", "run"], "now": NOW.isoformat()}
NEVER = 10_000


@pytest.fixture(scope="module")
def worker(app, tmp_path_factory):
    found = Worker(app, tmp_path_factory.mktemp("worker"))
    yield found
    found.close()


@pytest.fixture
def world(session):
    """Two offices with something late, two applicants near the end, one of whom wants no text, two subscribers.

    Who is to hear what, by phone, address and inbox.
    """
    closing, opening = make.make_round(make.make_committee()), make.make_round(make.make_committee())
    ended = make.make_round(make.make_committee())
    late = [make.make_application(Stage.UNIT, round_=ended) for _each in range(2)]
    drafts = [make.make_draft(round_=closing) for _each in range(2)]
    clerks = []
    for n, each in enumerate(late):
        office = session.get_one(Organisation, each.holder_id)
        clerk = make.make_user(Role.UNIT, office, mobile=f"1380000010{n}")
        preferences.keep(clerk, {preferences.DESK_SMS: n == 0})
        clerks.append(clerk)
    for n, each in enumerate(drafts):
        session.get_one(Person, each.applicant_id).email = f"shili{n}@example.com"
    preferences.keep(session.get_one(User, drafts[1].applicant_id), {preferences.SMS: False})
    subscribers = [make.make_applicant() for _each in range(2)]
    for each in subscribers:
        session.add(Subscription(user_id=each.id, round_id=opening.id, created_at=NOW - timedelta(days=30)))
    for rounds, times in (
        (Round.id.is_not(None), (NOW - timedelta(days=60), NOW - timedelta(days=9))),
        (Round.id == closing.id, (NOW - timedelta(days=60), NOW + timedelta(days=2))),
        (Round.id == opening.id, (NOW - timedelta(hours=8), NOW + timedelta(days=30))),
    ):
        opens_at, closes_at = times
        session.execute(
            update(Round)
            .where(rounds)
            .values(
                published_at=NOW - timedelta(days=70),
                opens_at=opens_at,
                closes_at=closes_at,
                corrections_until=NOW + timedelta(days=90),
            )
        )
    session.execute(
        update(Application)
        .where(Application.id.in_([each.id for each in late]))
        .values(waiting_since=NOW - timedelta(days=20), due_at=NOW + timedelta(days=1))
    )
    session.execute(update(Setting).where(Setting.key == "sms_reminders").values(value="on"))
    session.commit()
    account = session.get_one(User, drafts[0].applicant_id)
    inboxes = (
        [each.id for each in clerks]
        + [each.applicant_id for each in drafts]
        + [each.id for each in subscribers]
    )
    yield {
        "inbox": Counter(inboxes),
        # of the office's clerks only the one who asked for it
        Channel.SMS: Counter([clerks[0].mobile, account.mobile]),
        Channel.MAIL: Counter(["shili0@example.com", "shili1@example.com"]),
    }
    session.rollback()


def heard(session):
    session.rollback()
    rows = session.execute(select(Outbox.channel, Outbox.mobile)).all()
    inboxes = session.scalars(select(Message.recipient_id).where(Message.created_at == NOW)).all()
    session.rollback()
    return {
        "inbox": Counter(inboxes),
        **{way: Counter(to for channel, to in rows if channel is way) for way in Channel},
    }


def forget(session):
    """As before the morning."""
    for table in (Outbox, Reminder):
        session.execute(delete(table))
    session.execute(delete(Message).where(Message.created_at == NOW))
    session.execute(update(Subscription).values(told_at=None))
    session.commit()


def test_killed_anywhere_and_begun_again_it_reminds_each_once(app, session, worker, world):
    session.execute(delete(Outbox))
    session.commit()
    between, before = 0, check_all(app.config["PRIVATE_ROOT"])
    for point in range(300):
        forget(session)
        answer = worker.ask(point=point, **JOB)
        if answer["status"] is not None:
            break
        killed = heard(session)
        # Nobody hears of it twice, and whoever has heard by one way has heard by all.
        assert all(killed[way] <= world[way] for way in world)
        between += killed not in (world, {way: Counter() for way in world})
        assert worker.ask(point=NEVER, **JOB)["status"] == 0
        assert heard(session) == world
        # A third run of the day has nothing to say.
        assert worker.ask(point=NEVER, **JOB)["status"] == 0
        assert heard(session) == world
    assert answer["status"] == 0 and heard(session) == world
    passed = Counter(answer["points"])
    # An office, an applicant and a subscriber each are a commit of their own, and each was killed before and after.
    assert passed["commit"] >= 6 and between > 6 and point == len(answer["points"])
    # The rows of the arrangement are not all as the app writes them; the command adds no fault.
    assert check_all(app.config["PRIVATE_ROOT"]) == before
