"""年度开通: every committee's round of a year, copied from an earlier one or begun from the plan (CYC-01, CAT-02)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from sqlalchemy import select

from .. import clock
from ..audit import record
from ..extensions import db
from ..models import Committee, PlanRow, Round
from ..organisations import rounds
from ..organisations.round_errors import RoundExists
from ..vocabulary import N_, Kind, Word
from ..web.deadlines import deadline
from ..web.fields import number_in
from ..web.request import me

FIRST, LAST = 2000, 2100


class YearState(Word):
    NONE = "none", N_("未建")
    DRAFT = "draft", N_("草稿")
    PUBLISHED = "published", N_("已发布")
    OPEN = "open", N_("受理中")
    OVER = "over", N_("已截止")


@dataclass(frozen=True)
class Line:
    """A committee in a year; `previous` is its latest earlier round, `due` what the plan says of its review."""

    committee: Committee
    state: YearState
    round: Round | None
    previous: Round | None
    due: str


def state_of(round_: Round | None, at: datetime) -> YearState:
    if round_ is None:
        return YearState.NONE
    if round_.published_at is None:
        return YearState.DRAFT
    if round_.is_open(at):
        return YearState.OPEN
    return YearState.PUBLISHED if round_.span_at(at) else YearState.OVER


def lines_of(year: int, at: datetime) -> list[Line]:
    """All committees; three queries, whatever their number."""
    plan = _plan(year)
    now: dict[int, Round] = {}
    before: dict[int, Round] = {}
    for each in db.session.scalars(select(Round).where(Round.year <= year).order_by(Round.year)):
        (now if each.year == year else before)[each.committee_id] = each
    return [
        Line(each, state_of(now.get(each.id), at), now.get(each.id), before.get(each.id), _due(each, plan))
        for each in db.session.scalars(select(Committee).order_by(Committee.code))
    ]


def _plan(year: int) -> dict[str, str]:
    """When the latest plan up to that year has each committee's review done, by the name it uses."""
    rows = db.session.scalars(select(PlanRow).where(PlanRow.year <= year).order_by(PlanRow.year))
    return {row.name: row.due for row in rows}


def _due(committee: Committee, plan: dict[str, str]) -> str:
    return next((plan[name] for name in (committee.name, *committee.aliases) if name in plan), "")


def _month(due: str) -> int | None:
    found = re.match("[0-9]{1,2}", due)
    return int(found[0]) if found else None


class RoundYearView(BaseView):  # type: ignore[misc]
    route_base = "/admin/round-years"
    default_view = "home"

    @expose("/")
    @has_access
    def home(self) -> Any:
        return self._page(number_in(request.args.get("year")) or clock.now().year)

    @expose("/<int:year>/begin/<int:pk>", methods=["POST"])
    @has_access
    def begin(self, year: int, pk: int) -> Any:
        """A draft for one committee: a copy of its latest earlier round, else from the plan."""
        at, user = clock.now(), me()
        assert user
        line = next((each for each in self._lines(year, at) if each.committee.id == pk), None) or abort(404)
        try:
            new = _new_of(line, year)
            record("add", new, at=at, by_id=user.id)
        except RoundExists:
            db.session.rollback()
            return self._page(year, code=409, refused=pk)
        db.session.commit()
        flash(_("已建草稿，核对时间和要求后发布。"), "success")
        return redirect(url_for("RoundSetupView.setup", pk=new.id))

    @expose("/<int:year>/copy", methods=["POST"])
    @has_access
    def copy(self, year: int) -> Any:
        """Copy for all committees that have none in that year; each line says what became of it."""
        at, user = clock.now(), me()
        assert user
        results: dict[int, str] = {}
        for line in self._lines(year, at):
            if line.round is not None:
                results[line.committee.id] = _("已有，没有改动")
            elif line.previous is None:
                results[line.committee.id] = _("没有可复制的往年窗口")
            else:
                results[line.committee.id] = _copied(line.previous, year)
        record("copy_rounds", at=at, by_id=user.id, detail=str(year))
        db.session.commit()
        return self._page(year, results=results)

    def _lines(self, year: int, at: datetime) -> list[Line]:
        return lines_of(year, at) if FIRST <= year <= LAST else abort(404)

    def _page(self, year: int, *, code: int = 200, refused: int = 0, **words: Any) -> Any:
        lines = self._lines(year, clock.now())
        return self.render_template(
            "reference/round_years.html", year=year, lines=lines, deadline=deadline, YearState=YearState,
            counts=[(each, sum(line.state is each for line in lines)) for each in YearState], Kind=Kind,
            refused=next((each for each in lines if each.committee.id == refused), None), **words,
        ), code  # fmt: skip


def _new_of(line: Line, year: int) -> Round:
    if line.previous:
        return rounds.copy_round(line.previous, year)
    return rounds.new_round(line.committee, year, month=_month(line.due))


def _copied(previous: Round, year: int) -> str:
    """One copy in a savepoint of its own, so that a clash leaves the others alone."""
    try:
        with db.session.begin_nested():
            rounds.copy_round(previous, year)
    except RoundExists:
        return _("刚刚已由别人新建")
    return _("已从 %(year)s 年复制为草稿", year=previous.year)


VIEWS: tuple[type, ...] = (RoundYearView,)
