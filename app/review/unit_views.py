"""A unit's own pages that need to know routes and locks: its form, and its people."""

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock, policy
from ..accounts.operations import is_locked, unlock
from ..accounts.public import locks
from ..errors import DomainError, NoRoute
from ..extensions import db
from ..models import Committee, Person, Region, Unit, User
from ..organisations.forms import UnitForm
from ..organisations.operations import UnitDetails, save_unit, unit_mark
from ..organisations.own import own_unit, own_units
from ..vocabulary import N_, CommitteeTier, Role
from ..web.errors import said
from ..web.fields import normal, number_in
from ..web.request import me, who
from ..workflow.routing import build, missing_of

PAGE = 25
DRAWN = (
    (CommitteeTier.CITY, N_("申报市级评委会")),
    (CommitteeTier.PROVINCE, N_("申报省级评委会")),
)


@dataclass(frozen=True)
class Way:
    """The offices an application of this unit passes, by name, or why there is no way (UNI-02)."""

    title: str
    stops: tuple[str, ...]
    problem: str = ""
    todo: str = ""


class UnitView(BaseView):
    route_base = "/unit"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def edit(self) -> Any:
        units = own_units()
        unit = own_unit(units)
        form = UnitForm(obj=unit, seen=unit_mark(unit))
        if request.method == "GET":
            return self._page(unit, units, form)
        if not form.validate():
            return self._page(unit, units, form), 422
        if "preview" in request.form:
            return self._page(unit, units, form, drawn=_as_typed(unit, form.details()))
        user = me()
        assert user
        try:
            save_unit(unit, form.details(), by=user, seen=form.seen.data, at=clock.now())
        except DomainError as error:
            db.session.rollback()
            units = own_units()
            unit = own_unit(units)
            form.seen.data = unit_mark(unit)
            return self._page(unit, units, form, problem=said(error)), 409
        db.session.commit()
        flash(gettext("单位信息已保存。"), "success")
        return redirect(url_for("UnitView.edit", unit=unit.id if len(units) > 1 else None))

    def _page(
        self, unit: Unit, units: list[Unit], form: UnitForm, *, drawn: Unit | None = None, problem: str = ""
    ) -> Any:
        return self.render_template(
            "review/unit.html",
            unit=unit,
            units=units,
            form=form,
            missing=missing_of(unit),
            ways=[_way(drawn or unit, tier, title) for tier, title in DRAWN],
            is_preview=drawn is not None,
            problem=problem,
        )


def _as_typed(unit: Unit, details: UnitDetails) -> Unit:
    """The unit as it would be; it belongs to no session and is never stored."""
    return Unit(
        id=unit.id,
        name=details.name,
        nature=details.nature,
        tier=details.tier,
        region_id=details.region_id,
        region=db.session.get(Region, details.region_id),
        contact_phone=details.contact_phone,
    )


def _way(unit: Unit, tier: CommitteeTier, title: str) -> Way:
    committee = Committee(name=gettext("评委会"), tier=tier)
    try:
        offices = build(unit, committee)
    except NoRoute as error:
        return Way(
            gettext(title),
            (),
            gettext(error.message),
            gettext(error.todo, **error.params) if error.todo else "",
        )
    return Way(gettext(title), (gettext("个人申报"), *(each.organisation.name for each in offices)))


class StaffView(BaseView):
    """The unit's people; it may open their locks, never see or set a password (UNI-08)."""

    route_base = "/unit/staff"

    @expose("/")
    @has_access
    def list(self) -> Any:
        units = own_units()
        unit = own_unit(units)
        name, after = normal(request.args.get("name"))[:30], number_in(request.args.get("after"))
        found = self._mine().where(Person.unit_id == unit.id).join(User, User.id == Person.id)
        if name:
            found = found.where(User.first_name.contains(name, autoescape=True))
        if after is not None:
            found = found.where(Person.id > after)
        people = db.session.scalars(
            found.options(joinedload(Person.account)).order_by(Person.id).limit(PAGE + 1)
        ).all()
        at, limits = clock.now(), locks()
        return self.render_template(
            "review/staff.html",
            unit=unit,
            units=units,
            name=name,
            rows=[(each, is_locked(each.account, locks=limits, at=at)) for each in people[:PAGE]],
            after=people[PAGE - 1].id if len(people) > PAGE else None,
            is_first=after is None,
        )

    @expose("/<int:pk>/unlock", methods=["POST"])
    @has_access
    def unlock(self, pk: int) -> Any:
        person = policy.get_or_404(Person, pk, who())
        user = me()
        assert user
        if person.unit_id not in who().of(Role.UNIT):
            abort(404)
        if unlock(person.account, by=user, at=clock.now()):
            flash(gettext("%(name)s 的账号已解锁。", name=person.account.first_name), "success")
        else:
            flash(gettext("%(name)s 的账号没有锁定。", name=person.account.first_name), "info")
        db.session.commit()
        return redirect(url_for("StaffView.list", unit=person.unit_id))

    def _mine(self) -> Any:
        return select(Person).where(policy.visible(Person, who()), Person.unit_id.in_(who().of(Role.UNIT)))
