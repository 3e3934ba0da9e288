"""How texts leave the outbox. The row is written with its cause; a gateway is only asked afterwards."""

from datetime import datetime
from typing import Protocol

from flask import Flask, Response, after_this_request, current_app
from sqlalchemy import select, update

from .. import clock
from ..database import writing
from ..errors import DomainError
from ..extensions import db
from ..models import Outbox
from ..vocabulary import N_


class NoGateway(DomainError):
    """No way to a phone is set up; asked before a code is counted."""

    message = N_("短信服务暂时不能使用。稍后再试，或拨打 %(phone)s。")


class Gateway(Protocol):
    def deliver(self, mobile: str, text: str) -> None:
        """Hand one text to the network."""


class DevelopmentGateway:
    """Sends nothing; the outbox is shown at /development/sms, which exists only outside production."""

    def deliver(self, mobile: str, text: str) -> None:
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
            db.session.commit()

    @after_this_request
    def attach(response: Response) -> Response:
        response.call_on_close(run)
        return response


def deliver(gateway: Gateway, *, at: datetime) -> int:
    """Hand over every waiting text, each to one caller only; returns how many. The caller commits."""
    sent = 0
    for text in db.session.scalars(select(Outbox).where(Outbox.sent_at.is_(None)).order_by(Outbox.id)).all():
        taken = db.session.execute(
            update(Outbox).where(Outbox.id == text.id, Outbox.sent_at.is_(None)).values(sent_at=at)
        )
        if taken.rowcount:  # type: ignore[attr-defined]
            gateway.deliver(text.mobile, text.text)
            sent += 1
    return sent
