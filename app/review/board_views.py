"""逾期与催办 for every office; 统计 with the list behind each figure for bureaus, committees, super administrators."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext

from .. import clock
from ..errors import CalendarUnknown
from ..extensions import db
from ..models import Organisation, Round
from ..vocabulary import N_, Cause, Role
from ..web import deadlines
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import has_role, offices, who
from ..web.shell import listed
from ..workflow.notices import holidays
from ..workflow.rules import IDLE_DAYS
from ..workflow.working_days import is_working
from . import board

CHOICES = (0, *board.OVER)
FORMULA = N_(
    "预计剩余 = 到期前要办的件数 −（近 %(days)s 个工作日办结数 ÷ %(days)s）× 剩余工作日，向上取整，最少为 0。"
    "先到期的先办；不计今后新送到的件。"
)


class OverdueView(BaseView):
    route_base = "/overdue"

    @expose("/")
    @has_access
    def list(self) -> Any:
        """Who is late, how often he was reminded, and the button that does it once more."""
        return _list_page(self, "OverdueView.list", gettext("逾期与催办"))


class BoardView(BaseView):
    route_base = "/board"

    @expose("/")
    @has_access
    def home(self) -> Any:
        """Ages by step and office, overdue first; rounds and what will be left at their end (REV-10)."""
        at, calendar, standing = clock.now(), holidays(), who()
        found: list[board.Age] = []
        expected: list[board.Forecast] = []
        problem = ""
        try:
            found = board.ages(standing, at, calendar)
            # A window that ends in a year without a calendar takes the forecast only.
            expected = board.forecasts(standing, found, at, calendar)
        except CalendarUnknown as error:
            problem = said(error)
        return self.render_template(
            "review/board.html",
            scope=_scope(),
            ages=found,
            most=max((each.waiting for each in found), default=1),
            forecasts=expected,
            most_left=max((each.left for each in expected), default=1) or 1,
            intakes=board.intakes(standing, at),
            problem=problem,
            formula=gettext(FORMULA, days=board.RATE_DAYS),
            over=board.OVER,
            rate_days=board.RATE_DAYS,
            at=at,
            shown=_shown,
            deadlines=deadlines,
        )

    @expose("/list")
    @has_access
    def list(self) -> Any:
        """The list behind a figure; a super administrator reads numbers and offices there, no names."""
        if has_role(Role.SUPER_ADMIN) and not {"office", "round"} & _asked().keys():
            return redirect(url_for("BoardView.home"))
        return _list_page(self, "BoardView.list", gettext("在办清单"))


def _asked() -> dict[str, Any]:
    """The filters of the address that make sense; the rest is dropped."""
    over = number_in(request.args.get("over"))
    asked: dict[str, Any] = {"over": over if over in CHOICES else IDLE_DAYS}
    if request.args.get("state") == "returned":
        asked = {"state": "returned"}
    for name in ("office", "round"):
        number = number_in(request.args.get(name))
        if number is not None:
            asked[name] = number
    return asked


def _list_page(view: BaseView, endpoint: str, title: str) -> Any:
    at, calendar, asked = clock.now(), holidays(), _asked()
    after = request.args.get("after", "")
    try:
        found, days = _found(asked, after, at, calendar)
        automatic = _automatic(at, calendar)
        problem = ""
    except CalendarUnknown as error:
        found, days, automatic, problem = board.Late([], ""), {}, None, said(error)
    return view.render_template(
        "review/overdue.html",
        title=title,
        endpoint=endpoint,
        scope=_scope(),
        asked=asked,
        about=_about(asked) if found.rows else "",
        choices=CHOICES,
        idle=IDLE_DAYS,
        found=found,
        days=days,
        reminded=board.reminded(found.rows),
        automatic=automatic,
        problem=problem,
        next=url_for(endpoint, **asked, after=found.after) if found.after else None,
        first=url_for(endpoint, **asked) if after else None,
        at=at,
        deadlines=deadlines,
    )


def _found(
    asked: dict[str, Any], after: str, at: datetime, calendar: board.Calendar
) -> tuple[board.Late, dict[int, int | None]]:
    """A page and how many working days each of its rows has waited."""
    over = asked.get("over")
    before = board.waiting_before(at, over, calendar) if over else None
    wanted = board.Asked(before, asked.get("office"), asked.get("round"), "state" in asked)
    found = board.late(who(), wanted, after=after)
    waiting = {row.id: row.waiting_since for row in found.rows}
    return found, {pk: board.waited(since, at, calendar) if since else None for pk, since in waiting.items()}


def _about(asked: dict[str, Any]) -> str:
    """The office or the committee that the list is narrowed to."""
    round_ = db.session.get(Round, asked["round"]) if "round" in asked else None
    office = db.session.get(Organisation, asked["office"]) if "office" in asked else None
    return listed(each for each in (office and office.name, round_ and round_.committee.name) if each)


def _automatic(at: datetime, calendar: board.Calendar) -> Callable[[board.Reminded | None], date]:
    """When an office is next reminded by itself: once a day, on working days."""
    today = _working_day(at.date(), calendar)
    later = _working_day(at.date() + timedelta(days=1), calendar)

    def following(told: board.Reminded | None) -> date:
        was_today = (
            told is not None
            and told.cause is Cause.IDLE
            and told.last.astimezone(at.tzinfo).date() == at.date()
        )
        return later if was_today else today

    return following


def _working_day(day: date, calendar: board.Calendar) -> date:
    """That day or the first working day after it."""
    while not is_working(day, calendar):
        day += timedelta(days=1)
    return day


def _shown(count: int) -> str:
    """A count as people read it; beyond what is counted, `1000+`."""
    return f"{board.COUNTED}+" if count > board.COUNTED else str(count)


def _scope() -> str:
    """Whose rows the page shows; said on every list (screens.md 3.1)."""
    if has_role(Role.SUPER_ADMIN):
        return gettext("范围：全市，只显示数量、申报编号和单位，不显示个人信息")
    return gettext("范围：%(offices)s", offices=listed(each.name for each in offices()))
