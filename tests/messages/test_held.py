"""Results and reminders: behind what goes at once, by `flask outbox run` only, and so many a day (A10)."""

from datetime import datetime, timedelta

import pytest
from flask import Response
from sqlalchemy import delete, select, text

from app import clock
from app.clock import SHANGHAI
from app.extensions import db
from app.messages import gateways, quota
from app.messages.gateways import deliver, waiting
from app.messages.operations import send_sms
from app.models import Outbox, SmsQuota
from app.vocabulary import Channel
from tests.at_once import at_once
from tests.messages.test_outbox import Network

NOON = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI)
MOBILE = "13900000555"


@pytest.fixture(autouse=True)
def nothing(session):
    for table in (Outbox, SmsQuota):
        session.execute(delete(table))
    session.commit()


def queue(session, words, held_until, mobile=MOBILE):
    send_sms(mobile, words, at=NOON, held_until=held_until)
    session.commit()


def counted(scope):
    db.session.rollback()
    return db.session.scalars(select(SmsQuota.sent).where(SmsQuota.scope == scope)).all()


def test_the_longest_held_first_and_none_before_its_time(session):
    for minutes in (10, 5, 20):
        queue(session, f"示例 {minutes}", NOON + timedelta(minutes=minutes))
    network = Network()
    assert deliver(network, at=NOON + timedelta(minutes=4, seconds=59), held=True) == 0
    assert deliver(network, at=NOON + timedelta(minutes=10), held=True) == 2
    assert network.taken == ["示例 5", "示例 10"]
    assert waiting(at=NOON + timedelta(minutes=10)) == 0
    assert waiting(at=NOON + timedelta(minutes=20)) == 1


def test_a_code_is_not_kept_waiting_by_results(app, session, monkeypatch):
    """The worker that answers for a code hands over what goes at once, and nothing else."""
    for n in range(5):
        queue(session, f"示例 {n}", NOON)
    queue(session, "示例验证码", None)
    network, late = Network(), []
    monkeypatch.setattr(clock, "now", lambda: NOON)
    monkeypatch.setattr(gateways, "after_this_request", lambda attach: late.append(attach))
    with app.test_request_context():
        gateways.deliver_after_answer(network)
        response = late[0](Response())
    response.close()
    assert network.taken == ["示例验证码"]
    monkeypatch.setitem(app.extensions, "sms_gateway", network)
    queue(session, "又一个示例验证码", None)
    assert "6 sent, 0 waiting" in app.test_cli_runner().invoke(args=["outbox", "run"]).output
    assert network.taken[1] == "又一个示例验证码"


def test_one_that_fails_waits_and_the_others_go_on(session):
    for n in range(5):
        queue(session, f"示例 {n}", NOON + timedelta(seconds=n % 2))
    network = Network(refused={"示例 0", "示例 3"})
    assert deliver(network, at=NOON + timedelta(minutes=1), held=True) == 3
    assert network.taken == ["示例 2", "示例 4", "示例 1"]
    # What was not taken is not counted.
    assert (counted(quota.NEWS), counted(quota.ALL_NEWS)) == ([3], [3])


@pytest.mark.parametrize(
    ("setting", "scope"), [("SMS_NEWS_PER_DAY", quota.NEWS), ("SMS_NEWS_A_DAY", quota.ALL_NEWS)]
)
def test_the_limit_of_a_day_is_exact_and_starts_anew_at_midnight(app, session, monkeypatch, setting, scope):
    monkeypatch.setitem(app.config, setting, 2)
    for n in range(4):
        queue(session, f"示例 {n}", NOON)
    network = Network()
    assert deliver(network, at=NOON, held=True) == 2
    assert counted(scope) == [2] and waiting(at=NOON) == 0
    # What was beyond it is not sent the day after.
    tomorrow = datetime(2026, 3, 3, 0, 0, tzinfo=SHANGHAI)
    queue(session, "示例 次日", NOON)
    assert deliver(network, at=tomorrow - timedelta(seconds=1), held=True) == 0
    queue(session, "示例 次日", NOON)
    assert deliver(network, at=tomorrow, held=True) == 1
    assert network.taken == ["示例 0", "示例 1", "示例 次日"]


def test_fifty_at_once_are_never_more_than_the_limit(app):
    def take():
        return quota.take_news(MOBILE, at=NOON)

    came = at_once(app, [take] * 50)
    assert came.count(True) == app.config["SMS_NEWS_PER_DAY"] == 5
    with app.app_context():
        assert (counted(quota.NEWS), counted(quota.ALL_NEWS)) == ([5], [5])


def test_codes_have_counters_of_their_own(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "SMS_NEWS_A_DAY", 0)
    queue(session, "示例", NOON)
    queue(session, "示例验证码", None)
    network = Network()
    assert deliver(network, at=NOON, held=True) == 0
    assert deliver(network, at=NOON) == 1
    assert network.taken == ["示例验证码"]


def test_four_runs_at_once_send_each_once(app, session):
    for n in range(12):
        queue(session, f"示例 {n}", NOON, mobile=f"1390000{n:04d}")
    network = Network()
    at_once(app, [lambda: deliver(network, at=NOON, held=True)] * 4)
    assert sorted(network.taken) == sorted(f"示例 {n}" for n in range(12))
    assert counted(quota.ALL_NEWS) == [12]


@pytest.mark.parametrize("held", [False, True])
def test_what_waits_is_found_by_its_index(session, held):
    """However much has gone: the index holds nothing but what waits."""
    session.add_all(
        Outbox(mobile=MOBILE, text="示例", created_at=NOON, sent_at=NOON, held_until=NOON if held else None)
        for _each in range(2000)
    )
    session.commit()
    sqlite = db.engine.dialect.name == "sqlite"
    session.execute(text("ANALYZE outbox"))
    session.commit()
    asked = (
        gateways.next_query(None, Channel.SMS, held, NOON),
        gateways.next_query((NOON if held else None, 1), Channel.SMS, held, NOON),
    )
    for query in asked:
        words = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = session.execute(text(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{words}")).all()
        lines = "\n".join(str(row[-1]) for row in plan)
        assert "ix_outbox_waiting" in lines and "TEMP B-TREE" not in lines and "Sort" not in lines, lines
