"""Another mobile for an account: the old one is proved first, then told (ACC-13, A12)."""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from ..audit import digest_of, record
from ..errors import OutOfDate
from ..extensions import db
from ..messages.operations import send_sms, tell
from ..protection import index_of
from ..vocabulary import N_
from . import sessions
from .operations import end_reset_links
from .registration import MobileTaken

# Sent as written, whatever language the page was in.
TO_OLD = N_(
    "您的职称申报系统账号已更换手机号，此号码不能再登录和找回密码。如非本人操作，立即拨打 %(phone)s。"
)
FIRST = N_("您的账号已登记手机号，以后可以用它登录和找回密码。如非本人操作，立即拨打热线。")
TOLD = N_("您的账号已更换手机号，以后用新手机号登录和找回密码。如非本人操作，立即拨打热线。")


class MobileChanged(OutOfDate):
    message = N_("账号的手机号刚刚已被更换，本次操作没有生效。重新打开“账号与安全”核对。")


def change_mobile(user: User, new: str, *, keep: str | None, at: datetime, phone: str) -> None:
    """Make the proved number the account's; it signs in from now on, other browsers are signed out.

    The old number, if there was one, is told by SMS, the person by message. Raises MobileTaken, or MobileChanged where the
    old number is no longer the one that was proved. `phone` is the hotline named in the text.
    """
    old = user.mobile
    is_still = User.mobile_index == index_of(old) if old else User.mobile_index.is_(None)
    try:
        with db.session.begin_nested():
            changed = db.session.execute(
                update(User)
                .where(User.id == user.id, is_still)
                .values(mobile=new, mobile_index=index_of(new))
                .execution_options(synchronize_session=False)
            ).rowcount  # type: ignore[attr-defined]
    except IntegrityError:
        raise MobileTaken from None
    if not changed:
        raise MobileChanged
    db.session.expire(user)
    sessions.end_other_sessions(user, keep=keep, at=at)
    end_reset_links(user.id, at=at)
    if old:
        send_sms(old, TO_OLD % {"phone": phone}, at=at)
    tell([user.id], TOLD if old else FIRST, at=at)
    record(
        "change_mobile",
        user,
        at=at,
        by_id=user.id,
        before=digest_of({"mobile": old}),
        after=digest_of({"mobile": new}),
    )
