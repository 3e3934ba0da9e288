"""Supervision: figures by working days, each with the list it counts; nobody counts beyond what he may see."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from app.clock import SHANGHAI
from app.extensions import db
from app.models import Application, Decision, Reminder, RouteStep
from app.policy import standing_of
from app.review import board
from app.vocabulary import Cause, CommitteeTier, Event, Nature, Role, Stage, Status, Tier
from tests import factories as make
from tests.review.pages import text_of

# Thursday, 26 November 2026; the calendar says that Saturday the 21st is worked and Tuesday the 24th is not.
NOW = datetime(2026, 11, 26, 10, tzinfo=SHANGHAI)
CALENDAR = {date(2026, 11, 21): True, date(2026, 11, 24): False}


@pytest.mark.once
@pytest.mark.parametrize(
    ("days", "first"), [(1, 26), (2, 25), (3, 23), (4, 21), (5, 20), (6, 19), (9, 16), (10, 13)]
)
def test_working_days_are_counted_back_by_the_calendar(days, first):
    assert board.nth_back(NOW.date(), days, CALENDAR) == date(2026, 11, first)


@pytest.mark.once
@pytest.mark.parametrize(
    ("arrived", "days", "over"),
    [
        # day and hour of arrival, working days waited, whether more than 3
        ((26, 9), 0, False),
        ((25, 23), 1, False),
        ((23, 9), 2, False),
        ((21, 9), 3, False),
        ((21, 0), 3, False),
        ((20, 23), 4, True),
        ((13, 12), 9, True),
    ],
)
def test_who_arrived_when_has_waited_so_long(arrived, days, over):
    since = datetime(2026, 11, *arrived, tzinfo=SHANGHAI)
    assert board.waited(since.astimezone(UTC), NOW, CALENDAR) == days
    assert (since < board.waiting_before(NOW, 3, CALENDAR)) is over


@pytest.mark.once
@pytest.mark.parametrize(
    ("waiting", "handled", "days", "left"),
    [
        (10, 0, 9, 10),
        (10, 5, 9, 1),
        (10, 5, 10, 0),
        (10, 5, 30, 0),
        (10, 3, 4, 8),
        (0, 0, 0, 0),
        (7, 50, 0, 7),
    ],
)
def test_what_will_be_left_at_the_present_rate(waiting, handled, days, left):
    assert board.left_over(waiting, handled, days) == left


@pytest.mark.once
def test_days_left_begin_tomorrow_and_end_with_the_last_day():
    midnight = datetime(2026, 12, 1, tzinfo=SHANGHAI)
    assert board.days_until(midnight, NOW, CALENDAR) == 2
    assert board.days_until(NOW + timedelta(hours=3), NOW, CALENDAR) == 0


def age(application, days):
    """Let it have waited since so many calendar days ago, on the test's calendar of Mondays to Fridays."""
    db.session.execute(
        update(Application)
        .where(Application.id == application.id)
        .values(waiting_since=NOW - timedelta(days=days))
    )


@pytest.fixture
def city(session, monkeypatch):
    """Two districts and two committees: what lies where, seen by whom. The clock stands still."""
    monkeypatch.setattr("app.clock.now", lambda: NOW)
    round_ = make.make_round(make.make_committee(CommitteeTier.PROVINCE))
    other_round = make.make_round(make.make_committee())
    unit = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY)
    sister = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY, district="呈贡区")
    rows = {
        "at unit": make.make_application(Stage.UNIT, unit, round_),
        "at desk": make.make_application(Stage.BUREAU, unit, round_),
        "at desk late": make.make_application(Stage.BUREAU, unit, round_),
        "at city": make.make_application(Stage.CITY_BUREAU, unit, round_),
        "at committee": make.make_application(Stage.COMMITTEE, unit, round_),
        "elsewhere": make.make_application(Stage.BUREAU, sister, other_round),
        "passed": make.make_application(Status.PAPER, unit, round_),
        "returned": make.make_application(Status.RETURNED, unit, round_),
        "draft": make.make_draft(unit, round_),
    }
    for name, days in (("at desk late", 20), ("at committee", 7), ("elsewhere", 30)):
        age(rows[name], days)
    for name in ("at unit", "at desk", "at city"):
        age(rows[name], 1)
    offices = make.offices_of(rows["at committee"])
    clerks = {
        role: make.make_user(role, office)
        for role, office in zip(
            (Role.UNIT, Role.BUREAU, Role.CITY_BUREAU, Role.COMMITTEE), offices, strict=True
        )
    }
    clerks[Role.SUPER_ADMIN] = make.make_user(Role.SUPER_ADMIN)
    session.commit()
    yield rows, clerks
    session.rollback()
    # The module's database is shared: what waits here may not wait in the next test.
    session.execute(
        update(Application).values(status=Status.WITHDRAWN, holder_id=None, stage=None, step=None)
    )
    session.commit()


