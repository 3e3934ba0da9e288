"""What an applicant's answers about who may apply come to (ELI-01…11).

Pure Python. Nothing is decided behind the person's back: every bar names its question, whose rule he can read.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..vocabulary import N_, Category, Evidence, Level, Nature, Standing
from .questions import CONTRACT, DISPATCHED, FREELANCER, NO, QUESTIONS, YES, Answers, Facts, Question

ABOVE_JUNIOR = frozenset({Level.INTERMEDIATE, Level.SENIOR_ASSOCIATE, Level.SENIOR_FULL})


@dataclass(frozen=True)
class Conflict:
    """Where an answer and something chosen elsewhere do not go together, with the place to mend it."""

    what: str
    endpoint: str


@dataclass(frozen=True)
class Verdict:
    standing: Standing
    unanswered: tuple[Question, ...]
    bars: tuple[Question, ...]
    proofs: tuple[Evidence, ...]
    notes: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


# Whose employment goes with which units (ELI-02, ELI-07, ELI-08).
UNITS: Mapping[str, tuple[frozenset[Nature], str]] = {
    FREELANCER: (
        frozenset({Nature.AGENCY, Nature.ASSOCIATION}),
        N_("自由职业者的工作单位选推荐的人事代理机构或行业协会"),
    ),
    DISPATCHED: (frozenset({Nature.DISPATCH}), N_("劳务派遣人员的工作单位选派遣单位")),
    CONTRACT: (
        frozenset({Nature.STATE_INSTITUTION}),
        N_("编制外聘用人员的工作单位选聘用的事业单位"),
    ),
}


def asked(facts: Facts, answers: Answers) -> list[Question]:
    """The questions that apply by what is known and answered, in their order."""
    kept: dict[str, str] = {}
    found = []
    for each in QUESTIONS:
        if each.when(facts, kept):
            found.append(each)
            if each.name in answers:
                kept[each.name] = answers[each.name]
    return found


def judge(facts: Facts, answers: Answers) -> Verdict:
    """What the answers come to. An answer to a question that does not apply counts for nothing."""
    questions = asked(facts, answers)
    given = {each: answers[each.name] for each in questions if each.accepts(answers.get(each.name, ""))}
    unanswered = tuple(each for each in questions if each not in given)
    bars = tuple(each for each, answer in given.items() if answer in each.bars)
    proofs = [proof for each, answer in given.items() for proof in each.proofs.get(answer, ())]
    if Evidence.TRANSFER in proofs and facts.level in ABOVE_JUNIOR:
        proofs.append(Evidence.PAY_CHANGE)
    standing = (
        Standing.BARRED
        if bars
        else Standing.OPEN
        if unanswered
        else Standing.PROOF
        if proofs
        else Standing.MAY
    )
    return Verdict(
        standing,
        unanswered,
        bars,
        tuple(proofs),
        tuple(each.notes[answer] for each, answer in given.items() if answer in each.notes),
        tuple(_conflicts(facts, {each.name: answer for each, answer in given.items()})),
    )


def _conflicts(facts: Facts, answers: Answers) -> list[Conflict]:
    found = []
    natures, message = UNITS.get(answers.get("status", ""), (frozenset(), ""))
    if natures and facts.nature is not None and facts.nature not in natures:
        found.append(Conflict(message, "PersonView.unit"))
    changes = answers.get("new_series")
    if changes is not None and facts.category is not None:
        is_change = facts.category is Category.SERIES_CHANGE
        if is_change and changes == NO:
            found.append(
                Conflict(N_("参评类别是“转系列评审”，自查中却不是变更系列，改成一致"), "CoverView.cover")
            )
        elif not is_change and changes == YES:
            found.append(Conflict(N_("自查中是变更系列，参评类别选“转系列评审”"), "CoverView.cover"))
    return found
