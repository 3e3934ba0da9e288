"""Views of this room; app/__init__.py registers VIEWS."""

import io
from typing import Any

from flask import Response, redirect, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..audit import record_apart
from ..dossier.pages import own_applications, own_person
from ..errors import DomainError, PrintLocked
from ..extensions import db
from ..models import SECTIONS, Application, Attachment
from ..policy import get_or_404, is_own, visible_among
from ..vocabulary import N_, Role, Status
from ..web.request import has_role, me, who
from . import kept, qr
from .document import COVER, PERSON
from .paging import lay_out
from .record import FILLABLE, PRINTABLE, Form, form_of
from .text import text_of
from .verify_views import VerifyView
from .wording import FOLIO, SCAN

UNTIL_PASSED = N_("当前状态不能打印申报表。当前环节：%(step)s。评委会电子材料审核通过后即可打印。")
NEVER = N_("当前状态不能打印申报表。当前状态：%(step)s，本次申报已结束。")
UNDER_WAY = FILLABLE | {Status.IN_REVIEW}
# So long the press of the button itself waits; a form takes two or three seconds.
AT_ONCE = 6
AGAIN_IN = 2


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
            paged=lay_out(form.document),
            folio=FOLIO,
            code=qr.picture(form.document.verify) if form.document.verify else "",
            code_says=SCAN,
            crumbs=[self._list(application)],
            locked=_text(why_locked(application)),
            missing=form.document.missing,
            photo_url=url_for("AttachmentView.get", pk=form.photo)
            if self._shows(form.photo, application)
            else "",
            edit_urls=_edit_urls() if form.is_live and self._is_mine(application) else {},
        )

    @expose("/<int:pk>/form.pdf")
    @has_access
    def pdf(self, pk: int) -> Any:
        """What has been made; else the page from which it is made, because a GET makes nothing."""
        application = _printable(pk)
        order = kept.order_of(application)
        found = kept.kept(order)
        if found is None:
            return redirect(url_for("FormView.printing", pk=pk))
        self._note_view(application)
        return _download(found, "application/pdf", f"{order.document.title}-{application.number}.pdf")

    @expose("/<int:pk>/form.pdf", methods=["POST"])
    @has_access
    def make(self, pk: int) -> Any:
        """[生成PDF]: made once, whoever asks; who has to wait sees how far it is."""
        order = kept.order_of(_printable(pk))
        db.session.commit()
        if kept.kept(order) is None:
            claim = kept.take(order)
            if claim:
                kept.begin(order, claim).join(AT_ONCE)
            if kept.kept(order) is None:
                return redirect(url_for("FormView.printing", pk=pk))
        return redirect(url_for("FormView.pdf", pk=pk))

    @expose("/<int:pk>/form/printing")
    @has_access
    def printing(self, pk: int) -> Any:
        """Whether the PDF is there, being made, waiting or refused; it looks again by itself while somebody is at it."""
        application = _printable(pk)
        order = kept.order_of(application)
        row = kept.state_of(order)
        is_made = kept.kept(order) is not None
        is_alive = row is not None and kept.is_alive(row)
        page = self.render_template(
            "form/printing.html",
            application=application,
            crumbs=[self._list(application)],
            is_made=is_made,
            is_alive=is_alive,
            is_begun=row is not None and row.begun_at is not None,
            is_broken=row is not None and not is_made and not is_alive,
            ahead=kept.ahead_of(row) if row is not None else 0,
            refusal=_text(kept.refusal_of(row)) if row is not None and row.refusal else "",
            again_in=AGAIN_IN,
        )
        answer = Response(page)
        if is_alive:
            answer.headers["Refresh"] = str(AGAIN_IN)
        return answer

    @expose("/<int:pk>/form.txt")
    @has_access
    def text(self, pk: int) -> Any:
        """The same form without paper, for whoever reads or searches it by machine; the PDF's rules (X-04)."""
        application = _printable(pk)
        document = self._form(application).document
        self._note_view(application)
        name = f"{document.title}-{application.number}.txt"
        return _download(text_of(document).encode(), "text/plain; charset=utf-8", name)

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


def _printable(pk: int) -> Application:
    application: Application = get_or_404(Application, pk, who())
    refusal = why_locked(application)
    if refusal:
        raise refusal
    return application


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


def _download(content: bytes, kind: str, name: str) -> Response:
    answer = send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name, max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


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


VIEWS: tuple[type, ...] = (FormView, VerifyView)
