"""Bulk reminders and bulk approval: chosen in the list, previewed, then done row by row with a result for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from werkzeug.exceptions import NotFound

from .. import clock, policy
from ..errors import DomainError
from ..extensions import db
from ..models import Application
from ..web.deadlines import deadline
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import acts_for, who
from . import bulk, lists
from .asking import clerk, scope
from .filter_words import words_of
from .filters import Filters
from .forms import TogetherForm


@dataclass(frozen=True)
class Outcome:
    """What came of a row: done, or in whose words it was not."""

    number: str
    name: str
    refusal: str = ""


class BulkView(BaseView):
    route_base = "/desk/waiting/bulk"

    @expose("/approve")
    @has_access
    def approve(self) -> Any:
        filters = Filters.read(request.args)
        rows, has_more = _chosen(filters, "waiting")
        return (
            self._approve_page(filters, rows, TogetherForm(formdata=None), has_more)
            if rows
            else _none(filters)
        )

    @expose("/approve", methods=["POST"])
    @has_access
    def do_approve(self) -> Any:
        """Each row is a transaction of its own: what is refused undoes nothing else."""
        filters, form = Filters.read(request.form), TogetherForm()
        shown = seen()
        if not form.validate():
            rows = lists.only(who(), "waiting", list(shown))
            return (self._approve_page(filters, rows, form), 422) if rows else _none(filters)
        opinion = form.opinion.data

        def act(application: Application, version: int) -> None:
            bulk.approve(application, by=clerk(), seen=version, opinion=opinion, at=clock.now())

        return self._results(
            gettext("批量通过的结果"), gettext("已通过"), each_by_itself(shown, act), filters
        )

    @expose("/remind")
    @has_access
    def remind(self) -> Any:
        filters = Filters.read(request.args)
        rows, has_more = _chosen(filters, "returned")
        if not rows:
            return _none(filters)
        ready, told = bulk.to_remind(rows, by=clerk(), at=clock.now())
        return self.render_template(
            "review/bulk_remind.html",
            rows=ready,
            told=told,
            has_more=has_more,
            limit=bulk.LIMIT,
            text=bulk.reminder_text(ready[0].number, ready[0].due) if ready else "",
            deadline=deadline,
            asked=filters.address(),
            chips=words_of(filters),
            scope=scope(),
        )

    @expose("/remind", methods=["POST"])
    @has_access
    def do_remind(self) -> Any:
        def act(application: Application, _version: int) -> None:
            bulk.remind(application, by=clerk(), at=clock.now())

        return self._results(
            gettext("批量催办的结果"),
            gettext("已催办"),
            each_by_itself(seen(), act),
            Filters.read(request.form),
        )

    def _approve_page(self, filters: Filters, rows: Any, form: TogetherForm, has_more: bool = False) -> str:
        judged = bulk.judge(rows, by=clerk())
        page: str = self.render_template(
            "review/bulk_approve.html",
            judged=judged,
            ready=[each.row for each in judged if each.refusal is None],
            has_more=has_more,
            limit=bulk.LIMIT,
            form=form,
            said=said,
            asked=filters.address(),
            chips=words_of(filters),
            scope=scope(),
        )
        return page

    def _results(self, title: str, done: str, outcomes: list[Outcome], filters: Filters) -> str:
        page: str = self.render_template(
            "review/bulk_results.html",
            title=title,
            done=done,
            outcomes=outcomes,
            back=(gettext("待我审核"), url_for("DeskView.waiting", **filters.address())),
        )
        return page


def _chosen(filters: Filters, tab: str) -> tuple[Any, bool]:
    """The rows that were ticked, or all that fit; and whether there are more than one press may take."""
    if filters.tab != tab:
        return [], False
    if request.args.get("all") == "1":
        rows = list(lists.every(who(), filters, clock.now(), bulk.LIMIT + 1))
        return rows[: bulk.LIMIT], len(rows) > bulk.LIMIT
    ids = dict.fromkeys(number_in(each) or 0 for each in request.args.getlist("rowid"))
    return lists.only(who(), tab, list(ids)[: bulk.LIMIT]), len(ids) > bulk.LIMIT


def seen() -> dict[int, int]:
    """The applications of the preview with the versions it showed, `id.version` each."""
    pairs = (each.partition(".") for each in request.form.getlist("row")[: bulk.LIMIT])
    return {number_in(pk) or 0: number_in(version) or 0 for pk, _dot, version in pairs}


def each_by_itself(seen: dict[int, int], act: Callable[[Application, int], None]) -> list[Outcome]:
    """Do it to one after the other, each committed before the next begins; in one order, whoever presses."""
    outcomes = []
    for pk in sorted(seen):
        try:
            application = policy.get_or_404(Application, pk, who())
        except NotFound:
            outcomes.append(Outcome("—", "—", gettext("已不在您的范围内。")))
            continue
        number, name = application.number, application.name
        acts_for(application.holder_id)
        try:
            act(application, seen[pk])
            db.session.commit()
            outcomes.append(Outcome(number, name))
        except DomainError as error:
            db.session.rollback()
            outcomes.append(Outcome(number, name, said(error)))
    return outcomes


def _none(filters: Filters) -> Any:
    flash(gettext("先在列表中勾选申报。"), "info")
    return redirect(url_for("DeskView.waiting", **filters.address()))
