"""Invariants of routes and of who holds an application."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import or_, select

from ..extensions import db
from ..models import Application, Committee, Membership, Organisation, Round, RouteStep, Unit, UnitDepartment
from ..organisations.rounds import RECOGNITION
from ..vocabulary import ROLE_OF_STAGE, Kind, Role, Stage, Status
from . import Invariant

HELD = (Status.IN_REVIEW, Status.RETURNED)
KIND_OF_STAGE = {
    Stage.UNIT: "unit",
    Stage.DEPARTMENT: "department",
    Stage.BUREAU: "bureau",
    Stage.CITY_BUREAU: "bureau",
    Stage.COMMITTEE: "committee",
}
KIND_OF_ROLE = {ROLE_OF_STAGE[stage]: kind for stage, kind in KIND_OF_STAGE.items()}


def holders_out_of_place() -> Iterator[str]:
    query = (
        select(Application.number)
        .outerjoin(
            RouteStep,
            (RouteStep.application_id == Application.id)
            & (RouteStep.route_no == Application.route_no)
            & (RouteStep.position == Application.step),
        )
        .where(
            Application.status.in_(HELD),
            or_(
                RouteStep.id.is_(None),
                RouteStep.organisation_id != Application.holder_id,
                RouteStep.stage != Application.stage,
                RouteStep.reached_at.is_(None),
            ),
        )
    )
    for number in db.session.scalars(query):
        yield f"{number}: its holder is not the office of its step"


def held_by_nobody_or_too_long() -> Iterator[str]:
    query = select(Application.number).where(
        Application.status.in_(HELD) != Application.holder_id.is_not(None)
    )
    for number in db.session.scalars(query):
        yield f"{number}: a holder belongs to applications in review or returned, and to those only"


def waiting_times_astray() -> Iterator[str]:
    query = select(Application.number).where(
        (Application.status == Status.IN_REVIEW) != Application.waiting_since.is_not(None)
    )
    for number in db.session.scalars(query):
        yield f"{number}: waiting_since is set exactly while in review"


def _routes() -> Iterator[tuple[int, int, list[RouteStep]]]:
    query = select(RouteStep).order_by(RouteStep.application_id, RouteStep.route_no, RouteStep.position)
    steps = db.session.scalars(query.execution_options(yield_per=1000))
    for (application_id, route_no), group in groupby(
        steps, key=lambda each: (each.application_id, each.route_no)
    ):
        yield application_id, route_no, list(group)


def routes_with_gaps() -> Iterator[str]:
    for application_id, route_no, steps in _routes():
        if [each.position for each in steps] != list(range(len(steps))):
            yield f"application {application_id}, route {route_no}: positions have gaps"


def routes_that_skip() -> Iterator[str]:
    for application_id, route_no, steps in _routes():
        reached = [each.reached_at is not None for each in steps]
        if reached != sorted(reached, reverse=True):
            yield f"application {application_id}, route {route_no}: a later office was reached before an earlier one"


def routes_that_do_not_start_at_the_unit() -> Iterator[str]:
    for application_id, route_no, steps in _routes():
        if steps[0].stage is not Stage.UNIT:
            yield f"application {application_id}, route {route_no}: does not start at the unit"


def routes_that_end_elsewhere() -> Iterator[str]:
    ends = {
        pk: committee
        for pk, committee in db.session.execute(
            select(Application.id, Round.committee_id)
            .join(Round, Round.id == Application.round_id)
            .where(
                Application.kind == Kind.REVIEW, Application.status.in_((*HELD, Status.PAPER, Status.READY))
            )
        )
    }
    current = {pk: no for pk, no in db.session.execute(select(Application.id, Application.route_no))}
    for application_id, route_no, steps in _routes():
        expected = ends.get(application_id) if route_no == current[application_id] else None
        if expected not in (None, steps[-1].organisation_id):
            yield f"application {application_id}: its route does not end at the committee of its round"


def offices_of_the_wrong_kind() -> Iterator[str]:
    query = select(RouteStep.id, RouteStep.stage, Organisation.kind).join(
        Organisation, Organisation.id == RouteStep.organisation_id
    )
    for pk, stage, kind in db.session.execute(query):
        if KIND_OF_STAGE[stage] != kind:
            yield f"route step {pk}: {stage} at an organisation of kind {kind}"


def roles_beside_the_organisation() -> Iterator[str]:
    query = select(Membership.id, Membership.role, Organisation.kind).join(
        Organisation, Organisation.id == Membership.organisation_id
    )
    for pk, role, kind in db.session.execute(query):
        if KIND_OF_ROLE.get(Role(role)) != kind:
            yield f"membership {pk}: {role} at an organisation of kind {kind}"


def windows_upside_down() -> Iterator[str]:
    query = select(Round.id).where(
        or_(Round.opens_at >= Round.closes_at, Round.corrections_until < Round.closes_at)
    )
    for pk in db.session.scalars(query):
        yield f"round {pk}: opens, closes and correction time are out of order"


def decided_choices_without_a_time() -> Iterator[str]:
    query = select(UnitDepartment.id).where(
        (UnitDepartment.status == "pending") == UnitDepartment.decided_at.is_not(None)
    )
    for pk in db.session.scalars(query):
        yield f"department choice {pk}: decided without a time, or pending with one"


def committees_without_levels() -> Iterator[str]:
    """考核定职 is of every series, and its level follows from the schooling."""
    for committee in db.session.scalars(select(Committee).where(Committee.code != RECOGNITION)):
        if not committee.levels or not committee.series_nos:
            yield f"committee {committee.code}: reviews no level or no series"


def units_without_a_code() -> Iterator[str]:
    for pk, code in db.session.execute(select(Unit.id, Unit.credit_code)):
        if len(code) not in (9, 18):
            yield f"unit {pk}: its code has {len(code)} characters"


INVARIANTS = (
    Invariant("The holder is the office of the current step", holders_out_of_place),
    Invariant("Only applications under way have a holder", held_by_nobody_or_too_long),
    Invariant("Only applications in review wait", waiting_times_astray),
    Invariant("Routes have no gaps", routes_with_gaps),
    Invariant("Offices are reached in order", routes_that_skip),
    Invariant("Every route starts at the unit", routes_that_do_not_start_at_the_unit),
    Invariant("Every route ends at the committee of the round", routes_that_end_elsewhere),
    Invariant("Every stage is at an organisation of its kind", offices_of_the_wrong_kind),
    Invariant("A role fits the kind of its organisation", roles_beside_the_organisation),
    Invariant("A round opens before it closes, and corrections end no earlier", windows_upside_down),
    Invariant("A department choice has a time exactly when it is decided", decided_choices_without_a_time),
    Invariant("Every committee reviews some level of some series", committees_without_levels),
    Invariant("Every unit has a code of 18 or 9 characters", units_without_a_code),
)
