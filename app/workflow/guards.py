"""What the table's guards mean: each looks at one act and raises the error that names its rule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import select

from ..dossier import stamped
from ..errors import (
    Barred,
    ConfirmationRequired,
    CorrectionTimeOver,
    CoverRequired,
    Incomplete,
    NotAllowedNow,
    PledgeRequired,
    ReasonRequired,
    ReasonTooLong,
    UnitOpinionRequired,
    UnitSuspended,
    WindowClosed,
)
from ..extensions import db
from ..models import Application, IntegrityRecord, Person, Round, UnitOpinion
from ..models.columns import last_minute
from ..vocabulary import Event, Stage, Status
from . import undoing
from .cover_errors import RoundTakenBack
from .notices import check_all
from .readiness import gaps_of
from .refusals import NoPageWaits
from .rules import CONFIRMATION, OPINION_LENGTH, Counters, Guard, Step


@dataclass(frozen=True)
class Act:
    """Someone's attempt: the table's row, the application as read, and what he said."""

    row: Step
    application: Application
    by: User | None
    at: datetime
    opinion: str = ""
    confirmation: str = ""
    pledged: bool = False


def check(act: Act) -> None:
    """Raise for the first guard of the row that does not hold."""
    for guard in act.row.guards:
        CHECKS[guard](act)


def _window_open(act: Act) -> None:
    round_ = act.application.round
    if round_ is None:
        if act.row.event is Event.REOPEN:
            return
        raise CoverRequired
    # Nobody changes the round between this look and the move.
    db.session.refresh(round_, with_for_update={"read": True})
    if round_.published_at is None:
        raise RoundTakenBack(committee=round_.committee.name)
    if not round_.is_open(act.at):
        opens, closes = round_.span_at(act.at) or (round_.opens_at, round_.closes_at)
        raise WindowClosed(opens=f"{opens:%Y-%m-%d %H:%M}", closes=last_minute(closes))


def _correction_time(act: Act) -> None:
    round_ = _round_of(act)
    if act.at >= round_.corrections_until:
        raise CorrectionTimeOver(until=last_minute(round_.corrections_until))


def _cover_saved(act: Act) -> None:
    if act.application.cover_saved_at is None:
        raise CoverRequired


def _not_barred(act: Act) -> None:
    record = barring_record(act.application.applicant, act.at)
    if record is not None:
        raise Barred(until=record.until.isoformat())


def barring_record(account: User, at: datetime) -> IntegrityRecord | None:
    """The integrity record that bars the person on that day, if there is one (INT-02)."""
    return db.session.scalars(
        select(IntegrityRecord)
        .where(
            IntegrityRecord.id_number == account.id_number,
            IntegrityRecord.starts_on <= at.date(),
            IntegrityRecord.until >= at.date(),
        )
        .order_by(IntegrityRecord.until.desc())
    ).first()


def _complete(act: Act) -> None:
    # The unit may have let the person go since his page was read.
    db.session.get_one(Person, act.application.applicant_id, populate_existing=True)
    gaps = gaps_of(act.application, at=act.at)
    if gaps:
        raise Incomplete(gaps)


def _pledged(act: Act) -> None:
    if not act.pledged:
        raise PledgeRequired


def _reason(act: Act) -> None:
    length = len(act.opinion.strip())
    if not length:
        raise ReasonRequired
    if length > OPINION_LENGTH:
        raise ReasonTooLong(over=length - OPINION_LENGTH, limit=OPINION_LENGTH)


def _last_chance_confirmed(act: Act) -> None:
    application = act.application
    assert application.stage
    counters = Counters(application.chances_used, application.opinions_used)
    if counters.next_negative_ends_year(application.stage) and act.confirmation.strip() != CONFIRMATION:
        raise ConfirmationRequired(words=CONFIRMATION)


def unit_opinion_of(application: Application) -> UnitOpinion | None:
    """Table 12 of the current route; those of earlier routes are void (REV-05)."""
    return db.session.scalars(
        select(UnitOpinion).where(
            UnitOpinion.application_id == application.id, UnitOpinion.route_no == application.route_no
        )
    ).one_or_none()


def _unit_opinion(act: Act) -> None:
    if act.application.stage is Stage.UNIT and unit_opinion_of(act.application) is None:
        raise UnitOpinionRequired


def _notice_over(act: Act) -> None:
    if act.application.stage is Stage.UNIT:
        check_all(act.application, act.at.date())


def _not_suspended(act: Act) -> None:
    application = act.application
    if application.stage is not Stage.UNIT:
        return
    if application.unit and application.unit.suspended_year == application.year:
        raise UnitSuspended(year=application.year)


def _first_step(act: Act) -> None:
    if act.application.step != 0:
        raise NotAllowedNow(status=lazy_gettext(act.application.status.label))


def _overdue(act: Act) -> None:
    round_ = _round_of(act)
    end = round_.closes_at if act.row.from_ is Status.DRAFT else round_.corrections_until
    if act.at < end:
        raise NotAllowedNow(status=lazy_gettext(act.application.status.label))


def _undoable(act: Act) -> None:
    assert act.by
    refusal = undoing.refusal(act.application, act.by, act.at)
    if refusal:
        raise refusal


def _page_waits(act: Act) -> None:
    if not stamped.waits(act.application):
        raise NoPageWaits


def _round_of(act: Act) -> Round:
    if act.application.round is None:
        raise CoverRequired
    return act.application.round


CHECKS: dict[Guard, Callable[[Act], None]] = {
    Guard.WINDOW_OPEN: _window_open,
    Guard.CORRECTION_TIME: _correction_time,
    Guard.COVER_SAVED: _cover_saved,
    Guard.NOT_BARRED: _not_barred,
    Guard.COMPLETE: _complete,
    Guard.PLEDGED: _pledged,
    Guard.REASON: _reason,
    Guard.LAST_CHANCE_CONFIRMED: _last_chance_confirmed,
    Guard.UNIT_OPINION: _unit_opinion,
    Guard.NOT_SUSPENDED: _not_suspended,
    Guard.NOTICE_OVER: _notice_over,
    Guard.FIRST_STEP: _first_step,
    Guard.OVERDUE: _overdue,
    Guard.UNDOABLE: _undoable,
    Guard.PAGE_WAITS: _page_waits,
}
