"""The inputs that a declaration turns into. Each keeps what was typed and explains its own errors.

Every message follows screens.md 6: what is wrong, why, what to do. WTForms' own texts are never shown.
"""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field as Input
from wtforms import RadioField, SelectField
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import TextArea, TextInput

from .. import clock
from ..models.fields import Field
from ..vocabulary import N_
from . import rules
from .completeness import request_for
from .paper import Paper, paper_of
from .said import Said
from .words import Tick, WordWidget, word_of

TALL = 1000
FORMAT = "%Y-%m-%d"


class Typed(Input):
    """A field of text. Subclasses turn the text into the stored value, or refuse it."""

    widget = TextInput()

    def __init__(self, declared: Field, must: bool, **kwargs: Any) -> None:
        super().__init__(Said(declared.label), id=f"field-{declared.name}", **kwargs)
        self.declared = declared
        self.must = must
        self.typed: str | None = None
        self.flags.required = declared.required or bool(declared.empty)
        self.description = Said(declared.hint) if declared.hint else ""

    def _value(self) -> str:
        return self.written(self.data) if self.typed is None else self.typed

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = rules.clean(valuelist[0] if valuelist else "", lines=self.declared.is_long)
        self.data = self.meant(self.typed) if self.typed else None

    def pre_validate(self, form: Any) -> None:
        if not self.typed:
            if self.must:
                raise StopValidation(self.say(request_for(self.declared)))
            return
        self.check()

    def say(self, message: str, **params: Any) -> str:
        return _(message, field=_(self.declared.label), **params)

    def written(self, value: Any) -> str:
        return "" if value is None else str(value)

    def meant(self, text: str) -> Any:
        return text

    def check(self) -> None:
        """Refuse text that means nothing here."""


class TextField(Typed):
    def __init__(self, declared: Field, must: bool, **kwargs: Any) -> None:
        super().__init__(declared, must, **kwargs)
        self.limit = declared.limit
        if declared.is_long:
            self.widget = TextArea()
            self.render_kw = {"class": "tall"} if self.is_tall else {}

    @property
    def is_tall(self) -> bool:
        return (self.limit or 0) > TALL

    @property
    def paper(self) -> Paper | None:
        """How much of the form a text of pages takes; a short one is not asked."""
        return paper_of(self._value()) if self.is_tall else None

    def check(self) -> None:
        typed = self.typed or ""
        over = len(typed) - (self.limit or len(typed))
        if over > 0:
            raise StopValidation(
                self.say(N_("%(field)s超出 %(over)s 字，上限 %(limit)s 字"), over=over, limit=self.limit)
            )


class WordField(TextField):
    """A text that the manual has a word for (无, 未发表): the tick writes it, whatever is typed beside it."""

    widget = WordWidget()
    is_word = False

    @property
    def tick(self) -> Tick:
        return Tick("word", word_of(self.declared), self.is_word)

    def process(self, formdata: Any, data: Any = unset_value, **kwargs: Any) -> None:
        super().process(formdata, data, **kwargs)
        is_ticked = formdata is not None and f"{self.name}-word" in formdata
        self.is_word = is_ticked or self.data == self.declared.word
        if self.is_word:
            self.typed, self.data = "", self.declared.word

    def pre_validate(self, form: Any) -> None:
        if not self.is_word:
            super().pre_validate(form)


class DateField(Typed):
    """A day typed in any usual way (rules.parse_day)."""

    def __init__(self, declared: Field, must: bool, **kwargs: Any) -> None:
        super().__init__(declared, must, **kwargs)
        self.description = self.description or lazy_gettext("如 2016-06-30；只填到月的按当月 1 日保存")
        self.render_kw = {
            "data-reads": lazy_gettext("读作 {day}"),
            "data-unread": lazy_gettext("读不出日期，如 2016-06-30 或 2016.6"),
        }

    def written(self, value: Any) -> str:
        return value.strftime(FORMAT) if value else ""

    def meant(self, text: str) -> date | None:
        return rules.parse_day(text)

    def check(self) -> None:
        if self.data is None:
            raise StopValidation(
                self.say(
                    N_("%(field)s应为日期，如 2016-06-30 或 2016.6，现在填的是“%(typed)s”"), typed=self.typed
                )
            )
        if self.declared.not_future and self.data > clock.today():
            raise StopValidation(
                self.say(
                    N_("%(field)s不能晚于今天（%(today)s），现在填的是 %(typed)s"),
                    today=clock.today().strftime(FORMAT),
                    typed=self.data.strftime(FORMAT),
                )
            )


