"""Taking back one's own result: who, until when, what stands in the way, and that everything is as it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import audit, clock
from app.checks.histories import INVARIANTS
from app.errors import OutOfDate, OwnApplication
from app.extensions import db
from app.models import Message, Opening, ReviewNote, RouteStep
from app.vocabulary import Event, Role, Stage, Status
from app.workflow import notes, operations
from app.workflow.refusals import NothingToUndo, SeenMeanwhile, TooLateToUndo
from tests import factories as make

pytestmark = pytest.mark.usefixtures("session")

RETURN, RESET = operations.return_, operations.reset
APPROVE, DECLINE = operations.approve, operations.decline
VERBS = [APPROVE, RETURN, RESET, DECLINE]
WORDS = "当年申报终止"
COLUMNS = (
    "status step stage holder_id route_no submission_no snapshot_id chances_used opinions_used waiting_since submitted_at"
).split()


def state_of(application):
    db.session.refresh(application)
    return {name: getattr(application, name) for name in COLUMNS}


def reached(application):
    rows = select(RouteStep.position, RouteStep.reached_at).where(RouteStep.application_id == application.id)
    return [tuple(each) for each in db.session.execute(rows.order_by(RouteStep.id))]


def decide(verb, application, by=None, **more):
    by = by or make.clerk_of(application)
    verb(application, by=by, seen=application.version, opinion="示例意见", at=clock.now(), **more)
    return by


def undo(application, by, at=None):
    return operations.undo(application, by=by, seen=application.version, at=at or clock.now())


def at_the_last_chance(stage):
    """An application that the next return or reset at this stage ends."""
    application = make.make_application(at=stage)
    for _time in range(4 if stage is Stage.UNIT else 3):
        decide(RETURN, application)
        operations.resubmit(
            application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
        )
    return application


def findings():
    db.session.expire_all()
    return [found for each in INVARIANTS for found in each.broken_by()]


# verb, where, further arguments, where it led
EVENTS = [
    (APPROVE, lambda: make.make_application(at=Stage.DEPARTMENT), {}, Status.IN_REVIEW),
    (APPROVE, lambda: make.make_application(at=Stage.COMMITTEE), {}, Status.PAPER),
    (RETURN, lambda: make.make_application(at=Stage.UNIT), {}, Status.RETURNED),
    (RETURN, lambda: make.make_application(at=Stage.COMMITTEE), {}, Status.RETURNED),
    (RESET, lambda: make.make_application(at=Stage.DEPARTMENT), {}, Status.DRAFT),
    (DECLINE, lambda: make.make_application(at=Stage.DEPARTMENT), {}, Status.DECLINED),
    (RETURN, lambda: at_the_last_chance(Stage.UNIT), {"confirmation": WORDS}, Status.FAILED),
    (RESET, lambda: at_the_last_chance(Stage.DEPARTMENT), {"confirmation": WORDS}, Status.FAILED),
]


@pytest.mark.parametrize(("verb", "made", "more", "led"), EVENTS)
def test_everything_is_as_it_was_and_the_history_stays_sound(session, verb, made, more, led):
    application = made()
    before, steps = state_of(application), reached(application)
    clerk = decide(verb, application, **more)
    assert application.status is led
    line = undo(application, clerk)
    assert state_of(application) == before
    assert reached(application) == steps
    assert (line.event, line.from_status, line.to_status) == (Event.UNDO, led, Status.IN_REVIEW)
    assert (line.by_id, line.organisation_id) == (clerk.id, before["holder_id"])
    assert findings() == []
    told = session.scalars(
        select(Message.text).where(Message.recipient_id == application.applicant_id).order_by(Message.id)
    ).all()
    assert "已撤销刚才的审核结果" in told[-1] and "请以新的审核结果为准" in told[-1]
    # The office goes on from there, and can take that back too.
    decide(verb, application, **more)
    assert application.status is led
    undo(application, clerk)
    assert state_of(application) == before and findings() == []


def test_the_unit_is_told_that_the_year_has_not_ended(session):
    application = at_the_last_chance(Stage.UNIT)
    clerk = decide(RETURN, application, confirmation=WORDS)
    undo(application, clerk)
    told = session.scalars(select(Message.recipient_id).where(Message.text.contains("已撤销"))).all()
    assert set(told) >= {application.applicant_id, clerk.id}


def test_a_wrong_counter_after_an_undo_is_found(session):
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = decide(RETURN, application)
    undo(application, clerk)
    line = application.id
    assert findings() == []
    for columns in ("chances_used = {}", "chances_used = {0}, opinions_used = {0}"):
        for value in (1, 0):
            session.execute(db.text(f"UPDATE application SET {columns.format(value)} WHERE id = {line}"))
            assert bool(findings()) is bool(value)
    session.execute(
        db.text(f"UPDATE decision SET by_id = by_id - 1 WHERE event = 'undo' AND application_id = {line}")
    )
    assert findings()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("seconds", "error"), [(0, None), (599, None), (600, TooLateToUndo), (86400, TooLateToUndo)]
)
def test_ten_minutes(verb, seconds, error):
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = decide(verb, application)
    after, at = state_of(application), application.decisions[-1].at + timedelta(seconds=seconds)
    if error is None:
        assert undo(application, clerk, at).event is Event.UNDO
        return
    with pytest.raises(error):
        undo(application, clerk, at)
    assert state_of(application) == after


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_takes_back_what_another_one_has_decided(verb):
    application = make.make_application(at=Stage.DEPARTMENT)
    office = make.offices_of(application)[1]
    clerk = decide(verb, application)
    others = [
        make.make_user(Role.DEPARTMENT, office),
        make.make_user(Role.COMMITTEE, make.offices_of(application)[2]),
        make.make_user(Role.SUPER_ADMIN),
        make.make_user(Role.HOTLINE),
    ]
    for other in others:
        with pytest.raises(NothingToUndo):
            undo(application, other)
    with pytest.raises(OwnApplication):
        undo(application, application.applicant)
    membership = db.session.scalars(select(make.Membership).where(make.Membership.user_id == clerk.id)).one()
    db.session.delete(membership)
    db.session.flush()
    with pytest.raises(NothingToUndo):
        undo(application, clerk)


def test_only_the_last_result_and_only_once():
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = decide(APPROVE, application)
    undo(application, clerk)
    with pytest.raises(NothingToUndo):
        undo(application, clerk)
    decide(APPROVE, application)
    seen = application.version
    decide(RETURN, application)
    with pytest.raises(OutOfDate):
        operations.undo(application, by=clerk, seen=seen, at=clock.now())
    with pytest.raises(NothingToUndo):
        undo(application, clerk)


def test_what_the_applicant_has_taken_up_again_stays(session):
    application = make.make_application(at=Stage.UNIT)
    clerk = decide(RETURN, application)
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )
    with pytest.raises(NothingToUndo):
        undo(application, clerk)


def opened_by(application, user, version=None):
    db.session.add(
        Opening(
            application_id=application.id,
            user_id=user.id,
            version=version or application.version,
            at=clock.now(),
        )
    )
    db.session.flush()


def test_once_the_next_office_has_opened_it_an_approval_stays():
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = make.clerk_of(application)
    opened_by(application, clerk)
    opened_by(application, make.make_user(Role.DEPARTMENT, make.offices_of(application)[1]))
    decide(APPROVE, application, clerk)
    assert undo(application, clerk), "what a colleague had opened before the result is no opening of it"
    decide(APPROVE, application, clerk)
    opened_by(application, make.clerk_of(application))
    with pytest.raises(SeenMeanwhile, match="下一环节已打开此申报"):
        undo(application, clerk)


def read_the_message(application, _decision):
    message = db.session.scalars(
        select(Message).where(Message.recipient_id == application.applicant_id, Message.type == "review")
    ).all()[-1]
    message.read_at = clock.now()


def delete_the_message(application, _decision):
    message = db.session.scalars(
        select(Message).where(Message.recipient_id == application.applicant_id, Message.type == "review")
    ).all()[-1]
    message.deleted_at = clock.now()


def sign_in_or_change(application, _decision):
    audit.record("sign_in", at=clock.now(), by_id=application.applicant_id)


def handle_a_note(application, decision):
    db.session.execute(
        db.update(ReviewNote).where(ReviewNote.decision_id == decision.id).values(handled_at=clock.now())
    )


@pytest.mark.parametrize("verb", [RETURN, RESET, DECLINE])
@pytest.mark.parametrize("seen", [read_the_message, delete_the_message, sign_in_or_change, handle_a_note])
def test_once_the_applicant_has_seen_it_a_result_stays(verb, seen):
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = make.clerk_of(application)
    notes.pin(
        application, notes.Place("person"), "示例标注", by=clerk, seen=application.version, at=clock.now()
    )
    decide(verb, application)
    if verb is DECLINE and seen is handle_a_note:
        return
    seen(application, application.decisions[-1])
    db.session.flush()
    with pytest.raises(SeenMeanwhile, match="申报人已看到审核结果"):
        undo(application, clerk)


def test_notes_that_went_out_are_drafts_again():
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = make.clerk_of(application)
    note = notes.pin(
        application, notes.Place("person"), "示例标注", by=clerk, seen=application.version, at=clock.now()
    )
    decide(RETURN, application)
    assert [each.id for each in notes.sent_on(application)] == [note.id]
    undo(application, clerk)
    assert [each.id for each in notes.drafts_of(application)] == [note.id]
    assert notes.sent_on(application) == []
    decide(APPROVE, application)
    assert notes.drafts_of(application) == [] == notes.sent_on(application), "the next office never sees them"
    undo(application, clerk)
    assert [each.id for each in notes.drafts_of(application)] == [note.id]
