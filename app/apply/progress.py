"""Where an application is and has been, as its applicant sees it (ROU-06, APP-14)."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..errors import NoRoute
from ..extensions import db
from ..models import Application, Decision, Person, RouteStep
from ..policy import Standing, scoped
from ..vocabulary import N_, Event, Kind, Status
from ..workflow.routing import Office, build
from ..workflow.rules import NEGATIVE, Counters

HANDED_IN = (Event.SUBMIT, Event.RESUBMIT)

# Before the committee and the unit are known: the chain as the guide prints it (ROU-06).
USUAL_CHAIN = (
    N_("单位审核"),
    N_("主管部门或县（市）区人社局审核"),
    N_("市人社局或市级评委会电子材料审核"),
)


@dataclass(frozen=True)
class Station:
    """A step of the way: `state` is done, now or empty; `since` is when the application came there."""

    label: str
    office: str
    state: str
    since: datetime | None = None
    days: int | None = None


def application_of(who: Standing, year: int | None = None) -> Application | None:
    """The person's application of that year, or his latest."""
    query = scoped(Application, who).where(
        Application.applicant_id == who.user_id, Application.kind == Kind.REVIEW
    )
    if year is not None:
        query = query.where(Application.year == year)
    found: Application | None = db.session.scalars(query.order_by(Application.year.desc()).limit(1)).first()
    return found


def history_of(application: Application) -> list[Decision]:
    """Every line of the history, the oldest first, with its office."""
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


def stations_of(application: Application | None, person: Person, at: datetime) -> list[Station]:
    """The way from 个人申报 to 电子材料审核通过: by name as laid, as foreseen, or as it usually is."""
    status = application.status if application else Status.DRAFT
    laid = _laid_route(application) if application and _is_on_route(application) else []
    own = Station(_("个人申报"), _(status.label) if application else "", "done" if laid else "now")
    if application and application.status is Status.RETURNED:
        own = Station(_("个人申报"), _(status.label), "now")
    passed = [_passed(step, application, at) for step in laid if application]
    offices = passed or _foreseen(application, person)
    end = Station(_("电子材料审核通过"), "", "done" if status is Status.PAPER else "")
    return [own, *offices, end]


def _is_on_route(application: Application) -> bool:
    return application.status in (Status.IN_REVIEW, Status.RETURNED, Status.PAPER)


def _laid_route(application: Application) -> list[RouteStep]:
    return list(
        db.session.scalars(
            select(RouteStep)
            .where(RouteStep.application_id == application.id, RouteStep.route_no == application.route_no)
            .options(joinedload(RouteStep.organisation))
            .order_by(RouteStep.position)
        )
    )


def _passed(step: RouteStep, application: Application, at: datetime) -> Station:
    here = application.step == step.position
    is_done = application.status is Status.PAPER or (application.step or 0) > step.position
    state = "done" if is_done else "now" if here and application.status is Status.IN_REVIEW else ""
    since = application.waiting_since if state == "now" else None
    return Station(
        label=_(step.stage.label),
        office=step.organisation.name,
        state=state,
        since=since,
        days=(at.date() - since.date()).days if since else None,
    )


def _foreseen(application: Application | None, person: Person) -> list[Station]:
    offices = foreseen_route(application, person)
    if offices is None:
        return [Station(_(each), "", "") for each in USUAL_CHAIN]
    return [Station(_(each.stage.label), each.organisation.name, "") for each in offices]


def foreseen_route(application: Application | None, person: Person) -> list[Office] | None:
    """The offices this draft would pass; None while the unit, the committee or a department is missing."""
    if application is None or application.round is None or person.unit is None:
        return None
    try:
        return build(person.unit, application.round.committee, kind=application.kind, level=application.level)
    except NoRoute:
        return None
