"""Column types and short-hands shared by all tables."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Enum, ForeignKey, String
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from ..clock import SHANGHAI
from ..vocabulary import Word


class Moment(TypeDecorator[datetime]):
    """A point in time: stored as UTC on every database, read back in Asia/Shanghai."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC).astimezone(SHANGHAI)


def last_minute(end: datetime) -> str:
    """The end of a window in the official wording: midnight, which is over, is 24:00 of the day before (E05)."""
    if end.timetz().replace(tzinfo=None) == time():
        return f"{end - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{end:%Y-%m-%d %H:%M}"


def word(vocabulary: type[Word], check: str | None = None) -> Enum:
    """A vocabulary's value as checked text: the database refuses any other word.

    `check` names the constraint where a table has two columns of one vocabulary.
    """
    return Enum(
        vocabulary,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=30,
        name=check or vocabulary.__name__.lower(),
        values_callable=lambda words: [each.value for each in words],
    )


def sought(length: int) -> TypeEngine[str]:
    """Text that lists sort by and find by its beginning: in the order of its code points on every database."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def to(table: str, **kwargs: Any) -> Any:
    """A foreign key with its index."""
    ondelete = kwargs.pop("ondelete", None)
    kwargs.setdefault("index", True)
    return mapped_column(ForeignKey(f"{table}.id", ondelete=ondelete), **kwargs)


Pk = Annotated[int, mapped_column(primary_key=True)]
Name = Annotated[str, mapped_column(String(100))]
Text2000 = Annotated[str, mapped_column(String(2000))]
Json = Annotated[list[Any], mapped_column(JSON)]
