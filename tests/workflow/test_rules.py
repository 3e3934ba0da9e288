"""The table of steps and both counters, against tables typed from domain.md 4 and X-02."""

import itertools

import pytest

from app.vocabulary import Event as E
from app.vocabulary import Stage
from app.vocabulary import Status as S
from app.workflow.rules import Actor as A
from app.workflow.rules import Counters, Guard, find, offered

pytestmark = pytest.mark.once

# domain.md 4: status, event, by, next. Everything not listed must be refused.
ALLOWED = {
    (S.DRAFT, E.SUBMIT, A.APPLICANT): S.IN_REVIEW,
    (S.DRAFT, E.WITHDRAW, A.APPLICANT): S.WITHDRAWN,
    (S.DRAFT, E.LAPSE, A.SYSTEM): S.LAPSED,
    (S.IN_REVIEW, E.APPROVE, A.HOLDER): S.IN_REVIEW,
    (S.IN_REVIEW, E.RETURN, A.HOLDER): S.RETURNED,
    (S.IN_REVIEW, E.RESET, A.HOLDER): S.DRAFT,
    (S.IN_REVIEW, E.DECLINE, A.HOLDER): S.DECLINED,
    (S.IN_REVIEW, E.WITHDRAW, A.APPLICANT): S.WITHDRAWN,
    (S.RETURNED, E.RESUBMIT, A.APPLICANT): S.IN_REVIEW,
    (S.RETURNED, E.WITHDRAW, A.APPLICANT): S.WITHDRAWN,
    (S.RETURNED, E.LAPSE, A.SYSTEM): S.LAPSED,
    (S.WITHDRAWN, E.REOPEN, A.APPLICANT): S.DRAFT,
    # Wherever a decision can lead; back to where it was taken.
    (S.IN_REVIEW, E.UNDO, A.DECIDER): S.IN_REVIEW,
    (S.PAPER, E.UNDO, A.DECIDER): S.IN_REVIEW,
    (S.RETURNED, E.UNDO, A.DECIDER): S.IN_REVIEW,
    (S.DRAFT, E.UNDO, A.DECIDER): S.IN_REVIEW,
    (S.DECLINED, E.UNDO, A.DECIDER): S.IN_REVIEW,
    (S.FAILED, E.UNDO, A.DECIDER): S.IN_REVIEW,
    # Table 17 uploaded (applicant), accepted (committee office); asked for again as often as needed (ATT-04).
    (S.PAPER, E.HAND_IN_PAGE, A.APPLICANT): S.PAPER,
    (S.PAPER, E.ASK_AGAIN, A.LAST_OFFICE): S.PAPER,
    (S.PAPER, E.ACCEPT_PAGE, A.LAST_OFFICE): S.READY,
}


@pytest.mark.parametrize(("status", "event", "by"), list(itertools.product(S, E, A)))
def test_the_table_allows_these_moves_and_no_others(status, event, by):
    row = find(event, by, status)
    assert (row and row.to) == ALLOWED.get((status, event, by))


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("by", list(A))
def test_a_page_offers_what_the_table_allows(status, by):
    assert set(offered(by, status, step=0)) == {
        event for (from_, event, who) in ALLOWED if (from_, who) == (status, by)
    }


def test_withdrawing_is_offered_at_the_first_step_only():
    assert E.WITHDRAW in offered(A.APPLICANT, S.IN_REVIEW, step=0)
    assert E.WITHDRAW not in offered(A.APPLICANT, S.IN_REVIEW, step=1)


GUARDS = {
    E.SUBMIT: {Guard.WINDOW_OPEN, Guard.COVER_SAVED, Guard.NOT_BARRED, Guard.COMPLETE, Guard.PLEDGED},
    E.RESUBMIT: {Guard.CORRECTION_TIME, Guard.NOT_BARRED, Guard.COMPLETE, Guard.PLEDGED},
    E.APPROVE: {Guard.REASON, Guard.NOT_SUSPENDED, Guard.UNIT_OPINION, Guard.NOTICE_OVER},
    E.RETURN: {Guard.REASON, Guard.LAST_CHANCE_CONFIRMED},
    E.RESET: {Guard.REASON, Guard.LAST_CHANCE_CONFIRMED},
    E.DECLINE: {Guard.REASON},
    E.UNDO: {Guard.UNDOABLE},
    E.HAND_IN_PAGE: set(),
    E.ASK_AGAIN: {Guard.PAGE_WAITS, Guard.REASON},
    E.ACCEPT_PAGE: {Guard.PAGE_WAITS},
}


