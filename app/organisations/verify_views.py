"""单位核验: a bureau's desk vouches for the units of its district and natures (domain.md 2)."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from .. import clock, policy
from ..accounts import numbers
from ..errors import DomainError
from ..extensions import db
from ..models import Employment, Membership, Region, Unit, UnitDepartment, User
from ..vocabulary import Role, UnitCheck
from ..web.errors import said
from ..web.fields import normal, number_in
from ..web.request import me, who
from . import operations
from .forms import UnitCheckForm, UnitNoteForm

PAGE = 25


@dataclass(frozen=True)
class Evidence:
    """What the system itself knows about a unit, for the desk to compare with what it is shown."""

    registered_in: Region | None
    clerks: list[User]
    choices: list[UnitDepartment]
    same_phone: list[Unit]
    people: int


class UnitCheckView(BaseView):
    route_base = "/bureau/units"

    @expose("/")
    @has_access
    def list(self) -> Any:
        is_verified = request.args.get("state") == "verified"
        name, after = normal(request.args.get("name"))[:100], number_in(request.args.get("after")) or 0
        found = select(Unit).where(_mine(), Unit.id > after)
        found = found.where(Unit.verified_at.is_not(None) if is_verified else Unit.verified_at.is_(None))
        if name:
            found = found.where(Unit.name.contains(name, autoescape=True))
        rows = db.session.scalars(
            found.options(joinedload(Unit.region)).order_by(Unit.id).limit(PAGE + 1)
        ).all()
        asked: dict[str, Any] = {"name": name or None, "state": "verified" if is_verified else None}
        return self.render_template(
            "organisations/checks.html",
            rows=rows[:PAGE],
            name=name,
            is_verified=is_verified,
            today=clock.today(),
            before_url=url_for("UnitCheckView.list", **asked) if after else None,
            after_url=url_for("UnitCheckView.list", **asked, after=rows[PAGE - 1].id)
            if len(rows) > PAGE
            else None,
        )

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        return self._page(_unit_or_404(pk))

    @expose("/<int:pk>/verify", methods=["POST"])
    @has_access
    def verify(self, pk: int) -> Any:
        unit, form = _unit_or_404(pk), UnitCheckForm()
        if not form.validate():
            return self._page(unit, form=form), 422
        try:
            operations.verify_unit(unit, by=_me(), at=clock.now(), how=UnitCheck(form.how.data))
        except DomainError as error:
            db.session.rollback()
            return self._page(_unit_or_404(pk), problem=said(error)), 409
        db.session.commit()
        flash(_("%(unit)s已核验，已通知单位。", unit=unit.name), "success")
        return redirect(url_for("UnitCheckView.list"))

    @expose("/<int:pk>/note", methods=["POST"])
    @has_access
    def note(self, pk: int) -> Any:
        unit, form = _unit_or_404(pk), UnitNoteForm()
        if not form.validate():
            return self._page(unit, note_form=form), 422
        try:
            operations.ask_unit(unit, form.text.data, by=_me(), at=clock.now())
        except DomainError as error:
            db.session.rollback()
            return self._page(_unit_or_404(pk), note_form=form, problem=said(error)), 409
        db.session.commit()
        flash(_("已通知%(unit)s补充。", unit=unit.name), "success")
        return redirect(url_for("UnitCheckView.show", pk=pk))

    def _page(
        self,
        unit: Unit,
        *,
        form: UnitCheckForm | None = None,
        note_form: UnitNoteForm | None = None,
        problem: str = "",
    ) -> str:
        page: str = self.render_template(
            "organisations/check.html",
            unit=unit,
            evidence=_evidence(unit),
            by=db.session.get(User, unit.verified_by_id) if unit.verified_by_id else None,
            form=form or UnitCheckForm(None),
            note_form=note_form or UnitNoteForm(None),
            today=clock.today(),
            problem=problem,
        )
        return page


def _mine() -> Any:
    return policy.SEES_UNIT[Role.BUREAU](who())


def _unit_or_404(pk: int) -> Unit:
    """A unit of my desk's; as a clerk of another kind I see others too."""
    unit: Unit = policy.get_or_404(Unit, pk, who())
    return unit if db.session.scalar(select(Unit.id).where(Unit.id == pk, _mine())) else abort(404)


def _evidence(unit: Unit) -> Evidence:
    code = numbers.region_part(unit.credit_code)
    same = (
        select(Unit)
        .where(Unit.contact_phone == unit.contact_phone, Unit.id != unit.id)
        .order_by(Unit.id)
        .limit(5)
    )
    return Evidence(
        registered_in=db.session.scalars(select(Region).where(Region.code == code)).one_or_none(),
        clerks=list(
            db.session.scalars(
                select(User)
                .join(Membership, Membership.user_id == User.id)
                .where(Membership.organisation_id == unit.id, Membership.role == Role.UNIT)
                .order_by(User.id)
            )
        ),
        choices=list(
            db.session.scalars(
                select(UnitDepartment)
                .where(UnitDepartment.unit_id == unit.id)
                .options(joinedload(UnitDepartment.department))
                .order_by(UnitDepartment.id)
            )
        ),
        same_phone=list(db.session.scalars(same)) if unit.contact_phone else [],
        people=db.session.scalar(
            select(func.count(Employment.id)).where(
                Employment.unit_id == unit.id, Employment.ended_at.is_(None)
            )
        )
        or 0,
    )


def _me() -> User:
    user = me()
    assert user
    return user
