"""The only writer of an application's status, step, holder and counters: one verb, one function.

Every verb: the table's row → its guards → one guarded UPDATE (still that version, that status) →
the decision, the snapshot and the messages, all in the caller's transaction. A verb that is
refused raises a DomainError and has changed nothing. `seen` is the version the actor was looking at.
"""

from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from ..accounts import employment
from ..dossier.snapshot import freeze
from ..dossier.versions import latest_version_id
from ..errors import AlreadyApplied, NotAllowedNow, OutOfDate
from ..extensions import db
from ..initials import initials_of
from ..messages.operations import drop_news_of, tell
from ..models import Application, Decision, Person, RouteStep, Snapshot
from ..vocabulary import N_, Event, Kind, MessageType, Stage, Status
from . import notes, rules, undoing
from .actors import actor_of
from .actors import acts_as_holder as acts_as_holder
from .guards import Act, check
from .lapsing import overdue
from .results import tell_result
from .routing import Office, build
from .rules import Actor, Counters

STARTED = N_("申报流程开始!")
RESET_TITLE = N_("重置流程")
# Who acts as an office, which the history names.
OFFICES = (Actor.HOLDER, Actor.DECIDER, Actor.LAST_OFFICE)
LETTER = {Kind.REVIEW: "R", Kind.RECOGNITION: "K"}  # of the number


