"""The verbs: where they lead, what they refuse, what they leave behind."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.errors import (
    AlreadyApplied,
    Barred,
    ConfirmationRequired,
    CorrectionTimeOver,
    CoverRequired,
    Incomplete,
    NotAllowedNow,
    OutOfDate,
    OwnApplication,
    PledgeRequired,
    ReasonRequired,
    ReasonTooLong,
    UnitOpinionRequired,
    WindowClosed,
)
from app.models import Application, Decision, IntegrityRecord, Message, Person, RouteStep, Snapshot, User
from app.models.applications import ImmutableRow
from app.models.sections import StudyHistory
from app.policy import standing_of, visible
from app.vocabulary import CommitteeTier, Event, Nature, Role, Stage, Status, Tier
from app.workflow import lapsing, operations
from app.workflow.guards import unit_opinion_of
from tests import factories as make

pytestmark = pytest.mark.usefixtures("session")

OK = {"opinion": "请补充证明人"}


def act(verb, application, **said):
    """The holder's clerk acts now, on what he sees now."""
    return verb(
        application, by=make.clerk_of(application), seen=application.version, at=clock.now(), **{**OK, **said}
    )


def state_of(application):
    return (
        application.status,
        application.stage,
        application.step,
        application.chances_used,
        application.opinions_used,
        len(application.decisions),
    )


ROUTES = [
    # nature, tier, committee tier → the stages (ROU-01 … ROU-05)
    (Nature.STATE_INSTITUTION, Tier.CITY, CommitteeTier.CITY, "unit department committee"),
    (Nature.STATE_ENTERPRISE, Tier.COUNTY, CommitteeTier.CITY, "unit department bureau committee"),
    (Nature.NON_PUBLIC, Tier.COUNTY, CommitteeTier.CITY, "unit bureau committee"),
    (Nature.AGENCY, Tier.COUNTY, CommitteeTier.CITY, "unit committee"),
    (Nature.NON_PUBLIC, Tier.COUNTY, CommitteeTier.PROVINCE, "unit bureau city_bureau committee"),
    (
        Nature.STATE_INSTITUTION,
        Tier.COUNTY,
        CommitteeTier.PROVINCE,
        "unit department bureau city_bureau committee",
    ),
]


@pytest.mark.parametrize(("nature", "tier", "committee_tier", "stages"), ROUTES)
def test_an_application_passes_every_office_of_its_route(nature, tier, committee_tier, stages):
    round_ = make.make_round(make.make_committee(committee_tier))
    application = make.make_draft(make.make_unit(nature, tier), round_)
    make.submit(application)
    seen = []
    while application.status is Status.IN_REVIEW:
        seen.append(application.stage.value)
        make.approve(application)
    assert (" ".join(seen), application.status) == (stages, Status.PAPER)
    assert application.holder_id is None


def test_submitting_freezes_the_dossier_and_tells_the_applicant(session):
    application = make.make_application(at=Stage.UNIT)
    snapshot = session.get_one(Snapshot, application.snapshot_id)
    study = json.loads(snapshot.content)["sections"]["study-history"]
    row = session.scalars(select(StudyHistory).where(StudyHistory.owner_id == application.applicant_id)).one()
    row.school = "改过的学校"
    session.flush()
    assert [each["school"] for each in study] == ["示例就读学校"]
    assert "改过的学校" not in session.get_one(Snapshot, application.snapshot_id).content
    texts = session.scalars(
        select(Message.text).where(Message.recipient_id == application.applicant_id)
    ).all()
    assert texts == ["申报流程开始!"]


def test_a_return_keeps_the_step_and_the_resubmission_arrives_there():
    application = make.make_application(
        at=Stage.COMMITTEE, unit=make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY)
    )
    act(operations.return_, application)
    assert state_of(application)[:5] == (Status.RETURNED, Stage.COMMITTEE, 2, 1, 1)
    account = application.applicant
    operations.resubmit(application, by=account, seen=application.version, pledged=True, at=clock.now())
    assert state_of(application)[:5] == (Status.IN_REVIEW, Stage.COMMITTEE, 2, 1, 1)
    assert application.submission_no == 2


