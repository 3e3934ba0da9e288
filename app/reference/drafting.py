"""What every draft of a published kind has in common: one at a time may write it, and none once it is published."""

from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from ..errors import DomainError, RecordChanged
from ..extensions import db


def take(draft: Any, seen: int, published: type[DomainError]) -> None:
    """Lock the draft as the page showed it. Raises `published` if it is a draft no more, else RecordChanged."""
    db.session.refresh(draft, with_for_update=True)
    if draft.published_at is not None:
        raise published
    if draft.version != seen:
        raise RecordChanged


def flush() -> None:
    """Raises RecordChanged where another was quicker."""
    try:
        db.session.flush()
    except StaleDataError as error:
        raise RecordChanged from error
