"""What may happen to an application, as data.

Pure Python: no Flask, no SQLAlchemy, no clock. To change who may do what, and where it
leads, change a row of STEPS; nothing else decides. `flask route` prints the table.
"""

from dataclasses import dataclass
from enum import StrEnum

from ..vocabulary import AFTER_UNIT, N_, Event, Stage, Status

CHANCES = 4
OPINIONS = 3
NOTICE_DAYS = 5
# An application that has waited more working days is overdue.
IDLE_DAYS = 3
OPINION_LENGTH = 500
NOTE_LENGTH = 300
UNDO_MINUTES = 10
CONFIRMATION = N_("当年申报终止")


class Actor(StrEnum):
    APPLICANT = "applicant"
    HOLDER = "holder"
    # The office of the route's last step: whoever passed the electronic material takes the stamped page in.
    LAST_OFFICE = "last_office"
    # Whoever took the last decision.
    DECIDER = "decider"
    SYSTEM = "system"


class Guard(StrEnum):
    """What else must be true. The operation of that name in operations.py checks it, in this order."""

    WINDOW_OPEN = "window_open"
    CORRECTION_TIME = "correction_time"
    COVER_SAVED = "cover_saved"
    NOT_BARRED = "not_barred"
    COMPLETE = "complete"
    PLEDGED = "pledged"
    REASON = "reason"
    LAST_CHANCE_CONFIRMED = "last_chance_confirmed"
    NOT_SUSPENDED = "not_suspended"
    UNIT_OPINION = "unit_opinion"
    NOTICE_OVER = "notice_over"
    FIRST_STEP = "first_step"
    OVERDUE = "overdue"
    UNDOABLE = "undoable"
    PAGE_WAITS = "page_waits"


@dataclass(frozen=True)
class Step:
    event: Event
    by: Actor
    from_: Status
    to: Status
    guards: tuple[Guard, ...]


def step(event: Event, by: Actor, from_: Status, to: Status, *guards: Guard) -> Step:
    return Step(event, by, from_, to, guards)


A, E, G, S = Actor, Event, Guard, Status

# An approval leads to the next step of the route, and to PAPER after the last one; the unit's
# guards bind its own step only; RETURN and RESET use up a chance and may end the year (limits above).
# UNDO leads back to where the decision was taken, from wherever it has led.
# fmt: off
STEPS: tuple[Step, ...] = (
    #    event       by           from          to            guards
    step(E.SUBMIT,   A.APPLICANT, S.DRAFT,      S.IN_REVIEW,  G.WINDOW_OPEN, G.COVER_SAVED, G.NOT_BARRED, G.COMPLETE, G.PLEDGED),
    step(E.APPROVE,  A.HOLDER,    S.IN_REVIEW,  S.IN_REVIEW,  G.REASON, G.NOT_SUSPENDED, G.UNIT_OPINION, G.NOTICE_OVER),
    step(E.RETURN,   A.HOLDER,    S.IN_REVIEW,  S.RETURNED,   G.REASON, G.LAST_CHANCE_CONFIRMED),
    step(E.RESUBMIT, A.APPLICANT, S.RETURNED,   S.IN_REVIEW,  G.CORRECTION_TIME, G.NOT_BARRED, G.COMPLETE, G.PLEDGED),
    step(E.RESET,    A.HOLDER,    S.IN_REVIEW,  S.DRAFT,      G.REASON, G.LAST_CHANCE_CONFIRMED),
    step(E.DECLINE,  A.HOLDER,    S.IN_REVIEW,  S.DECLINED,   G.REASON),
    step(E.WITHDRAW, A.APPLICANT, S.DRAFT,      S.WITHDRAWN),
    step(E.WITHDRAW, A.APPLICANT, S.RETURNED,   S.WITHDRAWN),
    step(E.WITHDRAW, A.APPLICANT, S.IN_REVIEW,  S.WITHDRAWN,  G.FIRST_STEP),
    step(E.REOPEN,   A.APPLICANT, S.WITHDRAWN,  S.DRAFT,      G.WINDOW_OPEN),
    step(E.LAPSE,    A.SYSTEM,    S.DRAFT,      S.LAPSED,     G.OVERDUE),
    step(E.LAPSE,    A.SYSTEM,    S.RETURNED,   S.LAPSED,     G.OVERDUE),
    step(E.UNDO,     A.DECIDER,   S.IN_REVIEW,  S.IN_REVIEW,  G.UNDOABLE),
    step(E.UNDO,     A.DECIDER,   S.RETURNED,   S.IN_REVIEW,  G.UNDOABLE),
    step(E.UNDO,     A.DECIDER,   S.DRAFT,      S.IN_REVIEW,  G.UNDOABLE),
    step(E.UNDO,     A.DECIDER,   S.DECLINED,   S.IN_REVIEW,  G.UNDOABLE),
    step(E.UNDO,     A.DECIDER,   S.FAILED,     S.IN_REVIEW,  G.UNDOABLE),
    step(E.UNDO,     A.DECIDER,   S.PAPER,      S.IN_REVIEW,  G.UNDOABLE),
    # Table 17 on paper (ATT-04): replaced as often as wanted until it is accepted.
    step(E.HAND_IN_PAGE, A.APPLICANT,  S.PAPER, S.PAPER),
    step(E.ASK_AGAIN,    A.LAST_OFFICE, S.PAPER, S.PAPER,     G.PAGE_WAITS, G.REASON),
    step(E.ACCEPT_PAGE,  A.LAST_OFFICE, S.PAPER, S.READY,     G.PAGE_WAITS),
)
# fmt: on

