"""Writing messages to persons and to phones. The text is stored as sent: the official Chinese wording."""

from collections.abc import Iterable
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import delete as delete_rows
from sqlalchemy import select, update

from ..extensions import db
from ..models import Application, Decision, Message, Outbox
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


def send_sms(
    mobile: str,
    text: str,
    *,
    at: datetime,
    held_until: datetime | None = None,
    decision: Decision | None = None,
) -> Outbox:
    """Queue a text for a phone; it goes out when the transaction is committed and the outbox is run.

    `held_until`: not before then, not before what goes at once, and within the day's limits (quota.py). Of one
    decision there is one text and one mail at most: another is refused by the database.
    """
    sms = Outbox(mobile=mobile, text=text, created_at=at, held_until=held_until, decision=decision)
    db.session.add(sms)
    return sms


def send_mail(
    address: str,
    subject: str,
    text: str,
    *,
    at: datetime,
    held_until: datetime | None = None,
    decision: Decision | None = None,
) -> Outbox | None:
    """Queue a mail; None, and nothing queued, where `address` is none or the subject is not one line."""
    if not is_address(address) or not subject.isprintable():
        return None
    mail = Outbox(
        channel=Channel.MAIL,
        mobile=address,
        subject=subject,
        text=text,
        created_at=at,
        held_until=held_until,
        decision=decision,
    )
    db.session.add(mail)
    return mail


def drop_news_of(application: Application) -> None:
    """Take back what is still held about a decision on this application: it is no longer the last word.

    One that is on its way at this very moment goes out; nobody waits for the network.
    """
    held = (
        select(Outbox.id)
        .join(Decision, Decision.id == Outbox.decision_id)
        .where(
            Decision.application_id == application.id,
            Outbox.sent_at.is_(None),
            Outbox.refused_at.is_(None),
        )
        .with_for_update(of=Outbox, skip_locked=True)
    )
    keys = db.session.scalars(held).all()
    if keys:
        db.session.execute(
            delete_rows(Outbox)
            .where(Outbox.id.in_(keys), Outbox.sent_at.is_(None))
            .execution_options(synchronize_session=False)
        )


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
