"""The desk: what waits for my offices, what came back, what was done."""

from datetime import datetime
from typing import Any

from flask import jsonify, request
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy import select

from .. import clock, policy
from ..extensions import db
from ..models import Notice, Unit
from ..organisations import staff
from ..vocabulary import ROLE_OF_STAGE, Category, Level, Role, Word
from ..web import deadlines
from ..web.request import has_role, who
from ..workflow.rules import BULK_APPROVE_STAGES
from . import bulk, desk, lists, saved, stamped_pages
from .asking import filters_by_committee, opens_stamped_pages, scope, turns
from .filter_words import tab_name, words_of
from .filters import Filters, taken_for
from .lists import Turn
from .saved_views import query_of

OLDEST = 5
NOTICES = 5
# A list is worth asking after when it is so old; in seconds.
STALE = 300


class DeskView(BaseView):
    route_base = "/desk"

    @expose("/")
    @has_access
    def home(self) -> Any:
        at, standing = clock.now(), who()
        return self.render_template(
            "review/home.html",
            figures=desk.figures(standing, at),
            found=lists.applications(standing, Filters(sort="waiting"), Turn(), at, OLDEST),
            notices=db.session.scalars(
                select(Notice).order_by(Notice.published_at.desc(), Notice.id.desc()).limit(NOTICES)
            ).all(),
            incomplete=_incomplete_units(),
            asking=staff.count_asking(standing.of(Role.UNIT)) if has_role(Role.UNIT) else 0,
            pages=stamped_pages.count_waiting(standing) if opens_stamped_pages() else 0,
            scope=scope(),
            at=at,
            shown=shown,
            deadlines=deadlines,
            columns=saved.USUAL,
            names=_headings(),
        )

    @expose("/waiting")
    @has_access
    def waiting(self) -> Any:
        at, filters = clock.now(), Filters.read(request.args)
        asked = filters.address()
        turn = Turn.read(request.args.get("after"), request.args.get("before"))
        page = lists.applications(who(), filters, turn, at)
        kept = [(each, query_of(each)) for each in saved.lists_of(who().user_id)]
        return self.render_template(
            "review/waiting.html",
            filters=filters,
            asked=asked,
            kind=taken_for(filters.q) if filters.q else None,
            chips=words_of(filters),
            title=tab_name(filters),
            found=page,
            counts=desk.tab_counts(who()),
            kept=kept,
            is_kept=any(read == filters for _each, read in kept),
            look=saved.look_of(who().user_id),
            names=_headings(),
            committees=desk.committees() if filters_by_committee() else (),
            levels=_options(Level),
            categories=_options(Category),
            at=at,
            scope=scope(),
            shown=shown,
            deadlines=deadlines,
            turns=turns("DeskView.waiting", page, asked),
            may_approve=may_approve_together(),
            walk=lists.WALK,
            bulk_limit=bulk.LIMIT,
            stale=STALE,
        )

    @expose("/arrived")
    @has_access
    def arrived(self) -> Any:
        """How many came since a page was made; its script asks when the page is old."""
        try:
            since = datetime.fromisoformat(request.args.get("since", ""))
        except ValueError:
            since = clock.now()
        since = since if since.tzinfo else clock.now()
        return jsonify(n=desk.arrived(who(), since))

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
            scope=scope(),
            turns=turns("DeskView.handled", page, asked),
        )


def may_approve_together() -> bool:
    """Whether one of his offices is of a stage where cases may be approved together."""
    return any(ROLE_OF_STAGE[stage] in who().roles for stage in BULK_APPROVE_STAGES)


def shown(count: int) -> str:
    """A count as people read it: beyond what was counted, `1000+`."""
    return f"{desk.COUNTED}+" if count > desk.COUNTED else str(count)


def _headings() -> dict[str, str]:
    """Translated once a page, not once a cell."""
    return {name: gettext(label) for name, label in saved.COLUMNS.items()}


def _options(vocabulary: type[Word]) -> list[tuple[str, str]]:
    return [(each.value, gettext(each.label)) for each in vocabulary]


def _incomplete_units() -> list[Unit]:
    """My units whose starred fields keep their people from submitting (UNI-03)."""
    if not has_role(Role.UNIT):
        return []
    mine = policy.scoped(Unit, who()).where(Unit.id.in_(who().of(Role.UNIT))).order_by(Unit.id)
    return [unit for unit in db.session.scalars(mine) if unit.missing]
