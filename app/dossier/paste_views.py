"""Several records at once, pasted from a spreadsheet: looked at first, then saved all or none."""

import hashlib
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from ..errors import DomainError
from ..extensions import db
from ..models import SECTION_OF, SectionRow
from . import paste
from .layout import Layout
from .locks import require_editable
from .pages import CONFLICT, UNPROCESSABLE, back_to, explain, lock_sentence, own_person, way_back
from .typed_rows import TypedRow, add_rows, paths_in, row_of
from .versions import layout_for


class PasteView(BaseView):  # type: ignore[misc]
    route_base = "/sections"

    @expose("/<slug>/paste", methods=["GET", "POST"])
    @has_access
    def rows(self, slug: str) -> Any:
        """`then` = save saves what `seen` says was looked at; anything else only shows what would be stored."""
        model = SECTION_OF.get(slug) or abort(404)
        layout, text = layout_for(own_person()), request.form.get("rows", "").replace("\0", "")
        if request.method == "GET":
            return self._page(model, layout, text)
        pasted = paste.read(text, layout.of(model))
        rows = [row_of(model, layout, number, texts) for number, texts in enumerate(pasted.rows, 1)]
        for row, faults in zip(rows, pasted.faults, strict=True):
            row.faults.extend(faults)
        if pasted.refusal:
            return self._page(model, layout, text, refusal=pasted.refusal, status=UNPROCESSABLE)
        return self._try(model, layout, text, rows)

    def _try(self, model: type[SectionRow], layout: Layout, text: str, rows: list[TypedRow]) -> Any:
        """Adding says what only the list itself can say (a year that is there already); it is kept if asked for."""
        try:
            person = own_person()
            require_editable(person)
            added = add_rows(person, model, rows)
            is_meant = request.form.get("then") == "save" and request.form.get("seen") == _mark(text)
            if is_meant and len(added) == len(rows):
                db.session.commit()
                flash(_("已添加 %(count)s 条记录。", count=len(rows)), "success")
                return redirect(back_to(url_for("SectionView.list", slug=model.section.slug)))
        except DomainError as error:
            db.session.rollback()
            return self._page(model, layout, text, rows, refusal=explain(error), status=CONFLICT)
        db.session.rollback()
        is_sound = all(row.is_sound for row in rows)
        return self._page(model, layout, text, rows, status=200 if is_sound else UNPROCESSABLE)

    def _page(
        self,
        model: type[SectionRow],
        layout: Layout,
        text: str,
        rows: list[TypedRow] | None = None,
        refusal: str = "",
        status: int = 200,
    ) -> Any:
        rows = rows or []
        paths = paths_in(rows)
        return self.render_template(
            "dossier/paste.html",
            section=model.section,
            fields=layout.of(model),
            most=paste.MOST,
            text=text,
            seen=_mark(text),
            lines=[(row, row.cells(paths)) for row in rows],
            unsound=[row for row in rows if not row.is_sound],
            refusal=refusal,
            locked=lock_sentence(own_person()),
            back=way_back(),
        ), status


def _mark(text: str) -> str:
    """Of what was looked at; a text changed since is shown again before it is saved."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()
