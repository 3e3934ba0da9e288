"""Why a guide's PDF does not come."""

from ..errors import DomainError
from ..vocabulary import N_


class GuideBusy(DomainError):
    message = N_("手册的 PDF 正在生成，一分钟后再下载；也可以先在线阅读。")
    status = 503


class GuideNotPrinted(DomainError):
    message = N_("手册的 PDF 没有生成成功，先在线阅读；需要 PDF 的联系管理员。")
    status = 503
