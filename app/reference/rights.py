"""Chinese names of the views and permissions of app/roles.py, for people who read the table of rights."""

from ..menu import MENU
from ..vocabulary import N_

VIEWS_OF = {endpoint.split(".")[0]: label for _group, endpoint, _icon, label in reversed(MENU)} | {
    "DeskView": N_("审核工作台"),
    "FormView": N_("申报表"),
    "AttachmentView": N_("附件"),
    "WorkbenchView": N_("审核页面"),
    "UnitOpinionView": N_("基层单位意见（表十二）"),
}

PERMISSIONS = {
    "can_add": N_("新增"),
    "can_basics": N_("核对基本资料"),
    "can_change_password": N_("修改密码"),
    "can_check": N_("检查申报信息"),
    "can_choose": N_("选择"),
    "can_choose_unit": N_("选择单位"),
    "can_cover": N_("填写封面"),
    "can_decide": N_("审核"),
    "can_delete": N_("删除"),
    "can_done": N_("提交结果"),
    "can_edit": N_("编辑"),
    "can_form": N_("打开"),
    "can_get": N_("查看文件"),
    "can_handled": N_("办理记录"),
    "can_home": N_("首页"),
    "can_link": N_("关联"),
    "can_list": N_("列表"),
    "can_make_default": N_("设为默认"),
    "can_move": N_("调整顺序"),
    "can_nothing": N_("声明没有此项"),
    "can_pdf": N_("打印"),
    "can_photo": N_("上传照片"),
    "can_preview": N_("预览"),
    "can_read_all": N_("全部已读"),
    "can_remove": N_("移除"),
    "can_reopen": N_("继续申报"),
    "can_search": N_("查询"),
    "can_show": N_("查看"),
    "can_start": N_("开始申报"),
    "can_submit": N_("提交"),
    "can_unit": N_("查找单位"),
    "can_unlock": N_("解锁"),
    "can_upload": N_("上传"),
    "can_waiting": N_("待我审核"),
    "can_withdraw": N_("撤回"),
}
