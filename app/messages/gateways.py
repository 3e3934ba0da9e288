"""How texts leave the outbox. The row is written with its cause; a gateway is only asked afterwards.

What goes at once (codes, links) leaves first and by whatever worker there is; what is held (results, reminders) is
left to `flask outbox run`, so that no page waits for a thousand of them, and its texts are counted (quota.py).
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, after_this_request, current_app
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update

from .. import clock
from ..database import read_only, writing
from ..errors import DomainError
from ..extensions import db
from ..models import Outbox
from ..vocabulary import N_, Channel
from . import quota

log = logging.getLogger(__name__)
MOST_FAILURES = 3


class NoGateway(DomainError):
    """No way to a phone is set up; asked before a code is counted."""

    message = N_("短信服务暂时不能使用。稍后再试，或拨打 %(phone)s。")


class Gateway(Protocol):
    def deliver(self, mobile: str, text: str, *, key: str) -> None:
        """Hand one text to the network; raises what went wrong. Two with one key are one and the same."""


class MailGateway(Protocol):
    def send(self, address: str, subject: str, text: str, *, key: str) -> None:
        """Hand one mail to the server; raises what went wrong, Refused where trying again is of no use."""


class Refused(Exception):
    """The other side lives, and will never take this one."""


class DevelopmentGateway:
    """Sends nothing; the outbox is shown at /development/sms, which exists only outside production."""

    def deliver(self, mobile: str, text: str, *, key: str) -> None:
        pass

    def send(self, address: str, subject: str, text: str, *, key: str) -> None:
        pass


def gateway_of(app: Flask, *, phone: str) -> Gateway:
    """The app's gateway; raises NoGateway where none is set up, naming the hotline."""
    gateway: Gateway | None = app.extensions.get("sms_gateway")
    if gateway is None:
        raise NoGateway(phone=phone)
    return gateway


def channels_of(app: Flask) -> frozenset[Channel]:
    """The ways out that are set up; for any other nothing is queued."""
    ways = {Channel.SMS: "sms_gateway", Channel.MAIL: "mail_gateway"}
    return frozenset(channel for channel, name in ways.items() if app.extensions.get(name))


def deliver_after_answer(gateway: Gateway) -> None:
    """Hand over what goes at once when the answer has left: how long the network takes tells nobody whether a text went out (A07)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        with app.app_context(), writing():
            deliver(gateway, at=clock.now())

    @after_this_request
    def attach(response: Response) -> Response:
        response.call_on_close(run)
        return response


def deliver(
    gateway: Gateway | MailGateway, *, at: datetime, channel: Channel = Channel.SMS, held: bool = False
) -> int:
    """Hand over every waiting text of a channel that goes at once, or that was held until now, in order.

    Returns how many; commits by itself, after each. A text counts as sent once the network has it: whoever is
    killed between the two sends it once more, under the same key. One that the network refuses waits for the next
    run, and the others go on; after MOST_FAILURES in a row the network is taken for gone. What it will never take,
    and what is beyond a day's limit, is not offered again: its message lies in the inbox.
    """
    sent, failed, last = 0, 0, None
    counts = held and channel is Channel.SMS
    with _alone(channel, held):
        while failed < MOST_FAILURES:
            text = _next_after(last, channel, held, at)
            if text is None:
                break
            last, mobile = (text.held_until, text.id), text.mobile
            key = f"outbox-{text.id}-{text.created_at:%Y%m%d%H%M%S}"
            if counts and not quota.take_news(mobile, at=at):
                log.warning("%s is beyond the day's limit", key)
                _settle(last[1], refused_at=at)
                continue
            try:
                _hand_over(gateway, text, key)
            except Refused:
                log.error("%s was refused for good", key)
                _settle(last[1], refused_at=at)
            except Exception as error:
                # What was to be sent, and to whom, may stand in the error.
                log.error("%s was not taken: %s", key, type(error).__name__)
                db.session.rollback()
                failed += 1
            else:
                _settle(last[1], sent_at=at)
                sent, failed = sent + 1, 0
                continue
            if counts:
                quota.give_back(mobile, at=at)
    db.session.rollback()
    return sent


def _hand_over(gateway: Any, text: Outbox, key: str) -> None:
    if text.channel is Channel.MAIL:
        gateway.send(text.mobile, text.subject, text.text, key=key)
    else:
        gateway.deliver(text.mobile, text.text, key=key)


def _settle(pk: int, **moment: datetime) -> None:
    db.session.execute(
        update(Outbox)
        .where(Outbox.id == pk, Outbox.sent_at.is_(None))
        .values(**moment)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _waits() -> ColumnElement[bool]:
    """As the index ix_outbox_waiting says it."""
    return and_(Outbox.sent_at.is_(None), Outbox.refused_at.is_(None))


def _is_ready(held: bool, at: datetime) -> ColumnElement[bool]:
    return Outbox.held_until <= at if held else Outbox.held_until.is_(None)


def next_query(
    last: tuple[datetime | None, int] | None, channel: Channel, held: bool, at: datetime
) -> Select[Any]:
    """The first that waits behind the one held until then under that number."""
    query = select(Outbox).where(_waits(), Outbox.channel == channel, _is_ready(held, at))
    if last is not None:
        until, pk = last
        behind = Outbox.id > pk
        if until is not None:
            behind = and_(Outbox.held_until >= until, or_(Outbox.held_until > until, Outbox.id > pk))
        query = query.where(behind)
    return query.order_by(Outbox.held_until, Outbox.id).limit(1)


def _next_after(
    last: tuple[datetime | None, int] | None, channel: Channel, held: bool, at: datetime
) -> Outbox | None:
    """The next waiting text that nobody else is sending. On SQLite no transaction is left open: the network is slow."""
    query = next_query(last, channel, held, at).with_for_update(skip_locked=True)
    with read_only():
        text: Outbox | None = db.session.scalars(query).one_or_none()
        if text is not None and not _locks_rows():
            db.session.expunge(text)
            db.session.rollback()
    return text


def _locks_rows() -> bool:
    return bool(db.engine.dialect.name != "sqlite")


@contextmanager
def _alone(channel: Channel, held: bool) -> Iterator[None]:
    """One runner at a time of what is held, and of what is not, where the database cannot lock one row."""
    if _locks_rows():
        yield
        return
    root = Path(current_app.config["PRIVATE_ROOT"])
    root.mkdir(parents=True, exist_ok=True)
    with (root / f".outbox-lock-{channel.value}{'-held' if held else ''}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def waiting(*, at: datetime) -> int:
    """How many texts that may go no network has taken yet."""
    ready = or_(_is_ready(False, at), _is_ready(True, at))
    return db.session.scalar(select(func.count(Outbox.id)).where(_waits(), ready)) or 0
