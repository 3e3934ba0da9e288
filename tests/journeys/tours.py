"""Through the demo city, role by role: each stop is a page in a state worth checking and worth looking at."""

import re
from collections.abc import Callable, Iterator

import pyotp

from tests.journeys import account_tours
from tests.journeys.applicants import Applicant
from tests.journeys.browsing import Visitor

REVIEW = re.compile("^审核 ")
Tour = Callable[[Visitor], Iterator[str]]


def visitor(v: Visitor) -> Iterator[str]:
    v.go("/sign-in/")
    yield "sign-in"
    v.fill({"身份证号、手机号或用户名": "demo-nobody", "密码": "not the password"})
    v.press("登录")
    yield "sign-in refused"
    for _again in range(3):
        v.enter("密码", "not the password")
        v.press("登录")
    yield "sign-in locked"
    v.press("请求解锁")
    yield "unlocking asked"
    v.follow("个人注册")
    yield "sign-up"
    v.fill({"姓名": "示例", "证件号码": "53010219900101000"})
    v.press("下一步")
    yield "sign-up refused"
    v.go("/unit-sign-up/")
    v.press("下一步")
    yield "unit sign-up refused"
    v.go("/recover/")
    v.press("获取验证码")
    yield "recovery refused"
    v.go("/development/sms")
    yield "sent texts"
    v.go("/notices/")
    yield "notices"
    v.follow("申报材料填写提示（演示）")
    yield "notice"
    v.go("/nowhere")
    yield "not found"


def newcomer(v: Visitor) -> Iterator[str]:
    yield "home"
    v.menu("个人信息")
    yield "person"
    v.enter("邮箱", "not an address")
    v.press("保存")
    yield "person refused"
    v.go("/person/unit?q=示例")
    yield "units found"
    v.go("/person/photo")
    v.press("上传照片")
    yield "photo refused"
    v.menu("申报信息")
    v.follow("撰写论文情况")
    yield "section without records"
    v.menu("附件管理")
    yield "attachments"
    v.press_first("上传")
    v.sees("1 个文件没有上传")
    yield "upload refused"


def applicant(v: Visitor) -> Iterator[str]:
    yield "home"
    v.menu("申报信息")
    v.follow("学习经历")
    yield "section"
    v.follow("添加一条")
    v.fill({"就读学校": "示例学校", "所学专业": "机械", "开始时间": "2020 年的秋天"})
    v.press("保存")
    yield "record refused"
    v.menu("申报信息")
    v.follow("现有职称情况")
    v.follow("编辑 助理工程师")
    yield "record with a file"
    v.menu("个人申报")
    yield "application begins"
    v.press("开始申报")
    yield "who may apply"
    v.answer_who_may_apply()
    yield "step 1 committee"
    v.enter("评委会", "昆明市档案专业中级职称评审委员会")
    v.press("下一步")
    v.enter("申报专业", "火星")
    v.press("下一步")
    yield "step 1 profession refused"
    v.enter("申报专业", "档案保管利用")
    v.press("下一步")
    yield "step 1 level"
    v.fill({"申报等级": "中级", "参评类别": "正常评审"})
    v.press("保存封面，下一步")
    yield "step 2 basics"
    v.follow("下一步")
    yield "step 3 check"
    v.follow("预览申报表")
    yield "form preview"
    v.page.go_back()
    v.follow("下一步")
    yield "step 4 submit"
    v.press("提交申报")
    yield "step 4 refused"
    v.enter(Applicant.PLEDGE, True)
    v.press("提交申报")
    yield "submitted"
    v.follow("查看进度")
    yield "progress"
    v.menu("申报信息")
    v.follow("学习经历")
    yield "section read only"


def draft(v: Visitor) -> Iterator[str]:
    """Gaps: on the home page and in the wizard."""
    yield "home"
    v.menu("个人申报")
    yield "step 2 gaps"
    v.go(v.page.url.replace("basics", "submit"))
    yield "step 4 gaps"


def returned(v: Visitor) -> Iterator[str]:
    yield "home"
    v.menu("申报记录")
    v.follow_first("查看进度")
    yield "progress"
    v.menu("我的消息")
    yield "messages"
    v.press_first("查看")
    yield "message"


