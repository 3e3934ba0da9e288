"""Views of this room; app/__init__.py registers VIEWS."""

import io
from typing import Any

from flask import Response, current_app, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..audit import record_apart
from ..dossier import storage
from ..dossier.pages import own_applications, own_person
from ..errors import DomainError, PhotoUnreadable, PrintLocked
from ..models import SECTIONS, Application, Attachment
from ..policy import get_or_404, is_own, visible_among
from ..vocabulary import N_, Role, Status
from ..web.request import has_role, me, who
from .document import COVER, PERSON
from .pdf import render
from .record import FILLABLE, PRINTABLE, Form, form_of

UNTIL_PASSED = N_("当前状态不能打印申报表。当前环节：%(step)s。评委会电子材料审核通过后即可打印。")
NEVER = N_("当前状态不能打印申报表。当前状态：%(step)s，本次申报已结束。")
UNDER_WAY = FILLABLE | {Status.IN_REVIEW}


class FormView(BaseView):
    """The form of an application for all who may see it (DOC-01…03, X-04)."""

    route_base = "/applications"

    @expose("/<int:pk>/form")
    @has_access
    def preview(self, pk: int) -> Any:
        application = _own(pk) or get_or_404(Application, pk, who())
        form = self._form(application)
        self._note_view(application)
        return self.render_template(
            "form/preview.html",
            application=application,
            document=form.document,
            crumbs=[self._list(application)],
            locked=_text(why_locked(application)),
            pdf_url=url_for("FormView.pdf", pk=pk) if application.status in PRINTABLE else "",
            missing=form.document.missing,
            photo_url=url_for("AttachmentView.get", pk=form.photo)
            if self._shows(form.photo, application)
            else "",
            edit_urls=_edit_urls() if form.is_live and self._is_mine(application) else {},
        )

    @expose("/<int:pk>/form.pdf")
    @has_access
    def pdf(self, pk: int) -> Any:
        application = get_or_404(Application, pk, who())
        refusal = why_locked(application)
        if refusal:
            raise refusal
        form = self._form(application)
        answer: Response = send_file(
            io.BytesIO(render(form.document, photo_bytes(form))),
            mimetype="application/pdf",
            as_attachment=True,
            download_name=f"{form.document.title}-{application.number}.pdf",
            max_age=0,
        )
        answer.headers["Cache-Control"] = "no-store"
        self._note_view(application)
        return answer

    def _form(self, application: Application) -> Form:
        return form_of(application, own=self._is_mine(application), on=clock.today())

    def _note_view(self, application: Application) -> None:
        """The form is a legal paper and shows the whole ID number; that an office opened it is recorded (D02)."""
        if not self._is_mine(application):
            record_apart("view_form", application, at=clock.now())

    def _is_mine(self, application: Application) -> bool:
        user = me()
        return user is not None and is_own(application, user)

    def _shows(self, photo: str | None, application: Application) -> bool:
        if photo is None:
            return False
        return self._is_mine(application) or bool(visible_among(Attachment, [photo], who()))

    def _list(self, application: Application) -> tuple[str, str]:
        if self._is_mine(application):
            return _("申报记录"), url_for("ProgressView.list")
        return _("待我审核"), url_for("DeskView.waiting")


def _own(pk: int) -> Application | None:
    """The reader's own application, read with all that the form shows of it."""
    if not has_role(Role.APPLICANT):
        return None
    own_person()
    return next((each for each in own_applications()[0] if each.id == pk), None)


def why_locked(application: Application) -> DomainError | None:
    """Why the form cannot be printed now: the current step, and when it will be possible (X-04)."""
    status = application.status
    if status in PRINTABLE:
        return None
    if status not in UNDER_WAY:
        return PrintLocked(NEVER, step=_(status.label))
    step = _(status.label)
    if status is Status.IN_REVIEW and application.stage:
        step = _(application.stage.label)
    return PrintLocked(UNTIL_PASSED, step=step)


def _text(refusal: DomainError | None) -> str:
    return _(refusal.message, **refusal.params) if refusal else ""


def _edit_urls() -> dict[str, str]:
    """Where a missing cell is filled in, by its source."""
    sections = [model.section.slug for model in SECTIONS]
    return {
        COVER: url_for("CoverView.start"),
        PERSON: url_for("PersonView.edit"),
        **{slug: url_for("SectionView.list", slug=slug) for slug in sections},
    }


def photo_bytes(form: Form) -> bytes | None:
    """The photo's bytes; PhotoUnreadable where they are gone."""
    if form.photo is None:
        return None
    try:
        return storage.read(current_app.config["PRIVATE_ROOT"], form.photo)
    except FileNotFoundError:
        raise PhotoUnreadable from None


VIEWS: tuple[type, ...] = (FormView,)
