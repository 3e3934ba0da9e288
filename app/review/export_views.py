"""Taking a list out of the house: asked for with a reason, recorded, marked."""

import io
import tempfile
from pathlib import Path
from typing import Any

from flask import current_app, request, send_file
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import audit, clock
from ..database import read_only
from ..extensions import db
from ..web.request import actor, who
from . import export, lists
from .asking import clerk, scope
from .filter_words import tab_name, words_of
from .filters import Filters, taken_for
from .forms import ExportForm

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportView(BaseView):
    route_base = "/desk/waiting/export"

    @expose("/")
    @has_access
    def ask(self) -> Any:
        return self._page(Filters.read(request.args), ExportForm(formdata=None))

    @expose("/", methods=["POST"])
    @has_access
    def download(self) -> Any:
        """The rows are read without the writer's lock; the file leaves only once the record says so (B12)."""
        filters, form = Filters.read(request.form), ExportForm()
        if not form.validate():
            return self._page(filters, form), 422
        at, limit, reason = clock.now(), current_app.config["EXPORT_ROWS"], form.reason.data
        standing, sheet = who(), _sheet(filters, reason, limit)
        actor()  # whom the record names is asked before the lock is given back
        db.session.rollback()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "list.xlsx"
            with read_only():
                rows = lists.every(standing, filters, at, limit + 1, export.MORE)
                count = export.write(path, rows, sheet, limit=limit, at=at)
                db.session.rollback()
            audit.record_apart(
                "export_list", at=at, object_type="Application", detail=_detail(filters, count, reason)
            )
            return send_file(
                io.BytesIO(path.read_bytes()),
                mimetype=SHEET,
                as_attachment=True,
                download_name=f"{tab_name(filters)}-{at:%Y%m%d-%H%M}.xlsx",
                max_age=0,
            )

    def _page(self, filters: Filters, form: ExportForm) -> str:
        page: str = self.render_template(
            "review/export.html",
            form=form,
            asked=filters.address(),
            chips=words_of(filters),
            tab=tab_name(filters),
            limit=current_app.config["EXPORT_ROWS"],
            scope=scope(),
        )
        return page


def _sheet(filters: Filters, reason: str, limit: int) -> export.Sheet:
    chips = gettext("、").join(words_of(filters)) or gettext("全部")
    mark = gettext(
        "%(name)s 于 %(at)s 导出%(tab)s。%(scope)s。筛选条件：%(filters)s。导出原因：%(reason)s。含个人信息，仅限办理本项工作使用。",
        name=clerk().first_name,
        at=f"{clock.now():%Y-%m-%d %H:%M}",
        tab=tab_name(filters),
        scope=scope(),
        filters=chips,
        reason=reason,
    )
    cut = gettext("符合条件的超过 %(n)s 条，其余没有导出；缩小筛选范围后分次导出。", n=limit)
    return export.Sheet(mark, cut)


def _detail(filters: Filters, count: int, reason: str) -> str:
    """The filters as in the address; of a search, which may be a name or an end of a number, its kind only."""
    asked = filters.address()
    if filters.q:
        asked["q"] = taken_for(filters.q).value
    written = " ".join(f"{name}={value}" for name, value in asked.items()) or "all"
    return f"rows={count}; {written}; {reason}"
