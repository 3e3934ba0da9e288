"""A person's applications, and which of them the dossier is filled for."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import Application, Person, Round, Title
from ..vocabulary import Kind, Status

# The latest year first, in it the one that the person began or turned to last.
LATEST_FIRST = (
    Application.year.desc(),
    func.coalesce(Application.taken_up_at, Application.created_at).desc(),
    Application.id.desc(),
)
ENDED = frozenset({Status.DECLINED, Status.FAILED, Status.LAPSED})


def applications_of(person: Person, *, at: datetime) -> tuple[list[Application], int | None]:
    """All applications of a person, the latest first, and the latest year for which a committee is open now."""
    is_open = (Round.kind == Kind.REVIEW) & Round.is_open(at)
    open_year = select(func.max(Round.year)).where(is_open).scalar_subquery()
    rows = db.session.execute(
        select(Application, open_year)
        .where(Application.applicant_id == person.id)
        .options(
            joinedload(Application.round).joinedload(Round.committee),
            joinedload(Application.title).joinedload(Title.series),
            joinedload(Application.profession),
            joinedload(Application.holder),
            joinedload(Application.eligibility),
        )
        .order_by(*LATEST_FIRST)
    ).all()
    return [row[0] for row in rows], rows[0][1] if rows else None


def answers_of(application: Application) -> dict[str, str]:
    """What was saved of 申报资格自查; empty before."""
    return application.eligibility.answers if application.eligibility else {}


def the_current_of(applications: list[Application], open_year: int | None) -> Application | None:
    """Of the latest year the one last begun or turned to that has not ended (the list is sorted so); none where a
    later year has begun without one.

    A year may hold one of each kind; the person fills one in at a time.
    """
    newest = [each for each in applications if each.year == applications[0].year]
    latest = next((each for each in newest if each.status not in ENDED), newest[0] if newest else None)
    return latest if latest and latest.year >= (open_year or 0) else None
