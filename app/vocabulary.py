"""The words of the field: one enum per notion, one label per word.

Values are what the database stores; labels are the official Chinese wording, which is
also the message id of the translation. Standard library only.
"""

from enum import StrEnum
from typing import Self


def N_(message: str) -> str:
    """Mark a message for translation without translating it here."""
    return message


class Word(StrEnum):
    label: str

    # Without a label it is a look-up, `Role("unit")`, which never comes here; type checkers want the default.
    def __new__(cls, value: str, label: str = "") -> Self:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


class Role(Word):
    APPLICANT = "applicant", N_("申报人")
    UNIT = "unit", N_("用人单位")
    DEPARTMENT = "department", N_("主管部门")
    BUREAU = "bureau", N_("县（市）区人社局")
    CITY_BUREAU = "city_bureau", N_("市人社局")
    COMMITTEE = "committee", N_("评委会")
    HOTLINE = "hotline", N_("热线支持")
    SUPER_ADMIN = "super_admin", N_("超级管理员")
    SECURITY_ADMIN = "security_admin", N_("安全管理员")
    AUDITOR = "auditor", N_("审计员")


class Stage(Word):
    UNIT = "unit", N_("单位审核")
    DEPARTMENT = "department", N_("主管部门审核")
    BUREAU = "bureau", N_("县（市）区人社局审核")
    CITY_BUREAU = "city_bureau", N_("市人社局审核")
    COMMITTEE = "committee", N_("评委会电子材料审核")


class Status(Word):
    DRAFT = "draft", N_("填写中")
    IN_REVIEW = "in_review", N_("审核中")
    RETURNED = "returned", N_("返回修改")
    DECLINED = "declined", N_("不予推荐")
    FAILED = "failed", N_("当年申报失败")
    LAPSED = "lapsed", N_("已过期")
    WITHDRAWN = "withdrawn", N_("已撤回")
    PAPER = "paper", N_("电子材料审核通过")
    READY = "ready", N_("表十七已接收")


class Event(Word):
    SUBMIT = "submit", N_("提交申报")
    RESUBMIT = "resubmit", N_("再次提交")
    APPROVE = "approve", N_("通过")
    RETURN = "return_", N_("返回修改")
    RESET = "reset", N_("重置流程")
    DECLINE = "decline", N_("不通过")
    WITHDRAW = "withdraw", N_("撤回")
    REOPEN = "reopen", N_("继续申报")
    LAPSE = "lapse", N_("过期")
    UNDO = "undo", N_("撤销审核结果")
    HAND_IN_PAGE = "hand_in_page", N_("上传表十七")
    ACCEPT_PAGE = "accept_page", N_("接收表十七")
    ASK_AGAIN = "ask_again", N_("要求重新上传表十七")


class Kind(Word):
    REVIEW = "review", N_("申报评审")
    RECOGNITION = "recognition", N_("考核定职")


class PackageKind(Word):
    """What can be taken away (APP-16)."""

    OWN = "own", N_("电子材料备份")
    UNIT_YEAR = "unit_year", N_("本单位年度档案")
    BOOK = "book", N_("评审材料汇编")


class Level(Word):
    """From the lowest to the highest: the order of the members is the order of rank."""

    JUNIOR_TECHNICIAN = "junior_technician", N_("员级")
    JUNIOR_ASSISTANT = "junior_assistant", N_("助理级")
    INTERMEDIATE = "intermediate", N_("中级")
    SENIOR_ASSOCIATE = "senior_associate", N_("副高")
    SENIOR_FULL = "senior_full", N_("正高")

    @property
    def rank(self) -> int:
        return list(type(self)).index(self)


class Nature(Word):
    STATE_INSTITUTION = "state_institution", N_("国有事业单位")
    STATE_ENTERPRISE = "state_enterprise", N_("国有企业")
    NON_PUBLIC = "non_public", N_("非公经济组织")
    SOCIAL_ORG = "social_org", N_("社会组织")
    DISPATCH = "dispatch", N_("劳务派遣公司")
    AGENCY = "agency", N_("人事代理机构")
    ASSOCIATION = "association", N_("行业协会")


class NoticePlace(Word):
    """Whose notice it is: dispatched staff need both (ELI-07)."""

    UNIT = "unit", N_("本单位公示")
    EMPLOYER = "employer", N_("用工单位公示")


class NoticeWay(Word):
    BOARD = "board", N_("公示栏张贴")
    INTRANET = "intranet", N_("单位内部网络")


class NoticeOutcome(Word):
    """What came of a notice; an objection that holds keeps the unit from recommending (OPN-02)."""

    NONE = "none", N_("无异议")
    SETTLED = "settled", N_("有异议，经查不影响推荐")
    UPHELD = "upheld", N_("有异议，经查属实")


