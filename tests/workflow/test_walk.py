"""A long random walk through the life of applications, compared after each step with a model of its own (B05, B06).

The model is typed from domain.md 4 and knows nothing of rules.STEPS. WALK_STEPS and WALK_SEED choose length and way.
"""

import os
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.clock import SHANGHAI
from app.errors import DomainError
from app.models import Application, Decision, User
from app.vocabulary import ROLE_OF_STAGE, Category, CommitteeTier, Level, Nature, Role, Tier
from app.workflow import operations
from tests import factories as make

STEPS = int(os.environ.get("WALK_STEPS", "1500"))
SEED = int(os.environ.get("WALK_SEED", "20261128"))
CHECKED_IN = 100

OPENS = datetime(2026, 3, 1, tzinfo=SHANGHAI)
CLOSES = datetime(2026, 4, 1, tzinfo=SHANGHAI)
CORRECTED = datetime(2026, 4, 16, tzinfo=SHANGHAI)
INSTANT = timedelta(microseconds=1)
MOMENTS = (
    OPENS - INSTANT,
    OPENS,
    CLOSES - INSTANT,
    CLOSES,
    CORRECTED - INSTANT,
    CORRECTED,
    CORRECTED + timedelta(days=30),
)
# The units of the four walkers, with the committee's tier, and the offices on their way (domain.md 3).
ROADS = (
    (Nature.AGENCY, Tier.COUNTY, CommitteeTier.CITY, "unit committee"),
    (Nature.NON_PUBLIC, Tier.COUNTY, CommitteeTier.CITY, "unit bureau committee"),
    (Nature.STATE_INSTITUTION, Tier.CITY, CommitteeTier.CITY, "unit department committee"),
    (
        Nature.STATE_ENTERPRISE,
        Tier.COUNTY,
        CommitteeTier.PROVINCE,
        "unit department bureau city_bureau committee",
    ),
)
EVENTS = (
    "submit", "resubmit", "approve", "return_", "reset", "decline", "withdraw", "reopen", "lapse", "undo",
)  # fmt: skip
DECISIONS = EVENTS[2:6]
ENDED = {"paper", "failed", "declined", "lapsed"}
MAY_UNDO = timedelta(minutes=10)
WORDS = "当年申报终止"
# Until when the notice lasts that began on Monday, 5 January 2026.
NOTICES = {"short": datetime(2026, 1, 8), "five": datetime(2026, 1, 9), "runs": datetime(2026, 12, 1)}


@dataclass(frozen=True)
class Said:
    """Who tries what, when, and how he says it. `by`: an office's place on the route, or a word."""

    event: str
    by: int | str
    at: datetime
    opinion: str = "示例意见"
    confirmation: str = WORDS
    pledged: bool = True
    is_current: bool = True


@dataclass(frozen=True)
class State:
    """What the model knows of an application; `table12` is the notice written on the present route."""

    offices: int
    status: str = "draft"
    step: int | None = None
    chances: int = 0
    opinions: int = 0
    lines: int = 0
    table12: str | None = None
    has_cover: bool = True
    is_suspended: bool = False
    arrived: datetime | None = None
    # The result that was given last, while nothing has followed it, and the state before it.
    last: "tuple[Said, State] | None" = None

    def after(self, said: Said) -> "State | None":
        """The state it leads to by domain.md 4; None: refused."""
        if not (said.is_current or said.by == "system") or not self._may(said):
            return None
        following = self._moved(said)
        return following and replace(following, last=(said, self) if said.event in DECISIONS else None)

    def _may(self, said: Said) -> bool:
        if said.event == "lapse":
            return said.by == "system"
        if said.event == "undo":
            return self.last is not None and (said.by, True) == (
                self.last[0].by,
                said.at < self.last[0].at + MAY_UNDO,
            )
        if said.event in DECISIONS:
            has_words = 0 < len(said.opinion.strip()) <= 500
            return self.status == "in_review" and said.by == self.step and has_words
        return said.by == "applicant"

    def _moved(self, said: Said) -> "State | None":
        window = OPENS <= said.at < CLOSES
        if said.event == "undo":
            before = self.last[1]
            return replace(
                self,
                status="in_review",
                lines=self.lines + 1,
                **{name: getattr(before, name) for name in ("step", "chances", "opinions", "arrived")},
            )
        match said.event, self.status:
            case "submit", "draft" if window and self.has_cover and said.pledged and not self.is_suspended:
                return self._to("in_review", 0, said.at, table12=None)
            case "resubmit", "returned" if said.at < CORRECTED and said.pledged and not self.is_suspended:
                return self._to("in_review", self.step, said.at)
            case "approve", _ if self.step or (self.table12 == "five" and not self.is_suspended):
                last = self.step == self.offices - 1
                return self._to("paper", None) if last else self._to("in_review", self.step + 1, said.at)
            case "return_", _:
                return self._negative(said, "returned", self.step)
            case "reset", _:
                return self._negative(said, "draft", None)
            case "decline", _:
                return self._to("declined", None)
            case "withdraw", "draft" | "returned":
                return self._to("withdrawn", None)
            case "withdraw", "in_review" if self.step == 0:
                return self._to("withdrawn", None)
            case "reopen", "withdrawn" if window:
                return self._to("draft", None)
            case "lapse", "draft" if said.at >= CLOSES:
                return self._to("lapsed", None)
            case "lapse", "returned" if said.at >= CORRECTED:
                return self._to("lapsed", None)
        return None

    def _negative(self, said: Said, status: str, step: int | None) -> "State | None":
        chances, opinions = self.chances + 1, self.opinions + (self.step > 0)
        if chances <= 4 and opinions <= 3:
            return self._to(status, step, chances=chances, opinions=opinions)
        if said.confirmation.strip() != WORDS:
            return None
        return self._to("failed", None, chances=chances, opinions=opinions)

    def _to(self, status: str, step: int | None, arrived: datetime | None = None, **more) -> "State":
        return replace(self, status=status, step=step, arrived=arrived, lines=self.lines + 1, **more)


