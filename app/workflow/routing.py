"""From a route's stages to the offices by name, or the exact message why there is no way."""

from dataclasses import dataclass
from typing import NoReturn

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..errors import NoRoute
from ..extensions import db
from ..models import Bureau, Committee, Department, Organisation, Region, RouteRule, Unit, UnitDepartment
from ..vocabulary import N_, Choice, Kind, Level, Nature, Stage, Tier
from .routes import Journey, Rule, pick

UNIT_INCOMPLETE = N_("单位信息不完整，请联系单位完善")
NO_BUREAU = N_("查找人社局失败")
DEPARTMENT_PENDING = N_("主管单位审核未通过")
NO_RULE = N_("没有适用的申报流程")


@dataclass(frozen=True)
class Office:
    stage: Stage
    organisation: Organisation


def rows() -> list[RouteRule]:
    return list(db.session.scalars(select(RouteRule).order_by(RouteRule.position)))


def rules() -> list[Rule]:
    return [
        Rule(
            position=row.position,
            kind=row.kind,
            natures=frozenset(row.natures),
            tiers=frozenset(row.tiers),
            committee_tiers=frozenset(row.committee_tiers),
            levels=frozenset(row.levels),
            steps=tuple(row.steps),
        )
        for row in rows()
    ]


def sample_unit(name: str, nature: Nature | None, tier: Tier | None, region: Region | None) -> Unit:
    """A unit for trying out the rules; it belongs to no session and is never stored."""
    return Unit(
        name=name,
        nature=nature,
        tier=tier,
        region=region,
        region_id=region and region.id,
        contact_phone="-",
    )


def build(
    unit: Unit,
    committee: Committee | None,
    *,
    kind: Kind = Kind.REVIEW,
    level: Level | None = None,
    department: Department | None = None,
) -> list[Office]:
    """The offices of an application in order (ROU-01…05, REC-02).

    `department` stands for the unit's approved default department, for trying out a unit that has none.
    Raises NoRoute with the exact message of UNI-03, UNI-04 or UNI-06, who has to act, and what to do.
    """
    missing = unit.missing
    if missing and missing != (N_("行政区域"),):
        raise NoRoute(
            UNIT_INCOMPLETE,
            who=unit.name,
            todo=N_("单位经办人登录后在“单位信息”中补填：%(fields)s。"),
            fields=gettext("、").join(gettext(each) for each in missing),
        )
    if unit.region is None or not unit.region.is_district:
        raise NoRoute(
            NO_BUREAU, who=unit.name, todo=N_("单位经办人在“单位信息”中把行政区域选到县（市、区）。")
        )
    assert unit.nature and unit.tier  # unit.missing has seen to it
    rule = pick(rules(), Journey(kind, unit.nature, unit.tier, committee and committee.tier, level))
    if rule is None:
        _nobody(unit)
    find = {
        Stage.UNIT: lambda: unit,
        Stage.DEPARTMENT: lambda: department or _department(unit),
        Stage.BUREAU: lambda: _desk(unit),
        Stage.CITY_BUREAU: lambda: _city_bureau(unit),
        Stage.COMMITTEE: lambda: committee or _nobody(unit),
    }
    return [Office(stage, find[stage]()) for stage in rule.stages(unit.nature)]


def _nobody(unit: Unit) -> NoReturn:
    raise NoRoute(NO_RULE, who=unit.name, todo=N_("核对单位性质和单位等级，或联系技术支持。"))


def _department(unit: Unit) -> Organisation:
    choice = db.session.scalars(
        select(UnitDepartment)
        .where(
            UnitDepartment.unit_id == unit.id,
            UnitDepartment.is_default,
            UnitDepartment.status == Choice.APPROVED,
        )
        .options(joinedload(UnitDepartment.department))
    ).one_or_none()
    if choice is None:
        raise NoRoute(
            DEPARTMENT_PENDING,
            who=unit.name,
            todo=N_("单位经办人在“主管部门”中选择默认主管部门，并由该部门审核通过。"),
        )
    return choice.department


def _desk(unit: Unit) -> Organisation:
    """The desk of the unit's district that serves its nature (X-19)."""
    desks = db.session.scalars(
        select(Bureau)
        .where(Bureau.region_id == unit.region_id, Bureau.is_city.is_(False))
        .order_by(Bureau.no)
    )
    desk = next((each for each in desks if not each.natures or unit.nature in each.natures), None)
    if desk is None:
        raise NoRoute(NO_BUREAU, who=unit.name, todo=N_("核对单位的行政区域和单位性质，或联系技术支持。"))
    return desk


def _city_bureau(unit: Unit) -> Organisation:
    bureau = db.session.scalars(select(Bureau).where(Bureau.is_city).order_by(Bureau.id)).first()
    if bureau is None:
        raise NoRoute(NO_BUREAU, who=unit.name, todo=N_("联系技术支持录入市人社局。"))
    return bureau
