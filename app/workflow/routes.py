"""Which offices an application passes, as a choice among rules (domain.md 3).

Pure Python. The rules themselves are rows of the table route_rule (seeds/route_rules.csv); the
first that fits wins. Turning stages into offices by name is in routing.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..vocabulary import STATE_NATURES, CommitteeTier, Kind, Level, Nature, Stage, Tier

OPTIONAL = "?"


@dataclass(frozen=True)
class Journey:
    """What decides a route: the kind, the unit's nature and tier, the committee's tier, the level."""

    kind: Kind
    nature: Nature
    tier: Tier
    committee_tier: CommitteeTier | None = None
    level: Level | None = None


@dataclass(frozen=True)
class Rule:
    """A row of route_rule. An empty set means any value; `department?` is taken by state units only."""

    position: int
    kind: Kind
    natures: frozenset[str]
    tiers: frozenset[str]
    committee_tiers: frozenset[str]
    levels: frozenset[str]
    steps: tuple[str, ...]

    def fits(self, journey: Journey) -> bool:
        return (
            self.kind == journey.kind
            and (not self.natures or journey.nature in self.natures)
            and (not self.tiers or journey.tier in self.tiers)
            and (not self.committee_tiers or journey.committee_tier in self.committee_tiers)
            and (not self.levels or journey.level in self.levels)
        )

    def stages(self, nature: Nature) -> tuple[Stage, ...]:
        return tuple(
            Stage(name.removesuffix(OPTIONAL))
            for name in self.steps
            if not name.endswith(OPTIONAL) or nature in STATE_NATURES
        )


def pick(rules: Iterable[Rule], journey: Journey) -> Rule | None:
    """The first rule that fits, by position; None if no rule does."""
    return next((rule for rule in sorted(rules, key=lambda each: each.position) if rule.fits(journey)), None)