class Walker:
    """A person with a complete dossier, who is also a clerk of every office on his way (B06)."""

    def __init__(self, session, road) -> None:
        nature, tier, committee_tier, stages = road
        self.session, self.stages = session, stages.split()
        self.unit = make.make_unit(nature, tier)
        self.round = make.make_round(
            make.make_committee(committee_tier), opens_at=OPENS, closes_at=CLOSES, corrections_until=CORRECTED
        )
        self.person = make.fill(make.make_applicant(self.unit))
        self.account = session.get_one(User, self.person.id)
        self.year = self.round.year - 1
        self.cover = {
            "round_id": self.round.id,
            "profession_id": make.archives().id,
            "level": Level.INTERMEDIATE,
            "category": Category.REGULAR,
            "title_id": make._title(make.archives(), Level.INTERMEDIATE),
            "unit_id": self.unit.id,
        }
        self.clerks: list[User] = []
        self.outsider = make.make_user(Role.DEPARTMENT, make.make_department())
        self.stranger = make.make_user(Role.APPLICANT)
        self.misplaced: list[User] = []

    def begin(self) -> State:
        self.year += 1
        self.round.year = self.year
        self.unit.suspended_year = None
        self.application = operations.start(self.account, year=self.year, at=OPENS)
        for name, value in {**self.cover, "cover_saved_at": OPENS}.items():
            setattr(self.application, name, value)
        make.check_eligibility(self.application)
        return State(offices=len(self.stages))

    def meet_offices(self) -> None:
        """Once the first route is laid: a clerk for each office, one of its people in another role, the person too."""
        for stage, office in zip(self.stages, make.offices_of(self.application), strict=True):
            role = ROLE_OF_STAGE[stage]
            self.clerks.append(make.make_user(role, office))
            wrong = Role.DEPARTMENT if role is not Role.DEPARTMENT else Role.UNIT
            self.misplaced.append(make.make_user(wrong, office))
            make.join(self.account, role, office)

    def who(self, by: int | str, step: int | None) -> User:
        if isinstance(by, int):
            return self.clerks[by]
        if by == "misplaced":
            return self.misplaced[step or 0]
        return {"applicant": self.account, "stranger": self.stranger, "outsider": self.outsider}[by]

    def arrange(self, shaken: random.Random, state: State) -> State:
        """What changes beside the workflow: the cover unsaved, the unit suspended, Table 12 written."""
        # Whoever turns to his cover again has ended the ten minutes in which a reset can be undone.
        if (
            state.status == "draft"
            and state.last is None
            and shaken.random() < (0.08 if state.has_cover else 0.5)
        ):
            state = replace(state, has_cover=not state.has_cover)
            self.application.cover_saved_at = OPENS if state.has_cover else None
        if shaken.random() < (0.5 if state.is_suspended else 0.05):
            state = replace(state, is_suspended=not state.is_suspended)
            self.unit.suspended_year = self.year if state.is_suspended else None
        if state.status == "in_review" and state.step == 0 and state.table12 is None:
            notice = shaken.choice((None, *NOTICES, "five", "five"))
            if notice:
                make.post_notice(self.application, ends_on=NOTICES[notice].date())
                make.write_unit_opinion(self.application)
            state = replace(state, table12=notice)
        self.session.flush()
        return state

    def act(self, said: Said, step: int | None) -> bool:
        """Whether the operations let it happen."""
        if said.event == "lapse":
            return any(each.id == self.application.id for each in operations.lapse_overdue(at=said.at))
        seen = self.application.version - (not said.is_current)
        words = {}
        if said.event in DECISIONS:
            words["opinion"] = said.opinion
        if said.event in ("return_", "reset"):
            words["confirmation"] = said.confirmation
        if said.event in ("submit", "resubmit"):
            words["pledged"] = said.pledged
        try:
            getattr(operations, said.event)(
                self.application, by=self.who(said.by, step), seen=seen, at=said.at, **words
            )
        except DomainError:
            return False
        return True

    def stored(self) -> tuple:
        """What stands in the database, read past everything that Python remembers."""
        row = self.session.execute(
            select(
                Application.status, Application.step, Application.chances_used, Application.opinions_used,
                select(func.count(Decision.id)).where(Decision.application_id == Application.id).scalar_subquery(),
                Application.stage, Application.holder_id.is_not(None), Application.waiting_since,
            ).where(Application.id == self.application.id)
        ).one()  # fmt: skip
        return tuple(row)

    def expected(self, state: State) -> tuple:
        is_held = state.step is not None
        stage = self.stages[state.step] if is_held else None
        return (
            state.status,
            state.step,
            state.chances,
            state.opinions,
            state.lines,
            stage,
            is_held,
            state.arrived,
        )


