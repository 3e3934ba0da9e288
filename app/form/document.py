"""From a frozen snapshot to the sheets of the form: one description for preview and PDF (DOC-01, DOC-02).

The sections print as they are declared: a field added in app/models/sections.py is a column here.
What a declaration does not say stands in LAYOUT and PRINTED below. No database, no request, no clock.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from ..dossier.layout import layout_in
from ..models.fields import Field, fields_of
from ..models.people import Person
from ..models.sections import SECTIONS, SectionRow, TitleHeld
from ..vocabulary import Category, Level, Stage
from . import templates, wording
from .grids import pairs_grid, period_text, printed, records_grid, text_grid
from .sheets import Block, Cell, Document, Row, Table
from .templates import NUMBERS, Template

Values = dict[str, Any]
PERSON, COVER = "person", "cover"


def build(
    content: Values,
    record: Values,
    *,
    table_names: dict[int, str],
    required: Collection[str] | None = None,
) -> Document:
    """Lay out a snapshot and what the review added to it.

    `table_names` are the catalogue's 17 names (CAT-09). The template that was frozen with the content changes names,
    order, labels and hints and leaves tables out, but never the legal minimum nor the record of the level concerned.
    A `draft` carries the watermark. Without a digest
    the content is still being filled in: nothing is pledged, and what is required and empty is marked
    missing; `required` are the round's required sections, else the declared ones (X-07).
    """
    live = record["digest"] is None
    form = content.get("form", {})
    template = Template(form.get("tables", {}), form.get("required", ()))
    names = {no: template.name(no) or table_names[no] for no in NUMBERS}
    must = {m.section.slug for m in SECTIONS if m.section.required} if required is None else set(required)
    sheet = _Sheet(content, record, must if live else set(), live, names, template)
    level = content["cover"]["level"]
    concerned = MINUTES_AT[Level(level)] if level else 0
    return Document(
        title=wording.TITLE,
        year=wording.YEAR.format(year=content["cover"]["year"]),
        cover=tuple((label, _cover_cell(content["cover"], name, live)) for name, label in wording.COVER),
        tables=tuple(
            Table(
                no,
                names[no],
                (
                    *_hint(template.hint(no)),
                    *(block for part in LAYOUT.get(no, (_sections,)) for block in part(sheet, no)),
                ),
                starts_page=no in STARTS_PAGE,
            )
            for no in NUMBERS
            if template.shows(no) or no == concerned
        ),
        reference=_reference(record),
        number=record["number"] or "",
        watermark=wording.DRAFT if record["draft"] else "",
        contents=wording.FRONT,
        verify=record["verify"],
        system=record["system"],
    )


class _Sheet:
    """What every part of a table may look at."""

    def __init__(
        self,
        content: Values,
        record: Values,
        must: set[str],
        live: bool,
        table_names: dict[int, str],
        template: Template,
    ) -> None:
        self.table_names = table_names
        self.template = template
        self.cover: Values = content["cover"]
        self.person: Values = content["person"]
        self.sections: dict[str, list[Values]] = content["sections"]
        self.layout = layout_in(content)
        self.opinion: Values | None = record["opinion"]
        self.chain: list[Values] = record["chain"]
        self.must = must
        self.live = live


def highest_employed(records: list[Values]) -> list[Values]:
    """The highest title the person is employed in; of equal ones the latest (SEC-01)."""
    employed = [each for each in records if each["employed"]]
    return sorted(employed, key=lambda each: (_rank(each.get("level")), each["awarded_on"] or ""))[-1:]


def _rank(level: str | None) -> int:
    return Level(level).rank if level else -1


def _everything(records: list[Values]) -> list[Values]:
    return records


# A section prints as a list of all its records unless a line here says otherwise.
PRINTED: dict[type[SectionRow], tuple[Callable[[list[Values]], list[Values]], str]] = {
    TitleHeld: (highest_employed, wording.HIGHEST_EMPLOYED),
}


def _personal(sheet: _Sheet, no: int) -> list[Block]:
    named = [(label, Cell(str(sheet.person[name] or ""))) for name, label in wording.ACCOUNT]
    fields = sheet.template.labelled(no, templates.PERSON, fields_of(Person))
    declared = [(each.label, _person_cell(each, sheet)) for each in fields]
    return [pairs_grid(named[:2] + declared + named[2:], photo=True)]


def _person_cell(declared: Field, sheet: _Sheet) -> Cell:
    text = printed(declared, sheet.person[declared.name])
    missing = sheet.live and declared.required and not text
    return Cell(wording.MISSING if missing else text, missing=missing, source=PERSON)


def _applied_for(sheet: _Sheet, no: int) -> list[Block]:
    words = {"level": Level, "category": Category}
    cells = []
    for name, label in wording.APPLIED_FOR:
        value = sheet.cover[name]
        cells.append((label, Cell(words[name](value).label if name in words and value else str(value or ""))))
    return [pairs_grid(cells, caption=wording.APPLIED)]


def _sections(sheet: _Sheet, no: int) -> list[Block]:
    models = sheet.template.ordered(no, templates.sections_in(no))
    return [_section(model, sheet, no, several=len(models) > 1) for model in models]


def _section(model: type[SectionRow], sheet: _Sheet, no: int, several: bool) -> Block:
    section = model.section
    choose, caption = PRINTED.get(model, (_everything, section.title))
    own_caption = sheet.template.caption(no, section.slug)
    caption = own_caption or caption
    records = choose(sheet.sections.get(section.slug, []))
    fields = _labelled(sheet.layout.of(model), sheet.table_names[no])
    fields = sheet.template.labelled(no, section.slug, fields)
    if model in PRINTED and records:
        return pairs_grid(
            [(each.label, Cell(printed(each, records[0][each.name]))) for each in fields],
            caption=caption,
        )
    missing = section.slug in sheet.must and not records
    empty = Cell(wording.MISSING if missing else wording.NONE, missing=missing, source=section.slug)
    if model in PRINTED:
        return pairs_grid([(caption, empty)])
    return records_grid(fields, records, empty, caption=caption if several else own_caption, live=sheet.live)


def _hint(text: str) -> list[Block]:
    return [Block((100,), (Row((Cell(text, align="left"),)),))] if text else []


def _labelled(fields: tuple[Field, ...], table: str) -> tuple[Field, ...]:
    """One model with a category, whose labels follow the table that the form prints it in (X-06)."""
    if wording.PATENT not in table:
        return fields
    return tuple(replace(each, label=wording.OF_PATENTS.get(each.label, each.label)) for each in fields)


def _pledge(sheet: _Sheet, no: int) -> list[Block]:
    signed = "" if sheet.live else str(sheet.person["name"] or "")
    on = "" if sheet.live else _date(sheet.cover["filled_on"])
    return [
        Block((100,), (Row((Cell(wording.PLEDGE, align="left"),), height=60),)),
        pairs_grid([(wording.PLEDGED_BY, Cell(signed)), (wording.PLEDGED_ON, Cell(on))]),
    ]


def _unit_opinion(sheet: _Sheet, no: int) -> list[Block]:
    opinion = sheet.opinion or {}
    values = {name: str(opinion.get(name) or "") for name, _, _ in wording.UNIT_OPINION}
    if opinion.get("notice_from"):
        values["notice"] = period_text(opinion["notice_from"], opinion["notice_until"])
    lines = [(label, values[name], height) for name, label, height in wording.UNIT_OPINION]
    by = wording.BY.format(by=opinion.get("by") or "", on=_date(opinion.get("saved_on")))
    return [
        text_grid(lines),
        Block((100,), (Row((_seal(wording.UNIT_SEAL, by),), height=40),)),
    ]


def _minutes(sheet: _Sheet, no: int) -> list[Block]:
    """The record of the level applied for names its committee; those of the other levels stay empty."""
    votes = len(wording.BALLOT)
    is_concerned = bool(sheet.cover["level"]) and MINUTES_AT[Level(sheet.cover["level"])] == no
    named = [
        (label, Cell(str(sheet.cover[name] or "") if is_concerned else ""))
        for name, label in wording.MINUTES_OF
    ]
    return [
        pairs_grid(named),
        text_grid([(label, "", height) for label, height in wording.MINUTES]),
        Block(
            (100 // votes,) * votes,
            (
                Row(tuple(Cell(label, label=True) for label in wording.BALLOT)),
                Row(tuple(Cell() for _ in wording.BALLOT), height=10),
            ),
        ),
        text_grid([(wording.MINUTES_RESULT, "", 25)]),
        Block((100,), (Row((_seal(wording.MINUTES_SEAL),), height=35),)),
    ]


def _offices(sheet: _Sheet, no: int) -> list[Block]:
    """Five offices and the confirmation fill one page: it is stamped, scanned and uploaded as one."""
    if not sheet.chain:
        return [text_grid([(wording.OPINION, wording.NO_ROUTE_YET, 40)]), _confirmation()]
    return [_office(step) for step in sheet.chain] + [_confirmation()]


def _office(step: Values) -> Block:
    by = wording.BY.format(by=step["by"] or "", on=_date(step["on"]))
    return Block(
        (22, 78),
        (
            Row(
                (Cell(Stage(step["stage"]).label, label=True), Cell(step["organisation"] or "", align="left"))
            ),
            Row((Cell(wording.OPINION, label=True), Cell(step["opinion"] or "", align="left")), height=10),
            Row((_seal(wording.OFFICE_SEAL, by, span=2),), height=22),
        ),
        together=True,
    )


def _confirmation() -> Block:
    return Block(
        (22, 78),
        (
            Row((Cell(wording.RESULT, label=True), Cell("", align="left")), height=18),
            Row((_seal(wording.MINUTES_SEAL, span=2),), height=26),
        ),
        together=True,
    )


def _seal(line: str, first: str = "", span: int = 1) -> Cell:
    return Cell("\n".join(filter(None, (first, line, wording.DATE_BLANK))), span=span, align="right")


LAYOUT: dict[int, tuple[Callable[[_Sheet, int], list[Block]], ...]] = {
    1: (_personal, _sections, _applied_for),
    10: (_pledge,),
    12: (_unit_opinion,),
    13: (_minutes,),
    14: (_minutes,),
    15: (_minutes,),
    16: (_minutes,),
    17: (_offices,),
}
MINUTES_AT = {
    Level.JUNIOR_TECHNICIAN: 13,
    Level.JUNIOR_ASSISTANT: 13,
    Level.INTERMEDIATE: 14,
    Level.SENIOR_ASSOCIATE: 15,
    Level.SENIOR_FULL: 16,
}
STARTS_PAGE = frozenset({1, 2, 3, 4, 10, 12, 13, 14, 15, 16, 17})


def _cover_cell(cover: Values, name: str, live: bool) -> Cell:
    text = _date(cover[name]) if name == "filled_on" else str(cover[name] or "")
    missing = live and not text and name not in wording.COVER_OPTIONAL
    return Cell(wording.MISSING if missing else text, missing=missing, source=COVER)


def _date(value: str | None) -> str:
    return value.replace("-", ".") if value else ""


def _reference(record: Values) -> str:
    if record["digest"] is None:
        return wording.UNSUBMITTED.format(number=record["number"] or "")
    return wording.SUBMITTED.format(
        number=record["number"], submission=record["submission_no"], digest=record["digest"][:12]
    )
