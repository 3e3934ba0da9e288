"""Table 12, written by the unit before its decision."""

from datetime import date, datetime
from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import clock, policy
from ..errors import CalendarUnknown, DomainError, OutOfDate
from ..extensions import db
from ..models import Application, UnitOpinion
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import acts_for, me, who
from ..workflow.guards import holidays, unit_opinion_of
from ..workflow.rules import NOTICE_DAYS
from ..workflow.working_days import working_days
from .forms import UnitOpinionForm
from .operations import TableChanged, check_may_write, save_unit_opinion


class UnitOpinionView(BaseView):
    route_base = "/applications"

    @expose("/<int:pk>/unit-opinion", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Any:
        application, user = policy.get_or_404(Application, pk, who()), me()
        acts_for(application.holder_id)
        assert user
        opinion = unit_opinion_of(application)
        form = UnitOpinionForm(obj=opinion, seen=application.version, saved=_mark(opinion))
        if not form.is_submitted():
            check_may_write(application, user)
            return self._page(application, form)
        if not form.validate():
            return self._page(application, form), 422
        try:
            save_unit_opinion(
                application,
                form.table(),
                by=user,
                seen=number_in(form.seen.data) or 0,
                saved=_read(form.saved.data),
                at=clock.now(),
            )
        except DomainError as error:
            db.session.rollback()
            return self._refused(policy.get_or_404(Application, pk, who()), form, error), 409
        db.session.commit()
        flash(gettext("基层单位意见已保存。下一步：提交审核结果。"), "success")
        return redirect(url_for("WorkbenchView.show", pk=pk))

    def _refused(self, application: Application, form: UnitOpinionForm, error: DomainError) -> str:
        """The page again, with what was typed and marks of what is stored now."""
        form.seen.data = str(application.version)
        opinion = unit_opinion_of(application)
        form.saved.data = _mark(opinion)
        text = said(error)
        if isinstance(error, OutOfDate) and not isinstance(error, TableChanged):
            text = gettext("此申报刚刚已被处理，基层单位意见没有保存。已填内容保留在本页，可复制。")
        stored = opinion if isinstance(error, TableChanged) else None
        return self._page(application, form, problem=text, stored=stored)

    def _page(
        self,
        application: Application,
        form: UnitOpinionForm,
        problem: str = "",
        stored: UnitOpinion | None = None,
    ) -> str:
        start, until = form.notice_from.data, form.notice_until.data
        page: str = self.render_template(
            "review/unit_opinion.html",
            application=application,
            form=form,
            problem=problem,
            stored=stored,
            notice=notice_length(start, until) if start and until else "",
        )
        return page


def notice_length(start: date, until: date) -> str:
    """How many working days the notice has, by the calendar, or why that cannot be said (OPN-02, E06)."""
    if until < start:
        return ""
    try:
        days = working_days(start, until, holidays())
    except CalendarUnknown as error:
        return said(error)
    if days < NOTICE_DAYS:
        return gettext(
            "公示期 %(days)s 个工作日，少于 %(least)s 个，不能推荐。", days=days, least=NOTICE_DAYS
        )
    return gettext("公示期 %(days)s 个工作日。", days=days)


def _mark(opinion: UnitOpinion | None) -> str:
    """The saved Table 12 that the page shows, told apart by its time."""
    return opinion.saved_at.isoformat() if opinion else ""


def _read(mark: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(mark or "")
    except ValueError:
        return None
