"""One file: its preview and pages, and what its owner may do to it (ATT-01…03, C03…C05)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, request
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..errors import DomainError
from ..extensions import db
from ..models import Attachment
from ..vocabulary import N_, Word
from ..web.request import who
from . import files, images, storage
from .files import is_photo
from .images import Picture
from .library import held_in
from .locks import lock_of, refusal_for, require_editable
from .pages import UNPROCESSABLE, explain, here_and_back, own_person, way_back
from .serving import attachment_or_404, content_of, limit_uploads, send
from .uploads import quota, take_in

TURNS = (0, 90, 180, 270)


class Zoom(Word):
    """How large a page is shown."""

    FIT = "fit", N_("适合宽度")
    DOUBLE = "double", N_("放大一倍")
    TRIPLE = "triple", N_("放大两倍")


class FileView(BaseView):  # type: ignore[misc]
    route_base = "/attachments"
    default_view = "show"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        return limit_uploads(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @expose("/<pk>/view")
    @has_access
    def show(self, pk: str) -> Any:
        """The preview: `page`, `zoom` and `turn` are links, so that it works without scripts."""
        return self._preview(attachment_or_404(pk))

    @expose("/<pk>/pages/<int:n>")
    @has_access
    def page(self, pk: str, n: int) -> Response:
        """One page as a JPEG, turned by `turn` degrees if asked."""
        attachment = attachment_or_404(pk)
        if not 1 <= n <= attachment.pages:
            abort(404)
        content = content_of(attachment)
        return send(
            attachment, images.sheet(content, attachment.mime, attachment.name, n, _turn(request.args))
        )

    @expose("/<pk>/small")
    @has_access
    def small(self, pk: str) -> Response:
        """The first page, at most 320 pixels long."""
        attachment = attachment_or_404(pk)
        return send(attachment, images.small(content_of(attachment), attachment.mime, attachment.name))

    @expose("/<pk>/rename", methods=["POST"])
    @has_access
    def rename(self, pk: str) -> Any:
        attachment = _own_file(pk)
        typed = request.form.get("name", "")
        try:
            files.rename_file(own_person(), attachment, typed)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return self._preview(attachment_or_404(pk), explain(error), typed)
        flash(_("已改名为“%(name)s”。", name=attachment.name), "success")
        return _to(attachment.id)

    @expose("/<pk>/rotate", methods=["POST"])
    @has_access
    def rotate(self, pk: str) -> Any:
        """Turn a page (`page`) for good, clockwise by `turn` degrees: a new file takes the old one's place."""
        attachment, turn = _own_file(pk), _turn(request.form)
        page = request.form.get("page", 1, type=int)
        if not 1 <= page <= attachment.pages:
            abort(404)
        require_editable(own_person())
        if not turn:
            return _to(pk, page=page)
        mime, name, doubts = attachment.mime, attachment.name, tuple(attachment.doubts)
        content = content_of(attachment)
        # Decoding takes its time; nobody else's writing waits for it.
        db.session.rollback()
        made = images.turned(content, mime, name, page, turn)
        picture = Picture(name, made.content, mime, made.pages, made.width, made.height, doubts)
        root = current_app.config["PRIVATE_ROOT"]
        key = storage.store(root, picture.content)
        try:
            entered = self._replace(pk, picture, key)
        except DomainError:
            storage.discard(root, key)
            raise
        flash(_("已旋转“%(name)s”。", name=entered.name), "success")
        return _to(entered.id, page=page)

    @expose("/<pk>/replace", methods=["POST"])
    @has_access
    def replace(self, pk: str) -> Any:
        """Upload another file in this one's place; everything it proves is kept."""
        attachment = _own_file(pk)
        require_editable(own_person())
        entered: list[str] = []

        def enter(picture: Picture, key: str) -> Attachment:
            found = self._replace(entered[-1] if entered else pk, picture, key)
            entered.append(found.id)
            return found

        outcome = take_in(enter)[-1]
        if outcome.refusal:
            return self._preview(
                attachment_or_404(entered[-1] if entered else attachment.id), outcome.refusal
            )
        flash(_("已替换“%(name)s”。", name=outcome.name), "success")
        for doubt in outcome.doubts:
            flash(_("“%(name)s”%(doubt)s。", name=outcome.name, doubt=_(doubt.label)), "warning")
        return _to(entered[-1])

    @expose("/<pk>/delete", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> Any:
        """Delete a file that proves nothing and that no submission names: the row, then the bytes (E07)."""
        attachment = _own_file(pk)
        name = attachment.name
        key = files.remove_file(own_person(), attachment)
        db.session.commit()
        storage.discard(current_app.config["PRIVATE_ROOT"], key)
        flash(_("已删除“%(name)s”。", name=name), "success")
        return redirect(here_and_back("AttachmentView.list", _anchor="files"))

    def _replace(self, pk: str, picture: Picture, key: str) -> Attachment:
        """The new row in place of the old, committed; then the bytes that nothing names any more go."""
        entered, unneeded = files.replace_file(
            own_person(), _own_file(pk), picture, key, limit=quota(), at=clock.now()
        )
        db.session.commit()
        if unneeded:
            storage.discard(current_app.config["PRIVATE_ROOT"], unneeded)
        return entered

    def _preview(self, attachment: Attachment, refusal: str = "", typed: str | None = None) -> Any:
        page = min(max(request.args.get("page", 1, type=int), 1), attachment.pages)
        zoom = request.args.get("zoom", "")
        is_own = attachment.owner_id == who().user_id and not is_photo(attachment)
        person = own_person() if is_own else None
        lock = lock_of(person) if person else None
        return self.render_template(
            "dossier/file.html",
            file=attachment,
            held=held_in(person, [attachment])[0] if person else None,
            at=page,
            zoom=Zoom(zoom) if zoom in set(Zoom) else Zoom.FIT,
            zooms=list(Zoom),
            turn=_turn(request.args),
            locked=explain(refusal_for(lock)) if lock else "",
            refusal=refusal,
            typed=typed,
            back=way_back(),
        ), UNPROCESSABLE if refusal else 200


def _own_file(pk: str) -> Attachment:
    """A file of one's library; the photo has a page of its own, and others' files are looked at only."""
    found = attachment_or_404(pk)
    return found if found.owner_id == who().user_id and not is_photo(found) else abort(404)


def _turn(given: Any) -> int:
    turn: int = given.get("turn", 0, type=int)
    return turn if turn in TURNS else 0


def _to(key: str, **values: Any) -> Any:
    return redirect(here_and_back("FileView.show", pk=key, **values))
