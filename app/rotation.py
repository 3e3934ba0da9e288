"""Another sealing key for everything that is sealed (D01): under load, in batches, without losing a write.

A value is replaced only where the database still holds the text that was read, so whatever somebody
writes meanwhile stays; it is sealed under the current key already, or found by the next look.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Column, ColumnElement, String, Table, literal, select, type_coerce, update

from .database import read_only, writing
from .extensions import db
from .models import User
from .protection import Sealed, Tampered, keyring, seal, unseal

BATCH = 500
# Whole texts, sealed by whoever writes them.
TEXTS = ("help_request.content", "case_entry.content", "draft.content")
# Sealed files that can be made again, by the column of their key, with their folder and what else is emptied:
# under another key they are let go.
FILES: dict[str, tuple[str, dict[str, None]]] = {
    "printed_form.file": ("printed", {}),
    "package.file": ("packages", {"under": None}),
}


@dataclass(frozen=True)
class Place:
    """A column of sealed values, as the database holds them."""

    name: str
    table: Table
    column: Column[Any]

    @property
    def key(self) -> Column[Any]:
        (key,) = self.table.primary_key.columns
        return key

    @property
    def text(self) -> ColumnElement[str]:
        return type_coerce(self.column, String)


def places() -> list[Place]:
    """Every column that holds sealed values."""
    tables = User.metadata.sorted_tables
    return [
        Place(f"{table.name}.{column.name}", table, column)
        for table in tables
        for column in table.columns
        if isinstance(column.type, Sealed) or f"{table.name}.{column.name}" in TEXTS
    ]


def unreadable() -> Iterator[str]:
    """Each value that no key of the ring opens, named by its place and row."""
    with read_only():
        for place in places():
            query = select(place.key, place.text).where(place.column.is_not(None), place.text != "")
            for pk, stored in db.session.execute(query.execution_options(yield_per=BATCH)):
                try:
                    unseal(stored, place.name)
                except Tampered as error:
                    yield f"row {pk} of {error}"


def rotate() -> dict[str, int]:
    """Seal everything under the first key of the ring; how many values of each place were moved to it.

    Commits batch by batch: what was moved stays moved if it is interrupted, and it can be run again.
    Raises Tampered at a value that no key opens.
    """
    return {place.name: _rotate(place) for place in places()} | {name: _let_go(name) for name in FILES}


def _let_go(name: str) -> int:
    """Forms are drawn again, packages asked for again; a row changes only if it still names the file that was read."""
    folder, emptied = FILES[name]
    root = Path(current_app.config["PRIVATE_ROOT"]) / folder
    table = User.metadata.tables[name.partition(".")[0]]
    with read_only():
        rows = db.session.execute(select(table.c.id, table.c.file).where(table.c.file.is_not(None))).all()
        db.session.rollback()
    gone = 0
    for pk, key in rows:
        path = root / key[:2] / key
        if not path.is_file() or path.read_bytes().startswith(f"{keyring().current}.".encode()):
            continue
        with writing():
            free = update(table).where(table.c.id == pk, table.c.file == key).values(file=None, **emptied)
            gone += db.session.execute(free).rowcount  # type: ignore[attr-defined]
            db.session.commit()
        path.unlink(missing_ok=True)
    return gone


def _rotate(place: Place) -> int:
    moved = 0
    while rows := _under_another_key(place):
        fresh = [(pk, stored, seal(unseal(stored, place.name), place.name)) for pk, stored in rows]
        with writing():
            moved += sum(_replace(place, *each) for each in fresh)
            db.session.commit()
    return moved


def _under_another_key(place: Place) -> list[tuple[Any, str]]:
    with read_only():
        rows = db.session.execute(
            select(place.key, place.text)
            .where(
                place.column.is_not(None), place.text != "", ~place.text.startswith(f"{keyring().current}.")
            )
            .order_by(place.key)
            .limit(BATCH)
        ).all()
        db.session.rollback()
    return [(pk, stored) for pk, stored in rows]


def _replace(place: Place, pk: Any, stored: str, fresh: str) -> int:
    done: int = db.session.execute(
        update(place.table)
        .where(place.key == pk, place.text == stored)
        .values({place.column: literal(fresh, String)})
    ).rowcount  # type: ignore[attr-defined]
    return done
