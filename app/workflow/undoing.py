"""Taking back one's own last result: until when, what stands in the way, and what goes back with it.

Somebody has acted on a result once the application has another version. Somebody has opened it once another clerk
than the decider has opened that version at the workbench; or, where the result went to the applicant, once he has
read or deleted its message, handled a note, signed in or changed anything since.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Select, or_, select, update

from ..errors import DomainError
from ..extensions import db
from ..models import Application, AuditEntry, Decision, Membership, Message, Opening, ReviewNote, RouteStep
from ..vocabulary import Event, Status
from . import notes
from .actors import acts_for
from .refusals import NothingToUndo, SeenMeanwhile, TooLateToUndo
from .rules import DECISIONS, UNDO_MINUTES

LASTS = timedelta(minutes=UNDO_MINUTES)


def last_of(application: Application) -> Decision | None:
    """The newest line of the history."""
    return db.session.scalars(
        select(Decision)
        .where(Decision.application_id == application.id)
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()


def refusal(application: Application, by: User, at: datetime) -> DomainError | None:
    """Why this person cannot take the last result back now; None: he can."""
    last = last_of(application)
    if (
        last is None
        or last.event not in DECISIONS
        or (last.by_id, last.version) != (by.id, application.version)
    ):
        return NothingToUndo()
    if (
        last.organisation_id is None
        or last.stage is None
        or not acts_for(by, last.organisation_id, last.stage)
    ):
        return NothingToUndo()
    if at >= last.at + LASTS:
        return TooLateToUndo(minutes=UNDO_MINUTES)
    if _opened(last, by):
        return SeenMeanwhile(SeenMeanwhile.by_office)
    if last.to_status is not Status.IN_REVIEW and _reached_applicant(last):
        return SeenMeanwhile(SeenMeanwhile.by_applicant)
    return None


def _opened(last: Decision, by: User) -> bool:
    return _any(
        select(Opening.id).where(
            Opening.application_id == last.application_id,
            Opening.user_id != by.id,
            Opening.version >= last.version,
        )
    )


def _reached_applicant(last: Decision) -> bool:
    applicant = last.application.applicant_id
    has_read = select(Message.id).where(
        Message.recipient_id == applicant,
        Message.application_id == last.application_id,
        Message.created_at == last.at,
        or_(Message.read_at.is_not(None), Message.deleted_at.is_not(None)),
    )
    has_handled = select(ReviewNote.id).where(
        ReviewNote.decision_id == last.id, ReviewNote.handled_at.is_not(None)
    )
    has_done = select(AuditEntry.id).where(AuditEntry.by_id == applicant, AuditEntry.at > last.at)
    return any(map(_any, (has_read, has_handled, has_done)))


def _any(query: Select[int]) -> bool:
    return db.session.scalar(query.limit(1)) is not None


def standing(lines: Iterable[Decision]) -> list[Decision]:
    """The lines of a history that still count: neither what was undone nor that it was."""
    found: list[Decision] = []
    for line in lines:
        if line.event is Event.UNDO:
            del found[-1:]
        else:
            found.append(line)
    return found


def arrival_of(application: Application) -> datetime:
    """Since when the application waited where its last result was given."""
    lines = db.session.scalars(
        select(Decision).where(Decision.application_id == application.id).order_by(Decision.id)
    )
    return standing(lines)[-2].at


def take_back(undone: Decision) -> None:
    """The next office was not reached, and the notes that went out are drafts again."""
    notes.take_back(undone)
    if undone.event is Event.APPROVE:
        db.session.execute(
            update(RouteStep)
            .where(
                RouteStep.application_id == undone.application_id,
                RouteStep.route_no == undone.application.route_no,
                RouteStep.position == undone.to_step,
                RouteStep.reached_at == undone.at,
            )
            .values(reached_at=None)
            .execution_options(synchronize_session=False)
        )


def told(decision: Decision) -> list[int]:
    """Whom a result is told: the applicant, and the end of a year also the unit's clerks (MSG-02)."""
    application = decision.application
    recipients = [application.applicant_id]
    if decision.to_status in (Status.FAILED, Status.DECLINED) and application.unit_id:
        recipients += db.session.scalars(
            select(Membership.user_id).where(Membership.organisation_id == application.unit_id)
        ).all()
    return recipients


def withdrawn(undone: Decision) -> str:
    """What they are told when it no longer holds, in the official wording."""
    assert undone.organisation and undone.stage
    return (
        f"{undone.organisation.name}（{undone.stage.label}）已撤销刚才的审核结果：{undone.event.label}。"
        "请以新的审核结果为准。"
    )
