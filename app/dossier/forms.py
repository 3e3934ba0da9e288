"""Forms made from declarations: one class a table, nothing written by hand for a section."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_wtf import FlaskForm

from ..models import Person, SectionRow, fields_of
from ..web.crud import VersionField
from . import rules
from .display import paths_for, shown
from .fields import input_for

Check = Callable[[dict[str, Any]], dict[str, str]]


class DossierForm(FlaskForm):
    """What was typed of a row, and the version of the row it was typed over."""

    model: ClassVar[type[Person] | type[SectionRow]]
    checks: ClassVar[tuple[Check, ...]]
    version = VersionField()

    @property
    def values(self) -> dict[str, Any]:
        return {each.name: self[each.name].data for each in fields_of(self.model) if each.name in self}

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

    def show_stored(self, row: Person | SectionRow) -> None:
        """Put the stored value beside each input that differs, and let the next save replace it (E02)."""
        paths = paths_for([row])
        for each in fields_of(self.model):
            stored = getattr(row, each.name)
            if each.name in self and self[each.name].data != stored:
                self[each.name].back_note = _(
                    "现在保存的是：%(value)s", value=shown(each, stored, paths) or _("（空）")
                )
        self.version.data = str(row.version)


_forms: dict[type, type[DossierForm]] = {}


def form_of(model: type[Person] | type[SectionRow]) -> type[DossierForm]:
    """The form of a table. A person's page may be saved incomplete (models/fields.py), a record may not."""
    if model not in _forms:
        is_record = issubclass(model, SectionRow)
        fields = {each.name: input_for(each, must=is_record and each.required) for each in fields_of(model)}
        checks = model.section.check if is_record else (rules.contact_is_reachable,)
        _forms[model] = type(
            f"{model.__name__}Form", (DossierForm,), {"model": model, "checks": checks, **fields}
        )
    return _forms[model]
