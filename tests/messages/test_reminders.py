"""One reminder a day about one thing, even if two press at once."""

from datetime import datetime

from sqlalchemy import func, select

from app.clock import SHANGHAI
from app.extensions import db
from app.messages.reminders import claim
from app.models import Reminder
from app.vocabulary import Cause
from tests.at_once import at_once

NOON = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI)


def test_the_day_changes_at_midnight_in_shanghai(session):
    def again(at):
        return claim("application-1", "office-1", Cause.ASKED, by=None, at=at)

    assert again(NOON)
    assert not again(datetime(2026, 3, 2, 23, 59, tzinfo=SHANGHAI))
    assert again(datetime(2026, 3, 3, 0, 0, tzinfo=SHANGHAI))
    assert claim("application-1", "office-2", Cause.ASKED, by=None, at=NOON)
    assert claim("application-1", "office-1", Cause.IDLE, by=None, at=NOON)


def test_of_ten_at_once_one_reminds(app):
    def press():
        return claim("application-2", "office-1", Cause.ASKED, by=None, at=NOON)

    assert sorted(at_once(app, [press] * 10)) == [False] * 9 + [True]
    with app.app_context():
        rows = select(func.count(Reminder.id)).where(Reminder.subject == "application-2")
        assert db.session.scalar(rows) == 1
