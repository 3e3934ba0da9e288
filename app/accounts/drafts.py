"""What is typed into a page and not saved yet: sealed, kept for whoever typed it and for nobody else (A03, E02)."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..models import Draft
from ..protection import Tampered, seal, unseal

LASTS = timedelta(days=7)
PLACE = "draft.content"
LONGEST_PATH = 200
# Characters; ten times what the longest page of the dossier holds.
LARGEST = 100_000
# A window that knew a draft that is gone never takes a new one for it: each begins at a number of its own.
FIRST_VERSIONS = 2**30

Typed = list[tuple[str, str]]


@dataclass(frozen=True)
class Unsaved:
    """Names and values as they were typed, in their order; a name may come twice."""

    fields: Typed
    saved_at: datetime
    version: int


def keep(user_id: int, path: str, fields: Typed, *, seen: int | None, at: datetime) -> int | None:
    """Keep what is typed into the page at `path` over version `seen` of what is kept of it; 0: nothing is.

    Returns the new version. None: another window has kept something else meanwhile, and nothing was written.
    A `seen` of None writes over whatever there is.
    """
    content = seal(json.dumps(fields), PLACE)
    is_here = (Draft.user_id == user_id, Draft.path == path)
    guard = () if seen is None else (Draft.version == seen,)
    version = db.session.scalar(
        update(Draft)
        .where(*is_here, *guard)
        .values(content=content, saved_at=at, version=Draft.version + 1)
        .returning(Draft.version)
        .execution_options(synchronize_session=False)
    )
    if version is not None:
        return int(version)
    db.session.execute(delete(Draft).where(Draft.saved_at <= at - LASTS))
    first = 1 + secrets.randbelow(FIRST_VERSIONS)
    draft = Draft(user_id=user_id, path=path, content=content, saved_at=at, version=first)
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:
        return None
    return first


def of_page(user_id: int, path: str, *, at: datetime) -> Unsaved | None:
    draft = db.session.scalars(
        select(Draft).where(Draft.user_id == user_id, Draft.path == path, Draft.saved_at > at - LASTS)
    ).one_or_none()
    if draft is None:
        return None
    try:
        fields = [(str(name), str(value)) for name, value in json.loads(unseal(draft.content, PLACE))]
    except (Tampered, ValueError):
        return None
    return Unsaved(fields, draft.saved_at, draft.version)


def has_any(user_id: int, *, at: datetime) -> bool:
    query = select(Draft.id).where(Draft.user_id == user_id, Draft.saved_at > at - LASTS)
    return db.session.scalar(query.limit(1)) is not None


def drop(user_id: int, path: str) -> None:
    db.session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.path == path))


_DROP = delete(Draft).where(Draft.user_id == bindparam("user_id"), Draft.path == bindparam("path"))


def drop_saved(user_id: int, path: str) -> None:
    """Drop what has just been saved on its page: after that transaction, and no change of its own."""
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(_DROP, {"user_id": user_id, "path": path})


def typed(posted: Iterable[tuple[str, str]]) -> Typed:
    """What is worth keeping of a form: neither passwords nor the token."""
    return [
        (name, value)
        for name, value in posted
        if name not in ("csrf_token", "current", "repeat") and "password" not in name
    ]


def is_too_large(fields: Typed) -> bool:
    return sum(len(name) + len(value) for name, value in fields) > LARGEST
