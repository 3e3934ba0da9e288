"""What a round's draft says, as a form."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from ..dossier.templates import published, suits
from ..models import SECTIONS, FormTemplate, Round
from ..organisations.forms import NOTICE_LENGTH
from ..vocabulary import Category, CommitteeTier, Kind, Level
from ..web.choices import MultiCheckField, RowField, WordsField
from ..web.fields import Day, Line, LocalMoment, Paragraph

RECEIVING = ("receives_from", "receives_until", "in_one_batch", "times_reason")


def _sections() -> list[SelectChoice]:
    return [SelectChoice(each.section.slug, _(each.section.title)) for each in SECTIONS]


def _months() -> list[SelectChoice]:
    return [SelectChoice(each, _("%(n)s 月", n=each)) for each in range(1, 13)]


class BatchField(SelectField):
    """Yes, no, or not said yet."""

    WORDS = {"1": True, "0": False}

    def __init__(self, label: Any, **kwargs: Any) -> None:
        def choices() -> list[SelectChoice]:
            return [
                SelectChoice("", _("请选择")),
                SelectChoice("1", _("是，由市统一报送")),
                SelectChoice("0", _("否，逐件报送")),
            ]

        super().__init__(label, choices=choices, validate_choice=False, **kwargs)

    def process_data(self, value: bool | None) -> None:
        self.data = "" if value is None else str(int(value))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist and valuelist[0] in self.WORDS else ""

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, self.answer)

    @property
    def answer(self) -> bool | None:
        return self.WORDS.get(self.data or "")


class MonthsField(MultiCheckField):
    """CYC-08."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        text = _l("只在勾选的月份受理，每月 1 日 00:00 至月末 24:00")
        super().__init__(label or _l("受理月份"), choices=_months, coerce=int, description=text, **kwargs)


class TemplateField(RowField):
    """How the round's form is printed (X-06)."""

    choices: Any

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label or _l("申报表模板"),
            rows=published,
            empty=_l("按系列和年度的现行模板"),
            description=_l("打印的申报表的样式；已提交过的申报不受影响"),
            **kwargs,
        )

    def offer(self, rows: Iterable[FormTemplate]) -> None:
        """Only these, and what is chosen already."""
        offered = {str(each.id) for each in rows} | {"", str(self.object_data.id) if self.object_data else ""}
        self.choices = [each for each in self.choices if each.value in offered]


def beside(round_: Round) -> list[str]:
    """What is not asked of this round: receiving is a provincial one's, months are recognition's."""
    return [
        *(() if round_.committee.tier is CommitteeTier.PROVINCE else RECEIVING),
        *(() if round_.kind is Kind.RECOGNITION else ("months",)),
    ]


class RoundDraftForm(FlaskForm):  # type: ignore[misc]
    """CYC-01…08. Receiving is asked of provincial rounds, months of recognition."""

    receives_from = Day(_l("收审材料开始日期"), [Optional()])
    receives_until = Day(_l("收审材料截止日期"), [Optional()])
    in_one_batch = BatchField(_l("由市统一报送"))
    opens_at = LocalMoment(
        _l("网上申报开始时间"),
        [InputRequired(_l("填写网上申报开始时间"))],
        description=_l("从这一刻起可以提交"),
    )
    closes_at = LocalMoment(
        _l("网上申报截止时间"),
        [InputRequired(_l("填写网上申报截止时间"))],
        description=_l("当天 24:00 填次日 00:00；截止后不能重新开放"),
    )
    times_reason = Line(_l("不按收审时间推算的原因"), 200, hint=_l("申报时间与推算的不同时填写"))
    corrections_until = LocalMoment(
        _l("补正截止时间"),
        [InputRequired(_l("填写补正截止时间"))],
        description=_l("返回修改的申报在此之前可以再次提交；不能早于网上申报截止时间"),
    )
    months = MonthsField()
    tenure_until = Day(
        _l("任职年限计算至"),
        [InputRequired(_l("填写任职年限计算至"))],
        description=_l("市级评委会为申报年度 12 月 31 日"),
    )
    levels = WordsField(_l("申报等级"), words=Level, description=_l("一个都不勾选的按评委会的评审等级"))
    categories = WordsField(_l("参评类别"), words=Category, description=_l("一个都不勾选表示全部类别"))
    required_sections = MultiCheckField(
        _l("必填的申报信息"),
        choices=_sections,
        description=_l(
            "一个都不勾选的按系统默认：学历情况、学习经历、工作经历、专业技术工作总结、年度考核情况"
        ),
    )
    major_mismatch_blocks = BooleanField(
        _l("所学专业与从事专业不一致时不能申报"), description=_l("不勾选的只提示")
    )
    form_template = TemplateField()
    notice = Paragraph(
        _l("申报通知"), NOTICE_LENGTH, hint=_l("申报人在“申报条件和材料”中看到"), render_kw={"rows": 8}
    )
    seen = HiddenField()

    def fit(self, round_: Round) -> None:
        """Ask only what concerns this round."""
        for name in beside(round_):
            del self[name]
        self.form_template.offer(each for each in published(round_.year) if suits(each, round_))

    def values(self) -> dict[str, Any]:
        """What was written, by column."""
        found = {each.short_name: each.data for each in self if each.short_name not in ("seen", "csrf_token")}
        if "in_one_batch" in found:
            found["in_one_batch"] = self.in_one_batch.answer
        found["form_template"] = self.form_template.row
        return found
