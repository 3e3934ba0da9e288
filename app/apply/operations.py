"""Saving the cover. Everything else that moves an application is in app/workflow/operations.py."""

from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import update

from ..dossier.trees import agree
from ..errors import (
    ChoiceNotOffered,
    GivenByExam,
    LevelOutOfReach,
    MajorMismatch,
    NotAllowedNow,
    OutOfDate,
    WindowClosed,
)
from ..extensions import db
from ..models import Application, Person, Profession, Round, Title
from ..organisations.rounds import takes
from ..vocabulary import Category, Kind, Level, Status
from ..workflow.levels import reach_of
from . import cover as rules


@dataclass(frozen=True)
class Cover:
    """What the applicant chooses; the title follows from profession and level (X-17)."""

    round: Round
    profession: Profession
    level: Level
    category: Category


def save_cover(application: Application, cover: Cover, *, by: User, seen: int, at: datetime) -> None:
    """Write the cover of a draft, with the title that follows and the person's unit (APP-02, APP-12).

    Refused outside a draft (REV-05), for a round that is not open (CYC-05), for any choice that the
    committee does not offer, for a title that an examination gives (ELI-10), for a level that the schooling does
    not lead to yet (REC-03), and for a field of study that the round does not let pass (APP-03).
    """
    db.session.refresh(application, with_for_update=True)
    if application.applicant_id != by.id or application.status is not Status.DRAFT:
        raise NotAllowedNow(status=lazy_gettext(application.status.label))
    if application.version != seen:
        raise OutOfDate
    # Nobody takes the round back between this look and the save.
    db.session.refresh(cover.round, with_for_update={"read": True})
    person = db.session.get_one(Person, application.applicant_id)
    title = _title(application, cover, person, at)
    saved = db.session.execute(
        update(Application)
        .where(
            Application.id == application.id,
            Application.version == seen,
            Application.status == Status.DRAFT,
        )
        .values(
            round_id=cover.round.id,
            profession_id=cover.profession.id,
            level=cover.level,
            category=cover.category,
            title_id=title.id,
            unit_id=person.unit_id,
            cover_saved_at=at,
            version=Application.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    if saved.rowcount != 1:  # type: ignore[attr-defined]
        raise OutOfDate
    db.session.refresh(application)


def _title(application: Application, cover: Cover, person: Person, at: datetime) -> Title:
    """The title of an acceptable cover; else the refusal."""
    round_, profession = cover.round, cover.profession
    if (round_.year, round_.kind) != (application.year, application.kind):
        raise ChoiceNotOffered(choice=round_.committee.name)
    if not round_.is_open(at):
        opens, closes = round_.span_at(at) or (round_.opens_at, round_.closes_at)
        raise WindowClosed(opens=f"{opens:%Y-%m-%d %H:%M}", closes=f"{closes:%Y-%m-%d %H:%M}")
    if not takes(round_, profession):
        raise ChoiceNotOffered(choice=profession.path)
    title = next((each for each in rules.titles_of(round_, profession) if each.level is cover.level), None)
    if title is None:
        raise ChoiceNotOffered(choice=lazy_gettext(cover.level.label))
    if application.kind is Kind.REVIEW and title.by_exam:
        raise GivenByExam(title=title.name)
    if application.kind is Kind.RECOGNITION and not reach_of(application, person, at).is_open(title.level):
        raise LevelOutOfReach(level=lazy_gettext(title.level.label))
    if cover.category not in rules.categories_of(round_):
        raise ChoiceNotOffered(choice=lazy_gettext(cover.category.label))
    if round_.major_mismatch_blocks and not agree(person.major, profession):
        raise MajorMismatch
    return title
