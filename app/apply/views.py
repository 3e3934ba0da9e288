"""Views of this room; app/__init__.py registers VIEWS."""

from .conditions_views import RoundConditionsView
from .eligibility_views import EligibilityView
from .home import ApplicantView
from .record import ProgressView
from .reminder_views import ReminderView, SubscriptionView
from .stamped_views import StampedView
from .wizard import CoverView

VIEWS: tuple[type, ...] = (
    ApplicantView,
    EligibilityView,
    CoverView,
    ProgressView,
    RoundConditionsView,
    ReminderView,
    SubscriptionView,
    StampedView,
)
