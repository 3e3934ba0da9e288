"""Notes in the words of the page: where they are pinned, and whether a later submission has answered them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from ..dossier.layout import layout_in
from ..dossier.snapshot import Values
from ..models import SECTION_OF, AttachmentRequirement, Person, ReviewNote, fields_of
from ..workflow.notes import ATTACHMENTS, COVER, PERSON, Place
from .differences import Change
from .reading import ACCOUNT_LABELS, COVER_LABELS, anchor_of

Requirements = dict[int, AttachmentRequirement]


@dataclass(frozen=True)
class Mark:
    """A note with the words and the anchor of its place."""

    note: ReviewNote
    where: str
    anchor: str


def fields_at(content: Values, place: Place) -> dict[str, str]:
    """The fields that a note at this place may name, with their labels."""
    if place.place == COVER:
        return {name: gettext(label) for name, label in COVER_LABELS.items()}
    if place.place == PERSON:
        own = {each.name: gettext(each.label) for each in fields_of(Person)}
        return {name: gettext(label) for name, label in ACCOUNT_LABELS.items()} | own
    if place.place not in SECTION_OF or place.record is None:
        return {}
    return {each.name: gettext(each.label) for each in layout_in(content).of(SECTION_OF[place.place])}


def where(content: Values, place: Place, requirements: Requirements) -> str:
    """The place in words; what a later submission no longer holds is named as far as it can be."""
    if place.place == ATTACHMENTS:
        names = [each.name for each in requirements.values() if each.id == place.record]
        return " › ".join([gettext("附件"), *names])
    parts = [gettext("封面") if place.place == COVER else gettext("个人信息")]
    if place.place in SECTION_OF:
        parts = [gettext(SECTION_OF[place.place].section.title)]
        ids = [each["id"] for each in content["sections"].get(place.place, [])]
        if place.record in ids:
            parts.append(gettext("第 %(n)s 条", n=ids.index(place.record) + 1))
    if place.field:
        parts.append(fields_at(content, place).get(place.field, place.field))
    return " › ".join(parts)


def anchor(place: Place) -> str:
    if place.place in SECTION_OF and place.record is not None:
        return anchor_of(place.place, place.record)
    return place.place


def marks(found: Sequence[ReviewNote], content: Values, requirements: Requirements) -> list[Mark]:
    return [
        Mark(each, where(content, place_of(each), requirements), anchor(place_of(each))) for each in found
    ]


def place_of(note: ReviewNote) -> Place:
    return Place(note.place, note.record, note.field)


def answers(change: Change, place: Place, requirements: Requirements) -> bool:
    """Whether this change touches the place of a note."""
    if change.place == ATTACHMENTS:
        return any(_proves(use, place, requirements) for use in (change.before, change.after) if use)
    if change.place != place.place:
        return False
    return place.record in (None, change.record) and (not place.field or change.field in (None, place.field))


def _proves(use: Values, place: Place, requirements: Requirements) -> bool:
    if place.place == ATTACHMENTS:
        asked = requirements.get(use["requirement"])
        return place.record is None or (asked is not None and asked.id == place.record)
    return not place.field and use["section"] == place.place and place.record in (None, use["record"])
