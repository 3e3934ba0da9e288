"""The whole menu, one line an entry: what exists and who gets it. A line shows where roles.py opens the view."""

from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, url_for
from flask_babel import get_locale, gettext

from .policy import Standing
from .roles import may_open
from .vocabulary import N_, Role


@dataclass(frozen=True)
class Item:
    label: str
    url: str
    icon: str
    current: bool = False


@dataclass(frozen=True)
class Group:
    label: str
    items: tuple[Item, ...]


FILL, APPLY, REVIEW, OWN, SCOPE, ACCOUNT = (
    N_("填写材料"), N_("职称申报"), N_("审核"), N_("本单位"), N_("范围内"), N_("账号"),
)  # fmt: skip
BUSINESS, PEOPLE, CATALOGUE, RECORDS = N_("业务配置"), N_("组织与账号"), N_("目录"), N_("运维")

# fmt: off
MENU: tuple[tuple[str, str, str, str], ...] = (
    # group      endpoint                          icon                 label
    ("",         "ApplicantView.home",             "house",             N_("我的申报")),
    ("",         "DeskView.home",                  "house",             N_("工作台")),
    ("",         "HotlineView.search",             "search",            N_("查人查单")),
    ("",         "RequestView.list",               "list",              N_("待处理请求")),
    ("",         "CaseView.list",                  "clock-history",     N_("来电工单")),
    ("",         "CorrectionView.list",            "shield-check",      N_("待复核更正")),
    ("",         "OverviewView.home",              "house",             N_("概览")),
    (FILL,       "PersonView.edit",                "person-vcard",      N_("个人信息")),
    (FILL,       "SectionView.list",               "journal-text",      N_("申报信息")),
    (FILL,       "AttachmentView.list",            "paperclip",         N_("附件管理")),
    (APPLY,      "CoverView.start",                "send",              N_("个人申报")),
    (APPLY,      "ProgressView.list",              "clock-history",     N_("申报记录")),
    (REVIEW,     "DeskView.waiting",               "shield-check",      N_("待我审核")),
    (REVIEW,     "DeskView.handled",               "clock-history",     N_("办理记录")),
    (REVIEW,     "StampedDeskView.list",           "award",             N_("表十七收件")),
    (REVIEW,     "OverdueView.list",               "bell",              N_("逾期与催办")),
    (OWN,        "StaffView.list",                 "people",            N_("专业技术人员")),
    (OWN,        "UnitView.edit",                  "building",          N_("单位信息")),
    (OWN,        "UnitDepartmentView.list",        "folder2",           N_("主管部门")),
    (SCOPE,      "UnitChoiceView.list",            "building",          N_("单位挂靠审批")),
    (SCOPE,      "DepartmentScopeView.list",       "people",            N_("单位和人员")),
    (SCOPE,      "UnitCheckView.list",             "building",          N_("单位核验")),
    (SCOPE,      "CommitteeRoundView.list",        "calendar-event",    N_("申报窗口")),
    (SCOPE,      "BoardView.home",                 "table",             N_("统计")),
    (BUSINESS,   "RoundYearView.home",             "calendar-event",    N_("年度开通")),
    (BUSINESS,   "RoundAdmin.list",                "calendar-event",    N_("年度与窗口")),
    (BUSINESS,   "CommitteeAdmin.list",            "people",            N_("评委会")),
    (BUSINESS,   "RouteRuleAdmin.list",            "diagram-3",         N_("流程规则")),
    (BUSINESS,   "RouteTrialView.form",            "diagram-3",         N_("流程试算")),
    (BUSINESS,   "AttachmentRequirementAdmin.list", "paperclip",        N_("附件要求")),
    (BUSINESS,   "ChecklistView.list",             "paperclip",         N_("申报窗口附件")),
    (BUSINESS,   "FormVersionView.home",           "journal-text",      N_("表单字段")),
    (BUSINESS,   "FormTemplateView.home",          "journal-text",      N_("申报表模板")),
    (BUSINESS,   "NoticeAdmin.list",               "megaphone",         N_("通知公告")),
    (PEOPLE,     "UserAdmin.list",                 "person-circle",     N_("账号")),
    (PEOPLE,     "MembershipAdmin.list",           "key",               N_("角色与归属")),
    (PEOPLE,     "RightsView.show",                "table",             N_("权限一览")),
    (PEOPLE,     "UnitAdmin.list",                 "building",          N_("单位")),
    (PEOPLE,     "DepartmentAdmin.list",           "folder2",           N_("主管部门")),
    (PEOPLE,     "BureauAdmin.list",               "bank",              N_("人社局窗口")),
    (CATALOGUE,  "SeriesAdmin.list",               "list",              N_("职称系列")),
    (CATALOGUE,  "SeriesEntryAdmin.list",          "send",              N_("系列入口")),
    (CATALOGUE,  "TitleAdmin.list",                "award",             N_("职称名称")),
    (CATALOGUE,  "ProfessionAdmin.list",           "briefcase",         N_("专业目录")),
    (CATALOGUE,  "MajorAdmin.list",                "mortarboard",       N_("学科目录")),
    (CATALOGUE,  "TreeImportView.form",            "upload",            N_("导入目录")),
    (CATALOGUE,  "CompatibilityAdmin.list",        "check-lg",          N_("专业对应")),
    (CATALOGUE,  "RegionAdmin.list",               "diagram-3",         N_("行政区域")),
    (CATALOGUE,  "PlanAdmin.list",                 "table",             N_("评审计划")),
    (CATALOGUE,  "DirectoryAdmin.list",            "book",              N_("评委会目录")),
    (CATALOGUE,  "EngineeringSpecialtyAdmin.list", "list",              N_("工程专业")),
    (CATALOGUE,  "FormTableAdmin.list",            "table",             N_("申报表目录")),
    (CATALOGUE,  "HolidayAdmin.list",              "calendar-event",    N_("节假日")),
    (RECORDS,    "SettingAdmin.list",              "gear",              N_("联系方式与提示")),
    (RECORDS,    "IntegrityRecordAdmin.list",      "exclamation-triangle", N_("诚信档案")),
    (RECORDS,    "AuditView.list",                 "clock-history",     N_("操作记录")),
    (ACCOUNT,    "PackageView.list",               "download",          N_("打包下载")),
    (ACCOUNT,    "MessagesView.list",              "bell",              N_("我的消息")),
    (ACCOUNT,    "AccountView.show",               "gear",              N_("账号与安全")),
)
# fmt: on


def menu_of(who: Standing, path: str) -> list[Group]:
    """The groups this person sees, with the entry of the page at `path` marked."""
    groups = _menu(who.roles, str(get_locale()), current_app.config["APPLICATION_ROOT"])
    current = max(
        (item.url for group in groups for item in group.items if _lies_under(path, item.url)),
        key=len,
        default=None,
    )
    return [
        Group(group.label, tuple(Item(i.label, i.url, i.icon, i.url == current) for i in group.items))
        for group in groups
    ]


def _lies_under(path: str, url: str) -> bool:
    return path == url or path.startswith(url.rstrip("/").removesuffix("/list") + "/")


@lru_cache(maxsize=64)
def _menu(roles: tuple[Role, ...], locale: str, root: str) -> list[Group]:
    """Built once per set of roles and language; it depends on nothing else."""
    groups: dict[str, list[Item]] = {}
    for group, endpoint, icon, label in MENU:
        view, method = endpoint.split(".")
        if any(may_open(role, view, f"can_{method}") for role in roles):
            groups.setdefault(group, []).append(Item(gettext(label), url_for(endpoint), icon))
    return [Group(gettext(group) if group else "", tuple(items)) for group, items in groups.items()]
