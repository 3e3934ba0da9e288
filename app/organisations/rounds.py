"""What a round is: the professions it takes, the times that follow from its receiving, who else is in it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, func, inspect, select, update
from sqlalchemy.exc import IntegrityError

from ..audit import record
from ..clock import SHANGHAI
from ..errors import OutOfDate, RowChanged, WindowNotReopened, WindowOutOfOrder
from ..extensions import db
from ..models import (
    Application,
    AttachmentRequirement,
    Committee,
    Profession,
    Round,
    RoundRequirement,
    Series,
)
from ..models.applications import Span
from ..models.columns import last_minute
from ..vocabulary import N_, Category, CommitteeTier, Kind, Status
from .operations import check_window, mark_of, note, round_mark
from .round_errors import (
    MonthsRequired,
    NothingChosen,
    ReceivingRequired,
    RoundExists,
    RunningAffected,
    TimesReasonRequired,
)

OPENS_BEFORE, BATCH_BEFORE, SINGLE_BEFORE = 7, 3, 1
# Windows, checklist and form of recognition hang on a round, and a round on a committee (CYC-08, REC-05).
RECOGNITION, RECOGNITION_MONTHS = "RECOGNITION", (1, 4, 7, 10)
PUBLISHED = N_("这个申报窗口刚刚已发布，草稿不能再改。刷新后查看。")
# Whom a change of a round still concerns.
RUNNING = (Status.DRAFT, Status.IN_REVIEW, Status.RETURNED)


def provincial_window(
    receives_from: date | None, receives_until: date | None, in_one_batch: bool | None
) -> Span | None:
    """When a provincial round opens and closes; None where something of its receiving is not known.

    It opens at 00:00 of the 7th day before material is received (CYC-03). It closes at 24:00 of the 3rd day before
    the receiving deadline where the city delivers in one batch, else at 24:00 of the day before (CYC-04, X-05).
    """
    if receives_from is None or receives_until is None or in_one_batch is None:
        return None
    last = receives_until - timedelta(days=BATCH_BEFORE if in_one_batch else SINGLE_BEFORE)
    return _midnight(receives_from - timedelta(days=OPENS_BEFORE)), _midnight(last + timedelta(days=1))


def derived_window(round_: Round) -> Span | None:
    """What follows from the round's receiving; None where nothing does."""
    if round_.committee.tier is not CommitteeTier.PROVINCE:
        return None
    return provincial_window(round_.receives_from, round_.receives_until, round_.in_one_batch)


def follows_rule(round_: Round) -> bool:
    window = derived_window(round_)
    return window is None or window == (round_.opens_at, round_.closes_at)


def check_rule(round_: Round) -> None:
    """Raise TimesReasonRequired where the times leave the rule and nobody says why."""
    window = derived_window(round_)
    if window and not follows_rule(round_) and not round_.times_reason:
        opens, closes = window
        raise TimesReasonRequired(opens=f"{opens:%Y-%m-%d %H:%M}", closes=last_minute(closes))


def check_complete(round_: Round) -> None:
    """What a published round always says: a provincial one its receiving, recognition its months."""
    receiving = (round_.receives_from, round_.receives_until, round_.in_one_batch)
    if round_.committee.tier is CommitteeTier.PROVINCE and None in receiving:
        raise ReceivingRequired
    if round_.kind is Kind.RECOGNITION and not (round_.months and round_.spans()):
        raise MonthsRequired
    check_rule(round_)


def full_mark(round_: Round) -> str:
    """A mark of all that a round says."""
    return mark_of(round_, (each.key for each in inspect(Round).column_attrs))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def taken_by(round_: Round) -> ColumnElement[bool]:
    """The clause for the professions a round takes: all of the committee's series, or of them those it names."""
    clause: ColumnElement[bool] = Profession.id.is_not(None)
    if round_.committee.series_nos:
        series = select(Series.id).where(Series.no.in_(round_.committee.series_nos))
        clause &= Profession.series_id.in_(series)
    if round_.profession_ids:
        clause &= Profession.id.in_(round_.profession_ids)
    return clause


def takes(round_: Round, profession: Profession) -> bool:
    nos, ids = round_.committee.series_nos, round_.profession_ids
    return (not nos or profession.series.no in nos) and (not ids or profession.id in ids)


