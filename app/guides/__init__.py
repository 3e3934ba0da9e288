"""系统使用指南 and 用户手册 (SUP-02): read in the app, downloaded as PDF. Their texts are templates/guides/*.md."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app."""
    from . import places
    from .views import VIEWS

    places.register(app)
    return VIEWS
