"""The chain of the record: each line carries a MAC over itself, its place and the MAC before it (D08).

Lines are linked under the lock of the one AuditHead row when their transaction commits. The key lies
outside the database, so whoever can write rows cannot write lines.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import String, bindparam, inspect, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from .extensions import db
from .models import AuditEntry, AuditHead
from .protection import keyring

CHAINED = (
    "id",
    "at",
    "by_id",
    "role",
    "organisation_id",
    "action",
    "object_type",
    "object_id",
    "result",
    "address",
    "before",
    "after",
    "detail",
)
FETCHED = 2000
_entry, _head = AuditEntry.__table__, AuditHead.__table__
_LAST = select(_head.c.id, _head.c.position, _head.c.mac).with_for_update()
_PLACE = (
    update(_entry)
    .where(_entry.c.id == bindparam("entry"))
    .values({name: bindparam(name) for name in ("before", "after", "position", "mac")})
)
_HEAD = (
    update(_head)
    .where(_head.c.id == bindparam("head"))
    .values({name: bindparam(name) for name in ("position", "mac")})
)


class Kind(StrEnum):
    """What can be wrong with the record, in the words of the command; an auditor's page has its own."""

    BESIDE = "row %(row)s was inserted beside the chain"
    TAKEN = "row %(row)s was inserted at a place that was taken"
    MISSING = "is missing"
    MISSING_UP_TO = "is missing, and all up to %(last)s"
    CHANGED = "is not what was recorded, or the line before it is not"
    ANCHOR = "differs from the anchor kept elsewhere"
    END = "the chain does not end where its head says"
    GONE = "is gone, and an anchor kept elsewhere knows it"


@dataclass(frozen=True)
class Fault:
    """A place where the record is not what was recorded. `row` and `last` belong to the kinds that name them."""

    position: int | None
    kind: Kind
    row: object = None
    last: int | None = None

    def __str__(self) -> str:
        where = f"line {self.position}" if self.position is not None else "the record"
        return f"{where}: {self.kind.value % {'row': self.row, 'last': self.last}}"


def mac_of(values: Mapping[str, Any], position: int, previous: str) -> str:
    """The MAC of a line with these values of CHAINED at its place behind `previous`."""
    text = json.dumps([position, previous, *(plain(values[name]) for name in CHAINED)], ensure_ascii=False)
    return hmac.new(keyring().audit, text.encode(), hashlib.sha256).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON has it, the same on every database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, int | float) else str(value)


def link(session: Session, entries: list[AuditEntry]) -> None:
    """Give the new entries of this transaction their places; those of a rolled back savepoint are gone."""
    kept = sorted((each for each in entries if inspect(each).persistent), key=lambda each: each.id)
    if not kept:
        return
    connection, places = session.connection(), []
    head, position, previous = connection.execute(_LAST).one()
    for entry in kept:
        position += 1
        previous = mac_of({name: getattr(entry, name) for name in CHAINED}, position, previous)
        written = {"before": entry.before, "after": entry.after, "position": position, "mac": previous}
        places.append({"entry": entry.id, **written})
    connection.execute(_PLACE, places)
    connection.execute(_HEAD, {"head": head, "position": position, "mac": previous})


def head() -> tuple[int, str]:
    """The last position and its MAC, to be kept elsewhere."""
    row = db.session.execute(select(AuditHead.position, AuditHead.mac)).one()
    return row.position, row.mac


def length() -> int:
    """How many lines there are, by the head alone."""
    return db.session.scalar(select(AuditHead.position)) or 0


def verify(anchors: Mapping[int, str] | None = None, *, last: int | None = None) -> Iterator[Fault]:
    """Every fault of the chain: changed, removed, inserted, reordered or cut-off lines.

    `anchors` are positions with their MACs kept elsewhere: they show a chain cut off together with its
    head. `last` looks at so many of the newest lines only. Reads one state of the database, whoever
    writes meanwhile; the caller's session holds no transaction. Values are compared as stored, so that
    one which no program would write is found too.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    awaited = dict(anchors or {})
    expected, previous = _start(last)
    for row in db.session.execute(_stored(expected)).mappings():
        position, mac = row["position"], row["mac"]
        if not isinstance(position, int) or not mac:
            yield Fault(None, Kind.BESIDE, row=row["id"])
            continue
        if position < expected:
            yield Fault(position, Kind.TAKEN, row=row["id"])
            continue
        if position > expected:
            kind = Kind.MISSING if position == expected + 1 else Kind.MISSING_UP_TO
            yield Fault(expected, kind, last=position - 1)
        if mac != _mac_as_stored(dict(row), position, previous):
            yield Fault(position, Kind.CHANGED)
        if awaited.pop(position, mac) != mac:
            yield Fault(position, Kind.ANCHOR)
        expected, previous = position + 1, mac
    ends = db.session.execute(select(AuditHead.position, AuditHead.mac)).all()
    if len(ends) != 1 or tuple(ends[0]) != (expected - 1, previous):
        yield Fault(expected, Kind.END)
    for position in sorted(awaited):
        yield Fault(position, Kind.GONE)
    db.session.rollback()


def _start(last: int | None) -> tuple[int, str]:
    """The first position to look at, and the MAC before it."""
    first = max(1, length() - last + 1) if last else 1
    before = select(AuditEntry.mac).where(AuditEntry.position == first - 1)
    return first, (db.session.scalar(before) or "") if first > 1 else ""


def _stored(first: int) -> Any:
    """The columns as the database holds them; a word outside the vocabulary must not stop the search."""
    table = AuditEntry.__table__
    texts = ("at", "role", "result")
    columns = [
        type_coerce(table.c[name], String).label(name) if name in texts else table.c[name]
        for name in (*CHAINED, "position", "mac")
    ]
    is_asked = or_(table.c.position.is_(None), table.c.position >= first)
    query = select(*columns).where(is_asked).order_by(table.c.position, table.c.id)
    return query.execution_options(yield_per=FETCHED)


def _mac_as_stored(row: dict[str, Any], position: int, previous: str) -> str | None:
    try:
        at = row["at"]
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        return mac_of({**row, "at": moment.replace(tzinfo=UTC)}, position, previous)
    except (ValueError, AttributeError):
        return None
