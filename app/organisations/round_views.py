"""A committee's own windows (CYC-01, CYC-02, X-20)."""

from types import SimpleNamespace
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from .. import clock, policy
from ..errors import DomainError
from ..extensions import db
from ..models import Round
from ..web.deadlines import deadline
from ..web.errors import said
from ..web.request import acts_for, me, who
from . import operations, rounds
from .forms import RoundForm
from .round_errors import RunningAffected


class CommitteeRoundView(BaseView):
    route_base = "/rounds"

    @expose("/")
    @has_access
    def list(self) -> Any:
        rows = db.session.scalars(
            policy.scoped(Round, who())
            .options(joinedload(Round.committee))
            .order_by(Round.year.desc(), Round.opens_at.desc(), Round.id)
        ).all()
        return self.render_template("organisations/rounds.html", rows=rows, at=clock.now(), deadline=deadline)

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: int) -> Any:
        round_, user = policy.get_or_404(Round, pk, who()), me()
        acts_for(round_.committee_id)
        assert user
        if round_.published_at is None:
            return redirect(url_for("RoundSetupView.setup", pk=pk))
        form = RoundForm(obj=round_, seen=operations.round_mark(round_))
        if request.method == "GET":
            return self._page(round_, form)
        if not form.validate():
            return self._page(round_, form), 422
        assert form.closes_at.data and form.corrections_until.data
        try:
            rounds.save_round(
                round_,
                closes_at=form.closes_at.data,
                corrections_until=form.corrections_until.data,
                notice=form.notice.data,
                by=user,
                seen=form.seen.data,
                is_confirmed=form.confirmed.data == _said(form),
                at=clock.now(),
            )
        except DomainError as error:
            db.session.rollback()
            round_ = policy.get_or_404(Round, pk, who())
            form.seen.data = operations.round_mark(round_)
            changes = _changes(round_, form) if isinstance(error, RunningAffected) else []
            form.confirmed.data = _said(form) if changes else ""
            return self._page(round_, form, said(error), changes), 409
        db.session.commit()
        flash(_("申报窗口已保存。"), "success")
        return redirect(url_for("CommitteeRoundView.list"))

    def _page(self, round_: Round, form: RoundForm, problem: str = "", changes: Any = ()) -> Any:
        return self.render_template(
            "organisations/round.html",
            round=round_,
            form=form,
            problem=problem,
            changes=changes,
            deadline=deadline,
            is_over=round_.closes_at <= clock.now(),
        )


def _said(form: RoundForm) -> str:
    """A digest of what is to be saved, to know that it is what was looked at."""
    return operations.mark_of(
        SimpleNamespace(**form.data), ("closes_at", "corrections_until", "notice", "seen")
    )


def _changes(round_: Round, form: RoundForm) -> list[tuple[str, str, str]]:
    """Label, before and after of what would change."""
    times = [
        (form.closes_at, round_.closes_at),
        (form.corrections_until, round_.corrections_until),
    ]
    found = [(f.label.text, deadline(old), deadline(f.data)) for f, old in times if f.data and f.data != old]
    if form.notice.data != round_.notice:
        found.append((form.notice.label.text, round_.notice, form.notice.data))
    return found
