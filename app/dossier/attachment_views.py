"""附件管理: the checklist, what is uploaded for it, and the library of a person's files (ATT-01…03, B09)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock
from ..extensions import db
from ..models import (
    ELIGIBILITY,
    SECTION_OF,
    Application,
    Attachment,
    AttachmentUse,
    SectionRow,
    SeriesEntry,
)
from ..policy import get_or_404, scoped
from ..vocabulary import Evidence
from ..web.request import who
from . import files
from .completeness import Asked, proves
from .files import Purpose, files_of
from .forms import form_of
from .images import Picture
from .library import shelf_of
from .locks import require_editable
from .pages import (
    UNPROCESSABLE,
    application_now,
    here_and_back,
    lock_sentence,
    onwards,
    own_checklist,
    own_layout,
    own_marks,
    own_person,
    way_back,
)
from .returned import ATTACHMENTS, marks_at
from .section_views import record_page
from .serving import attachment_or_404, limit_uploads, send
from .uploads import Outcome, quota, take_in


@dataclass(frozen=True)
class Item:
    """A line of the checklist: the files given for it, and those that lie at records of its section."""

    asked: Asked
    uses: tuple[AttachmentUse, ...]
    elsewhere: tuple[AttachmentUse, ...]


class AttachmentView(BaseView):  # type: ignore[misc]
    route_base = "/attachments"
    default_view = "list"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        return limit_uploads(super().create_blueprint(appbuilder, *args, **kwargs), appbuilder)

    @expose("/")
    @has_access
    def list(self) -> Any:
        return self._checklist()

    @expose("/upload", methods=["POST"])
    @has_access
    def upload(self) -> Any:
        """Take in files for a requirement (`requirement`) or a record (`section`, `record`).

        upload.js sends one at a time and asks for JSON; the plain form sends all and gets a page.
        """
        purpose = _purpose()
        person = own_person()
        require_editable(person)
        most, at = quota(), clock.now()

        def enter(picture: Picture, key: str) -> Attachment:
            return files.add_file(own_person(), picture, key, _purpose(), limit=most, at=at)

        there = _place_of(purpose)
        outcomes = take_in(enter)
        if request.accept_mimetypes.best == "application/json":
            return _in_words(outcomes)
        taken = [each for each in outcomes if not each.refusal]
        refused = [each.refusal for each in outcomes if each.refusal]
        if taken:
            flash(_("已上传 %(count)s 个文件。", count=len(taken)), "success")
        for each in taken:
            if each.doubts:
                flash(_doubtful(each), "warning")
        if not refused:
            return redirect(there)
        purpose = _purpose()
        if isinstance(purpose, SectionRow):
            form = form_of(type(purpose), own_layout())(formdata=None, obj=purpose)
            return record_page(self, type(purpose), purpose, form, refused_files=refused)
        if isinstance(purpose, Evidence):
            for refusal in refused:
                flash(refusal, "danger")
            return redirect(there)
        return self._checklist({purpose.id: refused})

    @expose("/link", methods=["POST"])
    @has_access
    def link(self) -> Any:
        """Let a file that is there already (`attachment`) prove something else as well."""
        purpose = _purpose()
        attachment = attachment_or_404(request.form.get("attachment", ""))
        person = own_person()
        if attachment.owner_id != person.id or files.is_photo(attachment):
            abort(404)
        files.link_file(person, attachment, purpose)
        there = _place_of(purpose)
        db.session.commit()
        flash(_("已使用“%(name)s”。", name=attachment.name), "success")
        return redirect(there)

    @expose("/uses/<int:pk>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: int) -> Any:
        """Take a file away from what it proves; it stays among one's files."""
        use = get_or_404(AttachmentUse, pk, who())
        name, there = use.attachment.name, _place_of(_purpose_of(use))
        files.unlink_file(own_person(), use)
        db.session.commit()
        flash(_("已移除“%(name)s”，文件仍在“我的文件”中。", name=name), "success")
        return redirect(there)

    @expose("/<pk>")
    @has_access
    def get(self, pk: str) -> Response:
        """A file's bytes, to whoever may see the file; that somebody else looked is recorded (D09)."""
        return send(attachment_or_404(pk))

    def _checklist(self, refused: Mapping[int, Sequence[str]] | None = None) -> Any:
        person = own_person()
        application = application_now()
        uses, library = _all_uses(), files_of(person)
        items = [_item(asked, uses) for asked in own_checklist(application)]
        return self.render_template(
            "dossier/attachments.html",
            application=application,
            series_hint=_series_hint(application),
            groups={
                group: [i for i in items if i.asked.requirement.group == group] for group in _groups(items)
            },
            own_files=library,
            shelf=shelf_of(person, library, uses),
            refused=refused or {},
            marks=marks_at(own_marks(), ATTACHMENTS),
            locked=lock_sentence(person),
            back=way_back(),
            onwards=onwards(),
        ), UNPROCESSABLE if refused else 200


def _in_words(outcomes: Sequence[Outcome]) -> Response:
    """What upload.js shows: a sentence a file."""
    answers = [
        {"ok": not each.refusal, "doubtful": bool(each.doubts), "text": each.refusal or _doubtful(each)}
        for each in outcomes
    ]
    return jsonify(answers)


def _doubtful(outcome: Outcome) -> str:
    if not outcome.doubts:
        return _("已上传“%(name)s”。", name=outcome.name)
    doubts = _("；").join(_(each.label) for each in outcome.doubts)
    return _("已上传“%(name)s”，但%(doubts)s。", name=outcome.name, doubts=doubts)


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


def _groups(items: list[Item]) -> dict[str, None]:
    return dict.fromkeys(item.asked.requirement.group for item in items)


def _item(asked: Asked, uses: list[AttachmentUse]) -> Item:
    own = tuple(use for use in uses if use.requirement_id == asked.requirement.id)
    elsewhere = tuple(use for use in uses if use not in own and proves(use, asked.requirement))
    return Item(asked, own, elsewhere)


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
    if section == ELIGIBILITY:
        return next((each for each in Evidence if each.no == record), None) or abort(404)
    if section:
        found: Purpose = get_or_404(SECTION_OF.get(section) or abort(404), record, who())
        return found
    asked = request.form.get("requirement", type=int)
    offered = (each.requirement for each in own_checklist(application_now()))
    return next((each for each in offered if each.id == asked), None) or abort(404)


def _purpose_of(use: AttachmentUse) -> Purpose:
    if use.requirement is not None:
        return use.requirement
    if use.section_slug == ELIGIBILITY and use.record_id:
        return list(Evidence)[use.record_id - 1]
    model = SECTION_OF.get(use.section_slug or "") or abort(404)
    found: Purpose = get_or_404(model, use.record_id, who())
    return found


def _place_of(purpose: Purpose) -> str:
    """The page on which a file for this is shown."""
    if isinstance(purpose, Evidence):
        application = application_now() or abort(404)
        return here_and_back("EligibilityView.edit", pk=application.id, _anchor=f"evidence-{purpose.no}")
    if isinstance(purpose, SectionRow):
        slug = purpose.section.slug
        return here_and_back("SectionView.edit", slug=slug, pk=purpose.id, _anchor="files")
    return here_and_back("AttachmentView.list", _anchor=f"requirement-{purpose.no}")
