"""Deleting a record, and taking that back for a moment (screens.md 3.3).

What is deleted lies in RemovedRecord with its place and the files it used. Whoever deletes the row there
has the right to bring the record back; so two who take back at once bring back one.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from ..errors import TooLateToRestore
from ..extensions import db
from ..models import (
    SECTION_OF,
    Attachment,
    AttachmentUse,
    Person,
    RemovedRecord,
    SectionRow,
    fields_of,
)
from .locks import require_editable
from .operations import flush, forget_nothing, ids_in_order, refuse_repeated, renumber

# The page offers it for ten seconds; a slow line and a browser without scripts get a minute.
OFFERED, TAKEN_BACK_WITHIN = timedelta(seconds=10), timedelta(seconds=60)
KEPT = timedelta(hours=1)


def remove_record(person: Person, record: SectionRow, *, at: datetime) -> RemovedRecord:
    """Delete a record and what its files were for; the files themselves stay."""
    require_editable(person)
    sweep_removed(at)
    model, ids = type(record), ids_in_order(type(record), person)
    uses = db.session.scalars(_uses_of(person, record).order_by(AttachmentUse.id)).all()
    removed = RemovedRecord(
        owner_id=person.id,
        slug=record.section.slug,
        position=ids.index(record.id),
        values=_written(record),
        attachment_ids=[use.attachment_id for use in uses],
        removed_at=at,
    )
    db.session.add(removed)
    for use in uses:
        db.session.delete(use)
    db.session.delete(record)
    flush()
    renumber(model, [each for each in ids if each != record.id])
    return removed


def restore_record(person: Person, removed: RemovedRecord, *, at: datetime) -> SectionRow:
    """Bring a deleted record back to its place, with its files as far as they are still there.

    TooLateToRestore a minute after, or when it is back already; AlreadyRecorded when its year has been
    entered anew meanwhile.
    """
    require_editable(person)
    kept = (removed.slug, removed.position, dict(removed.values), list(removed.attachment_ids))
    is_late = at - removed.removed_at > TAKEN_BACK_WITHIN
    taken: Any = db.session.execute(
        delete(RemovedRecord)
        .where(RemovedRecord.id == removed.id)
        .execution_options(synchronize_session=False)
    )
    if is_late or not taken.rowcount:
        raise TooLateToRestore
    slug, position, values, files = kept
    model = SECTION_OF[slug]
    ids = ids_in_order(model, person)
    record = _read(model, person, values)
    with db.session.no_autoflush:
        refuse_repeated(record)
    db.session.add(record)
    forget_nothing(person, model)
    flush()
    ids.insert(position, record.id)
    renumber(model, ids)
    use_files(person, record, files)
    return record


def use_files(person: Person, record: SectionRow, keys: list[str]) -> None:
    """Let those of the person's files that are still there prove the record."""
    there = db.session.scalars(
        select(Attachment.id).where(Attachment.owner_id == person.id, Attachment.id.in_(keys))
    ).all()
    for key in dict.fromkeys(keys):
        if key in there:
            db.session.add(
                AttachmentUse(
                    attachment_id=key,
                    owner_id=person.id,
                    section_slug=record.section.slug,
                    record_id=record.id,
                )
            )
    db.session.flush()


def removed_lately(person: Person, slug: str, key: int | None, *, at: datetime) -> RemovedRecord | None:
    """The deletion that the page may offer to take back."""
    if key is None:
        return None
    return db.session.scalars(
        select(RemovedRecord).where(
            RemovedRecord.id == key,
            RemovedRecord.owner_id == person.id,
            RemovedRecord.slug == slug,
            RemovedRecord.removed_at >= at - TAKEN_BACK_WITHIN,
        )
    ).one_or_none()


def sweep_removed(at: datetime) -> int:
    """Forget deletions of more than an hour ago, anybody's; how many there were."""
    swept: Any = db.session.execute(delete(RemovedRecord).where(RemovedRecord.removed_at < at - KEPT))
    return int(swept.rowcount)


def shadow_of(removed: RemovedRecord) -> SectionRow:
    """The deleted record as it was, for its name; it is no row."""
    return _read(SECTION_OF[removed.slug], None, dict(removed.values))


def _uses_of(person: Person, record: SectionRow) -> Any:
    return select(AttachmentUse).where(
        AttachmentUse.owner_id == person.id,
        AttachmentUse.section_slug == record.section.slug,
        AttachmentUse.record_id == record.id,
    )


def _written(record: SectionRow) -> dict[str, Any]:
    values = {each.name: getattr(record, each.name) for each in fields_of(type(record))}
    texts = {name: v.isoformat() if isinstance(v, date) else v for name, v in values.items()}
    return {"id": record.id, "extra": record.extra, **texts}


def _read(model: type[SectionRow], person: Person | None, values: dict[str, Any]) -> SectionRow:
    """Under its old number where that is free: what was said of the record is still said of it."""
    key = values.pop("id")
    known = {"extra": values.pop("extra")}
    for each in fields_of(model):
        value = values.get(each.name)
        known[each.name] = date.fromisoformat(value) if each.type is date and value else value
    if person is None:
        return model(**known)
    is_free = db.session.scalar(select(model.id).where(model.id == key)) is None
    return model(id=key if is_free else None, owner_id=person.id, position=0, **known)
