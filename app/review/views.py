"""Views of this room; app/__init__.py registers VIEWS."""

from .desk_views import DeskView
from .notice_views import NoticeFileView, NoticeView
from .opinion_views import UnitOpinionView
from .staff_views import StaffView
from .unit_views import UnitView
from .workbench_views import WorkbenchView

VIEWS: tuple[type, ...] = (
    DeskView,
    WorkbenchView,
    UnitOpinionView,
    NoticeView,
    NoticeFileView,
    UnitView,
    StaffView,
)
