"""What the record of changes calls things, in an auditor's words. An unknown word is shown as it is."""

from flask_babel import gettext as _

from ..models import SECTIONS
from ..vocabulary import N_
from .rights import PERMISSIONS, VIEWS_OF

ACTIONS = {
    "add": N_("新增"),
    "add_evidence": N_("补充证明材料"),
    "add_leaf": N_("增补专业"),
    "approve_together": N_("批量通过"),
    "ask_help": N_("提出请求"),
    "ask_package": N_("打包材料"),
    "ask_unit": N_("通知单位补充信息"),
    "ask_unlock": N_("请求解锁"),
    "change_mobile": N_("更换手机号"),
    "change_password": N_("修改密码"),
    "choose": N_("选择主管部门"),
    "choose_news": N_("设置短信和邮件通知"),
    "close_case": N_("办结工单"),
    "confirm_password": N_("再次验证密码"),
    "confirm_person": N_("确认人员"),
    "correct_id_number": N_("更正证件号"),
    "correct_mobile": N_("更换手机号（两人办理）"),
    "correct_name": N_("更正姓名"),
    "decide": N_("审核"),
    "decline_person": N_("不予确认人员"),
    "delete": N_("删除"),
    "disable": N_("停用账号"),
    "discard_form": N_("丢弃字段草稿"),
    "discard_template": N_("丢弃申报表模板草稿"),
    "draft_form": N_("起草字段版本"),
    "download_package": N_("下载打包的材料"),
    "draft_template": N_("起草申报表模板"),
    "edit": N_("修改"),
    "edit_on_behalf": N_("代为修改材料"),
    "edit_template": N_("修改申报表模板"),
    "enable": N_("启用账号"),
    "end_sessions": N_("退出账号的全部登录"),
    "end_sign_in": N_("退出登录"),
    "end_view": N_("结束以申报人视角查看"),
    "export_list": N_("导出表格"),
    "factor_codes": N_("重新生成恢复码"),
    "factor_off": N_("关闭两步验证"),
    "factor_on": N_("开启两步验证"),
    "factor_removed": N_("解除两步验证"),
    "factor_replaced": N_("更换验证器"),
    "import": N_("导入"),
    "keep_draft": N_("保留未保存的内容"),
    "lock": N_("锁定"),
    "make_default": N_("设为默认主管部门"),
    "miss": N_("密码不正确"),
    "open_case": N_("登记工单"),
    "propose_correction": N_("提出更正"),
    "copy_rounds": N_("从上年复制申报窗口"),
    "publish_round": N_("发布申报窗口"),
    "unpublish_round": N_("收回申报窗口"),
    "publish_form": N_("发布字段版本"),
    "publish_template": N_("发布申报表模板"),
    "recover": N_("找回密码"),
    "refuse_correction": N_("复核不同意更正"),
    "remind": N_("催办"),
    "remove_note": N_("移除标注"),
    "remove_person": N_("移除人员"),
    "reset_password": N_("通过重置链接设置密码"),
    "reshape_form": N_("修改字段"),
    "rotate_keys": N_("更换加密密钥"),
    "search_number": N_("按号码查人"),
    "send_message": N_("发送信息"),
    "show_number": N_("显示完整号码"),
    "sign_in": N_("登录"),
    "sign_in_alarm": N_("登录失败过多报警"),
    "sign_up": N_("注册"),
    "start_reset": N_("发起密码重置"),
    "start_view": N_("以申报人视角查看"),
    "subscribe": N_("订阅开放提醒"),
    "tampered": N_("发现加密数据被改动"),
    "unlock": N_("解锁"),
    "unsubscribe": N_("取消开放提醒"),
    "verify_unit": N_("核验单位"),
    "view_correction": N_("查看待复核更正"),
    "view_form": N_("查看申报表"),
    "view_scan": N_("查看扫描件"),
    "wrong_code": N_("短信验证码不正确"),
}

# A record of a section is called like its section.
SECTION_TITLES = {model.__name__: model.section.title for model in SECTIONS}

OBJECTS = {
    "Application": N_("申报"),
    "Attachment": N_("附件"),
    "AttachmentRequirement": N_("附件要求"),
    "Bureau": N_("人社局窗口"),
    "Committee": N_("评委会"),
    "Compatibility": N_("专业对应"),
    "Correction": N_("更正"),
    "Department": N_("主管部门"),
    "DirectoryRow": N_("评委会目录"),
    "Draft": N_("未保存的内容"),
    "EngineeringSpecialty": N_("工程专业"),
    "Evidence": N_("证明材料"),
    "FormTable": N_("申报表目录"),
    "FormTemplate": N_("申报表模板"),
    "FormVersion": N_("表单字段版本"),
    "HelpRequest": N_("请求"),
    "Holiday": N_("节假日"),
    "IntegrityRecord": N_("诚信档案"),
    "Major": N_("学科目录"),
    "Membership": N_("角色与归属"),
    "Name": N_("未注册的账号名"),
    "Notice": N_("通知公告"),
    "NoticeFile": N_("公示材料"),
    "Package": N_("打包下载"),
    "Person": N_("个人信息"),
    "PlanRow": N_("评审计划"),
    "Profession": N_("专业目录"),
    "Region": N_("行政区域"),
    "Round": N_("申报窗口"),
    "RoundRequirement": N_("申报窗口附件"),
    "RouteRule": N_("流程规则"),
    "Sealed": N_("加密数据"),
    "Series": N_("职称系列"),
    "SeriesEntry": N_("系列入口"),
    "Setting": N_("联系方式与提示"),
    "SignIn": N_("登录"),
    "StampedPage": N_("盖章的表十七"),
    "SupportCase": N_("来电工单"),
    "Title": N_("职称名称"),
    "Unit": N_("单位"),
    "UnitDepartment": N_("单位的主管部门"),
    "User": N_("账号"),
    "ViewAs": N_("以申报人视角查看"),
}


def action_label(action: str) -> str:
    """A named action, or the page and what was asked of it."""
    view, _dot, method = action.partition(".")
    if view in VIEWS_OF and f"can_{method}" in PERMISSIONS:
        return _("%(page)s：%(action)s", page=_(VIEWS_OF[view]), action=_(PERMISSIONS[f"can_{method}"]))
    if view in VIEWS_OF:
        return _(VIEWS_OF[view])
    return _(ACTIONS[action]) if action in ACTIONS else action


def object_label(object_type: str) -> str:
    if object_type in OBJECTS:
        return _(OBJECTS[object_type])
    if object_type in SECTION_TITLES:
        return _(SECTION_TITLES[object_type])
    return _(VIEWS_OF[object_type]) if object_type in VIEWS_OF else object_type
