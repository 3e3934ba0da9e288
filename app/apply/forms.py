"""What an applicant sends from the wizard and the progress pages."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from ..models import Application
from ..vocabulary import Kind

Choice = tuple[str, str]

OUT_OF_PAGE = _l("页面内容不完整，刷新后重新操作")


def within_reach() -> NumberRange:
    """A number that a column can keep; a page of ours holds no other."""
    return NumberRange(0, 10**9, OUT_OF_PAGE)


def seen_field() -> IntegerField:
    """The version of the application that the page showed (E02); without a label, because no person fills it in."""
    return IntegerField("", validators=[InputRequired(OUT_OF_PAGE), within_reach()], widget=HiddenInput())


class StartForm(FlaskForm):  # type: ignore[misc]
    kind = RadioField(
        _l("申报方式"),
        [AnyOf(list(Kind), _l("选择申报方式"))],
        validate_choice=False,
        choices=lambda: [SelectChoice(each.value, str(_l(each.label))) for each in Kind],
    )
    year = SelectField(
        _l("申报年份"),
        [InputRequired(_l("选择申报年份")), within_reach()],
        coerce=int,
        validate_choice=False,
    )

    def offer(self, years: list[int], kind: Kind | None = None, year: int | None = None) -> None:
        self.kind.plain = True
        if self.kind.data is None:
            self.kind.data = (kind or Kind.REVIEW).value
        if self.year.data is None:
            self.year.data = year
        self.year.choices = [(each, str(each)) for each in years]


class CoverForm(FlaskForm):  # type: ignore[misc]
    """The last stage of the cover; the earlier choices come along and are judged again."""

    seen = seen_field()
    round = IntegerField(
        _l("评委会"), [InputRequired(_l("选择评委会")), within_reach()], widget=HiddenInput()
    )
    profession = StringField(_l("申报专业"), [InputRequired(_l("选择申报专业"))], widget=HiddenInput())
    level = RadioField(
        _l("申报等级"),
        [InputRequired(_l("选择申报等级"))],
        description=_l("申报职称由系列和等级决定，写在等级后面的括号里"),
        validate_choice=False,
    )
    category = RadioField(_l("参评类别"), [InputRequired(_l("选择参评类别"))], validate_choice=False)

    def offer(self, levels: list[Choice], categories: list[Choice], saved: Application) -> None:
        """What this committee and profession allow; chosen is what was saved, or the only one there is."""
        for field, choices, before in (
            (self.level, levels, saved.level),
            (self.category, categories, saved.category),
        ):
            field.choices = choices
            if field.data is None:
                field.data = before or (choices[0][0] if len(choices) == 1 else None)


class SubmitForm(FlaskForm):  # type: ignore[misc]
    seen = seen_field()
    pledged = BooleanField(_l("我承诺填写的信息和上传的材料真实、完整，并已核对工作单位"))


class SeenForm(FlaskForm):  # type: ignore[misc]
    """A button that moves the application."""

    seen = seen_field()


def first_error(form: Any) -> str:
    return str(next(iter(form.errors.values()))[0])
