"""The super administrators' screen of roles: who acts as what, and for which organisation."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, or_, select
from wtforms import StringField
from wtforms.validators import InputRequired

from ..accounts import operations
from ..errors import DomainError
from ..extensions import db
from ..models import Bureau, Committee, Department, Membership, Organisation, Person, Unit, User
from ..vocabulary import ADMINISTRATORS, N_, Role
from ..web.choices import LookupField
from ..web.columns import REQUIRED
from ..web.crud import ModelScreen
from ..web.fields import normal
from ..web.interface import EagerInterface
from ..web.request import me
from .people_views import OwnAccount, account_label, named_like


class TwoAdministrations(DomainError):
    """Whoever configures does not look after accounts' safety, and neither audits (B13)."""

    message = N_("超级管理员、安全管理员和审计员由不同的人担任，一个账号只能担任其中一个。改选其他账号。")


class OwnRoles(DomainError):
    """Else whoever configures makes himself the hotline, or a clerk who decides (B13)."""

    message = N_("不能给自己的账号新增或修改角色。由另一名超级管理员办理。")


OFFICE_OF: dict[Role, type[Organisation]] = {
    Role.UNIT: Unit,
    Role.DEPARTMENT: Department,
    Role.BUREAU: Bureau,
    Role.CITY_BUREAU: Bureau,
    Role.COMMITTEE: Committee,
}


def _find_user(typed: str, form: Any) -> User:
    user = operations.find_account(typed) if typed else None
    if user is None:
        raise ValueError(_("没有这个账号，填写用户名、手机号或身份证号"))
    return user


def _find_organisation(typed: str, form: Any) -> Organisation | None:
    """The one organisation of the kind that the chosen role acts for."""
    role = form.role.data
    model = OFFICE_OF.get(role)
    if role is None or (model is None and not typed):
        return None
    if model is None:
        raise ValueError(_("“%(role)s”不归属任何单位，此处留空", role=_(role.label)))
    if not typed:
        raise ValueError(_("“%(role)s”须归属一个单位，填写其名称或代码", role=_(role.label)))
    named = [model.name == typed]
    if model in (Unit, Committee):
        code = Unit.credit_code if model is Unit else Committee.code
        named.append(code == typed.upper())
    number = typed.split()[0]
    if model is Bureau and number.isascii() and number.isdigit() and len(number) < 10:
        named.append(Bureau.no == int(number))
    query = select(model).where(or_(*named)).limit(2)
    if model is Bureau:
        query = query.where(Bureau.is_city.is_(role is Role.CITY_BUREAU))
    found = db.session.scalars(query).all()
    if not found:
        raise ValueError(
            _("没有名为“%(name)s”的单位，或它不能担任“%(role)s”", name=typed, role=_(role.label))
        )
    if len(found) > 1:
        raise ValueError(_("有多个名为“%(name)s”的单位，改填代码或窗口序号", name=typed))
    return found[0]


def office_label(office: Organisation) -> str:
    """The name, and of a desk its number before it: two desks of a district may have one name (X-19)."""
    return f"{office.no} {office.name}" if isinstance(office, Bureau) and office.no else office.name


class MembershipAdmin(ModelScreen):
    datamodel = EagerInterface(Membership, eager=("user", "organisation"))
    route_base = "/admin/memberships"
    list_title, show_title, add_title, edit_title = (
        _l("角色与归属"),
        _l("角色与归属"),
        _l("新增角色"),
        _l("编辑角色"),
    )
    label_columns = {"user": _l("账号"), "role": _l("角色"), "organisation": _l("归属单位")}
    formatters_columns = {
        "user": account_label,
        "organisation": lambda row: office_label(row) if row else _("—"),
    }
    fields = {
        "user": LookupField(
            _l("账号"),
            [InputRequired(REQUIRED)],
            find=_find_user,
            show=lambda user: user.username,
            description=_l("用户名、手机号或身份证号，须填写完整"),
        ),
        "organisation": LookupField(
            _l("归属单位"),
            find=_find_organisation,
            show=office_label,
            description=_l(
                "用人单位、主管部门、人社局和评委会的角色须填写单位全称、统一社会信用代码、评委会代码或窗口序号；"
                "申报人、热线支持、超级管理员、安全管理员和审计员留空"
            ),
        ),
    }
    search_by = {
        "user": (StringField(_l("账号"), filters=[normal]), named_like(Membership.user)),
        "organisation": (
            StringField(_l("归属单位"), filters=[normal]),
            lambda typed: Membership.organisation.has(Organisation.name.icontains(typed, autoescape=True)),
        ),
    }
    list_columns = show_columns = ["user", "role", "organisation"]
    add_columns = ["user", "role", "organisation"]
    edit_columns = ["role", "organisation"]
    search_columns = ["user", "role", "organisation"]

    def pre_add(self, item: Membership) -> None:
        _refuse_own(item)
        _refuse_second_administration(item)

    def post_add(self, item: Membership) -> None:
        """An applicant has a personal page from the start."""
        if item.role is Role.APPLICANT and db.session.get(Person, item.user_id) is None:
            db.session.add(Person(id=item.user_id))
            db.session.flush()

    def pre_update(self, item: Membership) -> None:
        _refuse_own(item)
        _refuse_second_administration(item)

    def post_update(self, item: Membership) -> None:
        self.post_add(item)

    def pre_delete(self, item: Membership) -> None:
        _keep_own_super_admin(item)


def _refuse_own(item: Membership) -> None:
    mine = me()
    if mine is not None and mine.id == (item.user.id if item.user else item.user_id):
        raise OwnRoles


def _refuse_second_administration(item: Membership) -> None:
    """Said before the database refuses it (uq_membership_administrator)."""
    user_id = item.user.id if item.user else item.user_id
    others = select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.role.in_(ADMINISTRATORS),
        Membership.id != (item.id or 0),
    )
    if item.role in ADMINISTRATORS and db.session.scalar(others) is not None:
        raise TwoAdministrations


def _keep_own_super_admin(item: Membership) -> None:
    before: list[Role] = inspect(item).attrs.role.history.deleted or [item.role]
    if before[0] is Role.SUPER_ADMIN and item.user == me():
        raise OwnAccount


VIEWS = (MembershipAdmin,)
