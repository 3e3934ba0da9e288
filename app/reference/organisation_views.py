"""Super administrators' screens of units, departments, desks and committees (domain.md 2)."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, select
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from .. import clock
from ..accounts import numbers
from ..accounts.forms import Normal
from ..extensions import db
from ..models import Bureau, Committee, Department, Series, Unit
from ..organisations.operations import check_suspension, tell_suspension
from ..vocabulary import Level, Nature, Service
from ..web.choices import LinesField, MultiCheckField, WordsField, YesNoField
from ..web.columns import REQUIRED, Unused, joined, words
from ..web.crud import ModelScreen
from ..web.fields import Line
from ..web.interface import EagerInterface

NAME, PHONE, REGION = _l("名称"), _l("联系电话"), _l("行政区域")
ANY_NATURE = _l("一个都不勾选表示不限单位性质")


class VerifiedField(BooleanField):
    """A tick for a moment: ticked now, or not at all."""

    def process_data(self, value: Any) -> None:
        self.data = value is not None

    def populate_obj(self, obj: Any, name: str) -> None:
        if not self.data:
            setattr(obj, name, None)
        elif getattr(obj, name) is None:
            setattr(obj, name, clock.now())


def _is_verified(answer: str) -> Any:
    return Unit.verified_at.is_not(None) if answer == "1" else Unit.verified_at.is_(None)


class UnitAdmin(ModelScreen):
    datamodel = EagerInterface(Unit, eager=("region",))
    route_base = "/admin/units"
    list_title, show_title, add_title, edit_title = _l("单位"), _l("单位"), _l("新增单位"), _l("编辑单位")
    label_columns = {
        "name": NAME,
        "credit_code": _l("统一社会信用代码"),
        "nature": _l("单位性质"),
        "tier": _l("单位等级"),
        "region": REGION,
        "contact": _l("联系人"),
        "contact_phone": PHONE,
        "fax": _l("传真"),
        "address": _l("地址"),
        "remark": _l("备注"),
        "verified_at": _l("核验时间"),
        "suspended_year": _l("暂停推荐的年度"),
        "suspension_reason": _l("暂停推荐的原因"),
    }
    description_columns = {
        "nature": _l("性质、等级和区域决定审核流程；留空的由单位经办人补填"),
        "region": _l("选到县（市、区）或功能区"),
        "suspended_year": _l(
            "审核把关不严、情节严重的，暂停下一年度职称申报推荐；该单位人员当年不能提交申报。不暂停的留空"
        ),
        "suspension_reason": _l("单位经办人会收到"),
    }
    fields = {
        "credit_code": Line(
            _l("统一社会信用代码"),
            18,
            empty=REQUIRED,
            checks=[Normal(numbers.credit_code), Unused(Unit, "credit_code")],
            hint=_l("18 位；旧组织机构代码 9 位"),
        ),
        "verified_at": VerifiedField(
            _l("已核验"), description=_l("未核验的单位不能查看个人证件扫描件，不能重置密码")
        ),
    }
    search_by = {"verified_at": (YesNoField(_l("已核验")), _is_verified)}
    list_columns = ["name", "credit_code", "nature", "tier", "region", "verified_at"]
    search_columns = ["name", "credit_code", "nature", "tier", "region", "verified_at"]
    show_columns = add_columns = edit_columns = [
        "name",
        "credit_code",
        "nature",
        "tier",
        "region",
        "contact",
        "contact_phone",
        "fax",
        "address",
        "remark",
        "verified_at",
        "suspended_year",
        "suspension_reason",
    ]

    def pre_update(self, item: Unit) -> None:
        if inspect(item).attrs["suspended_year"].history.has_changes():
            check_suspension(item, at=clock.now())
            tell_suspension(item, at=clock.now())

    def pre_add(self, item: Unit) -> None:
        check_suspension(item, at=clock.now())


class DepartmentAdmin(ModelScreen):
    datamodel = EagerInterface(Department, eager=("region",))
    route_base = "/admin/departments"
    list_title, show_title, add_title, edit_title = (
        _l("主管部门"),
        _l("主管部门"),
        _l("新增主管部门"),
        _l("编辑主管部门"),
    )
    label_columns = {"name": NAME, "phone": PHONE, "region": REGION}
    list_columns = show_columns = add_columns = edit_columns = ["name", "phone", "region"]
    search_columns = ["name", "region"]


class BureauAdmin(ModelScreen):
    datamodel = EagerInterface(Bureau, eager=("region",))
    route_base = "/admin/bureaus"
    base_order = ("no", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("人社局窗口"),
        _l("人社局窗口"),
        _l("新增窗口"),
        _l("编辑窗口"),
    )
    label_columns = {
        "no": _l("序号"),
        "name": NAME,
        "region": REGION,
        "is_city": _l("市人社局"),
        "natures": _l("办理的单位性质"),
        "services": _l("办理的业务"),
        "scope": _l("服务范围"),
        "address": _l("地址"),
        "phones": PHONE,
    }
    description_columns = {
        "region": _l("同一区域有几个窗口时，按序号取第一个办理该单位性质的窗口"),
        "is_city": _l("市人社局审核一步由勾选的窗口办理"),
    }
    formatters_columns = {"natures": words(Nature), "services": words(Service)}
    fields = {
        "natures": WordsField(_l("办理的单位性质"), words=Nature, description=ANY_NATURE),
        "services": WordsField(_l("办理的业务"), words=Service),
        "phones": LinesField(PHONE, each=60, description=_l("每行一个号码")),
    }
    list_columns = ["name", "no", "region", "natures", "phones"]
    order_columns = ["no", "name"]
    search_columns = ["name", "region", "is_city"]
    show_columns = add_columns = edit_columns = [
        "no",
        "name",
        "region",
        "is_city",
        "natures",
        "services",
        "scope",
        "address",
        "phones",
    ]

    def pre_add(self, item: Bureau) -> None:
        item.phone = item.phones[0] if item.phones else ""

    pre_update = pre_add


def _series() -> list[SelectChoice]:
    rows = db.session.scalars(select(Series).order_by(Series.no))
    return [SelectChoice(each.no, f"{each.no} {each.name}") for each in rows]


def _series_names(values: list[int]) -> str:
    return joined([each.label for each in _series() if each.value in values])


class CommitteeAdmin(ModelScreen):
    datamodel = EagerInterface(Committee, eager=("region",))
    route_base = "/admin/committees"
    base_order = ("code", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("评委会"),
        _l("评委会"),
        _l("新增评委会"),
        _l("编辑评委会"),
    )
    label_columns = {
        "code": _l("代码"),
        "name": NAME,
        "aliases": _l("别名"),
        "tier": _l("层级"),
        "region": REGION,
        "levels": _l("评审等级"),
        "series_nos": _l("评审系列"),
        "organizer": _l("组建单位"),
        "phone": PHONE,
    }
    description_columns = {"code": _l("代码发布后不再改动，新增的往后编，如 KM-I-48")}
    formatters_columns = {"levels": words(Level), "series_nos": _series_names}
    fields = {
        "aliases": LinesField(_l("别名"), description=_l("文件中出现过的其他写法，每行一个")),
        "levels": WordsField(_l("评审等级"), [InputRequired(REQUIRED)], words=Level),
        "series_nos": MultiCheckField(_l("评审系列"), [InputRequired(REQUIRED)], choices=_series, coerce=int),
    }
    list_columns = ["name", "code", "tier", "region", "levels", "organizer"]
    search_columns = ["name", "code", "tier", "region", "organizer"]
    show_columns = ["code", "name", "aliases", "tier", "region", "levels", "series_nos", "organizer", "phone"]
    add_columns = show_columns
    edit_columns = ["name", "aliases", "tier", "region", "levels", "series_nos", "organizer", "phone"]


VIEWS = (UnitAdmin, DepartmentAdmin, BureauAdmin, CommitteeAdmin)
