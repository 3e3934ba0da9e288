"""Why the hotline's desk says no: one class per rule (B10)."""

from ..errors import DomainError, OutOfDate
from ..vocabulary import N_


class NoOpenCase(DomainError):
    """Everything that changes something happens in an open case of one's own."""

    message = N_("先登记来电工单再操作：此工单已办结，或由其他人员受理。")
    status = 403


class NotInThisCase(DomainError):
    message = N_("这类工单（%(kind)s）不能办理此项。为此另外登记一张工单。")
    status = 403


class TooManySearches(DomainError):
    """D02: whoever may try numbers without end learns what is masked."""

    message = N_("一小时内按号码查询已达 %(limit)s 次，稍后再查；按姓名、单位查询不受限制。")


class OwnAccount(DomainError):
    """Nobody handles his own account (B06)."""

    message = N_("不能受理本人的账号，由其他热线人员办理。")
    status = 403


class StaffAccount(DomainError):
    message = N_(
        "这是管理部门的账号，热线只能解锁和答复咨询；重置密码、更换手机号由安全管理员在“账号”中办理。"
    )
    status = 403


class RequestTaken(OutOfDate):
    message = N_("这条请求刚刚已被其他人员受理，或已办结。返回待处理请求查看。")


class CaseNeeds(DomainError):
    """The kind of the case says what it must be about."""


class EvidenceRequired(DomainError):
    message = N_("先上传证明材料的图片（身份证件、单位盖章的说明等），再提出更正。")


class CheckTooWeak(DomainError):
    message = N_(
        "只核对姓名、证件号和单位不能更换手机号：知道这些的不只是本人。改用回拨、证明材料或单位确认。"
    )


class Unchanged(DomainError):
    message = N_("与现在登记的内容相同，不用更正。")


class CorrectionWaiting(DomainError):
    message = N_("已有一项同类更正等待复核，复核后再办理。")


class SecondPersonRequired(DomainError):
    """The one who proposed does not confirm (B10)."""

    message = N_("提出更正的人不能复核，由另一名热线人员或安全管理员办理。")
    status = 403


class SecondAdministratorRequired(SecondPersonRequired):
    message = N_("提出更换的人不能复核，由另一名安全管理员或超级管理员办理。")


class HotlinesAccount(DomainError):
    """Applicants and units are known to the hotline, not to the security administrator."""

    message = N_("申报人和用人单位的账号由热线登记工单办理，单位也可以为本单位人员发起重置密码。")
    status = 403


class AlreadyDecided(OutOfDate):
    message = N_("这项更正刚刚已被复核，您的操作没有生效。刷新后查看结果。")


class ChangedMeanwhile(OutOfDate):
    message = N_("提出更正之后，登记的内容又有变化，不能按原来的内容复核。退回后重新提出。")


class StillWaiting(DomainError):
    message = N_("还有 %(n)s 项更正等待复核，复核后才能办结。")


class CorrectionFirst(DomainError):
    message = N_("先把单位账号的手机号改为新负责人的，并经另一人复核，再发送链接。")


class TooManyImages(DomainError):
    message = N_("最多上传 %(n)s 张图片，先选出最能说明问题的。")


class LeafThere(DomainError):
    message = N_("目录中已有“%(path)s”，不用增补；告诉来电人直接选择。")


class LookAlike(DomainError):
    """A leaf of that name stands elsewhere in the tree: adding it again must be meant."""

    message = N_("目录中已有同名专业：%(paths)s。确认不是同一个专业后，勾选确认再增补。")


class AlreadyAsked(DomainError):
    message = N_("您已有一条同类请求等待处理，处理后会收到消息。")


class ReadOnlyView(DomainError):
    message = N_("正在以申报人视角查看：只能看，不能操作，也不显示扫描件、照片和申报表。结束查看后继续办理。")
    status = 403


class Unavailable(DomainError):
    message = N_("今天在线提交的申请较多，暂时不能提交。明天再试，或拨打技术支持电话。")