class Proof(Word):
    """What an image of a notice shows (ATT-02, ELI-07)."""

    PHOTO = "photo", N_("公示照片或网页截图")
    REPORT = "report", N_("公示报告")
    AGREEMENT = "agreement", N_("劳务派遣协议")


class Tier(Word):
    COUNTY = "county", N_("县区级")
    CITY = "city", N_("市级")
    PROVINCE = "province", N_("省级")


class CommitteeTier(Word):
    CITY = "city", N_("市级")
    PROVINCE = "province", N_("省级")
    COUNTY = "county", N_("县区级")
    UNIT = "unit", N_("单位级")


class RegionLevel(Word):
    PROVINCE = "province", N_("省")
    CITY = "city", N_("市")
    DISTRICT = "district", N_("县（市、区）")
    ZONE = "zone", N_("功能区")


class Category(Word):
    REGULAR = "regular", N_("正常评审")
    SERIES_CHANGE = "series_change", N_("转系列评审")
    EXCEPTIONAL = "exceptional", N_("破格评审")


class Service(Word):
    """What a bureau's desk does (CAT-06)."""

    REVIEW = "review", N_("推荐审核")
    RECOGNITION_JUNIOR = "recognition_junior", N_("初级认定")
    RECOGNITION_INTERMEDIATE_RECOMMEND = "recognition_intermediate_recommend", N_("中级认定推荐")
    CONFIRMATION = "confirmation", N_("外地调入确认")
    REISSUE = "reissue", N_("遗失补办")
    TEACHERS = "teachers", N_("中小学教师初、中级评审")
    ENGINEERING = "engineering", N_("工程系列评审")
    AGRICULTURE = "agriculture", N_("农业系列评审")
    COMMITTEE = "committee", N_("评委会办公室")


class Choice(Word):
    """What became of a unit's choice of a competent department (UNI-05, UNI-06)."""

    PENDING = "pending", N_("待审核")
    APPROVED = "approved", N_("通过")
    REFUSED = "refused", N_("不通过")


class Document(Word):
    """What proves who a person is; each has a number of its own form (ELI-01)."""

    RESIDENT = "resident", N_("居民身份证")
    HK_MACAO_TAIWAN_RESIDENCE = "hmt_residence", N_("港澳台居民居住证")
    HK_MACAO_PERMIT = "hk_macao_permit", N_("港澳居民来往内地通行证")
    TAIWAN_PERMIT = "taiwan_permit", N_("台湾居民来往大陆通行证")
    PERMANENT_RESIDENCE = "permanent_residence", N_("外国人永久居留身份证")
    PASSPORT = "passport", N_("护照")


class Joining(Word):
    """How far a person's place at a unit is agreed (B08)."""

    ASKED = "asked", N_("待单位确认")
    CONFIRMED = "confirmed", N_("已确认")


class UnitCheck(Word):
    """What convinced someone that a unit is what it says it is (domain.md 2)."""

    DEPARTMENT = "department", N_("主管部门审核通过")
    LICENCE = "licence", N_("核对了营业执照或登记证书")
    REGISTER = "register", N_("查询了登记机关的公示信息")
    CALL = "call", N_("拨打单位对外公布的电话核实")


class Result(Word):
    """What came of what the record of changes names (D08)."""

    DONE = "done", N_("完成")
    DENIED = "denied", N_("拒绝")


class CaseKind(Word):
    """What a caller wants of the hotline (SUP-01)."""

    UNLOCK = "unlock", N_("账号解锁")
    CORRECTION = "correction", N_("姓名或证件号更正")
    MOBILE = "mobile", N_("更换手机号")
    UNIT_RECOVERY = "unit_recovery", N_("单位账号找回")
    NEW_MAJOR = "new_major", N_("增补所学专业")
    NEW_PROFESSION = "new_profession", N_("增补从事专业")
    DOSSIER = "dossier", N_("代为修改材料")
    QUESTION = "question", N_("咨询和其他问题")


class IdentityCheck(Word):
    """How the hotline made sure who is calling."""

    CALLBACK = "callback", N_("回拨登记的手机号")
    DOCUMENTS = "documents", N_("核对上传的证明材料")
    DETAILS = "details", N_("核对姓名、证件号后六位和单位")
    UNIT_CONFIRMED = "unit_confirmed", N_("经所在单位经办人确认")


class Deed(Word):
    """What was done in a case of the hotline (B10)."""

    OPENED = "opened", N_("登记工单")
    SHOWN = "shown", N_("显示号码")
    EVIDENCE = "evidence", N_("上传证明材料")
    UNLOCKED = "unlocked", N_("解锁账号")
    PROPOSED = "proposed", N_("提出更正，等待复核")
    CORRECTED = "corrected", N_("更正已复核生效")
    NOT_CORRECTED = "not_corrected", N_("更正复核未通过")
    CHANGED = "changed", N_("代为修改材料")
    RESET_LINK = "reset_link", N_("发送重设密码链接")
    VERIFIED = "verified", N_("核验单位")
    LEAF_ADDED = "leaf_added", N_("增补专业")
    VIEWED = "viewed", N_("以申报人视角查看")
    CLOSED = "closed", N_("办结工单")


