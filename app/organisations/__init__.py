"""Units, departments, bureaus, committees, memberships and the department choice."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app."""
    from .views import VIEWS

    return VIEWS
