"""Inputs that are looked up while one types: a leaf of a catalogue, a title, a committee (PRO-08, SEC-01).

Each is a text box first. static/js/lookup.js offers what the server finds; without scripts the server
answers a text it cannot place with candidates to choose from, below what was typed.
"""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from ..extensions import db
from ..models.fields import Field
from ..vocabulary import N_
from .fields import TextField, Typed
from .suggestions import is_listed, near_names, search, source_of
from .trees import CANDIDATES, TREES, Found, find_leaf

PICK, OTHER = "-pick", "-other"


class LookupWidget(TextInput):
    """A text input that says where it is looked up, and below it the candidates to choose from."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        address = url_for("LookupView.find", source=source_of(field.declared))
        kwargs |= {"data-lookup": address, "data-lookup-none": _(field.none_found), "autocomplete": "off"}
        return super().__call__(field, **kwargs) + _candidates(field)


def _candidates(field: Any) -> Markup:
    if not field.candidates:
        return Markup("")
    choices = Markup("").join(
        Markup(
            '<div class="choice"><input type="radio" id="{0}-pick-{1}" name="{2}" value="{3}">'
            '<label for="{0}-pick-{1}">{3}</label></div>'
        ).format(field.id, place, f"{field.name}{PICK}", text)
        for place, text in enumerate(field.candidates)
    )
    legend = _("选择%(field)s，或修改上面填写的内容", field=_(field.declared.label))
    return Markup('<fieldset class="candidates"><legend>{}</legend>{}</fieldset>').format(legend, choices)


class LookedUp(Typed):
    """What the inputs of this module share: candidates, of which a chosen one stands for the text."""

    widget = LookupWidget()
    none_found = N_("没有找到，换一个关键字")

    def __init__(self, declared: Field, must: bool, **kwargs: Any) -> None:
        super().__init__(declared, must, **kwargs)
        self.candidates: tuple[str, ...] = ()

    def process(self, formdata: Any, data: Any = unset_value, **kwargs: Any) -> None:
        super().process(formdata, data, **kwargs)
        chosen = formdata.get(f"{self.name}{PICK}", "") if formdata is not None else ""
        if chosen:
            self.process_formdata([chosen])


class TreeField(LookedUp):
    """A leaf of a catalogue by its path or by its own name; the value is the leaf's id (PRO-08)."""

    found: Found

    def written(self, value: Any) -> str:
        leaf = db.session.get(TREES[self.declared.tree], value) if value is not None else None
        return leaf.path if leaf else ""

    def meant(self, text: str) -> int | None:
        self.found = find_leaf(self.declared.tree, text)
        return self.found.leaf.id if self.found.leaf else None

    def check(self) -> None:
        if self.found.leaf:
            return
        self.candidates = self.found.candidates
        if self.candidates:
            message = N_("“%(typed)s”对应不到唯一的%(field)s，在下面选择一项，或写得更具体")
        else:
            message = N_("目录中没有“%(typed)s”，换一个关键字查找%(field)s")
        raise StopValidation(self.say(message, typed=self.typed))


class SuggestField(LookedUp, TextField):
    """Free text for which names are offered."""

    none_found = N_("列表中没有，可以直接填写全称")


class ListedWidget(LookupWidget):
    """The text, and beside it the tick for a name that the list does not hold."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        box = Markup(
            '<div class="choice"><input type="checkbox" id="{0}{1}" name="{2}{1}" value="y"{3}>'
            '<label for="{0}{1}">{4}</label></div>'
        ).format(
            field.id, OTHER, field.name, Markup(" checked") if field.is_other else "", _(field.declared.other)
        )
        return super().__call__(field, **kwargs) + box


class ListedField(SuggestField):
    """A name of a list; another one only with the tick 其他, so that a misspelt name is noticed (SEC-01)."""

    widget = ListedWidget()
    none_found = N_("列表中没有，写全称并勾选“其他”")
    is_other = False

    def process(self, formdata: Any, data: Any = unset_value, **kwargs: Any) -> None:
        super().process(formdata, data, **kwargs)
        if formdata is not None:
            self.is_other = f"{self.name}{OTHER}" in formdata and f"{self.name}{PICK}" not in formdata
        else:
            self.is_other = bool(self.data) and not is_listed(self.declared.suggest, str(self.data))

    def check(self) -> None:
        super().check()
        typed, source = self.typed or "", self.declared.suggest
        if self.is_other or is_listed(source, typed):
            return
        near = search(source, typed, CANDIDATES) or near_names(source, typed, CANDIDATES)
        self.candidates = tuple(near)
        chosen = N_("在下面选择一项") if near else N_("换一个关键字从列表中选择")
        raise StopValidation(
            self.say(
                N_("目录中没有“%(typed)s”。%(choose)s；确认%(field)s全称无误的，勾选“%(other)s”"),
                typed=typed,
                choose=_(chosen),
                other=_(self.declared.other),
            )
        )
