"""Super administrators' screens of notices, settings and the record of changes."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField

from ..models import AuditEntry, Notice, Setting
from ..vocabulary import N_
from ..web.crud import ModelScreen
from ..web.fields import normal
from ..web.interface import EagerInterface
from .people_views import account_label, named_like


class NoticeAdmin(ModelScreen):
    datamodel = EagerInterface(Notice)
    route_base = "/admin/notices"
    base_order = ("id", "desc")
    list_title, show_title, add_title, edit_title = (
        _l("通知公告"),
        _l("通知公告"),
        _l("新增通知公告"),
        _l("编辑通知公告"),
    )
    label_columns = {"title": _l("标题"), "body": _l("正文"), "published_at": _l("发布时间")}
    list_columns = ["title", "published_at"]
    search_columns = ["title", "body"]
    show_columns = add_columns = edit_columns = ["title", "body", "published_at"]


class SettingAdmin(ModelScreen):
    datamodel = EagerInterface(Setting)
    route_base = "/admin/settings"
    base_order = ("key", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("联系方式与提示"),
        _l("联系方式与提示"),
        _l("新增联系方式与提示"),
        _l("编辑联系方式与提示"),
    )
    label_columns = {"key": _l("标识"), "value": _l("内容"), "note": _l("说明")}
    list_columns = ["note", "value", "key"]
    search_columns = ["key", "value", "note"]
    show_columns = add_columns = ["key", "value", "note"]
    edit_columns = ["value", "note"]


ACTIONS = {
    "add": N_("新增"),
    "edit": N_("修改"),
    "delete": N_("删除"),
    "sign_in": N_("登录"),
    "sign_up": N_("注册"),
    "lock": N_("锁定"),
    "unlock": N_("解锁"),
    "recover": N_("找回密码"),
    "change_password": N_("修改密码"),
    "choose": N_("选择主管部门"),
    "make_default": N_("设为默认主管部门"),
    "decide": N_("审核"),
    "import": N_("导入"),
}


OBJECTS = {
    "AttachmentRequirement": N_("附件要求"),
    "Bureau": N_("人社局窗口"),
    "Committee": N_("评委会"),
    "Compatibility": N_("专业对应"),
    "Department": N_("主管部门"),
    "DirectoryRow": N_("评委会目录"),
    "EngineeringSpecialty": N_("工程专业"),
    "FormTable": N_("申报表目录"),
    "Holiday": N_("节假日"),
    "IntegrityRecord": N_("诚信档案"),
    "Major": N_("学科目录"),
    "Membership": N_("角色与归属"),
    "Name": N_("未注册的账号名"),
    "Notice": N_("通知公告"),
    "PlanRow": N_("评审计划"),
    "Profession": N_("专业目录"),
    "Region": N_("行政区域"),
    "Round": N_("申报窗口"),
    "RouteRule": N_("流程规则"),
    "Series": N_("职称系列"),
    "Setting": N_("联系方式与提示"),
    "Title": N_("职称名称"),
    "Unit": N_("单位"),
    "UnitDepartment": N_("单位的主管部门"),
    "User": N_("账号"),
}


class AuditAdmin(ModelScreen):
    datamodel = EagerInterface(AuditEntry, eager=("by",))
    route_base = "/admin/audit"
    include_route_methods = {"list", "show"}
    base_order = ("id", "desc")
    list_title, show_title = _l("操作记录"), _l("操作记录")
    label_columns = {
        "at": _l("时间"),
        "by": _l("操作人"),
        "action": _l("操作"),
        "object_type": _l("对象"),
        "object_id": _l("对象编号"),
        "detail": _l("改动的栏目"),
    }
    formatters_columns = {
        "by": account_label,
        "action": lambda action: _(ACTIONS.get(action, action)),
        "object_type": lambda name: _(OBJECTS.get(name, name)),
    }
    search_by = {"by": (StringField(_l("操作人"), filters=[normal]), named_like(AuditEntry.by))}
    list_columns = show_columns = ["at", "by", "action", "object_type", "object_id", "detail"]
    order_columns = ["at"]
    search_columns = ["by", "action", "object_type", "object_id"]


VIEWS = (NoticeAdmin, SettingAdmin, AuditAdmin)
