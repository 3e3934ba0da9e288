"""Codes by SMS: so many a day, good once, for one purpose, mobile and browser (ACC-03, A09, A10).

All counters live in guarded SQL, so that parallel requests cannot outrun them. A code is kept as a
digest keyed with the browser's token, which only the browser holds: the table alone gives no code away.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from ..errors import CodeQuotaUsed, SmsCapReached
from ..extensions import db
from ..messages.operations import send_sms
from ..messages.quota import take_one
from ..models import Outbox, SmsCode, SmsQuota
from ..vocabulary import Purpose
from .sessions import digest

MOBILE, ADDRESS, EVERYONE = "mobile", "address", "everyone"
# Sent as written, whatever language the page was in.
SMS = "验证码 %(code)s，%(minutes)s 分钟内有效，用于%(purpose)s。请勿告诉他人。"


@dataclass(frozen=True)
class Limits:
    """How many codes a mobile gets a day, how long one lasts, how many tries it survives.

    `per_address` and `altogether` cap a day's codes over all mobiles: each of them costs money (A10).
    """

    a_day: int
    lasts: timedelta
    tries: int
    per_address: int
    altogether: int


def codes_left(mobile: str, *, on: date, limits: Limits) -> int:
    """How many more codes this mobile can get on that Shanghai day."""
    sent = db.session.scalar(select(SmsQuota.sent).where(SmsQuota.mobile == mobile, SmsQuota.day == on))
    return max(0, limits.a_day - (sent or 0))


def send_code(
    mobile: str,
    purpose: Purpose,
    *,
    browser: str,
    address: str,
    to_phone: bool = True,
    limits: Limits,
    at: datetime,
    phone: str,
) -> int:
    """Send a code; returns how many more the mobile can get today. Raises CodeQuotaUsed (ACC-03) or SmsCapReached.

    After a refusal the caller rolls back: nothing was counted. With `to_phone` false all is done and the
    text taken back, so that a page answers alike, and as fast, for whoever has no account (X-13, A07).
    `address` is the one that asks, `phone` the hotline named in the refusal.
    """
    sent = take_one(db.session, mobile, MOBILE, limits.a_day, on=at.date())
    if sent is None:
        raise CodeQuotaUsed(limit=limits.a_day, phone=phone)
    # Everyone's row comes last: others wait for it only until the commit.
    if take_one(db.session, f"address {address}", ADDRESS, limits.per_address, on=at.date()) is None:
        raise SmsCapReached(phone=phone)
    if take_one(db.session, "everyone", EVERYONE, limits.altogether, on=at.date()) is None:
        raise SmsCapReached(SmsCapReached.for_everyone, phone=phone)
    code = f"{secrets.randbelow(10**6):06d}"
    db.session.add(
        SmsCode(
            mobile=mobile,
            purpose=purpose,
            browser=digest(browser),
            digest=_digest(code, mobile, purpose, browser),
            sent_at=at,
        )
    )
    minutes = int(limits.lasts.total_seconds() // 60)
    sms = send_sms(mobile, SMS % {"code": code, "minutes": minutes, "purpose": purpose.label}, at=at)
    db.session.flush()
    if not to_phone:
        db.session.execute(delete(Outbox).where(Outbox.id == sms.id))
    return limits.a_day - sent


def redeem_code(
    code: str, mobile: str, purpose: Purpose, *, browser: str, limits: Limits, at: datetime
) -> bool:
    """Use up the code last sent; false if it is wrong, used, too old, or has been tried too often.

    A wrong try counts only when it is committed: commit after a False, too.
    """
    newest = (
        select(SmsCode.id)
        .where(SmsCode.mobile == mobile, SmsCode.purpose == purpose, SmsCode.browser == digest(browser))
        .order_by(SmsCode.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    tried = db.session.execute(
        update(SmsCode)
        .where(
            SmsCode.id == newest,
            SmsCode.used_at.is_(None),
            SmsCode.tries < limits.tries,
            SmsCode.sent_at > at - limits.lasts,
        )
        .values(tries=SmsCode.tries + 1)
        .returning(SmsCode.id, SmsCode.digest)
    ).one_or_none()
    if tried is None or not hmac.compare_digest(tried.digest, _digest(code, mobile, purpose, browser)):
        return False
    used = db.session.execute(
        update(SmsCode).where(SmsCode.id == tried.id, SmsCode.used_at.is_(None)).values(used_at=at)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _digest(code: str, mobile: str, purpose: Purpose, browser: str) -> str:
    return hmac.new(browser.encode(), f"{purpose}:{mobile}:{code}".encode(), hashlib.sha256).hexdigest()
