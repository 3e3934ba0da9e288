"""How texts leave the outbox. The row is written with its cause; a gateway is only asked afterwards."""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import Flask, Response, after_this_request, current_app
from sqlalchemy import func, select, update

from .. import clock
from ..database import read_only, writing
from ..errors import DomainError
from ..extensions import db
from ..models import Outbox
from ..vocabulary import N_

log = logging.getLogger(__name__)
MOST_FAILURES = 3


class NoGateway(DomainError):
    """No way to a phone is set up; asked before a code is counted."""

    message = N_("短信服务暂时不能使用。稍后再试，或拨打 %(phone)s。")


class Gateway(Protocol):
    def deliver(self, mobile: str, text: str, *, key: str) -> None:
        """Hand one text to the network; raises what went wrong. Two with one key are one and the same."""


class DevelopmentGateway:
    """Sends nothing; the outbox is shown at /development/sms, which exists only outside production."""

    def deliver(self, mobile: str, text: str, *, key: str) -> None:
        pass


def gateway_of(app: Flask, *, phone: str) -> Gateway:
    """The app's gateway; raises NoGateway where none is set up, naming the hotline."""
    gateway: Gateway | None = app.extensions.get("sms_gateway")
    if gateway is None:
        raise NoGateway(phone=phone)
    return gateway


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


def deliver(gateway: Gateway, *, at: datetime) -> int:
    """Hand over every waiting text, in order; returns how many. Commits by itself, after each.

    A text counts as sent once the network has it: whoever is killed between the two sends it once more,
    under the same key. One that the network refuses waits for the next run, and the others go on; after
    MOST_FAILURES in a row the network is taken for gone.
    """
    sent, failed, last = 0, 0, 0
    with _alone():
        while failed < MOST_FAILURES:
            text = _next_after(last)
            if text is None:
                break
            last = text.id
            key = f"outbox-{text.id}-{text.created_at:%Y%m%d%H%M%S}"
            try:
                gateway.deliver(text.mobile, text.text, key=key)
            except Exception as error:
                # What was to be sent, and to whom, may stand in the error.
                log.error("%s was not taken: %s", key, type(error).__name__)
                db.session.rollback()
                failed += 1
                continue
            db.session.execute(
                update(Outbox)
                .where(Outbox.id == last, Outbox.sent_at.is_(None))
                .values(sent_at=at)
                .execution_options(synchronize_session=False)
            )
            db.session.commit()
            sent, failed = sent + 1, 0
    db.session.rollback()
    return sent


def _next_after(last: int) -> Outbox | None:
    """The next waiting text that nobody else is sending. On SQLite no transaction is left open: the network is slow."""
    query = select(Outbox).where(Outbox.sent_at.is_(None), Outbox.id > last).order_by(Outbox.id).limit(1)
    with read_only():
        text = db.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
        if text is not None and not _locks_rows():
            db.session.expunge(text)
            db.session.rollback()
    return text


def _locks_rows() -> bool:
    return bool(db.engine.dialect.name != "sqlite")


@contextmanager
def _alone() -> Iterator[None]:
    """One runner at a time where the database cannot lock one row."""
    if _locks_rows():
        yield
        return
    root = Path(current_app.config["PRIVATE_ROOT"])
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".outbox-lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def waiting() -> int:
    """How many texts no network has taken yet."""
    return db.session.scalar(select(func.count(Outbox.id)).where(Outbox.sent_at.is_(None))) or 0
