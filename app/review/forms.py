"""What reviewers write: a decision, the unit's Table 12 and its notices."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from ..vocabulary import Event, NoticeOutcome, NoticeWay, Proof
from ..web.fields import Day, Line, Paragraph, normal, number_in, words
from ..workflow import rules
from .operations import Posted, Table12


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """`event` offers what the table of steps offers; the operation checks the rest."""

    event = RadioField(
        _l("审核结果"),
        [InputRequired(_l("选择审核结果"))],
        choices=[SelectChoice(each.value, _l(each.label)) for each in rules.DECISIONS],
        validate_choice=False,
    )
    opinion = Paragraph(
        _l("审核意见"),
        rules.OPINION_LENGTH,
        empty=_l("填写审核意见：写明原因和需要补充、修改的内容"),
        hint=_l("通过的可写“同意”；其他结果写明原因和需要补充、修改的内容。申报人会看到"),
        render_kw={"rows": 6},
    )
    confirmation = StringField(
        _l("确认当年申报终止"),
        filters=[normal],
        description=_l(
            "机会已用完：返回修改或重置流程将使当年申报终止。确认的，在此输入“%(words)s”",
            words=rules.CONFIRMATION,
        ),
        render_kw={"autocomplete": "off"},
    )
    keep = BooleanField(_l("存为常用意见"))
    seen = HiddenField()
    then = HiddenField()

    def offer(self, events: tuple[Event, ...]) -> "DecisionForm":
        """Ask for one of these."""
        self.event.choices = [SelectChoice(each.value, _(each.label)) for each in events]
        self.confirmation.plain = self.keep.plain = True
        return self

    def validate_event(self, field: Any) -> None:
        if field.data not in {each.value for each in field.choices}:
            raise StopValidation(_("选择审核结果"))

    @property
    def version(self) -> int:
        """The version the person saw; one that cannot be read is nobody's version."""
        return number_in(self.seen.data) or 0


class TogetherForm(FlaskForm):  # type: ignore[misc]
    """One opinion for all that are approved in one press."""

    opinion = Paragraph(
        _l("审核意见"),
        rules.OPINION_LENGTH,
        empty=_l("填写审核意见"),
        hint=_l("写入每一件申报的审核记录；申报人会看到"),
        render_kw={"rows": 3},
    )


class ExportForm(FlaskForm):  # type: ignore[misc]
    """Why rows leave the house (security.md B12)."""

    reason = Line(
        _l("导出原因"), 100, empty=_l("填写导出原因"), hint=_l("写入表格第一行和操作记录，至少 4 个字")
    )

    def validate_reason(self, field: Any) -> None:
        if len(field.data or "") < 4:
            raise StopValidation(_("导出原因至少 4 个字"))


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A note at a place of the submission."""

    field = SelectField(_l("栏目"), validate_choice=False)
    text = Paragraph(
        _l("标注"),
        rules.NOTE_LENGTH,
        empty=_l("填写标注：写明这一处需要怎样修改"),
        hint=_l("写明这一处需要怎样修改；返回修改或重置流程时，申报人会在这一处看到"),
        render_kw={"rows": 4},
    )
    seen = HiddenField()

    def offer(self, fields: dict[str, str]) -> "NoteForm":
        """Let one of these fields be chosen, or all of the place."""
        whole = SelectChoice("", _("整处"))
        self.field.choices = [whole, *(SelectChoice(name, label) for name, label in fields.items())]
        self.field.plain = True
        return self

    @property
    def version(self) -> int:
        return number_in(self.seen.data) or 0


class Whole(IntegerField):
    """A whole number, with the house's words for anything else."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("%(field)s应为整数", field=self.label.text)) from None