# Who sees which of them waiting: whatever reached his office on its way, wherever it lies now.
WAITING = {
    Role.UNIT: {"at unit", "at desk", "at desk late", "at city", "at committee"},
    Role.BUREAU: {"at desk", "at desk late", "at city", "at committee"},
    Role.CITY_BUREAU: {"at city", "at committee"},
    Role.COMMITTEE: {"at committee"},
    Role.SUPER_ADMIN: {"at unit", "at desk", "at desk late", "at city", "at committee", "elsewhere"},
}
LATE = {"at desk late", "at committee", "elsewhere"}


def numbers_in(answer):
    return set(re.findall(r"20\d\d-R\d{7}", answer.text))


def numbers_of(rows, names):
    return {rows[name].number for name in names}


@pytest.mark.parametrize("role", [Role.UNIT, Role.BUREAU, Role.CITY_BUREAU, Role.COMMITTEE])
def test_the_late_are_listed_to_whoever_may_see_them(city, sign_in, role):
    rows, clerks = city
    client = sign_in(clerks[role])
    assert numbers_in(client.get("/overdue/")) == numbers_of(rows, WAITING[role] & LATE)
    assert numbers_in(client.get("/overdue/?over=0")) == numbers_of(rows, WAITING[role])
    assert numbers_in(client.get("/overdue/?over=nonsense&office=-1")) == numbers_of(
        rows, WAITING[role] & LATE
    )
    assert client.get("/overdue/?office=999999999").status_code == 200


@pytest.mark.parametrize("role", [Role.BUREAU, Role.CITY_BUREAU, Role.COMMITTEE, Role.SUPER_ADMIN])
def test_every_figure_opens_the_list_it_counts(city, sign_in, role):
    _rows, clerks = city
    client = sign_in(clerks[role])
    page = client.get("/board/")
    figures = re.findall(r'<a href="(/board/list\?[^"]*)">(\d+)</a>', page.text)
    assert figures
    for address, figure in figures:
        assert len(numbers_in(client.get(address.replace("&amp;", "&")))) == int(figure), address
    ages = board.ages(standing_of(clerks[role]), NOW, {date(2026, 1, 1): False})
    assert sum(each.waiting for each in ages) == len(WAITING[role])
    assert sum(each.over[0] for each in ages) == len(WAITING[role] & LATE)
    # overdue first, the oldest before the others
    assert [each.oldest for each in ages[:1]] == [
        22 if role is Role.SUPER_ADMIN else 14 if role is Role.BUREAU else 5
    ]
    assert numbers_in(page) == set()


def test_a_super_administrator_reads_no_name(city, sign_in):
    rows, clerks = city
    client = sign_in(clerks[Role.SUPER_ADMIN])
    desk = rows["at desk late"].holder_id
    answer = client.get(f"/board/list?office={desk}&over=0")
    assert rows["at desk late"].number in answer.text
    for page in (answer.text, client.get("/board/").text):
        main = page.split("<main", 1)[1]
        assert "示例人员" not in main and "/applications/" not in main
    # All lists of a super administrator are of one office or one round.
    assert client.get("/board/list?over=0").status_code == 302
    assert client.get("/overdue/").status_code == 403


def test_drafts_are_counted_for_the_committee_and_opened_by_nobody(city, sign_in):
    rows, clerks = city
    found = {
        role: {each.round.id: each for each in board.intakes(standing_of(clerks[role]), NOW)}
        for role in (Role.BUREAU, Role.COMMITTEE, Role.SUPER_ADMIN)
    }
    round_id = rows["at desk"].round_id
    seen = {
        role: (i[round_id].drafts, i[round_id].in_review, i[round_id].returned) for role, i in found.items()
    }
    assert seen == {
        Role.BUREAU: (None, 4, 0),
        Role.COMMITTEE: (1, 1, 0),
        Role.SUPER_ADMIN: (1, 5, 1),
    }
    assert rows["elsewhere"].round_id not in found[Role.BUREAU]
    # The other committee's window takes nothing of this desk's.
    assert list(found[Role.COMMITTEE]) == [round_id]


