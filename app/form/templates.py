"""What a template says of the printed form, what it may not say, and how two of them differ (X-06, DOC-02).

`tables` is {"6": {"name", "hidden", "hint", "order", "captions", "labels"}}; what is absent is as built in.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..models import SECTIONS
from ..models.fields import Field, fields_of
from ..models.people import Person
from ..models.sections import SectionRow
from ..vocabulary import N_
from .fonts import are_installed, unprintable

Tables = Mapping[str, Mapping[str, Any]]
PERSON = "person"
NUMBERS = range(1, 18)
# Basic data, the pledge, the unit's opinion, the chain of opinions; the cover is no table.
LEGAL_MINIMUM = frozenset({1, 10, 12, 17})

NAME, HIDDEN, HINT, ORDER, CAPTION = (
    N_("打印名称"),
    N_("是否打印"),
    N_("表题下的说明"),
    N_("顺序"),
    N_("小标题"),
)
PRINTED, NOT_PRINTED = N_("打印"), N_("不打印")
LEGAL = N_("表一、表十、表十二、表十七和封面是申报表必须有的内容，不能不打印。")
REQUIRED = N_("此表印有必填的申报信息，不能不打印。")
CANNOT_DRAW = N_("申报表的字体中没有 %(characters)s，换用其他写法。")
TWICE = N_("同一张表中的顺序不能重复，也不能空缺。")


@dataclass(frozen=True)
class Problem:
    """What of which input cannot be; `key` names the input (reference/template_inputs.py)."""

    key: str
    message: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One setting that differs; an empty side is as built in."""

    no: int
    about: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Template:
    """What document.py asks of a template."""

    tables: Tables
    required: Collection[str] = ()

    def name(self, no: int) -> str:
        return str(self._of(no).get("name", ""))

    def hint(self, no: int) -> str:
        return str(self._of(no).get("hint", ""))

    def shows(self, no: int) -> bool:
        """Whatever a template says, the minimum is printed, and what the round requires."""
        return no in LEGAL_MINIMUM | tables_with(self.required) or not self._of(no).get("hidden")

    def caption(self, no: int, slug: str) -> str:
        return str(self._of(no).get("captions", {}).get(slug, ""))

    def labelled(self, no: int, slug: str, fields: Iterable[Field]) -> tuple[Field, ...]:
        labels = self._of(no).get("labels", {}).get(slug, {})
        return tuple(replace(each, label=labels.get(each.name, each.label)) for each in fields)

    def ordered(self, no: int, models: Iterable[type[SectionRow]]) -> list[type[SectionRow]]:
        """In the template's order; a section that it does not know comes last."""
        order = list(self._of(no).get("order", ()))
        return sorted(models, key=lambda m: order.index(m.section.slug) if m.section.slug in order else 99)

    def _of(self, no: int) -> Mapping[str, Any]:
        return self.tables.get(str(no), {})


def sections_in(no: int) -> list[type[SectionRow]]:
    return [model for model in SECTIONS if model.section.table == no]


def tables_with(slugs: Collection[str]) -> frozenset[int]:
    """The tables that print one of these sections."""
    return frozenset(model.section.table for model in SECTIONS if model.section.slug in slugs)


DECLARED_REQUIRED = frozenset(model.section.slug for model in SECTIONS if model.section.required)
ALWAYS = LEGAL_MINIMUM | tables_with(DECLARED_REQUIRED)


def labels_of(model: type) -> tuple[Field, ...]:
    """The fields whose label stands on the form: start and end share a column that is named otherwise."""
    fields = fields_of(model)
    pair = {"start", "end"} if {"start", "end"} <= {each.name for each in fields} else set()
    return tuple(each for each in fields if each.name not in pair)


def labelled_in(no: int) -> list[tuple[str, tuple[Field, ...]]]:
    """By slug the fields of a table that can be called otherwise; the person's own stand in the first."""
    person = [(PERSON, labels_of(Person))] if no == 1 else []
    return person + [(model.section.slug, labels_of(model)) for model in sections_in(no)]


def hides(tables: Tables, required: Collection[str]) -> list[int]:
    """The tables with a required section that this would leave out."""
    return sorted(no for no in tables_with(required) if tables.get(str(no), {}).get("hidden"))


def problems(tables: Tables) -> list[Problem]:
    """Why these cannot be a template's: the legal minimum, required sections, the order, the font's characters."""
    found = []
    for number, said in tables.items():
        no = int(number)
        if said.get("hidden") and no in ALWAYS:
            message = LEGAL if no in LEGAL_MINIMUM else REQUIRED
            found.append(Problem(f"t{no}-hint", message, {}))
        slugs = [model.section.slug for model in sections_in(no)]
        if "order" in said and sorted(said["order"]) != sorted(slugs):
            found.append(Problem(f"{slugs[0]}-at" if slugs else f"t{no}-name", TWICE, {}))
        for key, text in _texts(no, said):
            if lacking := unprintable([text] if are_installed() else ()):
                found.append(Problem(key, CANNOT_DRAW, {"characters": "、".join(lacking[:10])}))
    return found


def _texts(no: int, said: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        *((f"t{no}-{name}", said[name]) for name in ("name", "hint") if name in said),
        *((f"{slug}-caption", text) for slug, text in said.get("captions", {}).items()),
        *(
            (f"{slug}-{name}", text)
            for slug, labels in said.get("labels", {}).items()
            for name, text in labels.items()
        ),
    ]


def changes(before: Tables, after: Tables) -> list[Change]:
    """What differs, table by table."""
    return [each for no in NUMBERS for each in _changes(no, before.get(str(no), {}), after.get(str(no), {}))]


def _changes(no: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    found = [Change(no, "", what, *pair) for what, pair in _plain(no, before, after) if pair[0] != pair[1]]
    for slug, fields in labelled_in(no):
        title = next((m.section.title for m in sections_in(no) if m.section.slug == slug), "")
        was, now = (each.get("captions", {}).get(slug, "") for each in (before, after))
        if was != now:
            found.append(Change(no, title, CAPTION, was, now))
        for each in fields:
            was, now = (said.get("labels", {}).get(slug, {}).get(each.name, "") for said in (before, after))
            if was != now:
                found.append(Change(no, title, each.label, was, now))
    return found


def _plain(no: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, tuple[str, str]]]:
    titles = {model.section.slug: model.section.title for model in sections_in(no)}

    def order(said: Mapping[str, Any]) -> str:
        return "、".join(titles.get(slug, slug) for slug in said.get("order", titles))

    return [
        (NAME, (before.get("name", ""), after.get("name", ""))),
        (
            HIDDEN,
            (
                NOT_PRINTED if before.get("hidden") else PRINTED,
                NOT_PRINTED if after.get("hidden") else PRINTED,
            ),
        ),
        (HINT, (before.get("hint", ""), after.get("hint", ""))),
        (ORDER, (order(before), order(after))),
    ]