def start(applicant: User, *, year: int, kind: Kind = Kind.REVIEW, at: datetime) -> Application:
    """Open a person's application of a year, as a draft.

    Refused if there is one already (X-23); of two simultaneous openings one is refused the same way.
    """
    if db.session.scalar(
        select(Application.id).where(
            Application.applicant_id == applicant.id, Application.year == year, Application.kind == kind
        )
    ):
        raise AlreadyApplied(year=year)
    application = Application(
        number=f"{year}-{LETTER[kind]}{applicant.id:07d}",
        applicant_id=applicant.id,
        year=year,
        kind=kind,
        form_version_id=latest_version_id(),
        created_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(application)
    except IntegrityError:
        raise AlreadyApplied(year=year) from None
    return application


def submit(application: Application, *, by: User, seen: int, pledged: bool, at: datetime) -> Decision:
    """Hand the application in: freeze the dossier, build the route, go to its first office (APP-06…11)."""
    act = attempt(Event.SUBMIT, application, seen, by=by, at=at, pledged=pledged)
    assert application.round and application.level
    person = db.session.get_one(Person, application.applicant_id)
    assert person.unit
    offices = build(person.unit, application.round.committee, kind=application.kind, level=application.level)
    snapshot = _freeze(application, person, at)
    _lay_route(application, offices, at)
    decision = move(
        act,
        seen,
        snapshot=snapshot,
        step=0,
        office=offices[0],
        values={
            "route_no": application.route_no + 1,
            "submission_no": snapshot.number,
            "snapshot_id": snapshot.id,
            "unit_id": person.unit_id,
            "submitted_at": at,
            "due_at": application.round.corrections_until,
            "name": application.applicant.first_name,
            "initials": initials_of(application.applicant.first_name),
        },
    )
    tell([application.applicant_id], STARTED, at=at, application=application)
    return decision


def resubmit(application: Application, *, by: User, seen: int, pledged: bool, at: datetime) -> Decision:
    """Hand a returned application in again: it arrives at the step that returned it (REV-04)."""
    act = attempt(Event.RESUBMIT, application, seen, by=by, at=at, pledged=pledged)
    person = db.session.get_one(Person, application.applicant_id)
    snapshot = _freeze(application, person, at)
    assert application.step is not None
    return move(
        act,
        seen,
        snapshot=snapshot,
        step=application.step,
        office=office_at(application, application.step),
        values={"submission_no": snapshot.number, "snapshot_id": snapshot.id, "submitted_at": at},
    )


def approve(application: Application, *, by: User, seen: int, opinion: str, at: datetime) -> Decision:
    """Pass the application on to the next office, or to 电子材料审核通过 after the last one (REV-09)."""
    act = attempt(Event.APPROVE, application, seen, by=by, at=at, opinion=opinion)
    assert application.step is not None
    following = application.step + 1
    office = office_at(application, following)
    if application.stage is Stage.UNIT:
        # Whom the unit recommends it also knows.
        assert application.holder_id
        employment.confirm(application.applicant_id, application.holder_id, by=by, at=at)
    decision = move(
        act,
        seen,
        step=following if office else None,
        office=office,
        to=Status.IN_REVIEW if office else Status.PAPER,
    )
    if office:
        db.session.execute(
            update(RouteStep)
            .where(
                RouteStep.application_id == application.id,
                RouteStep.route_no == application.route_no,
                RouteStep.position == following,
                RouteStep.reached_at.is_(None),
            )
            .values(reached_at=at)
            .execution_options(synchronize_session=False)
        )
        db.session.expire(office)
    tell_result(decision, at=at)
    return decision


def return_(
    application: Application, *, by: User, seen: int, opinion: str, at: datetime, confirmation: str = ""
) -> Decision:
    """Send an application back for changes and use up one chance (APP-09, REV-04).

    If someone has acted since `seen`, OutOfDate is raised and nothing changes. The chance is used
    even if the applicant resubmits unchanged: the limit is on how often an office may ask. Past
    the limit the year ends; `confirmation` must then hold the words of rules.CONFIRMATION.
    """
    act = attempt(Event.RETURN, application, seen, by=by, at=at, opinion=opinion, confirmation=confirmation)
    office = office_at(application, application.step)
    decision = move(act, seen, step=application.step, office=office)
    notes.send(decision)
    tell_result(decision, at=at)
    return decision


def reset(
    application: Application, *, by: User, seen: int, opinion: str, at: datetime, confirmation: str = ""
) -> Decision:
    """Send an application back to its cover and use up one chance: the whole route starts again (REV-05)."""
    act = attempt(Event.RESET, application, seen, by=by, at=at, opinion=opinion, confirmation=confirmation)
    decision = move(act, seen, step=None, office=None)
    notes.send(decision)
    if decision.to_status is Status.DRAFT:
        tell([application.applicant_id], RESET_TITLE, at=at, application=application)
    tell_result(decision, at=at)
    return decision


def decline(application: Application, *, by: User, seen: int, opinion: str, at: datetime) -> Decision:
    """Refuse the application for this year, with the reason."""
    act = attempt(Event.DECLINE, application, seen, by=by, at=at, opinion=opinion)
    decision = move(act, seen, step=None, office=None)
    tell_result(decision, at=at)
    return decision


def undo(application: Application, *, by: User, seen: int, at: datetime) -> Decision:
    """Take one's own last result back: the application lies where it lay, with both counters as they were.

    Refused after UNDO_MINUTES, and once somebody has acted on the result or opened it (undoing.py).
    """
    act = attempt(Event.UNDO, application, seen, by=by, at=at)
    undone = undoing.last_of(application)
    assert undone and undone.stage
    decision = move(
        act,
        seen,
        step=undone.from_step,
        office=office_at(application, undone.from_step),
        counters=Counters(application.chances_used, application.opinions_used).before(
            undone.event, undone.stage
        ),
        values={"waiting_since": undoing.arrival_of(application)},
    )
    undoing.take_back(undone)
    tell(
        undoing.told(undone),
        undoing.withdrawn(undone),
        at=at,
        type=MessageType.REVIEW,
        application=application,
    )
    return decision


def withdraw(application: Application, *, by: User, seen: int, at: datetime) -> Decision:
    """The applicant takes the application back; counters stay. Only before the second office has it."""
    act = attempt(Event.WITHDRAW, application, seen, by=by, at=at)
    return move(act, seen, step=None, office=None)


def reopen(application: Application, *, by: User, seen: int, at: datetime) -> Decision:
    """Take a withdrawn application up again as a draft while the window is open."""
    act = attempt(Event.REOPEN, application, seen, by=by, at=at)
    return move(act, seen, step=None, office=None)


def rename(applicant_id: int, name: str) -> None:
    """Let lists find the person's applications under another name; what was frozen stays as it was."""
    db.session.execute(
        update(Application)
        .where(Application.applicant_id == applicant_id, Application.submission_no > 0)
        .values(name=name, initials=initials_of(name))
        .execution_options(synchronize_session=False)
    )


def lapse_overdue(*, at: datetime) -> list[Application]:
    """Close every draft and returned application whose time is over; returns those it closed.

    One that its applicant or an office moves meanwhile is left to them.
    """
    closed = []
    for application in overdue(at):
        try:
            act = attempt(Event.LAPSE, application, application.version, by=None, at=at)
        except (OutOfDate, NotAllowedNow):
            continue
        move(act, application.version, step=None, office=None)
        words = N_("申报时间已过，本年度申报未能提交。")
        tell([application.applicant_id], words, at=at, application=application)
        closed.append(application)
    return closed


def attempt(
    event: Event, application: Application, seen: int, *, by: User | None, at: datetime, **said: Any
) -> Act:
    """The table's row for this actor and status, with its guards passed; else a DomainError.

    The row is locked and read afresh, so that what the guards saw is what move() changes.
    """
    db.session.refresh(application, with_for_update=True)
    if application.version != seen:
        raise OutOfDate
    actor = actor_of(event, application, by)
    row = rules.find(event, actor, application.status)
    if row is None:
        raise NotAllowedNow(status=lazy_gettext(application.status.label))
    act = Act(row=row, application=application, by=by, at=at, **said)
    check(act)
    return act


def move(
    act: Act,
    seen: int,
    *,
    step: int | None,
    office: Office | RouteStep | None,
    to: Status | None = None,
    snapshot: Snapshot | None = None,
    counters: Counters | None = None,
    values: dict[str, Any] | None = None,
) -> Decision:
    """The guarded statement and the line of history. Exactly one of many simultaneous moves gets through."""
    application, row = act.application, act.row
    if counters is None:
        counters = Counters(application.chances_used, application.opinions_used)
        if application.stage is not None:
            counters = counters.after(row.event, application.stage)
    to = Status.FAILED if counters.year_is_over else to or row.to
    stays = to in (Status.IN_REVIEW, Status.RETURNED)
    before = {"stage": application.stage, "step": application.step, "holder": application.holder_id}
    if row.by in (Actor.DECIDER, Actor.LAST_OFFICE) and office:
        before |= {"stage": office.stage, "holder": _organisation_id(office)}
    written = {
        "status": to,
        "step": step if stays else None,
        "stage": office.stage if stays and office else None,
        "holder_id": _organisation_id(office) if stays and office else None,
        "waiting_since": act.at if to is Status.IN_REVIEW else None,
        "chances_used": counters.chances,
        "opinions_used": counters.opinions,
        "version": seen + 1,
        **(values or {}),
    }
    moved = db.session.execute(
        update(Application)
        .where(
            Application.id == application.id,
            Application.version == seen,
            Application.status == row.from_,
            Application.chances_used == application.chances_used,
        )
        .values(written)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise OutOfDate
    drop_news_of(application)
    judged = snapshot.id if snapshot else application.snapshot_id
    for name, value in written.items():
        set_committed_value(application, name, value)
    db.session.expire(application, ["holder", "decisions"])
    decision = Decision(
        application_id=application.id,
        event=row.event,
        by_id=act.by.id if act.by else None,
        organisation_id=before["holder"] if row.by in OFFICES else None,
        stage=before["stage"] if row.by in OFFICES else None,
        snapshot_id=judged,
        opinion=act.opinion.strip(),
        from_status=row.from_,
        to_status=to,
        from_step=before["step"],
        to_step=application.step,
        chances_used=counters.chances,
        opinions_used=counters.opinions,
        version=application.version,
        at=act.at,
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def _organisation_id(office: Office | RouteStep) -> int:
    return office.organisation.id if isinstance(office, Office) else office.organisation_id


def _freeze(application: Application, person: Person, at: datetime) -> Snapshot:
    frozen = freeze(person, application, on=at.date())
    snapshot = Snapshot(
        application_id=application.id,
        number=application.submission_no + 1,
        content=frozen.content,
        digest=frozen.digest,
        identity=frozen.identity,
        created_at=at,
    )
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def _lay_route(application: Application, offices: list[Office], at: datetime) -> None:
    db.session.add_all(
        RouteStep(
            application_id=application.id,
            route_no=application.route_no + 1,
            position=position,
            stage=office.stage,
            organisation_id=office.organisation.id,
            reached_at=at if position == 0 else None,
        )
        for position, office in enumerate(offices)
    )


def office_at(application: Application, position: int | None) -> RouteStep | None:
    return db.session.scalars(
        select(RouteStep).where(
            RouteStep.application_id == application.id,
            RouteStep.route_no == application.route_no,
            RouteStep.position == position,
        )
    ).one_or_none()
