"""What the hotline, the person who asks and the unit without an account type."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.validators import DataRequired, Length, ValidationError

from .. import clock
from ..accounts import numbers
from ..accounts.forms import Normal, mobile_field, name_field, trimmed
from ..errors import DomainError
from ..models import Series
from ..vocabulary import CaseKind, Document, IdentityCheck, RequestStatus, UnitCheck
from ..web.choices import RowField, WordField
from ..web.fields import Line, Paragraph
from .rules import LEAST_EVIDENCE, LEAST_REASON

REASON, NOTE, NAME = 500, 500, 100


def _choice(label: Any, empty: Any, words: Any, hint: Any = "") -> WordField:
    return WordField(label, [DataRequired(empty)], words=words, description=hint)


class CaseForm(FlaskForm):
    """Who calls, how that was checked, and why."""

    kind = _choice(_l("办理事项"), _l("选择办理事项"), CaseKind)
    caller = Line(
        _l("来电人"),
        60,
        empty=_l("填写来电人"),
        hint=_l("姓名；代人来电的写明关系，如“示例甲，本单位经办人”"),
    )
    identity_check = _choice(_l("身份核对方式"), _l("选择身份核对方式"), IdentityCheck)
    reason = Paragraph(_l("来电事由"), REASON, empty=_l("填写来电事由"))


class CloseForm(FlaskForm):
    outcome = Paragraph(_l("办理结果"), REASON, empty=_l("填写办理结果"))


class AnswerForm(CloseForm):
    """A case that was opened for a request answers it, or leaves it to others."""

    result = RadioField(
        _l("请求的处理"),
        [DataRequired(_l("选择请求的处理"))],
        choices=lambda: [
            (RequestStatus.DONE.value, _("已办结，把办理结果发给提出人")),
            (RequestStatus.REFUSED.value, _("不予办理，把办理结果发给提出人")),
            ("back", _("退回待处理请求，由其他人员办理")),
        ],
        validate_choice=False,
    )

    @property
    def status(self) -> RequestStatus | None:
        """What the request becomes; None: it waits again."""
        return next((each for each in RequestStatus if each == self.result.data), None)


class ReasonForm(FlaskForm):
    reason = Line(
        _l("查看原因"), 100, empty=_l("填写查看原因"),
        checks=[Length(LEAST_REASON, message=_l("查看原因至少 4 个字，写明为什么需要看到完整号码"))],
    )  # fmt: skip


class NameForm(FlaskForm):
    value = name_field(_l("正确的姓名"), _l("填写正确的姓名"), _l("与证件一致"))


class MobileForm(FlaskForm):
    value = mobile_field(_l("新手机号"), _l("本人在用的号码，复核后用它登录"))


class OfficeMobileForm(MobileForm):
    """What a security administrator has to say for a colleague's new mobile."""

    identity_check = _choice(_l("身份核对方式"), _l("选择身份核对方式"), IdentityCheck)
    evidence = Paragraph(
        _l("核对情况和依据"),
        REASON,
        empty=_l("填写核对情况和依据"),
        checks=[Length(LEAST_EVIDENCE, message=_l("至少 10 个字，写明凭什么确认是本人和本人的号码"))],
        hint=_l("如“本人持工作证到场，单位来函确认，函号……”"),
    )


class NumberForm(FlaskForm):
    """An ID number, judged as the kind of document that the account was registered with."""

    value = Line(
        _l("正确的证件号"), 30, empty=_l("填写正确的证件号"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )  # fmt: skip

    def __init__(self, *args: Any, document: Document = Document.RESIDENT, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document

    def validate_value(self, field: Any) -> None:
        try:
            field.data = numbers.document_number(field.data or "", self.document, today=clock.today())
        except DomainError as error:
            params = {
                name: _(value) if isinstance(value, str) else value for name, value in error.params.items()
            }
            raise ValidationError(_(error.message, **params)) from None


class DecisionForm(FlaskForm):
    remark = Paragraph(_l("复核意见"), 300, hint=_l("不通过的，写明原因"))


class VerifyForm(FlaskForm):
    how = _choice(_l("核验依据"), _l("选择核验依据"), UnitCheck)


class LeafForm(FlaskForm):
    """The three names of what the catalogue lacks (PRO-08)."""

    level1 = Line(_l("一级名称"), NAME, empty=_l("填写一级名称"), hint=_l("如“工学”“档案”"))
    level2 = Line(_l("二级名称"), NAME, empty=_l("填写二级名称"), hint=_l("如“机械类”"))
    level3 = Line(_l("三级名称（专业名称）"), NAME, empty=_l("填写三级名称"))

    @property
    def names(self) -> tuple[str, str, str]:
        one, two, three = (trimmed(self[each].data) or "" for each in ("level1", "level2", "level3"))
        return one, two, three


class AddMajorForm(LeafForm):
    meant = BooleanField(_l("目录中的同名专业不是同一个专业，确认增补"))


class AddProfessionForm(LeafForm):
    series = RowField(
        _l("所属职称系列"),
        [DataRequired(_l("选择所属职称系列"))],
        rows=lambda: Series.query.order_by(Series.no),
        description=_l("决定从事这个专业的人申报哪些职称"),
    )
    meant = BooleanField(_l("目录中的同名专业不是同一个专业，确认增补"))


class AskLeafForm(LeafForm):
    note = Paragraph(_l("说明"), NOTE)


class AskCorrectionForm(FlaskForm):
    """What the person says is wrong about him, for the hotline to check (ACC-04)."""

    FIELDS = ("name", "id_number")
    value = Line(
        _l("正确内容"), 60, empty=_l("填写正确内容"), hint=_l("写出正确的姓名或证件号，与证件完全一致")
    )
    note = Paragraph(
        _l("说明"), NOTE, empty=_l("填写说明"), hint=_l("写明错在哪里；姓名依法变更的，写明变更日期")
    )


class UnitHelpForm(FlaskForm):
    """A unit that has lost its password and the registered phone (ACC-07)."""

    unit_name = Line(_l("单位名称"), NAME, empty=_l("填写单位名称"), hint=_l("与证书一致的全称"))
    credit_code = Line(
        _l("统一社会信用代码"), 30, empty=_l("填写统一社会信用代码"),
        checks=[Normal(numbers.credit_code)], hint=_l("18 位；没有换证的可填 9 位组织机构代码"),
    )  # fmt: skip
    contact = name_field(_l("联系人姓名"), _l("填写联系人姓名"), _l("单位指定办理此事的人"))
    phone = mobile_field(_l("联系手机"), _l("核实后用来登录和找回密码"))
    note = Paragraph(
        _l("申请事项"),
        NOTE,
        empty=_l("填写申请事项"),
        hint=_l("如“原经办人离职，用户名和密码都已丢失，申请找回单位账号”"),
    )
