"""The public notice (公示) that precedes a unit's recommendation, and what proves it (OPN-02, ELI-07)."""

from datetime import date, datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..vocabulary import NoticeOutcome, NoticePlace, NoticeWay, Proof
from .columns import Moment, Pk, to, word


class PublicNotice(Model):
    """One notice of one route, both days included; void after a reset. Its outcome is entered once it is over."""

    __tablename__ = "public_notice"
    __table_args__ = (
        UniqueConstraint("application_id", "route_no", "place"),
        CheckConstraint("starts_on <= ends_on", name="ck_public_notice_days"),
    )

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False)
    route_no: Mapped[int]
    place: Mapped[NoticePlace] = mapped_column(word(NoticePlace))
    # By name: the employer of dispatched staff need not be a unit of this system.
    organisation: Mapped[str] = mapped_column(String(100))
    way: Mapped[NoticeWay] = mapped_column(word(NoticeWay))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    outcome: Mapped[NoticeOutcome | None] = mapped_column(word(NoticeOutcome))
    remark: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[int] = to("ab_user", index=False)
    saved_at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[User] = relationship()
    files: Mapped[list["NoticeFile"]] = relationship(
        order_by="NoticeFile.created_at, NoticeFile.id", back_populates="notice"
    )


class NoticeFile(Model):
    """An image that proves a notice: the unit's, not the applicant's; rebuilt from pixels."""

    __tablename__ = "notice_file"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    notice_id: Mapped[int] = to("public_notice")
    proof: Mapped[Proof] = mapped_column(word(Proof))
    name: Mapped[str] = mapped_column(String(120))
    mime: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(64), unique=True)
    by_id: Mapped[int] = to("ab_user", index=False)
    created_at: Mapped[datetime] = mapped_column(Moment)

    notice: Mapped[PublicNotice] = relationship(back_populates="files")
