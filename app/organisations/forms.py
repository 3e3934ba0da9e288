"""What organisations write about themselves."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, StopValidation

from ..extensions import db
from ..models import Region
from ..vocabulary import Choice, Nature, RegionLevel, Tier, UnitCheck
from ..web.fields import Line, LocalMoment, Paragraph, Pick, words
from .operations import UnitDetails
from .staff import MESSAGE_LENGTH

OPINION_LENGTH = 500
NOTICE_LENGTH = 5000
NOTE_LENGTH = 200
# A department vouches by approving, not here.
CHECKS = (UnitCheck.LICENCE, UnitCheck.REGISTER, UnitCheck.CALL)


def districts() -> list[SelectChoice]:
    """The regions a unit may lie in, by city: districts and counties, then zones (UNI-04)."""
    found = db.session.scalars(
        select(Region)
        .where(Region.level.in_([RegionLevel.DISTRICT, RegionLevel.ZONE]))
        .options(joinedload(Region.parent))
        .order_by(Region.parent_id, Region.level, Region.code)
    )
    return [
        SelectChoice(
            str(each.id),
            each.name,
            optgroup=_("%(city)s %(level)s", city=each.parent or "", level=_(each.level.label)).strip(),
        )
        for each in found
    ]


class UnitForm(FlaskForm):  # type: ignore[misc]
    """UNI-01. The starred fields decide if the unit's people can submit, and to whom (UNI-02, UNI-03)."""

    name = Line(
        _l("单位名称"), 100, empty=_l("填写单位名称"), hint=_l("统一社会信用代码不变的，改名在这里修改")
    )
    nature = Pick(_l("单位性质"), lambda: words(Nature), empty=_l("选择单位性质"))
    tier = Pick(_l("单位等级"), lambda: words(Tier), empty=_l("选择单位等级"))
    region_id = Pick(_l("行政区域"), districts, empty=_l("选择行政区域"), hint=_l("选到县（市、区）或功能区"))
    contact = Line(_l("联系人"), 30)
    contact_phone = Line(_l("联系电话"), 30, empty=_l("填写联系电话"), hint=_l("固定电话写区号"))
    fax = Line(_l("传真"), 30)
    address = Line(_l("地址"), 200)
    remark = Paragraph(_l("备注"), 100, render_kw={"rows": 3})
    seen = HiddenField()

    def details(self) -> UnitDetails:
        """What was written, once it is valid."""
        return UnitDetails(
            name=self.name.data,
            nature=Nature(self.nature.data),
            tier=Tier(self.tier.data),
            region_id=int(self.region_id.data),
            contact=self.contact.data or None,
            contact_phone=self.contact_phone.data,
            fax=self.fax.data or None,
            address=self.address.data or None,
            remark=self.remark.data or None,
        )


class ChoiceForm(FlaskForm):  # type: ignore[misc]
    """A department's answer to a unit (UNI-06)."""

    result = RadioField(
        _l("审核结果"),
        [InputRequired(_l("选择审核结果"))],
        choices=lambda: [
            SelectChoice(each.value, _(each.label)) for each in (Choice.APPROVED, Choice.REFUSED)
        ],
        validate_choice=False,
    )
    opinion = Paragraph(
        _l("审核意见"), OPINION_LENGTH, hint=_l("不通过的写明原因；单位经办人会收到"), render_kw={"rows": 4}
    )
    seen = HiddenField()

    def validate_result(self, field: Any) -> None:
        if field.data not in (Choice.APPROVED, Choice.REFUSED):
            raise StopValidation(_("选择审核结果"))

    def validate_opinion(self, field: Any) -> None:
        if self.result.data == Choice.REFUSED and not field.data:
            raise StopValidation(_("填写不通过的原因，单位据此重新选择"))


class StaffMessageForm(FlaskForm):  # type: ignore[misc]
    """What a unit writes to its people (UNI-08)."""

    text = Paragraph(_l("信息内容"), MESSAGE_LENGTH, empty=_l("填写信息内容"), render_kw={"rows": 6})


class UnitCheckForm(FlaskForm):  # type: ignore[misc]
    """What convinced a desk that a unit is what it says it is (domain.md 2)."""

    how = RadioField(
        _l("核验方式"),
        [InputRequired(_l("选择核验方式"))],
        choices=lambda: [SelectChoice(each.value, _(each.label)) for each in CHECKS],
        validate_choice=False,
    )

    def validate_how(self, field: Any) -> None:
        if field.data not in CHECKS:
            raise StopValidation(_("选择核验方式"))


class UnitNoteForm(FlaskForm):  # type: ignore[misc]
    """What a unit still has to bring before it can be verified."""

    text = Paragraph(
        _l("需要补充的内容"),
        NOTE_LENGTH,
        empty=_l("填写需要补充的内容"),
        hint=_l("单位经办人会收到；本窗口的同事也能看到"),
        render_kw={"rows": 3},
    )


class RoundForm(FlaskForm):  # type: ignore[misc]
    """A committee's own window: its end, its correction time, its notice (CYC-01, X-20)."""

    closes_at = LocalMoment(
        _l("网上申报截止时间"),
        [InputRequired(_l("填写网上申报截止时间"))],
        description=_l("当天 24:00 填次日 00:00；截止后不能重新开放"),
    )
    corrections_until = LocalMoment(
        _l("补正截止时间"),
        [InputRequired(_l("填写补正截止时间"))],
        description=_l("返回修改的申报在此之前可以再次提交；不能早于网上申报截止时间"),
    )
    notice = Paragraph(
        _l("申报通知"), NOTICE_LENGTH, hint=_l("申报人选择评委会时看到"), render_kw={"rows": 8}
    )
    seen = HiddenField()
    confirmed = HiddenField()
