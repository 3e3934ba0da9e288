"""The application form of 17 tables: preview and PDF."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app."""
    from .archive_views import ArchiveView
    from .views import VIEWS

    return (*VIEWS, ArchiveView)