def test_a_reset_drops_the_route_and_voids_table_12():
    application = make.make_application(at=Stage.DEPARTMENT)
    act(operations.reset, application)
    assert state_of(application)[:5] == (Status.DRAFT, None, None, 1, 1)
    make.submit(application)
    assert (application.stage, application.route_no) == (Stage.UNIT, 2)
    assert unit_opinion_of(application) is None
    with pytest.raises(UnitOpinionRequired):
        act(operations.approve, application)


@pytest.mark.parametrize(
    "verb", [operations.approve, operations.return_, operations.reset, operations.decline]
)
@pytest.mark.parametrize(("opinion", "error"), [("  ", ReasonRequired), ("长" * 501, ReasonTooLong)])
def test_a_decision_without_a_fit_reason_is_refused_and_leaves_no_trace(verb, opinion, error):
    application = make.make_application(at=Stage.DEPARTMENT)
    before = state_of(application)
    with pytest.raises(error):
        act(verb, application, opinion=opinion)
    assert state_of(application) == before


@pytest.mark.parametrize(
    "verb", [operations.approve, operations.return_, operations.reset, operations.decline]
)
def test_nobody_but_the_holder_decides(verb):
    application = make.make_application(at=Stage.DEPARTMENT)
    before = state_of(application)
    others = [
        make.make_user(Role.UNIT, make.offices_of(application)[0]),
        make.make_user(Role.COMMITTEE, make.offices_of(application)[2]),
        make.make_user(Role.DEPARTMENT, make.make_department()),
        make.make_user(Role.SUPER_ADMIN),
        make.make_user(Role.HOTLINE),
    ]
    for other in others:
        with pytest.raises(NotAllowedNow):
            verb(application, by=other, seen=application.version, opinion="同意", at=clock.now())
    assert state_of(application) == before


def test_nobody_decides_on_his_own_application_in_any_role(session):
    application = make.make_application(at=Stage.DEPARTMENT)
    make.join(application.applicant, Role.DEPARTMENT, make.offices_of(application)[1])
    with pytest.raises(OwnApplication):
        operations.approve(
            application, by=application.applicant, seen=application.version, opinion="同意", at=clock.now()
        )


def test_who_was_slower_is_told_and_changes_nothing():
    application = make.make_application(at=Stage.DEPARTMENT)
    seen, clerk = application.version, make.clerk_of(application)
    act(operations.approve, application)
    before = state_of(application)
    with pytest.raises(OutOfDate):
        operations.return_(application, by=clerk, seen=seen, opinion="太晚", at=clock.now())
    assert state_of(application) == before


def test_the_fifth_negative_result_fails_the_year_once_confirmed(session):
    application = make.make_application(at=Stage.UNIT)
    for _time in range(4):
        act(operations.return_, application)
        operations.resubmit(
            application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
        )
    with pytest.raises(ConfirmationRequired):
        act(operations.return_, application)
    assert application.status is Status.IN_REVIEW
    act(operations.return_, application, confirmation="当年申报终止")
    assert (application.status, application.chances_used, application.holder_id) == (Status.FAILED, 5, None)
    assert application.decisions[-1].to_status is Status.FAILED
    unit_clerk = make.offices_of(application)[0]
    told = session.scalars(select(Message.recipient_id).where(Message.text.contains("当年申报失败"))).all()
    assert application.applicant_id in told and len(told) == 2 and unit_clerk


def test_the_fourth_opinion_after_the_unit_fails_the_year():
    application = make.make_application(at=Stage.DEPARTMENT)
    for _time in range(3):
        act(operations.return_, application)
        operations.resubmit(
            application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
        )
    with pytest.raises(ConfirmationRequired):
        act(operations.reset, application)
    act(operations.reset, application, confirmation="当年申报终止")
    assert (application.status, application.chances_used, application.opinions_used) == (Status.FAILED, 4, 4)


def test_resets_and_withdrawals_keep_the_counters():
    application = make.make_application(at=Stage.UNIT)
    act(operations.reset, application)
    operations.withdraw(application, by=application.applicant, seen=application.version, at=clock.now())
    operations.reopen(application, by=application.applicant, seen=application.version, at=clock.now())
    assert (application.status, application.chances_used) == (Status.DRAFT, 1)


