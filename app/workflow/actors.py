"""As what somebody acts on an application."""

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..errors import NotAllowedNow, OwnApplication
from ..extensions import db
from ..models import Application, Membership, RouteStep
from ..vocabulary import ROLE_OF_STAGE, Event, Stage
from . import rules
from .rules import Actor


def actor_of(event: Event, application: Application, by: User | None) -> Actor:
    """Who this is for the table of steps; NotAllowedNow for whom the event is nothing, OwnApplication for himself."""
    if by is None:
        return Actor.SYSTEM
    if event not in (*rules.DECISIONS, *rules.ON_PAGE, Event.UNDO):
        if application.applicant_id != by.id:
            raise NotAllowedNow(status=lazy_gettext(application.status.label))
        return Actor.APPLICANT
    if application.applicant_id == by.id:
        raise OwnApplication
    if event is Event.UNDO:
        return Actor.DECIDER
    if event in rules.ON_PAGE:
        if not acts_as_last_office(application, by):
            raise NotAllowedNow(status=lazy_gettext(application.status.label))
        return Actor.LAST_OFFICE
    if not acts_as_holder(application, by):
        raise NotAllowedNow(status=lazy_gettext(application.status.label))
    return Actor.HOLDER


def acts_as_holder(application: Application, user: User) -> bool:
    """Whether this user acts for the office of the current step, in that step's role (REV-06)."""
    if application.holder_id is None or application.stage is None or application.applicant_id == user.id:
        return False
    return acts_for(user, application.holder_id, application.stage)


def last_step_of(application: Application) -> RouteStep | None:
    """Where the current route ends: the office that passes the electronic material and takes in the stamped page."""
    return next(iter(route_of(application)[-1:]), None)


def route_of(application: Application) -> list[RouteStep]:
    """The offices of the current route, in order."""
    return list(
        db.session.scalars(
            select(RouteStep)
            .where(RouteStep.application_id == application.id, RouteStep.route_no == application.route_no)
            .options(joinedload(RouteStep.organisation))
            .order_by(RouteStep.position)
        )
    )


def acts_as_last_office(application: Application, user: User) -> bool:
    """Whether this user acts for the office at the end of the route, in that step's role (ATT-04)."""
    last = last_step_of(application)
    if last is None or last.reached_at is None or application.applicant_id == user.id:
        return False
    return acts_for(user, last.organisation_id, last.stage)


def acts_for(user: User, organisation_id: int, stage: Stage) -> bool:
    return bool(
        db.session.scalar(
            select(Membership.id).where(
                Membership.user_id == user.id,
                Membership.organisation_id == organisation_id,
                Membership.role == ROLE_OF_STAGE[stage],
            )
        )
    )
