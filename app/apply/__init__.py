"""The applicant's road: home, cover wizard, submission, progress, history."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app."""
    from .gaps import menu_counts
    from .views import VIEWS

    app.jinja_env.globals["menu_counts"] = menu_counts
    return VIEWS
