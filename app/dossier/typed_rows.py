"""Records typed as texts by field, many at once: read by the same inputs as the form of one record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ..errors import AlreadyRecorded
from ..models import Person, SectionRow
from ..models.fields import Field
from ..vocabulary import N_
from .display import Paths, shown
from .forms import DossierForm, form_of
from .layout import Layout
from .lookup_fields import OTHER
from .operations import add_record
from .pages import explain
from .trees import paths_of

YES, NO = N_("是"), N_("否")
YES_NO = {YES: "y", NO: "n"}


@dataclass(frozen=True)
class Cell:
    """`text` is what will be stored, or what was typed where that means nothing."""

    label: str
    text: str
    errors: list[str]
    is_date: bool = False


@dataclass
class TypedRow:
    """`number` is its line among the typed ones; `faults` concern the line as a whole."""

    number: int
    form: DossierForm
    texts: Mapping[str, str]
    faults: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.faults and not self.form.errors

    def cells(self, paths: Paths) -> list[Cell]:
        return [self._cell(each, paths) for each in self.form.declared]

    def _cell(self, declared: Field, paths: Paths) -> Cell:
        errors = list(self.form[declared.name].errors)
        value = self.form.values[declared.name]
        text = self.texts.get(declared.name, "") if errors else shown(declared, value, paths)
        return Cell(_(declared.label), text, errors, is_date=declared.type is date)


def row_of(model: type[SectionRow], layout: Layout, number: int, texts: Mapping[str, str]) -> TypedRow:
    """The row with its form, checked."""
    posted: MultiDict[str, str] = MultiDict()
    for declared in layout.of(model):
        text = texts.get(declared.name, "").strip()
        if declared.empty and text == declared.empty:
            posted[f"{declared.name}-empty"] = "y"
        else:
            if declared.other:
                # A table has no tick for 其他: a name beside the list is meant as it stands.
                posted[f"{declared.name}{OTHER}"] = "y"
            posted[declared.name] = YES_NO.get(text, text) if declared.type is bool else text
    form = form_of(model, layout)(formdata=posted, meta={"csrf": False})
    row = TypedRow(number, form, texts)
    form.validate()
    for declared in layout.of(model):
        text = texts.get(declared.name, "").strip()
        if declared.type is bool and text and text not in YES_NO:
            form[declared.name].errors = []
            form.refuse(declared.name, _("%(field)s填“是”或“否”", field=_(declared.label)))
    return row


def paths_in(rows: list[TypedRow]) -> Paths:
    """The paths of all leaves that the rows name."""
    named = ((each, row.form.values[each.name]) for row in rows for each in row.form.declared)
    return paths_of((each, value if isinstance(value, int) else None) for each, value in named)


def add_rows(person: Person, model: type[SectionRow], rows: list[TypedRow]) -> list[Any]:
    """Add the sound rows in their order. What the section holds already is said in its row, and is not added.

    The caller commits only if all of them are sound then.
    """
    added = []
    for row in rows:
        if not row.is_sound:
            continue
        try:
            added.append(add_record(person, model, row.form.values))
        except AlreadyRecorded as error:
            row.form.refuse(error.field, explain(error))
    return added
