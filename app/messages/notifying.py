"""Telling people by message, and by text and mail where they have not switched those off (MSG-02)."""

from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from ..extensions import db
from ..models import Application, Person, Preference
from ..vocabulary import Channel, MessageType
from . import operations
from .gateways import channels_of


def notify(
    recipients: Iterable[int],
    text: str,
    *,
    subject: str,
    at: datetime,
    sms: bool,
    type: MessageType = MessageType.SYSTEM,
    application: Application | None = None,
) -> None:
    """One message each; also a text (where `sms`) and a mail to whoever has not switched them off.

    Part of the caller's transaction. For a channel that is not set up nothing is queued. `text` must name no number.
    """
    ids = list(dict.fromkeys(recipients))
    operations.tell(ids, text, at=at, type=type, application=application)
    ways = channels_of(current_app._get_current_object())  # type: ignore[attr-defined]
    rows = db.session.execute(
        select(User, Person.email, Preference.content)
        .outerjoin(Person, Person.id == User.id)
        .outerjoin(Preference, Preference.id == User.id)
        .where(User.id.in_(ids), User.active)
        .order_by(User.id)
    )
    for user, email, content in rows.all():
        wants = content or {}
        if sms and user.mobile and Channel.SMS in ways and wants.get("sms", True):
            operations.send_sms(user.mobile, text, at=at)
        if email and Channel.MAIL in ways and wants.get("mail", True):
            operations.send_mail(email, subject, text, at=at)
