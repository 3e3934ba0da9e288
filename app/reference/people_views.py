"""Administrators' screen of accounts.

A super administrator makes accounts; a security administrator disables them, ends their sign-ins and takes
a lost second factor away (B13).

Passwords, failed tries and sign-in dates are neither shown nor edited; ID numbers and mobiles are
masked (D02).
"""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, or_, select
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Optional, Regexp, ValidationError

from .. import clock
from ..accounts import custody, factor, numbers, operations, passwords, sessions
from ..accounts.forms import PASSWORD_RULE, DocumentNumber, Normal, name_field
from ..accounts.security import session_lengths
from ..errors import DomainError
from ..extensions import db
from ..models import Membership, SignIn, User
from ..policy import visible
from ..roles import may_open
from ..vocabulary import ADMINISTRATORS, N_
from ..web.choices import YesNoField
from ..web.columns import REQUIRED, Unused
from ..web.crud import ModelScreen
from ..web.fields import Line, normal
from ..web.interface import EagerInterface
from ..web.masking import mask_id_number, mask_mobile
from ..web.request import me, who

ID_NUMBER, MOBILE, USERNAME, REAL_NAME = _l("证件号"), _l("手机号"), _l("用户名"), _l("姓名")
DOCUMENT = _l("证件类型")


class OwnAccount(DomainError):
    """A super administrator would lock himself out."""

    message = N_("不能停用自己的账号，也不能取消自己的超级管理员角色。由另一名超级管理员办理。")


class Registered(DomainError):
    """A name, a number or a mobile that is registered: one administrator alone does not change it (B10)."""

    message = N_(
        "已登记的姓名、手机号和证件号不能在这里修改。申报人和单位的，由热线登记工单，经第二人复核后更正；"
        "管理部门账号的手机号，由安全管理员提出更换，另一名安全管理员或超级管理员复核。"
    )


class OwnersNumber(DomainError):
    """A first mobile or number is a way into the account: it is his who uses it (B13, A12)."""

    message = N_(
        "该账号已登录过，或担任管理员角色，手机号和证件号不能由他人首次登记。"
        "由本人登录后在“账号与安全”中登记手机号。"
    )


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


def masked_id_number(number: str | None) -> str:
    return mask_id_number(number) or _("—")


def _mask_mobile(number: str | None) -> str:
    return mask_mobile(number) or _("—")


def _was_locked(answer: str) -> Any:
    return User.locked_at.is_not(None) if answer == "1" else User.locked_at.is_(None)


@dataclass(frozen=True)
class State:
    """How an account stands, and which buttons its page has for whoever looks."""

    active: bool
    has_factor: bool
    open_sessions: int
    may: frozenset[str]


def state_of(pk: int | str) -> State:
    user = db.session.get_one(User, int(pk))
    is_own = user == me()
    return State(
        active=bool(user.active),
        has_factor=user.factor_confirmed_at is not None,
        open_sessions=len(sessions.open_browsers(user, at=clock.now(), lasts=session_lengths())),
        may=frozenset(
            action
            for action in ("unlock", "enable", "end_sessions", "remove_factor")
            if any(may_open(role, "UserAdmin", f"can_{action}") for role in who().roles)
            and (action == "unlock" or not is_own)
        )
        | _office_actions(user),
    )


def _office_actions(user: User) -> frozenset[str]:
    """What a security administrator does for an account that no hotline handles; not for his own."""
    is_his = user != me() and db.session.scalar(
        select(User.id).where(User.id == user.id, visible(User, who()))
    )
    return frozenset({"reset", "mobile"}) if is_his else frozenset()


def _me() -> User:
    user = me()
    assert user
    return user