def running_in(round_: Round) -> int:
    """How many applications of the round are not decided yet."""
    query = select(func.count(Application.id)).where(
        Application.round_id == round_.id, Application.status.in_(RUNNING)
    )
    return db.session.scalar(query) or 0


def keep_due(round_: Round) -> None:
    """Let the offices' lists follow the round's correction time; the caller records the change of the round."""
    db.session.execute(
        update(Application)
        .where(
            Application.round_id == round_.id,
            Application.status.in_((Status.IN_REVIEW, Status.RETURNED)),
        )
        .values(due_at=round_.corrections_until)
        .execution_options(synchronize_session=False)
    )


def save_draft(round_: Round, values: Mapping[str, Any], *, by: User, seen: str, at: datetime) -> None:
    """Write what a draft says. Refused: a round published meanwhile (OutOfDate), one saved since `seen` (RowChanged),
    times out of order (WindowOutOfOrder) or beside the rule without a reason (TimesReasonRequired).
    """
    db.session.refresh(round_, with_for_update=True)
    if round_.published_at is not None:
        raise OutOfDate(PUBLISHED)
    if full_mark(round_) != seen:
        raise RowChanged
    check_window(values["opens_at"], values["closes_at"], values["corrections_until"])
    for name, value in values.items():
        setattr(round_, name, value)
    check_rule(round_)
    record("edit", round_, at=at, by_id=by.id)
    db.session.flush()


def save_round(
    round_: Round,
    *,
    closes_at: datetime,
    corrections_until: datetime,
    notice: str,
    by: User,
    seen: str,
    is_confirmed: bool = False,
    at: datetime,
) -> None:
    """Change a published window's end, its correction time and its notice text.

    Corrections never end before the window does, and are only ever extended (X-20). Once the window has closed its
    end cannot be moved (CYC-02); the row is locked meanwhile. RowChanged if a colleague has saved it since `seen`,
    RunningAffected if applications are under way and the person has not seen that. Their offices' lists follow.
    """
    db.session.refresh(round_, with_for_update=True)
    if round_mark(round_) != seen:
        raise RowChanged
    check_window(round_.opens_at, closes_at, corrections_until)
    if closes_at != round_.closes_at:
        if round_.closes_at <= at:
            raise WindowNotReopened(closes=last_minute(round_.closes_at))
        if closes_at <= at:
            raise WindowOutOfOrder(N_("网上申报截止时间不能改到现在之前。"))
    if corrections_until < round_.corrections_until:
        until = last_minute(round_.corrections_until)
        raise WindowOutOfOrder(N_("补正截止时间只能延后，现在是 %(until)s。"), until=until)
    said = (closes_at, corrections_until, notice)
    running = 0 if said == (round_.closes_at, round_.corrections_until, round_.notice) else running_in(round_)
    if running and not is_confirmed:
        raise RunningAffected(n=running)
    round_.closes_at, round_.corrections_until, round_.notice = said
    note("edit", round_, by, at)
    db.session.flush()
    keep_due(round_)


def save_professions(
    round_: Round, ids: list[int], *, by: User, seen: str, is_confirmed: bool, at: datetime
) -> None:
    """Say which professions a round takes; all of the committee's are stored as none named.

    NothingChosen without any, RowChanged if the round was saved since `seen`, RunningAffected if the round is
    published, applications of it are under way and the person has not seen that.
    """
    db.session.refresh(round_, with_for_update=True)
    if full_mark(round_) != seen:
        raise RowChanged
    if not ids:
        raise NothingChosen
    running = running_in(round_) if round_.published_at else 0
    if running and not is_confirmed:
        raise RunningAffected(n=running)
    round_.profession_ids = [] if len(ids) == len(leaves_of(round_)) else ids
    record("edit", round_, at=at, by_id=by.id, detail="profession_ids")
    db.session.flush()


def leaves_of(round_: Round) -> list[Profession]:
    """The leaves of the committee's series, in the order of the catalogue: what a round can take."""
    query = select(Profession).order_by(Profession.position, Profession.id)
    if round_.committee.series_nos:
        series = select(Series.id).where(Series.no.in_(round_.committee.series_nos))
        query = query.where(Profession.series_id.in_(series))
    return list(db.session.scalars(query))


