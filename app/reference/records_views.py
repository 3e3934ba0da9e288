"""Super administrators' screens of notices and settings."""

from flask_babel import lazy_gettext as _l

from ..models import Notice, Setting
from ..web.crud import ModelScreen
from ..web.interface import EagerInterface


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
    label_columns = {
        "title": _l("标题"),
        "body": _l("正文"),
        "published_at": _l("发布时间"),
        "banner_until": _l("页面顶部显示至"),
    }
    description_columns = {
        "banner_until": _l("系统维护等需要人人看到的，到此时间前显示在所有页面顶部；其他公告留空")
    }
    list_columns = ["title", "published_at", "banner_until"]
    search_columns = ["title", "body"]
    show_columns = add_columns = edit_columns = ["title", "body", "published_at", "banner_until"]


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


VIEWS = (NoticeAdmin, SettingAdmin)
