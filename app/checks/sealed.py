"""Invariants of identity data and of the record of changes."""

from collections.abc import Iterator

from .. import chain
from ..rotation import unreadable
from . import Invariant


def broken_chain() -> Iterator[str]:
    for fault in chain.verify():
        yield str(fault)


READABLE = Invariant("Every sealed value can be read", unreadable, comes_first=True)
CHAINED = Invariant("The record of changes is one unbroken chain", broken_chain)
