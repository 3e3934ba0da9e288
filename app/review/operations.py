"""Table 12 and the notice: what the unit says and shows before it decides (OPN-01, OPN-02, REV-02, ELI-07)."""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext

from ..dossier.images import Picture
from ..errors import DomainError, NotAllowedNow, OutOfDate, OwnApplication
from ..extensions import db
from ..models import Application, NoticeFile, PublicNotice, UnitOpinion
from ..vocabulary import N_, NoticeOutcome, NoticePlace, NoticeWay, Proof, Stage, Status
from ..workflow.guards import unit_opinion_of
from ..workflow.notices import PROOFS, check_over, holidays, notices_of, places_of
from ..workflow.operations import acts_as_holder
from ..workflow.refusals import NoticeRequired
from ..workflow.rules import NOTICE_DAYS
from ..workflow.working_days import last_day

# A notice on paper may hang before it is entered, but nobody enters last year's.
LONGEST_AGO = timedelta(days=30)
LONGEST = timedelta(days=60)
MOST_FILES = 10


@dataclass(frozen=True)
class Table12:
    """What the unit writes."""

    appraisal: str
    method: str
    participants: str
    participant_count: int
    opinion: str
    formation: str


@dataclass(frozen=True)
class Posted:
    """A notice as it hangs; without an end it ends with its fifth working day."""

    organisation: str
    way: NoticeWay
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class Seen:
    """What the page showed: the application's version, and when the row to be changed was saved (None: no row)."""

    version: int
    saved: datetime | None = None


class TableChanged(OutOfDate):
    """A colleague has saved Table 12 since the page was opened (E02)."""

    message = N_("同事刚刚保存了基层单位意见，您的修改没有保存。已填内容保留在本页，核对后重新保存。")


class NoticeChanged(OutOfDate):
    """A colleague has saved the notice since the page was opened (E02)."""

    message = N_("同事刚刚登记或修改了这次公示，您的操作没有保存。已填内容保留在本页，核对后重新保存。")


class StartRefused(DomainError):
    message = N_("公示开始日期应为 %(first)s 至 %(last)s 之间的日期")


class EndRefused(DomainError):
    message = N_("公示结束日期应为 %(first)s（第 %(days)s 个工作日）至 %(last)s 之间的日期")


class TooManyProofs(DomainError):
    message = N_("一次公示最多上传 %(n)s 张图片。先移除不用的图片，再上传新的。")


class ProofNotAsked(DomainError):
    message = N_("此公示不需要上传“%(proof)s”。")


def save_unit_opinion(
    application: Application, table: Table12, *, by: User, seen: int, saved: datetime | None, at: datetime
) -> UnitOpinion:
    """Write Table 12 of the current route; only its unit may, and only while it is the unit's turn.

    `seen` is the application's version, `saved` the time of the Table 12 on the page (None: there was
    none). If either has changed since, OutOfDate or TableChanged is raised and nothing is written.
    The application's row is locked meanwhile, so that no decision can pass between.
    """
    _lock(application, seen, by)
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


def post_notice(
    application: Application, place: NoticePlace, posted: Posted, *, by: User, seen: Seen, at: datetime
) -> PublicNotice:
    """Begin a notice, or correct it (OPN-02). Other days take its outcome back.

    It starts at most 30 days ago and not in the future, else StartRefused; it lasts five working days at least and
    sixty days at most, else EndRefused; CalendarUnknown where the calendar ends (E06). Like Table 12 it is the
    unit's only, in its turn: OutOfDate or NoticeChanged if somebody has acted since.
    """
    _lock(application, seen.version, by)
    if place not in places_of(application):
        raise NotAllowedNow(status=lazy_gettext(application.status.label))
    notice = notices_of(application).get(place)
    if (notice.saved_at if notice else None) != seen.saved:
        raise NoticeChanged
    ends_on = _end_of(posted, at.date())
    if notice is None:
        notice = PublicNotice(application_id=application.id, route_no=application.route_no, place=place)
        db.session.add(notice)
    elif (notice.starts_on, notice.ends_on) != (posted.starts_on, ends_on):
        notice.outcome, notice.remark = None, ""
    notice.organisation, notice.way = posted.organisation, posted.way
    notice.starts_on, notice.ends_on = posted.starts_on, ends_on
    notice.by_id, notice.saved_at = by.id, at
    db.session.flush()
    return notice


