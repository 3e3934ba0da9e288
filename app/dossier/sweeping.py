"""What is left over after a crash or past its time goes (E07): files without a row, and what kept its word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import or_, select

from ..extensions import db
from ..models import Attachment, Evidence, NoticeFile, StampedPage
from . import storage
from .removal import sweep_removed

# An upload under way has its file before its row; after a day it is none.
LEFT_ALONE = timedelta(hours=24)


@dataclass(frozen=True)
class Swept:
    """How many went, of each kind."""

    orphans: int
    unfinished: int
    records: int


def sweep(root: Path, *, at: datetime) -> Swept:
    """Remove stored files without a row and unfinished ones, older than a day, and deleted records past their time.

    Rows are read before each file goes, so a file whose row has come meanwhile stays.
    """
    orphans = unfinished = 0
    for key, path, written in storage.keys(root):
        if at - written < LEFT_ALONE or (key and _has_row(key)):
            continue
        path.unlink(missing_ok=True)
        orphans, unfinished = (orphans + 1, unfinished) if key else (orphans, unfinished + 1)
    return Swept(orphans, unfinished, sweep_removed(at))


def _has_row(key: str) -> bool:
    attachment = select(Attachment.id).where(Attachment.id == key)
    stored = (select(each.id).where(each.storage_key == key) for each in (Evidence, NoticeFile))
    pages = select(StampedPage.id).where(or_(StampedPage.original_key == key, StampedPage.page_key == key))
    return any(db.session.scalar(each) for each in (attachment, *stored, pages))
