"""The desk: what waits for my offices, what came back, what was done."""

from typing import Any

from flask import request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy import select

from .. import clock, policy
from ..extensions import db
from ..models import Notice, Unit
from ..organisations import staff
from ..vocabulary import Role
from ..web import deadlines
from ..web.fields import normal, number_in
from ..web.request import has_role, offices, who
from ..web.shell import listed
from . import desk
from .desk import Filters, Turn

OLDEST = 5
NOTICES = 5


class DeskView(BaseView):
    route_base = "/desk"

    @expose("/")
    @has_access
    def home(self) -> Any:
        at, standing = clock.now(), who()
        return self.render_template(
            "review/home.html",
            figures=desk.figures(standing, at),
            found=desk.applications(standing, "waiting", filters=Filters(), turn=Turn(), at=at, size=OLDEST),
            notices=db.session.scalars(
                select(Notice).order_by(Notice.published_at.desc(), Notice.id.desc()).limit(NOTICES)
            ).all(),
            incomplete=_incomplete_units(),
            asking=staff.count_asking(standing.of(Role.UNIT)) if has_role(Role.UNIT) else 0,
            scope=_scope(),
            at=at,
            shown=shown,
            deadlines=deadlines,
        )

    @expose("/waiting")
    @has_access
    def waiting(self) -> Any:
        at = clock.now()
        tab = "returned" if request.args.get("tab") == "returned" else "waiting"
        asked = _asked(tab)
        page = desk.applications(
            who(),
            tab,
            filters=Filters(
                asked.get("name", ""),
                int(asked["committee"]) if "committee" in asked else None,
                at + desk.SOON if "due" in asked else None,
            ),
            turn=Turn.read(request.args.get("after"), request.args.get("before")),
            at=at,
        )
        return self.render_template(
            "review/waiting.html",
            tab=tab,
            asked=asked,
            found=page,
            counts=desk.tab_counts(who()),
            committees=desk.committees() if _filters_by_committee() else (),
            at=at,
            scope=_scope(),
            shown=shown,
            deadlines=deadlines,
            turns=_turns("DeskView.waiting", page, asked),
        )

    @expose("/handled")
    @has_access
    def handled(self) -> Any:
        asked = {"week": "1"} if request.args.get("week") == "1" else {}
        page = desk.handled(
            who(),
            since=desk.week_start(clock.now()) if asked else None,
            turn=Turn.read(request.args.get("after"), request.args.get("before")),
        )
        return self.render_template(
            "review/handled.html",
            found=page,
            asked=asked,
            scope=_scope(),
            turns=_turns("DeskView.handled", page, asked),
        )


def shown(count: int) -> str:
    """A count as people read it: beyond what was counted, `1000+`."""
    return f"{desk.COUNTED}+" if count > desk.COUNTED else str(count)


def _asked(tab: str) -> dict[str, str]:
    """The filters of the address that make sense; the rest is dropped."""
    name, committee = normal(request.args.get("name"))[:30], number_in(request.args.get("committee"))
    asked = {"tab": tab} if tab != "waiting" else {}
    if name:
        asked["name"] = name
    if committee is not None:
        asked["committee"] = str(committee)
    if request.args.get("due") == "soon":
        asked["due"] = "soon"
    return asked


def _filters_by_committee() -> bool:
    """A committee office sees its own committee only."""
    return any(role is not Role.COMMITTEE for role in who().roles if who().of(role))


def _turns(endpoint: str, page: desk.Page, asked: dict[str, Any]) -> tuple[str | None, str | None]:
    """The addresses of the neighbouring pages, with the filters kept."""
    before = url_for(endpoint, **asked, before=str(page.before)) if page.before else None
    after = url_for(endpoint, **asked, after=str(page.after)) if page.after else None
    return before, after


def _scope() -> str:
    """Whose rows the page shows; said on every list (screens.md 3.1)."""
    return gettext("范围：%(offices)s", offices=listed(each.name for each in offices()))


def _incomplete_units() -> list[Unit]:
    """My units whose starred fields keep their people from submitting (UNI-03)."""
    if not has_role(Role.UNIT):
        return []
    mine = policy.scoped(Unit, who()).where(Unit.id.in_(who().of(Role.UNIT))).order_by(Unit.id)
    return [unit for unit in db.session.scalars(mine) if unit.missing]
