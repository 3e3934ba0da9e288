"""Views of this room; app/__init__.py registers VIEWS."""

from .attachment_views import AttachmentView
from .list_views import RecordListView
from .lookup_views import LookupView
from .person_views import PersonView
from .section_views import SectionView

VIEWS: tuple[type, ...] = (PersonView, SectionView, RecordListView, AttachmentView, LookupView)
