"""Views of this room; app/__init__.py registers VIEWS."""

from .conditions_views import RoundConditionsView
from .home import ApplicantView
from .record import ProgressView
from .wizard import CoverView

VIEWS: tuple[type, ...] = (ApplicantView, CoverView, ProgressView, RoundConditionsView)
