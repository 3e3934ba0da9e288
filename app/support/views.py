"""Views of this room; app/__init__.py registers VIEWS."""

from .case_views import CaseView
from .correction_views import CorrectionView
from .desk_views import HotlineView
from .dossier_views import CaseDossierView
from .evidence_views import EvidenceView
from .help_views import HelpView
from .office_views import OfficeAccountView
from .request_views import RequestView
from .unit_help_views import UnitHelpView
from .view_as_views import ViewAsView
from .work_views import CaseWorkView

VIEWS: tuple[type, ...] = (
    HotlineView,
    RequestView,
    CaseView,
    CaseWorkView,
    CaseDossierView,
    CorrectionView,
    EvidenceView,
    OfficeAccountView,
    ViewAsView,
    HelpView,
    UnitHelpView,
)
