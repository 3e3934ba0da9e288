"""The fields of the sections as they apply to a dossier: declared, and reshaped by a published version.

A version (FormVersion) changes words, marks, limits and order of declared fields and adds fields of its own,
whose values lie in the record's `extra`. versions.py says which version applies; a snapshot carries the fields
it was frozen with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal

from ..models import SECTION_OF, Person, SectionRow, fields_of
from ..models.fields import Field

TYPES: dict[str, type] = {
    "text": str,
    "number": int,
    "date": date,
    "yes_no": bool,
    "choice": str,
    "tree": int,
}
TYPE_NAMES: dict[type, str] = {str: "text", int: "number", date: "date", bool: "yes_no"}
# What a version may say of a declared field; everything else stays as declared.
SHAPED = ("label", "hint", "required", "limit", "minimum", "maximum")
Described = dict[str, Any]


@dataclass(frozen=True)
class Layout:
    """The fields of one version (`id`; none: as declared).

    `changed` holds by slug the sections that this version or one before it has changed.
    """

    id: int | None
    changed: Mapping[str, tuple[Field, ...]]

    def of(self, model: type) -> tuple[Field, ...]:
        """A table's fields in their order. The person's own are never reshaped."""
        section = getattr(model, "section", None)
        return self.changed.get(section.slug if section else "") or fields_of(model)

    def newly_required(self, model: type[SectionRow]) -> tuple[Field, ...]:
        """The required fields that a record may lack, because they were not always required of it."""
        sure = {each.name for each in fields_of(model) if each.required and each.type is not str}
        fields = self.changed.get(model.section.slug, ())
        return tuple(each for each in fields if each.required and not each.empty and each.name not in sure)


DECLARED = Layout(None, {})


def layout_from(content: Mapping[str, list[Described]], version_id: int | None = None) -> Layout:
    """A version's content as fields. What a release has added or taken away since is as declared."""
    return Layout(
        version_id,
        {
            slug: tuple(_merged(SECTION_OF[slug], described))
            for slug, described in content.items()
            if slug in SECTION_OF
        },
    )


def layout_in(content: Mapping[str, Any]) -> Layout:
    """The fields a snapshot was frozen with; one that names none was frozen as declared."""
    frozen = content.get("layout", {})
    return Layout(None, {slug: tuple(field_from(each) for each in fields) for slug, fields in frozen.items()})


def described(declared: Field) -> Described:
    """A field in words that outlive the program: for versions and snapshots."""
    return {
        "name": declared.name,
        "type": "tree" if declared.tree else "choice" if declared.choices else TYPE_NAMES[declared.type],
        "label": declared.label,
        "hint": declared.hint,
        "required": declared.required,
        "limit": declared.limit,
        "minimum": declared.minimum,
        "maximum": declared.maximum,
        "choices": list(declared.choices),
        "empty": declared.empty,
        "tree": declared.tree,
        "custom": declared.custom,
    }


def field_from(words: Mapping[str, Any]) -> Field:
    return Field(
        name=words["name"],
        type=TYPES[words["type"]],
        required=words["required"],
        label=words["label"],
        limit=words["limit"],
        hint=words["hint"],
        choices=tuple(words["choices"]),
        empty=words["empty"],
        tree=words["tree"],
        minimum=words["minimum"],
        maximum=words["maximum"],
        custom=words["custom"],
    )


def value_of(row: Person | SectionRow, declared: Field) -> Any:
    """A stored value; nothing where an optional text was left empty."""
    if not declared.custom:
        value = getattr(row, declared.name)
        return None if value == "" else value
    assert isinstance(row, SectionRow)
    value = (row.extra or {}).get(declared.name)
    return date.fromisoformat(value) if declared.type is date and value else value


def write(row: Person | SectionRow, values: Mapping[str, Any]) -> None:
    """Set values by name. What is no column of the table is a custom field; the others of those are kept."""
    columns = row.__table__.columns
    custom: dict[str, Any] = dict((row.extra or {}) if isinstance(row, SectionRow) else {})
    for name, value in values.items():
        if name in columns:
            must_hold_text = value is None and not columns[name].nullable and _is_text(row, name)
            setattr(row, name, "" if must_hold_text else value)
        elif value is None:
            custom.pop(name, None)
        else:
            custom[name] = value.isoformat() if isinstance(value, date) else value
    if isinstance(row, SectionRow) and custom != (row.extra or {}):
        row.extra = custom


def lacks(model: type[SectionRow], declared: Field) -> ColumnElement[bool]:
    """The records of a table in which a field is empty."""
    column: Any = model.extra[declared.name].as_string() if declared.custom else getattr(model, declared.name)
    if declared.type is str or declared.custom:
        return func.coalesce(column, "") == literal("")
    return column.is_(None)  # type: ignore[no-any-return]


def _is_text(row: Person | SectionRow, name: str) -> bool:
    return any(each.type is str for each in fields_of(type(row)) if each.name == name)


def _merged(model: type, content: Iterable[Described]) -> Iterable[Field]:
    own = {each.name: each for each in fields_of(model)}
    for words in content:
        if words["custom"]:
            yield field_from(words)
        elif words["name"] in own:
            yield replace(own.pop(words["name"]), **{key: words[key] for key in SHAPED})
    yield from own.values()
