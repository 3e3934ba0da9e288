"""逾期与催办 for every office; 统计 with the list behind each figure for bureaus, committees, super administrators."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext
from sqlalchemy import Row
from werkzeug.datastructures import MultiDict

from .. import clock, policy
from ..errors import CalendarUnknown
from ..extensions import db
from ..models import Application, Organisation, Round
from ..vocabulary import N_, Cause, Role
from ..web import deadlines
from ..web.errors import said
from ..web.fields import number_in
from ..web.request import has_role, is_local, offices, who
from ..web.shell import listed
from ..workflow.notices import holidays
from ..workflow.remind_errors import NobodyToRemind, NotOverdue
from ..workflow.reminding import ASKED, can_be_reminded, remind_office
from ..workflow.rules import IDLE_DAYS
from ..workflow.working_days import is_working
from . import board, bulk, bulk_views
from .asking import clerk

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

    @expose("/<int:pk>/urge", methods=["POST"])
    @has_access
    def urge(self, pk: int) -> Any:
        """Remind the office where it lies, once a day."""
        application = policy.get_or_404(Application, pk, who())
        try:
            done = remind_office(application, by=clerk(), at=clock.now())
            db.session.commit()
            told = done.at.astimezone(clock.SHANGHAI) if done.at else clock.now()
            if done.is_new:
                flash(gettext("已催办%(office)s。", office=done.office.name), "success")
            else:
                flash(
                    gettext(
                        "今天 %(at)s 已催办过%(office)s，明天可以再次催办。",
                        at=f"{told:%H:%M}",
                        office=done.office.name,
                    ),
                    "info",
                )
        except (NotOverdue, NobodyToRemind, CalendarUnknown) as error:
            # The page was older than what happened meanwhile; what it never offers is answered as a refusal.
            db.session.rollback()
            flash(said(error), "warning")
        back = request.form.get("back", "")
        return redirect(back if is_local(back) else url_for("OverdueView.list"))

    @expose("/together")
    @has_access
    def together(self) -> Any:
        """Whom of the list would be reminded, before anybody is."""
        at, asked = clock.now(), _asked(request.args)
        try:
            found, days = _found(asked, "", at, holidays(), limit=bulk.LIMIT)
            can = can_be_reminded(_readable(found.rows), by=clerk(), at=at)
        except CalendarUnknown as error:
            flash(said(error), "warning")
            return redirect(url_for("OverdueView.list", **asked))
        rows = [row for row in found.rows if row.id in can]
        if not rows:
            flash(gettext("列表中没有现在可以催办的申报。"), "info")
            return redirect(url_for("OverdueView.list", **asked))
        return self.render_template(
            "review/remind_together.html",
            rows=rows,
            days=days,
            has_more=bool(found.after),
            limit=bulk.LIMIT,
            text=ASKED % {"number": rows[0].number, "days": IDLE_DAYS},
            asked=asked,
            about=_about(asked),
            scope=_scope(),
        )

    @expose("/together", methods=["POST"])
    @has_access
    def do_together(self) -> Any:
        """Each row is a transaction of its own."""

        def act(application: Application, _version: int) -> None:
            if not remind_office(application, by=clerk(), at=clock.now()).is_new:
                raise bulk.AlreadyReminded

        return self.render_template(
            "review/bulk_results.html",
            title=gettext("批量催办的结果"),
            done=gettext("已催办"),
            outcomes=bulk_views.each_by_itself(bulk_views.seen(), act),
            back=(gettext("逾期与催办"), url_for("OverdueView.list", **_asked(request.form))),
        )


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
        if has_role(Role.SUPER_ADMIN) and not {"office", "round"} & _asked(request.args).keys():
            return redirect(url_for("BoardView.home"))
        return _list_page(self, "BoardView.list", gettext("在办清单"))


def _asked(given: MultiDict[str, str]) -> dict[str, Any]:
    """The filters given that make sense; the rest is dropped."""
    over = number_in(given.get("over"))
    asked: dict[str, Any] = {"over": over if over in CHOICES else IDLE_DAYS}
    if given.get("state") == "returned":
        asked = {"state": "returned"}
    for name in ("office", "round"):
        number = number_in(given.get(name))
        if number is not None:
            asked[name] = number
    return asked


def _list_page(view: BaseView, endpoint: str, title: str) -> Any:
    at, calendar, asked = clock.now(), holidays(), _asked(request.args)
    after = request.args.get("after", "")
    try:
        found, days = _found(asked, after, at, calendar)
        automatic = _automatic(at, calendar)
        reminded = board.reminded(found.rows, calendar)
        can = can_be_reminded(_readable(found.rows), by=clerk(), at=at)
        problem = ""
    except CalendarUnknown as error:
        found, days, automatic, problem = board.Late([], ""), {}, None, said(error)
        reminded, can = {}, frozenset()
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
        reminded=reminded,
        can_be_reminded=can,
        here=url_for(endpoint, **asked, after=after or None),
        automatic=automatic,
        problem=problem,
        next=url_for(endpoint, **asked, after=found.after) if found.after else None,
        first=url_for(endpoint, **asked) if after else None,
        at=at,
        deadlines=deadlines,
    )


def _found(
    asked: dict[str, Any], after: str, at: datetime, calendar: board.Calendar, limit: int | None = None
) -> tuple[board.Late, dict[int, int | None]]:
    """A page and how many working days each of its rows has waited."""
    over = asked.get("over")
    before = board.waiting_before(at, over, calendar) if over else None
    wanted = board.Asked(before, asked.get("office"), asked.get("round"), "state" in asked)
    found = board.late(who(), wanted, after=after, limit=limit)
    waiting = {row.id: row.waiting_since for row in found.rows}
    return found, {pk: board.waited(since, at, calendar) if since else None for pk, since in waiting.items()}


def _readable(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Of whatever the person may not read nobody is reminded by him."""
    return [row for row in rows if row.is_visible]


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
