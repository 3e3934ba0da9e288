"""How far the choice of a cover has come: committee, then profession, then level and category.

Without scripts each choice is a request that filters the next; the address holds what was chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..dossier.trees import agree
from ..models import Application, Person, Round, Title
from ..vocabulary import Category, Kind
from ..web.fields import number_in
from ..workflow.covers import categories_of, titles_of
from ..workflow.levels import Known, Reaches, known_of, reach_of
from . import cover
from .rounds import Intake, Offer, offers, open_years


@dataclass(frozen=True)
class CoverPage:
    """`round` and `meant.profession` are None until they are chosen; `typed` is kept as it was typed."""

    offered: list[Offer]
    years: list[int]
    round: Round | None
    typed: str
    meant: cover.Meant
    titles: list[Title]
    categories: list[Category]
    disagrees: bool
    is_engineering: bool
    known: Known | None
    by_exam: list[Title]
    reach: Reaches | None
    beyond: list[Title]

    @property
    def open(self) -> list[Offer]:
        return [each for each in self.offered if each.intake is Intake.OPEN]

    @property
    def shut(self) -> list[Offer]:
        return [each for each in self.offered if each.intake is not Intake.OPEN]


def cover_page(application: Application, person: Person, asked: Mapping[str, str], at: datetime) -> CoverPage:
    """The page for what is asked; where nothing is asked, for the cover as it was saved.

    `change` names the choice to make anew: round or profession.
    """
    everything = offers(at, kind=application.kind)
    offered = [each for each in everything if each.round.year == application.year]
    round_ = None if asked.get("change") == "round" else _open_round(offered, application, asked)
    leaves = cover.professions_of(round_) if round_ else []
    typed = asked.get("profession", "").strip()
    is_saved = round_ is not None and round_.id == application.round_id and application.profession is not None
    if not typed and is_saved and application.profession:
        typed = application.profession.path
    is_asked = bool(typed) and asked.get("change") != "profession"
    meant = cover.find_profession(typed, leaves) if round_ and is_asked else cover.Meant(None)
    profession = meant.profession
    titles = titles_of(round_, profession) if round_ and profession else []
    is_review = application.kind is Kind.REVIEW
    reach = None if is_review else reach_of(application, person, at)
    return CoverPage(
        offered=offered,
        years=open_years(everything),
        round=round_,
        typed=typed or next((leaf.path for leaf in leaves if leaf.id == person.profession_id), ""),
        meant=meant,
        titles=[each for each in titles if (reach.is_open(each.level) if reach else not each.by_exam)],
        by_exam=[each for each in titles if is_review and each.by_exam],
        known=known_of(person, round_.tenure_until) if round_ and titles else None,
        categories=categories_of(round_) if round_ else [],
        disagrees=not agree(person.major, profession),
        is_engineering=profession is not None and cover.belongs_to_engineering(profession),
        reach=reach,
        beyond=[each for each in titles if reach and not reach.is_open(each.level)],
    )


def _open_round(offered: list[Offer], application: Application, asked: Mapping[str, Any]) -> Round | None:
    chosen = number_in(asked.get("round")) or application.round_id
    return next(
        (each.round for each in offered if each.intake is Intake.OPEN and each.round.id == chosen), None
    )
