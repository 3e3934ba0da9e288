"""更换手机号: a code to the old number, then one to the new (ACC-13)."""

from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from .. import clock
from ..errors import CodeRefused, DomainError
from ..extensions import db
from ..messages.gateways import deliver_after_answer, gateway_of
from ..vocabulary import Purpose
from ..web.request import who
from ..web.shell import setting
from . import registration, state
from .code_requests import code_limits, left_today, redeem, request_code
from .forms import CodeForm, NewMobileForm
from .fresh import FRESH, stale
from .mobiles import change_mobile
from .public import limit_posts


class MobileView(BaseView):  # type: ignore[misc]
    route_base = "/account/mobile"
    default_view = "old"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Any:
        return limit_posts(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @expose("/", methods=["GET", "POST"])
    @has_access
    def old(self) -> Any:
        """The number registered now is proved first; whoever cannot is led to the hotline, who has none goes on."""
        again = stale()
        if again:
            return again
        user = self._user()
        if not user.mobile:
            return redirect(url_for("MobileView.new"))
        asks = request.method == "POST" and "code" not in request.form
        proves = request.method == "POST" and not asks
        form, problem = CodeForm() if proves else CodeForm(None), ""
        if asks:
            problem = self._send(user.mobile, Purpose.OLD_MOBILE)
            if not problem:
                state.keep(self.endpoint, {"old": user.mobile})
                return redirect(url_for("MobileView.old"))
        if proves and form.validate() and self._proves(form, user.mobile, Purpose.OLD_MOBILE):
            state.keep(self.endpoint, {"old": user.mobile, "proved_at": clock.now().isoformat()})
            return redirect(url_for("MobileView.new"))
        return self._page(
            "accounts/mobile_old.html",
            mobile=user.mobile,
            left=left_today(user.mobile),
            asked=state.kept(self.endpoint).get("old") == user.mobile,
            problem=problem,
            code_form=form,
        )

    @expose("/new", methods=["GET", "POST"])
    @has_access
    def new(self) -> Any:
        """The new number is proved too. It is the first one where the password just proved is all there is."""
        again = stale()
        if again:
            return again
        user, kept = self._user(), state.kept(self.endpoint)
        if user.mobile and not self._old_is_proved(user, clock.now()):
            flash(_("先验证原手机号。验证后 %(n)s 分钟内有效。", n=FRESH.seconds // 60), "warning")
            return redirect(url_for("MobileView.old"))
        asks = request.method == "POST" and "code" not in request.form
        proves = request.method == "POST" and not asks
        form = NewMobileForm(data=kept) if asks else NewMobileForm(None, data=kept)
        if not user.mobile:
            form.mobile.label.text = _("手机号")
        code_form = CodeForm() if proves else CodeForm(None)
        if asks and form.validate() and self._ask_new(user, form):
            state.keep(self.endpoint, kept | {"mobile": form.mobile.data})
            return redirect(url_for("MobileView.new"))
        number, is_first = kept.get("mobile", ""), not user.mobile
        if proves and number and code_form.validate() and self._change(user, number, code_form):
            state.forget(self.endpoint)
            flash(_("手机号已登记，以后也可以用它登录。其他浏览器上的登录已全部退出。") if is_first else
                  _("手机号已更换，以后用新手机号登录。其他浏览器上的登录已全部退出。"), "success")  # fmt: skip
            return redirect(url_for("AccountView.show"))
        return self._page(
            "accounts/mobile_new.html",
            form=form,
            code_form=code_form,
            mobile=number,
            is_first=is_first,
            left=left_today(number) if number else None,
            a_day=code_limits().a_day,
        )

    def _user(self) -> User:
        return db.session.get_one(User, who().user_id)

    def _old_is_proved(self, user: User, at: datetime) -> bool:
        kept = state.kept(self.endpoint)
        proved = kept.get("proved_at")
        return bool(proved and kept.get("old") == user.mobile and at - datetime.fromisoformat(proved) < FRESH)

    def _send(self, mobile: str, purpose: Purpose) -> str:
        """Ask for a code; what was refused, in the person's language."""
        try:
            request_code(mobile, purpose)
        except DomainError as error:
            db.session.rollback()
            return _(error.message, **error.params)
        flash(_("验证码已发送，%(n)s 分钟内有效。", n=code_limits().lasts.seconds // 60), "success")
        return ""

    def _ask_new(self, user: User, form: NewMobileForm) -> bool:
        problem = ""
        try:
            if form.mobile.data == user.mobile:
                problem = _("这是现在的手机号，填写要换成的号码")
            else:
                registration.refuse_taken(mobile=form.mobile.data)
        except DomainError as error:
            problem = _(error.message, **error.params)
        problem = problem or self._send(form.mobile.data, Purpose.NEW_MOBILE)
        if problem:
            form.mobile.errors = [*form.mobile.errors, problem]
        return not problem

    def _proves(self, form: FlaskForm, mobile: str, purpose: Purpose) -> bool:
        if not redeem(form.code.data, mobile, purpose):
            form.code.errors = [*form.code.errors, _(CodeRefused.message)]
            return False
        db.session.commit()
        return True

    def _change(self, user: User, number: str, form: CodeForm) -> bool:
        phone = setting("support_phone")
        try:
            gateway = gateway_of(current_app, phone=phone)
            if not self._proves(form, number, Purpose.NEW_MOBILE):
                return False
            change_mobile(user, number, keep=session.get("key"), at=clock.now(), phone=phone)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            form.code.errors = [*form.code.errors, _(error.message, **error.params)]
            return False
        deliver_after_answer(gateway)
        return True

    def _page(self, template: str, **values: Any) -> tuple[str, int]:
        return self.render_template(template, **values), 422 if request.method == "POST" else 200
