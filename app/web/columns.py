"""What a column is on a generated screen: an input, a way to search, a way to show it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Enum,
    Integer,
    String,
    inspect,
    select,
)
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from wtforms import BooleanField, Form, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from ..extensions import db
from ..models.columns import Moment
from ..protection import Sealed
from ..vocabulary import Word
from . import shell
from .choices import ANY, RowField, WholeNumber, WordField, YesNoField
from .fields import Day, Line, LocalMoment, Paragraph, normal

REQUIRED = _l("不能为空，填写后再保存")
TAKEN = _l("已被其他记录使用，换一个")
LONG_TEXT, LONG_LINE = 20_000, 200


def is_relation(model: type, name: str) -> bool:
    return isinstance(inspect(model).attrs[name], RelationshipProperty)


def form_of(
    model: type, names: list[str], labels: Mapping[str, Any], hints: Mapping[str, Any], own: Mapping[str, Any]
) -> type[FlaskForm]:
    """A form class of these columns; `own` holds the fields that a column alone does not explain."""
    fields = {
        name: own[name] if name in own else _input(model, name, labels[name], hints.get(name, ""))
        for name in names
    }
    return type("ScreenForm", (FlaskForm,), fields)


def _input(model: type, name: str, label: Any, hint: Any) -> Any:
    column = column_of(model, name)
    kind = column.type
    has_blank = isinstance(kind, String) and not isinstance(kind, Enum) and column.default is not None
    needed = not column.nullable and not has_blank
    checks: list[Any] = [InputRequired(REQUIRED) if needed else Optional()]
    if column.unique:
        checks.append(Unused(model, name))
    about = {"label": label, "description": hint, "default": _default(column)}
    if is_relation(model, name):
        return RowField(validators=checks, rows=_rows_of(model, name), **about)
    if isinstance(kind, Enum):
        return WordField(validators=checks, words=_words_of(kind), **about)
    if isinstance(kind, Moment):
        return LocalMoment(validators=checks, **about)
    if isinstance(kind, Boolean):
        return BooleanField(**about)
    if isinstance(kind, Date):
        return Day(validators=checks, **about)
    if isinstance(kind, Integer):
        return WholeNumber(validators=checks, **about)
    assert isinstance(kind, String | Sealed), f"{model.__name__}.{name} needs a field of its own"
    limit = (kind.plain_length if isinstance(kind, Sealed) else kind.length) or LONG_TEXT
    shape = Paragraph if limit > LONG_LINE else Line
    return shape(label, limit, empty=REQUIRED if needed else None, checks=checks[1:], hint=hint)


def _words_of(kind: Enum) -> type[Word]:
    return cast(type[Word], kind.enum_class)


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None


def column_of(model: type, name: str) -> Column[Any]:
    """The column behind a name; of a relation, its foreign key."""
    attribute: Any = inspect(model).attrs[name]
    columns = (
        attribute.local_columns if isinstance(attribute, RelationshipProperty) else attribute.columns[:1]
    )
    (column,) = columns
    return cast(Column[Any], column)


def _rows_of(model: type, name: str) -> Callable[[], list[Any]]:
    target: Any = inspect(model).relationships[name].mapper.class_
    return lambda: list(db.session.scalars(select(target).order_by(target.id)))


class Unused:
    """No other row has this value; the database says so too, but cannot point at the input."""

    def __init__(self, model: type, name: str) -> None:
        self.model, self.name = model, name

    def __call__(self, form: Any, field: Any) -> None:
        key: Any = inspect(self.model).primary_key[0]
        with db.session.no_autoflush:
            found = db.session.scalar(
                select(key)
                .select_from(self.model)
                .where(getattr(self.model, self.name) == field.data)
                .limit(1)
            )
        if found is not None and found != getattr(form, "row_id", None):
            raise ValidationError(str(TAKEN))


def search_form_of(
    model: type, names: list[str], labels: Mapping[str, Any], own: Mapping[str, tuple[Any, Any]]
) -> type[Form]:
    """A form for the query string; `own` holds the inputs that do more than compare a column."""
    fields = {
        name: own[name][0] if name in own else _search_input(model, name, labels[name]) for name in names
    }
    return type("SearchForm", (Form,), fields)


def _search_input(model: type, name: str, label: Any) -> Any:
    kind = column_of(model, name).type
    if is_relation(model, name):
        return RowField(label, rows=_rows_of(model, name), empty=ANY)
    if isinstance(kind, Enum):
        return WordField(label, words=_words_of(kind), empty=ANY)
    if isinstance(kind, Boolean):
        return YesNoField(label)
    if isinstance(kind, Integer):
        return WholeNumber(label)
    if isinstance(kind, Date):
        return Day(label)
    return StringField(label, filters=[normal])


def clause_of(model: type, name: str, field: Any) -> ColumnElement[bool] | None:
    """The rows that fit what was searched for in one field; None where nothing was."""
    if field.data in (None, ""):
        return None
    if isinstance(field, RowField):
        return column_of(model, name) == field.row.id
    column = getattr(model, name)
    if isinstance(field, YesNoField):
        return column.is_(field.answer)  # type: ignore[no-any-return]
    if isinstance(column_of(model, name).type, String) and not isinstance(field, WordField):
        return column.icontains(field.data, autoescape=True)  # type: ignore[no-any-return]
    return column == field.data  # type: ignore[no-any-return]


def shown_by(model: type, name: str) -> Callable[[Any], str] | None:
    """How a value of this column is written on a page; None for what is shown as it is."""
    if name not in inspect(model).attrs or is_relation(model, name):
        return None
    kind = column_of(model, name).type
    if isinstance(kind, Enum):
        return shell.word
    if isinstance(kind, Boolean):
        return yes_no
    if isinstance(kind, Moment):
        return _moment
    if isinstance(kind, Date):
        return _day
    if isinstance(kind, JSON):
        return joined
    return None


NOTHING = "—"


def yes_no(value: bool | None) -> str:
    return _("是") if value else _("否")


def joined(values: list[Any] | None) -> str:
    return shell.listed(str(each) for each in values or ()) or NOTHING


def words(vocabulary: type[Word]) -> Callable[[list[str] | None], str]:
    """Shows a list of a vocabulary's values by their labels; an empty list means any."""

    def labels(values: list[str] | None) -> str:
        return shell.listed(_(each.label) for each in vocabulary if each in (values or ())) or _("不限")

    return labels


def _moment(value: datetime | None) -> str:
    return shell.moment(value) or NOTHING


def _day(value: date | None) -> str:
    return shell.day(value) or NOTHING
