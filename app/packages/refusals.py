"""Why a package cannot be made or fetched."""

from ..errors import DomainError
from ..vocabulary import N_


class NothingToPack(DomainError):
    message = N_("没有可以打包的申报：提交过的申报才有存档，选择别的年度，或等申报提交后再打包。")


class TooMany(DomainError):
    """PACKAGE_ROWS."""

    message = N_(
        "范围内有 %(count)s 件申报，一个包最多 %(limit)s 件，没有开始打包。缩小范围，或联系管理员调整上限。"
    )


class TooLarge(DomainError):
    """PACKAGE_BYTES."""

    message = N_("材料超过 %(limit)s MB，没有打成一个包。缩小范围，或联系管理员调整上限。")


class NotWhole(DomainError):
    """What was frozen is not what was submitted, or the form cannot be drawn."""

    message = N_("申报 %(number)s 的存档读不完整，没有打包。联系技术支持核查后再试。")


class Unfinished(DomainError):
    """Something went wrong that no rule foresaw; the log has it."""

    message = N_("这个包没有做完就停止了。重新打包；仍不成功的，联系技术支持。")


class FileUnreadable(DomainError):
    """The package's own file is gone or was altered."""

    message = N_("这个包的文件读不完整，没有下载。联系技术支持核查后再试。")


class Withdrawn(DomainError):
    """Some of the rows have left the reader's scope since (B08)."""

    message = N_("包中的部分申报已不在您的范围内，不能再下载。重新打包，只包含现在范围内的申报。")


class NoLongerKept(DomainError):
    message = N_("这个包已超过 %(days)s 天，文件已删除。重新打包后下载。")
    status = 410


class NotMade(DomainError):
    message = N_("这个包还没有制作完成。在进度页面等待完成后再下载。")