class RequestStatus(Word):
    OPEN = "open", N_("待处理")
    DONE = "done", N_("已办结")
    REFUSED = "refused", N_("不予办理")


class MessageType(Word):
    SYSTEM = "system", N_("系统消息")
    REVIEW = "review", N_("审核消息")
    UNIT = "unit", N_("单位消息")


class Cause(Word):
    """Why someone was reminded (MSG-02)."""

    GAP = "gap", N_("缺少的信息由您补填")
    IDLE = "idle", N_("待审核已超过规定时间")
    DEADLINE = "deadline", N_("截止日期临近")
    ASKED = "asked", N_("上级催办")
    OPENING = "opening", N_("订阅的申报窗口已开放")


class Channel(Word):
    """How a text leaves the house."""

    SMS = "sms", N_("短信")
    MAIL = "mail", N_("邮件")


class Purpose(Word):
    """What a code sent by SMS is good for; it opens nothing else (A09)."""

    SIGN_UP = "sign_up", N_("个人注册")
    RECOVER = "recover", N_("找回密码")
    OLD_MOBILE = "old_mobile", N_("验证原手机号")
    NEW_MOBILE = "new_mobile", N_("更换手机号")


STATE_NATURES = frozenset({Nature.STATE_INSTITUTION, Nature.STATE_ENTERPRISE})
AFTER_UNIT = frozenset(Stage) - {Stage.UNIT}

STAFF_ROLES = (Role.UNIT, Role.DEPARTMENT, Role.BUREAU, Role.CITY_BUREAU, Role.COMMITTEE)
# Whose accounts the hotline handles; those of offices and administrators are the security administrators'.
HANDLED = frozenset({Role.APPLICANT, Role.UNIT})
ADMINISTRATORS = (Role.SUPER_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
ROLE_OF_STAGE = {
    Stage.UNIT: Role.UNIT,
    Stage.DEPARTMENT: Role.DEPARTMENT,
    Stage.BUREAU: Role.BUREAU,
    Stage.CITY_BUREAU: Role.CITY_BUREAU,
    Stage.COMMITTEE: Role.COMMITTEE,
}


class Doubt(Word):
    """What may be wrong with a scan that can be read; said, never a reason to refuse it."""

    BLURRED = "blurred", N_("可能不清晰，核对后可重新上传")
    SMALL = "small", N_("图片较小（短边不足 600 像素），放大后可能看不清，核对后可重新上传")
    DUPLICATE = "duplicate", N_("与已上传的另一个文件内容相同")


class PageState(Word):
    """How far a stamped Table 17 has come (ATT-04)."""

    CHOSEN = "chosen", N_("待裁剪")
    HANDED_IN = "handed_in", N_("待接收")
    ASKED_AGAIN = "asked_again", N_("需要重新上传")
    ACCEPTED = "accepted", N_("已接收")


class PageDoubt(Word):
    """What may be wrong with a stamped page as it is cut; said, never a reason to refuse it."""

    SMALL = "small", N_("裁剪后不足 1240×1754 像素，打印后可能看不清：扫描时选择更高的分辨率，或离近一些拍摄")
    BLURRED = "blurred", N_("可能不清晰：对焦后重新拍摄或扫描")
    DARK = "dark", N_("偏暗：在光线充足处重新拍摄，或扫描")
    SKEWED = "skewed", N_("可能没有摆正：按“自动摆正”，或调整微调角度")


class Evidence(Word):
    """What answers about who may apply are proved with (ELI-01…09). New ones go last: files keep `no`."""

    WORK_PERMIT = "work_permit", N_("外国人来华工作许可证")
    INSURED = "insured", N_("个人参保证明和个人纳税申报记录")
    RECOMMENDED = "recommended", N_("人事代理机构或行业协会的推荐材料")
    DELAYED = "delayed", N_("批准延迟退休的文件")
    TRANSFER = "transfer", N_("单位确定岗位变更时间的正式文件")
    PAY_CHANGE = "pay_change", N_("《事业单位工作人员岗位（职务）变动工资审批表》")
    POSTDOC = "postdoc", N_("博士后科学基金资助或主持省部级以上科研项目的证明")
    DISPATCH = "dispatch", N_("派遣协议（可只提供派遣工作性质的内容及协议首尾页）")
    NEW_POST = "new_post", N_("转岗证明（聘书、合同或单位证明等）")

    @property
    def no(self) -> int:
        return list(type(self)).index(self) + 1


class Standing(Word):
    """What an applicant's own answers come to (ELI-01…11); an office still judges them."""

    OPEN = "open", N_("还没有答完")
    MAY = "may", N_("可以申报")
    PROOF = "proof", N_("需要补充证明")
    BARRED = "barred", N_("不能申报")
