"""Accounts: sign-up, sign-in, codes by SMS, locks, sessions."""

from flask import Flask


def views_of(app: Flask) -> tuple[type, ...]:
    """The views this room registers in this app; the page of sent texts exists outside production only."""
    from .autosave import keeping
    from .draft_views import forget_what_was_saved, keep_what_came_too_late, unsaved
    from .factor_views import require_factor
    from .security import note_presence
    from .views import VIEWS, DevelopmentSmsView, require_new_password

    app.before_request(keep_what_came_too_late)
    app.before_request(require_new_password)
    app.before_request(require_factor)
    app.after_request(forget_what_was_saved)
    app.teardown_request(note_presence)
    app.jinja_env.globals.update(unsaved=unsaved, keeping=keeping)
    return VIEWS if app.config["IS_PRODUCTION"] else (*VIEWS, DevelopmentSmsView)
