"""How many texts a day: one guarded statement each, so that parallel requests cannot outrun a limit (A10)."""

from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Date, bindparam, text, update
from sqlalchemy.orm import Session, scoped_session

from ..clock import SHANGHAI
from ..database import writing
from ..extensions import db
from ..models import SmsQuota
from ..protection import index_of

TAKE_ONE = text(
    """
    INSERT INTO sms_quota (mobile, scope, day, sent) VALUES (:mobile, :scope, :day, 1)
    ON CONFLICT (mobile, day) DO UPDATE SET sent = sms_quota.sent + 1 WHERE sms_quota.sent < :limit
    RETURNING sent
    """
).bindparams(bindparam("day", type_=Date))
# Scopes of what is no code; codes have counters of their own, so that no result keeps anybody from signing in.
NEWS, ALL_NEWS = "news", "all news"


def take_one(
    session: Session | scoped_session[Any], whose: str, scope: str, limit: int, *, on: date
) -> int | None:
    """Count one more text of that Shanghai day; how many there are now, or None where the limit was reached."""
    values = {"mobile": index_of(whose), "scope": scope, "day": on, "limit": limit}
    taken: int | None = session.scalar(TAKE_ONE, values) if limit > 0 else None
    return taken


def take_news(mobile: str, *, at: datetime) -> bool:
    """Count one more result or reminder for this mobile; False, and nothing counted, where a day's limit is reached.

    In a transaction of its own, committed before the network is asked: whoever is killed in between has counted one
    too many, never one too few.
    """
    on, config = at.astimezone(SHANGHAI).date(), current_app.config
    with writing(), Session(db.engine) as session:
        for whose, scope, limit in (
            (f"news {mobile}", NEWS, config["SMS_NEWS_PER_DAY"]),
            (ALL_NEWS, ALL_NEWS, config["SMS_NEWS_A_DAY"]),
        ):
            if take_one(session, whose, scope, limit, on=on) is None:
                session.rollback()
                return False
        session.commit()
    return True


def give_back(mobile: str, *, at: datetime) -> None:
    """The network did not take what take_news() counted."""
    on = at.astimezone(SHANGHAI).date()
    with writing(), Session(db.engine) as session:
        for whose in (f"news {mobile}", ALL_NEWS):
            session.execute(
                update(SmsQuota)
                .where(SmsQuota.mobile == whose, SmsQuota.day == on, SmsQuota.sent > 0)
                .values(sent=SmsQuota.sent - 1)
            )
        session.commit()
