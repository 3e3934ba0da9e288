"""重新设置密码 by a one-time link (A11). The link's secret leaves the address bar at once."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _

from .. import clock
from ..errors import DomainError, PasswordRefused
from ..extensions import db
from ..messages.gateways import deliver_after_answer, gateway_of
from ..web.shell import setting
from . import reset, state
from .forms import LinkPasswordForm
from .public import Public

LONGEST = 100  # of an address that is kept in a cookie; a secret has 43 characters


class ResetView(Public):
    route_base = "/reset"
    default_view = "password"

    @expose("/<string:token>")
    def take(self, token: str) -> Any:
        """Keep the secret in this browser and go on without it: nothing of it is in a later Referer or history."""
        state.keep(self.endpoint, {"token": token[:LONGEST]})
        answer = redirect(url_for("ResetView.password"))
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    @expose("/", methods=["GET", "POST"])
    def password(self) -> Any:
        token, now = state.kept(self.endpoint).get("token", ""), clock.now()
        if reset.holder_of(token, at=now) is None:
            return self._page(None)
        form = LinkPasswordForm()
        if form.validate_on_submit():
            try:
                reset.reset(token, form.password.data, at=now)
                db.session.commit()
            except PasswordRefused as error:
                db.session.rollback()
                form.password.errors = [*form.password.errors, _(error.message, **error.params)]
            except DomainError:
                db.session.rollback()
                return self._page(None)
            else:
                state.forget(self.endpoint)
                flash(_("密码已重新设置，其他浏览器上的登录已全部退出。用新密码登录。"), "success")
                return redirect(url_for("SignInView.login"))
        return self._page(form)

    def _page(self, form: LinkPasswordForm | None) -> tuple[str, int]:
        dead = "" if form else _(reset.LinkDead.message, **reset.LinkDead().params)
        return self.render_template("accounts/reset.html", form=form, dead=dead), (
            422 if request.method == "POST" else 200
        )

    def _send_home(self) -> None:
        """Unlike other pages before sign-in it is open to whoever is signed in: the link may be for him."""


def send_reset(user: User, *, by: User, though_paused: bool = False) -> None:
    """Start a reset and send its link to the person's phone, committing both: for a view of whoever may do so.

    Raises NoMobile, Paused, or NoGateway where texts cannot be sent; nothing was started then.
    """
    gateway = gateway_of(current_app, phone=setting("support_phone"))
    now = clock.now()
    token = reset.start_reset(user, by=by, at=now, though_paused=though_paused)
    reset.send_link(user, url_for("ResetView.take", token=token, _external=True), at=now)
    db.session.commit()
    deliver_after_answer(gateway)