def passed(v: Visitor) -> Iterator[str]:
    yield "home"
    v.menu("个人申报")
    yield "application passed"
    v.menu("账号与安全")
    v.follow("设置两步验证")
    yield "second factor"
    v.go("/account/confirm/?next=/account/factor/enrol")
    v.enter("当前密码", "not the password")
    v.press("继续")
    yield "password asked anew and refused"
    v.go("/account/factor/enrol")
    v.enter("动态验证码", "000000")
    v.press("完成，显示恢复码")
    yield "authenticator refused"
    secret = v.main.locator("code.key").inner_text().replace(" ", "")
    v.enter("动态验证码", pyotp.TOTP(secret).now())
    v.press("完成，显示恢复码")
    yield "printed codes"
    v.go("/account/factor/")
    yield "second factor on"


def unit(v: Visitor) -> Iterator[str]:
    yield from desk(v)
    v.main.get_by_role("button", name="保存基层单位意见").click()
    v.sees("填写推荐方式")
    yield "table 12 refused"
    v.menu("单位信息")
    v.fill({"联系电话": "", "单位性质": "请选择"})
    v.press("保存单位信息")
    yield "unit refused"
    v.go("/unit/departments/choose")
    yield "departments"
    v.menu("专业技术人员")
    yield "people"
    v.follow_first("办理")
    yield "person"
    v.follow_first("发送信息")
    v.press("发送")
    yield "message refused"
    v.go("/unit/staff/?state=asked")
    v.follow_first("确认")
    yield "person who asks"
    v.go("/account/password")
    v.press("修改密码")
    yield "password refused"


def desk(v: Visitor) -> Iterator[str]:
    """What every office has: its desk, its list, the record page, a decision that was refused."""
    yield "home"
    v.menu("办理记录")
    yield "handled"
    v.go("/desk/waiting?name=无此人")
    yield "list without results"
    v.menu("待我审核")
    yield "list"
    v.follow_first(REVIEW)
    yield "record"
    v.press("提交")
    yield "decision refused"


def department(v: Visitor) -> Iterator[str]:
    yield from desk(v)
    v.menu("单位挂靠审批")
    v.follow_first("查看")
    yield "unit taken"
    v.menu("单位和人员")
    yield "units in scope"
    v.follow_first(re.compile("^人员 "))
    yield "people in scope"


def bureau(v: Visitor) -> Iterator[str]:
    yield from desk(v)
    v.menu("单位核验")
    yield "units to verify"
    v.follow_first(re.compile("^核验 "))
    v.press("核验通过")
    yield "verification refused"
    v.press("发送通知")
    yield "note refused"


def pending_department(v: Visitor) -> Iterator[str]:
    v.menu("单位挂靠审批")
    yield "units"
    v.follow_first(REVIEW)
    v.press("提交审核结果")
    yield "unit refused"


def committee(v: Visitor) -> Iterator[str]:
    yield from desk(v)
    v.menu("申报窗口")
    v.follow_first("修改")
    yield "window"
    v.enter("补正截止时间", "2020-01-01T00:00")
    v.press("保存申报窗口")
    yield "window refused"


def last_chance(v: Visitor) -> Iterator[str]:
    """The workbench of an application whose next return ends the year."""
    v.go("/desk/waiting?name=示例辰")
    v.follow("审核 示例辰")
    v.fill({"审核结果": "返回修改", "审核意见": "材料仍不齐全。"})
    v.press("提交")
    yield "confirmation asked for"


HOTLINE_BOX = "姓名、证件号或其后六位、手机号、单位、申报编号"


def hotline(v: Visitor) -> Iterator[str]:
    yield "home"
    v.enter(HOTLINE_BOX, "示例")
    v.press("查询")
    yield "several found"
    v.enter(HOTLINE_BOX, "demo-returned")
    v.press("查询")
    yield "found"
    v.enter(HOTLINE_BOX, "无此人")
    v.press("查询")
    yield "nothing found"
    v.enter(HOTLINE_BOX, "昆明市示例文物研究所")
    v.press("查询")
    v.follow("昆明市示例文物研究所")
    yield "unit"
    v.follow("登记工单")
    v.press("登记工单")
    yield "case refused"
    v.menu("待处理请求")
    yield "requests"
    v.follow("增补所学专业", v.main.get_by_role("rowheader").first)
    yield "request"
    v.follow("受理")
    v.enter("身份核对方式", "核对上传的证明材料")
    v.press("登记工单")
    yield "case of a request"
    v.follow("增补专业")
    yield "major"
    v.menu("待复核更正")
    yield "corrections"
    v.follow_first(re.compile("^复核"))
    yield "correction"
    v.press("不通过，退回")
    yield "correction refused without a reason"
    v.go("/hotline/")
    v.enter(HOTLINE_BOX, "demo-draft")
    v.press("查询")
    v.follow(re.compile("^登记工单"))
    v.fill({"办理事项": "代为修改材料", "身份核对方式": "回拨登记的手机号", "来电事由": "本人不会修改"})
    v.press("登记工单")
    v.page.get_by_text("显示完整号码", exact=True).click()
    v.press("显示手机号")
    yield "number refused"
    v.follow("代为修改材料")
    yield "dossier"
    v.follow("工作经历")
    yield "section on behalf"
    v.follow_first(re.compile("^编辑"))
    yield "record on behalf"
    v.menu("来电工单")
    v.follow_first("代为修改材料：示例乙")
    v.page.get_by_text("以申报人视角查看", exact=True).click()
    v.press("开始查看")
    yield "seen as the applicant"
    v.menu("个人信息")
    yield "person as the applicant"
    v.press_first("保存")
    yield "nothing to change as the applicant"