def attempt(shaken: random.Random, state: State) -> Said:
    """Two times of three what may well be meant, else anything by anybody at any time."""
    if state.last and shaken.random() < 0.15:
        result = state.last[0]
        passed = shaken.choice((INSTANT, MAY_UNDO - INSTANT, MAY_UNDO))
        return Said("undo", result.by, result.at + passed)
    if shaken.random() < 0.67:
        events = {
            "draft": ("submit",) * 12 + ("withdraw", "lapse"),
            "in_review": ("approve",) * 5 + ("return_",) * 7 + ("reset",) * 2 + ("decline", "withdraw"),
            "returned": ("resubmit",) * 12 + ("withdraw", "lapse"),
            "withdrawn": ("reopen",),
        }.get(state.status, ("undo",))
        event = shaken.choice(events)
        offices = {"lapse": "system", "undo": state.last and state.last[0].by}
        return Said(
            event,
            offices.get(event, state.step if event in DECISIONS else "applicant"),
            shaken.choice((OPENS, CLOSES - INSTANT)) if shaken.random() < 0.9 else shaken.choice(MOMENTS),
        )
    event = shaken.choice(EVENTS)
    anybody = (*range(state.offices), "applicant", "stranger", "outsider", "misplaced")
    return Said(
        event,
        "system" if event == "lapse" else shaken.choice(anybody),
        shaken.choice(MOMENTS),
        opinion=shaken.choice(("示例意见", "示例意见", "长" * 500, "长" * 501, " \n")),
        confirmation=shaken.choice((WORDS, f" {WORDS} ", "", "终止")),
        pledged=shaken.random() < 0.8,
        is_current=shaken.random() < 0.8,
    )


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_random_walk_meets_no_difference(session):
    shaken = random.Random(SEED)
    walkers = [Walker(session, road) for road in ROADS]
    taken, ended, events = 0, {}, {}
    while taken < STEPS:
        walker = shaken.choice(walkers)
        state = walker.begin()
        if not walker.clerks:
            state = _first_submission(walker, state)
        while taken < STEPS and (state.status not in ENDED or may_come_back(shaken, state)):
            state = walker.arrange(shaken, state)
            said = attempt(shaken, state)
            following = state.after(said)
            done = walker.act(said, state.step)
            context = f"seed {SEED}, step {taken}: {said} in {state}"
            assert done is (following is not None), context
            state = following or state
            assert walker.stored() == walker.expected(state), context
            taken += 1
            events[said.event, done] = events.get((said.event, done), 0) + 1
            if taken % CHECKED_IN == 0:
                session.commit()
        ended[state.status] = ended.get(state.status, 0) + 1
    session.commit()
    print(f"{taken} steps, seed {SEED}, 0 differences; ended {ended}; {events}")
    # The walk has been everywhere: each event was allowed and was refused, each end was met.
    assert {key for key in events} == {(event, done) for event in EVENTS for done in (True, False)}
    assert ended.keys() >= ENDED


def may_come_back(shaken: random.Random, state: State) -> bool:
    """Now and then an ended one is walked on with: its last result may be taken back."""
    return state.last is not None and shaken.random() < 0.3


def _first_submission(walker: Walker, state: State) -> State:
    said = Said("submit", "applicant", OPENS)
    assert walker.act(said, None)
    walker.meet_offices()
    return state.after(said)