class UserAdmin(ModelScreen):
    datamodel = EagerInterface(User)
    route_base = "/admin/users"
    show_template = "reference/user.html"
    list_title, show_title, add_title, edit_title = _l("账号"), _l("账号"), _l("新增账号"), _l("编辑账号")
    label_columns = {
        "username": USERNAME,
        "first_name": REAL_NAME,
        "mobile": MOBILE,
        "document": DOCUMENT,
        "id_number": ID_NUMBER,
        "active": _l("启用"),
        "locked_at": _l("锁定时间"),
        "must_change_password": _l("须修改密码"),
        "password": _l("初始密码"),
    }
    extra_args = {"state_of": state_of}
    formatters_columns = {"mobile": _mask_mobile, "id_number": masked_id_number}
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
            ID_NUMBER, [Optional(), DocumentNumber(), Unused(User, "id_number")], mask=mask_id_number
        ),
        "password": InitialPassword(
            _l("初始密码"),
            [InputRequired(REQUIRED)],
            description=PASSWORD_RULE,
            render_kw={"autocomplete": "new-password"},
        ),
    }
    search_by = {"locked_at": (YesNoField(_l("已锁定")), _was_locked)}
    list_columns = ["first_name", "username", "mobile", "id_number", "active", "locked_at"]
    order_columns = ["first_name", "username"]
    # Numbers are not searched for here: the search travels in the address (D03). The hotline's does not.
    search_columns = ["first_name", "username", "active", "locked_at"]
    show_columns = [
        "username",
        "first_name",
        "mobile",
        "document",
        "id_number",
        "active",
        "locked_at",
        "must_change_password",
    ]
    add_columns = ["username", "first_name", "mobile", "document", "id_number", "active", "password"]
    edit_columns = ["username", "first_name", "mobile", "document", "id_number"]

    def pre_add(self, item: User) -> None:
        item.last_name = ""
        item.email = f"{item.username}@local.invalid"

    def pre_update(self, item: User) -> None:
        """What is registered already is changed by two members of staff with evidence, not here (B10)."""
        state = inspect(item)
        first = [name for name in ("mobile", "id_number") if state.attrs[name].history.has_changes()]
        registered = ["first_name", "document"] if item.id_number and "id_number" not in first else []
        fixed = ["mobile", "id_number", *registered]
        if any(each for name in fixed for each in state.attrs[name].history.deleted or ()):
            raise Registered
        if first and not is_nobodys_yet(item.id):
            raise OwnersNumber

    @expose("/unlock/<pk>", methods=["POST"])
    @has_access
    def unlock(self, pk: str) -> Any:
        user, by = self._row(pk), _me()
        opened = operations.unlock(user, by=by, at=clock.now())
        return self._done(user, opened, _("已解锁，可以重新登录。"), _("该账号没有锁定，无需解锁。"))

    @expose("/enable/<pk>", methods=["POST"])
    @has_access
    def enable(self, pk: str) -> Any:
        """Enable (`wanted`) or disable."""
        user, wanted = self._row(pk), bool(request.form.get("wanted"))
        changed = custody.set_active(user, wanted, by=_me(), at=clock.now())
        if wanted:
            return self._done(user, changed, _("已启用，可以登录。"), _("该账号没有停用，无需启用。"))
        return self._done(
            user, changed, _("已停用，已退出全部登录，不能再登录。"), _("该账号已经停用，无需再次停用。")
        )

    @expose("/end-sessions/<pk>", methods=["POST"])
    @has_access
    def end_sessions(self, pk: str) -> Any:
        user = self._row(pk)
        custody.end_sessions(user, by=_me(), at=clock.now())
        return self._done(user, True, _("已退出此账号在所有浏览器上的登录。"), "")

    @expose("/remove-factor/<pk>", methods=["POST"])
    @has_access
    def remove_factor(self, pk: str) -> Any:
        user, by = self._row(pk), _me()
        custody.refuse_own(user, by)
        removed = factor.remove(user, by, clock.now())
        return self._done(
            user, removed, _("已解除两步验证，已退出全部登录，已通知本人。"), _("该账号没有开启两步验证。")
        )

    def _done(self, user: User, changed: bool, said: str, otherwise: str) -> Any:
        pk = user.id
        db.session.commit()
        flash(said if changed else otherwise, "success" if changed else "info")
        return redirect(url_for("UserAdmin.show", pk=pk))


def is_nobodys_yet(user_id: int) -> bool:
    """Nobody has signed in with the account and it administers nothing; whoever does either waits till the caller commits."""
    with db.session.no_autoflush:
        made = db.session.execute(
            select(User.login_count).where(User.id == user_id).with_for_update()
        ).scalar_one()
        used = select(SignIn.id).where(SignIn.user_id == user_id).limit(1)
        administers = select(Membership.id).where(
            Membership.user_id == user_id, Membership.role.in_(ADMINISTRATORS)
        )
        return not (made or db.session.scalar(used) or db.session.scalar(administers.limit(1)))


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


VIEWS = (UserAdmin,)
