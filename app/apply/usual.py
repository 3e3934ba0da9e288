"""How long an office usually takes, said before and after submitting; it binds nobody."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_high

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, select, union
from sqlalchemy.orm import aliased

from ..extensions import db
from ..models import Decision
from ..vocabulary import N_, Event, Stage, Word
from ..web.fields import number_in
from ..web.shell import setting
from ..workflow.rules import DECISIONS

SETTING = 5  # working days, where the setting is empty
RECENT = timedelta(days=365)
OF_OFFICE, OF_ALL = 30, 300  # the newest decisions looked at: of each office, and of everybody for the stages
ENOUGH = 5  # fewer say nothing about an office or a stage
ARRIVALS = (Event.SUBMIT, Event.RESUBMIT, Event.APPROVE)


class Basis(Word):
    """What the number was taken from."""

    OFFICE = "office", N_("该单位近期审核的中位数")
    STAGE = "stage", N_("同一环节各单位近期审核的中位数")
    SETTING = "setting", N_("参考")


@dataclass(frozen=True)
class Usual:
    """Days from arrival to result; working days where nothing was measured."""

    days: int
    basis: Basis

    def __str__(self) -> str:
        said = {"n": self.days, "basis": _(self.basis.label)}
        if self.basis is Basis.SETTING:
            return _("一般 %(n)s 个工作日（%(basis)s）", **said)
        return _("一般 %(n)s 天（%(basis)s）", **said) if self.days else _("一般当天（%(basis)s）", **said)


def usual_of(route: Collection[tuple[int, Stage]], at: datetime) -> dict[int, Usual]:
    """By office of a route: its own recent median, else that of its stage, else the setting. One statement."""
    if not route:
        return {}
    of_office: dict[int, list[int]] = defaultdict(list)
    of_stage: dict[Stage, list[int]] = defaultdict(list)
    rows = db.session.execute(_recent([office for office, _stage in route], at))
    for of, at_stage, decided, arrived in rows:
        assert of and at_stage  # a result has both
        days = (decided.date() - arrived.date()).days
        of_office[of].append(days)
        of_stage[at_stage].append(days)
    found: dict[int, Usual] = {}
    for office, stage in route:
        if len(of_office[office]) >= ENOUGH:
            found[office] = Usual(median_high(of_office[office]), Basis.OFFICE)
        elif len(of_stage[stage]) >= ENOUGH:
            found[office] = Usual(median_high(of_stage[stage]), Basis.STAGE)
        else:
            found[office] = Usual(number_in(setting("usual_days")) or SETTING, Basis.SETTING)
    return found


def _recent(offices: list[int], at: datetime) -> Select[int | None, Stage | None, datetime, datetime]:
    """Results that still hold, with the moment at which the application had come to that office."""
    windows = [
        select(Decision.id)
        .where(Decision.organisation_id == each)
        .order_by(Decision.id.desc())
        .limit(OF_OFFICE)
        .subquery()
        for each in dict.fromkeys(offices)
    ]
    windows.append(select(Decision.id).order_by(Decision.id.desc()).limit(OF_ALL).subquery())
    newest = union(*(select(each.c.id) for each in windows)).subquery()
    before, after = aliased(Decision), aliased(Decision)
    arrived = (
        select(func.max(before.at))
        .where(
            before.application_id == Decision.application_id,
            before.id < Decision.id,
            before.to_step == Decision.from_step,
            before.event.in_(ARRIVALS),
        )
        .scalar_subquery()
    )
    is_undone = exists().where(
        after.application_id == Decision.application_id,
        after.event == Event.UNDO,
        after.version == Decision.version + 1,
    )
    return (
        select(Decision.organisation_id, Decision.stage, Decision.at, arrived)
        .where(
            Decision.id.in_(select(newest.c.id)),
            Decision.event.in_(DECISIONS),
            Decision.at >= at - RECENT,
            arrived.is_not(None),
            ~is_undone,
        )
    )  # fmt: skip
