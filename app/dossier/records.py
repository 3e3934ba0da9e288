"""All records of a dossier in one query, for the pages that read it whole."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import polymorphic_union

from ..extensions import db
from ..models import SECTION_OF, SECTIONS, Person, SectionRow

KIND = "of_section"


Models = tuple[type[SectionRow], ...]


def records_of(person: Person, models: Models = tuple(SECTIONS)) -> dict[type[SectionRow], list[SectionRow]]:
    """The sections with their records in the order of the form, to be read and not to be written."""
    found: dict[type[SectionRow], list[SectionRow]] = {model: [] for model in models}
    all_records = _all_records(models)
    rows = db.session.execute(
        select(all_records)
        .where(all_records.c.owner_id == person.id)
        .order_by(all_records.c.position, all_records.c.id)
    )
    for row in rows.mappings():
        model = SECTION_OF[row[KIND]]
        found[model].append(_record(model, row))
    return found


@cache
def _all_records(models: Models) -> Any:
    tables: Any = {model.section.slug: model.__table__ for model in models}
    return polymorphic_union(tables, KIND, "all_records")


def _record(model: type[SectionRow], values: Any) -> SectionRow:
    names: Iterable[str] = (column.key for column in model.__mapper__.column_attrs)
    return model(**{name: values[model.__mapper__.columns[name].name] for name in names})
