"""Signing up in three short pages: who, the mobile, the password. What was typed is kept, but no password."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from .. import clock
from ..errors import AlreadyRegistered, CodeRefused, DomainError, PasswordRefused
from ..extensions import db
from ..vocabulary import N_, Document, Purpose
from ..web.masking import mask_id_number, mask_mobile
from ..web.shell import setting
from . import devices, registration, sessions, state
from .code_requests import code_limits, left_today, redeem, request_code
from .forms import CodeForm, IdentityForm, MobileForm, PasswordForm, UnitAccountForm, UnitIdentityForm
from .public import Public, device, let_in

PROOF_LASTS = timedelta(minutes=30)
OTHER_NUMBER_TAKEN = N_("该证件号码已注册，直接登录或找回密码。")


class SignUpSteps(Public):
    """The pages both sign-ups share. What was typed is sealed in the cookie under the name of the view."""

    default_view = "identity"
    identity_template: str
    identity_fields: tuple[str, ...]
    password_form: type[FlaskForm]
    account_template: str

    def state(self) -> dict[str, Any]:
        return state.kept(self.endpoint)

    def keep(self, **values: Any) -> None:
        state.keep(self.endpoint, self.state() | values)

    def keep_identity(self, form: FlaskForm) -> Any:
        self.keep(**{name: form[name].data for name in self.identity_fields})
        return redirect(url_for(f"{self.endpoint}.mobile"))

    def has_identity(self) -> bool:
        return all(name in self.state() for name in self.identity_fields)

    def has_proof(self, at: datetime) -> bool:
        """The mobile was proved in this browser not long ago."""
        proved: str | None = self.state().get("proved_at")
        return proved is not None and at - datetime.fromisoformat(proved) < PROOF_LASTS

    @expose("/mobile", methods=["GET", "POST"])
    def mobile(self) -> Any:
        if not self.has_identity():
            return redirect(url_for(f"{self.endpoint}.identity"))
        asks = request.method == "POST" and "code" not in request.form
        proves = request.method == "POST" and not asks
        form = MobileForm(data=self.state()) if asks else MobileForm(None, data=self.state())
        code_form = CodeForm() if proves else CodeForm(None)
        if asks and form.validate() and self._send(form):
            flash(_("验证码已发送，%(n)s 分钟内有效。", n=code_limits().lasts.seconds // 60), "success")
            return redirect(url_for(f"{self.endpoint}.mobile"))
        if proves and code_form.validate() and self._prove(code_form):
            return redirect(url_for(f"{self.endpoint}.password"))
        number = self.state().get("mobile", "")
        return self.page(
            "accounts/sign_up_mobile.html",
            view=self.endpoint,
            form=form,
            code_form=code_form,
            mobile=number,
            left=left_today(number) if number else None,
            a_day=code_limits().a_day,
        )

    def _send(self, form: MobileForm) -> bool:
        try:
            registration.refuse_taken(mobile=form.mobile.data)
            request_code(form.mobile.data, Purpose.SIGN_UP)
        except DomainError as error:
            db.session.rollback()
            form.mobile.errors = [*form.mobile.errors, self.said(error)]
            return False
        self.keep(mobile=form.mobile.data, proved_at=None)
        return True

    def said(self, error: DomainError) -> str:
        """A refusal in the person's language, with what he can do."""
        return _(error.message, **error.params)

    def _prove(self, form: CodeForm) -> bool:
        if not redeem(form.code.data, self.state().get("mobile", ""), Purpose.SIGN_UP):
            form.code.errors = [*form.code.errors, _(CodeRefused.message)]
            return False
        db.session.commit()
        self.keep(proved_at=clock.now().isoformat())
        return True

    @expose("/password", methods=["GET", "POST"])
    def password(self) -> Any:
        now = clock.now()
        if not self.has_identity() or not self.has_proof(now):
            flash(_("手机号还没有验证，或验证已超过 30 分钟。先完成手机验证。"), "warning")
            return redirect(url_for(f"{self.endpoint}.mobile"))
        form = self.password_form()
        if form.validate_on_submit():
            try:
                user = self.create(form, now)
                key = sessions.open_session(user, at=now)
                device_key = devices.remember(user.id, device(), at=now)
                db.session.commit()
            except (PasswordRefused, AlreadyRegistered) as error:
                db.session.rollback()
                self.refuse(form, error)
            else:
                let_in(user, key, device_key)
                flash(self.welcome(), "success")
                return redirect(url_for("FrontDoor.index"))
        return self.page(self.account_template, view=self.endpoint, form=form, lines=self.lines())

    def refuse(self, form: FlaskForm, error: DomainError) -> None:
        """Say what was refused, at its field where the field is on this page."""
        text = self.said(error)
        if isinstance(error, PasswordRefused):
            form.password.errors = [*form.password.errors, text]
        else:
            form.form_errors.append(text)

    @abstractmethod
    def create(self, form: FlaskForm, now: datetime) -> User:
        """The account, its roles and what belongs to it, in one transaction."""

    @abstractmethod
    def lines(self) -> list[tuple[str, str]]:
        """What was typed on the pages before, to be read once more before the account is made."""

    @abstractmethod
    def welcome(self) -> str:
        """What the person reads once signed in."""


