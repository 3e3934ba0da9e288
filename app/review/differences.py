"""What changed between two submissions: exactly what their snapshots say, record by record.

Pure: two contents in, changes out. A record is the same record if its id is the same; a moved
record is a change too, because the order of the list is the order in the form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COVER, PERSON, ATTACHMENTS, ELIGIBILITY = "cover", "person", "attachments", "eligibility"
ORDER = "order"
# The day of a submission differs in every snapshot and says nothing about the dossier.
NEVER_COMPARED = {"filled_on"}

Values = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One difference. `place` is COVER, ELIGIBILITY, PERSON, ATTACHMENTS or a section's slug.

    `position` is the record's number in its list, from 1. A whole record that came or went has no
    `field`; its values are then `after` or `before`.
    """

    place: str
    before: Any
    after: Any
    field: str | None = None
    record: int | None = None
    position: int | None = None


def compare(old: Values, new: Values) -> list[Change]:
    """Every difference, in the order of the form's parts."""
    return [
        *_fields(COVER, old["cover"], new["cover"]),
        *_fields(ELIGIBILITY, old.get(ELIGIBILITY, {}), new.get(ELIGIBILITY, {})),
        *_fields(PERSON, old["person"], new["person"]),
        *(
            change
            for slug in new["sections"]
            for change in _records(slug, old["sections"][slug], new["sections"][slug])
        ),
        *_attachments(old["attachments"], new["attachments"]),
    ]


def _fields(place: str, old: Values, new: Values, **where: Any) -> Iterator[Change]:
    for name in new:
        if name not in NEVER_COMPARED and old.get(name) != new[name]:
            yield Change(place, old.get(name), new[name], field=name, **where)


def _records(slug: str, old: list[Values], new: list[Values]) -> Iterator[Change]:
    was = {record["id"]: record for record in old}
    now = {record["id"]: record for record in new}
    for position, record in enumerate(old, 1):
        if record["id"] not in now:
            yield Change(slug, record, None, record=record["id"], position=position)
    for position, record in enumerate(new, 1):
        where = {"record": record["id"], "position": position}
        if record["id"] not in was:
            yield Change(slug, None, record, **where)
        else:
            yield from _fields(slug, was[record["id"]], record, **where)
    kept_then = [key for key in was if key in now]
    kept_now = [key for key in now if key in was]
    if kept_then != kept_now:
        yield Change(slug, kept_then, kept_now, field=ORDER)


def _attachments(old: list[Values], new: list[Values]) -> Iterator[Change]:
    """What came where the same thing was proved by another file has replaced it, in the order of both lists."""
    was = {_use(each): each for each in old}
    now = {_use(each): each for each in new}
    came: dict[tuple[Any, ...], list[Values]] = {}
    for key in now:
        if key not in was:
            came.setdefault(key[1:], []).append(now[key])
    for key in was:
        if key not in now:
            successors = came.get(key[1:])
            yield Change(ATTACHMENTS, was[key], successors.pop(0) if successors else None)
    for rest in came.values():
        for each in rest:
            yield Change(ATTACHMENTS, None, each)


def _use(attachment: Values) -> tuple[Any, ...]:
    return tuple(attachment[name] for name in ("id", "requirement", "section", "record"))
