"""Whether a cover is acceptable: the same conditions when it is saved and again when it is handed in.

A round, the catalogue or the dossier may have changed in between (APP-02, CYC-05, ELI-10, REC-03, X-16, X-17).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext
from sqlalchemy import select

from ..dossier.trees import agree
from ..errors import DomainError, GivenByExam, LevelOutOfReach, MajorMismatch, WindowClosed
from ..extensions import db
from ..models import Application, Person, Profession, Round, Title
from ..models.columns import last_minute
from ..organisations.rounds import takes
from ..vocabulary import Category, Kind, Level
from .cover_errors import (
    CategoryNotTaken,
    LevelNotGiven,
    ProfessionNotTaken,
    RoundOfAnother,
    RoundTakenBack,
    TitleChanged,
)
from .levels import reach_of


@dataclass(frozen=True)
class Cover:
    """What the applicant chooses; the title follows from profession and level (X-17)."""

    round: Round
    profession: Profession
    level: Level
    category: Category


def titles_of(round_: Round, profession: Profession) -> list[Title]:
    """The titles this round can give in that profession, one a level, from the lowest (X-17)."""
    titles = db.session.scalars(
        select(Title).where(Title.series_id == profession.series_id, Title.ladder == profession.ladder)
    )
    levels = _levels_of(round_)
    return sorted((each for each in titles if each.level in levels), key=lambda each: each.level.rank)


def _levels_of(round_: Round) -> set[Level]:
    named = round_.levels or round_.committee.levels
    # What recognition may give follows from the schooling (REC-03); its committee need not name levels.
    return {Level(each) for each in (named or (Level if round_.kind is Kind.RECOGNITION else ()))}


def categories_of(round_: Round) -> list[Category]:
    """Recognition knows no categories; the regular one stands for it (X-14)."""
    if round_.kind is Kind.RECOGNITION:
        return [Category.REGULAR]
    return [each for each in Category if not round_.categories or each in round_.categories]


def title_of(cover: Cover, known: Title | None = None) -> Title | None:
    """The title that follows; `known` is one that has been read and may be it already."""
    profession = cover.profession
    place = (profession.series_id, profession.ladder, cover.level)
    if known and (known.series_id, known.ladder, known.level) == place:
        return known if cover.level in _levels_of(cover.round) else None
    found = titles_of(cover.round, profession)
    return next((each for each in found if each.level is cover.level), None)


def saved_cover(application: Application) -> Cover | None:
    """The cover as it was saved; None before."""
    round_, profession = application.round, application.profession
    if application.cover_saved_at is None or not (round_ and profession):
        return None
    assert application.level and application.category
    return Cover(round_, profession, application.level, application.category)


def objections(application: Application, cover: Cover, person: Person, at: datetime) -> Iterator[DomainError]:
    """Every condition that the cover does not meet at that moment, in the order of the choices."""
    round_, profession = cover.round, cover.profession
    if (round_.year, round_.kind) != (application.year, application.kind):
        yield RoundOfAnother(choice=round_.committee.name)
        return
    yield from _window(round_, at)
    if not takes(round_, profession):
        yield ProfessionNotTaken(committee=round_.committee.name, choice=profession.path)
    else:
        yield from _level(application, cover, person, at)
    if cover.category not in categories_of(round_):
        yield CategoryNotTaken(committee=round_.committee.name, choice=lazy_gettext(cover.category.label))
    if round_.major_mismatch_blocks and not agree(person.major, profession):
        yield MajorMismatch()


def _window(round_: Round, at: datetime) -> Iterator[DomainError]:
    if round_.published_at is None:
        yield RoundTakenBack(committee=round_.committee.name)
    elif not round_.is_open(at):
        opens, closes = round_.span_at(at) or (round_.opens_at, round_.closes_at)
        yield WindowClosed(opens=f"{opens:%Y-%m-%d %H:%M}", closes=last_minute(closes))


def _level(application: Application, cover: Cover, person: Person, at: datetime) -> Iterator[DomainError]:
    title = title_of(cover, application.title)
    if title is None:
        choice = lazy_gettext(cover.level.label)
        yield LevelNotGiven(committee=cover.round.committee.name, choice=choice)
    elif application.kind is Kind.REVIEW and title.by_exam:
        yield GivenByExam(title=title.name)
    elif application.kind is Kind.RECOGNITION and not reach_of(application, person, at).is_open(title.level):
        yield LevelOutOfReach(level=lazy_gettext(title.level.label))


def saved_objections(application: Application, person: Person, at: datetime) -> list[DomainError]:
    """What the saved cover does not meet any more; nothing before it is saved."""
    cover = saved_cover(application)
    if cover is None:
        return []
    found = list(objections(application, cover, person, at))
    title = title_of(cover, application.title)
    if not found and title is not application.title:
        before = application.title.name if application.title else ""
        found.append(TitleChanged(before=before, now=title.name if title else ""))
    return found
