"""How a stored value is read on a page, in the person's language."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _

from ..models import Person, SectionRow, fields_of
from ..models.examples import EXAMPLES
from ..models.fields import Field
from ..web.shell import day
from .layout import Layout, value_of
from .trees import paths_of

Paths = dict[tuple[str, int], str]


def shown(declared: Field, value: Any, paths: Paths) -> str:
    """The value in words; for a missing one the declared word (至今) or nothing."""
    if value is None or value == "":
        return _(declared.empty) if declared.empty else ""
    if declared.tree:
        return paths.get((declared.tree, value), "")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, date):
        return day(value)
    return _(value) if declared.choices else str(value)


def paths_for(rows: list[Any]) -> Paths:
    """The paths of every leaf that these rows name; one query a tree."""
    return paths_of((each, getattr(row, each.name)) for row in rows for each in fields_of(type(row)))


def title_of(record: SectionRow, paths: Paths) -> str:
    """What a record is called where it stands in a list."""
    by_name = {each.name: each for each in fields_of(type(record))}
    words = (shown(by_name[name], getattr(record, name), paths) for name in record.section.title_of)
    return " ".join(filter(None, words))


def lines_of(row: Person | SectionRow, paths: Paths, layout: Layout) -> list[tuple[str, str]]:
    """Label and value of what a list shows of a row besides its title."""
    named = row.section.title_of if isinstance(row, SectionRow) else ()
    also = row.section.also if isinstance(row, SectionRow) else ()
    return [
        (_(each.label), text)
        for each in layout.of(type(row))
        if each.listed and each.name not in named and (text := shown(each, value_of(row, each), paths))
    ] + [(_(label), str(getattr(row, name))) for label, name in also]


def example_of(model: type[SectionRow], fields: Iterable[Field]) -> list[tuple[str, str]]:
    """Label and text of a filled-in record (填写示例)."""
    example = EXAMPLES[model.section.slug]
    return [(_(each.label), example[each.name]) for each in fields if each.name in example]
