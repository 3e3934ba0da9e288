"""What a dossier still lacks, each with the place to mend it (PRO-01, APP-04, APP-06, X-07).

Nothing here is written by hand for a section: declarations say what is required.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import String, cast, func, literal, select, union_all

from ..extensions import db
from ..models import (
    PHOTO,
    SECTION_OF,
    SECTIONS,
    Application,
    AttachmentRequirement,
    AttachmentUse,
    Field,
    NothingToDeclare,
    Person,
    Round,
    RoundRequirement,
    SectionRow,
    fields_of,
)
from ..vocabulary import N_, Word
from .layout import lacks
from .said import Said
from .versions import layout_for


@dataclass(frozen=True)
class Gap:
    """`area`, `what` and `todo` are message ids; `endpoint` and `params` lead to the exact field.

    `who` names the party that has to act where it is not the applicant.
    """

    area: str
    what: str
    endpoint: str
    params: dict[str, Any]
    who: str | None = None
    todo: str = ""
    todo_params: dict[str, Any] = field(default_factory=dict)
    what_params: dict[str, Any] = field(default_factory=dict)


class Fill(Word):
    """How far a section is filled; the words of the task list."""

    DONE = "done", N_("已完成")
    STARTED = "started", N_("填写中")
    MISSING = "missing", N_("缺")
    NOTHING = "nothing", N_("本人没有此项")
    SKIPPABLE = "skippable", N_("没有可跳过")


@dataclass(frozen=True)
class SectionState:
    """A line of the task list: its page is SectionView.list with `slug`."""

    slug: str
    title: str
    count: int
    required: bool
    state: Fill


def dossier_gaps(person: Person, round_: Round | None) -> list[Gap]:
    """Everything that keeps the dossier from being complete for this round."""
    held = _held_by(person)
    return [
        *_person_gaps(person, held),
        *_section_gaps(held, round_),
        *_record_gaps(person, held),
        *_field_gaps(held),
        *_requirement_gaps(held, round_),
    ]


def person_gaps(person: Person) -> list[Gap]:
    """What 个人信息 still lacks, photo and unit included."""
    return list(_person_gaps(person, _held_by(person)))


def current_application(person: Person) -> Application | None:
    """The application the dossier is being filled for: the latest one."""
    return db.session.scalars(
        select(Application)
        .where(Application.applicant_id == person.id)
        .order_by(Application.year.desc(), Application.id.desc())
        .limit(1)
    ).one_or_none()


def section_states(person: Person, round_: Round | None) -> list[SectionState]:
    """One line a section, in the order of the declarations."""
    held = _held_by(person)
    unfinished = {model.section.slug for model, _ in _unproved_records(person, held)}
    unfinished |= {each.slug for each in held.empty}
    required = required_slugs(round_)
    return [
        SectionState(
            slug,
            model.section.title,
            held.counts[slug],
            slug in required,
            _fill(held.counts[slug], slug in unfinished, slug in required, slug in held.nothing),
        )
        for model in SECTIONS
        for slug in (model.section.slug,)
    ]


def required_slugs(round_: Round | None) -> frozenset[str]:
    """The sections that need a record: the round's own set, else the declared ones (X-07)."""
    if round_ is not None and round_.required_sections:
        return frozenset(round_.required_sections)
    return frozenset(model.section.slug for model in SECTIONS if model.section.required)


@dataclass(frozen=True)
class Asked:
    """A line of a checklist: a requirement of the catalogue as a round asks for it."""

    requirement: AttachmentRequirement
    required: bool
    hint: str


def current_requirements(round_: Round | None) -> list[Asked]:
    """The checklist: the round's own if it has one, else what the latest year asks by default (ATT-01, X-18, ELI-12)."""
    known = db.session.execute(
        select(AttachmentRequirement, RoundRequirement)
        .outerjoin(
            RoundRequirement,
            (RoundRequirement.requirement_id == AttachmentRequirement.id)
            & (RoundRequirement.round_id == (round_.id if round_ else None)),
        )
        .order_by(AttachmentRequirement.no)
    ).all()
    own = [Asked(each, asked.required, asked.hint or each.hint) for each, asked in known if asked]
    latest = max((each.year for each, _ in known), default=None)
    usual = [each for each, _ in known if each.year == latest and each.by_default]
    return own or [Asked(each, each.required, each.hint) for each in usual]


def catalogue_of_requirements() -> list[AttachmentRequirement]:
    """What a round can ask for: the requirements of the latest year."""
    latest = select(func.max(AttachmentRequirement.year)).scalar_subquery()
    return list(
        db.session.scalars(
            select(AttachmentRequirement)
            .where(AttachmentRequirement.year == latest)
            .order_by(AttachmentRequirement.no)
        )
    )


def proves(use: AttachmentUse, requirement: AttachmentRequirement) -> bool:
    """A file answers a requirement itself, or lies at a record of the section it is asked for in."""
    return use.requirement_id == requirement.id or (
        use.record_id is not None and use.section_slug == requirement.section_slug
    )


def request_for(declared: Field) -> str:
    """The message that asks for an empty field; its variable is the field's label (screens.md 6)."""
    chosen = declared.choices or declared.tree or declared.type is bool
    return N_("选择%(field)s") if chosen else N_("填写%(field)s")


