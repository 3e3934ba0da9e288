"""Super administrators' screens of the catalogues (CAT-01…09)."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from ..models import (
    SECTIONS,
    AttachmentRequirement,
    Compatibility,
    DirectoryRow,
    EngineeringSpecialty,
    FormTable,
    Holiday,
    Major,
    PlanRow,
    Profession,
    Region,
    Series,
    Title,
)
from ..vocabulary import Nature
from ..web.choices import WholeNumber, WordsField
from ..web.columns import REQUIRED, words
from ..web.crud import ModelScreen
from ..web.interface import EagerInterface

NO, NAME, SERIES, LADDER, LEVEL, POSITION, YEAR = (
    _l("序号"),
    _l("名称"),
    _l("系列"),
    _l("梯次"),
    _l("等级"),
    _l("排列顺序"),
    _l("年度"),
)
TIERS = {"senior": _l("高级"), "intermediate": _l("中级")}
LEAF = {"level1": _l("门类（大类）"), "level2": _l("专业类"), "level3": _l("专业")}
OTHER_PLACES = {
    "identity": _l("身份证件"),
    "notice": _l("公示信息"),
    "pledge": _l("承诺书"),
}


def _year(label: object) -> WholeNumber:
    return WholeNumber(label, [InputRequired(REQUIRED)], smallest=2000, largest=2100)


def _tier_field() -> SelectField:
    return SelectField(
        _l("级别"),
        [InputRequired(REQUIRED)],
        choices=lambda: [SelectChoice(key, str(word)) for key, word in TIERS.items()],
    )


def _tier(value: str) -> str:
    return str(TIERS.get(value, value))


def places() -> dict[str, str]:
    """Where an attachment can be asked for: the dossier's sections and the three places besides."""
    return {key: str(word) for key, word in OTHER_PLACES.items()} | {
        each.section.slug: _(each.section.title) for each in SECTIONS
    }


class SeriesAdmin(ModelScreen):
    datamodel = EagerInterface(Series)
    route_base = "/admin/series"
    include_route_methods = {"list", "show"}
    base_order = ("no", "asc")
    list_title, show_title = _l("职称系列"), _l("职称系列")
    label_columns = {"no": NO, "name": NAME}
    list_columns = show_columns = ["no", "name"]
    search_columns = ["name"]


class TitleAdmin(ModelScreen):
    datamodel = EagerInterface(Title, eager=("series",))
    route_base = "/admin/titles"
    base_order = ("position", "asc")
    list_title, show_title, add_title, edit_title = _l("职称名称"), _l("职称"), _l("新增职称"), _l("编辑职称")
    label_columns = {
        "series": SERIES,
        "ladder": LADDER,
        "level": LEVEL,
        "name": NAME,
        "position": POSITION,
        "by_exam": _l("以考代评"),
    }
    description_columns = {
        "ladder": _l("同一系列内的第几列职称；没有分列的填 1"),
        "by_exam": _l("由国家统一组织的考试取得，不开展评审；申报人看得到，不能选"),
    }
    list_columns = ["name", "series", "ladder", "level", "by_exam"]
    order_columns = ["name", "ladder", "level"]
    search_columns = ["name", "series", "level"]
    show_columns = add_columns = edit_columns = ["series", "ladder", "level", "name", "position", "by_exam"]


class RegionAdmin(ModelScreen):
    datamodel = EagerInterface(Region, eager=("parent",))
    route_base = "/admin/regions"
    base_order = ("code", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("行政区域"),
        _l("行政区域"),
        _l("新增行政区域"),
        _l("编辑行政区域"),
    )
    label_columns = {
        "code": _l("代码"),
        "name": NAME,
        "level": _l("层级"),
        "parent": _l("上级"),
        "postcode": _l("邮政编码"),
    }
    description_columns = {
        "level": _l("单位的行政区域要选到“县（市、区）”或“功能区”"),
        "postcode": _l("个人信息中推算邮政编码用；不填的不推算"),
    }
    list_columns = show_columns = add_columns = edit_columns = ["code", "name", "level", "parent", "postcode"]
    search_columns = ["name", "code", "level"]