class OpenDateField(DateField):
    """A date that a word may stand for (至今): the tick empties the date, and one of the two is needed."""

    widget = WordWidget()
    is_empty = False

    @property
    def tick(self) -> Tick:
        return Tick("empty", _(self.declared.empty), self.is_empty)

    def process(self, formdata: Any, data: Any = unset_value, **kwargs: Any) -> None:
        super().process(formdata, data, **kwargs)
        self.is_empty = data is None if formdata is None else f"{self.name}-empty" in formdata
        if formdata is not None and self.is_empty:
            self.typed, self.data = "", None

    def pre_validate(self, form: Any) -> None:
        if not self.is_empty and not self.typed:
            raise StopValidation(self.say(N_("填写%(field)s，或勾选“%(word)s”"), word=_(self.declared.empty)))
        super().pre_validate(form)


class NumberField(Typed):
    def __init__(self, declared: Field, must: bool, **kwargs: Any) -> None:
        super().__init__(declared, must, **kwargs)
        self.render_kw = {"inputmode": "numeric"}

    def meant(self, text: str) -> int | None:
        return rules.parse_number(text)

    def check(self) -> None:
        low, high = self.declared.minimum, self.declared.maximum
        assert low is not None and high is not None  # a number is always declared with both
        if self.data is None or not low <= self.data <= high:
            raise StopValidation(
                self.say(
                    N_("%(field)s应为 %(low)s 到 %(high)s 之间的整数，现在填的是“%(typed)s”"),
                    low=low,
                    high=high,
                    typed=self.typed,
                )
            )


class ChoiceField(SelectField):
    """One of the declared words, none of them chosen beforehand."""

    def __init__(self, declared: Field, must: bool, **kwargs: Any) -> None:
        super().__init__(
            Said(declared.label),
            id=f"field-{declared.name}",
            choices=lambda: [("", _("请选择")), *((each, _(each)) for each in declared.choices)],
            **kwargs,
        )
        self.declared = declared
        self.must = must
        self.type = "SelectField"
        self.flags.required = declared.required
        self.description = Said(declared.hint) if declared.hint else ""

    def process_data(self, value: Any) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = rules.clean(valuelist[0] if valuelist else "") or None

    def pre_validate(self, form: Any) -> None:
        label = _(self.declared.label)
        if self.data is None:
            if self.must:
                raise StopValidation(_(request_for(self.declared), field=label))
        elif self.data not in self.declared.choices:
            raise StopValidation(
                _("“%(typed)s”不在可选范围内，重新选择%(field)s", typed=self.data, field=label)
            )


class YesNoField(RadioField):
    """是 or 否, neither chosen beforehand."""

    WORDS = {"y": True, "n": False}

    def __init__(self, declared: Field, must: bool, **kwargs: Any) -> None:
        super().__init__(
            Said(declared.label),
            id=f"field-{declared.name}",
            choices=lambda: [("y", _("是")), ("n", _("否"))],
            coerce=lambda value: next((k for k, v in self.WORDS.items() if v is value), None),
            **kwargs,
        )
        self.declared = declared
        self.must = must
        self.type = "RadioField"
        self.flags.required = declared.required
        self.description = Said(declared.hint) if declared.hint else ""

    def process_data(self, value: Any) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = self.WORDS.get(valuelist[0]) if valuelist else None

    def iter_choices(self) -> Any:
        for value, label in self.choices:
            yield value, label, self.WORDS[value] is self.data, {}

    def pre_validate(self, form: Any) -> None:
        if self.must and self.data is None:
            raise StopValidation(_(request_for(self.declared), field=_(self.declared.label)))
