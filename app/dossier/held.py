"""What is in a dossier, counted in one query: the ground of completeness.py, of every page and of the menu."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import Integer, Select, String, cast, exists, func, literal, null, select, union_all

from ..extensions import db
from ..models import SECTIONS, AttachmentUse, Field, NothingToDeclare, Person, SectionRow
from .layout import Layout, lacks
from .versions import layout_for


@dataclass(frozen=True)
class Lacking:
    """A record, by its name, that lacks its certificate; or, with `declared`, a field that is required by now."""

    slug: str
    record_id: int
    record: str
    declared: Field | None = None


@dataclass(frozen=True)
class Use:
    """What files are there for: a requirement, or the records of a section; of each once."""

    section_slug: str | None
    record_id: int | None
    requirement_id: int | None


@dataclass(frozen=True)
class Held:
    """What a person has put into the dossier so far."""

    counts: dict[str, int]
    nothing: frozenset[str]
    uses: tuple[Use, ...]
    unproved: tuple[Lacking, ...]
    empty: tuple[Lacking, ...]


def held_by(person: Person, layout: Layout | None = None) -> Held:
    """One query, however many records there are; a second where the layout of the person's form is not given."""
    layout = layout or layout_for(person)
    asked = {
        (model.section.slug, each.name): each for model in SECTIONS for each in layout.newly_required(model)
    }
    found: dict[str, list[Any]] = {"count": [], "nothing": [], "use": [], "unproved": [], "empty": []}
    for row in db.session.execute(union_all(*_facts(person, asked))):
        found[row.kind].append(row)
    order = {model.section.slug: place for place, model in enumerate(SECTIONS)}
    for kind in ("unproved", "empty"):
        found[kind].sort(key=lambda row: (order[row.slug], row.place, row.key))
    return Held(
        {row.slug: row.key for row in found["count"]},
        frozenset(row.slug for row in found["nothing"]),
        tuple(Use(row.slug, row.key, row.place) for row in found["use"]),
        tuple(Lacking(row.slug, row.key, row.text) for row in found["unproved"]),
        tuple(Lacking(row.slug, row.key, row.text, asked[row.slug, row.field]) for row in found["empty"]),
    )


def _facts(person: Person, asked: Mapping[tuple[str, str], Field]) -> Iterator[Select[Any]]:
    """Selects of one shape: what kind of fact, of which section, a key or a number, a place, words, a field's name."""
    uses, answers = AttachmentUse, NothingToDeclare
    no_number, no_words = cast(null(), Integer), cast(null(), String)
    for model in SECTIONS:
        slug, is_own = model.section.slug, model.owner_id == person.id
        yield _fact("count", literal(slug), func.count(), no_number, no_words).where(is_own)
        if model.section.attachment_required:
            proof = (uses.owner_id == person.id, uses.section_slug == slug, uses.record_id == model.id)
            unproved = _fact("unproved", literal(slug), model.id, model.position, _title_in_sql(model))
            yield unproved.where(is_own, ~exists().where(*proof))
        for each in (field for (of, _name), field in asked.items() if of == slug):
            empty = _fact("empty", literal(slug), model.id, model.position, _title_in_sql(model), each.name)
            yield empty.where(is_own, lacks(model, each))
    yield _fact("nothing", answers.slug, no_number, no_number, no_words).where(answers.owner_id == person.id)
    of_records = func.min(uses.record_id)
    yield (
        _fact("use", uses.section_slug, of_records, uses.requirement_id, no_words)
        .where(uses.owner_id == person.id)
        .group_by(uses.section_slug, uses.requirement_id)
    )


def _fact(kind: str, slug: Any, key: Any, place: Any, text: Any, name: str = "") -> Select[Any]:
    return select(
        literal(kind).label("kind"),
        slug.label("slug"),
        key.label("key"),
        place.label("place"),
        text.label("text"),
        literal(name).label("field"),
    )


def _title_in_sql(model: type[SectionRow]) -> Any:
    names: list[Any] = [
        func.coalesce(cast(getattr(model, name), String), "") for name in model.section.title_of
    ]
    return reduce(lambda before, name: before + " " + name, names)
