"""What the pages before sign-in share: limits per address, the settings' limits, letting someone in."""

import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_appbuilder import BaseView
from flask_appbuilder.hooks import before_request
from flask_appbuilder.security.sqla.models import User
from flask_appbuilder.utils.base import get_safe_redirect
from flask_login import login_user
from werkzeug.exceptions import HTTPException

from .. import clock
from ..extensions import db
from ..messages.gateways import deliver, gateway_of
from ..vocabulary import Purpose
from ..web.request import me
from ..web.shell import setting
from .codes import Limits, redeem_code, send_code
from .operations import Locks


class Public(BaseView):  # type: ignore[misc]
    """A view for people who are not signed in; posts are limited per address (A05, A10)."""

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        blueprint: Blueprint = super().create_blueprint(appbuilder, *args, **kwargs)
        appbuilder.sm.limiter.limit(current_app.config["SIGN_IN_LIMIT"], methods=["POST"])(blueprint)
        return blueprint

    @before_request
    def _send_home(self) -> Any:
        """Who is signed in has no business here, except to sign out."""
        if me() is not None and request.endpoint != "SignInView.logout":
            return redirect(url_for("FrontDoor.index"))
        return None

    def page(self, template: str, **values: Any) -> tuple[str, int]:
        """The page; after a refused post with status 422."""
        return self.render_template(template, **values), 422 if request.method == "POST" else 200


def locks() -> Locks:
    return Locks(
        tries=current_app.config["MAX_FAILED_SIGN_INS"],
        length=timedelta(minutes=current_app.config["LOCK_MINUTES"]),
    )


def code_limits() -> Limits:
    return Limits(
        a_day=current_app.config["SMS_CODES_PER_DAY"],
        lasts=timedelta(minutes=current_app.config["SMS_CODE_MINUTES"]),
        tries=current_app.config["SMS_CODE_TRIES"],
    )


def request_code(mobile: str, purpose: Purpose, *, to_phone: bool = True) -> None:
    """Send a code bound to this browser, and commit. NoGateway or CodeQuotaUsed: nothing was counted."""
    phone = setting("support_phone")
    gateway = gateway_of(current_app, phone=phone)
    browser = session.setdefault("browser", secrets.token_urlsafe(24))
    now = clock.now()
    send_code(mobile, purpose, browser=browser, to_phone=to_phone, limits=code_limits(), at=now, phone=phone)
    db.session.commit()
    deliver(gateway, at=now)
    db.session.commit()


def redeem(code: str, mobile: str, purpose: Purpose) -> bool:
    """Use up a code sent to this browser. A refused try is committed at once, so that it counts."""
    right = redeem_code(
        code, mobile, purpose, browser=session.get("browser", ""), limits=code_limits(), at=clock.now()
    )
    if not right:
        db.session.commit()
    return right


def let_in(user: User, key: str) -> None:
    """Begin a session that holds nothing of the one before (A02)."""
    session.clear()
    login_user(user)
    session["key"] = key


def destination(wanted: str) -> str:
    """Where to go after signing in: a page of this app that can be opened, else the front door (T6, C12)."""
    home = url_for("FrontDoor.index")
    if wanted.startswith(request.host_url):
        wanted = "/" + wanted.removeprefix(request.host_url)
    parts = urlsplit(get_safe_redirect(wanted)) if wanted else urlsplit(home)
    if parts.scheme or parts.netloc:
        return home
    try:
        current_app.create_url_adapter(request).match(parts.path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return home
    return urlunsplit(("", "", parts.path, parts.query, ""))
