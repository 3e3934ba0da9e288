"""Files and what they prove. Bytes live outside the web root under random names (app/dossier/storage.py)."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..vocabulary import Doubt
from .columns import Json, Moment, Pk, to
from .reference import AttachmentRequirement

# The photo as it is printed, and the picture it was cut from.
PHOTO, PHOTO_ORIGINAL = "photo", "photo-original"
# What the answers about who may apply are proved with; the record is the number of an Evidence.
ELIGIBILITY = "eligibility"


class Attachment(Model):
    """A stored file of a person. `id` is its random name on disk; the row is written after the file (E07)."""

    __tablename__ = "attachment"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner_id: Mapped[int] = to("person", ondelete="CASCADE")
    name: Mapped[str] = mapped_column(String(200))
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    # Pages of a rebuilt PDF; a picture has one.
    pages: Mapped[int] = mapped_column(default=1)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    # What looked doubtful when it was taken in (blurred, small): values of Doubt; never a block.
    doubts: Mapped[Json] = mapped_column(default=list)

    @property
    def doubtful(self) -> tuple[Doubt, ...]:
        return tuple(map(Doubt, self.doubts))


class AttachmentUse(Model):
    """What a file proves: a requirement of the checklist, a record of a section, an Evidence, or the photo."""

    __tablename__ = "attachment_use"
    __table_args__ = (
        Index("ix_attachment_use_record", "owner_id", "section_slug", "record_id"),
        CheckConstraint(
            "(requirement_id IS NULL) <> (section_slug IS NULL)", name="ck_attachment_use_purpose"
        ),
    )

    id: Mapped[Pk]
    attachment_id: Mapped[str] = to("attachment", ondelete="CASCADE")
    owner_id: Mapped[int] = to("person", ondelete="CASCADE", index=False)
    requirement_id: Mapped[int | None] = to("attachment_requirement", index=False)
    section_slug: Mapped[str | None] = mapped_column(String(40))
    record_id: Mapped[int | None]
    # Of PHOTO_ORIGINAL: the part that was cut out, as "left,top,width,height,turn" in pixels and degrees.
    crop: Mapped[str] = mapped_column(String(60), default="")

    attachment: Mapped[Attachment] = relationship()
    requirement: Mapped[AttachmentRequirement | None] = relationship()
