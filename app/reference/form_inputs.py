"""The inputs of a section's fields: one group a field, in their order, and one more for a field to be added."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField

from ..dossier import rules, shapes
from ..dossier.shapes import Described, Problem
from ..web.choices import VersionField

NEW = "new"
TEXT_LIMIT, NUMBERS = 100, (0, 999_999)
NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


@dataclass(frozen=True)
class Group:
    """A field and its inputs, as the page shows them."""

    described: Described
    inputs: list[Any]
    why_required: str
    choices: Sequence[str]


class SectionForm(FlaskForm):
    """`described` are the fields as stored, `born` as declared; both by name."""

    version = VersionField()

    described: Mapping[str, Described]
    born: Mapping[str, Described]

    @property
    def seen(self) -> int:
        return rules.parse_number(str(self.version.data or "")) or 0

    def groups(self, order: Sequence[str]) -> list[Group]:
        return [
            Group(
                self.described[name],
                [self[key] for key in _keys(self.described[name]) if key in self],
                _fixed(self.described[name], self.born),
                () if self.described[name]["custom"] else self.described[name]["choices"],
            )
            for name in order
        ]

    def read(self, name: str) -> Described:
        """A field as typed. A number that is none becomes nothing, for the rules to refuse."""
        was = self.described[name]
        typed = {
            key: self[f"{name}-{key}"].data
            for key in ("label", "hint", "required", "limit", "minimum", "maximum", "choices")
            if f"{name}-{key}" in self
        }
        return {**was, **_meant(typed)}

    def read_new(self, name: str) -> Described:
        """The field to be added. What its kind does not ask for here begins with a usual value."""
        kind = self[f"{NEW}-kind"].data or "text"
        return {
            "name": name,
            "type": kind,
            "label": rules.clean(self[f"{NEW}-label"].data or ""),
            "hint": "",
            "required": bool(self[f"{NEW}-required"].data),
            "limit": TEXT_LIMIT if kind == "text" else None,
            "minimum": NUMBERS[0] if kind == "number" else None,
            "maximum": NUMBERS[1] if kind == "number" else None,
            "choices": _lines(self[f"{NEW}-choices"].data) if kind == "choice" else [],
            "empty": "",
            "tree": "",
            "custom": True,
        }

    def refuse(self, found: Sequence[Problem], new_name: str) -> None:
        """Put what is wrong beside the input that says it; the page has many inputs of one name, so it says whose."""
        for each in found:
            name = NEW if each.name in ("", new_name) else each.name
            params = {
                key: _(value) if isinstance(value, str) and value else value
                for key, value in each.params.items()
            }
            key = f"{name}-{each.key}"
            target = self[key] if key in self else self[f"{name}-label"]
            said = _(each.message, **params)
            if name != NEW:
                said = _("“%(field)s”：%(said)s", field=_(self.described[name]["label"]), said=said)
            target.errors = [*target.errors, said]

    def show_stored(self, order: Sequence[str]) -> None:
        """Beside each input that differs, what is stored by now; the next save replaces it (E02)."""
        for name in order:
            was, typed = self.described[name], self.read(name)
            for key in typed:
                if f"{name}-{key}" in self and typed[key] != was[key]:
                    self[f"{name}-{key}"].back_note = _("现在保存的是：%(value)s", value=_in_words(was[key]))


def form_for(fields: Sequence[Described], born: Sequence[Described], version: int) -> SectionForm:
    """The form of these fields, filled with them unless something was posted."""
    declared = {each["name"]: each for each in born}
    inputs: dict[str, Any] = {}
    for each in fields:
        inputs |= _inputs(each, declared)
    inputs |= {
        f"{NEW}-label": _line(_l("新字段名称"), shapes.LABEL),
        f"{NEW}-kind": SelectField(
            _l("类型"),
            choices=lambda: [(kind, _(shapes.KIND_WORDS[kind])) for kind in shapes.KINDS],
            validate_choice=False,
            description=_l("添加后不能更改类型"),
        ),
        f"{NEW}-choices": _choices(_l("选项（类型为单选时填写）")),
        f"{NEW}-required": BooleanField(_l("必填")),
        "described": {each["name"]: each for each in fields},
        "born": declared,
    }
    made: SectionForm = type("FieldsForm", (SectionForm,), inputs)(version=str(version))
    for each in made:
        each.plain = True
    return made


def _keys(each: Described) -> list[str]:
    return [
        f"{each['name']}-{key}"
        for key in ("label", "hint", "limit", "minimum", "maximum", "choices", "required")
    ]


def _inputs(each: Described, born: Mapping[str, Described]) -> dict[str, Any]:
    name, kind = each["name"], each["type"]
    found: dict[str, Any] = {
        f"{name}-label": _line(_l("名称"), shapes.LABEL, default=each["label"]),
        f"{name}-hint": _line(_l("填写提示"), shapes.HINT, default=each["hint"]),
    }
    if kind == "text":
        found[f"{name}-limit"] = StringField(_l("字数上限"), default=each["limit"], render_kw=NUMBER)
    if kind == "number":
        found[f"{name}-minimum"] = StringField(_l("最小值"), default=each["minimum"], render_kw=NUMBER)
        found[f"{name}-maximum"] = StringField(_l("最大值"), default=each["maximum"], render_kw=NUMBER)
    if kind == "choice" and each["custom"]:
        found[f"{name}-choices"] = _choices(_l("选项"), default="\n".join(each["choices"]))
    if not _fixed(each, born):
        found[f"{name}-required"] = BooleanField(_l("必填"), default=each["required"])
    return found


def _line(label: Any, limit: int, **kwargs: Any) -> Any:
    """A line of text whose length the rules judge; the page counts along."""
    return _Counted(label, limit=limit, **kwargs)


class _Counted(StringField):
    def __init__(self, label: Any, *, limit: int, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.limit = limit


def _choices(label: Any, **kwargs: Any) -> Any:
    return TextAreaField(label, description=_l("每行一个，2 到 30 个"), render_kw={"rows": 5}, **kwargs)


def _fixed(each: Described, born: Mapping[str, Described]) -> str:
    own = born.get(each["name"])
    return (
        _(shapes.why_required(own), word=_(own["empty"]) if own["empty"] else "")
        if own and shapes.why_required(own)
        else ""
    )


def _meant(typed: Mapping[str, Any]) -> dict[str, Any]:
    means: dict[str, Callable[[Any], Any]] = {
        "required": bool,
        "choices": _lines,
        **dict.fromkeys(("label", "hint"), lambda text: rules.clean(text or "")),
        **dict.fromkeys(("limit", "minimum", "maximum"), lambda text: rules.parse_number(str(text or ""))),
    }
    return {key: means[key](value) for key, value in typed.items()}


def _lines(text: str | None) -> list[str]:
    return [line for each in (text or "").splitlines() if (line := rules.clean(each))]


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _(shapes.REQUIRED if value else shapes.OPTIONAL)
    if isinstance(value, list):
        return _("、").join(value)
    return str(value) if value not in (None, "") else _("（空）")