def _end_of(posted: Posted, today: date) -> date:
    earliest = today - LONGEST_AGO
    if not earliest <= posted.starts_on <= today:
        raise StartRefused(first=earliest.isoformat(), last=today.isoformat())
    fifth = last_day(posted.starts_on, NOTICE_DAYS, holidays())
    ends_on = posted.ends_on or fifth
    latest = posted.starts_on + LONGEST
    if not fifth <= ends_on <= latest:
        raise EndRefused(first=fifth.isoformat(), days=NOTICE_DAYS, last=latest.isoformat())
    return ends_on


def close_notice(
    application: Application,
    place: NoticePlace,
    outcome: NoticeOutcome,
    remark: str,
    *,
    by: User,
    seen: Seen,
    at: datetime,
) -> PublicNotice:
    """Enter what came of a notice: NoticeTooShort while it runs, NoticeRequired where there is none."""
    _lock(application, seen.version, by)
    notice = _notice(application, place)
    if notice.saved_at != seen.saved:
        raise NoticeChanged
    check_over(notice, at.date(), holidays())
    notice.outcome, notice.remark = outcome, remark
    notice.by_id, notice.saved_at = by.id, at
    db.session.flush()
    return notice


def add_proofs(
    application: Application,
    place: NoticePlace,
    proof: Proof,
    images: list[tuple[Picture, str]],
    *,
    by: User,
    seen: int,
    at: datetime,
) -> None:
    """Enter stored images of a notice; all or none: TooManyProofs past the limit."""
    _lock(application, seen, by)
    notice = _notice(application, place)
    if proof not in PROOFS[place]:
        raise ProofNotAsked(proof=lazy_gettext(proof.label))
    if len(notice.files) + len(images) > MOST_FILES:
        raise TooManyProofs(n=MOST_FILES)
    for picture, key in images:
        db.session.add(
            NoticeFile(
                id=str(uuid.uuid4()),
                notice_id=notice.id,
                proof=proof,
                name=picture.name,
                mime=picture.mime,
                size=len(picture.content),
                sha256=hashlib.sha256(picture.content).hexdigest(),
                storage_key=key,
                by_id=by.id,
                created_at=at,
            )
        )
    db.session.flush()
    db.session.expire(notice, ["files"])


def remove_proof(application: Application, file: NoticeFile, *, by: User, seen: int) -> str:
    """Take an image back while it is the unit's turn; its key, for the caller to discard once this is committed."""
    _lock(application, seen, by)
    db.session.delete(file)
    db.session.flush()
    return file.storage_key


def _notice(application: Application, place: NoticePlace) -> PublicNotice:
    notice = notices_of(application).get(place)
    if notice is None:
        raise NoticeRequired(place=lazy_gettext(place.label), days=NOTICE_DAYS)
    return notice


def _lock(application: Application, seen: int, by: User) -> None:
    """Keep decisions out while something is written; OutOfDate if one came first."""
    db.session.refresh(application, with_for_update=True)
    if application.version != seen:
        raise OutOfDate
    check_may_write(application, by)


def check_may_write(application: Application, user: User) -> None:
    """Raise unless this user is a clerk of the unit that has the application now."""
    if application.applicant_id == user.id:
        raise OwnApplication
    if not may_write(application, user):
        raise NotAllowedNow(status=lazy_gettext(application.status.label))


def may_write(application: Application, user: User) -> bool:
    """Whether Table 12 and the notices are this user's to write now."""
    at_unit = application.status is Status.IN_REVIEW and application.stage is Stage.UNIT
    return application.applicant_id != user.id and at_unit and acts_as_holder(application, user)
