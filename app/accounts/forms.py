"""What people type into the account pages. Every check has its own words (screens.md 6)."""

from collections.abc import Callable
from typing import Any
from unicodedata import category, normalize

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from .. import clock
from ..errors import DomainError
from ..vocabulary import Document
from ..web.fields import words
from . import numbers, passwords

PASSWORD_RULE = _l(
    "%(shortest)s 至 %(longest)s 位，可以用中文、空格和符号；"
    "不能是常见密码，不能包含姓名、身份证号、手机号或用户名",
    shortest=passwords.SHORTEST,
    longest=passwords.LONGEST,
)


class Normal:
    """Puts what was typed into its stored form, or says what is wrong with it."""

    def __init__(self, stored: Callable[[str], str]) -> None:
        self.stored = stored

    def __call__(self, form: Any, field: Any) -> None:
        try:
            field.data = self.stored(field.data or "")
        except DomainError as error:
            raise ValidationError(_(error.message, **error.params)) from None


class Same:
    """The second input repeats the first."""

    def __init__(self, other: str) -> None:
        self.other = other

    def __call__(self, form: Any, field: Any) -> None:
        if field.data != form[self.other].data:
            raise ValidationError(_("两次输入的密码不一致，重新输入"))


class DocumentNumber:
    """The number of a document of the kind chosen beside it, in its stored form, or what is wrong with it."""

    def __call__(self, form: Any, field: Any) -> None:
        kind = next((each for each in Document if each == form.document.data), None)
        if kind is not None:
            Normal(lambda typed: numbers.document_number(typed, kind, today=clock.today()))(form, field)


def trimmed(value: str | None) -> str | None:
    """What was typed without control characters and spare spaces; None stays None."""
    if value is None:
        return None
    return " ".join("".join(" " if category(each) == "Cc" else each for each in value).split())


def _half_width(value: str | None) -> str | None:
    """Digits as a Chinese keyboard may type them, made plain."""
    return normalize("NFKC", value).strip() if value else value


def name_field(label: object, empty: object, hint: object = "") -> StringField:
    return StringField(
        label,
        [
            InputRequired(empty),
            Length(2, 30, _l("姓名应为 2 至 30 个字，核对后修改")),
            Regexp(r"[^\d<>@#/\\]+$", message=_l("姓名不能有数字和 @、#、/ 等符号，核对后修改")),
        ],
        filters=[trimmed],
        description=hint,
        render_kw={"autocomplete": "name"},
    )


def document_field() -> SelectField:
    return SelectField(
        _l("证件类型"),
        [DataRequired(_l("选择证件类型"))],
        choices=lambda: words(Document),
        default=Document.RESIDENT,
        invalid_choice_message=_l("选择证件类型"),
        description=_l("没有居民身份证的，选择本人持有的证件"),
    )


def document_number_field() -> StringField:
    return StringField(
        _l("证件号码"),
        [InputRequired(_l("填写证件号码")), DocumentNumber()],
        description=_l("居民身份证 18 位，末位是 x 的自动改为大写 X"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


def mobile_field(label: object, hint: object = "") -> StringField:
    return StringField(
        label,
        [InputRequired(_l("填写手机号")), Normal(numbers.mobile)],
        description=hint,
        render_kw={"autocomplete": "tel", "inputmode": "tel", "type": "tel"},
    )


def code_field() -> StringField:
    return StringField(
        _l("短信验证码"),
        [InputRequired(_l("填写短信验证码")), Regexp(r"[0-9]{6}$", message=_l("短信验证码应为 6 位数字"))],
        filters=[_half_width],
        description=_l("6 位数字；收到多条时填最后一条"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "10"},
    )


def new_password_field(label: object) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(_l("填写密码"))],
        description=PASSWORD_RULE,
        render_kw={"autocomplete": "new-password"},
    )


def repeat_field(label: object) -> PasswordField:
    return PasswordField(
        label,
        [InputRequired(_l("再输入一次密码")), Same("password")],
        render_kw={"autocomplete": "new-password"},
    )


class SignInForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        _l("身份证号、手机号或用户名"),
        [InputRequired(_l("填写身份证号、手机号或用户名"))],
        filters=[trimmed],
        render_kw={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    )
    password = PasswordField(
        _l("密码"), [InputRequired(_l("填写密码"))], render_kw={"autocomplete": "current-password"}
    )


class IdentityForm(FlaskForm):  # type: ignore[misc]
    name = name_field(_l("姓名"), _l("填写姓名"), _l("与证件一致；注册后只能由热线更正"))
    document = document_field()
    id_number = document_number_field()


class UnitIdentityForm(FlaskForm):  # type: ignore[misc]
    unit_name = StringField(
        _l("单位名称"),
        [
            InputRequired(_l("填写单位名称")),
            Length(4, 100, _l("单位名称应为 4 至 100 个字，填写证书上的全称")),
        ],
        filters=[trimmed],
        description=_l("与证书一致的全称，不用简称"),
        render_kw={"autocomplete": "organization"},
    )
    code = StringField(
        _l("统一社会信用代码"),
        [InputRequired(_l("填写统一社会信用代码")), Normal(numbers.credit_code)],
        description=_l("18 位；没有换证的可填 9 位组织机构代码"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    name = name_field(_l("负责人姓名"), _l("填写负责人姓名"))


class MobileForm(FlaskForm):  # type: ignore[misc]
    mobile = mobile_field(_l("手机号"), _l("用来登录和找回密码，填写本人在用的号码"))


class NewMobileForm(FlaskForm):  # type: ignore[misc]
    mobile = mobile_field(_l("新手机号"), _l("以后用来登录和找回密码，填写本人在用的号码"))


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = code_field()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    password = new_password_field(_l("密码"))
    repeat = repeat_field(_l("再输入一次密码"))


class UnitAccountForm(FlaskForm):  # type: ignore[misc]
    username = StringField(
        _l("用户名"),
        [
            InputRequired(_l("填写用户名")),
            Regexp(
                r"[a-z][a-z0-9_-]{3,29}$",
                message=_l("用户名应为 4 至 30 位小写字母、数字、_ 或 -，以字母开头"),
            ),
        ],
        filters=[trimmed],
        description=_l("4 至 30 位小写字母、数字、_ 或 -，以字母开头；登录和找回密码时用"),
        render_kw={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    )
    password = new_password_field(_l("密码"))
    repeat = repeat_field(_l("再输入一次密码"))


class RecoverForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        _l("身份证号或用户名"),
        [
            InputRequired(_l("填写身份证号或用户名")),
            Length(max=64, message=_l("身份证号或用户名不超过 64 个字符")),
        ],
        filters=[trimmed],
        description=_l("个人填注册时的证件号码；单位填用户名，也可以填统一社会信用代码或单位全称"),
        render_kw={"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"},
    )
    mobile = mobile_field(_l("注册时的手机号"))


class NewPasswordForm(FlaskForm):  # type: ignore[misc]
    code = code_field()
    password = new_password_field(_l("新密码"))
    repeat = repeat_field(_l("再输入一次新密码"))


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]
    current = PasswordField(
        _l("当前密码"), [InputRequired(_l("填写当前密码"))], render_kw={"autocomplete": "current-password"}
    )
    password = new_password_field(_l("新密码"))
    repeat = repeat_field(_l("再输入一次新密码"))


class LinkPasswordForm(FlaskForm):  # type: ignore[misc]
    password = new_password_field(_l("新密码"))
    repeat = repeat_field(_l("再输入一次新密码"))
