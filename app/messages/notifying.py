"""Telling people by message, and by SMS and mail where they want it (MSG-02).

Applicants get both until they switch them off. Clerks get SMS only, where the setting sms_reminders is on and they
have asked for it. For a channel that is not set up nothing is queued. All is part of the caller's transaction, and
no text names a number that identifies a person.
"""

from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from ..extensions import db
from ..models import Application, Decision, Person, Preference, Setting
from ..vocabulary import Channel, MessageType
from ..web import preferences
from . import operations
from .gateways import channels_of


def notify(
    recipients: Iterable[int],
    text: str,
    *,
    subject: str,
    at: datetime,
    sms: bool,
    application: Application | None = None,
) -> None:
    """One message to each applicant; also a text (where `sms`) and a mail to whoever has not switched them off."""
    ids = list(dict.fromkeys(recipients))
    operations.tell(ids, text, at=at, application=application)
    send_news(ids, text, subject=subject, at=at, sms=sms)


def notify_clerks(
    recipients: Iterable[int],
    text: str,
    *,
    at: datetime,
    type: MessageType,
    application: Application | None = None,
) -> None:
    """One message to each clerk, and a text to whoever has asked for it."""
    ids = list(dict.fromkeys(recipients))
    operations.tell(ids, text, at=at, type=type, application=application)
    if Channel.SMS not in _ways() or not clerks_may_get_sms():
        return
    for user, _email, content in _people(ids):
        if user.mobile and preferences.is_on(content, preferences.DESK_SMS):
            operations.send_sms(user.mobile, text, at=at, held_until=at)


def send_news(
    applicants: Iterable[int],
    text: str,
    *,
    subject: str,
    at: datetime,
    sms: bool = True,
    held_until: datetime | None = None,
    decision: Decision | None = None,
) -> None:
    """A text (where `sms`) and a mail to whoever has not switched them off; what is news of a decision goes once."""
    ways, until = _ways(), held_until or at
    for user, email, content in _people(applicants):
        if sms and user.mobile and Channel.SMS in ways and preferences.is_on(content, preferences.SMS):
            operations.send_sms(user.mobile, text, at=at, held_until=until, decision=decision)
        if email and Channel.MAIL in ways and preferences.is_on(content, preferences.MAIL):
            operations.send_mail(email, subject, text, at=at, held_until=until, decision=decision)


def clerks_may_get_sms() -> bool:
    """Whether clerks can be reminded by SMS at all: the setting sms_reminders says on."""
    return db.session.scalar(select(Setting.value).where(Setting.key == "sms_reminders")) == "on"


def switches(*, is_applicant: bool, is_clerk: bool) -> tuple[str, ...]:
    """What a person can choose about news; nothing that would be without effect."""
    ways = _ways()
    found = [preferences.SMS] * (is_applicant and Channel.SMS in ways)
    found += [preferences.MAIL] * (is_applicant and Channel.MAIL in ways)
    found += [preferences.DESK_SMS] * (is_clerk and Channel.SMS in ways and clerks_may_get_sms())
    return tuple(found)


def _ways() -> frozenset[Channel]:
    return channels_of(current_app._get_current_object())  # type: ignore[attr-defined]


def _people(ids: Iterable[int]) -> list[tuple[User, str | None, dict[str, object] | None]]:
    rows = db.session.execute(
        select(User, Person.email, Preference.content)
        .outerjoin(Person, Person.id == User.id)
        .outerjoin(Preference, Preference.id == User.id)
        .where(User.id.in_(list(ids)), User.active)
        .order_by(User.id)
    )
    return [(user, email, content) for user, email, content in rows]
