"""The rows of stored files and what they prove. The bytes are storage's; their order is kept here (E07)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ..errors import TooManyFiles
from ..extensions import db
from ..models import (
    PHOTO,
    PHOTO_ORIGINAL,
    Application,
    Attachment,
    AttachmentRequirement,
    AttachmentUse,
    Person,
    SectionRow,
    Snapshot,
)
from .images import Picture
from .locks import require_editable

Purpose = AttachmentRequirement | SectionRow


def add_file(
    person: Person, picture: Picture, key: str, purpose: Purpose, *, limit: int, at: datetime
) -> Attachment:
    """Enter a stored file for a requirement or a record; TooManyFiles past the person's `limit` (C04)."""
    require_editable(person)
    attachment = _enter(person, picture, key, limit, at)
    db.session.add(AttachmentUse(attachment_id=key, owner_id=person.id, **_purpose(purpose)))
    db.session.flush()
    return attachment


@dataclass(frozen=True)
class Kept:
    """A picture whose bytes are stored, under their key."""

    picture: Picture
    key: str


def set_photo(
    person: Person, photo: Kept, original: Kept, crop: str, *, limit: int, at: datetime
) -> list[str]:
    """Make a stored file the person's photo, cut as `crop` says out of another that is kept for the next cut.

    Returns the keys of files that are needed no more.
    """
    replaced = _drop_photo(person, PHOTO, PHOTO_ORIGINAL)
    for kept, slug, part in ((photo, PHOTO, ""), (original, PHOTO_ORIGINAL, crop)):
        _enter(person, kept.picture, kept.key, limit, at)
        use = AttachmentUse(attachment_id=kept.key, owner_id=person.id, section_slug=slug, crop=part)
        db.session.add(use)
    db.session.flush()
    return replaced


def recut_photo(person: Person, photo: Kept, crop: str, *, limit: int, at: datetime) -> list[str]:
    """Put another cut of the kept original in the photo's place; see set_photo()."""
    replaced = _drop_photo(person, PHOTO)
    _enter(person, photo.picture, photo.key, limit, at)
    db.session.add(AttachmentUse(attachment_id=photo.key, owner_id=person.id, section_slug=PHOTO))
    use = original_of(person)
    if use is not None:
        use.crop = crop
    db.session.flush()
    return replaced


def _drop_photo(person: Person, *slugs: str) -> list[str]:
    """Take photo or original away, one request after the other: two at once leave one photo."""
    require_editable(person)
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    return [key for slug in slugs for use in _uses_as(person, slug) if (key := drop_use(use))]


def link_file(person: Person, attachment: Attachment, purpose: Purpose) -> None:
    """Let a file that is there already prove something else too; twice is once."""
    require_editable(person)
    where = _purpose(purpose)
    known = db.session.scalar(
        select(AttachmentUse.id).filter_by(attachment_id=attachment.id, owner_id=person.id, **where).limit(1)
    )
    if known is None:
        db.session.add(AttachmentUse(attachment_id=attachment.id, owner_id=person.id, **where))
        db.session.flush()


def unlink_file(person: Person, use: AttachmentUse) -> str | None:
    """Take a file away from what it proved; see drop_use()."""
    require_editable(person)
    return drop_use(use)


def drop_use(use: AttachmentUse) -> str | None:
    """Take a file away from what it proved.

    Its row and bytes stay while anything else uses it or a snapshot names it: an office keeps what
    it judged. Otherwise the row goes, and the key is returned so that the bytes can follow the commit.
    """
    attachment = use.attachment
    db.session.delete(use)
    db.session.flush()
    if _is_used(attachment) or _is_frozen(attachment):
        return None
    db.session.delete(attachment)
    db.session.flush()
    return attachment.id


def photo_of(person: Person) -> Attachment | None:
    uses = _uses_as(person, PHOTO)
    return uses[-1].attachment if uses else None


def original_of(person: Person) -> AttachmentUse | None:
    """The picture the photo was cut from, with the part that was cut out."""
    uses = _uses_as(person, PHOTO_ORIGINAL)
    return uses[-1] if uses else None


def files_of(person: Person) -> list[Attachment]:
    """All files a person has in use, the newest first; not the picture the photo was cut from."""
    used = select(AttachmentUse.attachment_id).where(
        AttachmentUse.owner_id == person.id,
        func.coalesce(AttachmentUse.section_slug, "") != PHOTO_ORIGINAL,
    )
    return list(
        db.session.scalars(
            select(Attachment)
            .where(Attachment.id.in_(used))
            .order_by(Attachment.created_at.desc(), Attachment.id)
        )
    )


def _enter(person: Person, picture: Picture, key: str, limit: int, at: datetime) -> Attachment:
    # The person's row is the queue: two uploads at once cannot both take the last place.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    count = db.session.scalar(select(func.count(Attachment.id)).where(Attachment.owner_id == person.id)) or 0
    if count >= limit:
        raise TooManyFiles(limit=limit)
    attachment = Attachment(
        id=key,
        owner_id=person.id,
        name=picture.name,
        mime=picture.mime,
        size=len(picture.content),
        sha256=hashlib.sha256(picture.content).hexdigest(),
        created_at=at,
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def _purpose(purpose: Purpose) -> dict[str, object]:
    if isinstance(purpose, SectionRow):
        return {"requirement_id": None, "section_slug": purpose.section.slug, "record_id": purpose.id}
    return {"requirement_id": purpose.id, "section_slug": None, "record_id": None}


def _uses_as(person: Person, slug: str) -> list[AttachmentUse]:
    return list(
        db.session.scalars(
            select(AttachmentUse)
            .where(AttachmentUse.owner_id == person.id, AttachmentUse.section_slug == slug)
            .order_by(AttachmentUse.id)
        )
    )


def _is_used(attachment: Attachment) -> bool:
    return bool(
        db.session.scalar(
            select(AttachmentUse.id).where(AttachmentUse.attachment_id == attachment.id).limit(1)
        )
    )


def _is_frozen(attachment: Attachment) -> bool:
    return bool(
        db.session.scalar(
            select(Snapshot.id)
            .join(Application, Snapshot.application_id == Application.id)
            .where(Application.applicant_id == attachment.owner_id, Snapshot.content.contains(attachment.id))
            .limit(1)
        )
    )
