"""Super administrators' screen of the series' own entry pages (ACC-18)."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Regexp

from ..models import SeriesEntry
from ..web.crud import ModelScreen
from ..web.interface import EagerInterface


class SeriesEntryAdmin(ModelScreen):
    datamodel = EagerInterface(SeriesEntry, eager=("series",))
    route_base = "/admin/series-entries"
    base_order = ("slug", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("系列入口"),
        _l("系列入口"),
        _l("新增系列入口"),
        _l("编辑系列入口"),
    )
    label_columns = {
        "slug": _l("地址"),
        "series": _l("系列"),
        "title": _l("登录页标题"),
        "header": _l("页头名称"),
        "hint": _l("登录页提示"),
        "attachment_hint": _l("附件管理提示"),
        "active": _l("启用"),
    }
    description_columns = {
        "slug": _l("小写字母和数字，如 daj：入口地址为 /entry/daj，旧地址 /dajLogin 也转到这里"),
        "header": _l("不填时用系统名称"),
        "attachment_hint": _l("本系列申报人在“附件管理”上方看到"),
    }
    validators_columns = {
        "slug": [Regexp(r"[a-z0-9]{1,40}$", message=_l("地址应为小写字母和数字，不超过 40 个"))]
    }
    list_columns = ["title", "slug", "series", "active"]
    search_columns = ["title", "slug", "active"]
    show_columns = add_columns = edit_columns = [
        "slug",
        "series",
        "title",
        "header",
        "hint",
        "attachment_hint",
        "active",
    ]


VIEWS = (SeriesEntryAdmin,)
