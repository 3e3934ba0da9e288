"""Signing up: persons (ACC-01…04) and units (ACC-16, ACC-17), each in one transaction."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from ..audit import record
from ..errors import AlreadyRegistered
from ..extensions import db
from ..models import Bureau, Membership, Person, Region, Unit
from ..models.organisations import name_key_of
from ..vocabulary import N_, Document, Nature, Role
from . import numbers, passwords


class IdNumberTaken(AlreadyRegistered):
    message = N_("该身份证号已注册，直接登录或找回密码。")


class MobileTaken(AlreadyRegistered):
    message = N_("手机号码已注册，直接登录或找回密码，或换用另一个手机号。")


class UnitMobileTaken(AlreadyRegistered):
    """A mobile signs in to one account; the responsible person's may have his own already (docs/decisions.md)."""

    message = N_(
        "手机号码已注册，一个手机号只登录一个账号。换用单位的另一个手机号注册；"
        "没有的，拨打 %(phone)s，由管理员登记单位，并把单位经办人的角色加到您现有的账号。"
    )


class UserNameTaken(AlreadyRegistered):
    message = N_("该用户名已被使用，换一个。")


class UnitTaken(AlreadyRegistered):
    """ACC-17; the page adds whom to ask."""

    message = N_("已存在有权限的同名单位")


def refuse_taken(
    *, id_number: str | None = None, mobile: str | None = None, username: str | None = None
) -> None:
    """Raise for the first of these that an account already has."""
    for column, value, refusal in (
        (User.id_number, id_number, IdNumberTaken),
        (User.mobile, mobile, MobileTaken),
        (User.username, username, UserNameTaken),
    ):
        if value is not None and db.session.scalar(select(User.id).where(column == value)) is not None:
            raise refusal


def refuse_taken_unit(name: str, code: str) -> None:
    """Raise UnitTaken if a unit has this name, this code, or the other form of this code (X-12)."""
    part = numbers.organisation_part(code)
    same_code = or_(Unit.credit_code == part, func.substr(Unit.credit_code, 9, 9) == part)
    same_name = Unit.name_key == name_key_of(name)
    if db.session.scalar(select(Unit.id).where(or_(same_name, same_code)).limit(1)) is not None:
        raise UnitTaken


@dataclass(frozen=True)
class Desk:
    """Whom to call: a desk and, where its district has several, for which kinds of unit it is there (X-19)."""

    name: str
    phones: list[str]
    natures: list[str]


def desks_of(code: str) -> list[Desk]:
    """The desks of the district a credit code names, whom to ask about a unit that exists (ACC-17)."""
    code_of_region = numbers.region_part(code)
    return [each for region, those in _desks().items() if region.code == code_of_region for each in those]


def desks_by_district() -> dict[str, list[Desk]]:
    """All desks by the name of their district, for a unit whose code does not say where it lies."""
    return {region.name: those for region, those in _desks().items()}


def _desks() -> dict[Region, list[Desk]]:
    found: dict[Region, list[Desk]] = {}
    query = select(Bureau).join(Bureau.region).where(Bureau.is_city.is_(False))
    for each in db.session.scalars(
        query.options(contains_eager(Bureau.region)).order_by(Region.code, Bureau.no)
    ):
        assert each.region
        natures = [Nature(one).label for one in each.natures]
        found.setdefault(each.region, []).append(Desk(each.name, each.phones, natures))
    return found


def sign_up_person(
    *,
    name: str,
    id_number: str,
    document: Document = Document.RESIDENT,
    mobile: str,
    password: str,
    at: datetime,
) -> User:
    """Create an applicant's account and his personal page; birth date and gender come from numbers that hold them.

    Raises PasswordRefused or AlreadyRegistered; two sign-ups at once end the same way.
    """
    passwords.judge(password, name, id_number, mobile)
    user = _account(f"p{secrets.randbelow(10**10):010d}", name, mobile, password)
    user.id_number, user.document = id_number, document
    born, gender = numbers.born_and_gender(id_number, document) or (None, None)
    person = Person(account=user, gender=gender, birth_date=born, contact_mobile=mobile)
    return _add(user, person, Membership(user=user, role=Role.APPLICANT), at=at)


def sign_up_unit(
    *, unit_name: str, code: str, name: str, mobile: str, username: str, password: str, at: datetime
) -> User:
    """Create a unit and the account of its responsible person, who can work at once (ACC-16).

    Raises PasswordRefused or AlreadyRegistered; two sign-ups at once end the same way.
    """
    passwords.judge(password, name, username, mobile, code)
    user = _account(username, name, mobile, password)
    refuse_taken_unit(unit_name, code)
    unit = Unit(name=unit_name, credit_code=code, contact=name, contact_phone=mobile, registered_at=at)
    return _add(user, unit, Membership(user=user, organisation=unit, role=Role.UNIT), at=at)


def create_administrator(*, role: Role, name: str, username: str, password: str, at: datetime) -> User:
    """Create the account of one of the three administrators; the only way to the first super administrator.

    Raises PasswordRefused or AlreadyRegistered.
    """
    passwords.judge(password, name, username)
    user = _account(username, name, None, password)
    return _add(user, Membership(user=user, role=role), at=at)


def _account(username: str, name: str, mobile: str | None, password: str) -> User:
    return User(
        username=username,
        first_name=name,
        last_name="",
        email=f"{username}@local.invalid",
        mobile=mobile,
        password=passwords.hash_password(password),
        active=True,
    )


def _add(user: User, *rows: object, at: datetime) -> User:
    taken = {"id_number": user.id_number, "mobile": user.mobile, "username": user.username}
    codes = [(each.name, each.credit_code) for each in rows if isinstance(each, Unit)]
    refuse_taken(**taken)
    try:
        with db.session.begin_nested():
            db.session.add_all([user, *rows])
    except IntegrityError:
        for unit_name, code in codes:
            refuse_taken_unit(unit_name, code)
        refuse_taken(**taken)
        raise
    record("sign_up", user, at=at, by_id=user.id)
    return user
