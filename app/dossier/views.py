"""Views of this room; app/__init__.py registers VIEWS."""

from .attachment_views import AttachmentView
from .copy_views import CopyView
from .file_views import FileView
from .list_views import RecordListView
from .lookup_views import LookupView
from .mark_views import MarkView
from .paste_views import PasteView
from .person_views import PersonView
from .photo_views import PhotoView
from .section_views import SectionView
from .year_rows_views import YearsView

VIEWS: tuple[type, ...] = (
    PersonView,
    PhotoView,
    SectionView,
    RecordListView,
    YearsView,
    PasteView,
    CopyView,
    AttachmentView,
    FileView,
    LookupView,
    MarkView,
)
