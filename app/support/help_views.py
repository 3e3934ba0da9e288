"""What an applicant asks of the hotline: a missing major or profession, a wrong name; and what it changed for him."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select

from .. import clock
from ..errors import DomainError
from ..extensions import db
from ..models import CaseEntry, HelpRequest, SupportCase
from ..vocabulary import CaseKind, Deed, RequestStatus
from ..web.errors import said
from ..web.request import me, who
from . import asked
from .entries import content_of
from .forms import AskCorrectionForm, AskLeafForm
from .images import taken_in
from .rules import MOST_IMAGES

LISTED = 50
TOLD = (Deed.CHANGED, Deed.CORRECTED)


class HelpView(BaseView):  # type: ignore[misc]
    route_base = "/help"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        """One's own requests and what came of them."""
        return self.render_template(
            "support/help.html",
            requests=db.session.scalars(
                select(HelpRequest)
                .where(HelpRequest.user_id == who().user_id)
                .order_by(HelpRequest.id.desc())
                .limit(LISTED)
            ).all(),
            RequestStatus=RequestStatus,
        )

    @expose("/major", methods=["GET", "POST"])
    @has_access
    def major(self) -> Any:
        return self._leaf(CaseKind.NEW_MAJOR)

    @expose("/profession", methods=["GET", "POST"])
    @has_access
    def profession(self) -> Any:
        return self._leaf(CaseKind.NEW_PROFESSION)

    @expose("/correction", methods=["GET", "POST"])
    @has_access
    def correction(self) -> Any:
        """One's own name or ID number is wrong; nobody but the hotline can mend it (ACC-04)."""
        form = AskCorrectionForm()
        content = {"value": form.value.data or "", "note": form.note.data or ""}
        return self._ask("support/help_correction.html", form, CaseKind.CORRECTION, content)

    @expose("/changes")
    @has_access
    def changes(self) -> Any:
        """材料变更: every change that the hotline has made for this person, before and after (B10)."""
        entries = db.session.scalars(
            select(CaseEntry)
            .join(SupportCase, SupportCase.id == CaseEntry.case_id)
            .where(SupportCase.subject_id == who().user_id, CaseEntry.deed.in_(TOLD))
            .order_by(CaseEntry.id.desc())
            .limit(LISTED)
        )
        return self.render_template(
            "support/changes.html", entries=[(each, content_of(each)) for each in entries]
        )

    def _leaf(self, kind: CaseKind) -> Any:
        form = AskLeafForm()
        names = dict(zip(("level1", "level2", "level3"), form.names, strict=True))
        return self._ask("support/help_leaf.html", form, kind, {**names, "note": form.note.data or ""})

    def _ask(self, template: str, form: Any, kind: CaseKind, content: dict[str, str]) -> Any:
        problem = ""
        if form.validate_on_submit():
            try:
                with taken_in() as images:
                    found = asked.ask(kind, content, images, by=me(), at=clock.now())
                    db.session.commit()
                flash(_("请求已提交，编号 %(number)s。处理后会发消息给您。", number=found.number), "success")
                return redirect(url_for("HelpView.list"))
            except DomainError as error:
                db.session.rollback()
                problem = said(error)
        return self.render_template(
            template, form=form, kind=kind, CaseKind=CaseKind, problem=problem, most=MOST_IMAGES
        ), 422 if request.method == "POST" else 200
