"""The unit's notices: begun, proved and closed on the workbench (OPN-02, ELI-07), and their images."""

import io
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, send_file, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import clock, policy
from ..audit import record_apart
from ..dossier import storage
from ..dossier.pages import explain
from ..dossier.serving import FILE_POLICY, limit_uploads
from ..dossier.uploads import scans
from ..errors import DomainError, FileRefused
from ..extensions import db
from ..models import Application, NoticeFile
from ..vocabulary import NoticeOutcome, NoticePlace, Proof
from ..web.fields import number_in
from ..web.request import acts_for, me, who
from ..workflow.notices import notices_of
from . import operations, table_12
from .forms import NoticeForm, NoticeResultForm, ProofForm
from .opinion_views import opinion_page, read_mark, refused


class NoticeView(BaseView):
    route_base = "/applications"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        return limit_uploads(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @expose("/<int:pk>/notices/<place>", methods=["POST"])
    @has_access
    def notify(self, pk: int, place: str) -> Any:
        application, at = _application(pk), _place(place)
        form = NoticeForm()
        if at is NoticePlace.UNIT:
            del form.organisation
        if not form.validate():
            return opinion_page(self, application, forms={table_12.key_of("notice", at): form}), 422
        unit = application.unit.name if application.unit else ""
        try:
            operations.post_notice(
                application, at, form.posted(unit), by=me(), seen=_seen(form), at=clock.now()
            )
        except DomainError as error:
            return self._refused(pk, form, error, "notice", at), 409
        db.session.commit()
        flash(gettext("公示已登记。"), "success")
        return _back(pk)

    @expose("/<int:pk>/notices/<place>/result", methods=["POST"])
    @has_access
    def conclude(self, pk: int, place: str) -> Any:
        application, at = _application(pk), _place(place)
        form = NoticeResultForm()
        if not form.validate():
            return opinion_page(self, application, forms={table_12.key_of("result", at): form}), 422
        outcome, remark = NoticeOutcome(form.outcome.data), form.remark.data
        try:
            operations.close_notice(
                application, at, outcome, remark, by=me(), seen=_seen(form), at=clock.now()
            )
        except DomainError as error:
            return self._refused(pk, form, error, "result", at), 409
        db.session.commit()
        flash(gettext("公示结果已保存。"), "success")
        return _back(pk)

    @expose("/<int:pk>/notices/<place>/files", methods=["POST"])
    @has_access
    def upload(self, pk: int, place: str) -> Any:
        application, at = _application(pk), _place(place)
        form, key = ProofForm(), table_12.key_of("files", at)
        if not form.validate():
            return opinion_page(self, application, forms={key: form}), 422
        proof, seen = Proof(form.proof.data), number_in(form.seen.data) or 0
        try:
            operations.check_may_write(application, me())
            with scans("images") as images:
                operations.add_proofs(_application(pk), at, proof, images, by=me(), seen=seen, at=clock.now())
                db.session.commit()
        except FileRefused as error:
            db.session.rollback()
            form.images.errors = [explain(error)]
            return opinion_page(self, _application(pk), forms={key: form}), 422
        except DomainError as error:
            return self._refused(pk, form, error, "files", at), 409
        flash(gettext("公示材料已保存。"), "success")
        return _back(pk)

    def _refused(self, pk: int, form: Any, error: DomainError, kind: str, at: NoticePlace) -> str:
        db.session.rollback()
        application = _application(pk)
        if "saved" in form:
            form.saved.data = table_12.mark(notices_of(application).get(at))
        return refused(self, application, form, error, table_12.key_of(kind, at))


class NoticeFileView(BaseView):
    route_base = "/notice-files"

    @expose("/<pk>")
    @has_access
    def get(self, pk: str) -> Any:
        """The only road by which the bytes leave; each look at somebody else's is recorded (D09)."""
        file: NoticeFile = policy.get_or_404(NoticeFile, pk, who())
        try:
            content = storage.read(current_app.config["PRIVATE_ROOT"], file.storage_key)
        except FileNotFoundError:
            abort(404)
        answer = send_file(io.BytesIO(content), mimetype=file.mime, download_name=file.name)
        answer.headers["Content-Security-Policy"] = FILE_POLICY
        answer.headers["Cache-Control"] = "private, no-store"
        if not policy.is_own(db.session.get_one(Application, file.notice.application_id), me()):
            record_apart("view_scan", at=clock.now(), object_type="NoticeFile", object_id=file.id)
        return answer

    @expose("/<pk>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: str) -> Any:
        file: NoticeFile = policy.get_or_404(NoticeFile, pk, who())
        application = _application(file.notice.application_id)
        try:
            key = operations.remove_proof(application, file, by=me(), seen=application.version)
        except DomainError:
            db.session.rollback()
            raise
        db.session.commit()
        storage.discard(current_app.config["PRIVATE_ROOT"], key)
        flash(gettext("图片已移除。"), "success")
        return _back(application.id)


def _application(pk: int) -> Application:
    application: Application = policy.get_or_404(Application, pk, who())
    acts_for(application.holder_id)
    return application


def _place(word: str) -> NoticePlace:
    return NoticePlace(word) if word in list(NoticePlace) else abort(404)


def _seen(form: Any) -> operations.Seen:
    return operations.Seen(number_in(form.seen.data) or 0, read_mark(form.saved.data))


def _back(pk: int) -> Any:
    return redirect(url_for("WorkbenchView.show", pk=pk, _anchor="opinion-12"))
