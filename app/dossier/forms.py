"""Forms made from declarations: one class a table, nothing written by hand for a section."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_wtf import FlaskForm

from ..models import Person, SectionRow
from ..models.fields import Field
from ..web.crud import VersionField
from . import rules
from .display import paths_for, shown
from .inputs import input_for
from .layout import Layout, value_of

Check = Callable[[dict[str, Any]], dict[str, str]]


class DossierForm(FlaskForm):
    """What was typed of a row, and the version of the row it was typed over."""

    declared: ClassVar[tuple[Field, ...]]
    checks: ClassVar[tuple[Check, ...]]
    version = VersionField()
    # After a save over another version: label, what was typed here, what is stored.
    differences: tuple[tuple[str, str, str], ...] = ()

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **kwargs: Any) -> None:
        """A record's custom values lie beside its columns (layout.py)."""
        if isinstance(obj, SectionRow):
            data = {each.name: value_of(obj, each) for each in self.declared if each.custom} | (data or {})
        super().process(formdata, obj, data, **kwargs)

    @property
    def values(self) -> dict[str, Any]:
        return {each.name: self[each.name].data for each in self.declared if each.name in self}

    @property
    def seen(self) -> int:
        """The version the person was looking at; 0 for none."""
        return rules.parse_number(str(self.version.data or "")) or 0

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself; then, of those that hold, what they say together."""
        super().validate(extra_validators)
        for check in self.checks:
            for name, message in check(self.values).items():
                if name in self and not self[name].errors:
                    self.refuse(name, _(message))
        return not self.errors

    def refuse(self, name: str, text: str) -> None:
        """Add an error to a field after the checks."""
        self[name].errors = [*self[name].errors, text]

    def put(self, name: str, number: int) -> None:
        """Write a number into an input as if it had been typed."""
        self[name].typed, self[name].data = str(number), number

    def show_stored(self, row: Person | SectionRow) -> None:
        """Put the stored value beside each input that differs, and let the next save replace it (E02)."""
        paths = paths_for([row])
        differences = []
        for each in self.declared:
            stored = value_of(row, each)
            if each.name not in self or self[each.name].data == stored:
                continue
            here, there = self._typed(each), shown(each, stored, paths)
            differences.append((_(each.label), here, there))
            self[each.name].back_note = _("现在保存的是：%(value)s", value=there or _("（空）"))
        self.differences = tuple(differences)
        self.version.data = str(row.version)

    def _typed(self, declared: Field) -> str:
        return getattr(self[declared.name], "typed", None) or shown(declared, self[declared.name].data, {})


@lru_cache(maxsize=256)
def _form(model: Any, declared: tuple[Field, ...]) -> type[DossierForm]:
    is_record = issubclass(model, SectionRow)
    fields = {each.name: input_for(each, must=is_record and each.required) for each in declared}
    checks = model.section.check if is_record else (rules.contact_is_reachable,)
    return type(f"{model.__name__}Form", (DossierForm,), {"declared": declared, "checks": checks, **fields})


def form_of(model: type[Person] | type[SectionRow], layout: Layout) -> type[DossierForm]:
    """The form of a table. A person's page may be saved incomplete (models/fields.py), a record may not."""
    table: Any = model
    made: type[DossierForm] = _form(table, layout.of(model))
    return made
