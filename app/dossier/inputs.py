"""Which input a declaration gets."""

from datetime import date
from typing import Any

from ..models.fields import Field
from .fields import ChoiceField, DateField, NumberField, OpenDateField, TextField, WordField, YesNoField
from .lookup_fields import ListedField, SuggestField, TreeField


def input_for(declared: Field, must: bool) -> Any:
    """The input of a declared field; `must` refuses an empty one."""
    if declared.choices:
        return ChoiceField(declared, must)
    if declared.tree:
        return TreeField(declared, must)
    if declared.suggest:
        return (ListedField if declared.other else SuggestField)(declared, must)
    if declared.empty:
        return OpenDateField(declared, must=False)
    if declared.word:
        return WordField(declared, must)
    kinds: dict[type, type] = {bool: YesNoField, int: NumberField, date: DateField}
    return kinds.get(declared.type, TextField)(declared, must)
