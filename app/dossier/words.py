"""A tick beside an input that stands for a word of the manual: 至今, 进行中, 无, 未发表.

It works by itself; static/js/ticks.js only keeps tick and text from contradicting each other.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.widgets import TextInput

from ..models.fields import Field


@dataclass(frozen=True)
class Tick:
    """`kind` ends the box's name: NAME-empty (no value, that is what the word means) or NAME-word."""

    kind: str
    label: str
    is_set: bool


class WordWidget(TextInput):
    """The text input, and under it the field's tick."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        tick: Tick = field.tick
        box = Markup(
            '<div class="choice"><input type="checkbox" id="{0}-{2}" name="{1}-{2}" value="y" data-tick="{0}"{3}>'
            '<label for="{0}-{2}">{4}</label></div>'
        ).format(field.id, field.name, tick.kind, Markup(" checked") if tick.is_set else "", tick.label)
        return super().__call__(field, **kwargs) + box


def word_of(declared: Field) -> str:
    """The word, and what it entails for another field where it does (SEC-10, SEC-11)."""
    word = _(declared.word)
    return _("%(word)s（%(note)s）", word=word, note=_(declared.word_note)) if declared.word_note else word
