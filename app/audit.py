"""The record of who did what: who, as what, for whom, when, what, on what, from where (D08, D09).

An entry is part of the transaction it describes: without it nothing is committed. When the transaction
commits, its entries are linked to the chain under the lock of the one AuditHead row, each with a MAC over
itself and the line before; the key lies outside the database. A request that changed something and
recorded nothing itself gets one entry named after its address. An entry that brings no digests of its own
gets those of all that its transaction has written.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BinaryExpression, BindParameter, event, inspect
from sqlalchemy import Result as Rows
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql import operators, visitors

from . import chain, clock
from .database import writing
from .extensions import db
from .models import AuditEntry, AuditHead, Draft, KnownDevice, SignIn
from .protection import keyring
from .vocabulary import Result, Role

NEW = "audit_new"
CHANGED, TOUCHED = "audit_changed", "audit_touched"
GONE = "deleted"
# Rows that note a change, count tries or hold what is not saved yet; writing them is no change of its own.
UNREMARKABLE = (AuditEntry, AuditHead, SignIn, KnownDevice, Draft)


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
_denied: ContextVar[bool] = ContextVar("denied", default=False)


def set_actor(actor: Callable[[], Actor] | None) -> None:
    """Say who acts for the rest of this context; asked when an entry is written. None: a command, a test."""
    _actor.set(actor)
    _denied.set(False)


def is_denial_recorded() -> bool:
    """Whether somebody has already said in this request that it was refused."""
    return _denied.get()


def record(action: str, row: Any = None, **given: Any) -> AuditEntry:
    """Add an entry to the caller's transaction; what can be said of it is what _entry() takes."""
    entry = _entry(action, row, **given)
    db.session.add(entry)
    return entry


def record_apart(action: str, row: Any = None, **given: Any) -> None:
    """Record in a transaction of its own, committed before this returns: for what only reads or was refused.

    The caller's session must hold no writing transaction.
    """
    entry = _entry(action, row, **given)
    with writing(), Session(db.engine) as session:
        session.add(entry)
        session.flush()
        chain.link(session, [entry])
        session.commit()


