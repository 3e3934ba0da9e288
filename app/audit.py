"""The record of who did what: who, as what, for whom, when, what, on what, from where (D08, D09).

An entry is part of the transaction it describes: without it nothing is committed. When the transaction
commits, its entries are linked to the chain under the lock of the one AuditHead row, each with a MAC over
itself and the line before; the key lies outside the database. A request that changed something and
recorded nothing itself gets one entry named after its address.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from . import clock
from .database import writing
from .extensions import db
from .models import AuditEntry, AuditHead, SignIn
from .protection import keyring
from .vocabulary import Result, Role

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
CHANGED, TOUCHED = "audit_changed", "audit_touched"
# Rows that note a change or count tries; writing them is no change of its own.
UNREMARKABLE = (AuditEntry, AuditHead, SignIn)


@dataclass(frozen=True)
class Actor:
    """Who is behind a request: nobody where `user_id` is None. `doing` names its address (`View.method`)."""

    user_id: int | None = None
    role: Role | None = None
    organisation_id: int | None = None
    address: str = ""
    doing: str = ""
    object_id: str = ""


_actor: ContextVar[Callable[[], Actor] | None] = ContextVar("actor", default=None)


def set_actor(actor: Callable[[], Actor] | None) -> None:
    """Say who acts for the rest of this context; asked when an entry is written. None: a command, a test."""
    _actor.set(actor)


def record(
    action: str,
    row: Any = None,
    *,
    at: datetime,
    by_id: int | None = None,
    result: Result = Result.DONE,
    detail: str = "",
    before: str = "",
    after: str = "",
    object_type: str = "",
    object_id: object = "",
) -> AuditEntry:
    """Add an entry to the caller's transaction. `row` is what it is about, unless named by type and id.

    `by_id` is the account that acted where that is not the one behind the request. Before and after
    are digests (`digest_of`), the detail names things; neither may hold what a person typed.
    """
    actor = _acting()
    entry = AuditEntry(
        at=at,
        by_id=by_id if by_id is not None else actor.user_id,
        role=actor.role,
        organisation_id=actor.organisation_id,
        action=action,
        object_type=object_type or (type(row).__name__ if row is not None else ""),
        object_id=str(object_id or (_key_of(row) if row is not None else "")),
        result=result,
        address=actor.address,
        before=before,
        after=after,
        detail=detail[:1000],
    )
    db.session.add(entry)
    return entry


def record_apart(action: str, *, at: datetime, **given: Any) -> None:
    """Record in a transaction of its own, committed before this returns: for what only reads or was refused.

    The caller's session must hold no writing transaction.
    """
    actor = _acting()
    given = {"by_id": actor.user_id, "result": Result.DONE, "detail": "", **given}
    given["object_id"] = str(given.get("object_id", ""))
    given.setdefault("object_type", "")
    with writing(), Session(db.engine) as session:
        entry = AuditEntry(
            at=at,
            action=action,
            role=actor.role,
            organisation_id=actor.organisation_id,
            address=actor.address,
            before="",
            after="",
            **given,
        )
        session.add(entry)
        session.flush()
        session.info["audit_new"] = [entry]
        _link(session)
        session.commit()


def digest_of(values: dict[str, Any]) -> str:
    """A keyed digest of named values: equal values are equal, and nothing can be guessed from it."""
    text = json.dumps(values, sort_keys=True, default=_plain, ensure_ascii=False)
    return hmac.new(keyring().audit, f"values:{text}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Fault:
    """A line that is not what was recorded."""

    position: int | None
    what: str


def verify(anchors: dict[int, str] | None = None) -> Iterator[Fault]:
    """Every fault of the chain: changed, removed, inserted, reordered or cut-off lines.

    `anchors` are positions with their MACs kept elsewhere: they show a chain cut off together with its head.
    """
    expected, previous = 1, ""
    rows = db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.position, AuditEntry.id).execution_options(yield_per=500)
    )
    unlinked = []
    found: dict[int, str] = {}
    for row in rows:
        if row.position is None or row.mac is None:
            unlinked.append(row.id)
            continue
        if row.position != expected:
            yield Fault(row.position, f"position {expected} is missing before it")
        if row.mac != _mac(row, row.position, previous):
            yield Fault(row.position, "is not what was recorded, or its predecessor is not")
        found[row.position] = previous = row.mac
        expected = row.position + 1
    for pk in unlinked:
        yield Fault(None, f"row {pk} was inserted beside the chain")
    head = db.session.scalars(select(AuditHead)).one_or_none()
    if head is None or (head.position, head.mac) != (expected - 1, previous):
        yield Fault(expected - 1, "is not where the chain ended")
    for position, mac in (anchors or {}).items():
        if found.get(position) != mac:
            yield Fault(position, "differs from the anchor kept elsewhere")


def head() -> tuple[int, str]:
    """The last position and its MAC, to be kept elsewhere."""
    row = db.session.scalars(select(AuditHead)).one()
    return row.position, row.mac


def _acting() -> Actor:
    actor = _actor.get()
    return actor() if actor else Actor()


def mac_of(values: dict[str, Any], position: int, previous: str) -> str:
    """The MAC of a line with these values of CHAINED at its place behind `previous`."""
    text = json.dumps([position, previous, *(_plain(values[name]) for name in CHAINED)], ensure_ascii=False)
    return hmac.new(keyring().audit, text.encode(), hashlib.sha256).hexdigest()


def _mac(entry: AuditEntry, position: int, previous: str) -> str:
    return mac_of({name: getattr(entry, name) for name in CHAINED}, position, previous)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, int | float) else str(value)


def _key_of(row: Any) -> Any:
    key = inspect(row).mapper.primary_key_from_instance(row)
    if key[0] is None:
        db.session.flush()
        key = inspect(row).mapper.primary_key_from_instance(row)
    return key[0]


def _link(session: Session) -> None:
    """Give the new entries of this transaction their places in the chain."""
    entries = session.info.pop("audit_new", [])
    if not entries:
        return
    head = session.scalars(
        select(AuditHead).with_for_update().execution_options(populate_existing=True)
    ).one()
    position, previous = head.position, head.mac
    for entry in sorted(entries, key=lambda each: each.id):
        position += 1
        previous = _mac(entry, position, previous)
        session.execute(
            update(AuditEntry)
            .where(AuditEntry.id == entry.id)
            .values(position=position, mac=previous)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(AuditHead)
        .where(AuditHead.id == head.id)
        .values(position=position, mac=previous)
        .execution_options(synchronize_session=False)
    )


def _remember(session: Session, _context: UOWTransaction) -> None:
    """After a flush: the new entries, and what else was written."""
    session.info.setdefault("audit_new", []).extend(
        each for each in session.new if isinstance(each, AuditEntry)
    )
    touched = [
        each
        for group in (session.new, session.dirty, session.deleted)
        for each in group
        if not isinstance(each, UNREMARKABLE)
    ]
    if touched:
        session.info[CHANGED] = True
        before, after = session.info.setdefault(TOUCHED, ({}, {}))
        for each in touched:
            _note_values(each, before, after)


def _note_values(row: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    state = inspect(row)
    name = f"{type(row).__name__}:{state.identity or ''}"
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if history.has_changes():
            before.setdefault(f"{name}.{attribute.key}", _text(history.deleted))
            after[f"{name}.{attribute.key}"] = _text(history.added)


def _text(values: Any) -> str:
    return "" if not values else str(_plain(values[0]))


def _note_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        mapper = state.bind_mapper
        if mapper is None or mapper.class_ not in UNREMARKABLE:
            state.session.info[CHANGED] = True


def _complete(session: Session) -> None:
    """Before a commit: one entry at least for a request that changed something, then the chain."""
    if session.in_nested_transaction():
        return
    session.flush()
    actor = _actor.get()
    if session.info.get(CHANGED) and not session.info.get("audit_new") and actor is not None:
        acting = actor()
        before, after = session.info.get(TOUCHED, ({}, {}))
        record(
            acting.doing,
            at=clock.now(),
            object_type=acting.doing.partition(".")[0],
            object_id=acting.object_id,
            before=digest_of(before) if before else "",
            after=digest_of(after) if after else "",
            detail=", ".join(sorted({name.partition(":")[0] for name in after})),
        )
        session.flush()
    _link(session)
    _forget(session)


def _forget(session: Session, *_previous: object) -> None:
    for key in ("audit_new", CHANGED, TOUCHED):
        session.info.pop(key, None)


def listen() -> None:
    """Called once, when the app is made."""
    for name, what in (
        ("after_flush", _remember),
        ("do_orm_execute", _note_statement),
        ("before_commit", _complete),
        ("after_rollback", _forget),
    ):
        if not event.contains(db.session, name, what):
            event.listen(db.session, name, what)
