"""Messages to persons, public notices, texts on their way out."""

from datetime import datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..protection import INDEX_LENGTH, Sealed, keep_index
from ..vocabulary import MessageType
from .columns import Moment, Pk, to, word


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
    """A text on its way to a phone; the row is the truth, a gateway only empties it.

    The text is sealed like the number: it can hold a code, or the link to a new password.
    """

    __tablename__ = "outbox"

    id: Mapped[Pk]
    mobile: Mapped[str] = mapped_column(Sealed("outbox.mobile"))
    mobile_index: Mapped[str] = mapped_column(String(INDEX_LENGTH), index=True)
    text: Mapped[str] = mapped_column(Sealed("outbox.text", 500))
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


keep_index(Outbox, "mobile")
