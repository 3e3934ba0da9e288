"""Which version of the sections' fields applies: an application keeps the one it started with.

Whoever has no application under way fills in the latest.
"""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from ..extensions import db
from ..models import Application, FormVersion, Person
from ..vocabulary import Status
from .applications import LATEST_FIRST
from .layout import DECLARED, Layout, layout_from

# While it is in one of these, the dossier is filled in for the application.
RUNNING = frozenset({Status.DRAFT, Status.IN_REVIEW, Status.RETURNED, Status.WITHDRAWN})


def layout_for(person: Person) -> Layout:
    """What the person's dossier is filled in by: his application under way, else the latest version. One query."""
    last = (
        select(Application.status, Application.form_version_id)
        .where(Application.applicant_id == person.id)
        .order_by(*LATEST_FIRST)
        .limit(1)
        .subquery()
    )
    is_running = select(last.c.status).where(last.c.status.in_(RUNNING)).exists()
    own = select(last.c.form_version_id).scalar_subquery()
    return _one(FormVersion.id == case((is_running, own), else_=_latest()))


def layout_of(application: Application | None) -> Layout:
    """The fields an application started with; without one as declared. At most one query."""
    if application is None or application.form_version_id is None:
        return DECLARED
    return _one(FormVersion.id == application.form_version_id)


def latest_version_id() -> int | None:
    """The version that applications begin with now; none: as declared."""
    found: int | None = db.session.scalar(select(_latest()))
    return found


def _latest() -> Any:
    published = aliased(FormVersion)
    return select(func.max(published.id)).where(published.published_at.is_not(None)).scalar_subquery()


def _one(condition: ColumnElement[bool]) -> Layout:
    found = db.session.execute(
        select(FormVersion.id, FormVersion.content).where(condition, FormVersion.published_at.is_not(None))
    ).one_or_none()
    return layout_from(found.content, found.id) if found else DECLARED
