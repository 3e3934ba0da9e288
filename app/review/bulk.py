"""What is done to many applications in one press: each is judged, and then happens or not, by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Row, select

from .. import audit
from ..errors import DomainError, NotAllowedNow, OwnApplication
from ..extensions import db
from ..messages import reminders
from ..messages.operations import tell
from ..models import Application, Opening, Reminder
from ..models.columns import last_minute
from ..vocabulary import N_, Cause, MessageType, Stage, Status
from ..workflow import operations
from ..workflow.rules import BULK_APPROVE_STAGES

LIMIT = 200

REMINDER = N_("提醒：您的申报（编号 %(number)s）退回修改后还没有再次提交，%(until)s 前可以修改并再次提交。")


class NotOpened(DomainError):
    """Only what this clerk has read as it is now is approved together with others (screens.md 3.4)."""

    message = N_("您还没有打开过这次提交的材料，逐件查看后再批量通过。")


class StageByItself(DomainError):
    message = N_("%(stage)s要逐件办理，不能批量通过。")


class AlreadyReminded(DomainError):
    message = N_("今天已经催办过，明天可以再次催办。")


class NotReturned(DomainError):
    message = N_("申报人已经再次提交或撤回，不需要催办。")


@dataclass(frozen=True)
class Judged:
    """A row and what stands in its way, or nothing."""

    row: Row[Any]
    refusal: DomainError | None


def judge(rows: Sequence[Row[Any]], *, by: User) -> list[Judged]:
    """Which of the rows of a list would be approved; the reasons in the order in which they bind."""
    asked = select(Opening.application_id, Opening.version).where(
        Opening.user_id == by.id, Opening.application_id.in_([row.id for row in rows])
    )
    opened = {pk: version for pk, version in db.session.execute(asked)}
    return [
        Judged(row, _refusal(row.applicant_id, row.stage, row.version, opened.get(row.id), by))
        for row in rows
    ]


def _refusal(
    applicant_id: int, stage: Stage | None, version: int, opened: int | None, by: User
) -> DomainError | None:
    if applicant_id == by.id:
        return OwnApplication()
    if stage is not None and stage not in BULK_APPROVE_STAGES:
        return StageByItself(stage=stage.label)
    return None if opened == version else NotOpened()


def approve(application: Application, *, by: User, seen: int, opinion: str, at: datetime) -> None:
    """One of many: as if it were approved on its own page, and only if this clerk has opened it as it is."""
    opened = db.session.scalar(
        select(Opening.version).where(Opening.user_id == by.id, Opening.application_id == application.id)
    )
    refusal = _refusal(application.applicant_id, application.stage, seen, opened, by)
    if refusal is not None and application.version == seen:
        raise refusal
    operations.approve(application, by=by, seen=seen, opinion=opinion, at=at)
    audit.record("approve_together", application, at=at)


def to_remind(rows: Sequence[Row[Any]], *, by: User, at: datetime) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """Of the rows of a list those whom `remind` would tell now, and those who were told today already."""
    others = [row for row in rows if row.applicant_id != by.id]
    told = set(
        db.session.scalars(
            select(Reminder.subject).where(
                Reminder.subject.in_([_about(row.id) for row in others]),
                Reminder.cause == Cause.ASKED,
                Reminder.day == at.date(),
            )
        )
    )
    return (
        [row for row in others if _about(row.id) not in told],
        [row for row in others if _about(row.id) in told],
    )


def remind(application: Application, *, by: User, at: datetime) -> None:
    """Tell the applicant that his returned application still waits for him, once a day."""
    db.session.refresh(application, with_for_update=True)
    if application.applicant_id == by.id:
        raise OwnApplication
    if application.status is not Status.RETURNED:
        raise NotReturned
    if not operations.acts_as_holder(application, by):
        raise NotAllowedNow(status=application.status.label)
    target = f"person-{application.applicant_id}"
    if not reminders.claim(_about(application.id), target, Cause.ASKED, by=by, at=at):
        raise AlreadyReminded
    assert application.round
    text = reminder_text(application.number, application.round.corrections_until)
    tell([application.applicant_id], text, at=at, type=MessageType.REVIEW, application=application)
    audit.record("remind", application, at=at)


def _about(application_id: int) -> str:
    return f"application-{application_id}"


def reminder_text(number: str, until: datetime) -> str:
    """What the applicant reads, in the official wording."""
    return REMINDER % {"number": number, "until": last_minute(until)}
