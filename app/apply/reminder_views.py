"""Reminding the other party of a gap, and waiting for a window to open (screens.md 3.3)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..dossier.pages import application_now, own_person
from ..errors import DomainError
from ..extensions import db
from ..models import Round
from ..policy import get_or_404
from ..web.request import is_local, me, who
from ..workflow.remind_errors import NothingToRemind
from ..workflow.reminding import remind_unit
from . import subscriptions


def _back() -> Any:
    back = request.form.get("back", "")
    return redirect(back if is_local(back) else url_for("ApplicantView.home"))


class ReminderView(BaseView):
    route_base = "/reminders"

    @expose("/unit", methods=["POST"])
    @has_access
    def unit(self) -> Any:
        """Remind whoever has to act before I can hand in; once a day."""
        application = application_now()
        try:
            if application is None:
                raise NothingToRemind
            done = remind_unit(own_person(), application, by=me(), at=clock.now())
        except DomainError as error:
            db.session.rollback()
            flash(_(error.message, **error.params), "warning")
            return _back()
        db.session.commit()
        if done.is_new:
            flash(_("已提醒%(office)s。", office=done.office.name), "success")
        else:
            flash(_("今天已提醒过%(office)s，明天可以再次提醒。", office=done.office.name), "info")
        return _back()


class SubscriptionView(BaseView):
    route_base = "/subscriptions"

    @expose("/<int:pk>/add", methods=["POST"])
    @has_access
    def add(self, pk: int) -> Any:
        """Tell me when this round opens; asking twice is asking once."""
        round_ = get_or_404(Round, pk, who())
        try:
            subscriptions.subscribe(round_, by=me(), at=clock.now())
        except DomainError as error:
            db.session.rollback()
            flash(_(error.message, **error.params), "warning")
            return _back()
        db.session.commit()
        flash(_("已订阅。申报窗口开放时向您发送消息。"), "success")
        return _back()

    @expose("/<int:pk>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: int) -> Any:
        subscriptions.unsubscribe(get_or_404(Round, pk, who()), by=me(), at=clock.now())
        db.session.commit()
        flash(_("已取消订阅。"), "success")
        return _back()
