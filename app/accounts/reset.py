"""A link by which a person chooses a new password himself; who starts it never sees or sets one (A11)."""

import secrets
from datetime import datetime, timedelta

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select, update

from ..audit import record
from ..errors import DomainError
from ..extensions import db
from ..messages.operations import send_sms, tell
from ..models import ResetLink
from ..vocabulary import N_
from .operations import end_reset_links, recover
from .sessions import digest

LASTS = timedelta(hours=24)
STARTED = N_(
    "已为您发起重置密码，链接发送到登记的手机，%(hours)s 小时内有效，只能用一次。"
    "新密码由您自己设置，其他人看不到。如非本人要求，立即拨打热线。"
)
SMS = N_(
    "重新设置职称申报系统密码：%(url)s 。%(hours)s 小时内有效，只能用一次。请勿转发；如非本人要求，不要打开。"
)
DONE = N_("您的登录密码已通过重置链接重新设置，所有浏览器上的登录已退出。如非本人操作，立即拨打热线。")


class NoMobile(DomainError):
    """A link goes to the person's own phone only."""

    message = N_("该账号没有登记手机号，不能发送重置链接。先核实身份，登记手机号并经第二人复核后再发送。")


class LinkDead(DomainError):
    message = N_("重置链接已失效。链接 %(hours)s 小时内有效，只能用一次；发起新的链接后，旧的不能再用。")

    def __init__(self) -> None:
        super().__init__(hours=_hours(LASTS))


class Paused(DomainError):
    """The mobile was changed by staff a moment ago; the old number is told first (B10)."""

    message = N_("该账号的手机号刚由工作人员更换，%(until)s 前不能重置密码。")


def start_reset(
    user: User, *, by: User, at: datetime, lasts: timedelta = LASTS, though_paused: bool = False
) -> str:
    """The secret of a new link, to be handed to `send_link` and to nobody else; earlier links end.

    Tells the person and records who started it. Raises NoMobile, and Paused
    for a day after the hotline gave the account a new mobile, unless that is why the link is sent (ACC-07). Until the link is used, the old password counts.
    """
    if not user.mobile:
        raise NoMobile
    paused = user.recovery_paused_until
    if paused and at < paused and not though_paused:
        raise Paused(until=f"{paused:%Y-%m-%d %H:%M}")
    end_reset_links(user.id, at=at)
    token = secrets.token_urlsafe(32)
    db.session.add(
        ResetLink(user_id=user.id, digest=digest(token), by_id=by.id, created_at=at, expires_at=at + lasts)
    )
    tell([user.id], STARTED % {"hours": _hours(lasts)}, at=at)
    record("start_reset", user, at=at, by_id=by.id)
    return token


def send_link(user: User, url: str, *, at: datetime, lasts: timedelta = LASTS) -> None:
    """Queue the text with the link's address; it leaves when the view has committed and run the outbox."""
    send_sms(user.mobile, SMS % {"url": url, "hours": _hours(lasts)}, at=at)


def holder_of(token: str, *, at: datetime) -> User | None:
    """Whose password the link sets, while it can be used."""
    return db.session.scalars(
        select(User)
        .join(ResetLink, ResetLink.user_id == User.id)
        .where(
            ResetLink.digest == digest(token),
            ResetLink.used_at.is_(None),
            ResetLink.expires_at > at,
            User.active,
        )
    ).one_or_none()


def reset(token: str, new: str, *, at: datetime) -> None:
    """Set the password the person chose, once; every browser is signed out, a lock opens, he is told.

    Raises LinkDead or PasswordRefused.
    """
    user = holder_of(token, at=at)
    used = db.session.execute(
        update(ResetLink)
        .where(ResetLink.digest == digest(token), ResetLink.used_at.is_(None), ResetLink.expires_at > at)
        .values(used_at=at)
    ).rowcount  # type: ignore[attr-defined]
    if user is None or not used:
        raise LinkDead
    recover(user, new, at=at, how="reset_password")
    tell([user.id], DONE, at=at)


def _hours(lasts: timedelta) -> int:
    return int(lasts.total_seconds() // 3600)
