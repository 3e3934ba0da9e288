"""What the dossier says about levels: education, the title held and its years, and what recognition may give (REC-03)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import select

from ..dossier import years
from ..dossier.applications import answers_of
from ..dossier.records import records_of
from ..dossier.titles import levels_of
from ..dossier.years import Length
from ..extensions import db
from ..models import Application, Person, fields_of
from ..models.sections import Education, TitleHeld
from ..vocabulary import Level
from .recognition import Reach, Schooling, reachable


@dataclass(frozen=True)
class Known:
    """The facts beside the levels; `level` and `tenure` are of the highest title in which the person is employed."""

    education: str
    title: str
    level: Level | None
    tenure: Length
    since: date | None


@dataclass(frozen=True)
class Reaches:
    """What recognition may give; `missing` names what the dossier or the answers still lack."""

    levels: dict[Level, Reach]
    missing: tuple[str, ...]
    on: date

    def is_open(self, level: Level) -> bool:
        return level in self.levels and self.levels[level].since <= self.on


def known_of(person: Person, until: date) -> Known:
    """Counted to that day, as 个人信息 counts it (CYC-07)."""
    records = records_of(person, (Education, TitleHeld))
    schools, titles = cast(list[Education], records[Education]), cast(list[TitleHeld], records[TitleHeld])
    order = next(each.choices for each in fields_of(Education) if each.name == "degree_level")
    highest = max(schools, key=lambda each: order.index(each.degree_level), default=None)
    levels = levels_of(titles)
    employed = [
        (level.rank if level else -1, row) for row, level in zip(titles, levels, strict=True) if row.employed
    ]
    held = [
        years.Held(row.awarded_on, row.employed, level.rank if level else None)
        for row, level in zip(titles, levels, strict=True)
    ]
    rank, title = max(employed, key=lambda each: (each[0], each[1].awarded_on), default=(-1, None))
    return Known(
        highest.degree_level if highest else "",
        title.qualification if title else "",
        list(Level)[rank] if rank >= 0 else None,
        years.tenure(held, until),
        years.tenure_since(held),
    )


def reach_of(application: Application, person: Person, at: datetime) -> Reaches:
    """By REC-03 from 学历情况 and the day of recruitment that was answered in 申报资格自查."""
    schools = db.session.scalars(select(Education).where(Education.owner_id == person.id)).all()
    employed_on = answers_of(application).get("employed_on", "")
    missing = (*(() if schools else ("education",)), *(() if employed_on else ("employed_on",)))
    if missing:
        return Reaches({}, missing, at.date())
    schoolings = [Schooling(each.degree_level, each.degree) for each in schools]
    return Reaches(reachable(schoolings, date.fromisoformat(employed_on)), (), at.date())
