"""Search, filters, own lists and columns of the waiting list (screens.md 3.4): in scope, in order, bounded."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app import clock
from app.extensions import db
from app.models import Application, Preference, User
from app.protection import tail_index_of
from app.review import lists, saved
from app.review.filters import By, Filters, taken_for
from app.review.lists import Turn
from app.vocabulary import Category, CommitteeTier, Level, Nature, Role, Stage, Status, Tier
from app.workflow import operations
from tests import factories as make
from tests.review.pages import text_of
from tests.review.test_desk import _waiting_copy, names


def name_of(application, name):
    """Give an applicant a name, as a correction does."""
    application.applicant.first_name = name
    operations.rename(application.applicant_id, name)
    db.session.flush()
    return application


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("示例甲", By.NAME), ("示", By.NAME), ("示 例", By.NAME), ("示例2", By.NAME),
        ("slj", By.INITIALS), ("S", By.INITIALS),
        ("123456", By.TAIL), ("12345X", By.TAIL), ("12345x", By.TAIL),
        ("2026-R0000001", By.NUMBER), ("2026", By.NUMBER), ("2026-R", By.NUMBER), ("1234567", By.NUMBER),
        ("1234X6", By.NUMBER), ("12345", By.NUMBER),
    ],
)  # fmt: skip
def test_what_the_box_is_taken_for(typed, kind):
    assert taken_for(typed) is kind


OFFICE_STAGES = {
    Role.UNIT: Stage.UNIT,
    Role.DEPARTMENT: Stage.DEPARTMENT,
    Role.BUREAU: Stage.BUREAU,
    Role.CITY_BUREAU: Stage.CITY_BUREAU,
    Role.COMMITTEE: Stage.COMMITTEE,
}


def case_at(stage):
    unit = make.make_unit(
        Nature.NON_PUBLIC if stage is Stage.BUREAU else Nature.STATE_INSTITUTION,
        Tier.COUNTY if stage is Stage.BUREAU else Tier.CITY,
    )
    tier = CommitteeTier.PROVINCE if stage is Stage.CITY_BUREAU else CommitteeTier.CITY
    return make.make_application(stage, unit, make.make_round(make.make_committee(tier)))


@pytest.mark.parametrize("role", OFFICE_STAGES)
def test_every_search_finds_own_rows_and_never_a_neighbours(session, sign_in, role):
    own, foreign = case_at(OFFICE_STAGES[role]), case_at(Stage.UNIT)
    name_of(own, "示例丙"), name_of(foreign, "示例丙")
    clerk = make.clerk_of(own)
    client = sign_in(clerk)
    for row, expected in ((own, ["示例丙"]), (foreign, [])):
        tail, number = row.applicant.id_number[-6:], row.number
        for typed in (tail, tail.lower(), number, number.lower(), number[:-2]):
            assert names(client.get(f"/desk/waiting?q={typed}")) in (expected, ["示例丙"]), typed
        assert names(client.get(f"/desk/waiting?q={tail}")) == expected
        assert names(client.get(f"/desk/waiting?q={number}")) == expected
    for typed in ("示例丙", "示", "slb", "SL"):
        page = client.get(f"/desk/waiting?q={typed}")
        assert names(page) == ["示例丙"] and f"/applications/{own.id}/review" in page.text, typed
        assert f"/applications/{foreign.id}/review" not in page.text
    for typed in ("例丙", "lb", "示例丁", "99999X", "1999-R0000001"):
        assert names(client.get(f"/desk/waiting?q={typed}")) == [], typed


def test_every_filter_keeps_what_it_says(session, sign_in):
    unit, at = make.make_unit(), clock.now()
    rows = {
        "plain": make.make_application(Stage.UNIT, unit),
        "senior": make.make_application(Stage.UNIT, unit, level=Level.SENIOR_ASSOCIATE),
        "broken": make.make_application(Stage.UNIT, unit, category=Category.EXCEPTIONAL),
        "old": make.make_application(Stage.UNIT, unit),
        "again": make.make_application(Stage.UNIT, unit),
    }
    for name, row in rows.items():
        name_of(row, f"示例{name}")
    _set(rows["old"], waiting_since=at - timedelta(days=8))
    _set(rows["again"], submission_no=2)
    client = sign_in(make.make_user(Role.UNIT, unit))
    for query, expected in (
        ("level=senior_associate", ["senior"]),
        ("category=exceptional", ["broken"]),
        ("submission=again", ["again"]),
        ("submission=first&level=intermediate&category=regular", ["plain", "old"]),
        ("days=8", ["old"]),
        ("days=9", []),
        ("days=1&sort=waiting", ["old"]),
        ("level=nothing&category=1&submission=x&days=0", list(rows)),
        ("q=slpl&level=intermediate", ["plain"]),
    ):
        found = names(client.get(f"/desk/waiting?{query}"))
        assert sorted(found) == sorted(f"示例{each}" for each in expected), query
    first = names(client.get("/desk/waiting?sort=waiting"))[0]
    assert first == "示例old"


def _set(row, **values):
    db.session.execute(update(Application).where(Application.id == row.id).values(values))
    db.session.expire(row)


def test_the_earliest_deadline_comes_first(session, sign_in):
    unit, at = make.make_unit(), clock.now()
    late, early = (
        make.make_application(Stage.UNIT, unit, make.make_round(corrections_until=at + timedelta(days=days)))
        for days in (90, 40)
    )
    client = sign_in(make.make_user(Role.UNIT, unit))
    expected = [each.applicant.first_name for each in (early, late)]
    assert names(client.get("/desk/waiting")) == expected
    assert names(client.get("/desk/waiting?sort=waiting")) == expected[::-1]


@pytest.fixture
def short_walk(monkeypatch):
    monkeypatch.setattr(lists, "WALK", 10)


def test_a_search_that_no_index_answers_stops_and_goes_on(session, sign_in, short_walk):
    """Two of thirty fit, far apart; each page looks at ten rows only and says so."""
    unit = make.make_unit()
    pattern = make.make_application(Stage.UNIT, unit)
    rows = [pattern, *(_waiting_copy(pattern) for _ in range(29))]
    for place in (4, 25):
        _set(rows[place], level=Level.SENIOR_FULL)
    client = sign_in(make.make_user(Role.UNIT, unit))
    url, seen = "/desk/waiting?level=senior_full", []
    for stops in (True, True, True, False):
        page = client.get(url)
        seen.append(names(page))
        assert ("只查找了 10 条申报" in text_of(page)) is stops, seen
        if stops:
            url = _link(page, "next")
    assert [len(each) for each in seen] == [1, 0, 1, 0]
    plain = client.get("/desk/waiting")
    assert len(names(plain)) == 25 and "只查找了" not in text_of(plain)
    everything = list(lists.every(_standing(unit), Filters(level=Level.SENIOR_FULL), clock.now(), 100))
    assert [each.id for each in everything] == [rows[4].id, rows[25].id]


def _link(answer, rel):
    return html.unescape(answer.text.split(f'rel="{rel}"')[0].rsplit('href="', 1)[1].split('"')[0])


def _standing(*offices):
    from app.policy import standing_from

    return standing_from(0, [(Role.UNIT, each.id) for each in offices])


def test_a_walk_through_several_offices_keeps_one_order(session, short_walk):
    one, two = make.make_unit(), make.make_unit()
    rows = []
    for unit, count in ((one, 14), (two, 3)):
        pattern = make.make_application(Stage.UNIT, unit)
        rows += [pattern, *(_waiting_copy(pattern) for _ in range(count - 1))]
    at = clock.now()
    for n, row in enumerate(rows):
        _set(row, due_at=at + timedelta(minutes=n % 5, days=1), level=Level.SENIOR_FULL)
    expected = [row.id for row in sorted(rows, key=lambda each: (each.due_at, each.id))]
    who, filters = _standing(one, two), Filters(level=Level.SENIOR_FULL)
    assert [each.id for each in lists.every(who, filters, at, 100)] == expected
    page = lists.applications(who, filters, Turn(), at)
    while page.after:
        last, page = page, lists.applications(who, filters, Turn(page.after), at)
    back = lists.applications(who, filters, Turn(page.before or last.after, backwards=True), at)
    assert [each.id for each in back.rows] == [each for each in expected if each in {r.id for r in back.rows}]


def test_the_beginning_of_many_numbers_is_met_on_the_way(session, sign_in, monkeypatch):
    unit = make.make_unit()
    rows = [make.make_application(Stage.UNIT, unit) for _ in range(2)]
    other = make.make_application(Stage.UNIT)
    client = sign_in(make.make_user(Role.UNIT, unit))
    expected = sorted(each.applicant.first_name for each in rows)
    for candidates in (lists.CANDIDATES, 1):
        monkeypatch.setattr(lists, "CANDIDATES", candidates)
        assert sorted(names(client.get(f"/desk/waiting?q={other.number[:6]}"))) == expected
    monkeypatch.setattr(lists, "CANDIDATES", 0)
    tail = rows[0].applicant.id_number[-6:]
    assert names(client.get(f"/desk/waiting?q={tail}")) == [rows[0].applicant.first_name]


@pytest.mark.parametrize("query", [
    "q=%F0%9F%98%80", "q=" + "x" * 5000, "q=%00", "q=%27%22<script>", "after=~%00.1", "after=~示.1", "before=99999.1&q=示",
    "after=~示.1&q=示", "days=99999999999", "committee=-1", "level=%ff", "tab=all", "sort=name", "days=9&tab=returned",
])  # fmt: skip
def test_an_address_that_makes_no_sense_is_a_list_all_the_same(session, sign_in, query):
    client = sign_in(make.clerk_of(make.make_application(Stage.UNIT)))
    page = client.get(f"/desk/waiting?{query}")
    assert page.status_code == 200 and "<script>" not in page.text


PLANS = {
    "due": (Filters(), "ix_application_due"),
    "waiting": (Filters(sort="waiting"), "ix_application_waiting"),
    "name": (Filters(q="示例"), "ix_application_name"),
    "initials": (Filters(q="sl"), "ix_application_initials"),
    "filtered": (Filters(level=Level.SENIOR_FULL), "ix_application_due"),
    "returned": (Filters(tab="returned"), "ix_application_due"),
}


@pytest.mark.parametrize("name", PLANS)
def test_each_list_is_answered_by_its_index(session, explain, name):
    filters, index = PLANS[name]
    plan = explain(lambda who: lists.applications(who, filters, Turn(), clock.now()))
    assert index in plan, plan
    assert "Seq Scan on application" not in plan and "SCAN application" not in plan.replace("USING", "")


@pytest.mark.parametrize(("typed", "index"), [
    ("99999X", "id_number_tail"), ("2026-R1234567", "number"),
])  # fmt: skip
def test_numbers_are_looked_up_before_rows_are_walked(session, explain, typed, index):
    plan = explain(lambda who: lists.applications(who, Filters(q=typed), Turn(), clock.now()))
    assert re.search(rf"ix_ab_user_{index}|application_{index}_key|autoindex_application_|{index}", plan), (
        plan
    )
    assert "Seq Scan on application" not in plan and "Seq Scan on ab_user" not in plan
    assert "SCAN application" not in plan and "SCAN ab_user" not in plan


@pytest.fixture
def explain(session):
    """The plans of what a call asks, as the database would carry them out for many rows."""
    from sqlalchemy import event

    unit = make.make_unit()

    def plans(call):
        asked = []

        def note(_connection, _cursor, statement, parameters, *_rest):
            asked.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            call(_standing(unit))
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        connection = session.connection()
        verb = "EXPLAIN QUERY PLAN"
        if db.engine.dialect.name == "postgresql":
            # A table of a few rows is read whole; what matters is what it would do with many.
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_sort = off"))
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
            verb = "EXPLAIN"
        return "\n".join(
            str(row[-1])
            for statement, parameters in asked
            if statement.lstrip().upper().startswith("SELECT")
            for row in connection.exec_driver_sql(f"{verb} {statement}", parameters)
        )

    return plans


def test_a_list_is_saved_under_a_name_and_is_ones_own(session, sign_in):
    unit = make.make_unit()
    make.make_application(Stage.UNIT, unit)
    clerk, colleague = (make.make_user(Role.UNIT, unit) for _ in range(2))
    client, other = sign_in(clerk), sign_in(colleague)
    answer = client.post(
        "/desk/waiting/lists/", data={"name": " 快截止 ", "due": "soon", "level": "x", "after": "9.9"}
    )
    assert answer.status_code == 302
    (kept,) = saved.lists_of(clerk.id)
    assert (kept.name, kept.query) == ("快截止", "due=soon")
    page = client.get("/desk/waiting?due=soon")
    assert "快截止" in text_of(page) and 'href="/desk/waiting?due=soon" aria-current="page"' in page.text
    assert "快截止" not in text_of(other.get("/desk/waiting?due=soon"))
    assert "还没有保存的标签" in text_of(other.get("/desk/waiting/lists/"))
    for act in ("rename", "delete"):
        assert other.post(f"/desk/waiting/lists/{kept.id}/{act}", data={"name": "示例"}).status_code == 404
    assert client.post(f"/desk/waiting/lists/{kept.id}/rename", data={"name": "马上截止"}).status_code == 302
    assert "马上截止" in text_of(client.get("/desk/waiting"))
    assert client.post(f"/desk/waiting/lists/{kept.id}/delete").status_code == 302
    assert saved.lists_of(clerk.id) == []


def test_a_ninth_list_a_name_twice_and_a_name_too_long_are_refused_with_what_was_typed(session, sign_in):
    clerk = make.clerk_of(make.make_application(Stage.UNIT))
    client = sign_in(clerk)
    for n in range(saved.LISTS - 1):
        assert (
            client.post("/desk/waiting/lists/", data={"name": f"示例{n}", "days": n + 1}).status_code == 302
        )
    for name, said in (("示例0", "已有名为“示例0”的列表"), ("", "填写列表名称"), ("长" * 21, "不超过 20 字")):
        answer = client.post("/desk/waiting/lists/", data={"name": name, "days": 3})
        assert answer.status_code == 422 and said in text_of(answer)
        assert (
            f'value="{name}"' in answer.text and '<input type="hidden" name="days" value="3">' in answer.text
        )
    pk = saved.lists_of(clerk.id)[0].id
    answer = client.post(f"/desk/waiting/lists/{pk}/rename", data={"name": "示例1"})
    assert answer.status_code == 422 and "已有名为“示例1”的列表" in text_of(answer)
    assert client.post("/desk/waiting/lists/", data={"name": "第八个"}).status_code == 302
    answer = client.post("/desk/waiting/lists/", data={"name": "第九个"})
    assert answer.status_code == 422 and "已保存 8 个列表" in text_of(answer)
    assert len(saved.lists_of(clerk.id)) == saved.LISTS


def test_a_shared_address_shows_the_readers_own_scope(session, sign_in):
    rows = [name_of(make.make_application(Stage.UNIT), f"示例{n}") for n in "甲乙"]
    for row in rows:
        page = sign_in(make.make_user(Role.UNIT, row.unit)).get("/desk/waiting?q=示例&level=intermediate")
        assert names(page) == [row.applicant.first_name]


def test_columns_and_density_are_ones_own(session, sign_in):
    row = make.make_application(Stage.UNIT)
    clerk, colleague = (make.make_user(Role.UNIT, row.unit) for _ in range(2))
    session.add(Preference(id=clerk.id, content={"shortcuts": False}))
    session.flush()
    client = sign_in(clerk)
    data = {"column": ["unit", "number", "nothing"], "dense": "1", "back": "due=soon"}
    answer = client.post("/desk/waiting/lists/columns", data=data)
    assert answer.location == "/desk/waiting?due=soon"
    page = client.get("/desk/waiting")
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page.text)
    assert heads == ["姓名", "申报编号", "用人单位", "审核"] and 'class="tw stack dense"' in page.text
    assert row.number in page.text and row.unit.name in page.text
    assert session.get(Preference, clerk.id).content["shortcuts"] is False
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', sign_in(colleague).get("/desk/waiting").text)
    assert heads == ["姓名", "申报职称", "评委会", "截止", "第几次提交", "已等待", "状态", "审核"]
    client.post("/desk/waiting/lists/columns", data={"dense": "0"})
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', client.get("/desk/waiting").text)
    assert heads == ["姓名", "审核"]


def test_an_old_list_learns_how_many_came_since(session, sign_in):
    unit = make.make_unit()
    client = sign_in(make.make_user(Role.UNIT, unit))
    page = client.get("/desk/waiting")
    url = html.unescape(re.search(r'data-arrived="([^"]+)"', page.text)[1])
    assert client.get(url).json == {"n": 0}
    make.make_application(Stage.UNIT, unit)
    make.make_application(Stage.UNIT)
    assert client.get(url).json == {"n": 1}
    for nonsense in ("", "?since=x", "?since=2026-01-01"):
        assert client.get(f"/desk/arrived{nonsense}").json == {"n": 0}


def test_a_number_found_by_its_end_is_not_shown(session, sign_in):
    row = make.make_application(Status.RETURNED)
    client = sign_in(make.make_user(Role.UNIT, row.unit))
    number = row.applicant.id_number
    assert session.scalar(select(User.id_number_tail).where(User.id == row.applicant_id)) == tail_index_of(
        number
    )
    page = client.get(f"/desk/waiting?tab=returned&q={number[-6:]}")
    assert names(page) == [row.applicant.first_name]
    assert number not in page.text
