"""What was done in a case, line by line, sealed (D01); the person reads the changes as 材料变更."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User

from ..extensions import db
from ..models import CaseEntry, SupportCase
from ..protection import seal, unseal
from ..vocabulary import Deed

PLACE = "case_entry.content"
Change = tuple[str, str, str]


def note(case: SupportCase, deed: Deed, *, by: User, at: datetime, **content: Any) -> CaseEntry:
    """Add a line to the case, in the caller's transaction. Whoever changes something records it himself."""
    text = seal(json.dumps(content, ensure_ascii=False), PLACE) if content else ""
    entry = CaseEntry(case_id=case.id, by_id=by.id, at=at, deed=deed, content=text)
    db.session.add(entry)
    db.session.flush()
    return entry


def content_of(entry: CaseEntry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unseal(entry.content, PLACE)) if entry.content else {}
    return found


def in_words(changes: Iterable[Change], *, longest: int = 60) -> str:
    """The changes in a sentence, long values cut."""
    return "；".join(
        f"{label}：“{_cut(old, longest)}” → “{_cut(new, longest)}”" for label, old, new in changes
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
