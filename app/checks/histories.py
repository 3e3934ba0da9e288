"""Invariants of applications and their append-only history."""

import json
from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import selectinload

from ..dossier.snapshot import verify
from ..extensions import db
from ..models import (
    Application,
    Decision,
    Message,
    PublicNotice,
    Round,
    RouteStep,
    Snapshot,
    Unit,
    UnitOpinion,
)
from ..vocabulary import AFTER_UNIT, Event, MessageType, Nature, NoticePlace, Stage, Status
from ..workflow.notices import holidays
from ..workflow.rules import CHANCES, DECISIONS, NEGATIVE, NOTICE_DAYS, ON_PAGE, OPINIONS
from ..workflow.undoing import LASTS, standing
from ..workflow.working_days import working_days
from . import Invariant


def _histories() -> Iterator[tuple[Application, list[Decision]]]:
    query = select(Application).options(selectinload(Application.decisions)).execution_options(yield_per=500)
    for application in db.session.scalars(query):
        yield application, application.decisions


def unreplayable() -> Iterator[str]:
    for application, lines in _histories():
        status, step = Status.DRAFT, None
        for line in lines:
            if (line.from_status, line.from_step) != (status, step):
                yield f"{application.number}: line {line.id} starts from {line.from_status}/{line.from_step}, not {status}/{step}"
            status, step = line.to_status, line.to_step
        if (application.status, application.step) != (status, step):
            yield f"{application.number}: stored {application.status}/{application.step}, history says {status}/{step}"


def undone_wrongly() -> Iterator[str]:
    """Every line of an undoing follows, within its time, the decision of the same person that it takes back."""
    for application, lines in _histories():
        for before, line in pairwise(lines):
            if line.event is not Event.UNDO:
                continue
            back = (before.from_status, before.from_step, before.by_id)
            in_time = before.at <= line.at < before.at + LASTS
            if (
                before.event not in DECISIONS
                or (line.to_status, line.to_step, line.by_id) != back
                or not in_time
            ):
                yield f"{application.number}: line {line.id} undoes what it could not"


def miscounted_chances() -> Iterator[str]:
    for application, lines in _histories():
        counted = sum(line.event in NEGATIVE for line in standing(lines))
        if counted != application.chances_used:
            yield f"{application.number}: chances_used {application.chances_used}, history says {counted}"


def miscounted_opinions() -> Iterator[str]:
    for application, lines in _histories():
        counted = sum(line.event in NEGATIVE and line.stage in AFTER_UNIT for line in standing(lines))
        if counted != application.opinions_used:
            yield f"{application.number}: opinions_used {application.opinions_used}, history says {counted}"


def lines_with_wrong_counters() -> Iterator[str]:
    for application, lines in _histories():
        for place, line in enumerate(lines, 1):
            chances = sum(each.event in NEGATIVE for each in standing(lines[:place]))
            if line.chances_used != chances:
                yield f"{application.number}: line {line.id} says {line.chances_used} chances, not {chances}"


def versions_beside_history() -> Iterator[str]:
    for application, lines in _histories():
        if lines and application.version < lines[-1].version:
            yield f"{application.number}: version {application.version} is older than its history"
        if any(b.version <= a.version for a, b in pairwise(lines)):
            yield f"{application.number}: versions of its history do not rise"


def over_the_limit_but_alive() -> Iterator[str]:
    over = or_(Application.chances_used > CHANCES, Application.opinions_used > OPINIONS)
    for number in db.session.scalars(
        select(Application.number).where(over, Application.status != Status.FAILED)
    ):
        yield f"{number}: past a limit but not failed"


def failed_within_the_limit() -> Iterator[str]:
    query = select(Application.number).where(
        Application.status == Status.FAILED,
        Application.chances_used <= CHANCES,
        Application.opinions_used <= OPINIONS,
    )
    for number in db.session.scalars(query):
        yield f"{number}: failed within both limits"


def decided_on_own() -> Iterator[str]:
    query = (
        select(Decision.id, Application.number)
        .join(Application, Application.id == Decision.application_id)
        .where(Decision.by_id == Application.applicant_id, Decision.event.in_((*DECISIONS, *ON_PAGE)))
    )
    for line, number in db.session.execute(query):
        yield f"{number}: line {line} is a decision on the decider's own application"


def decided_from_outside() -> Iterator[str]:
    on_route = exists().where(
        RouteStep.application_id == Decision.application_id,
        RouteStep.organisation_id == Decision.organisation_id,
        RouteStep.stage == Decision.stage,
        RouteStep.reached_at.is_not(None),
    )
    by_offices = Decision.event.in_((*DECISIONS, *ON_PAGE))
    for line in db.session.scalars(select(Decision.id).where(by_offices, ~on_route)):
        yield f"line {line}: the deciding office was never on the way"


