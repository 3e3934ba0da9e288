"""How long an office usually takes: measured where enough was decided, and said which it is."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, update

from app.apply.usual import usual_of
from app.clock import SHANGHAI
from app.extensions import db
from app.models import Decision, Setting
from app.vocabulary import Event, Stage, Status
from tests import factories as make

NOW = datetime(2026, 6, 30, 12, tzinfo=SHANGHAI)


@pytest.fixture
def offices(session):
    """Two departments and a bureau's desk, without a decision."""
    first, second = make.make_department(), make.make_department()
    session.flush()
    return first, second


class History:
    """An application's lines, typed by hand: each `days` after the one before."""

    def __init__(self, began=NOW - timedelta(days=60)):
        self.application = make.make_application()
        self.at, self.version = began, 1
        self.line(Event.SUBMIT, None, None, 0, to=1)

    def line(self, what, office, stage, days, step=None, to=None):
        self.at += timedelta(days=days)
        self.version += 1
        db.session.add(
            Decision(
                application_id=self.application.id, event=what, by_id=self.application.applicant_id,
                organisation_id=office and office.id, stage=stage, from_status=Status.IN_REVIEW,
                to_status=Status.IN_REVIEW, from_step=step, to_step=to, chances_used=0, opinions_used=0,
                version=self.version, at=self.at,
            )
        )  # fmt: skip
        db.session.flush()
        return self


def decide(office, days, stage=Stage.DEPARTMENT, **began):
    return History(**began).line(Event.APPROVE, office, stage, days, step=1, to=2)


def said(office, stage=Stage.DEPARTMENT):
    return str(usual_of([(office.id, stage)], NOW)[office.id])


# How many days an office took, case by case → what is said before submitting to it.
@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((), "一般 5 个工作日（参考）"),
        ((9, 9, 9, 9), "一般 5 个工作日（参考）"),  # four say nothing
        ((1, 2, 3, 8, 30), "一般 3 天（该单位近期审核的中位数）"),
        ((1, 2, 3, 8, 30, 30), "一般 8 天（该单位近期审核的中位数）"),  # the longer one of two
        ((0, 0, 0, 0, 6), "一般当天（该单位近期审核的中位数）"),
    ],
)
def test_an_office_is_measured_by_its_own_results(offices, days, words):
    for each in days:
        decide(offices[0], each)
    assert said(offices[0]) == words


def test_an_office_with_few_results_is_told_by_its_stage(offices):
    first, second = offices
    for days in (2, 2, 4, 4, 4):
        decide(first, days)
    decide(second, 20)
    assert said(second) == "一般 4 天（同一环节各单位近期审核的中位数）"
    assert said(second, Stage.BUREAU) == "一般 5 个工作日（参考）"


def test_the_setting_counts_where_nothing_was_measured(offices):
    set_by_hand = update(Setting).where(Setting.key == "usual_days").values(value="7")
    assert db.session.execute(set_by_hand).rowcount == 1
    assert said(offices[0]) == "一般 7 个工作日（参考）"


def test_last_year_is_not_recent(offices):
    for _each in range(5):
        decide(offices[0], 3, began=NOW - timedelta(days=369))
    assert said(offices[0]) == "一般 5 个工作日（参考）"
    for _each in range(5):
        decide(offices[0], 4, began=NOW - timedelta(days=369))
    assert said(offices[0]) == "一般 4 天（该单位近期审核的中位数）"


def test_an_undone_result_is_none_and_the_wait_goes_on(offices):
    """Returned on day 1, undone, approved on day 6: the office took six days once, not one and five."""
    for _each in range(5):
        History().line(Event.RETURN, offices[0], Stage.DEPARTMENT, 1, step=1, to=1).line(
            Event.UNDO, offices[0], Stage.DEPARTMENT, 0, step=1, to=1
        ).line(Event.APPROVE, offices[0], Stage.DEPARTMENT, 5, step=1, to=2)
    assert said(offices[0]) == "一般 6 天（该单位近期审核的中位数）"


def test_each_visit_counts_from_its_own_arrival(offices):
    """The second office took 2 days and, ten days after its return, 1 day: the applicant's ten are not its."""
    first, second = offices
    for _each in range(3):
        history = decide(first, 7).line(Event.RETURN, second, Stage.BUREAU, 2, step=2, to=2)
        history.line(Event.RESUBMIT, None, None, 10, step=2, to=2)
        history.line(Event.APPROVE, second, Stage.BUREAU, 1, step=2, to=3)
    assert said(second, Stage.BUREAU) == "一般 2 天（该单位近期审核的中位数）"


def test_a_whole_route_costs_one_statement(offices):
    for days in (1, 1, 1, 1, 1):
        decide(offices[0], days)
    route, asked = [(each.id, Stage.DEPARTMENT) for each in offices], []

    def count(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    found = usual_of(route, NOW)
    event.remove(db.engine, "before_cursor_execute", count)
    assert len(asked) == 1
    assert [each.days for each in found.values()] == [1, 1]
