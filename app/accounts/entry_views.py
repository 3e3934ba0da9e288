"""A series' own entry: its title, header and hints around the same sign-in (ACC-18)."""

from typing import Any

from flask import abort, g, redirect, session, url_for
from flask_appbuilder import BaseView, expose
from sqlalchemy import func, select

from ..extensions import db
from ..models import SeriesEntry

ENTRY = "entry"


def chosen_entry() -> SeriesEntry | None:
    """The entry by which this browser came, until someone signs in; its header stands on the page."""
    slug = session.get(ENTRY)
    entry = _active(slug) if slug else None
    if entry and entry.header:
        g.app_name = entry.header
    return entry


def _active(slug: str) -> SeriesEntry | None:
    if not slug.isalnum():
        return None
    query = select(SeriesEntry).where(func.lower(SeriesEntry.slug) == slug.lower(), SeriesEntry.active)
    return db.session.scalars(query).one_or_none()


class EntryView(BaseView):  # type: ignore[misc]
    """`/entry/daj`; and `/dajLogin`, as people know it from the old system."""

    route_base = "/"
    default_view = "open"

    @expose("/entry/<string:entry>")
    @expose("/<string:entry>Login")
    def open(self, entry: str) -> Any:
        found = _active(entry) or abort(404)
        session[ENTRY] = found.slug
        return redirect(url_for("SignInView.login"))
