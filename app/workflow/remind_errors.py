"""Why a reminder or a subscription is refused (screens.md 3.3)."""

from ..errors import DomainError
from ..vocabulary import N_


class NothingToRemind(DomainError):
    """No other party has to act here any more."""

    message = N_("目前没有需要其他单位办理的事项。刷新后查看最新状态。")


class NobodyToRemind(DomainError):
    """The office that has to act has no clerk who could read it; no day's reminder is used up."""

    message = N_("%(office)s还没有可以登录的经办人，不能发送提醒。直接与该单位联系。")


class NotOverdue(DomainError):
    """Only what is overdue is reminded of by hand; the rest is nobody's neglect."""

    message = N_("该申报没有等待超过 %(days)s 个工作日，或者已经办理，不需要催办。刷新后查看最新状态。")


class OwnOffice(DomainError):
    """Whoever acts for the office that holds it does not remind, he decides."""

    message = N_("该申报正由%(office)s审核，您就是经办人，直接审核即可。")


class NotAhead(DomainError):
    """Only the opening of a window that is still ahead can be waited for (CYC-06)."""

    message = N_("该申报窗口已开放或已截止，不能订阅开放提醒。")