def test_withdrawing_ends_with_the_second_office():
    application = make.make_application(at=Stage.DEPARTMENT)
    with pytest.raises(NotAllowedNow):
        operations.withdraw(application, by=application.applicant, seen=application.version, at=clock.now())


@pytest.mark.parametrize(
    ("seconds", "error"), [(-1, WindowClosed), (0, None), (3599, None), (3600, WindowClosed)]
)
def test_the_window_is_half_open(seconds, error):
    opens = clock.now().replace(microsecond=0)
    round_ = make.make_round(
        opens_at=opens, closes_at=opens + timedelta(hours=1), corrections_until=opens + timedelta(hours=1)
    )
    application = make.make_draft(round_=round_)
    at = opens + timedelta(seconds=seconds)
    if error is None:
        assert make.submit(application, at).status is Status.IN_REVIEW
        return
    with pytest.raises(error):
        make.submit(application, at)
    assert application.status is Status.DRAFT


@pytest.mark.parametrize(("seconds", "error"), [(-1, None), (0, CorrectionTimeOver)])
def test_a_resubmission_needs_correction_time_not_an_open_window(session, seconds, error):
    application = make.make_application(at=Status.RETURNED)
    application.round.opens_at -= timedelta(days=60)
    application.round.closes_at = clock.now() - timedelta(days=2)
    application.round.corrections_until = clock.now() + timedelta(days=1)
    session.flush()
    at = application.round.corrections_until + timedelta(seconds=seconds)
    again = {"by": application.applicant, "seen": application.version, "pledged": True, "at": at}
    if error is None:
        operations.resubmit(application, **again)
        assert application.status is Status.IN_REVIEW
    else:
        with pytest.raises(error):
            operations.resubmit(application, **again)


def test_a_submission_needs_the_cover_the_pledge_and_nothing_missing(session):
    application = make.make_draft()
    by = application.applicant
    saved, application.cover_saved_at = application.cover_saved_at, None
    session.flush()
    with pytest.raises(CoverRequired):
        make.submit(application)
    application.cover_saved_at = saved
    session.flush()
    with pytest.raises(PledgeRequired):
        operations.submit(application, by=by, seen=application.version, pledged=False, at=clock.now())
    session.delete(session.scalars(select(StudyHistory).where(StudyHistory.owner_id == by.id)).one())
    session.flush()
    with pytest.raises(Incomplete) as refused:
        make.submit(application)
    assert [gap.area for gap in refused.value.gaps] == ["学习经历"]
    assert (
        session.scalar(select(func.count(Snapshot.id)).where(Snapshot.application_id == application.id)) == 0
    )


def test_an_integrity_record_bars_until_its_last_day(session):
    application = make.make_draft()
    today = clock.today()
    session.add(
        IntegrityRecord(
            id_number=application.applicant.id_number,
            reason="示例",
            starts_on=today,
            until=today + timedelta(days=1),
        )
    )
    session.flush()
    for days in (0, 1):
        with pytest.raises(Barred):
            make.submit(application, clock.now() + timedelta(days=days))
    assert make.submit(application, clock.now() + timedelta(days=2)).status is Status.IN_REVIEW


def test_one_application_a_person_and_year(session):
    application = make.make_draft()
    with pytest.raises(AlreadyApplied):
        operations.start(application.applicant, year=application.year, at=clock.now())


def test_a_reset_after_the_window_waits_while_another_committee_is_open(session):
    """REV-05: the old committee cannot be chosen again; another can."""
    application = make.make_application(at=Stage.UNIT)
    end = application.round.closes_at
    other = make.make_round(year=application.year, closes_at=end + timedelta(days=5),
                            corrections_until=end + timedelta(days=9))  # fmt: skip
    operations.reset(
        application, by=make.clerk_of(application), seen=application.version, opinion="选错", at=clock.now()
    )
    never = make.make_draft(round_=application.round)
    assert operations.lapse_overdue(at=end) == [never]
    assert operations.lapse_overdue(at=other.closes_at) == [application]