# Where cases may be approved together (screens.md 3.4); the unit's Table 12 is written case by case.
BULK_APPROVE_STAGES = AFTER_UNIT

NEGATIVE = frozenset({Event.RETURN, Event.RESET})
# What the last office does with a stamped page.
ON_PAGE = tuple(each.event for each in STEPS if each.by is Actor.LAST_OFFICE)
DECISIONS = tuple(each.event for each in STEPS if each.by is Actor.HOLDER)


def find(event: Event, by: Actor, status: Status) -> Step | None:
    """The row of the table, or None: then the event is refused and nothing changes (B05)."""
    return next((row for row in STEPS if (row.event, row.by, row.from_) == (event, by, status)), None)


def offered(by: Actor, status: Status, *, step: int | None = None) -> tuple[Event, ...]:
    """What a page may offer this actor; the same table answers the operations.

    `step` is the position (0 = first) for events that only the first step allows.
    """
    return tuple(
        row.event
        for row in STEPS
        if row.by is by and row.from_ is status and not (Guard.FIRST_STEP in row.guards and step != 0)
    )


@dataclass(frozen=True)
class Counters:
    """Both yearly counters (X-02): every return or reset; and those by a step after the unit."""

    chances: int = 0
    opinions: int = 0

    @property
    def chances_left(self) -> int:
        return max(0, CHANCES - self.chances)

    @property
    def opinions_left(self) -> int:
        return max(0, OPINIONS - self.opinions)

    @property
    def year_is_over(self) -> bool:
        return self.chances > CHANCES or self.opinions > OPINIONS

    def after(self, event: Event, stage: Stage) -> "Counters":
        """The counters once this event has happened at this stage."""
        if event not in NEGATIVE:
            return self
        return Counters(self.chances + 1, self.opinions + (stage in AFTER_UNIT))

    def before(self, event: Event, stage: Stage) -> "Counters":
        """The counters as they were until this event happened at this stage."""
        if event not in NEGATIVE:
            return self
        return Counters(self.chances - 1, self.opinions - (stage in AFTER_UNIT))

    def next_negative_ends_year(self, stage: Stage) -> bool:
        """Would one more return or reset at this stage end the year? Then it must be confirmed in words."""
        return self.after(Event.RETURN, stage).year_is_over


CHANCES_SENTENCE = N_("您当前已经返回修改或重置流程 %(used)s 次，您还能返回修改或重置流程 %(left)s 次。")
OPINIONS_SENTENCE = N_("单位推荐后已提出审核意见 %(used)s 次，还可提出 %(left)s 次。")
