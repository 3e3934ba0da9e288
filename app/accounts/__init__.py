"""Accounts: sign-up, sign-in, codes by SMS, locks, sessions."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app; the page of sent texts exists outside production only."""
    from .factor_views import require_factor
    from .security import note_presence
    from .views import VIEWS, DevelopmentSmsView, require_new_password

    app.before_request(require_new_password)
    app.before_request(require_factor)
    app.teardown_request(note_presence)
    return VIEWS if app.config["IS_PRODUCTION"] else (*VIEWS, DevelopmentSmsView)
