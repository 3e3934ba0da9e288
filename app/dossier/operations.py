"""The only writers of a person's dossier. Whose row it is, is the view's to ask of policy.

Every verb first asks whether the dossier may change now, under the same locks that submission takes,
so that nothing slips in behind a snapshot. A refusal is a DomainError and has changed nothing.
"""

from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from ..accounts import employment
from ..errors import AlreadyRecorded, NotNothing, OrderChanged, RecordChanged
from ..extensions import db
from ..models import (
    NothingToDeclare,
    Person,
    Round,
    SectionRow,
    Unit,
    fields_of,
)
from .completeness import required_slugs
from .layout import write
from .locks import require_editable, require_unit_free
from .said import Said


def save_person(person: Person, values: dict[str, Any], *, seen: int) -> None:
    """Save what was typed of 个人信息, complete or not (PRO-01). May raise RecordChanged."""
    require_editable(person)
    _write(person, values, seen)


def choose_unit(person: Person, unit: Unit, *, by: User, at: datetime) -> None:
    """Name the unit the person works for (UNI-09, APP-12): it is asked to confirm, the former one sees him no more.

    Choosing the same unit again keeps what it has said already.
    """
    require_unit_free(person)
    employment.ask(person, unit, by=by, at=at)
    flush()


def add_record(person: Person, model: type[SectionRow], values: dict[str, Any]) -> SectionRow:
    """Append a record to a section; an earlier 本人没有此项 no longer holds."""
    require_editable(person)
    last = db.session.scalar(select(func.max(model.position)).where(model.owner_id == person.id))
    record = model(owner_id=person.id, position=0 if last is None else last + 1)
    write(record, values)
    refuse_repeated(record)
    db.session.add(record)
    forget_nothing(person, model)
    flush()
    return record


def change_record(person: Person, record: SectionRow, values: dict[str, Any], *, seen: int) -> None:
    """Save a record over the version that was seen; RecordChanged if it is another one by now (E02)."""
    require_editable(person)
    _write(record, values, seen)


def move_record(person: Person, record: SectionRow, by: int) -> None:
    """Move a record up (-1) or down (+1); at an end it stays. The order is the order of the form."""
    require_editable(person)
    model = type(record)
    ids = ids_in_order(model, person)
    here = ids.index(record.id)
    there = min(max(here + by, 0), len(ids) - 1)
    ids.insert(there, ids.pop(here))
    renumber(model, ids)


def order_page(person: Person, model: type[SectionRow], ids: list[int], *, first: int, size: int) -> None:
    """Put the records of one page of the list into this order; OrderChanged unless these are its records."""
    require_editable(person)
    order = ids_in_order(model, person)
    page = slice(first, first + size)
    if sorted(ids) != sorted(order[page]):
        raise OrderChanged
    order[page] = ids
    renumber(model, order)


def answer_nothing(person: Person, model: type[SectionRow], is_nothing: bool, round_: Round | None) -> None:
    """Answer 本人没有此项, or take the answer back. Refused where the section is required or has records."""
    require_editable(person)
    forget_nothing(person, model)
    if not is_nothing:
        return
    slug = model.section.slug
    if slug in required_slugs(round_) or ids_in_order(model, person):
        raise NotNothing(section=lazy_gettext(model.section.title))
    db.session.add(NothingToDeclare(owner_id=person.id, slug=slug))
    db.session.flush()


def _write(row: Person | SectionRow, values: dict[str, Any], seen: int) -> None:
    # The version is part of the UPDATE: a save in this very moment makes it find no row.
    if row.version != seen:
        raise RecordChanged
    with db.session.no_autoflush:
        write(row, values)
        if isinstance(row, SectionRow):
            refuse_repeated(row)
    flush()


def refuse_repeated(record: SectionRow) -> None:
    """What a section may hold once only (a year's assessment) is said before the database says it."""
    model = type(record)
    for declared in fields_of(model):
        if not is_once(model, declared.name):
            continue
        column = getattr(model, declared.name)
        value = getattr(record, declared.name)
        query = select(model.id).where(model.owner_id == record.owner_id, column == value)
        if record.id is not None:
            query = query.where(model.id != record.id)
        if db.session.scalar(query.limit(1)):
            raise AlreadyRecorded(declared.name, label=Said(declared.label), value=value)


def is_once(model: type[SectionRow], name: str) -> bool:
    """Whether a section holds a value of this field once only."""
    return any(
        {column.key for column in getattr(constraint, "columns", ())} == {"owner_id", name}
        for constraint in model.__table__.constraints
    )


def flush() -> None:
    """A row that another request changed or added in this very moment counts as changed elsewhere."""
    try:
        db.session.flush()
    except (StaleDataError, IntegrityError) as error:
        raise RecordChanged from error


def forget_nothing(person: Person, model: type[SectionRow]) -> None:
    db.session.execute(
        delete(NothingToDeclare).where(
            NothingToDeclare.owner_id == person.id, NothingToDeclare.slug == model.section.slug
        )
    )


def ids_in_order(model: type[SectionRow], person: Person) -> list[int]:
    """The person's records in their order."""
    return list(
        db.session.scalars(
            select(model.id).where(model.owner_id == person.id).order_by(model.position, model.id)
        )
    )


def renumber(model: type[SectionRow], ids: list[int]) -> None:
    """Dense positions, without touching the versions: an open form of a moved record still saves."""
    for position, row_id in enumerate(ids):
        db.session.execute(
            update(model)
            .where(model.id == row_id, model.position != position)
            .values(position=position)
            .execution_options(synchronize_session=False)
        )
