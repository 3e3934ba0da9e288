"""找回密码: the registered mobile proves the person (ACC-05, ACC-06). Every miss is answered alike (X-13)."""

from typing import Any

from flask import flash, redirect, session, url_for
from flask_appbuilder import expose
from flask_babel import gettext as _

from .. import clock
from ..errors import CodeRefused, DomainError, PasswordRefused
from ..extensions import db
from ..messages.operations import tell
from ..vocabulary import N_, Purpose
from . import operations, passwords, state
from .code_requests import code_limits, left_today, redeem, request_code
from .forms import NewPasswordForm, RecoverForm
from .public import Public

TOLD = N_("您的登录密码已通过短信验证码重新设置。如非本人操作，立即拨打热线。")


class RecoverView(Public):
    route_base = "/recover"
    default_view = "start"

    @expose("/", methods=["GET", "POST"])
    def start(self) -> Any:
        form = RecoverForm(data=state.kept(self.endpoint))
        if form.validate_on_submit():
            name, mobile = form.name.data, form.mobile.data
            account = operations.find_for_recovery(name, mobile, at=clock.now())
            try:
                request_code(mobile, Purpose.RECOVER, to_phone=account is not None)
            except DomainError as error:
                db.session.rollback()
                form.mobile.errors = [*form.mobile.errors, _(error.message, **error.params)]
            else:
                state.keep(self.endpoint, {"name": name, "mobile": mobile})
                return redirect(url_for("RecoverView.password"))
        return self.page("accounts/recover_start.html", form=form, a_day=code_limits().a_day)

    @expose("/password", methods=["GET", "POST"])
    def password(self) -> Any:
        typed = state.kept(self.endpoint)
        if not typed:
            return redirect(url_for("RecoverView.start"))
        form = NewPasswordForm()
        if form.validate_on_submit() and self._recover(form, typed["name"], typed["mobile"]):
            session.clear()
            flash(_("密码已重新设置，其他浏览器上的登录已全部退出。用新密码登录。"), "success")
            return redirect(url_for("SignInView.login"))
        return self.page(
            "accounts/recover_password.html",
            form=form,
            mobile=typed["mobile"],
            left=left_today(typed["mobile"]),
        )

    def _recover(self, form: NewPasswordForm, name: str, mobile: str) -> bool:
        """A refused password does not cost the code; a wrong code tells nothing of the account."""
        now = clock.now()
        try:
            passwords.judge(form.password.data, name, mobile)
            account = operations.find_for_recovery(name, mobile, at=now)
            if not redeem(form.code.data, mobile, Purpose.RECOVER) or account is None:
                raise CodeRefused
            operations.recover(account, form.password.data, at=now)
            tell([account.id], TOLD, at=now)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            field = form.password if isinstance(error, PasswordRefused) else form.code
            field.errors = [*field.errors, _(error.message, **error.params)]
            return False
        return True
