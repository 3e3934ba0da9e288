"""Super administrators' screens of accounts and the integrity archive.

Passwords, failed tries and sign-in dates are neither shown nor edited; ID numbers and mobiles are
masked (D02).
"""

from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Optional, Regexp, ValidationError

from .. import clock
from ..accounts import numbers, operations, passwords
from ..accounts.forms import PASSWORD_RULE, Normal, name_field
from ..errors import DomainError
from ..extensions import db
from ..models import (
    IntegrityRecord,
    User,
)
from ..vocabulary import N_
from ..web.choices import YesNoField
from ..web.columns import REQUIRED, Unused
from ..web.crud import ModelScreen
from ..web.fields import Line, normal
from ..web.interface import EagerInterface
from ..web.masking import mask_id_number, mask_mobile
from ..web.request import me

ID_NUMBER, MOBILE, USERNAME, REAL_NAME = _l("身份证号"), _l("手机号"), _l("用户名"), _l("姓名")


class OwnAccount(DomainError):
    """A super administrator would lock himself out."""

    message = N_("不能停用自己的账号，也不能取消自己的超级管理员角色。由另一名超级管理员办理。")


class KeptNumber(StringField):
    """A number that the page never gives back: empty keeps it, anything typed replaces it (D02)."""

    def __init__(self, label: Any, checks: list[Any], *, mask: Any, **kwargs: Any) -> None:
        super().__init__(label, checks, filters=[normal], **kwargs)
        self.mask = mask

    def process_data(self, value: str | None) -> None:
        self.data = ""
        if value:
            self.description = _("现在登记的是 %(number)s，不更改的留空", number=self.mask(value))

    def populate_obj(self, obj: Any, name: str) -> None:
        if self.data:
            setattr(obj, name, self.data)


class InitialPassword(PasswordField):
    """The first password of a new account, to be changed at the first sign-in."""

    def pre_validate(self, form: Any) -> None:
        about = (form.first_name.data, form.username.data, form.mobile.data, form.id_number.data)
        try:
            passwords.judge(self.data or "", *about)
        except DomainError as error:
            raise ValidationError(_(error.message, **error.params)) from None

    def populate_obj(self, obj: Any, name: str) -> None:
        obj.password = passwords.hash_password(self.data)
        obj.must_change_password = True


def _id_number(typed: str) -> str:
    return numbers.id_number(typed, today=clock.today())


def _mask_id_number(number: str | None) -> str:
    return mask_id_number(number) or _("—")


def _mask_mobile(number: str | None) -> str:
    return mask_mobile(number) or _("—")


def _was_locked(answer: str) -> Any:
    return User.locked_at.is_not(None) if answer == "1" else User.locked_at.is_(None)


