"""Signing up in three short pages: who, the mobile, the password. What was typed is kept, but no password."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from .. import clock
from ..errors import AlreadyRegistered, CodeRefused, DomainError, PasswordRefused
from ..extensions import db
from ..vocabulary import Purpose
from . import registration, sessions
from .codes import codes_left
from .forms import CodeForm, IdentityForm, MobileForm, PasswordForm, UnitAccountForm, UnitIdentityForm
from .public import Public, code_limits, let_in, redeem, request_code

PROOF_LASTS = timedelta(minutes=30)


class SignUpSteps(Public):
    """The pages both sign-ups share. State is in the signed session under the name of the view."""

    default_view = "identity"
    identity_template: str
    identity_fields: tuple[str, ...]
    password_form: type[FlaskForm]
    account_template: str

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = session.get(self.endpoint, {})
        return found

    def keep(self, **values: Any) -> None:
        session[self.endpoint] = self.state() | values

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
            left=codes_left(number, on=clock.today(), limits=code_limits()) if number else None,
            a_day=code_limits().a_day,
        )

    def _send(self, form: MobileForm) -> bool:
        try:
            registration.refuse_taken(mobile=form.mobile.data)
            request_code(form.mobile.data, Purpose.SIGN_UP)
        except DomainError as error:
            db.session.rollback()
            form.mobile.errors = [*form.mobile.errors, _(error.message, **error.params)]
            return False
        self.keep(mobile=form.mobile.data, proved_at=None)
        return True

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
                db.session.commit()
            except (PasswordRefused, AlreadyRegistered) as error:
                db.session.rollback()
                self.refuse(form, error)
            else:
                let_in(user, key)
                flash(self.welcome(), "success")
                return redirect(url_for("FrontDoor.index"))
        return self.page(self.account_template, view=self.endpoint, form=form, state=self.state())

    def refuse(self, form: FlaskForm, error: DomainError) -> None:
        """Say what was refused, at its field where the field is on this page."""
        text = _(error.message, **error.params)
        if isinstance(error, PasswordRefused):
            form.password.errors = [*form.password.errors, text]
        else:
            form.form_errors.append(text)

    @abstractmethod
    def create(self, form: FlaskForm, now: datetime) -> User:
        """The account, its roles and what belongs to it, in one transaction."""

    @abstractmethod
    def welcome(self) -> str:
        """What the person reads once signed in."""


class SignUpView(SignUpSteps):
    """个人注册 (ACC-01…04)."""

    route_base = "/sign-up"
    identity_fields = ("name", "id_number")
    password_form = PasswordForm
    account_template = "accounts/sign_up_password.html"

    @expose("/", methods=["GET", "POST"])
    def identity(self) -> Any:
        form = IdentityForm(data=self.state())
        if form.validate_on_submit():
            try:
                registration.refuse_taken(id_number=form.id_number.data)
            except AlreadyRegistered as error:
                form.id_number.errors = [*form.id_number.errors, _(error.message)]
            else:
                return self.keep_identity(form)
        return self.page("accounts/sign_up_identity.html", form=form)

    def create(self, form: FlaskForm, now: datetime) -> User:
        state = self.state()
        return registration.sign_up_person(
            name=state["name"],
            id_number=state["id_number"],
            mobile=state["mobile"],
            password=form.password.data,
            at=now,
        )

    def welcome(self) -> str:
        return _("注册成功。以后用身份证号或手机号登录。")


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
        return self.page("accounts/unit_sign_up_identity.html", form=form, taken=taken, desks=desks)

    def create(self, form: FlaskForm, now: datetime) -> User:
        state = self.state()
        return registration.sign_up_unit(
            unit_name=state["unit_name"],
            code=state["code"],
            name=state["name"],
            mobile=state["mobile"],
            username=form.username.data,
            password=form.password.data,
            at=now,
        )

    def refuse(self, form: FlaskForm, error: DomainError) -> None:
        if isinstance(error, registration.UserNameTaken):
            form.username.errors = [*form.username.errors, _(error.message)]
        else:
            super().refuse(form, error)

    def welcome(self) -> str:
        return _("注册成功。先完善单位信息、选择主管部门，本单位人员才能提交申报。")
