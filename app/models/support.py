"""The hotline's work: cases, what people ask for, corrections that need two, views as the applicant."""

from datetime import datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..protection import Sealed
from ..vocabulary import CaseKind, Deed, IdentityCheck, RequestStatus
from .columns import Moment, Pk, to, word
from .organisations import Unit


class HelpRequest(Model):
    """What someone asks another to do for him: unlock, a lost unit account, a missing major (ACC-07, PRO-08, M6.5).

    `desk_unit_id` names the unit that handles it; without one it is the hotline's. `content` is what
    was typed, by field, sealed as a whole: it can hold a phone. `user_id` is empty where nobody was
    signed in: a lock, or a unit that has lost account and phone.
    """

    __tablename__ = "help_request"
    __table_args__ = (
        Index("ix_help_request_open", "status", "desk_unit_id", "id"),
        Index(
            "uq_help_request_open",
            "user_id",
            "kind",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[Pk]
    kind: Mapped[CaseKind] = mapped_column(word(CaseKind, check="help_request_kind"))
    user_id: Mapped[int | None] = to("ab_user", ondelete="CASCADE")
    unit_id: Mapped[int | None] = to("unit", index=False)
    desk_unit_id: Mapped[int | None] = to("unit", index=False)
    content: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[RequestStatus] = mapped_column(word(RequestStatus), default=RequestStatus.OPEN)
    created_at: Mapped[datetime] = mapped_column(Moment)
    handled_at: Mapped[datetime | None] = mapped_column(Moment)
    handled_by_id: Mapped[int | None] = to("ab_user", index=False)
    answer: Mapped[str] = mapped_column(Sealed("help_request.answer", 500), default="")

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    desk_unit: Mapped[Unit | None] = relationship(foreign_keys=[desk_unit_id])
    handled_by: Mapped[User | None] = relationship(foreign_keys=[handled_by_id])
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.created_at")

    @property
    def number(self) -> str:
        """What the person is given to name the request on the phone."""
        return f"Q{self.id:06d}"


class SupportCase(Model):
    """One call: who called, how that was checked, why; every edit of the hotline happens inside one (B10).

    What a clerk writes is sealed: callers say numbers, and clerks write them down.
    """

    __tablename__ = "support_case"
    __table_args__ = (
        Index("ix_support_case_desk", "opened_by_id", "closed_at", "id"),
        Index(
            "uq_support_case_request",
            "request_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Pk]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[CaseKind] = mapped_column(word(CaseKind, check="support_case_kind"))
    subject_id: Mapped[int | None] = to("ab_user")
    unit_id: Mapped[int | None] = to("unit", index=False)
    request_id: Mapped[int | None] = to("help_request", index=False)
    caller: Mapped[str] = mapped_column(Sealed("support_case.caller", 60))
    identity_check: Mapped[IdentityCheck] = mapped_column(word(IdentityCheck))
    reason: Mapped[str] = mapped_column(Sealed("support_case.reason", 500))
    opened_by_id: Mapped[int] = to("ab_user", index=False)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(Sealed("support_case.outcome", 500), default="")

    subject: Mapped[User | None] = relationship(foreign_keys=[subject_id])
    unit: Mapped[Unit | None] = relationship()
    request: Mapped[HelpRequest | None] = relationship()
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.created_at")
    entries: Mapped[list["CaseEntry"]] = relationship(order_by="CaseEntry.id", back_populates="case")

    def __repr__(self) -> str:
        return self.number


class CaseEntry(Model):
    """What was done in a case. `content` is JSON, sealed: what a change replaced, why a number was shown."""

    __tablename__ = "case_entry"

    id: Mapped[Pk]
    case_id: Mapped[int] = to("support_case")
    by_id: Mapped[int] = to("ab_user", index=False)
    at: Mapped[datetime] = mapped_column(Moment)
    deed: Mapped[Deed] = mapped_column(word(Deed))
    content: Mapped[str] = mapped_column(Text, default="")

    case: Mapped[SupportCase] = relationship(back_populates="entries")
    by: Mapped[User] = relationship(foreign_keys=[by_id])


class Evidence(Model):
    """An image that proves a request or a case; rebuilt from pixels, stored under a random key (ACC-07)."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("request_id IS NOT NULL OR case_id IS NOT NULL", name="ck_evidence_belongs"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    request_id: Mapped[int | None] = to("help_request")
    case_id: Mapped[int | None] = to("support_case")
    name: Mapped[str] = mapped_column(String(120))
    mime: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Correction(Model):
    """A change of a name, an ID number or a mobile that a second member of staff must confirm (B10).

    `field` is `name`, `id_number` or `mobile`, at most one of each is open a person; both values are sealed.
    """

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_open", "decided_at", "id"),
        Index(
            "uq_correction_open",
            "user_id",
            "field",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="ck_correction_two"),
    )

    id: Mapped[Pk]
    case_id: Mapped[int] = to("support_case")
    user_id: Mapped[int] = to("ab_user")
    field: Mapped[str] = mapped_column(String(20))
    old: Mapped[str] = mapped_column(Sealed("correction.old", 60))
    new: Mapped[str] = mapped_column(Sealed("correction.new", 60))
    proposed_by_id: Mapped[int] = to("ab_user", index=False)
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = to("ab_user", index=False)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted: Mapped[bool | None]
    remark: Mapped[str] = mapped_column(Sealed("correction.remark", 300), default="")

    case: Mapped[SupportCase] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class ViewAs(Model):
    """Fifteen minutes in which a member of the hotline sees the pages of a person, reading only (SUP-01)."""

    __tablename__ = "view_as"

    id: Mapped[Pk]
    case_id: Mapped[int] = to("support_case")
    by_id: Mapped[int] = to("ab_user")
    subject_id: Mapped[int] = to("ab_user")
    started_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    subject: Mapped[User] = relationship(foreign_keys=[subject_id])
