"""Signing in and out, and the person's own account page."""

VIEWS: tuple[type, ...] = ()
