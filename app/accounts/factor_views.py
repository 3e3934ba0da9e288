"""两步验证: the code page of sign-in, and one's own authenticator and printed codes (A06)."""

from datetime import datetime
from typing import Any

import segno
from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from .. import clock
from ..extensions import db
from ..protection import index_of
from ..vocabulary import Role
from ..web.request import me, who
from ..web.shell import setting, shell
from . import factor, operations, sessions
from .fresh import stale
from .public import (
    PENDING,
    Public,
    destination,
    device,
    let_in,
    limit_tries,
    lock_words,
    locks,
    watch_failures,
)
from .state import forget, keep, kept

PENDING_LASTS, ENROLLING = 300, "enrolling"
OPEN_WITHOUT_FACTOR = {
    "FactorView.enrol",
    "ConfirmView.password",
    "SignInView.logout",
    "PreferencesView.language",
    "PreferencesView.text_size",
    "static",
}


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField(
        _l("动态验证码"),
        [
            InputRequired(_l("填写动态验证码")),
            Length(6, 12, _l("动态验证码应为 6 位数字，恢复码应为 8 位字母和数字")),
        ],
        filters=[lambda typed: typed.strip() if typed else typed],
        description=_l("打开手机上的验证器，填写现在显示的 6 位数字；手机不在身边时填写一个恢复码"),
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "characters"},
    )


class EnrolForm(FlaskForm):  # type: ignore[misc]
    code = StringField(
        _l("动态验证码"),
        [InputRequired(_l("填写动态验证码"))],
        filters=[lambda typed: typed.replace(" ", "") if typed else typed],
        description=_l("添加后验证器显示的 6 位数字，每 30 秒更换一次"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "10"},
    )


def ask_for_code(user_id: int, wanted: str, at: datetime) -> Any:
    """The password was right: lead on to the code page. Nobody is signed in before the code is right."""
    user = db.session.get_one(User, user_id)
    keep(
        PENDING,
        {
            "user_id": user_id,
            "until": at.timestamp() + PENDING_LASTS,
            "wanted": wanted,
            # A password changed meanwhile ends what the old one began.
            "password": index_of(user.password),
        },
    )
    return redirect(url_for("SecondStepView.code"))


class SecondStepView(Public):
    """The second page of signing in."""

    route_base = "/sign-in/code"
    default_view = "code"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Any:
        return limit_tries(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @expose("/", methods=["GET", "POST"])
    def code(self) -> Any:
        now, pending = clock.now(), kept(PENDING)
        user = db.session.get(User, pending["user_id"]) if pending else None
        if (
            user is None
            or now.timestamp() >= pending["until"]
            or pending["password"] != index_of(user.password)
        ):
            forget(PENDING)
            if pending:
                flash(_("超过 5 分钟没有输入验证码，重新登录。"), "warning")
            return redirect(url_for("SignInView.login"))
        form, attempt, name = CodeForm(), None, user.username
        if form.validate_on_submit():
            attempt = operations.sign_in_with_code(
                user.id, form.code.data, device=device(), locks=locks(), at=now
            )
            if attempt.user is not None:
                let_in(attempt.user, attempt.key, attempt.device)
                return redirect(destination(pending["wanted"]))
            watch_failures(now)
            form.code.data = ""
        if attempt and (attempt.locked or attempt.disabled):
            forget(PENDING)
        return self.page(
            "accounts/factor_code.html", form=form, attempt=attempt, name=name, **lock_words(attempt, name)
        )


class FactorView(BaseView):  # type: ignore[misc]
    """One's own second factor; every change asks for the password anew (A12)."""

    route_base = "/account/factor"
    default_view = "show"

    @expose("/")
    @has_access
    def show(self) -> Any:
        user = db.session.get_one(User, who().user_id)
        return self.render_template(
            "accounts/factor.html",
            user=user,
            left=factor.printed_left(user),
            printed=factor.PRINTED,
            may_turn_off=not _is_obliged(),
        )

    @expose("/enrol", methods=["GET", "POST"])
    @has_access
    def enrol(self) -> Any:
        """Scan, type one code, keep ten printed ones. The secret waits sealed in the session until then."""
        if answer := stale():
            return answer
        user, form, now = db.session.get_one(User, who().user_id), EnrolForm(), clock.now()
        secret = kept(ENROLLING).get("secret") or factor.new_secret()
        keep(ENROLLING, {"secret": secret})
        if form.validate_on_submit():
            codes = factor.enrol(user, secret, form.code.data, at=now)
            if codes:
                forget(ENROLLING)
                session["key"] = sessions.renew(session["key"], at=now)
                sessions.end_other_sessions(user, keep=session["key"], at=now)
                db.session.commit()
                return self._codes(codes)
            form.code.errors = [
                *form.code.errors,
                _("动态验证码不正确，核对手机时间后填写现在显示的 6 位数字"),
            ]
        picture = segno.make(
            factor.address_of(secret, account=user.username, issuer=shell().app_name), error="l"
        )
        return self.render_template(
            "accounts/factor_enrol.html",
            form=form,
            picture=picture.svg_data_uri(scale=4, border=4, light="white"),
            secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
            forced=_is_obliged() and user.factor_confirmed_at is None,
            replaces=user.factor_confirmed_at is not None,
            phone=setting("support_phone"),
        ), 422 if request.method == "POST" else 200

    @expose("/codes", methods=["POST"])
    @has_access
    def new_codes(self) -> Any:
        if answer := stale(url_for("FactorView.show")):
            return answer
        user = db.session.get_one(User, who().user_id)
        if user.factor_confirmed_at is None:
            return redirect(url_for("FactorView.show"))
        codes = factor.reprint(user, at=clock.now())
        db.session.commit()
        return self._codes(codes)

    @expose("/off", methods=["POST"])
    @has_access
    def off(self) -> Any:
        if answer := stale(url_for("FactorView.show")):
            return answer
        user = db.session.get_one(User, who().user_id)
        if user.factor_confirmed_at is not None and not _is_obliged():
            factor.turn_off(user, at=clock.now())
            db.session.commit()
            flash(_("两步验证已关闭，登录时只需要密码。"), "success")
        return redirect(url_for("FactorView.show"))

    def _codes(self, codes: list[str]) -> Any:
        """The answer to the post itself: reloading shows no codes again."""
        return self.render_template("accounts/factor_codes.html", codes=codes)


def require_factor() -> Any:
    """Before every request: whoever acts for an office and has no second factor yet gets one first (A06)."""
    if not current_app.config["STAFF_SECOND_FACTOR"] or request.endpoint in OPEN_WITHOUT_FACTOR:
        return None
    user = me()
    if user is None or user.must_change_password or user.factor_confirmed_at is not None or not _is_staff():
        return None
    return redirect(url_for("FactorView.enrol"))


def _is_obliged() -> bool:
    return bool(current_app.config["STAFF_SECOND_FACTOR"]) and _is_staff()


def _is_staff() -> bool:
    return any(role is not Role.APPLICANT for role in who().roles)
