"""What the pages before sign-in share: limits per address, the settings' limits, letting someone in."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, Response, after_this_request, current_app, redirect, request, session, url_for
from flask_appbuilder import BaseView
from flask_appbuilder.hooks import before_request
from flask_appbuilder.security.sqla.models import User
from flask_appbuilder.utils.base import get_safe_redirect
from flask_login import login_user
from werkzeug.exceptions import HTTPException

from ..database import read_only
from ..extensions import db
from ..protection import index_of
from ..web.request import me, myself
from . import devices
from .alarm import watch_sign_ins
from .draft_views import note_unsaved
from .help import unlocking_unit
from .operations import Attempt, Locks, find_account
from .sessions import digest
from .state import kept

DEVICE_LASTS = timedelta(days=365)
PENDING = "pending"


class Public(BaseView):  # type: ignore[misc]
    """A view for people who are not signed in; posts are limited per address (A05, A10)."""

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        return limit_posts(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @before_request
    def _send_home(self) -> Any:
        """Who is signed in has no business here, except to sign out."""
        if me() is not None and request.endpoint != "SignInView.logout":
            return redirect(url_for("FrontDoor.index"))
        return None

    def page(self, template: str, **values: Any) -> tuple[str, int]:
        """The page; after a refused post with status 422."""
        return self.render_template(template, **values), 422 if request.method == "POST" else 200


def limit_posts(blueprint: Blueprint, appbuilder: Any) -> Blueprint:
    """So many posts a minute from one address; who is known behind it counts apart (A05)."""
    limit = current_app.config["SIGN_IN_LIMIT"]
    appbuilder.sm.limiter.limit(limit, key_func=_where_from, methods=["POST"])(blueprint)
    return blueprint


def limit_tries(blueprint: Blueprint, appbuilder: Any) -> Blueprint:
    """So many posts a minute about one account, from wherever they come; a known browser counts apart (A05)."""
    limit = current_app.config["SIGN_IN_NAME_LIMIT"]
    appbuilder.sm.limiter.limit(limit, key_func=_account_meant, methods=["POST"])(blueprint)
    return blueprint


def _where_from() -> str:
    """The address, and who is known there: a unit, or a campus, shares one.

    A browser is known only for an account it has signed in to. So whoever floods the address shuts out
    strangers there, and whoever has an account of his own gets no further tries at others'.
    """
    address = request.remote_addr or ""
    mine = myself()
    if mine is not None:
        return f"{address} {mine.id}"
    key = device()
    if not key:
        return address
    with read_only():
        pending = kept(PENDING).get("user_id")
        found = None if pending else find_account(request.form.get("name", ""))
        user_id = pending or (found.id if found else None)
        is_known = user_id is not None and devices.find(user_id, key) is not None
        db.session.rollback()
    return f"{address} {user_id} {digest(key)}" if is_known else address


def _account_meant() -> str:
    """The account a try is about, as an index: the name itself is kept nowhere."""
    name = request.form.get("name", "").strip().upper() or f"pending {kept(PENDING).get('user_id', '')}"
    with read_only():
        key = device()
        mine = f":{digest(key)}" if devices.is_known(key) else ""
        db.session.rollback()
    return f"{index_of(name)}{mine}"


def locks() -> Locks:
    return Locks(
        tries=current_app.config["MAX_FAILED_SIGN_INS"],
        length=timedelta(minutes=current_app.config["LOCK_MINUTES"]),
    )


def lock_words(attempt: Attempt | None, name: str) -> dict[str, Any]:
    """What the page says of a lock. Only a browser known to the account learns which unit unlocks it.

    To anyone else the sentence is the same for every name: a guessed ID number tells neither that it has an
    account nor where its holder works (A07).
    """
    unit = None
    if attempt and attempt.locked and attempt.is_known:
        user = find_account(name)
        unit = unlocking_unit(user.id) if user else None
    return {
        "unit": unit,
        "lock_tries": current_app.config["MAX_FAILED_SIGN_INS"],
        "lock_minutes": current_app.config["LOCK_MINUTES"],
    }


def watch_failures(at: datetime) -> None:
    """After a failed try: is somebody trying passwords all over?"""
    if watch_sign_ins(current_app.config["SIGN_IN_ALARM"], at=at):
        db.session.commit()
    else:
        db.session.rollback()


def let_in(user: User, key: str, device_key: str = "") -> None:
    """Begin a session that holds nothing of the one before (A02); the browser is known by `device_key` from now on."""
    session.clear()
    login_user(user)
    session["key"] = key
    note_unsaved(user.id)
    if device_key:
        after_this_request(lambda response: _know_browser(response, device_key))


def device() -> str:
    """The key by which this browser may be known; empty for a new one."""
    return request.cookies.get(_device_cookie(), "")


def _device_cookie() -> str:
    return "__Host-device" if current_app.config["IS_PRODUCTION"] else "device"


def _know_browser(response: Response, key: str) -> Response:
    response.set_cookie(
        _device_cookie(),
        key,
        max_age=DEVICE_LASTS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


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