def same_day(day: date, years: int) -> date:
    """The calendar date `years` later; of 29 February the 28th where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _later(moment: datetime, years: int) -> datetime:
    local = moment.astimezone(SHANGHAI)
    return datetime.combine(same_day(local.date(), years), local.time(), SHANGHAI)


def copy_round(source: Round, year: int) -> Round:
    """A draft for `year` that says what the round of an earlier year said, its dates so many years later.

    Tenure counts to 31 December (CYC-07), unless a provincial committee had set another day. Raises RoundExists.
    The caller records it: one entry for a copy, or for all of a year.
    """
    years = year - source.year
    new = Round(
        committee_id=source.committee_id,
        year=year,
        kind=source.kind,
        opens_at=_later(source.opens_at, years),
        closes_at=_later(source.closes_at, years),
        corrections_until=_later(source.corrections_until, years),
        receives_from=source.receives_from and same_day(source.receives_from, years),
        receives_until=source.receives_until and same_day(source.receives_until, years),
        tenure_until=_tenure(source, years),
        **{name: getattr(source, name) for name in COPIED},
    )
    _add(new, source.committee)
    current = _current_requirements()
    for row in db.session.scalars(select(RoundRequirement).where(RoundRequirement.round_id == source.id)):
        same = current.get(row.requirement.no, row.requirement)
        db.session.add(
            RoundRequirement(round_id=new.id, requirement_id=same.id, required=row.required, hint=row.hint)
        )
    db.session.flush()
    return new


COPIED = (
    "in_one_batch", "times_reason", "months", "levels", "categories", "profession_ids", "required_sections",
    "major_mismatch_blocks", "notice",
)  # fmt: skip


def _tenure(source: Round, years: int) -> date:
    usual = date(source.year, 12, 31)
    if source.committee.tier is CommitteeTier.PROVINCE and source.tenure_until != usual:
        return same_day(source.tenure_until, years)
    return date(source.year + years, 12, 31)


def new_round(committee: Committee, year: int, *, month: int | None) -> Round:
    """A draft without a predecessor: from the plan (CYC-01), or for recognition its yearly windows (CYC-08).

    It opens three months before the planned review, for a month. `month` is when the plan has the review done; without one September is meant.
    Raises RoundExists. The caller records it.
    """
    if committee.code == RECOGNITION:
        kind, months = Kind.RECOGNITION, list(RECOGNITION_MONTHS)
        first, last = date(year, RECOGNITION_MONTHS[0], 1), date(year, RECOGNITION_MONTHS[-1] + 1, 1)
    else:
        kind, months = Kind.REVIEW, []
        start = max((month or 9) - 3, 1)
        first, last = date(year, start, 1), date(year, start + 1, 1)
    new = Round(
        committee_id=committee.id,
        year=year,
        kind=kind,
        months=months,
        opens_at=_midnight(first),
        closes_at=_midnight(last),
        corrections_until=_midnight(last + timedelta(days=15)),
        tenure_until=date(year, 12, 31),
        levels=list(committee.levels),
        categories=list(Category),
        required_sections=[],
        profession_ids=[],
        notice="",
    )
    _add(new, committee)
    ask_for_recognition(new)
    return new


def _add(new: Round, committee: Committee) -> None:
    is_taken = select(Round.id).where(
        Round.committee_id == new.committee_id, Round.year == new.year, Round.kind == new.kind
    )
    if db.session.scalar(is_taken):
        raise RoundExists(committee=committee.name, year=new.year)
    db.session.add(new)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise RoundExists(committee=committee.name, year=new.year) from error


def ask_for_recognition(round_: Round) -> None:
    """Let a new round of recognition ask for what REC-05 names: the ID and the materials of its own group."""
    if round_.kind is not Kind.RECOGNITION:
        return
    for each in _current_requirements().values():
        if each.is_usual(Kind.RECOGNITION):
            db.session.add(
                RoundRequirement(round_id=round_.id, requirement_id=each.id, required=each.required)
            )
    db.session.flush()


def _current_requirements() -> dict[int, AttachmentRequirement]:
    """The latest year's catalogue, by number."""
    rows = db.session.scalars(select(AttachmentRequirement).order_by(AttachmentRequirement.year))
    latest = list(rows)
    year = latest[-1].year if latest else None
    return {each.no: each for each in latest if each.year == year}
