"""上次没有保存的内容: kept when a post comes too late, shown on the same page after signing in again (A03)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.exceptions import HTTPException

from .. import clock
from ..audit import record
from ..extensions import db
from ..web.request import is_local, myself
from . import autosave, drafts, sessions
from .autosave import AUTOSAVED, FLAG
from .security import session_lengths

# In the session: something was kept just now, for the sign-in page.
KEPT = "kept_draft"
REFUSED = 422
# Pages that hold secrets, a search or a pledge: what is typed there is typed again.
NOT_KEPT = {"AccountView", "ConfirmView", "FactorView", "MobileView", "HotlineView"}
NOT_KEPT_PAGES = {"CoverView.submit"}


@dataclass(frozen=True)
class Line:
    """One field as it is listed. A hidden one belongs to the form and is not read."""

    name: str
    label: str
    value: str
    shown: str

    @property
    def is_hidden(self) -> bool:
        return not self.label


@dataclass(frozen=True)
class Shown:
    path: str
    back: str
    saved_at: datetime
    lines: list[Line]


def keep_what_came_too_late() -> Any:
    """Before every request: a post whose sign-in has ended by time is kept, and nothing else is done with it.

    Its token was checked before; what was typed is shown to the same person on the same page.
    """
    key, endpoint = session.get("key"), request.endpoint or ""
    if request.method != "POST" or not key or myself() is not None:
        return None
    is_form = endpoint.partition(".")[0] not in NOT_KEPT and endpoint not in NOT_KEPT_PAGES
    if endpoint != "DraftView.keep" and not (is_form and _asks_to_sign_in(endpoint)):
        return None
    now = clock.now()
    user_id = sessions.find_expired(key, at=now, lasts=session_lengths())
    if user_id is None or str(user_id) != session.get("_user_id"):
        return None
    if endpoint == "DraftView.keep":
        return _keep_late(user_id)
    fields = drafts.typed(request.form.items(multi=True))
    if not fields or drafts.is_too_large(fields):
        return None
    drafts.keep(user_id, request.path, fields, seen=None, at=now)
    record("keep_draft", at=now, by_id=user_id, object_type="Draft")
    db.session.commit()
    session[KEPT] = True
    return redirect(url_for("SignInView.login", next=request.full_path.rstrip("?")))


def _keep_late(user_id: int) -> Any:
    """The last words of a page whose sign-in has ended meanwhile; it is told so, whatever became of them."""
    what = autosave.sent(request, user_id)
    if what is not None:
        autosave.keep(user_id, what)
        db.session.commit()
        session[KEPT] = True
    return {"state": "expired"}


def _asks_to_sign_in(endpoint: str) -> bool:
    """A page of those who are signed in, that can be opened as well: a form of its own, not a button."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or len(request.path) > drafts.LONGEST_PATH:
        return False
    try:
        page, _values = adapter.match(request.path, method="GET")
    except HTTPException:
        return False
    return all(hasattr(current_app.view_functions.get(each), "_permission_name") for each in (endpoint, page))


def note_unsaved(user_id: int) -> None:
    """At sign-in: pages look for what was kept only where there is something."""
    if drafts.has_any(user_id, at=clock.now()):
        session[FLAG] = True


def forget_what_was_saved(response: Response) -> Response:
    """After every request: a page that took the post has no draft any more."""
    may_have = session.get(FLAG) or request.endpoint in AUTOSAVED
    if may_have and request.method == "POST" and response.status_code < 400 and myself():
        drafts.drop_saved(int(session["_user_id"]), request.path)
    return response


def unsaved() -> Shown | None:
    """For the frame of the page: what its own reader had typed here. Nobody sees another's, no view-as either."""
    found = autosave.draft_here() if request.method == "GET" else None
    if not found:
        return None
    inputs = _inputs_named({name for name, _value in found.fields})
    lines = [_line(inputs[name], value) for name, value in found.fields if name in inputs]
    if all(each.is_hidden for each in lines):
        return None
    return Shown(request.path, request.full_path.rstrip("?"), found.saved_at, lines)


def _inputs_named(names: set[str]) -> dict[str, Any]:
    """These inputs, of the form that has most of them: it is the page's."""
    best = max(_forms(FlaskForm), key=lambda form: sum(hasattr(form, name) for name in names))
    form = best(formdata=None, meta={"csrf": False})
    return {name: form[name] for name in names if name in form}


def _forms(base: type[FlaskForm]) -> Iterator[type[FlaskForm]]:
    for each in base.__subclasses__():
        yield each
        yield from _forms(each)


def _line(field: Any, value: str) -> Line:
    """An option is listed by its words."""
    is_hidden = getattr(field.widget, "input_type", "") == "hidden"
    options = {
        str(each.value): each.label
        for each in getattr(field, "choices", None) or ()
        if hasattr(each, "value")
    }
    return Line(field.name, "" if is_hidden else str(field.label.text), value, str(options.get(value, value)))


class DraftView(BaseView):  # type: ignore[misc]
    route_base = "/account/unsaved"
    default_view = "discard"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        """So many a minute from one account, however many windows it has open."""
        blueprint: Blueprint = super().create_blueprint(appbuilder, *args, **kwargs)
        limit = current_app.config["AUTOSAVE_LIMIT"]
        appbuilder.sm.limiter.limit(limit, key_func=lambda: session.get("_user_id", ""))(blueprint)
        return blueprint

    @expose("/keep", methods=["POST"])
    @has_access
    def keep(self) -> Any:
        """What a page's script sends while one types; answered for the script."""
        user = myself()
        what = user and autosave.sent(request, user.id)
        if not user or not what:
            return {"state": "refused"}, REFUSED
        answer = autosave.keep(user.id, what)
        db.session.commit()
        session[FLAG] = True
        return answer

    @expose("/discard", methods=["POST"])
    @has_access
    def discard(self) -> Any:
        """Drop what is kept of the page at `path`, and lead back to it, with what its address asked for."""
        path, user = request.form.get("path", ""), myself()
        if user is None or not is_local(path):
            return redirect(url_for("FrontDoor.index"))
        drafts.drop(user.id, path.partition("?")[0])
        db.session.commit()
        flash(_("上次没有保存的内容已丢弃。"), "success")
        return redirect(path)
