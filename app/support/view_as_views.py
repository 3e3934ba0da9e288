"""以申报人视角查看: read only, fifteen minutes, told to the person (SUP-01). web/request.py holds it."""

from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..errors import DomainError
from ..extensions import db
from ..models import SupportCase, ViewAs
from ..policy import get_or_404
from ..web.errors import said
from ..web.request import VIEW, me, myself, view_as, who
from . import operations
from .case_views import case_page, own_open_case
from .refusals import ReadOnlyView

# The applicant's pages that can be read without a scan, a photo or a whole number on them.
SEEN = frozenset(
    "FrontDoor.index ApplicantView.home ApplicantView.next_gap PersonView.edit PersonView.unit SectionView.list "
    "SectionView.add SectionView.edit AttachmentView.list EligibilityView.edit CoverView.start CoverView.cover CoverView.basics "
    "CoverView.check CoverView.submit CoverView.done ProgressView.list ProgressView.show MessagesView.list MessagesView.show "
    "NoticesView.list NoticesView.show HelpView.list HelpView.changes LookupView.find static appbuilder.static".split()
)


class ViewAsView(BaseView):  # type: ignore[misc]
    route_base = "/view-as"

    @expose("/<int:pk>/begin", methods=["POST"])
    @has_access
    def begin(self, pk: int) -> Any:
        """From one's own open case (`pk`)."""
        case = own_open_case(pk)
        try:
            view = operations.start_view(case, by=me(), at=clock.now())
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return case_page(self, get_or_404(SupportCase, pk, who()), problem=said(error)), error.status
        session[VIEW] = view.id
        return redirect(url_for("ApplicantView.home"))

    @expose("/end", methods=["POST"])
    @has_access
    def end(self) -> Any:
        view = _left_view()
        there = url_for("CaseView.show", pk=view.case_id) if view else url_for("HotlineView.search")
        if view is not None:
            operations.end_view(view, by=me(), at=clock.now())
            db.session.commit()
        session.pop(VIEW, None)
        flash(_("已结束以申报人视角查看。"), "success")
        return redirect(there)


def keep_read_only() -> None:
    """Before every request: a view reads the applicant's pages, and nothing else; signing out ends it."""
    if request.endpoint == "SignInView.logout":
        view, user = _left_view(), myself()
        if view is not None and user is not None:
            operations.end_view(view, by=user, at=clock.now())
        return
    if view_as() is not None and (request.method not in ("GET", "OPTIONS") or request.endpoint not in SEEN):
        raise ReadOnlyView


def _left_view() -> ViewAs | None:
    """The view of this browser, at the doors where one is oneself again."""
    key, user = session.get(VIEW), myself()
    if not key or user is None:
        return None
    view = db.session.get(ViewAs, int(key))
    return view if view is not None and view.by_id == user.id else None
