"""How a field of the dossier is declared: once, on the column.

From a declaration come the form's input and its checks, the list, completeness, the form's
table, the snapshot and the differences. `Mapped[str]` is required, `Mapped[str | None]` is not;
where a row is saved before it is complete (Person), `required=True` says so instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import mapped_column

from ..protection import Sealed
from ..vocabulary import N_

LONG = 120

Warned = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Field:
    """`name`, `type` and `required` are read off the column; the rest is as declared.

    `limit` counts characters. `empty` is the word that stands for a missing value (至今).
    `tree` names the catalogue a leaf is chosen from.
    `suggest` names a list of suggestions for free text; where `other` is said, a text that is not in that
    list needs the tick of this label (SEC-01). `listed` is False where the section's list leaves the field out.
    `word` is what a tick beside the input writes into it (无, 未发表), `word_note` what that entails. `custom` fields are added by a
    super administrator; their values lie in the record's `extra`.
    """

    name: str
    type: type
    required: bool
    label: str
    limit: int | None = None
    hint: str = ""
    choices: tuple[str, ...] = ()
    empty: str = ""
    tree: str = ""
    suggest: str = ""
    other: str = ""
    minimum: int | None = None
    maximum: int | None = None
    group: str = ""
    not_future: bool = False
    listed: bool = True
    word: str = ""
    word_note: str = ""
    custom: bool = False

    @property
    def is_long(self) -> bool:
        return self.limit is not None and self.limit > LONG


@dataclass(frozen=True)
class Section:
    """What is true of a whole section. `check` gets a record's values and returns {field: message}.

    `warn` is given all records and points out what may be wrong, as (message, variables); `years` are so
    many fixed rows, one a year; `also` are label and property of what a list shows besides the fields.
    """

    slug: str
    title: str
    table: int
    required: bool = False
    intro: str = ""
    check: tuple[Callable[[dict[str, Any]], dict[str, str]], ...] = ()
    attachment: str = ""
    attachment_required: bool = False
    title_of: tuple[str, ...] = attribute(default=())
    warn: tuple[Callable[[list[Any]], list[Warned]], ...] = ()
    years: int = 0
    also: tuple[tuple[str, str], ...] = ()


def field(label: str, limit: int | None = None, **declared: Any) -> Any:
    """Declare a field on a column; see Field for what can be said. `sealed` names its place (protection.py)."""
    required = declared.pop("required", None)
    tree = declared.get("tree", "")
    sealed = declared.pop("sealed", "")
    info = {"field": {"label": label, "limit": limit, **declared}, "required": required}
    if tree:
        return mapped_column(ForeignKey(f"{tree}.id"), info=info)
    if sealed:
        return mapped_column(Sealed(sealed, limit or 60), info=info)
    if limit or declared.get("choices"):
        return mapped_column(Text, info=info)
    return mapped_column(info=info)


def fields_of(model: type) -> tuple[Field, ...]:
    """The declared fields of a table, in the order of their declaration."""
    found = model.__dict__.get("_declared_fields")
    if found is None:
        found = tuple(
            Field(
                name=column.key,
                type=int if column.info["field"].get("tree") else column.type.python_type,
                required=not column.nullable if column.info["required"] is None else column.info["required"],
                **column.info["field"],
            )
            for column in model.__table__.columns  # type: ignore[attr-defined]
            if "field" in column.info
        )
        model._declared_fields = found  # type: ignore[attr-defined]
    return found


def period_in_order(values: dict[str, Any]) -> dict[str, str]:
    """A period's end may not lie before its start (C14)."""
    start, end = values.get("start"), values.get("end")
    if isinstance(start, date) and isinstance(end, date) and end < start:
        return {"end": N_("结束时间早于开始时间，修改其中一项")}
    return {}


def periods_apart(records: list[Any]) -> list[Warned]:
    """Names the periods that overlap, each with the one it runs into; a shared day is none, a gap is nothing.

    Whoever studies beside his work, or works at two places, is right: this is pointed out, never refused.
    """
    warned: list[Warned] = []
    latest: Any = None
    for record in sorted(records, key=lambda each: (each.start, each.end or date.max)):
        if latest is not None and record.start < (latest.end or date.max):
            name = record.section.title_of[0]
            warned.append(
                (
                    N_("“%(first)s”与“%(second)s”的时间有重叠。核对起止时间；确实同时进行的，不用修改"),
                    {"first": getattr(latest, name), "second": getattr(record, name)},
                )
            )
        if latest is None or (record.end or date.max) > (latest.end or date.max):
            latest = record
    return warned
