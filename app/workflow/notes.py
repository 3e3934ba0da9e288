"""What an office wants changed at one place of a submission (标注).

A note is a draft of its office until a return or a reset sends it; from then on nobody changes it. What an approval
or a refusal leaves unsent stays unseen: it comes back only if that result is undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from ..dossier.layout import layout_in
from ..dossier.snapshot import Values, content_of
from ..errors import NotAllowedNow, OutOfDate, OwnApplication
from ..extensions import db
from ..models import SECTION_OF, Application, AttachmentRequirement, Decision, ReviewNote, Snapshot
from ..vocabulary import Status
from .actors import acts_as_holder
from .refusals import NoSuchPlace, NoteGone, NoteRequired, NoteTooLong
from .rules import NOTE_LENGTH

COVER, PERSON, ATTACHMENTS = "cover", "person", "attachments"
# What the cover and the person hold that nobody can change.
NOT_NOTED = {COVER: {"filled_on"}, PERSON: {"identity"}}


@dataclass(frozen=True)
class Place:
    """Where a note is pinned: see ReviewNote."""

    place: str
    record: int | None = None
    field: str = ""


def pin(
    application: Application, place: Place, text: str, *, by: User, seen: int, at: datetime
) -> ReviewNote:
    """Pin a draft to a place of the submission under review; only who may decide on it, in his office's name.

    Raises OutOfDate if someone has acted since `seen`, NoSuchPlace if the submission has no such place.
    """
    db.session.refresh(application, with_for_update=True)
    if application.version != seen:
        raise OutOfDate
    require_holder(application, by)
    text = text.strip()
    if not text:
        raise NoteRequired
    if len(text) > NOTE_LENGTH:
        raise NoteTooLong(over=len(text) - NOTE_LENGTH, limit=NOTE_LENGTH)
    snapshot = db.session.get_one(Snapshot, application.snapshot_id)
    if not has_place(content_of(snapshot), place):
        raise NoSuchPlace
    assert application.holder_id
    note = ReviewNote(
        application_id=application.id,
        submission_no=application.submission_no,
        organisation_id=application.holder_id,
        by_id=by.id,
        place=place.place,
        record=place.record,
        field=place.field,
        text=text,
        created_at=at,
    )
    db.session.add(note)
    db.session.flush()
    return note


def take_off(application: Application, note_id: int, *, by: User) -> None:
    """Remove a draft of one's office, a colleague's too; NoteGone for what was sent or is no longer there."""
    db.session.refresh(application, with_for_update=True)
    require_holder(application, by)
    gone = db.session.execute(
        delete(ReviewNote)
        .where(
            ReviewNote.id == note_id,
            ReviewNote.application_id == application.id,
            ReviewNote.organisation_id == application.holder_id,
            ReviewNote.decision_id.is_(None),
        )
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise NoteGone


def drafts_of(application: Application) -> Sequence[ReviewNote]:
    """The drafts of the office that holds the application, on the submission it judges."""
    return db.session.scalars(
        select(ReviewNote)
        .where(
            ReviewNote.application_id == application.id,
            ReviewNote.submission_no == application.submission_no,
            ReviewNote.organisation_id == application.holder_id,
            ReviewNote.decision_id.is_(None),
        )
        .options(joinedload(ReviewNote.by))
        .order_by(ReviewNote.id)
    ).all()


def sent_on(application: Application) -> Sequence[ReviewNote]:
    """All notes that went out with a return or a reset, in their order."""
    return db.session.scalars(
        select(ReviewNote)
        .where(ReviewNote.application_id == application.id, ReviewNote.decision_id.is_not(None))
        .order_by(ReviewNote.id)
    ).all()


def send(decision: Decision) -> None:
    """The drafts of the deciding office go out with its return or reset."""
    db.session.execute(
        update(ReviewNote)
        .where(
            ReviewNote.application_id == decision.application_id,
            ReviewNote.submission_no == decision.application.submission_no,
            ReviewNote.organisation_id == decision.organisation_id,
            ReviewNote.decision_id.is_(None),
        )
        .values(decision_id=decision.id)
        .execution_options(synchronize_session=False)
    )


def take_back(decision: Decision) -> None:
    """What went out with an undone result is a draft again."""
    db.session.execute(
        update(ReviewNote)
        .where(ReviewNote.decision_id == decision.id)
        .values(decision_id=None)
        .execution_options(synchronize_session=False)
    )


def has_place(content: Values, place: Place) -> bool:
    """Whether a submission holds this place."""
    if place.place in (COVER, PERSON):
        known = set(content[place.place]) - NOT_NOTED[place.place]
        return place.record is None and (not place.field or place.field in known)
    if place.place == ATTACHMENTS:
        asked = {each["requirement"] for each in content["attachments"]}
        known_ids = {each.id for no, each in requirements_of(content).items() if no in asked}
        return not place.field and (place.record is None or place.record in known_ids)
    model = SECTION_OF.get(place.place)
    if model is None:
        return False
    ids = [each["id"] for each in content["sections"].get(place.place, [])]
    names = {each.name for each in layout_in(content).of(model)}
    if place.record is None:
        return not place.field
    return place.record in ids and (not place.field or place.field in names)


def requirements_of(content: Values) -> dict[int, AttachmentRequirement]:
    """The checklist's rows by number, as of a submission's year."""
    rows = db.session.scalars(
        select(AttachmentRequirement)
        .where(AttachmentRequirement.year <= content["cover"]["year"])
        .order_by(AttachmentRequirement.year)
    )
    return {each.no: each for each in rows}


def require_holder(application: Application, by: User) -> None:
    """Refuse whoever may not pin here now."""
    if application.applicant_id == by.id:
        raise OwnApplication
    if application.status is not Status.IN_REVIEW or not acts_as_holder(application, by):
        raise NotAllowedNow(status=lazy_gettext(application.status.label))
