"""Views of this room; app/__init__.py registers VIEWS."""

from .department_views import UnitChoiceView, UnitDepartmentView
from .round_views import CommitteeRoundView

VIEWS: tuple[type, ...] = (UnitDepartmentView, UnitChoiceView, CommitteeRoundView)