class UnitOpinionForm(FlaskForm):  # type: ignore[misc]
    """Table 12 (OPN-01)."""

    appraisal = Paragraph(
        _l("专业技术工作评价"),
        1000,
        empty=_l("填写专业技术工作评价"),
        hint=_l("如实评价申报人任现职以来的专业技术工作"),
        render_kw={"rows": 6},
    )
    method = Line(
        _l("推荐方式"), 200, empty=_l("填写推荐方式"), hint=_l("写清推荐的过程，如“民主评议、集体研究推荐”")
    )
    participants = Line(
        _l("参与推荐的人员范围"),
        200,
        empty=_l("填写参与推荐的人员范围"),
        hint=_l("如“本单位中层以上干部和专业技术人员代表”"),
    )
    participant_count = Whole(
        _l("参与推荐的人数"),
        [
            InputRequired(_l("填写参与推荐的人数")),
            NumberRange(1, 99999, _l("参与推荐的人数应为 1 至 99999 的整数")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    opinion = Paragraph(_l("推荐意见"), 500, empty=_l("填写推荐意见"), render_kw={"rows": 4})
    formation = Paragraph(
        _l("意见形成情况"),
        500,
        empty=_l("填写意见形成情况"),
        hint=_l("如会议时间、表决结果"),
        render_kw={"rows": 4},
    )
    seen = HiddenField()
    saved = HiddenField()

    def table(self) -> Table12:
        """What was written, once it is valid."""
        names = Table12.__dataclass_fields__
        return Table12(**{name: self[name].data for name in names})


class NoticeForm(FlaskForm):  # type: ignore[misc]
    """A notice as it hangs (OPN-02); `organisation` is asked of the employer's only (ELI-07)."""

    organisation = Line(
        _l("用工单位名称"), 100, empty=_l("填写用工单位名称"), hint=_l("与劳务派遣协议上的名称一致")
    )
    way = RadioField(
        _l("公示方式"),
        [InputRequired(_l("选择公示方式"))],
        choices=lambda: words(NoticeWay),
    )
    starts_on = Day(
        _l("公示开始日期"),
        [InputRequired(_l("填写公示开始日期"))],
        description=_l("公示栏张贴或网页发布的第一天，当天算第 1 个工作日（休息日顺延）"),
    )
    ends_on = Day(
        _l("公示结束日期"),
        [Optional()],
        description=_l("不填的，到第 %(days)s 个工作日为止", days=rules.NOTICE_DAYS),
    )
    seen = HiddenField()
    saved = HiddenField()

    def posted(self, unit: str) -> Posted:
        """What was written, once it is valid; a notice without another name is the unit's."""
        organisation = self.organisation.data if "organisation" in self else unit
        assert self.starts_on.data
        return Posted(organisation, NoticeWay(self.way.data), self.starts_on.data, self.ends_on.data)


class NoticeResultForm(FlaskForm):  # type: ignore[misc]
    outcome = RadioField(
        _l("公示结果"), [InputRequired(_l("选择公示结果"))], choices=lambda: words(NoticeOutcome)
    )
    remark = Line(_l("异议及处理情况"), 200, hint=_l("有异议的，写明内容、调查情况和处理结果"))
    seen = HiddenField()
    saved = HiddenField()

    def validate_remark(self, field: Any) -> None:
        if self.outcome.data in (NoticeOutcome.SETTLED, NoticeOutcome.UPHELD) and not field.data:
            raise StopValidation(_("填写异议及处理情况"))


class ProofForm(FlaskForm):  # type: ignore[misc]
    proof = RadioField(_l("图片内容"), [InputRequired(_l("选择图片内容"))], choices=lambda: words(Proof))
    images = MultipleFileField(
        _l("选择图片"),
        description=_l("jpg、png 或 webp，可以一次选择多张；系统会重新生成图片"),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.images.flags.required = True  # marked as such; the view says what is missing


def apart(form: Any, prefix: str) -> Any:
    """The form with ids of its own on a page that holds several; its names stay."""
    for each in form:
        each.id = each.label.field_id = f"{prefix}-{each.name}"
    return form