def test_whoever_is_moved_meanwhile_does_not_keep_the_others_from_lapsing(session, monkeypatch):
    moved, still = make.make_draft(), make.make_draft()
    end = max(moved.round.closes_at, still.round.closes_at)
    read = lapsing.overdue(end)

    def and_then(at):
        session.execute(
            update(Application).where(Application.id == moved.id).values(status=Status.WITHDRAWN, version=9)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        return read

    monkeypatch.setattr(operations, "overdue", and_then)
    assert still in operations.lapse_overdue(at=end)
    session.refresh(moved)
    assert moved.status is Status.WITHDRAWN


def test_what_is_overdue_lapses_and_nothing_else(session):
    at = clock.now()
    past = {"opens_at": at - timedelta(days=9), "closes_at": at + timedelta(days=1),
            "corrections_until": at + timedelta(days=2)}  # fmt: skip
    draft = make.make_draft(round_=make.make_round(**past))
    returned = make.make_application(at=Status.RETURNED, round_=make.make_round(**past))
    waiting = make.make_application(at=Stage.UNIT, round_=make.make_round(**past))
    later = at + timedelta(days=1)
    assert draft in operations.lapse_overdue(at=later)
    assert (draft.status, returned.status) == (Status.LAPSED, Status.RETURNED)
    operations.lapse_overdue(at=later + timedelta(days=1))
    assert (returned.status, waiting.status) == (Status.LAPSED, Status.IN_REVIEW)


@pytest.mark.parametrize("history", [Decision, Snapshot])
def test_history_cannot_be_changed(session, history):
    application = make.make_application(at=Stage.DEPARTMENT)
    session.commit()
    row = session.scalars(select(history).where(history.application_id == application.id)).first()
    if history is Decision:
        row.opinion = "改写"
    else:
        row.content = "{}"
    with pytest.raises(ImmutableRow):
        session.flush()
    session.rollback()
    with pytest.raises(ImmutableRow):
        session.delete(row)
        session.flush()


def replay(decisions):
    """The state that a history leads to, computed from the lines alone."""
    state = {"status": Status.DRAFT, "step": None, "chances": 0, "opinions": 0, "version": 1}
    for line in decisions:
        assert (line.from_status, line.from_step) == (state["status"], state["step"])
        if line.event in (Event.RETURN, Event.RESET):
            state["chances"] += 1
            state["opinions"] += line.stage is not Stage.UNIT
        state.update(status=line.to_status, step=line.to_step, version=state["version"] + 1)
        assert (line.chances_used, line.opinions_used, line.version) == (
            state["chances"], state["opinions"], state["version"],
        )  # fmt: skip
    return state


def test_the_history_replays_to_the_stored_state(session):
    application = make.make_application(at=Stage.DEPARTMENT)
    act(operations.return_, application)
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )
    act(operations.reset, application)
    make.submit(application)
    while application.status is Status.IN_REVIEW:
        make.approve(application)
    assert replay(application.decisions) == {
        "status": application.status,
        "step": application.step,
        "chances": application.chances_used,
        "opinions": application.opinions_used,
        "version": application.version,
    }


def test_reached_steps_say_who_has_seen_the_application(session):
    application = make.make_application(at=Stage.DEPARTMENT)
    reached = session.scalars(
        select(RouteStep.reached_at.is_not(None))
        .where(RouteStep.application_id == application.id)
        .order_by(RouteStep.position)
    ).all()
    assert reached == [True, True, False]


def test_every_line_of_history_names_the_snapshot_it_judged(session):
    application = make.make_application(at=Stage.COMMITTEE)
    judged = session.scalars(
        select(Decision.snapshot_id).where(Decision.application_id == application.id)
    ).all()
    assert set(judged) == {application.snapshot_id}
    assert session.get_one(Application, application.id).decisions
    assert session.get_one(User, application.applicant_id)


def test_after_a_reset_the_unit_he_left_sees_nothing_more(session):
    application = make.make_application(at=Stage.UNIT)
    old_clerk = make.clerk_of(application)
    act(operations.reset, application)
    clause = visible(Application, standing_of(old_clerk))
    mine = select(Application.id).where(clause, Application.id == application.id)
    assert session.scalar(mine) == application.id
    session.get_one(Person, application.applicant_id).unit_id = make.make_unit().id
    session.flush()
    make.submit(application)
    assert session.scalar(mine) is None
