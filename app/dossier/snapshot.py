"""The dossier as one document: live for the preview, frozen at submission (D10).

A snapshot is canonical JSON, so that equal dossiers give equal digests. The person's numbers lie sealed
beside it; the text holds a keyed digest of them, which nobody can guess back. Nothing that was frozen is
ever computed again: the form, the review and the differences read the text.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import (
    PHOTO_ORIGINAL,
    Application,
    AttachmentUse,
    Department,
    Person,
    SectionRow,
    Snapshot,
    UnitDepartment,
)
from ..models.sections import TitleHeld
from ..protection import index_of
from ..vocabulary import Choice
from .applications import answers_of
from .layout import Layout, described, value_of
from .records import records_of
from .templates import template_of
from .titles import levels_of
from .trees import paths_of
from .versions import layout_for, layout_of

FORMAT = 2
# What of the person is sealed beside the text; the text holds a keyed digest of it (D01).
NUMBERS = ("id_number", "mobile", "contact_mobile")
Values = dict[str, Any]
Paths = dict[tuple[str, int], str]


@dataclass(frozen=True)
class Frozen:
    """A dossier's canonical text, its SHA-256 in hex, and the person's numbers, which the text only vouches for."""

    content: str
    digest: str
    identity: str


def freeze(person: Person, application: Application, on: date) -> Frozen:
    """The dossier as of that day."""
    content = live_content(person, application, on)
    numbers = {name: content["person"].pop(name) for name in NUMBERS}
    identity = _canonical(numbers)
    content["person"]["identity"] = index_of(identity)
    text = _canonical(content)
    return Frozen(text, _digest(text), identity)


def content_of(snapshot: Snapshot) -> Values:
    """The frozen dossier with the person's numbers in their places."""
    content: Values = json.loads(snapshot.content)
    del content["person"]["identity"]
    content["person"].update(json.loads(snapshot.identity))
    return content


def verify(snapshot: Snapshot) -> bool:
    """Whether text and numbers are still those that were frozen."""
    if _digest(snapshot.content) != snapshot.digest:
        return False
    return bool(json.loads(snapshot.content)["person"]["identity"] == index_of(snapshot.identity))


def live_content(person: Person, application: Application | None, on: date) -> Values:
    """What freeze() would freeze now; without an application the cover holds the person's part only.

    `layout` describes the fields of the sections that a version has changed, `form` how the form is printed.
    """
    layout = layout_of(application) if application else layout_for(person)
    sections = records_of(person)
    tables: list[tuple[type, list[Any]]] = [(Person, [person]), *sections.items()]
    paths = paths_of(
        (declared, value_of(row, declared))
        for model, rows in tables
        for declared in layout.of(model)
        for row in rows
    )
    return {
        "format": FORMAT,
        "cover": _cover(person, application, on),
        "person": {
            "name": person.account.first_name,
            "id_number": person.account.id_number,
            "mobile": person.account.mobile,
            "unit": person.unit.name if person.unit else "",
            **_values(person, paths, layout),
        },
        "sections": {
            model.section.slug: DERIVED.get(model, _as_stored)(rows, paths, layout)
            for model, rows in sections.items()
        },
        "attachments": _attachments(person),
        **_eligibility(application),
        **_layout(layout),
        **template_of(application),
    }


def _layout(layout: Layout) -> Values:
    """The changed sections' fields in their order; nothing where all are as declared."""
    changed = {slug: [described(each) for each in fields] for slug, fields in layout.changed.items()}
    return {"layout": changed} if changed else {}


def _eligibility(application: Application | None) -> Values:
    """The answers about who may apply, once there are any."""
    if application is None:
        return {}
    answers = answers_of(application)
    return {"eligibility": answers} if answers else {}


def _canonical(values: Values) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _values(row: Person | SectionRow, paths: Paths, layout: Layout) -> Values:
    values: Values = {}
    for declared in layout.of(type(row)):
        value = value_of(row, declared) if declared.custom else getattr(row, declared.name)
        if declared.tree:
            value = paths.get((declared.tree, value))
        elif isinstance(value, date):
            value = value.isoformat()
        values[declared.name] = value
    return values


def _as_stored(rows: list[Any], paths: Paths, layout: Layout) -> list[Values]:
    return [{"id": row.id, **_values(row, paths, layout)} for row in rows]


def _with_levels(rows: list[TitleHeld], paths: Paths, layout: Layout) -> list[Values]:
    """Titles held with their level: the form prints the highest one the person is employed in (SEC-01)."""
    return [
        {**values, "level": level.value if level else None}
        for level, values in zip(levels_of(rows), _as_stored(rows, paths, layout), strict=True)
    ]


# What a section's records say beyond their own columns.
DERIVED: dict[type[SectionRow], Callable[[list[Any], Paths, Layout], list[Values]]] = {
    TitleHeld: _with_levels
}


def _cover(person: Person, application: Application | None, on: date) -> Values:
    round_ = application.round if application else None
    title = application.title if application else None
    profession = application.profession if application else None
    series = title.series if title else profession.series if profession else None
    return {
        "year": application.year if application else on.year,
        "name": person.account.first_name,
        "unit": person.unit.name if person.unit else "",
        "department": _department_name(person),
        "series": series.name if series else "",
        "title": title.name if title else "",
        "profession": profession.path if profession else "",
        "committee": round_.committee.name if round_ else "",
        "level": application.level.value if application and application.level else None,
        "category": application.category.value if application and application.category else None,
        "filled_on": on.isoformat(),
    }


def _department_name(person: Person) -> str:
    """The unit's approved default department; empty where it needs none."""
    name = db.session.scalar(
        select(Department.name)
        .join(UnitDepartment, UnitDepartment.department_id == Department.id)
        .where(
            UnitDepartment.unit_id == person.unit_id,
            UnitDepartment.is_default,
            UnitDepartment.status == Choice.APPROVED,
        )
    )
    return name or ""


def _attachments(person: Person) -> list[Values]:
    uses = db.session.scalars(
        select(AttachmentUse)
        .where(
            AttachmentUse.owner_id == person.id,
            # The photo is judged, not what was cut away from it.
            func.coalesce(AttachmentUse.section_slug, "") != PHOTO_ORIGINAL,
        )
        .options(joinedload(AttachmentUse.attachment), joinedload(AttachmentUse.requirement))
        .order_by(AttachmentUse.id)
    )
    return [
        {
            "id": use.attachment.id,
            "name": use.attachment.name,
            "mime": use.attachment.mime,
            "sha256": use.attachment.sha256,
            "requirement": use.requirement.no if use.requirement else None,
            "section": use.section_slug,
            "record": use.record_id,
        }
        for use in uses
    ]
