"""Inputs that say in the house's words what is wrong with them (screens.md 6)."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import DateField, DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from ..clock import SHANGHAI
from ..vocabulary import Word

EARLIEST, LATEST = 1900, 2200


def normal(text: str | None) -> str:
    """What was typed, as the database can keep it: one kind of line break, no NUL, no blanks around."""
    return (text or "").replace("\r\n", "\n").replace("\0", "").strip()


def number_in(text: str | None) -> int | None:
    """The whole number that a query or a form holds; None for what is none or what no column could keep."""
    typed = text or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


class Limited:
    """An upper limit in characters, counted as the page counts them."""

    def __init__(
        self,
        label: Any,
        limit: int,
        *,
        empty: Any = None,
        checks: Sequence[Any] = (),
        hint: Any = "",
        **kwargs: Any,
    ) -> None:
        needed = [DataRequired(empty)] if empty else []
        super().__init__(  # type: ignore[call-arg]
            label, [*needed, self._within, *checks], filters=[normal], description=hint, **kwargs
        )
        self.limit = limit

    def _within(self, form: Any, field: Any) -> None:
        over = len(field.data or "") - self.limit
        if over > 0:
            raise ValidationError(
                _(
                    "%(field)s超出 %(over)s 字，上限 %(limit)s 字",
                    field=field.label.text,
                    over=over,
                    limit=self.limit,
                )
            )


class Line(Limited, StringField):
    """One line of text."""


class Paragraph(Limited, TextAreaField):
    """Several lines; the page counts the characters that are left."""


class Day(DateField):
    """A near date, chosen natively or typed as 2026-09-30."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data, self.raw_data = None, [typed]  # blanks are nothing, for InputRequired too
        if typed:
            try:
                self.data = date.fromisoformat(typed)
            except ValueError:
                raise ValueError(_("%(field)s应为 2026-09-30 这样的日期", field=self.label.text)) from None


class LocalMoment(DateTimeLocalField):
    """A point in time to the minute, as people of Kunming say it; `data` carries the time zone."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self._shown(self.data)

    def _shown(self, moment: datetime | None) -> str:
        return f"{moment:%Y-%m-%dT%H:%M}" if moment else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data, self.raw_data = None, [typed]  # blanks are nothing, for InputRequired too
        if typed and typed == self._shown(self.object_data):
            self.data = self.object_data  # not touched: its seconds stay
        elif typed:
            try:
                self.data = datetime.fromisoformat(typed).replace(tzinfo=SHANGHAI)
                if not EARLIEST <= self.data.year <= LATEST:
                    raise ValueError
            except ValueError:
                self.data = None
                raise ValueError(
                    _("%(field)s应为 2026-09-30 18:00 这样的时间", field=self.label.text)
                ) from None


class Pick(SelectField):
    """One of a list that is read when the page is made; none of them is chosen beforehand."""

    def __init__(
        self,
        label: Any,
        options: Callable[[], list[SelectChoice]],
        *,
        empty: Any,
        hint: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            label,
            [DataRequired(empty)],
            choices=lambda: [SelectChoice("", _("请选择")), *options()],
            invalid_choice_message=empty,
            description=hint,
            **kwargs,
        )


def words(vocabulary: type[Word]) -> list[SelectChoice]:
    """A vocabulary as options, in the person's language."""
    return [SelectChoice(each.value, _(each.label)) for each in vocabulary]
