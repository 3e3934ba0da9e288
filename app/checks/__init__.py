"""What must be true of the stored rows at any time. `flask check` looks, names what is not, and mends nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Finding = str
Check = Callable[[], Iterator[Finding]]


@dataclass(frozen=True)
class Invariant:
    """A sentence that holds, and the search for rows that break it."""

    sentence: str
    broken_by: Check


def all_invariants() -> tuple[Invariant, ...]:
    from . import dossiers, histories, people, routes

    return (*histories.INVARIANTS, *routes.INVARIANTS, *dossiers.INVARIANTS, *people.INVARIANTS)
