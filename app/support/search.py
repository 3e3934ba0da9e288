"""One box for everything a caller may say: a name, a number, a unit, an application (SUP-01).

Numbers are found whole, or by the last six of an ID number; no part of one is ever guessed at (D02).
"""

import re
from dataclasses import dataclass, field

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import or_, select

from ..extensions import db
from ..models import Application, HelpRequest, SupportCase, Unit
from ..policy import Standing, scoped
from ..protection import TAIL, tail_index_of

SHOWN = 20
LAST_SIX = re.compile(r"\d{5}[\dX]", re.ASCII)
REQUEST = re.compile(r"Q0*([1-9]\d{0,8})", re.ASCII)


@dataclass(frozen=True)
class Found:
    """What fits, and whether there is more than is shown. `by_tail`: the numbers' ends are known."""

    users: list[User] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    cases: list[SupportCase] = field(default_factory=list)
    requests: list[HelpRequest] = field(default_factory=list)
    has_more: bool = False
    by_tail: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.users or self.units or self.cases or self.requests)


def find(typed: str, who: Standing) -> Found:
    """Everything that is called that. Names may be begun only; part of a unit's name is enough."""
    number = typed.upper()
    users = _users(typed, number, who)
    by_tail = False
    if not users and LAST_SIX.fullmatch(number):
        users, by_tail = _by_tail(number, who), True
    units = _units(typed, number, who)
    return Found(
        users=users[:SHOWN],
        units=units[:SHOWN],
        cases=list(db.session.scalars(scoped(SupportCase, who).where(SupportCase.number == number))),
        requests=_requests(number, who),
        has_more=len(users) > SHOWN or len(units) > SHOWN,
        by_tail=by_tail and bool(users),
    )


def _users(typed: str, number: str, who: Standing) -> list[User]:
    numbered = select(Application.applicant_id).where(Application.number == number)
    exact = or_(
        User.first_name == typed,
        User.username == typed.lower(),
        User.mobile == typed,
        User.id_number == number,
        User.id.in_(numbered),
    )
    query = scoped(User, who).order_by(User.id).limit(SHOWN + 1)
    found = list(db.session.scalars(query.where(exact)))
    if found or len(typed) < 2:
        return found
    return list(db.session.scalars(query.where(User.first_name.startswith(typed, autoescape=True))))


def _by_tail(number: str, who: Standing) -> list[User]:
    assert len(number) == TAIL
    query = scoped(User, who).where(User.id_number_tail == tail_index_of(number))
    return list(db.session.scalars(query.order_by(User.id).limit(SHOWN + 1)))


def _units(typed: str, number: str, who: Standing) -> list[Unit]:
    if len(typed) < 2:
        return []
    named = or_(Unit.name.contains(typed, autoescape=True), Unit.credit_code == number)
    exact_first = (Unit.name == typed).desc()
    query = scoped(Unit, who).where(named).order_by(exact_first, Unit.id).limit(SHOWN + 1)
    return list(db.session.scalars(query))


def _requests(number: str, who: Standing) -> list[HelpRequest]:
    match = REQUEST.fullmatch(number)
    if match is None:
        return []
    return list(db.session.scalars(scoped(HelpRequest, who).where(HelpRequest.id == int(match[1]))))
