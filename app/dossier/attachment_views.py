"""附件管理: the checklist, and the only road by which a file's bytes leave (ATT-01…03, B09, C05)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, flash, redirect, request, send_file
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock
from ..audit import record_apart
from ..extensions import db
from ..models import (
    SECTION_OF,
    Application,
    Attachment,
    AttachmentRequirement,
    AttachmentUse,
    SectionRow,
    SeriesEntry,
)
from ..policy import get_or_404, scoped
from ..web.request import who
from . import files, storage
from .completeness import current_application, current_requirements, proves
from .files import Purpose, files_of
from .forms import form_of
from .images import Picture
from .locks import require_editable
from .pages import UNPROCESSABLE, here_and_back, lock_sentence, own_person, way_back
from .section_views import record_page
from .uploads import take_in
from .versions import layout_for

FILE_POLICY = "sandbox; default-src 'none'"


@dataclass(frozen=True)
class Item:
    """A line of the checklist: the files given for it, and those that lie at records of its section."""

    requirement: AttachmentRequirement
    uses: tuple[AttachmentUse, ...]
    elsewhere: tuple[AttachmentUse, ...]


class AttachmentView(BaseView):  # type: ignore[misc]
    route_base = "/attachments"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        return self._checklist()

    @expose("/upload", methods=["POST"])
    @has_access
    def upload(self) -> Any:
        """Take in files for a requirement (`requirement`) or a record (`section`, `record`)."""
        purpose = _purpose()
        person = own_person()
        require_editable(person)
        most, at = current_app.config["FILES_PER_PERSON"], clock.now()

        def enter(picture: Picture, key: str) -> None:
            files.add_file(own_person(), picture, key, _purpose(), limit=most, at=at)

        there = _place_of(purpose)
        taken, refused = take_in(enter)
        if taken:
            flash(_("已上传 %(count)s 个文件。", count=taken), "success")
        if not refused:
            return redirect(there)
        purpose = _purpose()
        if isinstance(purpose, SectionRow):
            form = form_of(type(purpose), layout_for(person))(formdata=None, obj=purpose)
            return record_page(self, type(purpose), purpose, form, refused_files=refused)
        return self._checklist({purpose.id: refused})

    @expose("/link", methods=["POST"])
    @has_access
    def link(self) -> Any:
        """Let a file that is there already (`attachment`) prove something else as well."""
        purpose = _purpose()
        attachment = _attachment(request.form.get("attachment", ""))
        person = own_person()
        if attachment.owner_id != person.id:
            abort(404)
        files.link_file(person, attachment, purpose)
        there = _place_of(purpose)
        db.session.commit()
        flash(_("已使用“%(name)s”。", name=attachment.name), "success")
        return redirect(there)

    @expose("/uses/<int:pk>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: int) -> Any:
        """Take a file away from what it proves; it stays where a submission has frozen it."""
        use = get_or_404(AttachmentUse, pk, who())
        name, there = use.attachment.name, _place_of(_purpose_of(use))
        unneeded = files.unlink_file(own_person(), use)
        db.session.commit()
        if unneeded:
            storage.discard(current_app.config["PRIVATE_ROOT"], unneeded)
        flash(_("已移除“%(name)s”。", name=name), "success")
        return redirect(there)

    @expose("/<pk>")
    @has_access
    def get(self, pk: str) -> Response:
        """A file's bytes, to whoever may see the file; that somebody else looked is recorded (D09)."""
        attachment = _attachment(pk)
        key, is_own = attachment.id, attachment.owner_id == who().user_id
        try:
            content = storage.read(current_app.config["PRIVATE_ROOT"], key)
        except FileNotFoundError:
            abort(404)
        answer = send_file(io.BytesIO(content), mimetype=attachment.mime, download_name=attachment.name)
        answer.headers["Content-Security-Policy"] = FILE_POLICY
        answer.headers["Cache-Control"] = "private, no-store"
        if not is_own:
            record_apart("view_scan", at=clock.now(), object_type="Attachment", object_id=key)
        return answer

    def _checklist(self, refused: Mapping[int, Sequence[str]] | None = None) -> Any:
        person = own_person()
        application = current_application(person)
        uses = _all_uses()
        items = [_item(requirement, uses) for requirement in current_requirements()]
        return self.render_template(
            "dossier/attachments.html",
            application=application,
            series_hint=_series_hint(application),
            groups={group: [i for i in items if i.requirement.group == group] for group in _groups(items)},
            own_files=files_of(person),
            refused=refused or {},
            locked=lock_sentence(person),
            back=way_back(),
        ), UNPROCESSABLE if refused else 200


def _series_hint(application: Application | None) -> str:
    """What the series of the application asks of its files (ACC-18)."""
    chosen = application and (application.title or application.profession)
    if not chosen:
        return ""
    hint: str | None = db.session.scalar(
        select(SeriesEntry.attachment_hint)
        .where(SeriesEntry.series_id == chosen.series_id, SeriesEntry.active)
        .order_by(SeriesEntry.attachment_hint.desc())
        .limit(1)
    )
    return hint or ""


def _attachment(key: str) -> Attachment:
    """The file if one may see it; what is no key is not there, whatever it holds."""
    found: Attachment = get_or_404(Attachment, key, who()) if storage.is_key(key) else abort(404)
    return found


def _groups(items: list[Item]) -> dict[str, None]:
    return dict.fromkeys(item.requirement.group for item in items)


def _item(requirement: AttachmentRequirement, uses: list[AttachmentUse]) -> Item:
    own = tuple(use for use in uses if use.requirement_id == requirement.id)
    elsewhere = tuple(use for use in uses if use not in own and proves(use, requirement))
    return Item(requirement, own, elsewhere)


def _all_uses() -> list[AttachmentUse]:
    return list(
        db.session.scalars(
            scoped(AttachmentUse, who())
            .options(joinedload(AttachmentUse.attachment))
            .order_by(AttachmentUse.id)
        )
    )


def _purpose() -> Purpose:
    """What the posted file is to prove; a foreign record is not there (404)."""
    section, record = request.form.get("section", ""), request.form.get("record", type=int)
    if section:
        found: Purpose = get_or_404(SECTION_OF.get(section) or abort(404), record, who())
        return found
    asked = request.form.get("requirement", type=int)
    return next((each for each in current_requirements() if each.id == asked), None) or abort(404)


def _purpose_of(use: AttachmentUse) -> Purpose:
    if use.requirement is not None:
        return use.requirement
    model = SECTION_OF.get(use.section_slug or "") or abort(404)
    found: Purpose = get_or_404(model, use.record_id, who())
    return found


def _place_of(purpose: Purpose) -> str:
    """The page on which a file for this is shown."""
    if isinstance(purpose, SectionRow):
        slug = purpose.section.slug
        return here_and_back("SectionView.edit", slug=slug, pk=purpose.id, _anchor="files")
    return here_and_back("AttachmentView.list", _anchor=f"requirement-{purpose.no}")
