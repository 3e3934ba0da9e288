"""A committee's own windows (CYC-01, CYC-02, X-20)."""

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
from . import operations
from .forms import RoundForm


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
        form = RoundForm(obj=round_, seen=operations.round_mark(round_))
        if request.method == "GET":
            return self._page(round_, form)
        if not form.validate():
            return self._page(round_, form), 422
        assert form.closes_at.data and form.corrections_until.data
        try:
            operations.save_round(
                round_,
                closes_at=form.closes_at.data,
                corrections_until=form.corrections_until.data,
                notice=form.notice.data,
                by=user,
                seen=form.seen.data,
                at=clock.now(),
            )
        except DomainError as error:
            db.session.rollback()
            round_ = policy.get_or_404(Round, pk, who())
            form.seen.data = operations.round_mark(round_)
            return self._page(round_, form, said(error)), 409
        db.session.commit()
        flash(_("申报窗口已保存。"), "success")
        return redirect(url_for("CommitteeRoundView.list"))

    def _page(self, round_: Round, form: RoundForm, problem: str = "") -> Any:
        return self.render_template(
            "organisations/round.html",
            round=round_,
            form=form,
            problem=problem,
            deadline=deadline,
            is_over=round_.closes_at <= clock.now(),
        )
