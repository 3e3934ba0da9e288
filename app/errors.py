"""Why the system said no: one class per rule.

`message` is the Chinese sentence that the person reads (what happened, why, what to do);
it is a message id, and `params` are its variables. Standard library only.
"""

from typing import Any

from .vocabulary import N_


class DomainError(Exception):
    """A rule of the domain refused. Nothing was changed. `status` is that of the page that says so."""

    message = N_("操作没有完成。")
    status = 409

    def __init__(self, message: str | None = None, **params: object) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class OutOfDate(DomainError):
    """Someone has acted since the page was opened (X-02, E01, E02)."""

    message = N_("此申报刚刚已被处理，您的操作没有生效。刷新后查看最新状态，已写的意见保留在页面上。")


class NotAllowedNow(DomainError):
    """The table of steps has no such event for this actor in this status (B05, REV-06)."""

    message = N_("当前状态不能进行此操作。当前状态：%(status)s。")


class OwnApplication(DomainError):
    """Nobody acts on his own application, in any role (B06)."""

    message = N_("不能审核本人的申报，由本单位其他经办人办理。")


class ReasonRequired(DomainError):
    message = N_("填写审核意见：写明原因和需要补充、修改的内容。")


class ReasonTooLong(DomainError):
    message = N_("审核意见超出 %(over)s 字，上限 %(limit)s 字。")


class ConfirmationRequired(DomainError):
    """The next negative result would end the year and was not confirmed in words (X-02)."""

    message = N_("本次操作将使当年申报终止。确认后再提交：在确认框中输入“%(words)s”。")


class WindowClosed(DomainError):
    message = N_("网上申报时间为 %(opens)s 至 %(closes)s，现在不能提交。")


class CorrectionTimeOver(DomainError):
    message = N_("补正截止时间为 %(until)s，已不能再次提交。")


class Incomplete(DomainError):
    """Something required is missing; `gaps` says what, where and who has to act."""

    message = N_("还差 %(count)s 项才能提交，逐项完善后再提交。")

    def __init__(self, gaps: list[Any]) -> None:
        super().__init__(count=len(gaps))
        self.gaps = gaps


class PledgeRequired(DomainError):
    message = N_("勾选个人承诺后才能提交申报。")


class CoverRequired(DomainError):
    message = N_("封面还没有保存，先完成第一步“封面填写”。")


class Barred(DomainError):
    """An integrity record bars the person (INT-02)."""

    message = N_("诚信档案记录期至 %(until)s，期内不能申报。")


class UnitOpinionRequired(DomainError):
    message = N_("先填写并保存基层单位意见（表十二），再提交审核结果。")


class NoticeTooShort(DomainError):
    """OPN-02: every day of the notice must be over."""

    message = N_(
        "公示未满 %(days)s 个工作日：自 %(start)s起，今天是第 %(actual)s 个工作日，%(until)s结束后可以推荐。"
    )


class UnitSuspended(DomainError):
    """UNI-11."""

    message = N_(
        "本单位被暂停 %(year)s 年度职称申报推荐，不能推荐该年度的申报。可返回修改或不通过；有疑问的，联系人社局。"
    )


class SuspensionRefused(DomainError):
    """UNI-11."""

    message = N_("只能暂停下一年度（%(year)s 年）的推荐，并填写原因；不暂停的，把年度清空。")


class CalendarUnknown(DomainError):
    """The holiday calendar does not know the year (E06)."""

    message = N_("系统还没有 %(year)s 年的节假日安排，无法计算工作日。联系管理员录入后再操作。")


class NoRoute(DomainError):
    """No way through the offices; `who` has to act (UNI-03, UNI-04, UNI-06)."""

    def __init__(self, message: str, who: str, todo: str, **params: object) -> None:
        super().__init__(message, **params)
        self.who = who
        self.todo = todo


class AlreadyApplied(DomainError):
    """One application per person, year and kind (X-23)."""

    message = N_("%(year)s 年度已有一份申报，每人每年只能申报一次。")


class ChoiceNotOffered(DomainError):
    message = N_("“%(choice)s”不在可选范围内，重新选择。")


