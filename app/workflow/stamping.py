"""Table 17 on paper: chosen, cut and handed in by the applicant, accepted or asked for again by the last office.

Files are stored before an operation and go after its commit: an operation returns the keys that are needed no more.
"""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext

from ..dossier import page_crops, stamped
from ..dossier.files import Kept
from ..dossier.page_crops import PageCrop
from ..errors import NotAllowedNow
from ..extensions import db
from ..messages.notifying import send_news
from ..messages.operations import tell
from ..models import Application, Decision, StampedPage
from ..vocabulary import N_, Event, MessageType, PageState
from . import rules
from .actors import actor_of, last_step_of
from .operations import attempt, move
from .refusals import PageGone

SUBJECT = N_("职称申报：您上传的表十七有新的结果")
ACCEPTED = N_(
    "您的申报（编号 %(number)s）上传的表十七已由%(office)s接收，归档文件已经生成，登录后在“我的申报”中下载保存。"
)
AGAIN = N_(
    "您的申报（编号 %(number)s）上传的表十七需要重新上传，要求单位：%(office)s。登录后在“我的申报”中查看原因。"
)


def choose(application: Application, original: Kept, digest: str, *, by: User, at: datetime) -> list[str]:
    """Keep a scan for cutting, in the place of one that was chosen before; what was handed in stays as it is.

    Refused before the electronic material has passed and once a page is accepted (ATT-04).
    """
    db.session.refresh(application, with_for_update=True)
    if (
        rules.find(Event.HAND_IN_PAGE, actor_of(Event.HAND_IN_PAGE, application, by), application.status)
        is None
    ):
        raise NotAllowedNow(status=lazy_gettext(application.status.label))
    before, last = stamped.chosen(application), last_step_of(application)
    assert last
    unneeded = _drop(before)
    picture = original.picture
    db.session.add(
        StampedPage(
            application_id=application.id,
            route_no=application.route_no,
            submission_no=application.submission_no,
            office_id=last.organisation_id,
            state=PageState.CHOSEN,
            chosen=True,
            name=picture.name,
            mime=picture.mime,
            pages=picture.pages,
            original_key=original.key,
            original_sha256=digest,
            chosen_at=at,
            crop=str(page_crops.whole((picture.width, picture.height))),
        )
    )
    db.session.flush()
    return unneeded


def hand_in(
    application: Application,
    source: str,
    page: Kept,
    digest: str,
    crop: PageCrop,
    *,
    by: User,
    seen: int,
    at: datetime,
) -> list[str]:
    """Hand in the page cut out of the scan of the key `source`, in the place of one handed in before (ATT-04).

    OutOfDate if the office has acted since `seen`; PageGone if that scan has been replaced meanwhile.
    """
    act = attempt(Event.HAND_IN_PAGE, application, seen, by=by, at=at)
    before = stamped.handed_in(application)
    there = filter(None, (stamped.chosen(application), before))
    row = next((each for each in there if each.original_key == source), None)
    if row is None:
        raise PageGone
    move(act, seen, step=None, office=None)
    unneeded = _drop(before) if before is not row else [key for key in (row.page_key,) if key]
    row.state, row.chosen, row.crop = PageState.HANDED_IN, False, str(crop)
    row.page_key, row.sha256 = page.key, digest
    row.width, row.height, row.doubts = page.picture.width, page.picture.height, list(page.picture.doubts)
    row.handed_in_at, row.decided_at, row.decided_by_id, row.reason = at, None, None, ""
    db.session.flush()
    return unneeded


def accept(application: Application, *, by: User, seen: int, at: datetime) -> Decision:
    """Take the page in: from now on it is the last page of the archived document, and nothing replaces it (APP-16)."""
    decision = _judge(Event.ACCEPT_PAGE, application, PageState.ACCEPTED, by=by, seen=seen, at=at)
    _tell(decision, "", ACCEPTED, at)
    return decision


def ask_again(application: Application, *, by: User, seen: int, opinion: str, at: datetime) -> Decision:
    """Ask for another page, with the reason, which the applicant is told."""
    decision = _judge(
        Event.ASK_AGAIN, application, PageState.ASKED_AGAIN, by=by, seen=seen, at=at, opinion=opinion
    )
    _tell(decision, f"原因如下：{decision.opinion}", AGAIN, at)
    return decision


def _judge(
    event: Event,
    application: Application,
    state: PageState,
    *,
    by: User,
    seen: int,
    at: datetime,
    opinion: str = "",
) -> Decision:
    act = attempt(event, application, seen, by=by, at=at, opinion=opinion)
    page = stamped.handed_in(application)
    assert page
    decision = move(act, seen, step=None, office=last_step_of(application))
    page.state, page.decided_at, page.decided_by_id, page.reason = state, at, by.id, decision.opinion
    db.session.flush()
    return decision


def _tell(decision: Decision, reason: str, short: str, at: datetime) -> None:
    assert decision.organisation and decision.stage
    application = decision.application
    text = f"{decision.organisation.name}（{decision.stage.label}）{decision.event.label}。{reason}"
    tell([application.applicant_id], text, at=at, type=MessageType.REVIEW, application=application)
    words = short % {"number": application.number, "office": decision.organisation.name}
    send_news([application.applicant_id], words, subject=SUBJECT, at=at, decision=decision)


def _drop(page: StampedPage | None) -> list[str]:
    if page is None:
        return []
    db.session.delete(page)
    db.session.flush()
    return stamped.keys_of(page)
