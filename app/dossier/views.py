"""Views of this room; app/__init__.py registers VIEWS."""

from .attachment_views import AttachmentView
from .list_views import RecordListView
from .lookup_views import LookupView
from .person_views import PersonView
from .photo_views import PhotoView
from .section_views import SectionView

VIEWS: tuple[type, ...] = (PersonView, PhotoView, SectionView, RecordListView, AttachmentView, LookupView)