class GivenByExam(DomainError):
    """A national examination gives the title; no review may be applied for (ELI-10)."""

    message = N_("“%(title)s”实行以考代评，参加国家统一组织的考试取得，不能申报评审；重新选择申报等级")


class LevelOutOfReach(DomainError):
    """The schooling does not lead to the level, or not yet (REC-03)."""

    message = N_(
        "按现有学历和聘用时间，现在不能认定%(level)s；核对学历情况和申报资格自查，或重新选择申报等级"
    )


class MajorMismatch(DomainError):
    """The round does not accept a field of study that disagrees with the profession (APP-03, X-16)."""

    message = N_("所学专业和从事专业不一致")


class CodeRefused(DomainError):
    """The SMS code is wrong, used, too old or dead after too many tries (A09)."""

    message = N_("短信验证码不正确或已失效。核对后重新输入，或重新获取。")


class SmsCapReached(DomainError):
    """A10: codes cost money; one address, and all together, get so many a day."""

    message = N_("从当前网络获取验证码的次数今天已达上限。明天再获取，换一个网络，或拨打 %(phone)s。")
    for_everyone = N_("今天发送的验证码已达系统上限。明天再获取，或拨打 %(phone)s。")


class CodeQuotaUsed(DomainError):
    """ACC-03."""

    message = N_("该手机号今天的 %(limit)s 次验证码已用完，明天再获取，或拨打 %(phone)s。")


class AlreadyRegistered(DomainError):
    """ACC-04."""


class PasswordRefused(DomainError):
    """The password is too short, too common or holds the account's own data (A08)."""


class DossierLocked(DomainError):
    """An office is judging the dossier; it may not change under its eyes (REV-04, REV-06)."""

    message = N_("申报正在“%(office)s”进行%(stage)s，材料暂不能修改。需要修改时，联系该单位把申报返回修改。")


class UnitLocked(DomainError):
    """The route hangs on the unit: it changes only after a reset (APP-15, REV-05)."""

    message = N_(
        "申报流程尚未结束，不能更换工作单位。确实选错时，联系“%(office)s”重置流程，再重新选择并保存封面。"
    )


class RecordChanged(DomainError):
    """The row was saved elsewhere since the page was opened (E02)."""

    message = N_(
        "这条内容刚刚在别处修改过，您的修改没有保存。已填内容保留在本页，旁边是现在保存的内容；核对后重新保存，以本页为准。"
    )


class AlreadyRecorded(DomainError):
    """A section holds one record for this value; `field` names the input that says it."""

    message = N_("%(label)s“%(value)s”已有一条记录，修改原来的记录，或改填其他内容")

    def __init__(self, field: str, **params: object) -> None:
        super().__init__(None, **params)
        self.field = field


class TooLateToRestore(DomainError):
    """A deletion can be taken back for a minute, and once."""

    message = N_("已不能撤销这次删除：超过 1 分钟，或已经撤销过。记录不在列表中的，重新添加一条。")


class NoLongerOffered(DomainError):
    """A record of an earlier year that the list has got meanwhile."""

    message = N_("要复制的记录刚刚已在列表中，没有再次复制。返回列表核对。")


class OrderChanged(DomainError):
    """The list is no longer the one whose order was changed."""

    message = N_("列表刚刚在别处修改过，顺序没有保存。刷新页面后重新排序。")


class NotNothing(DomainError):
    """本人没有此项 contradicts records, or a section that this round requires (X-07)."""

    message = N_("“%(section)s”为必填，或已有记录，不能选“本人没有此项”。")


class TooManyFiles(DomainError):
    """C04."""

    message = N_("已上传 %(limit)s 个文件，达到上限。先删除不用的文件，再上传新的。")


class TooManyBytes(DomainError):
    """C04."""

    message = N_("已上传的文件合计将超过 %(limit)s MB，达到上限。先删除不用的文件，再上传新的。")


class FileInUse(DomainError):
    """ATT-03."""

    message = N_("“%(name)s”还在使用中，不能删除。先在使用它的地方移除，再删除。")


