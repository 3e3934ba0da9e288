"""考核定职: which level a schooling leads to, and from when (REC-03, REC-04). Pure Python.

The year of probation counts from the day of recruitment; the level is open from the day after the year is over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..vocabulary import N_, Level


@dataclass(frozen=True)
class Schooling:
    """A record of education: its level and its degree, in the words of the dossier."""

    level: str
    degree: str


@dataclass(frozen=True)
class Rule:
    """What one of these levels of education or degrees leads to, at once or after the year of probation."""

    schooling: frozenset[str]
    level: Level
    years: int
    text: str


TECHNICIAN, ASSISTANT = Level.JUNIOR_TECHNICIAN, Level.JUNIOR_ASSISTANT
VOCATIONAL = frozenset({N_("中专"), N_("大专"), N_("技工院校中级工班"), N_("技工院校高级工班")})
BACHELOR = frozenset({N_("大学本科"), N_("学士"), N_("技工院校预备技师（技师）班")})
MASTER = frozenset({N_("硕士研究生"), N_("硕士"), N_("双学士")})
DOCTOR = frozenset({N_("博士研究生"), N_("博士")})

RULES: tuple[Rule, ...] = (
    Rule(
        VOCATIONAL,
        TECHNICIAN,
        1,
        N_(
            "具备中等职业学校毕业学历或大专学历，或技工院校中级工班、高级工班毕业，见习1年期满后，可考核认定员级职称"
        ),
    ),
    Rule(
        BACHELOR,
        TECHNICIAN,
        0,
        N_("具备本科学历或学士学位，或技工院校预备技师（技师）班毕业，可直接认定员级职称"),
    ),
    Rule(
        BACHELOR,
        ASSISTANT,
        1,
        N_("具备本科学历或学士学位，或技工院校预备技师（技师）班毕业，见习1年期满后，可考核认定助理级职称"),
    ),
    Rule(MASTER, ASSISTANT, 0, N_("具备硕士学位或双学士学位，可直接认定助理级职称")),
    Rule(DOCTOR, Level.INTERMEDIATE, 0, N_("具备博士学位，可直接认定中级职称")),
)


@dataclass(frozen=True)
class Reach:
    """From which day a level can be recognised, by which rule."""

    since: date
    rule: Rule


def reachable(schoolings: Iterable[Schooling], employed_on: date) -> dict[Level, Reach]:
    """The levels that the schooling leads to, each from its earliest day; a level without a rule is absent."""
    words = {word for each in schoolings for word in (each.level, each.degree)}
    found: dict[Level, Reach] = {}
    for rule in RULES:
        if not rule.schooling & words:
            continue
        reach = Reach(years_later(employed_on, rule.years), rule)
        if rule.level not in found or reach.since < found[rule.level].since:
            found[rule.level] = reach
    return found


def years_later(day: date, years: int) -> date:
    """The same day so many years on; for 29 February, where there is none, 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