def helped(v: Visitor) -> Iterator[str]:
    """Someone whose material the hotline has changed."""
    v.menu("账号与安全")
    v.follow("材料变更")
    yield "changes"
    v.go("/help/")
    yield "requests"
    v.follow("增补从事专业")
    v.press("提交请求")
    yield "request refused"
    v.go("/help/correction")
    yield "correction of one's own"


def lost_unit(v: Visitor) -> Iterator[str]:
    v.go("/unit-help/")
    yield "form"
    v.press("提交申请")
    yield "refused"


def super_admin(v: Visitor) -> Iterator[str]:
    yield "home"
    v.menu("账号")
    yield "list"
    v.follow_first("演示管理员")
    yield "account"
    v.menu("账号")
    v.follow("新增")
    v.fill({"用户名": "1", "姓名": "示例"})
    v.press("保存")
    yield "account refused"
    v.menu("角色与归属")
    v.follow("新增")
    v.fill({"账号": "demo-nobody", "角色": "评委会"})
    v.press("保存")
    yield "membership refused"
    v.menu("年度与窗口")
    v.follow("新增")
    v.press("保存")
    yield "window refused"
    v.menu("流程试算")
    v.fill({"单位性质": "国有事业单位", "单位等级": "县区级"})
    v.press("试算")
    yield "route tried"
    v.menu("导入目录")
    v.press("上传并预览")
    yield "import refused"
    yield from shaped_fields(v)


def shaped_fields(v: Visitor) -> Iterator[str]:
    """A version of the sections' fields from the draft to the look before it is published; then it is dropped."""
    v.menu("表单字段")
    v.press("起草新版本")
    yield "draft"
    v.follow("表彰奖励情况")
    v.fill({"新字段名称": "颁奖日期"})
    v.press("添加")
    yield "fields"
    v.press("下移 奖名称")
    v.card("1. 类型").get_by_label("名称").fill("")
    v.press("添加")
    yield "fields refused"
    v.follow("以申报人视角预览")
    yield "fields previewed"
    v.follow("返回修改字段")
    v.follow("草稿")
    yield "draft changed"
    v.follow("核对并发布")
    yield "before publication"
    v.follow("草稿")
    v.main.get_by_text("丢弃草稿").first.click()
    v.press("丢弃草稿")


# Name of the tour → user name in the demo city (none: nobody signs in), and the way.
TOURS: dict[str, tuple[str, Tour]] = {
    "visitor": ("", visitor),
    "newcomer": ("demo-newcomer", newcomer),
    "applicant": ("demo-applicant", applicant),
    "draft": ("demo-draft", draft),
    "returned": ("demo-returned", returned),
    "passed": ("demo-paper", passed),
    "unit": ("demo-unit", unit),
    "department": ("demo-department", department),
    "department-pending": ("demo-department-pending", pending_department),
    "bureau": ("demo-bureau", bureau),
    "city-bureau": ("demo-city", desk),
    "committee": ("demo-committee", committee),
    "province": ("demo-province", desk),
    "last-chance": ("demo-unit", last_chance),
    "hotline": ("demo-hotline", hotline),
    "helped": ("demo-returned", helped),
    "lost-unit": ("", lost_unit),
    "super-admin": ("demo-admin", super_admin),
    "signing-up": ("", account_tours.signing_up),
    "recovering": ("", account_tours.recovering),
    "own-phone": ("demo-draft", account_tours.own_phone),
    "unsaved": ("demo-newcomer", account_tours.unsaved),
    "auditor": ("demo-auditor", account_tours.first_phone),
    "security-admin": ("demo-security", account_tours.security_admin),
}
