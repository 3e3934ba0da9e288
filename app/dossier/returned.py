"""What an office marked when it sent an application back, at the places where it is to be mended (screens.md 3.3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select, update

from ..extensions import db
from ..models import (
    SECTION_OF,
    Application,
    AttachmentRequirement,
    Decision,
    Person,
    ReviewNote,
    fields_of,
)
from ..vocabulary import Event, Status
from .display import paths_for, title_of
from .layout import Layout

COVER, PERSON, ATTACHMENTS = "cover", "person", "attachments"
SENT_BACK = (Status.RETURNED, Status.DRAFT)
TURNS = (Event.SUBMIT, Event.RESUBMIT, Event.RETURN, Event.RESET)


@dataclass(frozen=True)
class Mark:
    """A note with the words for its place, and the address at which it is mended; `label` is its field's."""

    note: ReviewNote
    where: str
    url: str
    label: str = ""

    @property
    def is_handled(self) -> bool:
        return self.note.handled_at is not None


def marks_of(application: Application | None, person: Person, layout: Layout) -> list[Mark]:
    """The notes that came with the last return or reset, until the application is handed in again."""
    notes = notes_of(application)
    numbers = {each.record for each in notes if each.place == ATTACHMENTS}
    asked = {
        each.id: each
        for each in db.session.scalars(
            select(AttachmentRequirement).where(AttachmentRequirement.id.in_(numbers))
        )
    } if numbers else {}  # fmt: skip
    return [
        Mark(each, *_place(each, application, person, layout, asked.get(each.record or 0)))
        for each in notes
        if application
    ]


def notes_of(application: Application | None) -> list[ReviewNote]:
    """One statement; none for an application that lies with an office, or was never sent back."""
    if application is None or application.status not in SENT_BACK or not application.submission_no:
        return []
    return list(
        db.session.scalars(
            select(ReviewNote)
            .where(
                ReviewNote.application_id == application.id,
                ReviewNote.decision_id == _last_turn(application.id),
            )
            .order_by(ReviewNote.id)
        )
    )


def _last_turn(application_id: int) -> Any:
    """The decision by which the application last changed hands."""
    return (
        select(func.max(Decision.id))
        .where(Decision.application_id == application_id, Decision.event.in_(TURNS))
        .scalar_subquery()
    )


def handle(note: ReviewNote, handled: bool, *, at: datetime) -> bool:
    """Set or take back 已处理; False where nothing changed, as for a note of an earlier turn."""
    is_open = select(Application.id).where(
        Application.id == note.application_id, Application.status.in_(SENT_BACK)
    )
    done = db.session.execute(
        update(ReviewNote)
        .where(
            ReviewNote.id == note.id,
            ReviewNote.handled_at.is_(None) if handled else ReviewNote.handled_at.is_not(None),
            ReviewNote.application_id.in_(is_open),
            ReviewNote.decision_id == _last_turn(note.application_id),
        )
        .values(handled_at=at if handled else None)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def marks_at(marks: Iterable[Mark], place: str, record: int | None = None) -> list[Mark]:
    """Those of one record; without a record all of the place."""
    return [
        each for each in marks if each.note.place == place and (record is None or each.note.record == record)
    ]


def open_by_record(marks: Iterable[Mark]) -> dict[int, list[Mark]]:
    """What is still to be mended in each record, by its id."""
    found: dict[int, list[Mark]] = {}
    for each in marks:
        if each.note.record and not each.is_handled:
            found.setdefault(each.note.record, []).append(each)
    return found


def places_open(marks: Iterable[Mark]) -> set[str]:
    """The sections and pages where something is still to be mended."""
    return {each.note.place for each in marks if not each.is_handled}


def show_at_fields(form: Any, marks: Iterable[Mark]) -> None:
    """Put each reason above its input, unless it has been handled."""
    for each in marks:
        if each.note.field in form and not each.is_handled:
            form[each.note.field].back_note = each.note.text


def _place(
    note: ReviewNote,
    application: Application,
    person: Person,
    layout: Layout,
    requirement: AttachmentRequirement | None,
) -> tuple[str, ...]:
    if note.place == COVER:
        return _("封面"), url_for("CoverView.cover", pk=application.id)
    if note.place == PERSON:
        label = {each.name: each.label for each in fields_of(Person)}.get(note.field)
        where = _("个人信息") + (_("：") + _(label) if label else "")
        anchor = f"field-{note.field}" if label else "typed"
        return where, url_for("PersonView.edit", _anchor=anchor), _(label) if label else ""
    if note.place == ATTACHMENTS:
        name, anchor = (requirement.name, f"requirement-{requirement.no}") if requirement else ("", "files")
        return _("附件管理") + (_("：") + name if name else ""), url_for(
            "AttachmentView.list", _anchor=anchor
        )
    return _place_in_section(note, person, layout)


def _place_in_section(note: ReviewNote, person: Person, layout: Layout) -> tuple[str, ...]:
    model = SECTION_OF[note.place]
    title = _(model.section.title)
    record = db.session.get(model, note.record) if note.record else None
    if record is None or record.owner_id != person.id:
        where = title + _("（该条记录已删除）") if note.record else title
        return where, url_for("SectionView.list", slug=note.place)
    declared = {each.name: each.label for each in layout.of(model)}.get(note.field)
    label = _(declared) if declared else ""
    where = _("：").join(filter(None, (title, title_of(record, paths_for([record])), label)))
    anchor = f"field-{note.field}" if label else "typed"
    return where, url_for("SectionView.edit", slug=note.place, pk=record.id, _anchor=anchor), label
