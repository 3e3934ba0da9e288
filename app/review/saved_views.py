"""A clerk's own lists and columns."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import policy
from ..errors import DomainError
from ..extensions import db
from ..models import SavedList
from ..web.errors import said
from ..web.fields import normal
from ..web.request import who
from . import saved
from .asking import clerk
from .filter_words import tab_name, words_of
from .filters import Filters


class SavedListView(BaseView):
    route_base = "/desk/waiting/lists"

    @expose("/")
    @has_access
    def list(self) -> Any:
        return self._page()

    @expose("/", methods=["POST"])
    @has_access
    def save(self) -> Any:
        """Keep the filters that the form carries, as far as they make sense."""
        filters = Filters.read(request.form)
        typed = normal(request.form.get("name"))
        try:
            saved.keep(typed, urlencode(filters.address()), by=clerk())
        except DomainError as error:
            db.session.rollback()
            return self._page(said(error), filters=filters, typed=typed), 422
        db.session.commit()
        flash(gettext("已保存为标签“%(name)s”。", name=typed), "success")
        return redirect(url_for("DeskView.waiting", **filters.address()))

    @expose("/<int:pk>/rename", methods=["POST"])
    @has_access
    def rename(self, pk: int) -> Any:
        row = policy.get_or_404(SavedList, pk, who())
        typed = normal(request.form.get("name"))
        try:
            saved.rename(row, typed)
        except DomainError as error:
            db.session.rollback()
            return self._page(said(error), renamed=pk, typed=typed), 422
        db.session.commit()
        flash(gettext("已改名为“%(name)s”。", name=typed), "success")
        return redirect(url_for("SavedListView.list"))

    @expose("/<int:pk>/delete", methods=["POST"])
    @has_access
    def delete(self, pk: int) -> Any:
        row = policy.get_or_404(SavedList, pk, who())
        name = row.name
        db.session.delete(row)
        db.session.commit()
        flash(gettext("已删除标签“%(name)s”。", name=name), "success")
        return redirect(url_for("SavedListView.list"))

    @expose("/columns", methods=["GET", "POST"])
    @has_access
    def columns(self) -> Any:
        """Which columns the lists show, and how close their rows stand."""
        back = Filters.read(dict(parse_qsl(request.values.get("back", ""))))
        if request.method == "GET":
            return self.render_template(
                "review/columns.html",
                look=saved.look_of(who().user_id),
                columns=saved.COLUMNS,
                back=back.address(),
                back_query=urlencode(back.address()),
            )
        saved.save_look(request.form.getlist("column"), request.form.get("dense") == "1", by=clerk())
        db.session.commit()
        flash(gettext("列表的列和行距已保存。"), "success")
        return redirect(url_for("DeskView.waiting", **back.address()))

    def _page(
        self, problem: str = "", *, filters: Filters | None = None, renamed: int = 0, typed: str = ""
    ) -> str:
        lists = [
            (each, read, gettext("；").join([tab_name(read), *words_of(read)]))
            for each in saved.lists_of(who().user_id)
            for read in [query_of(each)]
        ]
        page: str = self.render_template(
            "review/lists.html",
            lists=lists,
            problem=problem,
            asked=filters.address() if filters else {},
            is_new=filters is not None,
            renamed=renamed,
            typed=typed,
            limits=saved,
        )
        return page


def query_of(row: SavedList) -> Filters:
    """What is kept is read like an address: filters that are no more are left out."""
    return Filters.read(dict(parse_qsl(row.query)))