class SignUpView(SignUpSteps):
    """个人注册 (ACC-01…04)."""

    route_base = "/sign-up"
    identity_fields = ("name", "document", "id_number")
    password_form = PasswordForm
    account_template = "accounts/sign_up_password.html"

    @expose("/", methods=["GET", "POST"])
    def identity(self) -> Any:
        form = IdentityForm(data=self.state())
        if form.validate_on_submit():
            try:
                registration.refuse_taken(id_number=form.id_number.data)
            except AlreadyRegistered as error:
                text = error.message if form.document.data == Document.RESIDENT else OTHER_NUMBER_TAKEN
                form.id_number.errors = [*form.id_number.errors, _(text)]
            else:
                return self.keep_identity(form)
        return self.page("accounts/sign_up_identity.html", form=form)

    def create(self, form: FlaskForm, now: datetime) -> User:
        typed = self.state()
        return registration.sign_up_person(
            name=typed["name"],
            document=Document(typed["document"]),
            id_number=typed["id_number"],
            mobile=typed["mobile"],
            password=form.password.data,
            at=now,
        )

    def lines(self) -> list[tuple[str, str]]:
        typed = self.state()
        return [
            (_("姓名"), typed["name"]),
            (_(Document(typed["document"]).label), mask_id_number(typed["id_number"])),
            (_("手机号"), mask_mobile(typed["mobile"])),
        ]

    def welcome(self) -> str:
        return _("注册成功。以后用证件号码或手机号登录。")


class UnitSignUpView(SignUpSteps):
    """单位注册 (ACC-16, ACC-17)."""

    route_base = "/unit-sign-up"
    identity_fields = ("unit_name", "code", "name")
    password_form = UnitAccountForm
    account_template = "accounts/unit_sign_up_account.html"

    @expose("/", methods=["GET", "POST"])
    def identity(self) -> Any:
        form = UnitIdentityForm(data=self.state())
        taken = False
        if form.validate_on_submit():
            try:
                registration.refuse_taken_unit(form.unit_name.data, form.code.data)
            except AlreadyRegistered as error:
                taken = True
                form.unit_name.errors = [*form.unit_name.errors, _(error.message)]
            else:
                return self.keep_identity(form)
        desks = registration.desks_of(form.code.data) if taken else []
        elsewhere = registration.desks_by_district() if taken else {}
        return self.page(
            "accounts/unit_sign_up_identity.html", form=form, taken=taken, desks=desks, elsewhere=elsewhere
        )

    def create(self, form: FlaskForm, now: datetime) -> User:
        typed = self.state()
        return registration.sign_up_unit(
            unit_name=typed["unit_name"],
            code=typed["code"],
            name=typed["name"],
            mobile=typed["mobile"],
            username=form.username.data,
            password=form.password.data,
            at=now,
        )

    def lines(self) -> list[tuple[str, str]]:
        typed = self.state()
        return [
            (_("单位名称"), typed["unit_name"]),
            (_("统一社会信用代码"), typed["code"]),
            (_("负责人姓名"), typed["name"]),
            (_("手机号"), mask_mobile(typed["mobile"])),
        ]

    def refuse(self, form: FlaskForm, error: DomainError) -> None:
        if isinstance(error, registration.UserNameTaken):
            form.username.errors = [*form.username.errors, _(error.message)]
        else:
            super().refuse(form, error)

    def said(self, error: DomainError) -> str:
        if isinstance(error, registration.MobileTaken):
            error = registration.UnitMobileTaken(phone=setting("support_phone"))
        return super().said(error)

    def welcome(self) -> str:
        return _("注册成功。先完善单位信息、选择主管部门，本单位人员才能提交申报。")
