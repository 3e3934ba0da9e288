"""FAB's AppBuilder with its loose doors shut, and the page frame's own small views."""

from typing import Any

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_appbuilder import AppBuilder, BaseView, IndexView, expose

from ..vocabulary import STAFF_ROLES, Role
from .request import is_local, who
from .shell import TEXT_SIZES

A_YEAR = 365 * 24 * 3600


class House(AppBuilder):
    """Registers the front door and sign-in only: no language by GET, no API, no menu API."""

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()


class FrontDoor(IndexView):
    """`/`: to the home of one's first role, or to sign in."""

    @expose("/")
    def index(self) -> Any:
        homes = {
            Role.APPLICANT: "ApplicantView.home",
            Role.HOTLINE: "HotlineView.search",
            Role.SUPER_ADMIN: "OverviewView.home",
            Role.SECURITY_ADMIN: "UserAdmin.list",
            Role.AUDITOR: "AuditView.list",
            **dict.fromkeys(STAFF_ROLES, "DeskView.home"),
        }
        roles = who().roles
        return redirect(url_for(homes[roles[0]] if roles else "SignInView.login"))


class PreferencesView(BaseView):
    """Language and text size: kept in cookies for a year, so that they outlast a sign-in."""

    route_base = "/preferences"

    @expose("/language/<string:code>", methods=["POST"])
    def language(self, code: str) -> Response:
        response = self._back()
        if code in current_app.config["LANGUAGES"]:
            response.set_cookie("language", code, **_lasting())
        return response

    @expose("/text-size", methods=["POST"])
    def text_size(self) -> Response:
        response = self._back()
        size = request.form.get("size", "")
        if size in TEXT_SIZES:
            response.set_cookie("text_size", size, **_lasting())
        return response

    def _back(self) -> Response:
        wanted = request.form.get("next", "")
        return redirect(wanted if is_local(wanted) else url_for("FrontDoor.index"))  # type: ignore[return-value]


def _lasting() -> dict[str, Any]:
    return {
        "max_age": A_YEAR,
        "secure": current_app.config["SESSION_COOKIE_SECURE"],
        "httponly": True,
        "samesite": "Lax",
    }


def locale() -> str:
    """The person's choice if he made one; else Chinese. The browser's language is not asked."""
    chosen = request.cookies.get("language", "") if request else ""
    default: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    return chosen if chosen in current_app.config["LANGUAGES"] else default


def choose_language(app: Flask) -> None:
    app.extensions["babel"].locale_selector = locale
