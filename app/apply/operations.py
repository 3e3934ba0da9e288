"""Saving the cover, and which application one fills in. Everything else that moves an application is in app/workflow/operations.py."""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import update

from ..errors import NotAllowedNow, OutOfDate
from ..extensions import db
from ..models import Application, Person
from ..vocabulary import Status
from ..workflow import operations as workflow
from ..workflow.covers import Cover, objections, title_of


def take_up(application: Application, *, at: datetime) -> None:
    """Make it the one that the person's dossier is filled in for. Another of the same year stays what it is, with its
    cover and its answers; the next look at that one takes it up again.
    """
    db.session.execute(
        update(Application)
        .where(Application.id == application.id)
        .values(taken_up_at=at)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(application)


def reopen(application: Application, *, by: User, seen: int, at: datetime) -> None:
    """Take a withdrawn application up again, also as the one that is filled in."""
    workflow.reopen(application, by=by, seen=seen, at=at)
    take_up(application, at=at)


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
    refusal = next(objections(application, cover, person, at), None)
    if refusal:
        raise refusal
    title = title_of(cover)
    assert title
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