class FileFrozen(DomainError):
    """An office keeps what it judged."""

    message = N_("“%(name)s”在已提交的申报中，需要保留，不能删除。")


class NameRequired(DomainError):
    message = N_("填写文件名称。")


class FileRefused(DomainError):
    """The file is not what it claims, too large or unreadable (C01, C02)."""


class PrintLocked(DomainError):
    """DOC-03, X-04."""

    message = N_("当前状态不能打印申报表")


class FontMissing(DomainError):
    """The form's font is not installed; a form without characters would be worse than none."""

    message = N_("没有安装申报表字体，不能生成 PDF。联系管理员运行 make setup 后再试。")


class CannotPrint(DomainError):
    """The fonts lack a glyph for a character: it is named, never dropped."""

    message = N_("申报表字体缺少以下字符，不能生成 PDF：%(characters)s。改用通行写法后再试，或联系管理员。")


class PrintFailed(DomainError):
    """The engine refused, ran out of its limits, or was about to lose text (C09)."""

    message = N_("申报表没有生成成功。稍后再试；仍不行请联系管理员，说明申报编号 %(number)s。")


class PrintBusy(DomainError):
    message = N_("正在生成的申报表较多，稍后再试。")


class PhotoUnreadable(DomainError):
    message = N_("照片无法读取，不能生成 PDF。重新上传 jpg 或 png 照片后再试。")


class RowChanged(OutOfDate):
    """Someone has saved the row since the page was opened (E02)."""

    message = N_("刚刚有人修改过这里的内容，您的修改没有保存。已填内容保留在本页，核对后重新保存。")


class AlreadyChosen(DomainError):
    """UNI-05: a department is chosen once; a refused choice may be made again."""

    message = N_("已经选择过“%(department)s”，不用重复选择。")


class ApprovalRequired(DomainError):
    """Only a department that has approved the unit can be its default (UNI-06)."""

    message = N_("“%(department)s”还没有审核通过，通过后才能设为默认主管部门。")


class AlreadyVerified(OutOfDate):
    """Two vouched for one unit at once; one is enough."""

    message = N_("这家单位刚刚已通过核验，不用再办理。")


class UnitNameTaken(DomainError):
    """UNI-10: a unit cannot take the name of another one (ACC-17)."""

    message = N_("已存在有权限的同名单位，单位信息没有保存。核对单位全称；确是本单位的，拨打技术支持电话。")


class OwnUnit(DomainError):
    """Nobody vouches for a unit he acts for (B06)."""

    message = N_("不能核验本人所在的单位，由其他经办人办理。")


class OwnEmployment(DomainError):
    """Nobody vouches for himself (B06)."""

    message = N_("不能确认本人，由本单位其他经办人办理。")


class RunningApplication(DomainError):
    """B08: while an application runs through the unit, its person stays there."""

    message = N_(
        "此人员的申报正在办理中（当前审核部门：%(office)s），不能取消其工作单位。先由当前审核部门重置流程或作出不通过的结论，再办理。"
    )


class NotConfirmed(DomainError):
    """B08: until the unit has confirmed a person it writes to him as little as to a stranger."""

    message = N_("只能为已确认的本单位人员办理。先在“专业技术人员”中确认，再办理。")


class UnitUnverified(DomainError):
    """domain.md 2: anybody can register a unit; only a verified one starts resets."""

    message = N_("本单位尚未核验，不能为人员重置密码。核验通过后再办理；急需的，请本人拨打热线。")


class TooManyResets(DomainError):
    """Every link is a text to a phone."""

    message = N_("今天已为此人员发起 %(limit)s 次密码重置，明天再办理，或请本人拨打热线。")


class TextRequired(DomainError):
    message = N_("填写信息内容。")


class TooManyRecipients(DomainError):
    message = N_("一次最多发给 %(limit)s 人，分几次发送。")


class WindowNotReopened(DomainError):
    """CYC-02: a window that has closed stays closed."""

    message = N_("网上申报已于 %(closes)s 截止，截止后不能重新开放。")


class WindowOutOfOrder(DomainError):
    """X-20: a window ends after it begins, and corrections never before it."""
