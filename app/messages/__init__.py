"""The inbox, notices, and texts on their way to a phone."""

from flask import Flask


def views(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app."""
    from .views import VIEWS

    return VIEWS
