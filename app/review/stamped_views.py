"""表十七收件: the office at the end of the route takes the stamped page in, or asks for another (ATT-04, domain.md 4)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import clock, policy
from ..dossier import stamped
from ..errors import DomainError, NotAllowedNow
from ..extensions import db
from ..models import Application, Decision
from ..vocabulary import PageState
from ..web.errors import said
from ..web.fields import normal, number_in
from ..web.request import acts_for, me, who
from ..workflow import rules, stamping
from ..workflow.actors import acts_as_last_office, last_step_of
from . import stamped_pages
from .asking import scope, turns
from .lists import Turn


class StampedDeskView(BaseView):
    route_base = "/stamped-pages"

    @expose("/")
    @has_access
    def list(self) -> Any:
        asked = request.args.get("state", "")
        state = PageState(asked) if asked in stamped_pages.TABS else PageState.HANDED_IN
        turn = Turn.read(request.args.get("after"), request.args.get("before"))
        turn = turn if turn.key is None or isinstance(turn.key.value, datetime) else Turn()
        found = stamped_pages.pages(who(), state, turn)
        return self.render_template(
            "review/stamped_list.html",
            tabs=stamped_pages.TABS,
            state=state,
            found=found,
            waiting=stamped_pages.count_waiting(who()),
            turns=turns("StampedDeskView.list", found, {"state": state.value}),
            scope=scope(),
        )

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        return self._page(_application(pk))

    @expose("/<int:pk>/accept", methods=["POST"])
    @has_access
    def accept(self, pk: int) -> Any:
        return self._judge(pk, stamping.accept, gettext("表十七已接收，已通知申报人下载归档文件。"))

    @expose("/<int:pk>/ask-again", methods=["POST"])
    @has_access
    def ask_again(self, pk: int) -> Any:
        opinion = normal(request.form.get("opinion"))
        return self._judge(
            pk, stamping.ask_again, gettext("已要求重新上传，原因已发给申报人。"), opinion=opinion
        )

    def _judge(self, pk: int, operation: Callable[..., Decision], done: str, **said_: str) -> Any:
        application = _application(pk)
        last = last_step_of(application)
        acts_for(last.organisation_id if last else None)
        try:
            operation(
                application, by=me(), seen=number_in(request.form.get("seen")) or 0, at=clock.now(), **said_
            )
        except DomainError as refused:
            db.session.rollback()
            return self._page(_application(pk), said(refused), **said_), refused.status
        db.session.commit()
        flash(done, "success")
        following = stamped_pages.next_waiting(who()) if request.form.get("then") else None
        if following is not None:
            return redirect(url_for("StampedDeskView.show", pk=following))
        return redirect(url_for("StampedDeskView.list"))

    def _page(self, application: Application, problem: str = "", opinion: str = "") -> Any:
        user = me()
        assert user
        page = stamped.handed_in(application)
        may = (
            page is not None
            and page.state is PageState.HANDED_IN
            and acts_as_last_office(application, user)
            and bool(rules.offered(rules.Actor.LAST_OFFICE, application.status))
        )
        return self.render_template(
            "review/stamped.html",
            application=application,
            handed=page,
            may=may,
            is_own=policy.is_own(application, user),
            problem=problem,
            opinion=opinion,
            limit=rules.OPINION_LENGTH,
            PageState=PageState,
        )


def _application(pk: int) -> Application:
    """Seen, and at the end of its way: before that there is nothing here, and nobody else takes it in."""
    application: Application = policy.get_or_404(Application, pk, who())
    user = me()
    if user is None or not (acts_as_last_office(application, user) or policy.is_own(application, user)):
        raise NotAllowedNow(status=gettext(application.status.label))
    return application
