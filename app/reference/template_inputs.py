"""The inputs of a form template: one group a table. An input that is left empty prints what is built in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import BooleanField
from wtforms.validators import InputRequired

from ..extensions import db
from ..form.sheets import numeral
from ..form.templates import ALWAYS, NUMBERS, Problem, labelled_in, sections_in
from ..models import FormTable, FormTemplate, Series
from ..web.choices import RowField, VersionField, WholeNumber
from ..web.fields import Line, number_in

NAME, HINT, CAPTION, LABEL = 60, 200, 40, 20


@dataclass(frozen=True)
class Part:
    """A section of a table, or the person's own fields (`title` is empty)."""

    title: str
    inputs: list[Any]
    labels: list[Any]


@dataclass(frozen=True)
class Group:
    """A table and its inputs, as the page shows them."""

    no: int
    numeral: str
    name: str
    inputs: list[Any]
    parts: list[Part]
    is_fixed: bool
    is_open: bool


class TemplateForm(FlaskForm):  # type: ignore[misc]
    """What a template is called and whom it is for; template_form() adds the tables."""

    name = Line(_l("模板名称"), NAME, empty=_l("填写模板名称"))
    year = WholeNumber(_l("年度"), [InputRequired(_l("填写年度"))], smallest=2000, largest=2100)
    series = RowField(
        _l("职称系列"),
        rows=lambda: list(db.session.scalars(select(Series).order_by(Series.no))),
        empty=_l("全部系列"),
    )
    version = VersionField()

    names: Mapping[int, str]

    @property
    def seen(self) -> int:
        return number_in(self.version.data) or 0

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """What is typed, by table; what is left empty or as built in is not said."""
        said = {str(no): self._said(no) for no in NUMBERS}
        return {no: each for no, each in said.items() if each}

    def groups(self) -> list[Group]:
        return [self._group(no) for no in NUMBERS]

    def refuse(self, found: Sequence[Problem]) -> None:
        """Put what is wrong beside the input that says it."""
        for each in found:
            self[each.key].errors = [*self[each.key].errors, _(each.message, **each.params)]

    def _said(self, no: int) -> dict[str, Any]:
        slugs = [model.section.slug for model in sections_in(no)]
        captions = {slug: text for slug in slugs if (text := self[f"{slug}-caption"].data)}
        labels = {
            slug: {each.name: text for each in fields if (text := self[f"{slug}-{each.name}"].data)}
            for slug, fields in labelled_in(no)
        }
        found = {
            "name": self[f"t{no}-name"].data,
            "hidden": f"t{no}-hidden" in self and self[f"t{no}-hidden"].data,
            "hint": self[f"t{no}-hint"].data,
            "order": self._order(slugs),
            "captions": captions,
            "labels": {slug: each for slug, each in labels.items() if each},
        }
        return {name: value for name, value in found.items() if value}

    def _order(self, slugs: list[str]) -> list[str]:
        """Nothing for the order as built in; what is no order becomes one that the rules refuse."""
        if len(slugs) < 2:
            return []
        at = [self[f"{slug}-at"].data for slug in slugs]
        if sorted(at, key=lambda n: n or 0) != list(range(1, len(slugs) + 1)):
            return slugs[:1]
        order = sorted(slugs, key=lambda slug: self[f"{slug}-at"].data)
        return [] if order == slugs else order

    def _group(self, no: int) -> Group:
        own = [self[key] for key in (f"t{no}-name", f"t{no}-hint", f"t{no}-hidden") if key in self]
        titles = {model.section.slug: model.section.title for model in sections_in(no)}
        parts = [
            Part(
                titles.get(slug, ""),
                [self[key] for key in (f"{slug}-caption", f"{slug}-at") if key in self],
                [self[f"{slug}-{each.name}"] for each in fields],
            )
            for slug, fields in labelled_in(no)
        ]
        inputs = [*own, *(each for part in parts for each in (*part.inputs, *part.labels))]
        is_said = bool(self._said(no)) or any(each.errors for each in inputs)
        return Group(no, numeral(no), self.names[no], own, parts, no in ALWAYS, is_said)


def template_form(template: FormTemplate) -> TemplateForm:
    """The form of a template, filled with it unless something was posted."""
    names = {no: name for no, name in db.session.execute(select(FormTable.no, FormTable.name))}
    inputs: dict[str, Any] = {"names": {no: names.get(no, "") for no in NUMBERS}}
    for no in NUMBERS:
        said = template.content.get(str(no), {})
        inputs[f"t{no}-name"] = _line(_l("打印名称"), NAME, said.get("name"), inputs["names"][no])
        inputs[f"t{no}-hint"] = _line(_l("表题下的说明"), HINT, said.get("hint"), "")
        if no not in ALWAYS:
            inputs[f"t{no}-hidden"] = BooleanField(_l("不打印此表"), default=bool(said.get("hidden")))
        _sections(no, said, inputs)
    form = type("TemplateInputs", (TemplateForm,), inputs)
    made: TemplateForm = form(
        name=template.name, year=template.year, series=template.series, version=str(template.version)
    )
    for each in made:
        each.plain = True
    return made


def _sections(no: int, said: Mapping[str, Any], inputs: dict[str, Any]) -> None:
    models = sections_in(no)
    slugs = [model.section.slug for model in models]
    order = said.get("order") or slugs
    for model in models:
        slug, title = model.section.slug, model.section.title
        typed = said.get("captions", {}).get(slug)
        inputs[f"{slug}-caption"] = _line(_l("小标题"), CAPTION, typed, title if len(models) > 1 else "")
        if len(models) > 1:
            at = order.index(slug) + 1 if slug in order else len(slugs)
            inputs[f"{slug}-at"] = WholeNumber(_l("在表中的顺序"), smallest=1, largest=len(slugs), default=at)
    for slug, fields in labelled_in(no):
        for each in fields:
            typed = said.get("labels", {}).get(slug, {}).get(each.name)
            inputs[f"{slug}-{each.name}"] = _line(_l(each.label), LABEL, typed, each.label)


def _line(label: Any, limit: int, typed: str | None, built_in: str) -> Line:
    """The placeholder is what is printed where nothing is typed."""
    return Line(
        label,
        limit,
        default=typed or "",
        render_kw={"placeholder": built_in, "autocomplete": "off", "lang": "zh-CN"},
    )
