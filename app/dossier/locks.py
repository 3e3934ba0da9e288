"""When a dossier may change, and who can open it again (REV-04, REV-06)."""

from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..errors import DossierLocked, UnitLocked
from ..extensions import db
from ..models import Application, Person
from ..vocabulary import Status

LOCKS_DOSSIER = frozenset({Status.IN_REVIEW})
LOCKS_UNIT = frozenset({Status.IN_REVIEW, Status.RETURNED})


def lock_of(person: Person, statuses: frozenset[Status] = LOCKS_DOSSIER) -> Application | None:
    """The application under review that keeps the dossier (or the unit) as it is; its holder may unlock."""
    return db.session.scalars(
        select(Application)
        .where(Application.applicant_id == person.id, Application.status.in_(statuses))
        .options(joinedload(Application.holder))
        .order_by(Application.id)
        .limit(1)
    ).one_or_none()


def locking(
    applications: list[Application], statuses: frozenset[Status] = LOCKS_DOSSIER
) -> Application | None:
    """The same among applications that have been read."""
    found = (each for each in applications if each.status in statuses)
    return min(found, key=lambda each: each.id, default=None)


def refusal_for(application: Application) -> DossierLocked:
    """The sentence that says why the dossier is read-only and who can open it."""
    assert application.holder and application.stage
    return DossierLocked(office=application.holder.name, stage=lazy_gettext(application.stage.label))


def unit_refusal_for(application: Application) -> UnitLocked:
    """The sentence that says why the unit stays and who can open the choice."""
    assert application.holder
    return UnitLocked(office=application.holder.name)


def require_editable(person: Person) -> None:
    """Raise DossierLocked while an office judges the dossier. Waits for a submission that is under way."""
    application = _locking_now(person, LOCKS_DOSSIER)
    if application is not None:
        raise refusal_for(application)


def require_unit_free(person: Person) -> None:
    """Raise UnitLocked while the route of an application hangs on the person's unit."""
    application = _locking_now(person, LOCKS_UNIT)
    if application is not None:
        raise unit_refusal_for(application)


def _locking_now(person: Person, statuses: frozenset[Status]) -> Application | None:
    """The same as lock_of() once a submission that is under way is over; one query where nothing locks."""
    found = db.session.scalars(
        select(Application.status).where(Application.applicant_id == person.id).with_for_update(read=True)
    ).all()
    return lock_of(person, statuses) if statuses.intersection(found) else None
