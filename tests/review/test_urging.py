"""催办 on the board: who may remind the office where something is overdue, once a day (screens.md 3.4)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.errors import OwnApplication
from app.extensions import db
from app.models import (
    Application,
    AuditEntry,
    Membership,
    Message,
    Organisation,
    Outbox,
    Reminder,
    Setting,
    User,
)
from app.vocabulary import Cause, Role
from app.web import preferences
from app.workflow.remind_errors import NobodyToRemind, NotOverdue, OwnOffice
from app.workflow.reminding import remind_office
from tests import factories as make
from tests.at_once import at_once
from tests.review.pages import text_of
from tests.review.test_board import LATE, NOW, WAITING, city  # noqa: F401

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def fresh(city, session):  # noqa: F811
    """Every office that holds something has a clerk, and nobody was reminded yet."""
    rows, _clerks = city
    for table in (Reminder, Outbox):
        session.execute(delete(table))
    for each in rows.values():
        if each.holder_id and each.stage:
            make.clerk_of(each)
    session.commit()
    return city


def urge(client, row, **data):
    return client.post(f"/overdue/{row.id}/urge", data=data)


def reminders(row=None):
    db.session.rollback()
    query = select(func.count(Reminder.id))
    return db.session.scalar(query.where(Reminder.subject == f"application-{row.id}") if row else query)


def buttons_in(answer):
    return {int(each) for each in re.findall(r'action="/overdue/(\d+)/urge"', answer.text)}


# What each role sees overdue and does not hold itself: at desk late lies at the bureau, the other at the committee.
MAY = {
    Role.UNIT: {"at desk late", "at committee"},
    Role.BUREAU: {"at committee"},
    Role.CITY_BUREAU: {"at committee"},
    Role.COMMITTEE: set(),
}


@pytest.mark.parametrize("role", MAY)
def test_the_button_is_there_where_the_operation_would_not_refuse(fresh, sign_in, role):
    rows, clerks = fresh
    client = sign_in(clerks[role])
    assert WAITING[role] & LATE >= MAY[role]
    expected = {rows[name].id for name in MAY[role]}
    assert buttons_in(client.get("/overdue/")) == expected
    # Of all that waits no more than of what is overdue.
    assert buttons_in(client.get("/overdue/?over=0")) == expected
    for name in sorted(WAITING[role]):
        answer = urge(client, rows[name])
        own = {Role.BUREAU: {"at desk", "at desk late"}, Role.CITY_BUREAU: {"at city"}}.get(role, set())
        own = {Role.UNIT: {"at unit"}, Role.COMMITTEE: {"at committee"}}.get(role, own)
        assert answer.status_code == (409 if name in own else 302), name
        assert reminders(rows[name]) == (name in MAY[role]), name
    assert buttons_in(client.get("/overdue/")) == set()
    assert urge(client, rows["elsewhere"]).status_code == 404
    assert reminders(rows["elsewhere"]) == 0


def test_it_is_said_recorded_and_heard_by_the_clerks_of_that_office(fresh, session, sign_in):
    rows, clerks = fresh
    row, client = rows["at desk late"], sign_in(clerks[Role.UNIT])
    holder = session.get_one(Organisation, row.holder_id)
    theirs = set(
        session.scalars(select(Membership.user_id).where(Membership.organisation_id == row.holder_id))
    )
    before = session.scalar(select(func.max(Message.id))) or 0
    back = "/overdue/?over=5&office=7"
    answer = urge(client, row, back=back)
    assert answer.location == back
    assert f"已催办{holder.name}。" in client.get("/overdue/").text
    session.rollback()
    told = session.scalars(select(Message).where(Message.id > before)).all()
    assert {each.recipient_id for each in told} == theirs
    for each in told:
        assert row.number in each.text and "催办" in each.text and each.application_id == row.id
        assert row.name not in each.text
    line = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (line.action, line.object_type, line.object_id) == ("remind", "Application", str(row.id))
    assert line.by_id == clerks[Role.UNIT].id
    page = text_of(client.get("/overdue/"))
    assert "1 次" in page and "催办" in page
    assert session.scalars(select(Outbox.id)).all() == []
    urge(client, row)
    assert f"已催办过{holder.name}，明天可以再次催办" in client.get("/overdue/").text
    assert reminders(row) == 1
    assert urge(client, row, back="//evil.example").location == "/overdue/"


def test_only_clerks_who_asked_for_it_get_a_text(fresh, session, sign_in):
    rows, clerks = fresh
    row = rows["at desk late"]
    wants, wants_not = (
        make.clerk_of(row),
        make.make_user(Role.BUREAU, session.get_one(Organisation, row.holder_id)),
    )
    wants.mobile, wants_not.mobile = "13800007001", "13800007002"
    session.commit()
    preferences.keep(wants, {preferences.DESK_SMS: True})
    session.execute(update(Setting).where(Setting.key == "sms_reminders").values(value="on"))
    session.commit()
    urge(sign_in(clerks[Role.UNIT]), row)
    session.rollback()
    assert session.scalars(select(Outbox.mobile)).all() == ["13800007001"]
    session.execute(update(Setting).where(Setting.key == "sms_reminders").values(value="off"))
    session.commit()


def test_two_offices_that_press_at_once_remind_once_and_the_next_day_again(app, fresh, session, monkeypatch):
    rows, clerks = fresh
    pk = rows["at committee"].id
    pressers = [clerks[Role.UNIT].id, clerks[Role.BUREAU].id] * 5
    session.rollback()

    def press(by, at=NOW):
        return remind_office(
            db.session.get_one(Application, pk), by=db.session.get_one(User, by), at=at
        ).is_new

    came = at_once(app, [lambda by=by: press(by) for by in pressers])
    assert sorted(came) == [False] * 9 + [True]
    assert reminders(rows["at committee"]) == 1
    # 27 November 2026 is a Friday.
    assert press(pressers[0], NOW + timedelta(days=1)) and not press(pressers[1], NOW + timedelta(days=1))
    session.rollback()


def test_what_stands_in_the_way(fresh, session):
    rows, clerks = fresh
    unit, desk = clerks[Role.UNIT], clerks[Role.BUREAU]
    for name, by, refusal in (
        ("at desk", unit, NotOverdue),
        ("returned", unit, NotOverdue),
        ("passed", unit, NotOverdue),
        ("at desk late", desk, OwnOffice),
        ("at desk late", session.get_one(User, rows["at desk late"].applicant_id), OwnApplication),
    ):
        with pytest.raises(refusal):
            remind_office(rows[name], by=by, at=NOW)
    # No day's reminder is used up where nobody could read it.
    holder = rows["at desk late"].holder_id
    keys = session.scalars(select(Membership.user_id).where(Membership.organisation_id == holder)).all()
    session.execute(update(User).where(User.id.in_(keys)).values(active=False))
    with pytest.raises(NobodyToRemind):
        remind_office(rows["at desk late"], by=unit, at=NOW)
    session.rollback()
    assert reminders() == 0


def test_together_they_are_shown_first_and_then_reminded_each_by_itself(fresh, session, sign_in):
    rows, clerks = fresh
    client, may = sign_in(clerks[Role.UNIT]), [rows[name] for name in sorted(MAY[Role.UNIT])]
    preview = client.get("/overdue/together")
    assert reminders() == 0
    posted = re.findall(r'name="row" value="([0-9.]+)"', preview.text)
    assert {int(each.split(".")[0]) for each in posted} == {each.id for each in may}
    page = text_of(preview)
    for each in may:
        assert each.number in page and each.name not in page
    # One that is not overdue and one of strangers are slipped in.
    slipped = [f"{rows[name].id}.{rows[name].version}" for name in ("at unit", "at city", "elsewhere")]
    answer = text_of(client.post("/overdue/together", data={"row": posted + slipped, "over": "3"}))
    assert (
        "已催办 2 件，没有办理 3 件。" in answer and "已不在您的范围内" in answer and "不需要催办" in answer
    )
    assert [reminders(each) for each in may] == [1, 1] and reminders() == 2
    again = text_of(client.post("/overdue/together", data={"row": posted}))
    assert "已催办 0 件，没有办理 2 件。" in again and "今天已经催办过" in again
    assert reminders() == 2
    assert "/overdue/together" not in client.get("/overdue/").text
    assert client.get("/overdue/together").status_code == 302


def test_a_digest_counts_for_what_was_overdue_when_it_went(fresh, session, sign_in):
    rows, clerks = fresh
    late = rows["at desk late"]
    target = f"office-{late.holder_id}"
    # It came on Friday, 6 November: the digest of the 10th was about others, those of the 12th and 13th about it too.
    for day, cause, subject in ((10, Cause.IDLE, target), (12, Cause.IDLE, target), (13, Cause.IDLE, target),
                                (13, Cause.DEADLINE, target)):  # fmt: skip
        moment = NOW.replace(day=day, hour=8)
        session.add(Reminder(subject=subject, target=target, cause=cause, day=moment.date(), at=moment))
    session.commit()
    page = text_of(sign_in(clerks[Role.UNIT]).get(f"/overdue/?office={late.holder_id}"))
    assert "2 次" in page and "自动提醒" in page and "3 次" not in page


@pytest.mark.once
def test_the_page_asks_as_much_for_many_as_for_few(fresh, session, sign_in, statements):
    _rows, clerks = fresh
    client = sign_in(clerks[Role.UNIT])
    counts = []
    for asked in ("?over=10", "?over=0"):
        client.get(f"/overdue/{asked}")
        with statements() as seen:
            client.get(f"/overdue/{asked}")
        counts.append(len(seen))
    assert counts[0] == counts[1]
