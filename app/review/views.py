"""Views of this room; app/__init__.py registers VIEWS."""

from .board_views import BoardView, OverdueView
from .bulk_views import BulkView
from .desk_views import DeskView
from .export_views import ExportView
from .notes_views import NoteView, OwnDeskView
from .notice_views import NoticeFileView, NoticeView
from .opinion_views import UnitOpinionView
from .saved_views import SavedListView
from .staff_views import StaffView
from .stamped_views import StampedDeskView
from .unit_views import UnitView
from .workbench_views import WorkbenchView

VIEWS: tuple[type, ...] = (
    DeskView,
    OverdueView,
    StampedDeskView,
    BoardView,
    WorkbenchView,
    UnitOpinionView,
    NoticeView,
    NoticeFileView,
    SavedListView,
    BulkView,
    ExportView,
    NoteView,
    OwnDeskView,
    UnitView,
    StaffView,
)
