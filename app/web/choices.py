"""Inputs for what is chosen or looked up: words, rows, several of them, whole numbers, lists of lines."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ..vocabulary import Word
from .fields import normal

NOT_OFFERED = _l("所选内容不在选项内，重新选择")
CHOOSE, ANY = _l("请选择"), _l("不限")
LARGEST = 999_999_999


def _choices_of(words: Iterable[Word]) -> list[SelectChoice]:
    return [SelectChoice(each.value, _(each.label)) for each in words]


class WordField(SelectField):
    """One word of a vocabulary."""

    def __init__(
        self,
        label: Any,
        validators: Any = None,
        *,
        words: Iterable[Word],
        empty: object = CHOOSE,
        **kwargs: Any,
    ) -> None:
        known = {each.value: each for each in words}

        def choices() -> list[SelectChoice]:
            return [SelectChoice("", str(empty)), *_choices_of(known.values())]

        super().__init__(
            label,
            validators,
            choices=choices,
            coerce=lambda value: known.get(value),
            validate_choice=False,
            **kwargs,
        )

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = self.coerce(valuelist[0]) if valuelist else None
        if valuelist and valuelist[0] and self.data is None:
            raise ValueError(str(NOT_OFFERED))


class YesNoField(SelectField):
    """Yes, no, or not asked: for searching."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        def choices() -> list[SelectChoice]:
            return [SelectChoice("", str(ANY)), SelectChoice("1", _("是")), SelectChoice("0", _("否"))]

        super().__init__(label, choices=choices, validate_choice=False, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist and valuelist[0] in ("0", "1") else ""

    @property
    def answer(self) -> bool:
        return bool(self.data == "1")


class RowField(SelectField):
    """One row of a short table, by its name; `rows` is asked when the form is made."""

    def __init__(
        self,
        label: Any,
        validators: Any = None,
        *,
        rows: Callable[[], Iterable[Any]],
        empty: object = CHOOSE,
        **kwargs: Any,
    ) -> None:
        found = {str(row.id): row for row in rows()}
        choices = [
            SelectChoice("", str(empty)),
            *(SelectChoice(key, str(row)) for key, row in found.items()),
        ]
        super().__init__(label, validators, choices=choices, validate_choice=False, **kwargs)
        self.found = found

    def process_data(self, value: Any) -> None:
        self.data = str(value.id) if value is not None else ""

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in self.found:
            raise ValidationError(str(NOT_OFFERED))

    @property
    def row(self) -> Any:
        return self.found.get(self.data)

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, self.row)


class MultiCheckField(SelectMultipleField):
    """Any number of boxes; `data` is in the order in which they are offered."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, validate_choice=False, **kwargs)
        self.type = "MultiCheckField"

    def process_formdata(self, valuelist: list[str]) -> None:
        offered = {str(each.value): each.value for each in self.choices}
        self.data = [value for key, value in offered.items() if key in valuelist]
        if not set(valuelist) <= set(offered):
            raise ValueError(str(NOT_OFFERED))


class WordsField(MultiCheckField):
    """Any number of words of a vocabulary, stored as their values."""

    def __init__(self, label: Any, validators: Any = None, *, words: Iterable[Word], **kwargs: Any) -> None:
        known = tuple(words)
        super().__init__(label, validators, choices=lambda: _choices_of(known), **kwargs)


class WholeNumber(IntegerField):
    """A whole number that every database can keep."""

    def __init__(
        self, label: Any, validators: Any = None, *, smallest: int = 0, largest: int = LARGEST, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.smallest, self.largest = smallest, largest

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not typed:
            return
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise ValueError(_("%(field)s应为数字", field=self.label.text))
        if not self.smallest <= int(typed) <= self.largest:
            raise ValueError(
                _("%(field)s应在 %(smallest)s 到 %(largest)s 之间", field=self.label.text,
                  smallest=self.smallest, largest=self.largest)
            )  # fmt: skip
        self.data = int(typed)


class LinesField(TextAreaField):
    """A list of short texts, one a line."""

    def __init__(self, label: Any, validators: Any = None, *, each: int = 100, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.each = each

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        lines = [normal(line) for line in normal(valuelist[0] if valuelist else "").split("\n")]
        self.data = [line for line in lines if line]
        if any(len(line) > self.each for line in self.data):
            raise ValueError(_("%(field)s每行最多 %(n)s 字", field=self.label.text, n=self.each))


class LookupField(StringField):
    """A row of a long table, typed by a name or number of its own; nobody scrolls through 20,000 persons.

    `find(typed, form)` returns the row or raises ValueError with what is wrong; `show(row)` is the text
    of a row that was found before.
    """

    def __init__(
        self,
        label: Any,
        validators: Any = None,
        *,
        find: Callable[[str, Any], Any],
        show: Callable[[Any], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.find, self.show, self.row = find, show, None

    def process_data(self, value: Any) -> None:
        self.data = self.show(value) if value is not None else ""

    def pre_validate(self, form: Any) -> None:
        try:
            self.row = self.find(normal(self.data), form)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, self.row)


class VersionField(HiddenField):
    """The row's version as the person saw it; it is compared, never written back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "HiddenField"

    def populate_obj(self, obj: Any, name: str) -> None:
        pass
