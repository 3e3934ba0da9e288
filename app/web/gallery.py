"""Every component on one page, for those who build pages and for the visual test; it exists outside production only."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_appbuilder import BaseView, expose
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, PasswordField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from ..vocabulary import Status
from .choices import MultiCheckField
from .fields import Day, Line, Paragraph

LEVELS = (
    SelectChoice("senior", _l("高级")),
    SelectChoice("intermediate", _l("中级")),
    SelectChoice("junior", _l("初级")),
)


class SampleForm(FlaskForm):
    """One field of each kind."""

    name = Line(_l("证明人"), 30, empty=_l("填写证明人姓名"), hint=_l("填写 1 位知情人的姓名，不需要电话"))
    password = PasswordField(_l("密码"), render_kw={"autocomplete": "new-password"})
    level = SelectField(_l("级别"), choices=[SelectChoice("", _l("请选择")), *LEVELS])
    ended_on = Day(_l("结束日期"), [DataRequired(_l("填写结束日期"))])
    gender = RadioField(
        _l("性别"),
        [DataRequired(_l("选择性别"))],
        choices=[SelectChoice("m", _l("男")), SelectChoice("f", _l("女"))],
    )
    levels = MultiCheckField(_l("受理级别"), choices=LEVELS)
    proof = FileField(_l("证明材料"), description=_l("只支持 JPG、PNG、PDF"))
    summary = Paragraph(_l("工作总结"), 20)
    pledged = BooleanField(_l("以上内容属实"), [DataRequired(_l("勾选后才能提交"))])


@dataclass(frozen=True)
class SamplePage:
    page: int = 4
    pages: int = 9
    total: int = 217


class GalleryView(BaseView):
    route_base = "/_ui"
    default_view = "show"

    @expose("/")
    def show(self) -> Any:
        form = SampleForm(
            formdata=None,
            meta={"csrf": False},
            data={"summary": "字" * 25, "level": "senior", "gender": None},
        )
        form.name.back_note = _l("证明人未填写，请补充能够证明该段学习经历的老师或同学姓名。")
        form.validate()
        return self.render_template(
            "web/gallery.html",
            form=form,
            statuses=tuple(Status),
            numbered=SamplePage(),
            today=date(2026, 9, 30),
        )