def decided_without_words() -> Iterator[str]:
    spoken = (*DECISIONS, Event.ASK_AGAIN)
    query = select(Decision.id).where(Decision.event.in_(spoken), func.trim(Decision.opinion) == "")
    for line in db.session.scalars(query):
        yield f"line {line}: a decision without an opinion"


def decided_on_nothing() -> Iterator[str]:
    named = exists().where(
        Snapshot.id == Decision.snapshot_id, Snapshot.application_id == Decision.application_id
    )
    judged = (*DECISIONS, Event.SUBMIT, Event.RESUBMIT)
    for line in db.session.scalars(select(Decision.id).where(Decision.event.in_(judged), ~named)):
        yield f"line {line}: names no snapshot of its application"


def altered_snapshots() -> Iterator[str]:
    for snapshot in db.session.scalars(select(Snapshot).execution_options(yield_per=200)):
        if not verify(snapshot):
            yield f"snapshot {snapshot.id}: content and digest differ"


def unreadable_snapshots() -> Iterator[str]:
    for pk, content in db.session.execute(
        select(Snapshot.id, Snapshot.content).execution_options(yield_per=200)
    ):
        try:
            if not {"cover", "person", "sections", "attachments"} <= json.loads(content).keys():
                yield f"snapshot {pk}: a part is missing"
        except (ValueError, AttributeError):
            yield f"snapshot {pk}: not a dossier"


def gaps_in_snapshots() -> Iterator[str]:
    query = (
        select(
            Application.number, Application.submission_no, func.count(Snapshot.id), func.max(Snapshot.number)
        )
        .outerjoin(Snapshot, Snapshot.application_id == Application.id)
        .group_by(Application.id, Application.number, Application.submission_no)
    )
    for number, submissions, count, last in db.session.execute(query):
        if not submissions == count == (last or 0):
            yield f"{number}: {submissions} submissions, {count} snapshots, the last is number {last}"


def stale_snapshots() -> Iterator[str]:
    newest = select(func.max(Snapshot.id)).where(Snapshot.application_id == Application.id).scalar_subquery()
    query = select(Application.number).where(
        Application.submission_no > 0, Application.snapshot_id.is_distinct_from(newest)
    )
    for number in db.session.scalars(query):
        yield f"{number}: does not point at its newest snapshot"


def submitted_outside_the_window() -> Iterator[str]:
    query = (
        select(Decision.id, Application.number)
        .join(Application, Application.id == Decision.application_id)
        .join(Round, Round.id == Application.round_id)
        .where(Decision.event == Event.SUBMIT, Application.status == Status.IN_REVIEW)
        .where(
            Application.submission_no == 1, or_(Decision.at < Round.opens_at, Decision.at >= Round.closes_at)
        )
    )
    for line, number in db.session.execute(query):
        yield f"{number}: line {line} submitted outside the window"


def years_beside_the_round() -> Iterator[str]:
    query = (
        select(Application.number)
        .join(Round, Round.id == Application.round_id)
        .where(or_(Application.year != Round.year, Application.kind != Round.kind))
    )
    for number in db.session.scalars(query):
        yield f"{number}: another year or kind than its round"


def titles_beside_the_cover() -> Iterator[str]:
    rows = db.session.scalars(select(Application).where(Application.cover_saved_at.is_not(None)))
    for row in rows:
        title, profession = row.title, row.profession
        if title is None or profession is None or (title.series_id, title.ladder, title.level) != (
            profession.series_id, profession.ladder, row.level,
        ):  # fmt: skip
            yield f"{row.number}: the title does not follow from profession and level"


def untold_results() -> Iterator[str]:
    told = exists().where(
        Message.application_id == Decision.application_id,
        Message.type == MessageType.REVIEW,
        Message.recipient_id == Application.applicant_id,
        Message.created_at == Decision.at,
    )
    query = (
        select(Decision.id)
        .join(Application, Application.id == Decision.application_id)
        .where(Decision.event.in_((*DECISIONS, *ON_PAGE)), ~told)
    )
    for line in db.session.scalars(query):
        yield f"line {line}: the applicant was not told"


