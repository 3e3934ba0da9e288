"""The rows of stored files and what they prove. The bytes are storage's; their order is kept here (E07).

One library a person: each file proves as many things as wanted, and stays when it proves nothing.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import joinedload

from ..errors import FileFrozen, FileInUse, NameRequired, TooManyBytes, TooManyFiles
from ..extensions import db
from ..models import (
    ELIGIBILITY,
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
from ..vocabulary import Doubt, Evidence
from .images import NAME_LENGTH, Picture
from .locks import require_editable
from .naming import free_name, name_for
from .rules import clean

Purpose = AttachmentRequirement | SectionRow | Evidence


@dataclass(frozen=True)
class Quota:
    """What one person may keep (C04)."""

    files: int
    bytes: int


def add_file(
    person: Person, picture: Picture, key: str, purpose: Purpose, *, limit: Quota, at: datetime
) -> Attachment:
    """Enter a stored file for a requirement or a record, named for it; TooManyFiles, TooManyBytes past the limit."""
    require_editable(person)
    attachment = _enter(person, picture, key, limit, at, name_for(person, purpose, picture.name))
    db.session.add(AttachmentUse(attachment_id=key, owner_id=person.id, **_purpose(purpose)))
    db.session.flush()
    return attachment


@dataclass(frozen=True)
class Kept:
    """A picture whose bytes are stored, under their key."""

    picture: Picture
    key: str


def set_photo(
    person: Person, photo: Kept, original: Kept, crop: str, *, limit: Quota, at: datetime
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


def recut_photo(person: Person, photo: Kept, crop: str, *, limit: Quota, at: datetime) -> list[str]:
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


def unlink_file(person: Person, use: AttachmentUse) -> None:
    """Take a file away from what it proved; it stays in the library."""
    require_editable(person)
    db.session.delete(use)
    db.session.flush()


def rename_file(person: Person, attachment: Attachment, stem: str) -> None:
    """Give a file another name; the extension stays. NameRequired for nothing."""
    require_editable(person)
    suffix = PurePath(attachment.name).suffix
    stem = re.sub(r"[/\\]", " ", clean(stem)).removesuffix(suffix).strip(". ")[: NAME_LENGTH - len(suffix)]
    if not stem:
        raise NameRequired
    attachment.name = free_name(person, stem, suffix, but=attachment.id)
    db.session.flush()


def replace_file(
    person: Person, attachment: Attachment, picture: Picture, key: str, *, limit: Quota, at: datetime
) -> tuple[Attachment, str | None]:
    """Put a stored file in the place of another: it takes the name and everything the other proves.

    The other's row stays where a snapshot names it. Otherwise it goes, and its key is returned so that
    the bytes can follow the commit.
    """
    require_editable(person)
    stem = PurePath(attachment.name).stem
    name = free_name(person, stem, PurePath(picture.name).suffix, but=attachment.id)
    entered = _enter(person, picture, key, Quota(limit.files + 1, limit.bytes + attachment.size), at, name)
    db.session.execute(
        update(AttachmentUse)
        .where(AttachmentUse.attachment_id == attachment.id, AttachmentUse.owner_id == person.id)
        .values(attachment_id=key)
    )
    return entered, _drop_unneeded(attachment)


def remove_file(person: Person, attachment: Attachment) -> str:
    """Delete a file that proves nothing; FileInUse, FileFrozen. Its bytes follow the commit."""
    require_editable(person)
    if _is_used(attachment):
        raise FileInUse(name=attachment.name)
    unneeded = _drop_unneeded(attachment)
    if unneeded is None:
        raise FileFrozen(name=attachment.name)
    return unneeded


def drop_use(use: AttachmentUse) -> str | None:
    """Take a file away from what it was for, and with it a file that nothing else needs (the photo's).

    Its row and bytes stay while anything else uses it or a snapshot names it: an office keeps what
    it judged. Otherwise the row goes, and the key is returned so that the bytes can follow the commit.
    """
    attachment = use.attachment
    db.session.delete(use)
    db.session.flush()
    return None if _is_used(attachment) else _drop_unneeded(attachment)


def photo_of(person: Person) -> Attachment | None:
    uses = _uses_as(person, PHOTO)
    return uses[-1].attachment if uses else None


def original_of(person: Person) -> AttachmentUse | None:
    """The picture the photo was cut from, with the part that was cut out."""
    uses = _uses_as(person, PHOTO_ORIGINAL)
    return uses[-1] if uses else None


def library_of(person: Person) -> Select[tuple[Attachment]]:
    """A person's files except his photo, the newest first."""
    return (
        select(Attachment)
        .where(Attachment.owner_id == person.id, ~_is_photo())
        .order_by(Attachment.created_at.desc(), Attachment.id)
    )


def files_of(person: Person) -> list[Attachment]:
    return list(db.session.scalars(library_of(person)))


def is_photo(attachment: Attachment) -> bool:
    """Whether the file is the photo or what it was cut from; those have a page of their own."""
    return bool(db.session.scalar(select(Attachment.id).where(Attachment.id == attachment.id, _is_photo())))


def frozen_among(keys: Iterable[str]) -> frozenset[str]:
    """Which of these files a snapshot of their owner's names: they stay."""
    return frozenset(
        db.session.scalars(
            select(Attachment.id).where(
                Attachment.id.in_(list(keys)),
                exists().where(
                    Application.applicant_id == Attachment.owner_id,
                    Snapshot.application_id == Application.id,
                    Snapshot.content.contains(Attachment.id),
                ),
            )
        )
    )


def doubts_of(attachment: Attachment) -> tuple[Doubt, ...]:
    """What looked doubtful when the file came, and whether another one holds the same now."""
    other = db.session.scalar(
        select(Attachment.id)
        .where(
            Attachment.owner_id == attachment.owner_id,
            Attachment.sha256 == attachment.sha256,
            Attachment.id != attachment.id,
        )
        .limit(1)
    )
    return (*attachment.doubtful, *((Doubt.DUPLICATE,) if other else ()))


def _enter(
    person: Person, picture: Picture, key: str, limit: Quota, at: datetime, name: str = ""
) -> Attachment:
    # The person's row is the queue: two uploads at once cannot both take the last place.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    count, size = db.session.execute(
        select(func.count(Attachment.id), func.coalesce(func.sum(Attachment.size), 0)).where(
            Attachment.owner_id == person.id
        )
    ).one()
    if count >= limit.files:
        raise TooManyFiles(limit=limit.files)
    if size + len(picture.content) > limit.bytes:
        raise TooManyBytes(limit=limit.bytes // 2**20)
    attachment = Attachment(
        id=key,
        owner_id=person.id,
        name=name or picture.name,
        mime=picture.mime,
        size=len(picture.content),
        sha256=hashlib.sha256(picture.content).hexdigest(),
        created_at=at,
        pages=picture.pages,
        width=picture.width,
        height=picture.height,
        doubts=list(picture.doubts),
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def _drop_unneeded(attachment: Attachment) -> str | None:
    """Delete the row of a file that is used nowhere, unless a snapshot names it."""
    if frozen_among([attachment.id]):
        return None
    key = attachment.id
    db.session.delete(attachment)
    db.session.flush()
    return key


def _is_photo() -> ColumnElement[bool]:
    return exists().where(
        AttachmentUse.attachment_id == Attachment.id,
        AttachmentUse.section_slug.in_((PHOTO, PHOTO_ORIGINAL)),
    )


def _purpose(purpose: Purpose) -> dict[str, object]:
    if isinstance(purpose, Evidence):
        return {"requirement_id": None, "section_slug": ELIGIBILITY, "record_id": purpose.no}
    if isinstance(purpose, SectionRow):
        return {"requirement_id": None, "section_slug": purpose.section.slug, "record_id": purpose.id}
    return {"requirement_id": purpose.id, "section_slug": None, "record_id": None}


def _uses_as(person: Person, slug: str) -> list[AttachmentUse]:
    return list(
        db.session.scalars(
            select(AttachmentUse)
            .where(AttachmentUse.owner_id == person.id, AttachmentUse.section_slug == slug)
            .options(joinedload(AttachmentUse.attachment))
            .order_by(AttachmentUse.id)
        )
    )


def _is_used(attachment: Attachment) -> bool:
    return bool(
        db.session.scalar(
            select(AttachmentUse.id).where(AttachmentUse.attachment_id == attachment.id).limit(1)
        )
    )
