"""What 个人信息 can work out for the person, to be adopted or changed (PRO-04…PRO-06, CYC-07)."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import load_only

from ..extensions import db
from ..models import Application, Person, Region
from ..models.sections import TitleHeld, WorkHistory
from . import years
from .records import records_of
from .titles import levels_of
from .years import Held, Length

TENURE, PRACTICE = "tenure", "practice"


@dataclass(frozen=True)
class Offer:
    """A length of time for the inputs `name`_years and `name`_months.

    `since` is the day it counts from, where there is one; `records` how many it was counted from.
    """

    name: str
    length: Length
    records: int
    since: date | None = None

    @property
    def inputs(self) -> dict[str, int]:
        return {f"{self.name}_years": self.length.years, f"{self.name}_months": self.length.months}


def counted_until(application: Application | None, today: date) -> date:
    """The last day that counts: the window's own (任职年限计算至), before one is chosen the year's last (CYC-07)."""
    round_ = application.round if application else None
    return round_.tenure_until if round_ else date(today.year, 12, 31)


def offers_of(person: Person, until: date) -> dict[str, Offer]:
    """Tenure from the titles held, practice from the work history; the latter only where there is one."""
    records = records_of(person, (TitleHeld, WorkHistory))
    titles, jobs = cast(list[TitleHeld], records[TitleHeld]), cast(list[WorkHistory], records[WorkHistory])
    held = [
        Held(row.awarded_on, row.employed, level.rank if level else None)
        for row, level in zip(titles, levels_of(titles), strict=True)
    ]
    offers = {TENURE: Offer(TENURE, years.tenure(held, until), len(held), years.tenure_since(held))}
    if jobs:
        length = years.practice(((each.start, each.end) for each in jobs), until)
        offers[PRACTICE] = Offer(PRACTICE, length, len(jobs))
    return offers


def postcode_region(person: Person) -> Region | None:
    """The district the home address names, or else the unit's; none without a postcode."""
    address = person.home_address or ""
    if address:
        known = db.session.scalars(
            select(Region)
            .where(Region.postcode != "")
            .options(load_only(Region.name, Region.postcode))
            .order_by(Region.id)
        )
        named = [each for each in known if any(name in address for name in _names(each.name))]
        if named:
            return max(named, key=lambda each: len(each.name))
    region = person.unit.region if person.unit else None
    return region if region and region.postcode else None


def _names(name: str) -> tuple[str, str]:
    """A district by its full name, and an autonomous county as people call it."""
    return name, name[:2] + name[-1]