class ProfessionAdmin(ModelScreen):
    datamodel = EagerInterface(Profession, eager=("series",))
    route_base = "/admin/professions"
    base_order = ("position", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("专业目录"),
        _l("从事专业"),
        _l("新增从事专业"),
        _l("编辑从事专业"),
    )
    label_columns = {**LEAF, "series": SERIES, "ladder": LADDER, "position": POSITION}
    description_columns = {"ladder": _l("系列、梯次和申报等级共同决定职称名称")}
    list_columns = ["level3", "level2", "level1", "series", "ladder"]
    search_columns = ["level1", "level2", "level3", "series"]
    show_columns = add_columns = edit_columns = ["level1", "level2", "level3", "series", "ladder", "position"]


class MajorAdmin(ModelScreen):
    datamodel = EagerInterface(Major)
    route_base = "/admin/majors"
    base_order = ("position", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("学科目录"),
        _l("所学专业"),
        _l("新增所学专业"),
        _l("编辑所学专业"),
    )
    label_columns = {**LEAF, "position": POSITION}
    list_columns = ["level3", "level2", "level1"]
    search_columns = ["level1", "level2", "level3"]
    show_columns = add_columns = edit_columns = ["level1", "level2", "level3", "position"]


class CompatibilityAdmin(ModelScreen):
    datamodel = EagerInterface(Compatibility)
    route_base = "/admin/compatibility"
    list_title, show_title, add_title, edit_title = (
        _l("专业对应"),
        _l("专业对应"),
        _l("新增专业对应"),
        _l("编辑专业对应"),
    )
    label_columns = {
        "major_level1": _l("所学专业门类"),
        "major_level2": _l("所学专业类"),
        "profession_level1": _l("从事专业大类"),
    }
    description_columns = {"major_level2": _l("留空表示该门类下的全部专业")}
    list_columns = show_columns = add_columns = edit_columns = search_columns = [
        "major_level1",
        "major_level2",
        "profession_level1",
    ]


class PlanAdmin(ModelScreen):
    datamodel = EagerInterface(PlanRow)
    route_base = "/admin/plans"
    list_title, show_title, add_title, edit_title = (
        _l("评审计划"),
        _l("评审计划"),
        _l("新增评审计划"),
        _l("编辑评审计划"),
    )
    label_columns = {
        "year": YEAR,
        "tier": _l("级别"),
        "no": NO,
        "name": NAME,
        "organizer": _l("组建单位"),
        "due": _l("完成时间"),
    }
    formatters_columns = {"tier": _tier}
    fields = {"year": _year(YEAR), "tier": _tier_field()}
    list_columns = ["name", "year", "tier", "no", "organizer", "due"]
    search_columns = ["name", "organizer", "year"]
    show_columns = add_columns = edit_columns = ["year", "tier", "no", "name", "organizer", "due"]


class DirectoryAdmin(ModelScreen):
    datamodel = EagerInterface(DirectoryRow)
    route_base = "/admin/directories"
    list_title, show_title, add_title, edit_title = (
        _l("评委会目录"),
        _l("评委会目录"),
        _l("新增评委会目录"),
        _l("编辑评委会目录"),
    )
    label_columns = {
        "year": YEAR,
        "tier": _l("级别"),
        "no": NO,
        "name": NAME,
        "scope": _l("评审范围和权限"),
        "organizer": _l("组建单位"),
        "phone": _l("联系电话"),
    }
    formatters_columns = {"tier": _tier}
    fields = {"year": _year(YEAR), "tier": _tier_field()}
    list_columns = ["name", "year", "tier", "no", "organizer", "phone"]
    search_columns = ["name", "organizer", "year"]
    show_columns = add_columns = edit_columns = ["year", "tier", "no", "name", "scope", "organizer", "phone"]


class EngineeringSpecialtyAdmin(ModelScreen):
    datamodel = EagerInterface(EngineeringSpecialty)
    route_base = "/admin/engineering-specialties"
    base_order = ("no", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("工程专业"),
        _l("工程专业"),
        _l("新增工程专业"),
        _l("编辑工程专业"),
    )
    label_columns = {"no": NO, "name": NAME}
    list_columns = show_columns = add_columns = edit_columns = ["no", "name"]
    search_columns = ["name"]


