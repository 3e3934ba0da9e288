"""我的申报: what is missing, where the application is, which committees are open (APP-13, CYC-06)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..dossier.completeness import Fill, Gap, SectionState, section_states
from ..models import SECTION_OF, Application
from ..vocabulary import N_, Status
from ..web.deadlines import days_left, deadline
from ..web.request import who
from ..workflow.guards import barring_record
from ..workflow.rules import CHANCES
from .gaps import fixes, missing, person_of
from .progress import application_of, counters_of, history_of, last_setback, stations_of
from .rounds import Offer, offers, open_years

HISTORY_TABLES = frozenset({1, 2, 11})
PERSON_AREAS = (N_("个人信息"), N_("工作单位"))
FILES_AREA = N_("附件管理")


@dataclass(frozen=True)
class Task:
    label: str
    url: str
    count: int
    state: Fill
    lacking: int


class ApplicantView(BaseView):
    route_base = "/home"

    @expose("/")
    @has_access
    def home(self) -> Any:
        at = clock.now()
        person = person_of(who())
        offered = offers(at)
        application = _current(offered)
        gaps = missing(person, application)
        states = section_states(person, application.round if application else None)
        search = request.args.get("q", "").strip()
        history = history_of(application) if application else []
        return self.render_template(
            "apply/home.html",
            application=application,
            person=person,
            at=at,
            fixes=fixes(gaps, url_for("ApplicantView.home")),
            tasks=_tasks(states, gaps),
            is_first_visit=application is None and not any(state.count for state in states),
            stations=stations_of(application, person, history, at),
            counters=counters_of(application),
            setback=last_setback(history),
            last=history[-1] if history else None,
            barred=barring_record(application, at) if application else None,
            offered=_matching(offered, search),
            search=search,
            CHANCES=CHANCES,
            Status=Status,
            days_left=days_left,
            deadline=deadline,
        )


def _current(offered: list[Offer]) -> Application | None:
    """The application of the year that is open now; where nothing is open, the latest one."""
    years = open_years(offered)
    latest = application_of(who())
    return latest if latest is None or not years or latest.year >= years[0] else None


def _matching(offered: list[Offer], search: str) -> list[Offer]:
    """The rounds whose committee has the words in its name, its other names or its organiser (CYC-06)."""
    return [
        each
        for each in offered
        for committee in (each.round.committee,)
        if search in " ".join((committee.name, committee.organizer, *committee.aliases))
    ]


def _tasks(states: list[SectionState], gaps: list[Gap]) -> list[tuple[str, list[Task]]]:
    """The task list in three groups; a line says how much is missing there."""
    lacking = [gap.area for gap in gaps]
    return [
        (_("基本信息"), list(_own_tasks(lacking))),
        (_("学历与经历"), list(_section_tasks(states, lacking, is_history=True))),
        (_("业绩与成果"), list(_section_tasks(states, lacking, is_history=False))),
    ]


def _own_tasks(lacking: list[str]) -> Iterator[Task]:
    for label, endpoint, areas in (
        (_("个人信息"), "PersonView.edit", PERSON_AREAS),
        (_("附件管理"), "AttachmentView.list", (FILES_AREA,)),
    ):
        count = sum(lacking.count(area) for area in areas)
        yield Task(label, url_for(endpoint), 0, Fill.MISSING if count else Fill.DONE, count)


def _section_tasks(states: list[SectionState], lacking: list[str], *, is_history: bool) -> Iterator[Task]:
    for each in states:
        if (SECTION_OF[each.slug].section.table in HISTORY_TABLES) is is_history:
            url = url_for("SectionView.list", slug=each.slug)
            yield Task(_(each.title), url, each.count, each.state, lacking.count(each.title))
