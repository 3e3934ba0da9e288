"""Messages to persons, public notices, texts on their way out."""

from datetime import date, datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..protection import INDEX_LENGTH, Sealed, keep_index
from ..vocabulary import Cause, Channel, MessageType
from .applications import Decision
from .columns import Moment, Pk, to, word

UNSETTLED = "sent_at IS NULL AND refused_at IS NULL"


class Message(Model):
    """A line in a person's 我的消息 (MSG-01); deleting hides it from the person only."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_inbox", "recipient_id", "deleted_at", "id"),)

    id: Mapped[Pk]
    recipient_id: Mapped[int] = to("ab_user", ondelete="CASCADE", index=False)
    type: Mapped[MessageType] = mapped_column(word(MessageType))
    text: Mapped[str] = mapped_column(String(2000))
    application_id: Mapped[int | None] = to("application", index=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    recipient: Mapped[User] = relationship()


class Notice(Model):
    """A public announcement (通知公告), counted in the header.

    Until `banner_until` it also stands on top of every page: maintenance, a changed deadline (ACC-20).
    """

    __tablename__ = "notice"

    id: Mapped[Pk]
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(Moment)
    banner_until: Mapped[datetime | None] = mapped_column(Moment)

    def __repr__(self) -> str:
        return self.title


class Outbox(Model):
    """A text on its way to a phone or a mailbox; the row is the truth, a gateway only empties it.

    The text is sealed like the number: it can hold a code, or the link to a new password. `mobile` is a mail
    address where the channel is mail.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        # What waits, however much has gone; its words are those of gateways._waits().
        Index(
            "ix_outbox_waiting",
            "channel",
            "held_until",
            "id",
            sqlite_where=text(UNSETTLED),
            postgresql_where=text(UNSETTLED),
        ),
        UniqueConstraint("decision_id", "channel"),
    )

    id: Mapped[Pk]
    channel: Mapped[Channel] = mapped_column(word(Channel), default=Channel.SMS, server_default=Channel.SMS)
    subject: Mapped[str] = mapped_column(String(120), default="", server_default="")
    mobile: Mapped[str] = mapped_column(Sealed("outbox.mobile", 100))
    mobile_index: Mapped[str] = mapped_column(String(INDEX_LENGTH), index=True)
    text: Mapped[str] = mapped_column(Sealed("outbox.text", 500))
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    # The other side will never take this one, or a day's limit was reached: it is not offered again.
    refused_at: Mapped[datetime | None] = mapped_column(Moment)
    # None: it goes at once, before all others. Otherwise `flask outbox run` takes it from then on.
    held_until: Mapped[datetime | None] = mapped_column(Moment)
    decision_id: Mapped[int | None] = to("decision", index=False)

    decision: Mapped[Decision | None] = relationship()


class Reminder(Model):
    """That someone was reminded of something: at most once a Shanghai day, by whoever asked.

    `target` is the office or the person reminded (`office-7`, `person-7`), `subject` what about
    (`application-7`, `unit-7`, `round-7`).
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("subject", "target", "cause", "day"),
        Index("ix_reminder_target", "target", "subject", "id"),
    )

    id: Mapped[Pk]
    subject: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(40))
    cause: Mapped[Cause] = mapped_column(word(Cause))
    day: Mapped[date]
    by_id: Mapped[int | None] = to("ab_user", index=False)
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[User | None] = relationship()


class Subscription(Model):
    """An applicant who wants to be told when a round opens; told once."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("user_id", "round_id"),)

    id: Mapped[Pk]
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE", index=False)
    round_id: Mapped[int] = to("round", ondelete="CASCADE")
    created_at: Mapped[datetime] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)


keep_index(Outbox, "mobile")
