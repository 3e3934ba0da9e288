"""A unit's form, which needs to know the routes that result from it (UNI-01, UNI-02)."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import clock
from ..errors import DomainError, NoRoute
from ..extensions import db
from ..models import Committee, Region, Unit
from ..organisations.forms import UnitForm
from ..organisations.operations import UnitDetails, save_unit, unit_mark
from ..organisations.own import own_unit, own_units
from ..vocabulary import N_, CommitteeTier
from ..web.errors import said
from ..web.request import me
from ..workflow.routing import build

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
            missing=unit.missing,
            ways=[_way(drawn or unit, tier, title) for tier, title in DRAWN],
            is_preview=drawn is not None,
            today=clock.today(),
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
