"""A unit and its competent departments, from both sides (UNI-05…07)."""

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from .. import clock, policy
from ..errors import DomainError
from ..extensions import db
from ..models import Department, UnitDepartment
from ..vocabulary import Choice, Role
from ..web.errors import said
from ..web.fields import normal, number_in
from ..web.request import acts_for, me, who
from . import operations
from .forms import ChoiceForm
from .own import own_unit, own_units

FOUND = 30


class UnitDepartmentView(BaseView):
    """The unit's side: choose a department, say which is the default."""

    route_base = "/unit/departments"

    @expose("/")
    @has_access
    def list(self) -> Any:
        units = own_units()
        return self._page(own_unit(units), units)

    @expose("/choose", methods=["GET", "POST"])
    @has_access
    def choose(self) -> Any:
        units = own_units()
        unit = own_unit(units)
        if request.method == "GET":
            return self._search(unit, units)
        department = db.session.get(Department, number_in(request.form.get("department")) or 0)
        if department is None:
            return self._search(unit, units, _("选择一个主管部门")), 422
        try:
            operations.choose_department(unit, department, by=_me(), at=clock.now())
        except DomainError as error:
            db.session.rollback()
            return self._search(own_unit(units), units, said(error)), 409
        db.session.commit()
        flash(_("已提交，等待%(department)s审核。", department=department.name), "success")
        return redirect(url_for("UnitDepartmentView.list", unit=unit.id))

    @expose("/<int:pk>/default", methods=["POST"])
    @has_access
    def make_default(self, pk: int) -> Any:
        units = own_units()
        choice = policy.get_or_404(UnitDepartment, pk, who())
        acts_for(choice.unit_id)
        unit = next((each for each in units if each.id == choice.unit_id), None) or abort(404)
        try:
            operations.make_default(choice, by=_me(), at=clock.now())
        except DomainError as error:
            db.session.rollback()
            return self._page(unit, units, said(error)), 409
        db.session.commit()
        flash(_("已设为默认主管部门：%(department)s。", department=choice.department.name), "success")
        return redirect(url_for("UnitDepartmentView.list", unit=unit.id))

    def _page(self, unit: Any, units: Any, problem: str = "") -> Any:
        rows = db.session.scalars(
            policy.scoped(UnitDepartment, who())
            .where(UnitDepartment.unit_id == unit.id)
            .options(joinedload(UnitDepartment.department))
            .order_by(UnitDepartment.id)
        ).all()
        return self.render_template(
            "organisations/departments.html",
            unit=unit,
            units=units,
            rows=rows,
            problem=problem,
            Choice=Choice,
        )

    def _search(self, unit: Any, units: Any, problem: str = "") -> Any:
        """Departments whose name holds the words; those already asked are marked."""
        name = normal(request.args.get("q"))[:100]
        found = select(Department).order_by(Department.name, Department.id).limit(FOUND + 1)
        if name:
            found = found.where(Department.name.contains(name, autoescape=True))
        rows = db.session.scalars(found).all()
        asked = set(
            db.session.scalars(
                select(UnitDepartment.department_id).where(
                    UnitDepartment.unit_id == unit.id, UnitDepartment.status != Choice.REFUSED
                )
            )
        )
        return self.render_template(
            "organisations/choose.html",
            unit=unit,
            units=units,
            name=name,
            rows=rows[:FOUND],
            is_cut=len(rows) > FOUND,
            asked=asked,
            problem=problem,
        )


class UnitChoiceView(BaseView):
    """The department's side: take a unit, or say why not."""

    route_base = "/department/units"

    @expose("/")
    @has_access
    def list(self) -> Any:
        rows = db.session.scalars(
            policy.scoped(UnitDepartment, who())
            .where(UnitDepartment.department_id.in_(who().of(Role.DEPARTMENT)))
            .options(joinedload(UnitDepartment.unit), joinedload(UnitDepartment.department))
            .order_by(
                case((UnitDepartment.status == Choice.PENDING, 0), else_=1),
                UnitDepartment.submitted_at.desc(),
                UnitDepartment.id.desc(),
            )
        ).all()
        return self.render_template("organisations/choices.html", rows=rows, Choice=Choice)

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    def decide(self, pk: int) -> Any:
        choice = _choice_or_404(pk)
        form = ChoiceForm(seen=choice.submitted_at.isoformat())
        if request.method == "GET":
            return self._page(choice, form)
        if not form.validate():
            return self._page(choice, form), 422
        try:
            operations.decide_choice(
                choice,
                result=Choice(form.result.data),
                opinion=form.opinion.data,
                by=_me(),
                seen=_moment(form.seen.data),
                at=clock.now(),
            )
        except DomainError as error:
            db.session.rollback()
            choice = _choice_or_404(pk)
            form.seen.data = choice.submitted_at.isoformat()
            return self._page(choice, form, said(error)), 409
        db.session.commit()
        flash(
            _("%(unit)s：%(result)s，已通知单位。", unit=choice.unit.name, result=_(choice.status.label)),
            "success",
        )
        return redirect(url_for("UnitChoiceView.list"))

    def _page(self, choice: UnitDepartment, form: ChoiceForm, problem: str = "") -> Any:
        return self.render_template(
            "organisations/choice.html",
            choice=choice,
            form=form,
            problem=problem,
            is_pending=choice.status is Choice.PENDING,
        )


def _choice_or_404(pk: int) -> UnitDepartment:
    """A unit's choice of one of my departments; as a unit's clerk I see others too."""
    choice: UnitDepartment = policy.get_or_404(UnitDepartment, pk, who())
    acts_for(choice.department_id)
    return choice if choice.department_id in who().of(Role.DEPARTMENT) else abort(404)


def _me() -> Any:
    user = me()
    assert user
    return user


def _moment(mark: str | None) -> datetime:
    """The time a form brought back; one that cannot be read is nobody's time."""
    try:
        found = datetime.fromisoformat(mark or "")
    except ValueError:
        return clock.now()
    return found if found.tzinfo else clock.now()
