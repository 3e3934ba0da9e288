"""Units, departments, bureaus, committees, memberships and the department choice."""

from flask import Flask


def views(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app."""
    from .views import VIEWS

    return VIEWS