def _entry(
    action: str,
    row: Any,
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
    """`row` is what the entry is about, unless `object_type` and `object_id` name it.

    `by_id` is the account that acted where that is not the one behind the request. Before and after
    are digests (`digest_of`), the detail names things; neither may hold what a person typed.
    """
    if result is Result.DENIED:
        _denied.set(True)
    actor = _acting()
    return AuditEntry(
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


def digest_of(values: dict[str, Any]) -> str:
    """A keyed digest of named values: equal values are equal, and nothing can be guessed from it."""
    text = json.dumps(values, sort_keys=True, default=chain.plain, ensure_ascii=False)
    return hmac.new(keyring().audit, f"values:{text}".encode(), hashlib.sha256).hexdigest()


def _acting() -> Actor:
    actor = _actor.get()
    return actor() if actor else Actor()


def _key_of(row: Any) -> Any:
    key = inspect(row).mapper.primary_key_from_instance(row)
    if key[0] is None:
        db.session.flush()
        key = inspect(row).mapper.primary_key_from_instance(row)
    return key[0]


def _remember(session: Session, _context: UOWTransaction) -> None:
    """After a flush: the new entries, and what else was written."""
    session.info.setdefault(NEW, []).extend(each for each in session.new if isinstance(each, AuditEntry))
    changed = [each for each in session.dirty if session.is_modified(each)]
    touched = [
        each
        for group in (session.new, changed, session.deleted)
        for each in group
        if not isinstance(each, UNREMARKABLE)
    ]
    if touched:
        session.info[CHANGED] = True
        before, after = session.info.setdefault(TOUCHED, ({}, {}))
        for each in touched:
            _note_values(each, before, after, is_gone=each in session.deleted)


def _note_values(row: Any, before: dict[str, Any], after: dict[str, Any], *, is_gone: bool) -> None:
    state = inspect(row)
    name = f"{type(row).__name__}:{','.join(map(str, state.identity or ()))}"
    if is_gone:
        before |= {
            f"{name}.{key}": _text([value])
            for key, value in state.dict.items()
            if key in state.mapper.column_attrs
        }
        after[name] = GONE
        return
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if history.has_changes():
            before.setdefault(f"{name}.{attribute.key}", _text(history.deleted))
            after[f"{name}.{attribute.key}"] = _text(history.added)


def _text(values: Any) -> str:
    return "" if not values else str(chain.plain(values[0]))


def _note_statement(state: ORMExecuteState) -> Rows[Any] | None:
    """A guarded statement that found no row has changed nothing."""
    if not (state.is_insert or state.is_update or state.is_delete):
        return None
    mapper = state.bind_mapper
    if mapper is not None and mapper.class_ in UNREMARKABLE:
        return None
    done = state.invoke_statement()
    # What a statement with RETURNING gives back does not say how many rows there were.
    if getattr(done, "returns_rows", True) or done.rowcount != 0:  # type: ignore[attr-defined]
        state.session.info[CHANGED] = True
        _note_written(state, done)
    return done


def _note_written(state: ORMExecuteState, done: Any) -> None:
    """What a statement sets is what comes after; what its guard asks to be equal is what was before."""
    before, after = state.session.info.setdefault(TOUCHED, ({}, {}))
    mapper, statement = state.bind_mapper, cast(Any, state.statement)
    if mapper is None:
        return
    guards = _guards_of(statement)
    name = f"{mapper.class_.__name__}:{guards.pop('id', '')}"
    before |= {f"{name}.{key}": value for key, value in guards.items()}
    if state.is_delete:
        after[name] = GONE
        return
    for number, written in enumerate(_parameters(state, done)):
        place = name if number == 0 else f"{name}:{number}"
        after |= {
            f"{place}.{each.key}": _text([written[each.key]])
            for each in mapper.local_table.columns
            if each.key in written
        }


def _parameters(state: ORMExecuteState, done: Any) -> list[dict[str, Any]]:
    """The values of each row that was written. With RETURNING the result does not know them any more."""
    if isinstance(done.context, ExecutionContext):
        return cast(Any, done.context).compiled_parameters  # type: ignore[no-any-return]
    compiled = cast(Any, state.statement).compile(dialect=state.session.get_bind().dialect)
    given: Any = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
    return [{**compiled.params, **values} for values in given]


def _guards_of(statement: Any) -> dict[str, str]:
    """The columns that a statement's condition asks to be equal to a value, or to be empty."""
    condition = getattr(statement, "whereclause", None)
    found: dict[str, str] = {}
    for each in visitors.iterate(condition) if condition is not None else ():
        if not isinstance(each, BinaryExpression) or not hasattr(each.left, "key"):
            continue
        if each.operator is operators.eq and isinstance(each.right, BindParameter):
            found[str(each.left.key)] = _text([each.right.effective_value])
        elif each.operator is operators.is_:
            found[str(each.left.key)] = ""
    return found


def _complete(session: Session) -> None:
    """Before a commit: one entry at least for a request that changed something, then the chain."""
    if session.in_nested_transaction():
        return
    session.flush()
    actor = _actor.get()
    if session.info.get(CHANGED) and not session.info.get(NEW) and actor is not None:
        acting = actor()
        after = session.info.get(TOUCHED, ({}, {}))[1]
        record(
            acting.doing,
            at=clock.now(),
            object_type=acting.doing.partition(".")[0],
            object_id=acting.object_id,
            detail=", ".join(sorted({name.partition(":")[0] for name in after})),
        )
        session.flush()
    entries = session.info.get(NEW, [])
    _add_digests(entries, *session.info.get(TOUCHED, ({}, {})))
    chain.link(session, entries)
    _forget(session)


def _add_digests(entries: list[AuditEntry], before: dict[str, Any], after: dict[str, Any]) -> None:
    """For whoever has not said himself what was before and after; chain.link() writes it."""
    bare = [each for each in entries if each.result is Result.DONE and not each.after]
    if not bare or not after:
        return
    was, is_now = digest_of(before) if before else "", digest_of(after)
    for entry in bare:
        set_committed_value(entry, "before", entry.before or was)
        set_committed_value(entry, "after", is_now)


def _after_rollback(session: Session, transaction: SessionTransaction) -> None:
    """A savepoint's rollback undoes only what came after it; chain.link() leaves its entries out."""
    if not transaction.nested:
        _forget(session)


def _forget(session: Session) -> None:
    for key in (NEW, CHANGED, TOUCHED):
        session.info.pop(key, None)


def listen() -> None:
    """Called once, when the app is made."""
    for name, what in (
        ("after_flush", _remember),
        ("do_orm_execute", _note_statement),
        ("before_commit", _complete),
        ("after_soft_rollback", _after_rollback),
    ):
        if not event.contains(db.session, name, what):
            event.listen(db.session, name, what)
