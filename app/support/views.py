"""Views of this room; app/__init__.py registers VIEWS."""

VIEWS: tuple[type, ...] = ()
