"""The record of who did what: append-only, each line chained to the one before (D08)."""

from datetime import datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..vocabulary import Result, Role
from .columns import Moment, Pk, to, word
from .organisations import Organisation


class AuditEntry(Model):
    """One change, refusal, unmasking or view of a scan. `app/audit.py` writes, links and verifies it.

    `position` and `mac` are filled when the transaction commits; from then on the database refuses to
    change or delete the row. `detail` holds names of things, never a value that was typed.
    """

    __tablename__ = "audit_entry"
    # One for each way an auditor searches, newest first.
    __table_args__ = (
        Index("ix_audit_entry_object", "object_type", "object_id", "at", "id"),
        Index("ix_audit_entry_by", "by_id", "at", "id"),
        Index("ix_audit_entry_action", "action", "at", "id"),
        Index("ix_audit_entry_result", "result", "at", "id"),
        Index("ix_audit_entry_address", "address", "at", "id"),
        Index("ix_audit_entry_at", "at", "id"),
    )

    id: Mapped[Pk]
    at: Mapped[datetime] = mapped_column(Moment)
    by_id: Mapped[int | None] = to("ab_user", index=False)
    role: Mapped[Role | None] = mapped_column(word(Role))
    organisation_id: Mapped[int | None] = to("organisation", index=False)
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[str] = mapped_column(String(64))
    result: Mapped[Result] = mapped_column(word(Result), default=Result.DONE)
    address: Mapped[str] = mapped_column(String(45), default="")
    before: Mapped[str] = mapped_column(String(64), default="")
    after: Mapped[str] = mapped_column(String(64), default="")
    detail: Mapped[str] = mapped_column(String(1000), default="")
    position: Mapped[int | None] = mapped_column(unique=True, index=True)
    mac: Mapped[str | None] = mapped_column(String(64))

    by: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class AuditHead(Model):
    """The chain's last line; its one row is the lock under which lines are linked."""

    __tablename__ = "audit_head"

    id: Mapped[Pk]
    position: Mapped[int] = mapped_column(default=0)
    mac: Mapped[str] = mapped_column(String(64), default="")
