"""How texts leave the outbox. The row is written with its cause; a gateway is only asked afterwards."""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, after_this_request, current_app
from sqlalchemy import ColumnElement, and_, func, select, update

from .. import clock
from ..database import read_only, writing
from ..errors import DomainError
from ..extensions import db
from ..models import Outbox
from ..vocabulary import N_, Channel

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
    """Hand over what waits once the answer has left: how long the network takes tells nobody whether a text went out (A07)."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def run() -> None:
        with app.app_context(), writing():
            deliver(gateway, at=clock.now())

    @after_this_request
    def attach(response: Response) -> Response:
        response.call_on_close(run)
        return response


def deliver(gateway: Gateway | MailGateway, *, at: datetime, channel: Channel = Channel.SMS) -> int:
    """Hand over every waiting text of a channel, in order; returns how many. Commits by itself, after each.

    A text counts as sent once the network has it: whoever is killed between the two sends it once more,
    under the same key. One that the network refuses waits for the next run, and the others go on; after
    MOST_FAILURES in a row the network is taken for gone. What it will never take is not offered again.
    """
    sent, failed, last = 0, 0, 0
    with _alone(channel):
        while failed < MOST_FAILURES:
            text = _next_after(last, channel)
            if text is None:
                break
            last = text.id
            key = f"outbox-{text.id}-{text.created_at:%Y%m%d%H%M%S}"
            try:
                _hand_over(gateway, text, key)
            except Refused:
                log.error("%s was refused for good", key)
                _settle(last, refused_at=at)
                continue
            except Exception as error:
                # What was to be sent, and to whom, may stand in the error.
                log.error("%s was not taken: %s", key, type(error).__name__)
                db.session.rollback()
                failed += 1
                continue
            _settle(last, sent_at=at)
            sent, failed = sent + 1, 0
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
    return and_(Outbox.sent_at.is_(None), Outbox.refused_at.is_(None))


def _next_after(last: int, channel: Channel) -> Outbox | None:
    """The next waiting text that nobody else is sending. On SQLite no transaction is left open: the network is slow."""
    query = select(Outbox).where(_waits(), Outbox.channel == channel, Outbox.id > last)
    query = query.order_by(Outbox.id).limit(1)
    with read_only():
        text = db.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
        if text is not None and not _locks_rows():
            db.session.expunge(text)
            db.session.rollback()
    return text


def _locks_rows() -> bool:
    return bool(db.engine.dialect.name != "sqlite")


@contextmanager
def _alone(channel: Channel) -> Iterator[None]:
    """One runner of a channel at a time where the database cannot lock one row."""
    if _locks_rows():
        yield
        return
    root = Path(current_app.config["PRIVATE_ROOT"])
    root.mkdir(parents=True, exist_ok=True)
    with (root / f".outbox-lock-{channel.value}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def waiting() -> int:
    """How many texts no network has taken yet."""
    return db.session.scalar(select(func.count(Outbox.id)).where(_waits())) or 0
