"""What someone had typed when his sign-in ended by time, kept for his return and for nobody else (A03)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from ..audit import record
from ..extensions import db
from ..models import Draft
from ..protection import Tampered, seal, unseal

LASTS = timedelta(days=7)
PLACE = "draft.content"
LONGEST_PATH = 200

Typed = list[tuple[str, str]]


@dataclass(frozen=True)
class Unsaved:
    """Names and values as they were posted, in their order; a name may come twice."""

    fields: Typed
    saved_at: datetime


def keep(user_id: int, path: str, fields: Typed, *, at: datetime) -> None:
    """Seal what was typed into the page at `path`, in place of what was kept of it before."""
    db.session.execute(delete(Draft).where(Draft.saved_at <= at - LASTS))
    drop(user_id, path)
    draft = Draft(user_id=user_id, path=path, content=seal(json.dumps(fields), PLACE), saved_at=at)
    db.session.add(draft)
    record("keep_draft", draft, at=at, by_id=user_id)


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
    return Unsaved(fields, draft.saved_at)


def has_any(user_id: int, *, at: datetime) -> bool:
    query = select(Draft.id).where(Draft.user_id == user_id, Draft.saved_at > at - LASTS)
    return db.session.scalar(query.limit(1)) is not None


def drop(user_id: int, path: str) -> None:
    db.session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.path == path))


def drop_saved(user_id: int, path: str) -> None:
    """Drop what has just been saved on its page: after that transaction, and no change of its own."""
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(delete(Draft).where(Draft.user_id == user_id, Draft.path == path))


def typed(posted: Iterable[tuple[str, str]]) -> Typed:
    """What is worth keeping of a form: neither passwords nor the token."""
    return [
        (name, value)
        for name, value in posted
        if name not in ("csrf_token", "current", "repeat") and "password" not in name
    ]
