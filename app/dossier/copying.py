"""从上年复制: what an earlier year's submission held of a section and the list does not.

A snapshot names leaves by their path and is read like a typed record, so what the catalogue or the fields no
longer allow is shown with the reason and cannot be copied.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from ..errors import NoLongerOffered
from ..extensions import db
from ..models import Application, Person, SectionRow, Snapshot
from .completeness import current_application
from .layout import Layout, value_of
from .locks import require_editable
from .operations import is_once
from .removal import use_files
from .trees import paths_of
from .typed_rows import NO, YES, TypedRow, add_rows, row_of
from .year_rows import year_applied_for


@dataclass(frozen=True)
class Earlier:
    """A record as it was handed in: `key` is its number then, `files` are what proved it."""

    key: int
    row: TypedRow
    files: tuple[str, ...]


@dataclass(frozen=True)
class Lacking:
    """The records of an earlier submission that the list lacks, as texts by field under their number then."""

    year: int
    records: tuple[tuple[int, dict[str, str]], ...]
    content: dict[str, Any]


def lacking_in(
    person: Person, model: type[SectionRow], layout: Layout, application: Application | None
) -> Lacking | None:
    """What the latest submission of an earlier year has and the list has not; None if there is nothing.

    Earlier is what lies before the year of `application`, for which the dossier is filled in now.
    """
    found = db.session.execute(
        select(Application.year, Snapshot.content)
        .join(Application, Snapshot.application_id == Application.id)
        .where(
            Application.applicant_id == person.id,
            Application.year < year_applied_for(application),
        )
        .order_by(Application.year.desc(), Snapshot.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    content = json.loads(found.content)
    held = _held(person, model, layout)
    texts = (
        (each["id"], _texts(model, layout, each)) for each in content["sections"].get(model.section.slug, [])
    )
    records = tuple((key, each) for key, each in texts if not _is_held(model, key, each, held))
    return Lacking(found.year, records, content) if records else None


def offered(model: type[SectionRow], layout: Layout, lacking: Lacking) -> list[Earlier]:
    """Those records as they would be stored, each with what proved it."""
    return [
        Earlier(key, row_of(model, layout, number, texts), _files(lacking.content, model.section.slug, key))
        for number, (key, texts) in enumerate(lacking.records, 1)
    ]


def copy_records(person: Person, model: type[SectionRow], layout: Layout, keys: set[int | None]) -> int:
    """Add the chosen records with those of their files that are still there; how many.

    NoLongerOffered if the list has got one of them meanwhile, or it was never offered: two presses copy once.
    """
    require_editable(person)
    # The person's row is the queue.
    db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    lacking = lacking_in(person, model, layout, current_application(person))
    chosen = [each for each in offered(model, layout, lacking) if each.key in keys] if lacking else []
    added = add_rows(person, model, [each.row for each in chosen])
    if len(added) < len(keys):
        raise NoLongerOffered
    for record, each in zip(added, chosen, strict=True):
        use_files(person, record, list(each.files))
    return len(added)


def _held(person: Person, model: type[SectionRow], layout: Layout) -> list[tuple[int, dict[str, str]]]:
    """The list as texts, to be compared with."""
    rows = db.session.scalars(select(model).where(model.owner_id == person.id)).all()
    paths = paths_of((each, value_of(row, each)) for row in rows for each in layout.of(model) if each.tree)
    return [
        (
            row.id,
            {
                each.name: _text(each.empty, paths.get((each.tree, value)) if each.tree else value)
                for each in layout.of(model)
                for value in (value_of(row, each),)
            },
        )
        for row in rows
    ]


def _texts(model: type[SectionRow], layout: Layout, frozen: dict[str, Any]) -> dict[str, str]:
    return {each.name: _text(each.empty, frozen.get(each.name)) for each in layout.of(model)}


def _text(empty: str, value: Any) -> str:
    """A value as it would be typed."""
    if value is None or value == "":
        return empty
    if isinstance(value, bool):
        return YES if value else NO
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_held(
    model: type[SectionRow], key: int, texts: dict[str, str], held: list[tuple[int, dict[str, str]]]
) -> bool:
    """The same text is there; or the same record, changed since; or another one of what is held once (a year)."""
    once = [name for name in texts if is_once(model, name)]
    titles = [name for name in model.section.title_of if name in texts]

    def same(names: list[str], other: dict[str, str]) -> bool:
        return bool(names) and all(texts[name] == other[name] for name in names)

    return any(
        texts == other or (key == own and same(titles, other)) or same(once, other) for own, other in held
    )


def _files(content: dict[str, Any], slug: str, key: int) -> tuple[str, ...]:
    return tuple(
        each["id"] for each in content["attachments"] if each["section"] == slug and each["record"] == key
    )
