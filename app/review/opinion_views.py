"""Table 12, written by the unit before its decision. It lies on the workbench; this page answers without scripts."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import clock, policy
from ..errors import DomainError, OutOfDate
from ..extensions import db
from ..models import Application, UnitOpinion
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import acts_for, me, who
from ..workflow.guards import unit_opinion_of
from . import table_12
from .forms import UnitOpinionForm
from .operations import NoticeChanged, TableChanged, check_may_write, save_unit_opinion


class UnitOpinionView(BaseView):
    route_base = "/applications"

    @expose("/<int:pk>/unit-opinion", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Any:
        application, user = policy.get_or_404(Application, pk, who()), me()
        acts_for(application.holder_id)
        assert user
        form = UnitOpinionForm()
        if not form.is_submitted():
            check_may_write(application, user)
            return opinion_page(self, application)
        if not form.validate():
            return opinion_page(self, application, forms={"table": form}), 422
        try:
            save_unit_opinion(
                application,
                form.table(),
                by=user,
                seen=number_in(form.seen.data) or 0,
                saved=read_mark(form.saved.data),
                at=clock.now(),
            )
        except DomainError as error:
            db.session.rollback()
            return self._refused(policy.get_or_404(Application, pk, who()), form, error), 409
        db.session.commit()
        flash(gettext("基层单位意见已保存。"), "success")
        return redirect(url_for("WorkbenchView.show", pk=pk, _anchor="opinion-12"))

    def _refused(self, application: Application, form: UnitOpinionForm, error: DomainError) -> str:
        opinion = unit_opinion_of(application)
        form.saved.data = table_12.mark(opinion)
        stored = opinion if isinstance(error, TableChanged) else None
        return refused(self, application, form, error, "table", stored=stored)


def refused(
    view: BaseView, application: Application, form: Any, error: DomainError, key: str, **more: Any
) -> str:
    """The page again, with what was typed and marks of what is stored now."""
    form.seen.data = str(application.version)
    text = said(error)
    if isinstance(error, OutOfDate) and not isinstance(error, (TableChanged, NoticeChanged)):
        text = gettext("此申报刚刚已被处理，填写的内容没有保存。已填内容保留在本页，可复制。")
    return opinion_page(view, application, forms={key: form}, problem=text, **more)


def opinion_page(
    view: BaseView,
    application: Application,
    forms: table_12.Forms | None = None,
    problem: str = "",
    stored: UnitOpinion | None = None,
) -> str:
    """Table 12 and its notices on a page of their own."""
    user = me()
    assert user
    page: str = view.render_template(
        "review/unit_opinion.html",
        application=application,
        problem=problem,
        stored=stored,
        kept=next(iter(forms.values())) if forms else None,
        **table_12.context(application, user, clock.now(), forms),
    )
    return page


def read_mark(mark: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(mark or "")
    except ValueError:
        return None
