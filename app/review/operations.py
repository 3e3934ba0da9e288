"""Table 12: what the unit says of its own before it decides (OPN-01, OPN-02, REV-02)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext

from ..errors import NotAllowedNow, OutOfDate, OwnApplication
from ..extensions import db
from ..models import Application, UnitOpinion
from ..vocabulary import N_, Stage, Status
from ..workflow.guards import unit_opinion_of
from ..workflow.operations import acts_as_holder


@dataclass(frozen=True)
class Table12:
    """What the unit writes."""

    appraisal: str
    method: str
    participants: str
    participant_count: int
    opinion: str
    formation: str
    notice_from: date
    notice_until: date
    notice_result: str


class TableChanged(OutOfDate):
    """A colleague has saved Table 12 since the page was opened (E02)."""

    message = N_("同事刚刚保存了基层单位意见，您的修改没有保存。已填内容保留在本页，核对后重新保存。")


def save_unit_opinion(
    application: Application, table: Table12, *, by: User, seen: int, saved: datetime | None, at: datetime
) -> UnitOpinion:
    """Write Table 12 of the current route; only its unit may, and only while it is the unit's turn.

    `seen` is the application's version, `saved` the time of the Table 12 on the page (None: there was
    none). If either has changed since, OutOfDate or TableChanged is raised and nothing is written.
    The application's row is locked meanwhile, so that no decision can pass between.
    """
    db.session.refresh(application, with_for_update=True)
    if application.version != seen:
        raise OutOfDate
    check_may_write(application, by)
    opinion = unit_opinion_of(application)
    if (opinion.saved_at if opinion else None) != saved:
        raise TableChanged
    if opinion is None:
        opinion = UnitOpinion(application_id=application.id, route_no=application.route_no)
        db.session.add(opinion)
    for name, value in asdict(table).items():
        setattr(opinion, name, value)
    opinion.by_id, opinion.saved_at = by.id, at
    db.session.flush()
    return opinion


def check_may_write(application: Application, user: User) -> None:
    """Raise unless this user is a clerk of the unit that has the application now."""
    if application.applicant_id == user.id:
        raise OwnApplication
    at_unit = application.status is Status.IN_REVIEW and application.stage is Stage.UNIT
    if not (at_unit and acts_as_holder(application, user)):
        raise NotAllowedNow(status=lazy_gettext(application.status.label))
