"""账号与安全: who one is here, one's browsers, password and mobile."""

from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_login import logout_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import audit, clock
from ..errors import PasswordRefused
from ..extensions import db
from ..messages.notifying import switches
from ..models import Membership
from ..vocabulary import Role
from ..web import preferences
from ..web.fields import number_in
from ..web.request import who
from . import operations, sessions
from .forms import ChangePasswordForm
from .public import device, locks
from .security import session_lengths


class AccountView(BaseView):  # type: ignore[misc]
    route_base = "/account"
    default_view = "show"

    @expose("/")
    @has_access
    def show(self) -> Any:
        user = db.session.get_one(User, who().user_id)
        return self.render_template(
            "accounts/account.html",
            user=user,
            memberships=db.session.scalars(
                select(Membership)
                .where(Membership.user_id == user.id)
                .options(joinedload(Membership.organisation))
                .order_by(Membership.id)
            ).all(),
            browsers=sessions.open_browsers(user, at=clock.now(), lasts=session_lengths()),
            here=sessions.digest(session.get("key", "")),
            switches=_switches(),
            chosen=preferences.chosen_by(user.id),
            is_on=preferences.is_on,
        )

    @expose("/news", methods=["POST"])
    @has_access
    def news(self) -> Any:
        """Choose whether results and reminders come by SMS and by mail; what is not offered stays as it is."""
        user = db.session.get_one(User, who().user_id)
        chosen = {each: request.form.get(each) == "on" for each in _switches()}
        preferences.keep(user, chosen)
        on = ", ".join(each for each, is_on in chosen.items() if is_on)
        audit.record("choose_news", user, at=clock.now(), detail=f"on: {on or '-'}")
        db.session.commit()
        flash(_("通知方式已保存。"), "success")
        return redirect(url_for("AccountView.show", _anchor="news"))

    @expose("/browsers", methods=["POST"])
    @has_access
    def end_browsers(self) -> Any:
        """Sign one browser out (`browser`), or with `browser=all` every one, this one too (A01)."""
        user, now = db.session.get_one(User, who().user_id), clock.now()
        if request.form.get("browser") == "all":
            sessions.end_all(user, at=now)
            db.session.commit()
            return self._signed_out(_("所有浏览器上的登录已全部退出。"), "success")
        if sessions.end_browser(user, number_in(request.form.get("browser")) or 0, at=now):
            db.session.commit()
            flash(_("已退出那个浏览器上的登录。"), "success")
        return redirect(url_for("AccountView.show", _anchor="security"))

    @expose("/password", methods=["GET", "POST"])
    @has_access
    def change_password(self) -> Any:
        """Change the password after the old one is verified; this browser stays signed in (ACC-14).

        A wrong old one counts and locks as at sign-in: a browser left open is no place to guess.
        """
        user, now = db.session.get_one(User, who().user_id), clock.now()
        form = ChangePasswordForm()
        if form.validate_on_submit():
            attempt = operations.prove_password(
                user.id, form.current.data, key=session["key"], device=device(), locks=locks(), at=now
            )
            if attempt.locked:
                return self._signed_out(_("密码连续输错次数过多，账号已锁定，本次登录已退出。"), "danger")
            if not attempt.key:
                form.current.errors = [
                    *form.current.errors,
                    _("当前密码不正确，还可以再试 %(n)s 次", n=attempt.tries_left),
                ]
            else:
                session["key"] = attempt.key
                if self._changes(user, form, attempt.key):
                    flash(_("密码已修改，其他浏览器上的登录已全部退出。"), "success")
                    return redirect(url_for("AccountView.show"))
        return self.render_template(
            "accounts/change_password.html", form=form, forced=user.must_change_password
        ), 422 if request.method == "POST" else 200

    def _changes(self, user: User, form: ChangePasswordForm, key: str) -> bool:
        try:
            operations.change_password(user, form.password.data, keep=key, at=clock.now())
            db.session.commit()
        except PasswordRefused as error:
            db.session.rollback()
            form.password.errors = [*form.password.errors, _(error.message, **error.params)]
            return False
        return True

    def _signed_out(self, why: str, category: str) -> Any:
        logout_user()
        session.clear()
        flash(why, category)
        return redirect(url_for("SignInView.login"))


def _switches() -> tuple[str, ...]:
    return switches(is_applicant=Role.APPLICANT in who().organisations, is_clerk=bool(who().offices))
