"""近五年 in one go (SEC-13): five rows saved together, or none."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from ..errors import DomainError, RecordChanged
from ..extensions import db
from ..models import SECTION_OF
from . import year_rows
from .completeness import current_application
from .pages import CONFLICT, UNPROCESSABLE, Refusal, back_to, explain, own_person
from .section_views import list_page
from .versions import layout_for


class YearsView(BaseView):  # type: ignore[misc]
    route_base = "/sections"

    @expose("/<yearly>/years", methods=["POST"])
    @has_access
    def save(self, yearly: str) -> Any:
        """Rows in which nothing stands are left alone; what is refused comes back as it was typed."""
        model = SECTION_OF.get(yearly)
        if model is None or not model.section.years:
            abort(404)
        person = own_person()
        asked = year_rows.near_years(model, current_application(person))
        rows = year_rows.rows_of(person, model, asked, layout_for(person))
        typed = [row for row in rows if row.record or row.is_typed(request.form.to_dict())]
        if not all([row.form.validate() for row in typed]):
            return list_page(self, model, rows=rows, refusal=Refusal("", UNPROCESSABLE))
        try:
            saved = year_rows.save_rows(person, model, typed)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            if isinstance(error, RecordChanged):
                year_rows.show_stored(own_person(), model, rows)
            return list_page(self, model, rows=rows, refusal=Refusal(explain(error), CONFLICT))
        flash(_("已保存 %(count)s 个年份。", count=saved) if saved else _("没有改动，不用保存。"), "success")
        return redirect(back_to(url_for("SectionView.list", slug=yearly)))
