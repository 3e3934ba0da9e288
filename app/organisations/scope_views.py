"""What lies in a department's scope: the units it has approved and the people these have confirmed; no others."""

from typing import Any

from flask import request, url_for
from flask_appbuilder import BaseView, expose, has_access
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from .. import policy
from ..extensions import db
from ..models import Employment, Person, Unit, User
from ..vocabulary import Joining, Role
from ..web.fields import normal, number_in
from ..web.request import who

PAGE = 25


class DepartmentScopeView(BaseView):
    route_base = "/department/scope"

    @expose("/")
    @has_access
    def list(self) -> Any:
        """The units, each with the number of its confirmed people."""
        name, after = _asked()
        people = (
            select(func.count(Employment.id))
            .where(
                Employment.unit_id == Unit.id,
                Employment.ended_at.is_(None),
                Employment.status == Joining.CONFIRMED,
            )
            .scalar_subquery()
        )
        found = select(Unit, people).where(policy.SEES_UNIT[Role.DEPARTMENT](who()), Unit.id > after)
        if name:
            found = found.where(Unit.name.contains(name, autoescape=True))
        rows = db.session.execute(
            found.options(joinedload(Unit.region)).order_by(Unit.id).limit(PAGE + 1)
        ).all()
        return self.render_template(
            "organisations/scope_units.html",
            rows=rows[:PAGE],
            name=name,
            before_url=url_for("DepartmentScopeView.list", name=name or None) if after else None,
            after_url=url_for("DepartmentScopeView.list", name=name or None, after=rows[PAGE - 1][0].id)
            if len(rows) > PAGE
            else None,
        )

    @expose("/people")
    @has_access
    def people(self) -> Any:
        """The people, of one unit or of all; a unit beyond the scope has none."""
        name, after = _asked()
        unit_id = number_in(request.args.get("unit"))
        found = (
            select(Person)
            .join(User, User.id == Person.id)
            .where(policy.SEES_PERSON[Role.DEPARTMENT](who()), Person.id > after)
        )
        unit = None
        if unit_id is not None:
            unit = db.session.scalars(
                select(Unit).where(Unit.id == unit_id, policy.SEES_UNIT[Role.DEPARTMENT](who()))
            ).one_or_none()
            found = found.where(Person.unit_id == unit_id)
        if name:
            found = found.where(User.first_name.contains(name, autoescape=True))
        rows = db.session.scalars(
            found.options(joinedload(Person.account), joinedload(Person.unit))
            .order_by(Person.id)
            .limit(PAGE + 1)
        ).all()
        asked: dict[str, Any] = {"name": name or None, "unit": unit_id}
        return self.render_template(
            "organisations/scope_people.html",
            rows=rows[:PAGE],
            name=name,
            unit=unit,
            unit_id=unit_id,
            before_url=url_for("DepartmentScopeView.people", **asked) if after else None,
            after_url=url_for("DepartmentScopeView.people", **asked, after=rows[PAGE - 1].id)
            if len(rows) > PAGE
            else None,
        )


def _asked() -> tuple[str, int]:
    """The words searched for, and the last row of the page before."""
    return normal(request.args.get("name"))[:100], number_in(request.args.get("after")) or 0