def _samples() -> dict[str, str]:
    """The drawings of static/samples."""
    return {
        "": _("（无）"),
        "id-card.svg": _("身份证"),
        "certificate.svg": _("职称证书"),
        "diploma.svg": _("毕业证书"),
        "contract.svg": _("合同"),
        "notice-board.svg": _("公告栏"),
        "pledge.svg": _("承诺书"),
    }


class AttachmentRequirementAdmin(ModelScreen):
    datamodel = EagerInterface(AttachmentRequirement)
    route_base = "/admin/attachment-requirements"
    base_order = ("no", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("附件要求"),
        _l("附件要求"),
        _l("新增附件要求"),
        _l("编辑附件要求"),
    )
    label_columns = {
        "year": YEAR,
        "no": NO,
        "group": _l("分组"),
        "name": NAME,
        "required": _l("必须上传"),
        "section_slug": _l("填写位置"),
        "hint": _l("提示"),
        "asked_by": _l("要求方"),
        "sample": _l("示意图"),
        "by_default": _l("申报窗口没有另定时要求"),
        "natures": _l("要求的单位性质"),
    }
    description_columns = {"by_default": _l("不勾选的只用于另定附件要求的申报窗口")}
    formatters_columns = {
        "section_slug": lambda slug: places().get(slug, slug),
        "sample": lambda sample: _samples().get(sample, sample),
        "natures": words(Nature),
    }
    fields = {
        "natures": WordsField(
            _l("要求的单位性质"), words=Nature, description=_l("一个都不勾选表示全部申报人都要")
        ),
        "year": _year(YEAR),
        "section_slug": SelectField(
            _l("填写位置"),
            [InputRequired(REQUIRED)],
            choices=lambda: [SelectChoice(*each) for each in places().items()],
        ),
        "sample": SelectField(
            _l("示意图"), choices=lambda: [SelectChoice(*each) for each in _samples().items()]
        ),
    }
    list_columns = ["name", "year", "no", "required", "by_default", "section_slug"]
    search_columns = ["name", "year", "required"]
    show_columns = add_columns = edit_columns = [
        "year",
        "no",
        "group",
        "name",
        "required",
        "section_slug",
        "hint",
        "asked_by",
        "sample",
        "by_default",
        "natures",
    ]


class FormTableAdmin(ModelScreen):
    datamodel = EagerInterface(FormTable)
    route_base = "/admin/form-tables"
    base_order = ("no", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("申报表目录"),
        _l("申报表目录"),
        _l("新增申报表目录"),
        _l("编辑申报表目录"),
    )
    label_columns = {"no": NO, "name": NAME}
    list_columns = show_columns = add_columns = edit_columns = ["no", "name"]
    search_columns = ["name"]


class HolidayAdmin(ModelScreen):
    datamodel = EagerInterface(Holiday)
    route_base = "/admin/holidays"
    base_order = ("day", "desc")
    list_title, show_title, add_title, edit_title = (
        _l("节假日"),
        _l("节假日"),
        _l("新增节假日"),
        _l("编辑节假日"),
    )
    label_columns = {"day": _l("日期"), "working": _l("上班"), "name": _l("说明")}
    description_columns = {
        "day": _l("只录入与“周一至周五上班”不同的日子；没有录入的年度不能计算工作日"),
        "working": _l("调休上班的勾选，放假的不勾选"),
    }
    list_columns = show_columns = add_columns = edit_columns = ["day", "working", "name"]
    search_columns = ["name", "working"]


VIEWS = (
    SeriesAdmin,
    TitleAdmin,
    RegionAdmin,
    ProfessionAdmin,
    MajorAdmin,
    CompatibilityAdmin,
    PlanAdmin,
    DirectoryAdmin,
    EngineeringSpecialtyAdmin,
    AttachmentRequirementAdmin,
    FormTableAdmin,
    HolidayAdmin,
)
