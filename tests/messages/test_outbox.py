"""Texts reach the network at least once, each under one key; a network in trouble loses none (E10)."""

import threading

import pytest
from sqlalchemy import select

from app import clock
from app.messages import gateways
from app.messages.gateways import MOST_FAILURES, deliver
from app.messages.operations import send_sms
from app.models import Outbox


class Network:
    """Remembers what it was given; some texts it refuses, and at one the power goes."""

    def __init__(self, refused=(), killed_at=None):
        self.refused, self.killed_at = set(refused), killed_at
        self.taken, self.keys = [], []

    def deliver(self, mobile, text, *, key):
        if text in self.refused:
            raise ConnectionError(f"no way to {mobile}")
        self.taken.append(text)
        self.keys.append(key)
        if text == self.killed_at:
            raise KeyboardInterrupt


@pytest.fixture
def texts(session):
    """Five that wait, and nothing else."""
    for each in session.scalars(select(Outbox)):
        session.delete(each)
    names = [f"示例短信{n}" for n in range(5)]
    for n, each in enumerate(names):
        send_sms(f"1390000{n:04d}", each, at=clock.now())
    session.commit()
    return names


def waiting(session):
    session.rollback()
    return session.scalars(select(Outbox.text).where(Outbox.sent_at.is_(None)).order_by(Outbox.id)).all()


def run(session, network):
    session.rollback()
    return deliver(network, at=clock.now())


def test_all_are_sent_once_and_in_order(session, texts):
    network = Network()
    assert run(session, network) == 5
    assert (network.taken, waiting(session)) == (texts, [])
    assert run(session, network) == 0
    assert network.taken == texts


def test_what_the_network_refuses_waits_and_the_others_go_on(session, texts, caplog):
    network = Network(refused={texts[1], texts[3]})
    assert run(session, network) == 3
    assert waiting(session) == [texts[1], texts[3]]
    assert "13900000001" not in caplog.text and texts[1] not in caplog.text
    network.refused = set()
    assert run(session, network) == 2
    assert sorted(network.taken) == sorted(texts)


def test_a_network_that_is_gone_is_not_asked_for_each(session, texts):
    asked = []
    network = Network(refused=texts)
    network.deliver = lambda mobile, text, *, key: (
        asked.append(text) or Network(texts).deliver(mobile, text, key=key)
    )
    assert run(session, network) == 0
    assert len(asked) == MOST_FAILURES
    assert waiting(session) == texts


@pytest.mark.parametrize("at", range(5))
def test_a_kill_between_the_network_and_the_commit_costs_one_duplicate_at_most(session, texts, at):
    network = Network(killed_at=texts[at])
    with pytest.raises(KeyboardInterrupt):
        run(session, network)
    assert waiting(session) == texts[at:]
    network.killed_at = None
    run(session, network)
    assert waiting(session) == []
    assert sorted(network.taken) == sorted([*texts, texts[at]])
    twice = [key for key in network.keys if network.keys.count(key) == 2]
    assert len(set(twice)) == 1 and len(set(network.keys)) == 5


def test_a_kill_before_the_network_loses_nothing(session, texts):
    network = Network()
    network.deliver = lambda *_given, **_named: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        run(session, network)
    assert waiting(session) == texts


def test_nobody_waits_for_the_network(app, session, texts):
    """While a text is on its way others write: on SQLite there is one writer."""
    network, wrote = Network(), []

    def write():
        with app.app_context():
            gateways.db.session.add(Outbox(mobile="13900000099", text="示例", created_at=clock.now()))
            gateways.db.session.commit()
            wrote.append(True)
            gateways.db.session.remove()

    def slow(mobile, text, *, key):
        if not wrote:
            other = threading.Thread(target=write)
            other.start()
            other.join(timeout=30)
        network.taken.append(text)

    network.deliver = slow
    run(session, network)
    assert wrote == [True]
    assert network.taken == [*texts, "示例"]


def test_four_at_once_send_each_once(app, session, texts):
    network = Network()

    def work():
        with app.app_context():
            deliver(network, at=clock.now())
            gateways.db.session.remove()

    session.rollback()
    threads = [threading.Thread(target=work) for _each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert sorted(network.taken) == sorted(texts)
    assert waiting(session) == []


def test_the_command_says_what_still_waits(app, session, texts, monkeypatch):
    session.rollback()
    runner = app.test_cli_runner()
    network = Network(refused={texts[0]})
    monkeypatch.setitem(app.extensions, "sms_gateway", network)
    first = runner.invoke(args=["outbox", "run"])
    assert (first.exit_code, first.output.strip()) == (1, "4 sent, 1 waiting")
    network.refused = set()
    second = runner.invoke(args=["outbox", "run"])
    assert (second.exit_code, second.output.strip()) == (0, "1 sent, 0 waiting")
    monkeypatch.delitem(app.extensions, "sms_gateway")
    monkeypatch.delitem(app.extensions, "mail_gateway", raising=False)
    assert "no gateway is set up" in runner.invoke(args=["outbox", "run"]).output
