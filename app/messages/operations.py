"""Writing messages to persons and to phones. The text is stored as sent: the official Chinese wording."""

from collections.abc import Iterable
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import update

from ..extensions import db
from ..models import Application, Message, Outbox
from ..vocabulary import Channel, MessageType
from .mail import is_address


def tell(
    recipients: Iterable[int],
    text: str,
    *,
    at: datetime,
    type: MessageType = MessageType.SYSTEM,
    application: Application | None = None,
) -> None:
    """Put one message into the inbox of each recipient (user ids); part of the caller's transaction."""
    db.session.add_all(
        Message(
            recipient_id=each,
            type=type,
            text=text,
            application_id=application.id if application else None,
            created_at=at,
        )
        for each in dict.fromkeys(recipients)
    )


def send_sms(mobile: str, text: str, *, at: datetime) -> Outbox:
    """Queue a text for a phone; it goes out when the transaction is committed and the outbox is run."""
    sms = Outbox(mobile=mobile, text=text, created_at=at)
    db.session.add(sms)
    return sms


def send_mail(address: str, subject: str, text: str, *, at: datetime) -> Outbox | None:
    """Queue a mail; None, and nothing queued, where `address` is none or the subject is not one line."""
    if not is_address(address) or not subject.isprintable():
        return None
    mail = Outbox(channel=Channel.MAIL, mobile=address, subject=subject, text=text, created_at=at)
    db.session.add(mail)
    return mail


def mark_read(message: Message, *, at: datetime) -> None:
    db.session.execute(
        update(Message).where(Message.id == message.id, Message.read_at.is_(None)).values(read_at=at)
    )


def mark_all_read(user: User, *, at: datetime) -> None:
    db.session.execute(
        update(Message).where(Message.recipient_id == user.id, Message.read_at.is_(None)).values(read_at=at)
    )


def delete(message: Message, *, at: datetime) -> None:
    """Hide a message from its recipient; the row stays as the record that he was told."""
    db.session.execute(update(Message).where(Message.id == message.id).values(deleted_at=at))
