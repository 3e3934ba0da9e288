"""What the hotline sees of a person or a unit while the caller waits: state, place, what is in the way."""

from dataclasses import dataclass
from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..accounts.operations import Locks, is_locked
from ..dossier.completeness import current_application
from ..extensions import db
from ..models import (
    Application,
    HelpRequest,
    Membership,
    Message,
    Person,
    Round,
    SupportCase,
    Unit,
    UnitDepartment,
)
from ..policy import Standing, scoped
from ..vocabulary import RequestStatus, Role
from . import blockers
from .blockers import Blocker

LAST_MESSAGES, FORMER_CASES = 5, 10


@dataclass(frozen=True)
class PersonCard:
    """One account. `doors` are what keeps him out, `gaps` what keeps his application back."""

    user: User
    is_locked: bool
    locked_until: datetime | None
    memberships: list[Membership]
    person: Person | None
    unit_gaps: tuple[str, ...]
    applications: list[Application]
    doors: list[Blocker]
    gaps: list[Blocker]
    messages: list[Message]
    requests: list[HelpRequest]
    cases: list[SupportCase]

    @property
    def is_applicant(self) -> bool:
        return any(each.role is Role.APPLICANT for each in self.memberships)


@dataclass(frozen=True)
class UnitCard:
    """One unit with the accounts that act for it."""

    unit: Unit
    gaps: list[Blocker]
    departments: list[UnitDepartment]
    accounts: list[tuple[User, bool]]
    requests: list[HelpRequest]
    cases: list[SupportCase]


@dataclass(frozen=True)
class Line:
    """An account in a list of several."""

    user: User
    is_locked: bool
    memberships: list[Membership]
    unit: Unit | None


def person_card(user: User, who: Standing, locks: Locks, at: datetime) -> PersonCard:
    person = db.session.get(Person, user.id)
    locked = is_locked(user, locks=locks, at=at)
    return PersonCard(
        user=user,
        is_locked=locked,
        locked_until=user.locked_at + locks.length if locked and locks.length else None,
        memberships=_memberships([user.id]),
        person=person,
        unit_gaps=person.unit.missing if person and person.unit else (),
        applications=list(
            db.session.scalars(
                scoped(Application, who)
                .where(Application.applicant_id == user.id)
                .options(
                    joinedload(Application.holder),
                    joinedload(Application.round).joinedload(Round.committee),
                    joinedload(Application.title),
                )
                .order_by(Application.id.desc())
            )
        ),
        doors=list(blockers.of_account(user, locks, at)),
        gaps=blockers.of_person(person, current_application(person), at) if person else [],
        messages=list(
            db.session.scalars(
                select(Message)
                .where(Message.recipient_id == user.id)
                .order_by(Message.id.desc())
                .limit(LAST_MESSAGES)
            )
        ),
        requests=_open_requests(who, HelpRequest.user_id == user.id),
        cases=_cases(who, SupportCase.subject_id == user.id),
    )


def unit_card(unit: Unit, who: Standing, locks: Locks, at: datetime) -> UnitCard:
    return UnitCard(
        unit=unit,
        gaps=blockers.of_unit(unit),
        departments=list(
            db.session.scalars(
                select(UnitDepartment)
                .where(UnitDepartment.unit_id == unit.id)
                .options(joinedload(UnitDepartment.department))
                .order_by(UnitDepartment.id)
            )
        ),
        accounts=[(each, is_locked(each, locks=locks, at=at)) for each in clerks_of(unit)],
        requests=_open_requests(who, HelpRequest.unit_id == unit.id),
        cases=_cases(who, SupportCase.unit_id == unit.id),
    )


def clerks_of(unit: Unit) -> list[User]:
    """The accounts that act for the unit."""
    return list(
        db.session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.organisation_id == unit.id, Membership.role == Role.UNIT)
            .order_by(User.id)
        )
    )


def lines(users: list[User], locks: Locks, at: datetime) -> list[Line]:
    """Several accounts, in two queries."""
    ids = [each.id for each in users]
    memberships = _memberships(ids)
    units: dict[int, Unit] = {
        person_id: unit
        for person_id, unit in db.session.execute(
            select(Person.id, Unit).join(Unit, Person.unit_id == Unit.id).where(Person.id.in_(ids))
        )
    }
    return [
        Line(
            user=each,
            is_locked=is_locked(each, locks=locks, at=at),
            memberships=[one for one in memberships if one.user_id == each.id],
            unit=units.get(each.id),
        )
        for each in users
    ]


def _memberships(user_ids: list[int]) -> list[Membership]:
    return list(
        db.session.scalars(
            select(Membership)
            .where(Membership.user_id.in_(user_ids))
            .options(joinedload(Membership.organisation))
            .order_by(Membership.id)
        )
    )


def _open_requests(who: Standing, about: object) -> list[HelpRequest]:
    query = scoped(HelpRequest, who).where(about, HelpRequest.status == RequestStatus.OPEN)  # type: ignore[arg-type]
    return list(db.session.scalars(query.order_by(HelpRequest.id)))


def _cases(who: Standing, about: object) -> list[SupportCase]:
    query = scoped(SupportCase, who).where(about).options(joinedload(SupportCase.opened_by))  # type: ignore[arg-type]
    return list(db.session.scalars(query.order_by(SupportCase.id.desc()).limit(FORMER_CASES)))
