"""Signing in and out, the person's own account page, and the texts sent during development."""

from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_login import logout_user
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from .. import clock
from ..extensions import db
from ..models import Notice, Outbox, Round
from ..web.deadlines import days_left, last_day
from ..web.request import myself
from ..web.shell import setting
from . import help, operations, sessions
from .draft_views import DraftView
from .entry_views import EntryView, chosen_entry
from .factor_views import FactorView, SecondStepView, ask_for_code
from .forms import SignInForm, trimmed
from .fresh import ConfirmView
from .mobile_views import MobileView
from .public import (
    Public,
    destination,
    device,
    let_in,
    limit_tries,
    lock_words,
    locks,
    watch_failures,
)
from .recover_views import RecoverView
from .reset_views import ResetView
from .sign_up_views import SignUpView, UnitSignUpView

SHOWN_COMMITTEES, SHOWN_NOTICES, SHOWN_TEXTS = 6, 5, 100
OPEN_WITHOUT_NEW_PASSWORD = {
    "AccountView.change_password",
    "SignInView.logout",
    "PreferencesView.language",
    "PreferencesView.text_size",
    "static",
}


@dataclass(frozen=True)
class Open:
    """A committee that takes applications now, until the end of `last_day`."""

    round_id: int
    committee: str
    last_day: date
    days_left: int


class SignInView(Public):
    """The start page of whoever is not signed in (screens.md 3.2)."""

    route_base = "/sign-in"
    default_view = "login"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Any:
        return limit_tries(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @expose("/", methods=["GET", "POST"])
    def login(self) -> Any:
        wanted = request.args.get("next", "")
        form, attempt, now = SignInForm(), None, clock.now()
        if request.method == "GET" and wanted:
            session.pop("_flashes", None)  # FAB's own sentence; the page says what to do instead
        if form.validate_on_submit():
            attempt = operations.sign_in(
                form.name.data, form.password.data, device=device(), locks=locks(), at=now
            )
            if attempt.wants_code:
                return ask_for_code(attempt.wants_code, wanted, now)
            if attempt.user is not None:
                then = destination(wanted)
                let_in(attempt.user, attempt.key, attempt.device)
                return redirect(then)
            watch_failures(now)
        open_now, more = _open_committees(now)
        return self.page(
            "accounts/sign_in.html",
            entry=chosen_entry(),
            form=form,
            attempt=attempt,
            **lock_words(attempt, form.name.data or ""),
            wanted=wanted,
            committees=open_now,
            more_committees=more,
            next_opening=None if open_now else _next_opening(now),
            notices=db.session.scalars(
                select(Notice).order_by(Notice.published_at.desc(), Notice.id.desc()).limit(SHOWN_NOTICES)
            ).all(),
            demo_accounts=_demo_accounts(),
        )

    @expose("/unlock-request", methods=["POST"])
    def ask_unlock(self) -> Any:
        """请求解锁: the answer is the same for every name (A07)."""
        name = trimmed(request.form.get("name", "")) or ""
        if name:
            help.ask_unlock(name[:100], locks=locks(), at=clock.now())
            db.session.commit()
        flash(
            _(
                "解锁请求已收到。账号存在且已锁定的，由负责解锁的单位或热线核实后解锁；急用时拨打 %(phone)s。",
                phone=setting("support_phone"),
            ),
            "success",
        )
        return redirect(url_for("SignInView.login"))

    @expose("/out", methods=["POST"])
    def logout(self) -> Any:
        """End the session on the server: a cookie saved before is worth nothing after (A01, T1)."""
        key = session.get("key")
        if key:
            sessions.end_session(key, at=clock.now())
            db.session.commit()
        logout_user()
        session.clear()
        flash(_("已退出登录。"), "success")
        return redirect(url_for("SignInView.login"))


def _open_committees(at: datetime) -> tuple[list[Open], int]:
    """The committees open now, the soonest to close first, and how many more there are."""
    is_open = Round.is_open(at)
    rounds = db.session.scalars(
        select(Round)
        .where(is_open)
        .options(joinedload(Round.committee))
        .order_by(Round.closes_at, Round.id)
        .limit(SHOWN_COMMITTEES)
    ).all()
    shown = []
    for each in rounds:
        _opens, closes = each.span_at(at) or (each.opens_at, each.closes_at)
        shown.append(Open(each.id, each.committee.name, last_day(closes), days_left(closes, at)))
    count = db.session.scalar(select(func.count(Round.id)).where(is_open)) or 0
    return shown, count - len(shown)


def _next_opening(at: datetime) -> datetime | None:
    coming = db.session.scalars(select(Round).where(Round.published_at.is_not(None), Round.closes_at > at))
    spans = (each.span_at(at) for each in coming)
    return min((opens for opens, _closes in filter(None, spans) if opens > at), default=None)


def _demo_accounts() -> tuple[tuple[str, str, str], ...]:
    """Role, user name and password of each demo account; none in production or before `flask demo`."""
    if current_app.config["IS_PRODUCTION"]:
        return ()
    if db.session.scalar(select(User.id).where(User.username == "demo-admin")) is None:
        return ()
    accounts: tuple[tuple[str, str, str], ...] = import_module("app.demo").ACCOUNTS
    return accounts


class DevelopmentSmsView(BaseView):  # type: ignore[misc]
    """The texts that would have gone to phones. Registered outside production only."""

    route_base = "/development"
    default_view = "sms"

    @expose("/sms")
    def sms(self) -> Any:
        texts = db.session.scalars(select(Outbox).order_by(Outbox.id.desc()).limit(SHOWN_TEXTS)).all()
        return self.render_template("accounts/development_sms.html", texts=texts)


def require_new_password() -> Any:
    """Before every request: whoever has to change his password does nothing else first."""
    if request.endpoint in OPEN_WITHOUT_NEW_PASSWORD:
        return None
    user = myself()
    if user is None or not user.must_change_password:
        return None
    return redirect(url_for("AccountView.change_password"))


VIEWS: tuple[type, ...] = (
    SignUpView,
    UnitSignUpView,
    RecoverView,
    ResetView,
    MobileView,
    DraftView,
    EntryView,
    SecondStepView,
    ConfirmView,
    FactorView,
)
