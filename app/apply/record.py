"""申报记录 and 申报历史: each year's application, its progress and history, read only (APP-14)."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from .. import clock
from ..dossier.pages import application_now, own_marks
from ..errors import DomainError
from ..extensions import db
from ..models import Application, Round
from ..policy import scoped
from ..vocabulary import N_, Event, Status
from ..web.deadlines import deadline
from ..web.request import me, who
from ..workflow import operations as workflow
from ..workflow.notices import notices_of
from ..workflow.rules import Actor, offered
from . import operations
from .forms import SeenForm, first_error
from .gaps import FILLABLE, own_application, own_way
from .progress import counters_of, history_of, last_setback, notes_by_decision, paper_of, stations_of
from .usual import usual_of

WITHDRAWN = N_("申报已撤回。在申报窗口关闭前可以继续申报，已用的补正机会不变。")
# What an end means and what remains possible (domain.md 4).
MEANINGS = {
    Status.LAPSED: N_("网上申报或补正时间已过，本年度申报没有提交，不能再恢复。材料会保留，供以后年度使用。"),
    Status.DECLINED: N_("审核部门不予推荐或不予受理，本年度不能再次申报。材料会保留，供以后年度使用。"),
    Status.FAILED: N_(
        "返回修改、重置流程或审核意见超过规定次数，当年申报失败，本年度不能再次申报。材料会保留，供以后年度使用。"
    ),
    Status.WITHDRAWN: N_("本人已撤回。申报窗口关闭前可以继续申报，已用的补正机会不变；关闭后不能恢复。"),
}
REOPENED = N_("已恢复为填写中，核对封面和材料后重新提交。")


class ProgressView(BaseView):
    route_base = "/progress"

    @expose("/")
    @has_access
    def list(self) -> Any:
        applications = db.session.scalars(
            scoped(Application, who())
            .where(Application.applicant_id == who().user_id)
            .options(
                joinedload(Application.round).joinedload(Round.committee),
                joinedload(Application.title),
                joinedload(Application.profession),
                joinedload(Application.holder),
            )
            .order_by(Application.year.desc(), Application.id.desc())
        ).all()
        return self.render_template("apply/progress_list.html", applications=applications, Status=Status)

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        at = clock.now()
        application = own_application(pk, who())
        history = history_of(application)
        stations = stations_of(application, history, own_way(application), at)
        paper = paper_of(application)
        goes_on = paper is None and application.status not in MEANINGS
        return self.render_template(
            "apply/progress.html",
            application=application,
            at=at,
            stations=stations,
            paper=paper,
            history=history,
            setback=last_setback(history),
            marks=own_marks() if application_now() is application else (),
            notes=notes_by_decision(application),
            proofs=[file for notice in notices_of(application).values() for file in notice.files],
            meaning=_(MEANINGS[application.status]) if application.status in MEANINGS else "",
            usual=usual_of([each.at for each in stations if each.at and goes_on], at),
            counters=counters_of(application),
            offered=offered(Actor.APPLICANT, application.status, step=application.step),
            is_fillable=application.status in FILLABLE,
            Status=Status,
            Event=Event,
            deadline=deadline,
        )

    @expose("/<int:pk>/withdraw", methods=["POST"])
    @has_access
    def withdraw(self, pk: int) -> Any:
        return self._move(pk, workflow.withdraw, WITHDRAWN)

    @expose("/<int:pk>/reopen", methods=["POST"])
    @has_access
    def reopen(self, pk: int) -> Any:
        return self._move(pk, operations.reopen, REOPENED)

    def _move(self, pk: int, operation: Callable[..., object], done: str) -> Any:
        application = own_application(pk, who())
        form = SeenForm()
        if not form.validate():
            flash(first_error(form), "danger")
            return redirect(url_for("ProgressView.show", pk=pk))
        try:
            operation(application, by=me(), seen=form.seen.data, at=clock.arrival())
            db.session.commit()
            flash(_(done), "success")
        except DomainError as error:
            db.session.rollback()
            flash(_(error.message, **error.params), "danger")
        return redirect(url_for("ProgressView.show", pk=pk))