def test_the_forecast_takes_what_ends_first_and_the_pace_of_five_working_days(city, session):
    rows, clerks = city
    desk = rows["at desk"].holder_id
    plain = {date(2026, 1, 1): False}
    session.execute(update(Application).values(due_at=datetime(2026, 12, 1, tzinfo=SHANGHAI)))
    session.execute(
        update(Application)
        .where(Application.id == rows["at desk"].id)
        .values(due_at=datetime(2026, 11, 28, tzinfo=SHANGHAI))
    )
    session.execute(update(Decision).values(at=NOW - timedelta(days=30)))
    line = session.execute(select(Decision).where(Decision.organisation_id == desk)).scalars().first()
    values = {
        column.name: getattr(line, column.name)
        for column in Decision.__table__.columns
        if column.name != "id"
    }
    session.execute(
        insert(Decision.__table__), [{**values, "event": Event.RETURN, "at": NOW - timedelta(days=2)}] * 3
    )
    found = board.ages(standing_of(clerks[Role.BUREAU]), NOW, plain)
    assert {each.office_id: each.handled for each in found}[desk] == 3
    forecast = board.forecasts(standing_of(clerks[Role.BUREAU]), found, NOW, plain)
    # One ends on Friday, the other on Monday: 1 − 3÷5 × 1 and 2 − 3÷5 × 2, rounded up.
    assert [(each.days, each.waiting, each.left) for each in forecast if each.office_id == desk] == [
        (1, 1, 1),
        (2, 2, 1),
    ]
    session.rollback()


def test_who_was_reminded_how_often_is_said(city, session, sign_in):
    rows, clerks = city
    late = rows["at desk late"]
    for days, cause in ((3, Cause.IDLE), (2, Cause.ASKED)):
        moment = NOW - timedelta(days=days)
        session.add(
            Reminder(
                subject=f"application-{late.id}", target=f"office-{late.holder_id}", cause=cause,
                day=moment.date(), at=moment,
            )
        )  # fmt: skip
    session.commit()
    page = text_of(sign_in(clerks[Role.BUREAU]).get("/overdue/"))
    assert "2 次" in page and "催办" in page and "还没有" in page and "逾期，14 个工作日" in page


def test_a_year_without_a_calendar_is_said_and_the_page_stays(city, sign_in, monkeypatch):
    _rows, clerks = city
    monkeypatch.setattr("app.clock.now", lambda: NOW.replace(year=2026))
    monkeypatch.setattr("app.review.board_views.holidays", dict)
    client = sign_in(clerks[Role.BUREAU])
    for path in ("/board/", "/overdue/"):
        answer = client.get(path)
        assert answer.status_code == 200 and "系统还没有 2026 年的节假日安排" in answer.text


def test_a_list_turns_its_pages_without_losing_or_repeating_any(city, session, sign_in, monkeypatch):
    rows, clerks = city
    monkeypatch.setattr(board, "PAGE", 2)
    client = sign_in(clerks[Role.BUREAU])
    seen, address = [], "/overdue/?over=0"
    for _page in range(5):
        answer = client.get(address)
        seen.append(numbers_in(answer))
        following = re.search(r'href="([^"]*after=[^"]*)" rel="next"', answer.text)
        if not following:
            break
        address = following[1].replace("&amp;", "&")
    assert [len(each) for each in seen] == [2, 2]
    assert seen[0] | seen[1] == numbers_of(rows, WAITING[Role.BUREAU])


def test_an_office_of_many_years_is_counted_by_its_newest(city, session, monkeypatch):
    rows, clerks = city
    standing = standing_of(clerks[Role.BUREAU])
    monkeypatch.setattr(board, "SCOPE", 1)
    newest = session.scalars(
        select(RouteStep.application_id)
        .where(RouteStep.organisation_id == rows["at desk"].holder_id)
        .order_by(RouteStep.application_id.desc())
    ).first()
    found = board.late(standing, board.Asked(), after="")
    assert {row.id for row in found.rows} <= {newest}


@pytest.mark.once
def test_the_board_asks_as_much_for_many_as_for_few(city, statements):
    _rows, clerks = city
    standing = standing_of(clerks[Role.SUPER_ADMIN])
    with statements() as seen:
        board.ages(standing, NOW, {date(2026, 1, 1): False})
    assert len(seen) == 3


def test_a_window_that_ends_beyond_the_calendar_takes_the_forecast_only(city, session, sign_in):
    _rows, clerks = city
    session.execute(update(Application).values(due_at=datetime(2031, 1, 10, tzinfo=SHANGHAI)))
    session.commit()
    page = text_of(sign_in(clerks[Role.BUREAU]).get("/board/"))
    assert "系统还没有 2031 年的节假日安排" in page or "系统还没有 2027 年的节假日安排" in page
    assert "超过 3 天" in page and "最长等待" in page and "预计剩余" not in page
