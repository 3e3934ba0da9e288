"""The applicant ticks off what an office marked."""

from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access

from .. import clock
from ..extensions import db
from ..models import ReviewNote
from ..policy import get_or_404
from ..web.request import who
from . import returned
from .pages import back_to


class MarkView(BaseView):  # type: ignore[misc]
    route_base = "/marks"

    @expose("/<int:pk>/handle", methods=["POST"])
    @has_access
    def handle(self, pk: int) -> Any:
        """已处理 (`handled` = yes), or take it back. It changes nothing else: the office judges."""
        note = get_or_404(ReviewNote, pk, who())
        returned.handle(note, request.form.get("handled") == "yes", at=clock.now())
        db.session.commit()
        return redirect(back_to(url_for("ApplicantView.home")))
