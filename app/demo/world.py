"""The invented city's offices, their clerks, and the committees' windows."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from ..accounts.passwords import hash_password
from ..accounts.registration import sign_up_unit
from ..clock import SHANGHAI
from ..extensions import db
from ..models import (
    Bureau,
    Committee,
    Department,
    Membership,
    Notice,
    Organisation,
    Region,
    Round,
    Series,
    SeriesEntry,
    Unit,
)
from ..organisations.operations import UnitDetails, choose_department, decide_choice, save_unit, unit_mark
from ..vocabulary import Category, Choice, CommitteeTier, Level, Nature, Role, Tier
from . import PASSWORD, numbers

ARCHIVES, MACHINERY, MACHINERY_SENIOR = "KM-I-21", "KM-I-10", "KM-S-04"
OVER, AHEAD = "KM-I-20", "KM-I-19"
PROVINCE = "YN-DEMO-01"


@dataclass
class World:
    """What the applications need: units and rounds by key, and the clerk of each office by its id."""

    units: dict[str, Unit] = field(default_factory=dict)
    rounds: dict[str, Round] = field(default_factory=dict)
    clerks: dict[int, User] = field(default_factory=dict)
    # Hashing is slow on purpose; the clerks whom an administrator enters share one hash.
    password: str = field(default_factory=lambda: hash_password(PASSWORD))


# key, name, nature, tier, district, department, user name and name of the clerk
UNITS = (
    ("city", "昆明市示例档案馆", Nature.STATE_INSTITUTION, Tier.CITY, "盘龙区", "市档案", "demo-unit", "演示单位经办"),
    ("county", "盘龙区示例文化馆", Nature.STATE_INSTITUTION, Tier.COUNTY, "盘龙区", "区文旅", "demo-unit-county", "演示区属经办"),
    ("private", "昆明示例机电制造有限公司", Nature.NON_PUBLIC, Tier.COUNTY, "西山区", "", "demo-unit-private", "演示非公经办"),
    ("enterprise", "西山区示例设备检测中心", Nature.STATE_ENTERPRISE, Tier.COUNTY, "西山区", "区工信", "demo-unit-enterprise", "演示国企经办"),
    ("agency", "昆明示例人事代理服务中心", Nature.AGENCY, Tier.CITY, "盘龙区", "", "demo-unit-agency", "演示代理经办"),
    ("pending", "昆明市示例文物研究所", Nature.STATE_INSTITUTION, Tier.CITY, "盘龙区", "待审核", "demo-unit-pending", "演示待审经办"),
)  # fmt: skip

# key, name, user name and name of the clerk
DEPARTMENTS = (
    ("市档案", "昆明市示例档案局", "demo-department", "演示主管经办"),
    ("区文旅", "盘龙区示例文化和旅游局", "demo-department-county", "演示区文旅经办"),
    ("区工信", "西山区示例工业和信息化局", "demo-department-industry", "演示区工信经办"),
    ("待审核", "昆明市示例文物局", "demo-department-pending", "演示文物经办"),
)

ARCHIVES_ENTRY = {
    "slug": "daj",
    "title": "档案系列职称申报入口（演示）",
    "header": "职称申报管理系统（档案系列）",
    "hint": "档案系列的申报人从这里登录。\n申报档案专业职称前，先核对年度通知中的材料要求。",
    "attachment_hint": "档案系列：继续教育证明按年度上传，文件名写明年度。",
}
NOTICES = (
    (
        "关于开展本年度职称申报工作的通知（演示）",
        "网上申报时间以各评委会的窗口为准。窗口关闭后不再开放，尽早提交。",
    ),
    ("申报材料填写提示（演示）", "单位名称、学校名称写全称；附件按清单逐项上传，保证清晰无遮挡。"),
)


def build_world(at: datetime) -> World:
    world = World()
    _staff(world, "demo-admin", "演示管理员", Role.SUPER_ADMIN)
    _staff(world, "demo-hotline", "演示热线", Role.HOTLINE)
    _staff(world, "demo-hotline-2", "演示热线复核", Role.HOTLINE)
    _staff(world, "demo-security", "演示安全管理员", Role.SECURITY_ADMIN)
    _staff(world, "demo-auditor", "演示审计员", Role.AUDITOR)
    departments = {key: _department(world, name, user, clerk) for key, name, user, clerk in DEPARTMENTS}
    for n, (key, name, nature, tier, district, department, user, clerk) in enumerate(UNITS, 1):
        world.units[key] = _unit(world, n, name, nature, tier, district, user, clerk, at)
        if department:
            _report_to(world, world.units[key], departments[department], department != "待审核", at)
        else:
            world.units[key].verified_at = at
    _open_desks(world)
    _open_committees(world, at)
    db.session.add_all(Notice(title=title, body=body, published_at=at) for title, body in NOTICES)
    archives = db.session.scalars(select(Series).where(Series.name.contains("档案"))).one()
    db.session.add(SeriesEntry(series=archives, **ARCHIVES_ENTRY))
    db.session.flush()
    return world


def _staff(
    world: World, username: str, name: str, role: Role, organisation: Organisation | None = None
) -> User:
    """A staff account as a super administrator makes one."""
    user = User(
        username=username,
        first_name=name,
        last_name="",
        email=f"{username}@local.invalid",
        password=world.password,
        active=True,
        must_change_password=False,
    )
    db.session.add_all([user, Membership(user=user, role=role, organisation=organisation)])
    db.session.flush()
    return user


def _department(world: World, name: str, username: str, clerk: str) -> Department:
    department = Department(name=name, phone="0871-00000000")
    db.session.add(department)
    db.session.flush()
    world.clerks[department.id] = _staff(world, username, clerk, Role.DEPARTMENT, department)
    return department


def _unit(
    world: World, n: int, name: str, nature: Nature, tier: Tier, district: str, username: str, clerk: str, at: datetime
) -> Unit:  # fmt: skip
    user = sign_up_unit(
        unit_name=name,
        code=numbers.credit_code(n),
        name=clerk,
        mobile=numbers.mobile(n),
        username=username,
        password=PASSWORD,
        at=at,
    )
    unit = db.session.scalars(select(Unit).where(Unit.name == name)).one()
    details = UnitDetails(
        name=name,
        nature=nature,
        tier=tier,
        region_id=db.session.scalars(select(Region.id).where(Region.name == district)).one(),
        contact=clerk,
        contact_phone="0871-00000000",
        fax=None,
        address=f"{district}示例路 {n} 号",
        remark=None,
    )
    save_unit(unit, details, by=user, seen=unit_mark(unit), at=at)
    world.clerks[unit.id] = user
    return unit


def _report_to(world: World, unit: Unit, department: Department, approves: bool, at: datetime) -> None:
    choice = choose_department(unit, department, by=world.clerks[unit.id], at=at)
    if approves:
        clerk = world.clerks[department.id]
        decide_choice(
            choice, result=Choice.APPROVED, opinion="同意", by=clerk, seen=choice.submitted_at, at=at
        )


def _open_desks(world: World) -> None:
    """盘龙区 has one desk, 西山区 two: one for public institutions, one for the others (X-19)."""
    desks = {
        desk.no: desk
        for desk in db.session.scalars(
            select(Bureau)
            .join(Region, Bureau.region_id == Region.id)
            .where(Region.name.in_(("盘龙区", "西山区")))
        )
    }
    public, private = sorted(
        (desk for desk in desks.values() if desk.region and desk.region.name == "西山区"),
        key=lambda desk: Nature.NON_PUBLIC in desk.natures,
    )
    (main,) = (desk for desk in desks.values() if desk.region and desk.region.name == "盘龙区")
    for desk, username, clerk in (
        (main, "demo-bureau", "演示盘龙窗口"),
        (public, "demo-bureau-public", "演示西山窗口一"),
        (private, "demo-bureau-private", "演示西山窗口二"),
    ):
        world.clerks[desk.id] = _staff(world, username, clerk, Role.BUREAU, desk)
    city = db.session.scalars(select(Bureau).where(Bureau.is_city)).one()
    world.clerks[city.id] = _staff(world, "demo-city", "演示市局经办", Role.CITY_BUREAU, city)


def _open_committees(world: World, at: datetime) -> None:
    for key, opens, closes, username in (
        (ARCHIVES, -30, 60, "demo-committee"),
        (MACHINERY, -30, 60, "demo-committee-machinery"),
        (MACHINERY_SENIOR, -30, 60, "demo-committee-senior"),
        (PROVINCE, -30, 60, "demo-province"),
        (OVER, -90, -10, "demo-committee-over"),
        (AHEAD, 20, 80, "demo-committee-ahead"),
    ):
        committee = _provincial_committee() if key == PROVINCE else _committee(key)
        world.clerks[committee.id] = _staff(world, username, "演示评委会经办", Role.COMMITTEE, committee)
        world.rounds[key] = _round(committee, at, opens, closes)


def _committee(code: str) -> Committee:
    return db.session.scalars(select(Committee).where(Committee.code == code)).one()


def _provincial_committee() -> Committee:
    committee = Committee(
        name="云南省示例档案专业高级职称评审委员会",
        code=PROVINCE,
        tier=CommitteeTier.PROVINCE,
        levels=[Level.SENIOR_ASSOCIATE, Level.SENIOR_FULL],
        series_nos=[db.session.scalars(select(Series.no).where(Series.name.startswith("档案"))).one()],
        organizer="云南省示例档案局",
        phone="0871-00000000",
    )
    db.session.add(committee)
    db.session.flush()
    return committee


def _round(committee: Committee, at: datetime, opens: int, closes: int) -> Round:
    """A window from the first day 00:00 to the last day 24:00; corrections a fortnight longer."""
    end = _midnight(at.date() + timedelta(days=closes + 1))
    round_ = Round(
        committee_id=committee.id,
        year=at.year,
        published_at=_midnight(at.date() + timedelta(days=min(opens, 0))),
        opens_at=_midnight(at.date() + timedelta(days=opens)),
        closes_at=end,
        corrections_until=end if end <= at else end + timedelta(days=14),
        tenure_until=date(at.year, 12, 31),
        levels=list(committee.levels),
        categories=list(Category),
        required_sections=[],
        notice="申报条件和材料要求以评委会的年度通知为准（演示）。",
    )
    db.session.add(round_)
    db.session.flush()
    return round_


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
