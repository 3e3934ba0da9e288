"""我的申报: what is missing, the way by name, the committees' windows (APP-13, CYC-05, CYC-06, ROU-06)."""

from datetime import datetime, timedelta

import pytest

from app import clock
from app.apply.rounds import Intake, intake_of
from app.clock import SHANGHAI
from app.extensions import db
from app.models import Person, User
from app.vocabulary import Role, Stage, Status
from app.web.deadlines import days_left, deadline, last_day
from tests import factories as make

MIDNIGHT = datetime(2026, 10, 1, tzinfo=SHANGHAI)
TICK = timedelta(microseconds=1)


@pytest.fixture
def visit(sign_in):
    def open_home(person_id, query=""):
        return sign_in(db.session.get_one(User, person_id)).get(f"/home/{query}").text

    return open_home


def test_a_window_that_ends_at_midnight_ends_at_24_of_the_day_before(app):
    with app.test_request_context():
        assert deadline(MIDNIGHT) == "2026年9月30日 24:00"
        assert deadline(MIDNIGHT - timedelta(hours=6)) == "2026年9月30日 18:00"
    assert last_day(MIDNIGHT) == (MIDNIGHT - TICK).date()


@pytest.mark.parametrize(
    ("at", "days"),
    [
        (MIDNIGHT - timedelta(days=12), 11),
        (MIDNIGHT - timedelta(days=1), 0),
        (MIDNIGHT - TICK, 0),
        (MIDNIGHT, 0),
    ],
)
def test_days_left_count_to_the_last_day(at, days):
    assert days_left(MIDNIGHT, at) == days


def test_a_window_is_half_open(session):
    round_ = make.make_round(closes_at=clock.now() + timedelta(days=1))
    opens, closes = round_.opens_at, round_.closes_at
    states = [intake_of(round_, at) for at in (opens - TICK, opens, closes - TICK, closes)]

    assert states == [Intake.AHEAD, Intake.OPEN, Intake.OPEN, Intake.OVER]


def test_a_first_visit_shows_three_steps(session, visit):
    page = visit(make.make_applicant().id)

    assert "第一次申报，分三步" in page and "开始填写" in page and "主管部门或县（市）区人社局审核" in page


def test_a_draft_shows_the_offices_it_would_pass(session, visit):
    application = make.make_draft()
    page = visit(application.applicant_id)

    assert application.unit.name in page and application.round.committee.name in page
    assert "可以提交了" in page and "检查并提交" in page and "4 / 4" in page


def test_an_application_under_review_shows_its_holder(session, visit):
    application = make.make_application(Stage.DEPARTMENT)
    page = visit(application.applicant_id)

    assert "当前环节" in page and application.holder.name in page and "今天到达" in page


@pytest.mark.parametrize("status", [Status.DECLINED, Status.WITHDRAWN, Status.PAPER])
def test_an_ended_or_passed_application_says_what_remains(session, visit, status):
    page = visit(make.make_application(status).applicant_id)

    words = {
        Status.DECLINED: "本年度不能再次申报",
        Status.WITHDRAWN: "继续申报",
        Status.PAPER: "生成PDF",
    }
    assert words[status] in page


def test_committees_are_found_by_name_and_shut_ones_say_since_when(session, visit):
    at = clock.now()
    mine = make.make_round(make.make_committee(name="示例气象评审委员会"))
    over = make.make_round(
        make.make_committee(name="示例地震评审委员会"),
        opens_at=at - timedelta(days=9),
        closes_at=at - timedelta(days=2),
        corrections_until=at - timedelta(days=2),
    )
    person = make.make_applicant().id

    found = visit(person, "?q=气象")
    assert mine.committee.name in found and over.committee.name not in found and "清除筛选" in found
    assert "已截止" in visit(person, "?q=地震")
    assert "换个词再查" in visit(person, "?q=没有这样的")
    assert "谨防" in visit(person)


def test_progress_and_history_are_read_only_and_by_name(session, sign_in):
    application = make.make_application(Stage.COMMITTEE)
    client = sign_in(application.applicant)

    page = client.get(f"/progress/{application.id}").text
    for office in make.offices_of(application):
        assert office.name in page
    assert page.count("同意") == 2 and "撤回申报" not in page
    listing = client.get("/progress/").text
    assert application.number in listing and f"{application.year} 年度" in listing


def test_without_an_application_the_record_is_empty(session, sign_in):
    person = make.make_applicant()

    assert "还没有申报过" in sign_in(db.session.get_one(User, person.id)).get("/progress/").text


def test_who_else_has_to_act_is_reminded_from_the_list(session, sign_in):
    application = make.make_draft()
    unit = session.get_one(Person, application.applicant_id).unit
    unit.contact_phone = None
    make.make_user(Role.UNIT, unit)
    session.commit()
    client = sign_in(session.get_one(User, application.applicant_id))
    assert f"提醒{unit.name}" in client.get("/home/").text
    assert client.post("/reminders/unit", data={"back": "/home/"}).location == "/home/"
    page = client.get("/home/").text
    assert f"提醒{unit.name}。" in page and "明天可以再次提醒" in page


def test_a_window_to_come_is_waited_for(session, sign_in):
    at = clock.now()
    round_ = make.make_round(opens_at=at + timedelta(days=9))
    person = make.make_applicant()
    session.commit()
    client = sign_in(session.get_one(User, person.id))
    assert "订阅开放提醒" in client.get("/home/").text
    client.post(f"/subscriptions/{round_.id}/add", data={"back": "/home/"})
    assert "取消开放提醒" in client.get("/home/").text
