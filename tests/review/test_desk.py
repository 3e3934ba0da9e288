"""The desk: own rows only, in order, at a cost that does not grow."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from app import clock
from app.extensions import db
from app.models import Application
from app.review.desk import COUNTED
from app.review.desk_views import shown
from app.review.lists import Key, Turn
from app.vocabulary import Nature, Role, Stage, Status
from app.workflow import operations
from tests import factories as make
from tests.review.pages import text_of

STATEMENTS = 8


def names(answer):
    cells = re.findall(r'<th scope="row" class="nb">(.*?)</th>', answer.text)
    return [re.sub(r"<[^>]+>", "", each) for each in cells]


def name_of(application):
    return application.applicant.first_name


@pytest.fixture
def two_of_everything(session):
    """Two units under two departments, with two waiting applications and one returned each."""
    offices = []
    for _ in range(2):
        unit = make.make_unit()
        rows = [make.make_application(Stage.UNIT, unit) for _ in range(2)]
        returned = make.make_application(Status.RETURNED, unit)
        offices.append((unit, rows, returned))
    return offices


def test_each_office_sees_exactly_its_own_rows(two_of_everything, sign_in):
    for unit, rows, returned in two_of_everything:
        client = sign_in(make.make_user(Role.UNIT, unit))
        assert names(client.get("/desk/waiting")) == [name_of(row) for row in rows]
        assert names(client.get("/desk/waiting?tab=returned")) == [name_of(returned)]
        page = text_of(client.get("/desk/waiting"))
        assert f"范围：{unit.name}" in page
        assert "待我审核 2" in page and "退回未交 1" in page


def test_a_clerk_of_both_sees_both_in_one_order(two_of_everything, sign_in):
    (one, rows, _), (two, more, _) = two_of_everything
    clerk = make.make_user(Role.UNIT, one)
    make.join(clerk, Role.UNIT, two)
    client = sign_in(clerk)
    assert names(client.get("/desk/waiting")) == [name_of(each) for each in (*rows, *more)]
    make.approve(more[0])
    assert names(client.get("/desk/waiting")) == [name_of(each) for each in (*rows, more[1])]


def test_what_was_passed_on_waits_at_the_next_office_only(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    unit, department, _committee = make.offices_of(application)
    for role, office, expected in (
        (Role.UNIT, unit, []),
        (Role.DEPARTMENT, department, [name_of(application)]),
        (Role.COMMITTEE, application.round.committee, []),
    ):
        assert names(sign_in(make.make_user(role, office)).get("/desk/waiting")) == expected


def test_own_application_is_listed_but_not_offered(session, sign_in):
    application = make.make_application(Stage.UNIT)
    make.join(application.applicant, Role.UNIT, application.unit)
    page = sign_in(application.applicant).get("/desk/waiting")
    assert names(page) == [name_of(application)]
    assert "本人申报" in text_of(page)
    assert f"/applications/{application.id}/review" not in page.text


def test_filters_are_in_the_address_and_leave_the_rest_out(session, sign_in):
    unit = make.make_unit()
    soon = make.make_round(
        closes_at=clock.now() + timedelta(days=1), corrections_until=clock.now() + timedelta(days=2)
    )
    rare = make.make_application(Stage.UNIT, unit, soon)
    rare.applicant.first_name = "䶮%示例"
    operations.rename(rare.applicant_id, "䶮%示例")
    make.make_application(Stage.UNIT, unit)
    client = sign_in(make.make_user(Role.UNIT, unit))
    for query, expected in (
        ("q=䶮", ["䶮%示例"]),
        ("q=䶮%25", ["䶮%示例"]),
        ("q=%25", []),
        ("q=示例", [2]),
        (f"committee={soon.committee_id}", ["䶮%示例"]),
        ("due=soon", ["䶮%示例"]),
        ("committee=abc&due=never&after=x.y&before=9", [2, 1]),
    ):
        found = names(client.get(f"/desk/waiting?{query}"))
        assert len(found) == len(expected) and (
            not expected or isinstance(expected[0], int) or found == expected
        ), query
    assert "清除筛选" in text_of(client.get("/desk/waiting?q=没有"))


@pytest.mark.parametrize("query", ["", "?sort=waiting", "?q=slry", "?q=示例人员", "?level=intermediate"])
def test_pages_follow_each_other_without_gap_or_repeat(session, sign_in, query):
    unit = make.make_unit()
    rows = [make.make_application(Stage.UNIT, unit) for _ in range(4)]
    at = clock.now()
    values = {"waiting_since": at, "due_at": at + timedelta(days=9)}
    session.execute(update(Application).where(Application.id.in_([row.id for row in rows])).values(values))
    session.expire_all()
    for _ in range(23):
        rows.append(_waiting_copy(rows[0]))
    client = sign_in(make.make_user(Role.UNIT, unit))
    first = client.get(f"/desk/waiting{query}")
    assert len(names(first)) == 25 and "上一页" not in text_of(first)
    second = client.get(_link(first, "next"))
    assert len(names(second)) == 2 and "下一页" not in text_of(second)
    again = client.get(_link(second, "prev"))
    assert names(again) == names(first)
    assert _ids(first) | _ids(second) == {row.id for row in rows} and not _ids(first) & _ids(second)


def _waiting_copy(pattern):
    """A further row of the same office; only what the list reads."""
    person = make.make_applicant(pattern.unit)
    columns = {column.key for column in Application.__table__.columns} - {"id", "number", "applicant_id"}
    row = Application(
        number=f"T-{person.id}", applicant_id=person.id, **{name: getattr(pattern, name) for name in columns}
    )
    db.session.add(row)
    db.session.flush()
    for step in db.session.scalars(db.select(operations.RouteStep).filter_by(application_id=pattern.id)):
        db.session.add(
            operations.RouteStep(
                application_id=row.id,
                route_no=step.route_no,
                position=step.position,
                stage=step.stage,
                organisation_id=step.organisation_id,
                reached_at=step.reached_at,
            )
        )
    db.session.flush()
    return row


def _link(answer, rel):
    return answer.text.split(f'rel="{rel}"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")


def _ids(answer):
    return {int(each) for each in re.findall(r'href="/applications/([0-9]+)/', answer.text)}


def test_the_waiting_list_takes_the_same_few_statements_for_1_and_for_30_rows(session, sign_in, statements):
    unit = make.make_unit()
    pattern = make.make_application(Stage.UNIT, unit)
    client = sign_in(make.make_user(Role.UNIT, unit))
    counted = []
    for _ in range(2):
        with statements() as seen:
            assert client.get("/desk/waiting").status_code == 200
        counted.append(len([each for each in seen if each.startswith("SELECT")]))
        assert not [each for each in seen if each.startswith(("INSERT", "UPDATE", "DELETE"))]
        for _ in range(29):
            _waiting_copy(pattern)
        session.commit()
    assert counted == [STATEMENTS, STATEMENTS]


def test_the_four_numbers_lead_to_their_lists(session, sign_in):
    unit = make.make_unit()
    soon = make.make_round(
        closes_at=clock.now() + timedelta(days=1), corrections_until=clock.now() + timedelta(days=2)
    )
    make.make_application(Stage.UNIT, unit, soon)
    make.make_application(Stage.UNIT, unit)
    make.make_application(Status.RETURNED, unit)
    passed = make.make_application(Stage.DEPARTMENT, unit)
    client = sign_in(make.make_user(Role.UNIT, unit))
    page = text_of(client.get("/desk/"))
    for number in ("待我审核 2", "3 天内截止 1", "退回未交 1", "本周已办 2"):
        assert number in page
    handled = client.get("/desk/handled?week=1")
    assert names(handled)[0] == name_of(passed) and len(names(handled)) == 2


def test_handled_shows_the_offices_own_decisions_newest_first(session, sign_in):
    unit = make.make_unit()
    first, second = (make.make_application(Stage.COMMITTEE, unit) for _ in range(2))
    clerk = make.make_user(Role.UNIT, unit)
    page = sign_in(clerk).get("/desk/handled")
    assert names(page) == [name_of(second), name_of(first)]
    foreign = sign_in(make.make_user(Role.UNIT, make.make_unit())).get("/desk/handled")
    assert names(foreign) == [] and "还没有办理记录" in text_of(foreign)


def test_a_unit_is_told_what_keeps_its_people_from_submitting(session, sign_in):
    unit = make.make_unit(contact_phone=None)
    page = text_of(sign_in(make.make_user(Role.UNIT, unit)).get("/desk/"))
    assert f"{unit.name}的单位信息不完整" in page and "今天没有待办" in page


def test_a_freelancers_agency_is_an_office_like_any_other(session, sign_in):
    application = make.make_application(Stage.COMMITTEE, make.make_unit(Nature.AGENCY))
    client = sign_in(make.make_user(Role.COMMITTEE, application.round.committee))
    assert names(client.get("/desk/waiting")) == [name_of(application)]


@pytest.mark.parametrize(("count", "words"), [(0, "0"), (COUNTED, "1000"), (COUNTED + 1, "1000+")])
def test_counts_end_at_a_thousand(count, words):
    assert shown(count) == words


def test_a_key_survives_the_address():
    at = clock.now()
    for key in (Key(at, 7), Key(None, 7), Key("示例.甲", 7)):
        assert Turn.read(str(key), None) == Turn(key)
        assert Turn.read(None, str(key)) == Turn(key, backwards=True)
    for nonsense in ("", "7", "x.7", "1.²", "1.9999999999", "9" * 18 + ".1"):
        assert Turn.read(nonsense, None) == Turn()
