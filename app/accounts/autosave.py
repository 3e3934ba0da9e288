"""Pages that keep what is typed while it is typed: which ones, and what the page and its script agree on (A03, E02)."""

from dataclasses import dataclass
from typing import Any

from flask import Request, current_app, g, request, session
from flask_babel import format_datetime
from itsdangerous import BadData, URLSafeSerializer

from .. import clock
from ..web.request import myself, view_as
from . import drafts

# In the session: something is kept, so that every page looks whether it is its own.
FLAG = "unsaved"
# Long forms, on which a person spends minutes. Their script sends what is typed every ten seconds.
AUTOSAVED = frozenset(
    {
        "PersonView.edit",
        "SectionView.add",
        "SectionView.edit",
        "UnitView.edit",
        "UnitOpinionView.edit",
        "WorkbenchView.show",
        "WorkbenchView.decide",
    }
)
# What the script sends besides the fields of the form.
TICKET, SEEN = "draft_ticket", "draft_seen"


@dataclass(frozen=True)
class Keeping:
    """What the page tells its script: by what right it keeps, over which version, and where one signs in again."""

    ticket: str
    seen: int
    path: str


@dataclass(frozen=True)
class Sent:
    """What the script sent: the page it is typed into, the version it saw of what is kept, the fields."""

    path: str
    seen: int
    fields: drafts.Typed


def draft_here() -> drafts.Unsaved | None:
    """What its own reader has typed into this page and not saved; asked once a request, and only where there may be."""
    if "draft" not in g:
        user = myself() if session.get(FLAG) or request.endpoint in AUTOSAVED else None
        g.draft = drafts.of_page(user.id, request.path, at=clock.now()) if user and not view_as() else None
    found: drafts.Unsaved | None = g.draft
    return found


def keeping() -> Keeping | None:
    """For the frame of a page that was opened: its ticket is good for this person and this page only."""
    user = myself()
    if request.endpoint not in AUTOSAVED or user is None or view_as() is not None:
        return None
    if len(request.path) > drafts.LONGEST_PATH:
        return None
    here = draft_here()
    ticket = _tickets().dumps([user.id, request.path])
    return Keeping(str(ticket), here.version if here else 0, request.full_path.rstrip("?"))


def keeping_at(path: str) -> Keeping | None:
    """The same for a form that saves another page than the one it is shown on."""
    user = myself()
    if user is None or view_as() is not None:
        return None
    known = drafts.of_page(user.id, path, at=clock.now())
    ticket = _tickets().dumps([user.id, path])
    return Keeping(str(ticket), known.version if known else 0, path)


def sent(asked: Request, user_id: int) -> Sent | None:
    """What a page of this person's sent; None for anything else, and for what is too large."""
    try:
        owner, path = _tickets().loads(asked.form.get(TICKET, ""))
    except (BadData, ValueError, TypeError):
        return None
    fields = [each for each in drafts.typed(asked.form.items(multi=True)) if each[0] not in (TICKET, SEEN)]
    if owner != user_id or not fields or drafts.is_too_large(fields):
        return None
    return Sent(path, asked.form.get(SEEN, 0, type=int), fields)


def keep(user_id: int, what: Sent) -> dict[str, Any]:
    """Keep it and say so; or say what another window has kept meanwhile, with its fields.

    What is kept already is not written again, and whoever only sends that is not at work (A03).
    """
    now = clock.now()
    known = drafts.of_page(user_id, what.path, at=now)
    if known is not None and known.fields == what.fields:
        g.pop("touch", None)
        return _kept(known.version, known)
    version = drafts.keep(user_id, what.path, what.fields, seen=what.seen, at=now)
    if version is not None:
        return _kept(version, drafts.Unsaved(what.fields, now, version))
    other = drafts.of_page(user_id, what.path, at=now)
    if other is None:
        return {"state": "other", "version": what.seen, "at": "", "fields": []}
    return {"state": "other", "version": other.version, "at": _time(other), "fields": other.fields}


def _kept(version: int, draft: drafts.Unsaved) -> dict[str, Any]:
    return {"state": "kept", "version": version, "at": _time(draft)}


def _time(draft: drafts.Unsaved) -> str:
    return str(format_datetime(draft.saved_at, "HH:mm"))


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="draft of a page")
