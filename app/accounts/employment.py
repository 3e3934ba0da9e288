"""A person's place at a unit: asked for by the person, confirmed by the unit, ended by either (B08).

The only writer of Employment, and of `Person.unit_id` with it: the one open employment is that of the
person's unit. Whoever calls has locked what must not move meanwhile.
"""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import ColumnElement, select, update

from ..extensions import db
from ..models import Employment, Person, Unit
from ..vocabulary import Joining


def current(person_id: int) -> Employment | None:
    """The open employment of a person, the one of his unit."""
    return db.session.scalars(
        select(Employment).where(Employment.person_id == person_id, Employment.ended_at.is_(None))
    ).one_or_none()


def ask(person: Person, unit: Unit, *, by: User, at: datetime) -> bool:
    """Make this the person's unit; the former one loses him at once. False if it is his unit already.

    The rows are flushed by the caller: of two choices at once one meets the index of open employments.
    """
    found = current(person.id)
    if found is not None and found.unit_id == unit.id:
        return False
    if found is not None:
        _close(Employment.id == found.id, by=by, at=at, reason="")
    db.session.add(
        Employment(person_id=person.id, unit_id=unit.id, status=Joining.ASKED, asked_at=at, by_id=by.id)
    )
    # Without another version: an open form of 个人信息 does not hold the unit, and still saves.
    with db.session.no_autoflush:
        db.session.execute(
            update(Person)
            .where(Person.id == person.id)
            .values(unit_id=unit.id)
            .execution_options(synchronize_session=False)
        )
    db.session.expire(person, ["unit_id", "unit"])
    return True


def confirm(person_id: int, unit_id: int, *, by: User, at: datetime) -> bool:
    """The unit says that the person works there; False if there is nothing to confirm."""
    done = db.session.execute(
        update(Employment)
        .where(_open_at(person_id, unit_id), Employment.status == Joining.ASKED)
        .values(status=Joining.CONFIRMED, confirmed_at=at, by_id=by.id)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def end(person: Person, unit_id: int, status: Joining, *, by: User, at: datetime, reason: str) -> bool:
    """The unit ends a place of this status; the person then has no unit. False if there is none such."""
    if not _close(_open_at(person.id, unit_id) & (Employment.status == status), by=by, at=at, reason=reason):
        return False
    db.session.execute(
        update(Person)
        .where(Person.id == person.id, Person.unit_id == unit_id)
        .values(unit_id=None, version=Person.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(person)
    return True


def _open_at(person_id: int, unit_id: int) -> ColumnElement[bool]:
    return (
        (Employment.person_id == person_id) & (Employment.unit_id == unit_id) & Employment.ended_at.is_(None)
    )


def _close(which: ColumnElement[bool], *, by: User, at: datetime, reason: str) -> bool:
    done = db.session.execute(
        update(Employment)
        .where(which, Employment.ended_at.is_(None))
        .values(ended_at=at, by_id=by.id, reason=reason)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
