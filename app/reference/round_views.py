"""Preparing a round: its draft, the professions it takes, the check with a preview, and publishing (CYC-01…08)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock, policy
from ..errors import DomainError
from ..extensions import db
from ..models import Profession, Round
from ..organisations import rounds
from ..organisations.round_errors import RunningAffected
from ..vocabulary import CommitteeTier, Role
from ..web.deadlines import deadline
from ..web.errors import said
from ..web.request import acts_for, has_role, me, who
from ..workflow import conditions
from ..workflow.conditions import Severity
from .round_forms import RoundDraftForm
from .template_operations import refuse_choice

REFUSED, CONFLICT = 422, 409


class RoundSetupView(BaseView):  # type: ignore[misc]
    """A committee's office prepares its own rounds; a super administrator prepares and publishes all."""

    route_base = "/rounds"
    default_view = "check"

    @expose("/<int:pk>/setup", methods=["GET", "POST"])
    @has_access
    def setup(self, pk: int) -> Any:
        """The draft. A published round is changed on a page of its own, where less can be."""
        round_, user = _own(pk), me()
        if round_.published_at is not None:
            return redirect(edit_url(round_))
        form = RoundDraftForm(obj=round_, seen=rounds.full_mark(round_))
        form.fit(round_)
        if request.method == "GET":
            return self._setup_page(round_, form)
        if "derive" in request.form:
            return self._derive(round_, form)
        if not form.validate():
            return self._setup_page(round_, form), REFUSED
        try:
            refuse_choice(form.form_template.row, round_, form.required_sections.data)
            rounds.save_draft(round_, form.values(), by=user, seen=form.seen.data, at=clock.now())
        except DomainError as error:
            db.session.rollback()
            round_ = _own(pk)
            form.seen.data = rounds.full_mark(round_)
            return self._setup_page(round_, form, problem=said(error)), CONFLICT
        db.session.commit()
        flash(_("申报窗口草稿已保存。"), "success")
        return redirect(url_for("RoundSetupView.check", pk=pk))

    def _derive(self, round_: Round, form: RoundDraftForm) -> Any:
        """Put what follows from the receiving into the form; nothing is saved."""
        form.validate()
        window = "in_one_batch" in form and rounds.provincial_window(
            form.receives_from.data, form.receives_until.data, form.in_one_batch.answer
        )
        if not window:
            problem = _("填写收审材料的起止日期和是否由市统一报送后才能推算。")
            return self._setup_page(round_, form, problem=problem), REFUSED
        for name, moment in zip(("opens_at", "closes_at"), window, strict=True):
            form[name].data, form[name].raw_data, form[name].errors = moment, None, ()
        return self._setup_page(round_, form, derived=window)

    def _setup_page(self, round_: Round, form: RoundDraftForm, **words: Any) -> Any:
        return self.render_template(
            "reference/round_setup.html", round=round_, form=form, deadline=deadline,
            is_provincial=round_.committee.tier is CommitteeTier.PROVINCE, **words,
        )  # fmt: skip

    @expose("/<int:pk>/professions", methods=["GET", "POST"])
    @has_access
    def professions(self, pk: int) -> Any:
        """The branches of the committee's series, two levels deep; a ticked branch is all of its leaves."""
        round_, user = _own(pk), me()
        if round_.published_at is not None and not has_role(Role.SUPER_ADMIN):
            return redirect(edit_url(round_))
        branches = _branches(rounds.leaves_of(round_))
        seen, problem, code, is_confirming = rounds.full_mark(round_), "", 200, False
        chosen = _taken(branches, round_)
        if request.method == "POST":
            chosen = {*request.form.getlist("branch")} & branches.keys()
            ids = _leaves(branches, chosen)
            try:
                rounds.save_professions(
                    round_, ids, by=user, seen=request.form.get("seen", ""),
                    is_confirmed=request.form.get("confirmed") == _listed(ids), at=clock.now(),
                )  # fmt: skip
            except DomainError as error:
                db.session.rollback()
                round_ = _own(pk)
                seen, problem, code = rounds.full_mark(round_), said(error), CONFLICT
                is_confirming = isinstance(error, RunningAffected)
            else:
                db.session.commit()
                flash(_("申报专业已保存。"), "success")
                return redirect(url_for("RoundSetupView.check", pk=pk))
        return self.render_template(
            "reference/round_professions.html", round=round_, branches=branches, chosen=chosen, seen=seen,
            problem=problem, was=_taken(branches, round_),
            confirmed=_listed(_leaves(branches, chosen)) if is_confirming else "",
        ), code  # fmt: skip

    @expose("/<int:pk>/check")
    @has_access
    def check(self, pk: int) -> Any:
        return self._check_page(_own(pk))

    @expose("/<int:pk>/publish", methods=["POST"])
    @has_access
    def publish(self, pk: int) -> Any:
        round_, user, at = _own(pk), me(), clock.now()
        has_doubt = any(each.severity is Severity.CONFIRM for each in conditions.checks_of(round_, at))
        if has_doubt and "confirmed" not in request.form:
            return self._check_page(round_, _("有需要确认的项目，勾选“已核对”后再发布。")), REFUSED
        try:
            conditions.publish(round_, by=user, seen=request.form.get("seen", ""), at=at)
        except DomainError as error:
            db.session.rollback()
            return self._check_page(_own(pk), said(error)), CONFLICT
        db.session.commit()
        flash(_("已发布，申报人现在可以看到这个申报窗口。"), "success")
        return redirect(url_for("RoundSetupView.check", pk=pk))

    @expose("/<int:pk>/unpublish", methods=["POST"])
    @has_access
    def unpublish(self, pk: int) -> Any:
        try:
            conditions.unpublish(_own(pk), by=me(), at=clock.now())
        except DomainError as error:
            db.session.rollback()
            return self._check_page(_own(pk), said(error)), CONFLICT
        db.session.commit()
        flash(_("已收回为草稿，申报人看不到这个申报窗口。"), "success")
        return redirect(url_for("RoundSetupView.check", pk=pk))

    def _check_page(self, round_: Round, problem: str = "") -> Any:
        checks = conditions.checks_of(round_, clock.now())
        found = {each.severity for each in checks}
        return self.render_template(
            "reference/round_check.html", round=round_, checks=checks, problem=problem, deadline=deadline,
            conditions=conditions.conditions_of(round_), seen=rounds.full_mark(round_), Severity=Severity,
            is_stopped=Severity.BLOCK in found, has_doubt=Severity.CONFIRM in found,
            is_admin=has_role(Role.SUPER_ADMIN), edit_url=edit_url(round_), back=back_link(round_),
        )  # fmt: skip


