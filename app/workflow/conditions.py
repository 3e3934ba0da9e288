"""What a round asks for, in one place (ELI-12), what keeps it from being published, and its publishing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import exists, func, select, update

from ..audit import record
from ..dossier.completeness import Asked, current_requirements, required_slugs
from ..errors import OutOfDate, RowChanged
from ..extensions import db
from ..models import SECTIONS, Application, Profession, Round
from ..organisations.round_errors import NotPublishable, RoundInUse
from ..organisations.rounds import follows_rule, full_mark, taken_by
from ..vocabulary import N_, Category, CommitteeTier, Kind, Level, Word

JUST_DONE = N_("这个申报窗口刚刚已由别人发布或收回，您的操作没有生效。刷新后查看。")


class Severity(Word):
    FINE = "fine", N_("符合")
    CONFIRM = "confirm", N_("请确认")
    BLOCK = "block", N_("不能发布")


@dataclass(frozen=True)
class Check:
    """A line of the check before publishing; `text` is a message of the catalogue."""

    label: str
    severity: Severity
    text: str = ""


@dataclass(frozen=True)
class Conditions:
    """What an applicant has to know of a round; `groups` are the branches of the professions it takes."""

    levels: list[Level]
    categories: list[Category]
    groups: list[str]
    sections: list[str]
    materials: list[Asked]


def conditions_of(round_: Round) -> Conditions:
    required = required_slugs(round_)
    groups = db.session.execute(
        select(Profession.level1, Profession.level2)
        .where(taken_by(round_))
        .group_by(Profession.level1, Profession.level2)
        .order_by(func.min(Profession.position))
    )
    return Conditions(
        levels=[each for each in Level if each in _levels(round_)],
        categories=[each for each in Category if not round_.categories or each in round_.categories],
        groups=[f"{level1} › {level2}" for level1, level2 in groups],
        sections=[each.section.title for each in SECTIONS if each.section.slug in required],
        materials=current_requirements(round_),
    )


def _levels(round_: Round) -> list[str]:
    return round_.levels or round_.committee.levels


def checks_of(round_: Round, at: datetime) -> list[Check]:
    """Every line of the check, those in order too, so that the person sees what was looked at."""
    return [*_times(round_, at), *_receiving(round_), *_contents(round_)]


def _check(label: str, is_bad: bool, severity: Severity, text: str) -> Check:
    return Check(label, severity, text) if is_bad else Check(label, Severity.FINE)


def _times(round_: Round, at: datetime) -> Iterator[Check]:
    label = N_("申报时间")
    if round_.closes_at <= at or round_.opens_at >= round_.closes_at:
        text = N_("网上申报截止时间已过，或早于开始时间。发布后没有人能申报。")
        yield Check(label, Severity.BLOCK, text)
    else:
        text = N_("开始时间已过，发布后立即开始受理。")
        is_sudden = round_.opens_at <= at and round_.published_at is None
        yield _check(label, is_sudden, Severity.CONFIRM, text)
    label, is_early = N_("补正时间"), round_.corrections_until < round_.closes_at
    yield _check(label, is_early, Severity.BLOCK, N_("补正截止时间早于网上申报截止时间。"))
    if round_.kind is Kind.RECOGNITION:
        label, is_bad = N_("受理月份"), not round_.months or not round_.spans()
        text = N_("考核定职按月受理，没有勾选月份，或申报时间内没有所选的月份。")
        yield _check(label, is_bad, Severity.BLOCK, text)
    is_usual = round_.tenure_until == date(round_.year, 12, 31)
    text = N_("不是申报年度的 12 月 31 日。")
    yield _check(N_("任职年限计算至"), not is_usual, Severity.CONFIRM, text)


def _receiving(round_: Round) -> Iterator[Check]:
    if round_.committee.tier is not CommitteeTier.PROVINCE:
        return
    label = N_("收审材料时间")
    given = (round_.receives_from, round_.receives_until, round_.in_one_batch)
    if None in given:
        text = N_("省级评委会须填写收审材料的起止日期和是否统一报送。")
        yield Check(label, Severity.BLOCK, text)
    elif not follows_rule(round_):
        text = N_("申报时间与按收审时间推算的不同。")
        yield Check(label, Severity.CONFIRM if round_.times_reason else Severity.BLOCK, text)
    else:
        yield Check(label, Severity.FINE)


def _contents(round_: Round) -> Iterator[Check]:
    text = N_("窗口和评委会都没有可以申报的等级。")
    yield _check(N_("申报等级"), not _levels(round_), Severity.BLOCK, text)
    has_leaf = db.session.scalar(select(exists().where(taken_by(round_))))
    yield _check(N_("申报专业"), not has_leaf, Severity.BLOCK, N_("没有一个专业可以申报。"))
    asked = current_requirements(round_)
    if asked:
        is_bad = not any(each.required for each in asked)
        yield _check(N_("附件要求"), is_bad, Severity.CONFIRM, N_("没有一项附件是必须上传的。"))
    else:
        yield Check(N_("附件要求"), Severity.BLOCK, N_("没有要求任何附件。"))
    text = N_("没有填写，申报人看不到申报条件。")
    yield _check(N_("申报通知"), not round_.notice.strip(), Severity.CONFIRM, text)


def publish(round_: Round, *, by: User, seen: str, at: datetime) -> None:
    """From now on applicants meet the round.

    NotPublishable if the check still stops it, RowChanged if it says something else than at `seen`, OutOfDate if
    somebody has published it.
    """
    db.session.refresh(round_, with_for_update=True)
    if full_mark(round_) != seen:
        raise OutOfDate(JUST_DONE) if round_.published_at else RowChanged
    if any(each.severity is Severity.BLOCK for each in checks_of(round_, at)):
        raise NotPublishable
    _set_published(round_, at, Round.published_at.is_(None))
    record("publish_round", round_, at=at, by_id=by.id)


def unpublish(round_: Round, *, by: User, at: datetime) -> None:
    """Make it a draft again. RoundInUse once an application has it on its cover."""
    db.session.refresh(round_, with_for_update=True)
    if db.session.scalar(select(exists().where(Application.round_id == round_.id))):
        raise RoundInUse
    _set_published(round_, None, Round.published_at.is_not(None))
    record("unpublish_round", round_, at=at, by_id=by.id)


def _set_published(round_: Round, value: datetime | None, where: object) -> None:
    done = db.session.execute(
        update(Round)
        .where(Round.id == round_.id, where)  # type: ignore[arg-type]
        .values(published_at=value)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise OutOfDate(JUST_DONE)
    db.session.refresh(round_)