def recommended_without_table_12() -> Iterator[str]:
    written = exists().where(
        UnitOpinion.application_id == RouteStep.application_id, UnitOpinion.route_no == RouteStep.route_no
    )
    query = select(RouteStep.application_id).where(
        RouteStep.position == 1, RouteStep.reached_at.is_not(None), ~written
    )
    for pk in db.session.scalars(query):
        yield f"application {pk}: passed the unit without Table 12"


def recommended_without_notice() -> Iterator[str]:
    """Dispatched staff need the employer's besides their unit's (ELI-07)."""
    passed = (
        select(RouteStep.application_id)
        .join(Application, Application.id == RouteStep.application_id)
        .join(Unit, Unit.id == Application.unit_id)
        .where(RouteStep.position == 1, RouteStep.reached_at.is_not(None))
    )
    for pk in db.session.scalars(passed.where(~_posted(NoticePlace.UNIT))):
        yield f"application {pk}: passed the unit without a notice"
    # Of an earlier route the unit is not known any more; a notice without outcome is older than this rule.
    dispatched = passed.where(
        Unit.nature == Nature.DISPATCH,
        RouteStep.route_no == Application.route_no,
        _posted(NoticePlace.UNIT, PublicNotice.outcome.is_not(None)),
        ~_posted(NoticePlace.EMPLOYER),
    )
    for pk in db.session.scalars(dispatched):
        yield f"application {pk}: passed the unit without the employer's notice"


def _posted(place: NoticePlace, *also: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        PublicNotice.application_id == RouteStep.application_id,
        PublicNotice.route_no == RouteStep.route_no,
        PublicNotice.place == place,
        *also,
    )


def notices_too_short() -> Iterator[str]:
    exceptions = holidays()
    query = (
        select(PublicNotice, RouteStep.reached_at)
        .join(RouteStep, (RouteStep.application_id == PublicNotice.application_id)
              & (RouteStep.route_no == PublicNotice.route_no))
        .where(RouteStep.position == 1, RouteStep.reached_at.is_not(None))
    )  # fmt: skip
    for notice, reached_at in db.session.execute(query):
        assert reached_at
        last = min(notice.ends_on, reached_at.date())
        early = notice.outcome is not None and reached_at.date() <= notice.ends_on
        if early or working_days(notice.starts_on, last, exceptions) < NOTICE_DAYS:
            yield f"application {notice.application_id}: recommended before {NOTICE_DAYS} working days of notice"


def papers_not_passed() -> Iterator[str]:
    for application, lines in _histories():
        if application.status not in (Status.PAPER, Status.READY):
            continue
        last = next(
            (each for each in reversed(lines) if each.event not in (*ON_PAGE, Event.HAND_IN_PAGE)), None
        )
        if last is None or last.event is not Event.APPROVE or last.stage is None:
            yield f"{application.number}: in paper without a last approval"
        elif application.round and last.stage is not Stage.COMMITTEE:
            yield f"{application.number}: the last approval was not the committee's"


INVARIANTS = (
    Invariant("Every history replays to the stored status and step", unreplayable),
    Invariant("Only one's own last decision was undone, in time", undone_wrongly),
    Invariant("Chances used equal the returns and resets of the history", miscounted_chances),
    Invariant("Opinions used equal the returns and resets after the unit", miscounted_opinions),
    Invariant("Each line of history carries the counters of its time", lines_with_wrong_counters),
    Invariant("Versions rise with the history", versions_beside_history),
    Invariant("Past a limit the year has failed", over_the_limit_but_alive),
    Invariant("A failed year went past a limit", failed_within_the_limit),
    Invariant("Nobody decided on his own application", decided_on_own),
    Invariant("Only offices on the way decided", decided_from_outside),
    Invariant("Every decision has an opinion", decided_without_words),
    Invariant("Every submission and decision names a snapshot of its application", decided_on_nothing),
    Invariant("Snapshots are unchanged since they were made", altered_snapshots),
    Invariant("Snapshots are whole dossiers", unreadable_snapshots),
    Invariant("Snapshots are numbered without gaps, one a submission", gaps_in_snapshots),
    Invariant("An application points at its newest snapshot", stale_snapshots),
    Invariant("First submissions lie inside the window", submitted_outside_the_window),
    Invariant("An application has its round's year and kind", years_beside_the_round),
    Invariant("The title follows from profession and level", titles_beside_the_cover),
    Invariant("Every result was told to the applicant", untold_results),
    Invariant("Nothing passed the unit without Table 12", recommended_without_table_12),
    Invariant("Nothing passed the unit without its notices", recommended_without_notice),
    Invariant("Every recommendation followed its notice", notices_too_short),
    Invariant("What is on paper was passed by the last office", papers_not_passed),
)
