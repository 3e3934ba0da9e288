"""Why a round is not published, copied or changed (CYC-01, X-20)."""

from ..errors import DomainError
from ..vocabulary import N_


class NotPublishable(DomainError):
    """The check of a round still finds what stops it."""

    message = N_("检查中还有不能发布的项目，改好后再发布。")


class RoundInUse(DomainError):
    """An application has the round on its cover: nobody takes it from under it."""

    message = N_("已有申报选择了这个窗口，不能收回为草稿，也不能删除。")


class RoundExists(DomainError):
    """One round a committee, year and kind."""

    message = N_("%(committee)s %(year)s 年度已有同类型的申报窗口。")


class TimesReasonRequired(DomainError):
    """CYC-03, CYC-04: the rule may be left, but not silently."""

    message = N_(
        "按收审时间推算，网上申报应为 %(opens)s 至 %(closes)s。改用推算的时间，或填写不按推算的原因。"
    )


class MonthsRequired(DomainError):
    """CYC-08: recognition is taken in by months."""

    message = N_("考核定职按月受理：至少勾选一个月份，并且在申报时间之内。")


class ReceivingRequired(DomainError):
    """CYC-03, CYC-04: a provincial committee's window hangs on its receiving."""

    message = N_("省级评委会须填写收审材料的起止日期和是否统一报送。")


class RunningAffected(DomainError):
    """A change of a published round concerns applications under way: the person sees it before it holds."""

    message = N_("有 %(n)s 份进行中的申报使用这个窗口。核对修改前后的差异，再次保存后生效。")


class NothingChosen(DomainError):
    message = N_("没有勾选专业，至少勾选一类。")
