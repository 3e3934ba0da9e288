"""Why an office's notes, its undo, the unit's notice and the stamped page are refused (domain.md 4, OPN-02, ATT-04)."""

from ..errors import DomainError
from ..vocabulary import N_


class NothingToUndo(DomainError):
    """Only one's own last result is taken back."""

    message = N_("没有可撤销的审核结果：只能撤销本人刚刚作出的、还没有人接着办理的结果。")


class TooLateToUndo(DomainError):
    message = N_("作出审核结果已超过 %(minutes)s 分钟，不能撤销。")


class SeenMeanwhile(DomainError):
    """The result has reached somebody, who may lean on it."""

    by_office = N_("下一环节已打开此申报，不能撤销审核结果。")
    by_applicant = N_("申报人已看到审核结果，不能撤销。")


class NoSuchPlace(DomainError):
    """A note is pinned to what the submission holds."""

    message = N_("本次提交的材料中没有这个位置，标注没有保存。刷新页面后重新标注。")


class NoteRequired(DomainError):
    message = N_("填写标注：写明这一处需要怎样修改。")


class NoteTooLong(DomainError):
    message = N_("标注超出 %(over)s 字，上限 %(limit)s 字。")


class NoteGone(DomainError):
    """It was sent or taken off since the page was opened; a sent note is never changed."""

    message = N_("这条标注已经送出或已被移除，没有再次移除。")


class NoticeRequired(DomainError):
    """OPN-02; for dispatched staff a second one, by the employer (ELI-07)."""

    message = N_("“%(place)s”还没有登记。公示不少于 %(days)s 个工作日后再推荐。")


class NoticeResultRequired(DomainError):
    message = N_("“%(place)s”已期满，还没有填写公示结果。填写后再推荐。")


class NoticeUpheld(DomainError):
    message = N_("“%(place)s”的异议经查属实，不能推荐。选择返回修改或不通过，并写明原因。")


class NoticeProofRequired(DomainError):
    """ATT-02 item 5, ELI-07."""

    message = N_("“%(place)s”还缺%(proof)s。上传后再推荐。")


class NoPageWaits(DomainError):
    """ATT-04: only what has been handed in, and not been judged yet, is judged."""

    message = N_("没有等待接收的表十七：申报人还没有上传，或已经要求重新上传。刷新后查看最新状态。")


class PageGone(DomainError):
    """ATT-04: the picture that was being cut is not the one that lies there now."""

    message = N_("这张图片已被更换，表十七没有上传。刷新后按现在的图片重新裁剪。")
