"""Where an application is and has been, as its applicant sees it (ROU-06, APP-14)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..dossier import stamped
from ..dossier.applications import LATEST_FIRST, the_current_of
from ..extensions import db
from ..models import Application, Decision, ReviewNote, RouteStep, StampedPage
from ..policy import Standing, scoped
from ..vocabulary import N_, Event, Kind, PageState, Stage, Status
from ..workflow.actors import last_step_of, route_of
from ..workflow.readiness import Way
from ..workflow.rules import NEGATIVE, Counters

HANDED_IN = (Event.SUBMIT, Event.RESUBMIT)

# The electronic material has passed.
PASSED = frozenset({Status.PAPER, Status.READY})
ON_ROUTE = PASSED | {Status.IN_REVIEW, Status.RETURNED, Status.FAILED, Status.DECLINED}

# Before the committee and the unit are known: the chain as the guide prints it (ROU-06).
USUAL_CHAIN = (
    N_("单位审核"),
    N_("主管部门或县（市）区人社局审核"),
    N_("市人社局或市级评委会电子材料审核"),
)


@dataclass(frozen=True)
class Station:
    """A step of the way: `state` is done, now, bad (it ended here) or empty.

    `since` is when the application came there, `days` how many days ago that was; `at` is the office's id and stage.
    """

    label: str
    office: str
    state: str
    since: datetime | None = None
    days: int | None = None
    at: tuple[int, Stage] | None = None


def application_of(who: Standing, year: int | None = None, kind: Kind | None = None) -> Application | None:
    """The person's application of that year and kind, or the one he is working on."""
    query = scoped(Application, who).where(Application.applicant_id == who.user_id)
    if year is not None:
        query = query.where(Application.year == year)
    if kind is not None:
        query = query.where(Application.kind == kind)
    found = db.session.scalars(query.order_by(*LATEST_FIRST)).all()
    return the_current_of(list(found), None)


@dataclass(frozen=True)
class Paper:
    """How far the stamped Table 17 is: the page handed in last, and the office that takes it in (ATT-04)."""

    page: StampedPage | None
    office: str


def paper_of(application: Application | None) -> Paper | None:
    """None before the electronic material has passed."""
    if application is None or application.status not in PASSED:
        return None
    last = last_step_of(application)
    return Paper(stamped.handed_in(application), last.organisation.name if last else "")


def history_of(application: Application) -> list[Decision]:
    """Every line of the history, the oldest first, with its office. It begins with the first submission."""
    if application.submission_no == 0 and application.status is Status.DRAFT:
        return []
    return list(
        db.session.scalars(
            select(Decision)
            .where(Decision.application_id == application.id)
            .options(joinedload(Decision.organisation))
            .order_by(Decision.id)
        )
    )


def counters_of(application: Application | None) -> Counters:
    return Counters(application.chances_used, application.opinions_used) if application else Counters()


def notes_by_decision(application: Application) -> dict[int, list[ReviewNote]]:
    """What went out with each return or reset, by the decision's id."""
    found: dict[int, list[ReviewNote]] = defaultdict(list)
    sent = ReviewNote.application_id == application.id, ReviewNote.decision_id.is_not(None)
    for note in db.session.scalars(select(ReviewNote).where(*sent).order_by(ReviewNote.id)):
        assert note.decision_id
        found[note.decision_id].append(note)
    return found


def last_setback(history: list[Decision]) -> Decision | None:
    """The return or reset that the application has not been handed in again since."""
    for decision in reversed(history):
        if decision.event in HANDED_IN:
            return None
        if decision.event in NEGATIVE:
            return decision
    return None


def handed_in_by(application: Application, seen: int) -> bool:
    """Whether the application has been handed in from the page that showed version `seen` (E03)."""
    return bool(
        db.session.scalar(
            select(Decision.id).where(
                Decision.application_id == application.id,
                Decision.event.in_(HANDED_IN),
                Decision.version == seen + 1,
            )
        )
    )


def stations_of(
    application: Application | None, history: list[Decision], way: Way | None, at: datetime
) -> list[Station]:
    """The way from 个人申报 to 电子材料审核通过: by name as laid, as foreseen, or as it usually is."""
    status = application.status if application else None
    laid = route_of(application) if application and status in ON_ROUTE else []
    passed = [_passed(step, application, history, at) for step in laid if application]
    end = Station(_("电子材料审核通过"), "", "done" if status in PASSED else "")
    return [_own(status), *(passed or _foreseen(way)), end, _stamped(application)]


def _stamped(application: Application | None) -> Station:
    """The last station: its state in the words of the page, 待提交 until one is handed in."""
    paper = paper_of(application)
    if paper is None:
        return Station(_("接收表十七"), "", "")
    if paper.page is None:
        return Station(_("接收表十七"), _("待提交"), "now")
    is_in = paper.page.state is PageState.ACCEPTED
    return Station(_("接收表十七"), _(paper.page.state.label), "done" if is_in else "now")


def _own(status: Status | None) -> Station:
    """The applicant's own step: done while an office has the application or has ended it."""
    if status in ON_ROUTE and status is not Status.RETURNED:
        return Station(_("个人申报"), "", "done")
    state = "bad" if status in (Status.LAPSED, Status.WITHDRAWN) else "now"
    return Station(_("个人申报"), _(status.label) if status else "", state)


def _passed(step: RouteStep, application: Application, history: list[Decision], at: datetime) -> Station:
    is_ended = application.status in (Status.FAILED, Status.DECLINED)
    here = history[-1].from_step if is_ended else application.step
    label, office = _(step.stage.label), step.organisation.name
    there = step.organisation_id, step.stage
    if application.status in PASSED or (here or 0) > step.position:
        return Station(label, office, "done")
    if here == step.position and is_ended:
        return Station(label, office, "bad")
    if here == step.position and application.status is Status.IN_REVIEW and application.waiting_since:
        since = application.waiting_since
        return Station(label, office, "now", since, (at.date() - since.date()).days)
    return Station(label, office, "", at=there)


def _foreseen(way: Way | None) -> list[Station]:
    if way is None or way.refusal:
        return [Station(_(each), "", "") for each in USUAL_CHAIN]
    return [
        Station(_(each.stage.label), each.organisation.name, "", at=(each.organisation.id, each.stage))
        for each in way.offices
    ]
