"""我的申报: what is missing, where the application is, which committees are open (APP-13, CYC-06)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _

from .. import clock
from ..dossier.applications import ENDED
from ..dossier.completeness import Fill, Gap, SectionState, after_return
from ..dossier.pages import application_now, back_to, own_applications, own_marks, own_person
from ..dossier.returned import ATTACHMENTS, PERSON, places_open
from ..models import SECTION_OF, Application
from ..vocabulary import Kind, Status
from ..web.deadlines import days_left, deadline
from ..workflow.guards import barring_record
from ..workflow.reminding import todays_reminder
from ..workflow.rules import CHANCES
from .gaps import FILLABLE, counts_by_page, fixes, own_gaps, own_states, own_way
from .progress import counters_of, history_of, last_setback, paper_of, stations_of
from .rounds import Intake, Offer, offers
from .subscriptions import subscribed

HISTORY_TABLES = frozenset({1, 2, 11})


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
        person, application = own_person(), application_now()
        gaps, states = own_gaps(application), own_states(application)
        offered = offers(at, kind=None)
        search = request.args.get("q", "").strip()
        history = history_of(application) if application else []
        return self.render_template(
            "apply/home.html",
            application=application,
            person=person,
            at=at,
            fixes=fixes(gaps, url_for("ApplicantView.home")),
            tasks=_tasks(states, gaps, places_open(own_marks())),
            is_first_visit=application is None and not any(state.count for state in states),
            stations=stations_of(application, history, own_way(application), at),
            counters=counters_of(application),
            setback=last_setback(history),
            marks=own_marks(),
            reminded=todays_reminder(person, application, at=at)
            if application and any(gap.who for gap in gaps)
            else None,
            subscribed=subscribed(person.id) if any(each.intake is Intake.AHEAD for each in offered) else (),
            last=history[-1] if history else None,
            paper=paper_of(application),
            barred=barring_record(person.account, at),
            others=_others(application),
            offered=_matching(offered, search),
            search=search,
            CHANCES=CHANCES,
            Kind=Kind,
            Status=Status,
            days_left=days_left,
            deadline=deadline,
        )

    @expose("/next")
    @has_access
    def next_gap(self) -> Any:
        """On to what is missing next and the applicant can mend himself; then to the submission (APP-04, APP-06).

        Where only others have to act, back to the list, which says so.
        """
        application, back = application_now(), back_to(url_for("ApplicantView.home"))
        gaps = own_gaps(application)
        own = fixes([gap for gap in gaps if not gap.who], back)
        if own:
            return redirect(own[0].url)
        if gaps or application is None or application.status not in FILLABLE:
            return redirect(back)
        return redirect(url_for("CoverView.submit", pk=application.id))


def _others(current: Application | None) -> list[Application]:
    """What else is under way in the same year (REC-01)."""
    return [
        each
        for each in own_applications()[0]
        if current and each.year == current.year and each.id != current.id and each.status not in ENDED
    ]


def _matching(offered: list[Offer], search: str) -> list[Offer]:
    """The rounds whose committee has the words in its name, its other names or its organiser (CYC-06)."""
    return [
        each
        for each in offered
        for committee in (each.round.committee,)
        if search in " ".join((committee.name, committee.organizer, *committee.aliases))
    ]


def _tasks(
    states: list[SectionState], gaps: list[Gap], sent_back: Collection[str]
) -> list[tuple[str, list[Task]]]:
    """The task list in three groups; a line says how much is missing there."""
    lacking = [gap.area for gap in gaps]
    return [
        (_("基本信息"), list(_own_tasks(counts_by_page(gaps), sent_back))),
        (_("学历与经历"), list(_section_tasks(states, lacking, is_history=True))),
        (_("业绩与成果"), list(_section_tasks(states, lacking, is_history=False))),
    ]


def _own_tasks(lacking: Mapping[str, int], sent_back: Collection[str]) -> Iterator[Task]:
    for label, endpoint, place in (
        (_("个人信息"), "PersonView.edit", PERSON),
        (_("附件管理"), "AttachmentView.list", ATTACHMENTS),
    ):
        count = lacking.get(endpoint, 0)
        state = after_return(Fill.MISSING if count else Fill.DONE, place in sent_back)
        yield Task(label, url_for(endpoint), 0, state, count)


def _section_tasks(states: list[SectionState], lacking: list[str], *, is_history: bool) -> Iterator[Task]:
    for each in states:
        if (SECTION_OF[each.slug].section.table in HISTORY_TABLES) is is_history:
            url = url_for("SectionView.list", slug=each.slug)
            yield Task(_(each.title), url, each.count, each.state, lacking.count(each.title))
