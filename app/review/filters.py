"""What a list is asked for, as the page's address says it: so it can be saved, and sent to a colleague."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sqlalchemy.orm import InstrumentedAttribute

from ..models import Application
from ..vocabulary import Category, Level, Word
from ..web.fields import normal, number_in

# A whole ID number does not fit into an address, which servers write down.
TYPED = 14
LONGEST_WAIT = 999


class By(StrEnum):
    """What the one box is taken for."""

    NAME = "name"
    INITIALS = "initials"
    TAIL = "tail"
    NUMBER = "number"


def taken_for(typed: str) -> By:
    """Six characters are the end of an ID number, letters are initials, other digits an application's number."""
    if re.fullmatch(r"[0-9]{5}[0-9Xx]", typed):
        return By.TAIL
    if re.fullmatch(r"[A-Za-z]+", typed):
        return By.INITIALS
    return By.NUMBER if re.fullmatch(r"[0-9][0-9A-Za-z-]*", typed) else By.NAME


@dataclass(frozen=True)
class Filters:
    """What a list is asked for; `address()` writes it as `read()` reads it. `days`: waiting so long at least."""

    tab: str = "waiting"
    sort: str = ""
    q: str = ""
    committee_id: int | None = None
    is_soon: bool = False
    level: Level | None = None
    category: Category | None = None
    submission: str = ""
    days: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """What of an address makes sense; the rest is dropped."""
        days = number_in(given.get("days"))
        tab = "returned" if given.get("tab") == "returned" else "waiting"
        sort, submission = given.get("sort", ""), given.get("submission", "")
        return cls(
            tab=tab,
            sort=sort if sort == "waiting" and tab == "waiting" else "",
            q=normal(given.get("q"))[:TYPED],
            committee_id=number_in(given.get("committee")),
            is_soon=given.get("due") == "soon",
            level=_word(Level, given.get("level")),
            category=_word(Category, given.get("category")),
            submission=submission if submission in ("first", "again") else "",
            days=min(days, LONGEST_WAIT) if days and tab == "waiting" else None,
        )

    def address(self) -> dict[str, Any]:
        """As it stands in the page's address; what is not asked for is left out."""
        written = {
            "tab": self.tab if self.tab != "waiting" else "",
            "sort": self.sort,
            "q": self.q,
            "committee": self.committee_id,
            "due": "soon" if self.is_soon else "",
            "level": self.level,
            "category": self.category,
            "submission": self.submission,
            "days": self.days,
        }
        return {name: str(value) for name, value in written.items() if value}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.address().keys() - {"tab", "sort"})

    @property
    def column(self) -> "InstrumentedAttribute[Any]":
        """What the rows are sorted by; a search by name or initials is answered in its own order."""
        found = {By.NAME: Application.name, By.INITIALS: Application.initials}
        kind = taken_for(self.q) if self.q else None
        if kind in found:
            return found[kind]
        return Application.waiting_since if self.sort == "waiting" else Application.due_at


def _word(vocabulary: type[Word], value: str | None) -> Any:
    return vocabulary(value) if value in {each.value for each in vocabulary} else None