def _own(pk: int) -> Round:
    round_: Round = policy.get_or_404(Round, pk, who())
    acts_for(round_.committee_id)
    return round_


def edit_url(round_: Round) -> str:
    """Where this person changes the round as it stands."""
    if round_.published_at is None:
        return url_for("RoundSetupView.setup", pk=round_.id)
    if has_role(Role.SUPER_ADMIN):
        return url_for("RoundAdmin.edit", pk=round_.id)
    return url_for("CommitteeRoundView.edit", pk=round_.id)


def back_link(round_: Round) -> tuple[str, str]:
    if has_role(Role.SUPER_ADMIN):
        return _("年度开通"), url_for("RoundYearView.home", year=round_.year)
    return _("申报窗口"), url_for("CommitteeRoundView.list")


def _branches(leaves: list[Profession]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for each in leaves:
        found.setdefault(f"{each.level1} › {each.level2}", set()).add(each.id)
    return found


def _taken(branches: dict[str, set[int]], round_: Round) -> set[str]:
    """The branches that the round takes as it is stored."""
    ids = {*round_.profession_ids}
    return {name for name, leaves in branches.items() if not ids or ids & leaves}


def _leaves(branches: dict[str, set[int]], chosen: set[str]) -> list[int]:
    return [each for name, leaves in branches.items() if name in chosen for each in sorted(leaves)]


def _listed(ids: list[int]) -> str:
    return ",".join(map(str, ids))


VIEWS: tuple[type, ...] = (RoundSetupView,)
