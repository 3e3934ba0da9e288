"""Packages to take away and receipts: made from what was submitted, never from what came after (APP-16)."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app."""
    from .views import VIEWS

    return VIEWS
