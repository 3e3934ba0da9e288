"""从上年复制: choose among the records of an earlier submission (screens.md 3.3)."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from ..extensions import db
from ..models import SECTION_OF, SectionRow
from ..web.fields import number_in
from .copying import copy_records, lacking_in, offered
from .pages import UNPROCESSABLE, application_now, back_to, lock_sentence, own_person, way_back
from .typed_rows import paths_in
from .versions import layout_for


class CopyView(BaseView):  # type: ignore[misc]
    route_base = "/sections"

    @expose("/<slug>/copy", methods=["GET", "POST"])
    @has_access
    def choose(self, slug: str) -> Any:
        """Copies the records ticked (`record`, repeated); what is not offered cannot be chosen."""
        model = SECTION_OF.get(slug) or abort(404)
        if request.method == "GET":
            return self._page(model)
        keys = {number_in(each) for each in request.form.getlist("record")}
        if not keys:
            return self._page(model, refusal=_("勾选要复制的记录"))
        person = own_person()
        copied = copy_records(person, model, layout_for(person), keys)
        db.session.commit()
        flash(_("已复制 %(count)s 条记录，核对后按需修改。", count=copied), "success")
        return redirect(back_to(url_for("SectionView.list", slug=slug)))

    def _page(self, model: type[SectionRow], refusal: str = "") -> Any:
        person = own_person()
        layout = layout_for(person)
        lacking = lacking_in(person, model, layout, application_now())
        records = offered(model, layout, lacking) if lacking else []
        paths = paths_in([each.row for each in records])
        return self.render_template(
            "dossier/copy.html",
            section=model.section,
            titles=[_(each.label) for each in layout.of(model) if each.name in model.section.title_of],
            year=lacking.year if lacking else None,
            offered=[(each, each.row.cells(paths)) for each in records],
            refusal=refusal,
            locked=lock_sentence(person),
            back=way_back(),
        ), UNPROCESSABLE if refusal else 200
