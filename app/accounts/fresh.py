"""Changes of the account itself ask for the password anew, unless it was proved here just now (A12)."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import PasswordField
from wtforms.validators import InputRequired

from .. import clock
from ..extensions import db
from ..models import SignIn
from ..web.request import who
from . import operations, sessions
from .public import destination, device, limit_posts, locks

FRESH = timedelta(minutes=10)


def stale(back: str = "") -> Any:
    """None while the password was proved in this browser in the last ten minutes; else the way to prove it.

    A view returns what it gets; the person comes back to its address, or to `back`. What was posted is
    not repeated, so a page asks before it shows its form.
    """
    confirmed_at = db.session.scalar(
        select(SignIn.confirmed_at).where(SignIn.key == sessions.digest(session.get("key", "")))
    )
    if confirmed_at is not None and clock.now() < confirmed_at + FRESH:
        return None
    return redirect(url_for("ConfirmView.password", next=back or request.full_path.rstrip("?")))


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField(
        _l("当前密码"), [InputRequired(_l("填写当前密码"))], render_kw={"autocomplete": "current-password"}
    )


class ConfirmView(BaseView):  # type: ignore[misc]
    """输入密码确认. Wrong passwords count and lock as at sign-in: a browser left open is no place to guess."""

    route_base = "/account/confirm"
    default_view = "password"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Any:
        return limit_posts(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @expose("/", methods=["GET", "POST"])
    @has_access
    def password(self) -> Any:
        wanted = destination(request.args.get("next", ""))
        form, attempt = ConfirmForm(), None
        if form.validate_on_submit():
            attempt = operations.prove_password(
                who().user_id,
                form.password.data,
                key=session.get("key", ""),
                device=device(),
                locks=locks(),
                at=clock.now(),
            )
            if attempt.key:
                session["key"] = attempt.key
                return redirect(wanted)
            if attempt.locked:
                logout_user()
                session.clear()
                flash(_("密码连续输错次数过多，账号已锁定，本次登录已退出。"), "danger")
                return redirect(url_for("SignInView.login"))
        return self.render_template(
            "accounts/factor_confirm.html", form=form, attempt=attempt, wanted=wanted
        ), 422 if request.method == "POST" else 200
