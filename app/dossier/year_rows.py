"""SEC-13: the years that are asked for as fixed rows, all saved together.

近五年 are the five before the year applied for: the manual's picture shows 2020, 2019, 2018 in a system that
applies for 2021, and the year that still runs has no result yet.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from .. import clock
from ..errors import AlreadyRecorded, RecordChanged
from ..extensions import db
from ..models import Application, Person, SectionRow
from .forms import DossierForm, form_of
from .layout import Layout, value_of
from .locks import require_editable
from .operations import add_record, change_record, renumber
from .versions import RUNNING

YEAR = "year"


@dataclass
class YearRow:
    """A year of the grid: its stored record, and what was typed of it. `refused` when it was changed elsewhere."""

    year: int
    record: Any
    form: DossierForm
    refused: bool = False

    @property
    def fields(self) -> list[Any]:
        return [self.form[each.name] for each in self.form.declared if each.name in self.form]

    def is_typed(self, posted: dict[str, str]) -> bool:
        """Whether anything stands in the row; an empty row of a year without a record is not asked for."""
        prefix, version = prefix_of(self.year) + "-", self.form.version.name
        return any(v.strip() for name, v in posted.items() if name.startswith(prefix) and name != version)


def near_years(model: type[SectionRow], application: Application | None) -> list[int]:
    """The latest first, as the manual's picture has them."""
    year = year_applied_for(application)
    return [year - n for n in range(1, model.section.years + 1)]


def year_applied_for(application: Application | None) -> int:
    """The year of the application under way; once the latest one is over, this year."""
    is_running = application is not None and application.status in RUNNING
    return application.year if application and is_running else clock.today().year


def prefix_of(year: int) -> str:
    return f"y{year}"


def rows_of(person: Person, model: type[SectionRow], years: list[int], layout: Layout) -> list[YearRow]:
    """A row a year; within a POST its form holds what was typed."""
    stored = _stored(person, model)
    return [_row(model, year, stored.get(year), layout) for year in years]


def save_rows(person: Person, model: type[SectionRow], rows: list[YearRow]) -> int:
    """Save these rows, each over the version that was seen; how many were new or changed.

    RecordChanged marks the row that was saved or deleted elsewhere; nothing is saved then. The section stands
    newest first once a year is added.
    """
    require_editable(person)
    before, saved = len(_stored(person, model)), 0
    for row in rows:
        try:
            saved += _save(person, model, row)
        except (RecordChanged, AlreadyRecorded) as error:
            row.refused = True
            raise RecordChanged from error
    stored = _stored(person, model)
    if len(stored) > before:
        renumber(model, [stored[year].id for year in sorted(stored, reverse=True)])
    return saved


def show_stored(person: Person, model: type[SectionRow], rows: list[YearRow]) -> None:
    """After a refusal: beside what was typed stands what is stored now, and the next save replaces it."""
    stored = _stored(person, model)
    for row in rows:
        row.record = stored.get(row.year)
        if row.refused and row.record:
            row.form.show_stored(row.record)
        elif row.refused:
            row.form.version.data = ""


def _save(person: Person, model: type[SectionRow], row: YearRow) -> bool:
    values = row.form.values
    if row.record is None:
        if row.form.seen:
            raise RecordChanged
        add_record(person, model, {YEAR: row.year, **values})
        return True
    if all(
        value_of(row.record, each) == values.get(each.name)
        for each in row.form.declared
        if each.name in values
    ):
        return False
    change_record(person, row.record, values, seen=row.form.seen)
    return True


def _row(model: type[SectionRow], year: int, record: Any, layout: Layout) -> YearRow:
    form = form_of(model, layout)(obj=record, prefix=prefix_of(year))
    del form[YEAR]
    row = YearRow(year, record, form)
    for each in row.fields:
        each.id = f"field-{each.name}"
    return row


def _stored(person: Person, model: type[SectionRow]) -> dict[int, Any]:
    rows: Any = db.session.scalars(
        select(model).where(model.owner_id == person.id).order_by(model.position, model.id)
    )
    return {row.year: row for row in rows}
