"""The hotline desk."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app."""
    from .views import VIEWS

    return VIEWS