@pytest.mark.parametrize("event", list(GUARDS))
def test_each_event_has_its_guards(event):
    by, status = {
        E.SUBMIT: (A.APPLICANT, S.DRAFT),
        E.RESUBMIT: (A.APPLICANT, S.RETURNED),
        E.UNDO: (A.DECIDER, S.RETURNED),
        E.HAND_IN_PAGE: (A.APPLICANT, S.PAPER),
        E.ASK_AGAIN: (A.LAST_OFFICE, S.PAPER),
        E.ACCEPT_PAGE: (A.LAST_OFFICE, S.PAPER),
    }.get(event, (A.HOLDER, S.IN_REVIEW))
    assert set(find(event, by, status).guards) == GUARDS[event]


# Stages of the negative results in order; then chances, opinions, and whether the year is over.
HISTORIES = [
    ([], 0, 0, False),
    ([Stage.UNIT], 1, 0, False),
    ([Stage.UNIT] * 4, 4, 0, False),
    ([Stage.UNIT] * 5, 5, 0, True),
    ([Stage.BUREAU], 1, 1, False),
    ([Stage.BUREAU] * 3, 3, 3, False),
    ([Stage.BUREAU] * 4, 4, 4, True),
    ([Stage.UNIT, Stage.DEPARTMENT, Stage.CITY_BUREAU, Stage.COMMITTEE], 4, 3, False),
    ([Stage.UNIT, Stage.DEPARTMENT, Stage.CITY_BUREAU, Stage.COMMITTEE, Stage.UNIT], 5, 3, True),
    ([Stage.UNIT, Stage.UNIT, Stage.DEPARTMENT, Stage.DEPARTMENT], 4, 2, False),
]


@pytest.mark.parametrize(("stages", "chances", "opinions", "over"), HISTORIES)
@pytest.mark.parametrize("event", [E.RETURN, E.RESET])
def test_the_fifth_negative_result_or_the_fourth_after_the_unit_ends_the_year(
    stages, chances, opinions, over, event
):
    counters = Counters()
    for stage in stages:
        counters = counters.after(event, stage)
    assert (counters.chances, counters.opinions, counters.year_is_over) == (chances, opinions, over)


@pytest.mark.parametrize(
    ("chances", "opinions", "stage", "ends"),
    [
        (3, 0, Stage.UNIT, False),
        (4, 0, Stage.UNIT, True),
        (3, 3, Stage.UNIT, False),
        (3, 3, Stage.DEPARTMENT, True),
        (2, 2, Stage.COMMITTEE, False),
        (4, 1, Stage.COMMITTEE, True),
    ],
)
def test_the_reviewer_is_warned_before_the_result_that_ends_the_year(chances, opinions, stage, ends):
    assert Counters(chances, opinions).next_negative_ends_year(stage) is ends


@pytest.mark.parametrize(("used", "left"), [(0, 4), (1, 3), (2, 2), (3, 1), (4, 0), (5, 0)])
def test_four_chances_are_counted_down_and_never_below_none(used, left):
    assert Counters(used, 0).chances_left == left


@pytest.mark.parametrize(
    ("event", "stage", "before"),
    [
        (E.RETURN, Stage.UNIT, (1, 1)),
        (E.RESET, Stage.UNIT, (1, 1)),
        (E.RETURN, Stage.BUREAU, (1, 0)),
        (E.RESET, Stage.COMMITTEE, (1, 0)),
        (E.APPROVE, Stage.BUREAU, (2, 1)),
        (E.DECLINE, Stage.UNIT, (2, 1)),
    ],
)
def test_what_is_undone_gives_back_what_it_has_used(event, stage, before):
    assert Counters(2, 1).before(event, stage) == Counters(*before)


@pytest.mark.parametrize(
    "event",
    [
        E.APPROVE,
        E.DECLINE,
        E.WITHDRAW,
        E.SUBMIT,
        E.RESUBMIT,
        E.UNDO,
        E.HAND_IN_PAGE,
        E.ASK_AGAIN,
        E.ACCEPT_PAGE,
    ],
)
def test_other_events_use_no_chance(event):
    assert Counters(2, 1).after(event, Stage.BUREAU) == Counters(2, 1)
