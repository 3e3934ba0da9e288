"""Views of this room; app/__init__.py registers VIEWS."""

from .department_views import UnitChoiceView, UnitDepartmentView
from .round_views import CommitteeRoundView
from .scope_views import DepartmentScopeView
from .verify_views import UnitCheckView

VIEWS: tuple[type, ...] = (
    UnitDepartmentView,
    UnitChoiceView,
    DepartmentScopeView,
    UnitCheckView,
    CommitteeRoundView,
)
