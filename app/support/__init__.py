"""The hotline desk."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app; a view as an applicant only reads."""
    from .view_as_views import keep_read_only
    from .views import VIEWS

    app.before_request(keep_read_only)
    return VIEWS
