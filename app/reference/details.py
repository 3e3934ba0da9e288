"""What the details of the record say, in an auditor's words; what is no word of ours is shown as it is.

Entries keep short English words and names of columns, so that no translation changes what was recorded.
"""

import re
from collections.abc import Iterable

from flask import current_app
from flask_babel import gettext as _

from .. import chain
from ..chain import Kind
from ..models import SECTIONS, Person
from ..models.fields import fields_of
from ..vocabulary import N_, CaseKind, Purpose, RequestStatus, UnitCheck, Word
from .deeds import OBJECTS, SECTION_TITLES

SAID = {
    "400": N_("请求缺少本页的校验标记，可能来自其他网站"),
    "403": N_("没有打开此页面的权限"),
    "404": N_("没有这条数据，或不在其范围内"),
    "409": N_("当前状态或规则不允许此操作"),
    "429": N_("短时间内请求过多"),
    "locked": N_("账号已锁定"),
    "disabled": N_("账号已停用"),
    "all": N_("全部浏览器"),
    "known browser": N_("在账号登录过的浏览器"),
    "by username": N_("用用户名登录"),
    "by mobile": N_("用手机号登录"),
    "by document": N_("用证件号登录"),
    "with other names": N_("与用其他登录名输错的合计"),
    "two persons": N_("两人办理"),
    "name": N_("姓名"),
    "id_number": N_("证件号"),
    "mobile": N_("手机号"),
    "phone": N_("联系电话"),
    "value": N_("请求中填写的号码"),
}
# Tables that a change touches and that are the object of none.
TOUCHED = {
    "AttachmentUse": N_("附件关联"),
    "CaseEntry": N_("办理经过"),
    "CommonOpinion": N_("常用意见"),
    "Decision": N_("审核意见"),
    "Eligibility": N_("申报资格自查"),
    "Employment": N_("单位归属"),
    "Message": N_("消息"),
    "NothingToDeclare": N_("没有此项的声明"),
    "Opening": N_("打开记录"),
    "Organisation": N_("单位"),
    "PublicNotice": N_("公示"),
    "Outbox": N_("短信"),
    "Preference": N_("界面偏好"),
    "RecoveryCode": N_("恢复码"),
    "Reminder": N_("提醒"),
    "RemovedRecord": N_("已删除的记录"),
    "ResetLink": N_("重置链接"),
    "ReviewNote": N_("审核标注"),
    "RoundRequirement": N_("申报窗口的材料要求"),
    "RouteStep": N_("流程环节"),
    "Package": N_("打包下载"),
    "PrintedForm": N_("生成的申报表"),
    "SavedList": N_("保存的筛选"),
    "SmsCode": N_("短信验证码"),
    "SmsQuota": N_("验证码次数"),
    "Snapshot": N_("提交的材料"),
    "StampedPage": N_("盖章的表十七"),
    "Subscription": N_("开放提醒订阅"),
    "UnitOpinion": N_("基层单位意见"),
}
# A word with the number of a row.
NUMBERED = {
    "unit": N_("单位 %(n)s"),
    "account": N_("账号 %(n)s"),
    "entry": N_("办理经过 %(n)s"),
    "persons": N_("人员 %(n)s"),
}
# Whose vocabulary an action's detail is a word of.
WORDS: dict[str, type[Word]] = {
    "wrong_code": Purpose,
    "open_case": CaseKind,
    "ask_help": CaseKind,
    "close_case": RequestStatus,
    "verify_unit": UnitCheck,
}
# Columns that no administrator's screen names.
COLUMNS = {
    "address": N_("地址"),
    "closes_at": N_("网上申报截止时间"),
    "contact": N_("联系人"),
    "contact_phone": N_("联系电话"),
    "corrections_until": N_("补正截止时间"),
    "decided_at": N_("审核时间"),
    "decided_by_id": N_("审核人"),
    "department_id": N_("主管部门"),
    "email": N_("邮箱"),
    "fax": N_("传真"),
    "id": N_("编号"),
    "id_number_index": N_("证件号索引"),
    "id_number_tail": N_("证件号后六位索引"),
    "is_default": N_("是否是默认主管部门"),
    "last_name": N_("姓名"),
    "mobile_index": N_("手机号索引"),
    "name": N_("名称"),
    "name_key": N_("名称索引"),
    "nature": N_("单位性质"),
    "notice": N_("通知"),
    "opinion": N_("审核意见"),
    "organisation_id": N_("归属单位"),
    "region_id": N_("行政区域"),
    "remark": N_("备注"),
    "status": N_("状态"),
    "submitted_at": N_("提交时间"),
    "tier": N_("单位等级"),
    "unit_id": N_("单位"),
    "user_id": N_("账号"),
    "verified_at": N_("核验时间"),
}
FAULTS = {
    Kind.BESIDE: N_("有一行（编号 %(row)s）插在链外"),
    Kind.TAKEN: N_("有一行（编号 %(row)s）插在已有的位置"),
    Kind.MISSING: N_("缺失"),
    Kind.MISSING_UP_TO: N_("起缺失，至第 %(last)s 条"),
    Kind.CHANGED: N_("与记录时不符，或它前一条不符"),
    Kind.ANCHOR: N_("与另存的锚点不符"),
    Kind.END: N_("记录的末尾与登记的不符"),
    Kind.GONE: N_("已不存在，而另存的锚点中有"),
}


def detail_label(detail: str, action: str = "", object_type: str = "") -> str:
    """The detail of an entry in the reader's language."""
    if not detail:
        return ""
    vocabulary = WORDS.get(action)
    if vocabulary is not None and detail in list(vocabulary):
        return _(vocabulary(detail).label)
    persons = re.fullmatch(r"persons ([0-9, ]+)", detail)
    if persons:
        return _(NUMBERED["persons"], n=persons[1])
    columns = _columns_of(object_type) if action in ("add", "edit", "delete") else {}
    return _("，").join(_part(each, columns) for each in detail.split(", "))


def _part(part: str, columns: dict[str, str]) -> str:
    if part in columns:
        return columns[part]
    for words in (SAID, OBJECTS, SECTION_TITLES, TOUCHED):
        if part in words:
            return _(words[part])
    numbered = re.fullmatch(r"(unit|account|entry) ([0-9]+)", part)
    return _(NUMBERED[numbered[1]], n=numbered[2]) if numbered else part


def _columns_of(object_type: str) -> dict[str, str]:
    """The labels of a table's columns: its administrators' screen has them, a dossier's declaration, or COLUMNS."""
    found = {name: _(label) for name, label in COLUMNS.items()}
    declared: tuple[type, ...] = (Person, *SECTIONS)
    for model in declared:
        if model.__name__ == object_type:
            found |= {each.name: _(each.label) for each in fields_of(model)}
    for view in current_app.appbuilder.baseviews:  # type: ignore[attr-defined]
        if getattr(getattr(getattr(view, "datamodel", None), "obj", None), "__name__", "") == object_type:
            found |= {name: str(label) for name, label in type(view).label_columns.items()}
    return found


def fault_words(faults: Iterable[chain.Fault]) -> str:
    """The faults in a sentence."""
    return _("；").join(_fault(each) for each in faults)


def _fault(fault: chain.Fault) -> str:
    what = _(FAULTS[fault.kind], row=fault.row, last=fault.last)
    return what if fault.position is None else _("第 %(n)s 条", n=fault.position) + what
