"""What must be true of the stored rows at any time. `flask check` looks, names what is not, and mends nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Finding = str
Check = Callable[[], Iterator[Finding]]


@dataclass(frozen=True)
class Invariant:
    """A sentence that holds, and the search for rows that break it.

    Where one that `comes_first` is broken, the others would stumble over the same rows.
    """

    sentence: str
    broken_by: Check
    comes_first: bool = False


def all_invariants() -> tuple[Invariant, ...]:
    from . import dossiers, histories, pages, people, routes, sealed

    return (
        sealed.READABLE,
        *histories.INVARIANTS,
        *routes.INVARIANTS,
        *dossiers.INVARIANTS,
        *pages.INVARIANTS,
        *people.INVARIANTS,
        sealed.CHAINED,
    )
