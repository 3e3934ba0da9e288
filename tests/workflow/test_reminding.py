"""Who is reminded of what, and when: once a day, nobody twice, nobody missed (UNI-07, MSG-02, screens.md 3.3)."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.errors import CalendarUnknown
from app.extensions import db
from app.models import Application, Message, Person, Reminder, Round, Subscription, User
from app.vocabulary import Role, Stage
from app.workflow import morning, reminding
from app.workflow.notices import holidays
from app.workflow.remind_errors import NobodyToRemind, NothingToRemind
from tests import factories as make
from tests.at_once import at_once


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


def texts(session, user_id):
    return session.scalars(
        select(Message.text).where(Message.recipient_id == user_id).order_by(Message.id)
    ).all()


def stuck():
    """A draft whose unit lacks its telephone."""
    application = make.make_draft()
    unit = db.session.get_one(Person, application.applicant_id).unit
    unit.contact_phone = None
    db.session.commit()
    return application, unit


def press(pk, at):
    application = db.session.get_one(Application, pk)
    person = db.session.get_one(Person, application.applicant_id)
    by = db.session.get_one(User, application.applicant_id)
    return reminding.remind_unit(person, application, by=by, at=at).is_new


# 2026: 1 May (Friday) to 5 May are the holiday, Saturday 9 May is worked.
@pytest.mark.parametrize(
    ("today", "before"),
    [
        ("2026-06-12", "2026-06-09"),  # Friday: what came until Monday the 8th
        ("2026-06-15", "2026-06-10"),  # Monday: the weekend is not counted
        ("2026-05-09", "2026-05-06"),  # only Wednesday to Friday are worked
        ("2026-05-08", "2026-04-30"),  # Thursday, and two days after the holiday
        ("2026-05-11", "2026-05-07"),  # the worked Saturday counts
    ],
)
def test_three_whole_working_days(session, today, before):
    found = morning.idle_before(date.fromisoformat(today), holidays())
    assert found == moment(f"{before} 00:00")


def test_an_unknown_year_is_said_and_stops_nothing(session):
    with pytest.raises(CalendarUnknown):
        morning.idle_before(date(2031, 6, 12), {})


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("2026-08-20 00:00", False),  # over
        ("2026-08-21 00:00", True),  # today is the last day
        ("2026-08-24 00:00", True),  # its last day is in three days
        ("2026-08-24 00:01", False),
    ],
)
def test_applicants_are_reminded_three_days_before_the_end(session, end, told):
    application = make.make_draft()
    session.execute(
        update(Round).where(Round.id == application.round_id).values(
            opens_at=moment("2026-08-01 00:00"), closes_at=moment(end), corrections_until=moment("2026-09-30 00:00"))
    )  # fmt: skip
    session.commit()
    pk, applicant = application.id, application.applicant_id
    for at in ("2026-08-20 08:00", "2026-08-20 23:59"):
        morning.remind_applicants(at=moment(at))
    assert len(texts(session, applicant)) == told
    assert (
        session.scalar(select(func.count(Reminder.id)).where(Reminder.subject == f"application-{pk}")) == told
    )


def test_an_office_gets_one_digest_a_day(session):
    first = make.make_application(Stage.UNIT)
    clerk, applicant = make.clerk_of(first).id, first.applicant_id
    before = len(texts(session, applicant)), len(texts(session, clerk))
    session.execute(
        update(Application).where(Application.id == first.id).values(
            waiting_since=moment("2026-06-08 17:00"), due_at=moment("2026-06-14 00:00"))
    )  # fmt: skip
    session.commit()
    for at in ("2026-06-11 08:00", "2026-06-12 08:00", "2026-06-12 09:00"):
        morning.remind_offices(holidays(), at=moment(at))
    new = texts(session, clerk)[before[1] :]
    assert ["3 个工作日" in each for each in new] == [False, True]
    assert all("1 份申报的补正截止日期" in each for each in new)
    assert len(texts(session, applicant)) == before[0]


def test_the_unit_is_reminded_once_a_day_of_what_it_lacks(session):
    application, unit = stuck()
    clerk = make.make_user(Role.UNIT, unit).id
    session.commit()
    days = ("2026-08-20 00:00", "2026-08-20 23:59", "2026-08-21 00:00")
    pressed = []
    for day in days:
        pressed.append(press(application.id, moment(day)))
        session.commit()
    assert pressed == [True, False, True]
    assert len(texts(session, clerk)) == 2


def test_without_a_clerk_no_reminder_is_used_up_and_without_a_gap_none_is_sent(session):
    application, unit = stuck()
    with pytest.raises(NobodyToRemind):
        press(application.id, moment("2026-08-20 10:00"))
    assert session.scalar(select(func.count(Reminder.id)).where(Reminder.subject == f"unit-{unit.id}")) == 0
    with pytest.raises(NothingToRemind):
        press(make.make_draft().id, moment("2026-08-20 10:00"))


def test_ten_presses_at_once_are_one_reminder(app, session):
    application, unit = stuck()
    clerk, pk = make.make_user(Role.UNIT, unit).id, application.id
    session.commit()
    assert sum(at_once(app, [lambda: press(pk, moment("2026-08-20 10:42"))] * 10)) == 1
    session.rollback()
    assert len(texts(session, clerk)) == 1


def test_subscribers_are_told_once_and_only_when_it_opens(session, sign_in):
    round_ = make.make_round(opens_at=moment("2027-03-01 00:00"), closes_at=moment("2027-04-01 00:00"),
                             corrections_until=moment("2027-04-15 00:00"))  # fmt: skip
    person = make.make_applicant()
    session.commit()
    pk, user_id, client = round_.id, person.id, sign_in(db.session.get_one(User, person.id))
    for _each in range(2):
        assert client.post(f"/subscriptions/{pk}/add", data={"back": "//evil.example"}).location == "/home/"
    session.rollback()
    assert session.scalar(select(func.count(Subscription.id)).where(Subscription.user_id == user_id)) == 1
    told = [
        morning.tell_subscribers(at=moment(at))
        for at in ("2027-02-28 23:59", "2027-03-01 00:00", "2027-03-01 08:00")
    ]
    assert told == [0, 1, 0]
    assert len(texts(session, user_id)) == 1
    client.post(f"/subscriptions/{pk}/remove")
    session.rollback()
    assert session.scalar(select(func.count(Subscription.id)).where(Subscription.user_id == user_id)) == 0
    assert client.post(f"/subscriptions/{make.LONG_AGO.year}9999/add").status_code == 404


@pytest.mark.parametrize("killed_at", [1, 2, 3])
def test_a_killed_run_begun_again_tells_nobody_twice_and_misses_nobody(session, monkeypatch, killed_at):
    at, round_ = moment("2026-08-20 08:00"), make.make_round()
    people = [make.make_draft(round_=round_).applicant_id for _each in range(3)]
    long_ago = [moment(f"2020-0{month}-01 00:00") for month in (1, 2, 3)]
    session.execute(
        update(Round)
        .where(Round.id != round_.id)
        .values(opens_at=long_ago[0], closes_at=long_ago[1], corrections_until=long_ago[2])
    )
    session.execute(
        update(Round)
        .where(Round.id == round_.id)
        .values(opens_at=moment("2026-08-01 00:00"), closes_at=moment("2026-08-22 00:00"))
    )
    session.commit()
    monkeypatch.setattr(morning, "BATCH", 1)
    commit, commits = db.session.commit, []

    def power_cut():
        commits.append(True)
        if len(commits) == killed_at:
            raise KeyboardInterrupt
        commit()

    monkeypatch.setattr(morning.db.session, "commit", power_cut)
    with pytest.raises(KeyboardInterrupt):
        morning.remind_applicants(at=at)
    monkeypatch.undo()
    session.rollback()
    assert sum(len(texts(session, each)) for each in people) == killed_at - 1
    morning.remind_applicants(at=at)
    assert [len(texts(session, each)) for each in people] == [1, 1, 1]
