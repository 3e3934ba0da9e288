"""The one clock. Times are Asia/Shanghai; nothing else in the house asks for the time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select

from .extensions import db

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    return datetime.now(SHANGHAI)


def today() -> date:
    return now().date()


def arrival() -> datetime:
    """When the request came that hands something in, the same however often it is asked (E05).

    With CLOCK=database several machines agree: PostgreSQL's `now()` is when the request's transaction
    began there. Otherwise, and on SQLite, whose one machine has one clock, the time of this process.
    """
    if current_app.config["CLOCK"] != "database" or db.engine.dialect.name != "postgresql":
        return now()
    found: datetime = db.session.execute(select(func.now())).scalar_one()
    return found.astimezone(SHANGHAI)
