"""The super administrators' home and the table of rights."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import func, select

from .. import clock
from ..extensions import db
from ..models import Application, Round, Unit, User
from ..roles import OPENS
from ..vocabulary import Role, Status
from ..web.shell import listed
from .rights import PERMISSIONS, VIEWS_OF


@dataclass(frozen=True)
class Numbers:
    """How much there is of what an administrator looks after."""

    accounts: int
    locked: int
    units: int
    unverified: int
    open_rounds: int
    applications: dict[Status, int]


def numbers() -> Numbers:
    """Two queries, whatever the number of figures."""
    now = clock.now()
    row = db.session.execute(
        select(
            select(func.count(User.id)).scalar_subquery(),
            select(func.count(User.id)).where(User.locked_at.is_not(None)).scalar_subquery(),
            select(func.count(Unit.id)).scalar_subquery(),
            select(func.count(Unit.id)).where(Unit.verified_at.is_(None)).scalar_subquery(),
            select(func.count(Round.id)).where(Round.is_open(now)).scalar_subquery(),
        )
    ).one()
    counted = dict(
        db.session.execute(
            select(Application.status, func.count(Application.id)).group_by(Application.status)
        ).all()
    )
    return Numbers(*row, applications={status: counted.get(status, 0) for status in Status})


class OverviewView(BaseView):
    route_base = "/overview"

    @expose("/")
    @has_access
    def home(self) -> Any:
        found = numbers()
        tiles = [
            (_("账号"), found.accounts, _("个"), url_for("UserAdmin.list")),
            (_("锁定的账号"), found.locked, _("个"), url_for("UserAdmin.list", locked_at=1)),
            (_("单位"), found.units, _("家"), url_for("UnitAdmin.list")),
            (_("未核验的单位"), found.unverified, _("家"), url_for("UnitAdmin.list", verified_at=0)),
            (_("正在受理的窗口"), found.open_rounds, _("个"), url_for("RoundAdmin.list", opens_at=1)),
        ]
        return self.render_template("reference/overview.html", tiles=tiles, applications=found.applications)


class RightsView(BaseView):
    """Who may open what. Rights live in app/roles.py; this page only shows them."""

    route_base = "/admin/rights"

    @expose("/")
    @has_access
    def show(self) -> Any:
        views = dict.fromkeys(view for opened in OPENS.values() for view in opened)
        table = [
            (
                _(VIEWS_OF[view]),
                [listed(_(PERMISSIONS[each]) for each in OPENS[role].get(view, ())) for role in Role],
            )
            for view in views
        ]
        return self.render_template("reference/rights.html", table=table, roles=list(Role))


VIEWS = (OverviewView, RightsView)