@dataclass(frozen=True)
class _Empty:
    """A field that is required by now and empty in a record that was saved before."""

    slug: str
    record_id: int
    record: str
    declared: Field


@dataclass(frozen=True)
class _Held:
    """What a person has put into the dossier so far."""

    counts: dict[str, int]
    nothing: frozenset[str]
    uses: tuple[AttachmentUse, ...]
    empty: tuple[_Empty, ...]


def _held_by(person: Person) -> _Held:
    counts = db.session.execute(
        union_all(
            *(
                select(literal(model.section.slug), func.count()).where(model.owner_id == person.id)
                for model in SECTIONS
            )
        )
    )
    return _Held(
        {slug: count for slug, count in counts},
        frozenset(
            db.session.scalars(select(NothingToDeclare.slug).where(NothingToDeclare.owner_id == person.id))
        ),
        tuple(db.session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == person.id))),
        tuple(_empty_fields(person)),
    )


def _empty_fields(person: Person) -> Iterator[_Empty]:
    """One query for whatever the person's version asks more than was always asked; none where it asks no more."""
    layout = layout_for(person)
    asked = {(model, each.name): each for model in SECTIONS for each in layout.newly_required(model)}
    if not asked:
        return
    found = db.session.execute(
        union_all(
            *(
                select(
                    literal(SECTIONS.index(model)),
                    model.position,
                    model.id,
                    literal(name),
                    _title_in_sql(model),
                ).where(model.owner_id == person.id, lacks(model, each))
                for (model, name), each in asked.items()
            )
        )
    )
    for place, _position, record_id, name, record in sorted(found, key=lambda row: row[:3]):
        model = SECTIONS[place]
        yield _Empty(model.section.slug, record_id, record, asked[model, name])


def _title_in_sql(model: type[SectionRow]) -> Any:
    names: list[Any] = [cast(getattr(model, name), String) for name in model.section.title_of]
    return reduce(lambda before, name: before + " " + name, names)


def _person_gaps(person: Person, held: _Held) -> Iterator[Gap]:
    area = N_("个人信息")
    for declared in fields_of(Person):
        if declared.required and getattr(person, declared.name) in (None, ""):
            yield Gap(
                area,
                request_for(declared),
                "PersonView.edit",
                {"_anchor": f"field-{declared.name}"},
                what_params={"field": Said(declared.label)},
            )
    if not any(use.section_slug == PHOTO for use in held.uses):
        yield Gap(area, N_("上传照片"), "PhotoView.edit", {})
    if person.unit_id is None:
        yield Gap(area, N_("选择工作单位"), "PersonView.unit", {})


def _section_gaps(held: _Held, round_: Round | None) -> Iterator[Gap]:
    required = required_slugs(round_)
    for model in SECTIONS:
        section = model.section
        if section.slug in required and not held.counts[section.slug]:
            yield Gap(section.title, N_("至少填写一条"), "SectionView.add", {"slug": section.slug})


def _record_gaps(person: Person, held: _Held) -> Iterator[Gap]:
    for model, record in _unproved_records(person, held):
        section = model.section
        yield Gap(
            section.title,
            N_("上传“%(record)s”的%(attachment)s"),
            "SectionView.edit",
            {"slug": section.slug, "pk": record.id, "_anchor": "files"},
            what_params={
                "record": " ".join(str(getattr(record, name)) for name in section.title_of),
                "attachment": lazy_gettext(section.attachment),
            },
        )


def _field_gaps(held: _Held) -> Iterator[Gap]:
    for each in held.empty:
        yield Gap(
            SECTION_OF[each.slug].section.title,
            N_("补充“%(record)s”的%(field)s"),
            "SectionView.edit",
            {"slug": each.slug, "pk": each.record_id, "_anchor": f"field-{each.declared.name}"},
            what_params={"record": each.record, "field": Said(each.declared.label)},
        )


def _unproved_records(person: Person, held: _Held) -> list[tuple[type[SectionRow], SectionRow]]:
    """Records without the attachment that their section requires of each."""
    proved = {(use.section_slug, use.record_id) for use in held.uses}
    return [
        (model, record)
        for model in SECTIONS
        if model.section.attachment_required and held.counts[model.section.slug]
        for record in db.session.scalars(
            select(model).where(model.owner_id == person.id).order_by(model.position, model.id)
        )
        if (model.section.slug, record.id) not in proved
    ]


def _requirement_gaps(held: _Held, round_: Round | None) -> Iterator[Gap]:
    for asked in current_requirements(round_):
        requirement = asked.requirement
        if asked.required and not any(proves(use, requirement) for use in held.uses):
            yield Gap(
                N_("附件管理"),
                N_("上传“%(name)s”"),
                "AttachmentView.list",
                {"_anchor": f"requirement-{requirement.no}"},
                what_params={"name": requirement.name},
            )


def _fill(count: int, is_unfinished: bool, is_required: bool, is_nothing: bool) -> Fill:
    if count:
        return Fill.STARTED if is_unfinished else Fill.DONE
    if is_required:
        return Fill.MISSING
    return Fill.NOTHING if is_nothing else Fill.SKIPPABLE