class UserAdmin(ModelScreen):
    datamodel = EagerInterface(User)
    route_base = "/admin/users"
    show_template = "reference/user.html"
    list_title, show_title, add_title, edit_title = _l("账号"), _l("账号"), _l("新增账号"), _l("编辑账号")
    label_columns = {
        "username": USERNAME,
        "first_name": REAL_NAME,
        "mobile": MOBILE,
        "id_number": ID_NUMBER,
        "active": _l("启用"),
        "locked_at": _l("锁定时间"),
        "must_change_password": _l("须修改密码"),
        "password": _l("初始密码"),
    }
    formatters_columns = {"mobile": _mask_mobile, "id_number": _mask_id_number}
    description_columns = {"active": _l("停用后立即退出登录，不能再登录")}
    fields = {
        "username": Line(
            USERNAME,
            64,
            empty=REQUIRED,
            checks=[
                Regexp(r"[A-Za-z][A-Za-z0-9_.-]+$", message=_l("用户名以字母开头，只用字母、数字和 _ . -")),
                Unused(User, "username"),
            ],
            hint=_l("字母开头，用于登录"),
        ),
        "first_name": name_field(REAL_NAME, REQUIRED),
        "mobile": KeptNumber(
            MOBILE, [Optional(), Normal(numbers.mobile), Unused(User, "mobile")], mask=mask_mobile
        ),
        "id_number": KeptNumber(
            ID_NUMBER, [Optional(), Normal(_id_number), Unused(User, "id_number")], mask=mask_id_number
        ),
        "password": InitialPassword(
            _l("初始密码"),
            [InputRequired(REQUIRED)],
            description=PASSWORD_RULE,
            render_kw={"autocomplete": "new-password"},
        ),
    }
    search_by = {
        "locked_at": (YesNoField(_l("已锁定")), _was_locked),
        "mobile": (StringField(MOBILE, filters=[normal]), lambda typed: User.mobile == typed),
        "id_number": (
            StringField(ID_NUMBER, filters=[normal]),
            lambda typed: User.id_number == typed.upper(),
        ),
    }
    list_columns = ["first_name", "username", "mobile", "id_number", "active", "locked_at"]
    order_columns = ["first_name", "username"]
    search_columns = ["first_name", "username", "mobile", "id_number", "active", "locked_at"]
    show_columns = [
        "username",
        "first_name",
        "mobile",
        "id_number",
        "active",
        "locked_at",
        "must_change_password",
    ]
    add_columns = ["username", "first_name", "mobile", "id_number", "active", "password"]
    edit_columns = ["username", "first_name", "mobile", "id_number", "active"]

    def pre_add(self, item: User) -> None:
        item.last_name = ""
        item.email = f"{item.username}@local.invalid"

    def pre_update(self, item: User) -> None:
        if item == me() and not item.active:
            raise OwnAccount

    @expose("/unlock/<pk>", methods=["POST"])
    @has_access
    def unlock(self, pk: str) -> Any:
        user, by = self._row(pk), me()
        assert by
        opened = operations.unlock(user, by=by, at=clock.now())
        db.session.commit()
        if opened:
            flash(_("已解锁，可以重新登录。"), "success")
        else:
            flash(_("该账号没有锁定，无需解锁。"), "info")
        return redirect(url_for("UserAdmin.show", pk=pk))


def account_label(user: User | None) -> str:
    if user is None:
        return _("系统")
    return _("%(name)s（%(username)s）", name=user.first_name, username=user.username)


def named_like(column: Any) -> Any:
    """The clause for rows whose account is named like the text."""
    return lambda typed: column.has(
        or_(
            User.username.icontains(typed, autoescape=True), User.first_name.icontains(typed, autoescape=True)
        )
    )


class IntegrityRecordAdmin(ModelScreen):
    datamodel = EagerInterface(IntegrityRecord)
    route_base = "/admin/integrity-records"
    base_order = ("id", "desc")
    list_title, show_title, add_title, edit_title = (
        _l("诚信档案"),
        _l("诚信档案"),
        _l("新增诚信档案"),
        _l("编辑诚信档案"),
    )
    label_columns = {
        "id_number": ID_NUMBER,
        "reason": _l("事由"),
        "starts_on": _l("起始日期"),
        "until": _l("截止日期"),
    }
    description_columns = {"until": _l("截止当天仍不能申报")}
    formatters_columns = {"id_number": _mask_id_number}
    fields = {
        "id_number": KeptNumber(ID_NUMBER, [InputRequired(REQUIRED), Normal(_id_number)], mask=mask_id_number)
    }
    search_by = {
        "id_number": (
            StringField(ID_NUMBER, filters=[normal]),
            lambda typed: IntegrityRecord.id_number == typed.upper(),
        )
    }
    list_columns = show_columns = ["id_number", "reason", "starts_on", "until"]
    order_columns = ["starts_on", "until"]
    search_columns = ["id_number", "reason"]
    add_columns = ["id_number", "reason", "starts_on", "until"]
    edit_columns = ["reason", "starts_on", "until"]


VIEWS = (UserAdmin, IntegrityRecordAdmin)
