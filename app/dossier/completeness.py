"""What a dossier still lacks, each with the place to mend it (PRO-01, APP-04, APP-06, X-07).

Nothing here is written by hand for a section: declarations say what is required.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from .. import clock
from ..extensions import db
from ..models import (
    PHOTO,
    SECTION_OF,
    SECTIONS,
    Application,
    AttachmentRequirement,
    AttachmentUse,
    Field,
    Person,
    Round,
    RoundRequirement,
    fields_of,
)
from ..vocabulary import N_, Kind, Nature, Word
from .applications import applications_of, the_current_of
from .held import Held, Use, held_by
from .said import Said


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
    SENT_BACK = "sent_back", N_("被退回")


@dataclass(frozen=True)
class SectionState:
    """A line of the task list: its page is SectionView.list with `slug`."""

    slug: str
    title: str
    count: int
    required: bool
    state: Fill


@dataclass(frozen=True)
class Asked:
    """A line of a checklist: a requirement of the catalogue as a round asks for it."""

    requirement: AttachmentRequirement
    required: bool
    hint: str


def dossier_gaps(
    person: Person, round_: Round | None, held: Held | None = None, checklist: list[Asked] | None = None
) -> list[Gap]:
    """Everything that keeps the dossier from being complete for this round.

    A page gives what it has read already.
    """
    held = held or held_by(person)
    if checklist is None:
        checklist = current_requirements(round_, nature=nature_of(person))
    return [
        *_person_gaps(person, held.uses),
        *_section_gaps(held, round_),
        *_record_gaps(held),
        *_field_gaps(held),
        *_requirement_gaps(held, checklist),
    ]


def person_gaps(person: Person, held: Held | None = None) -> list[Gap]:
    """What 个人信息 still lacks, photo and unit included. One query where nothing was read before."""
    return list(_person_gaps(person, held.uses if held else _photo_uses(person)))


def _photo_uses(person: Person) -> list[AttachmentUse]:
    is_photo = (AttachmentUse.owner_id == person.id, AttachmentUse.section_slug == PHOTO)
    return list(db.session.scalars(select(AttachmentUse).where(*is_photo)))


def current_application(person: Person) -> Application | None:
    """The application the dossier is being filled for. One query; see `the_current_of`."""
    return the_current_of(*applications_of(person, at=clock.now()))


def section_states(
    person: Person, round_: Round | None, held: Held | None = None, sent_back: Collection[str] = ()
) -> list[SectionState]:
    """One line a section, in the order of the declarations; `sent_back` are those with a note not handled yet."""
    held = held or held_by(person)
    unfinished = {each.slug for each in (*held.unproved, *held.empty)}
    required = required_slugs(round_)
    return [
        SectionState(
            slug,
            model.section.title,
            held.counts.get(slug, 0),
            slug in required,
            after_return(
                _fill(held.counts.get(slug, 0), slug in unfinished, slug in required, slug in held.nothing),
                slug in sent_back,
            ),
        )
        for model in SECTIONS
        for slug in (model.section.slug,)
    ]


def required_slugs(round_: Round | None) -> frozenset[str]:
    """The sections that need a record: the round's own set, else the declared ones (X-07)."""
    if round_ is not None and round_.required_sections:
        return frozenset(round_.required_sections)
    return frozenset(model.section.slug for model in SECTIONS if model.section.required)


def current_requirements(
    round_: Round | None, kind: Kind = Kind.REVIEW, nature: Nature | None = None
) -> list[Asked]:
    """The checklist: the round's own if it has one, else what the latest year asks by default (ATT-01, X-18, ELI-12).

    `kind` counts where there is no round yet. With the `nature` of a person's unit, what is asked of the people of
    other units only is left out (REC-05); without one all is there.
    """
    kind = round_.kind if round_ else kind
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
    usual = [each for each, _ in known if each.year == latest and each.is_usual(kind)]
    found = own or [Asked(each, each.required, each.hint) for each in usual]
    return [each for each in found if _is_asked_of(each.requirement, nature)]


def requirements_for(person: Person, application: Application | None) -> list[Asked]:
    """The checklist of whoever fills in his dossier, for that application."""
    nature = nature_of(person)
    if application is None:
        return current_requirements(None, nature=nature)
    return current_requirements(application.round, application.kind, nature)


def nature_of(person: Person) -> Nature | None:
    return person.unit.nature if person.unit else None


def _is_asked_of(requirement: AttachmentRequirement, nature: Nature | None) -> bool:
    return nature is None or not requirement.natures or nature in requirement.natures


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


def proves(use: AttachmentUse | Use, requirement: AttachmentRequirement) -> bool:
    """A file answers a requirement itself, or lies at a record of the section it is asked for in."""
    return use.requirement_id == requirement.id or (
        use.record_id is not None and use.section_slug == requirement.section_slug
    )


def request_for(declared: Field) -> str:
    """The message that asks for an empty field; its variable is the field's label (screens.md 6)."""
    chosen = declared.choices or declared.tree or declared.type is bool
    return N_("选择%(field)s") if chosen else N_("填写%(field)s")


def _person_gaps(person: Person, uses: Iterable[AttachmentUse | Use]) -> Iterator[Gap]:
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
    if not any(use.section_slug == PHOTO for use in uses):
        yield Gap(area, N_("上传照片"), "PhotoView.edit", {"_anchor": "field-photo"})
    if person.unit_id is None:
        yield Gap(area, N_("选择工作单位"), "PersonView.unit", {"_anchor": "field-q"})


def _section_gaps(held: Held, round_: Round | None) -> Iterator[Gap]:
    required = required_slugs(round_)
    for model in SECTIONS:
        section = model.section
        if section.slug in required and not held.counts.get(section.slug):
            yield Gap(
                section.title,
                N_("至少填写一条"),
                "SectionView.add",
                {"slug": section.slug, "_anchor": "typed"},
            )


def _record_gaps(held: Held) -> Iterator[Gap]:
    for each in held.unproved:
        section = SECTION_OF[each.slug].section
        yield Gap(
            section.title,
            N_("上传“%(record)s”的%(attachment)s"),
            "SectionView.edit",
            {"slug": each.slug, "pk": each.record_id, "_anchor": "files"},
            what_params={"record": each.record, "attachment": lazy_gettext(section.attachment)},
        )


def _field_gaps(held: Held) -> Iterator[Gap]:
    for each in held.empty:
        assert each.declared
        yield Gap(
            SECTION_OF[each.slug].section.title,
            N_("补充“%(record)s”的%(field)s"),
            "SectionView.edit",
            {"slug": each.slug, "pk": each.record_id, "_anchor": f"field-{each.declared.name}"},
            what_params={"record": each.record, "field": Said(each.declared.label)},
        )


def _requirement_gaps(held: Held, checklist: list[Asked]) -> Iterator[Gap]:
    for asked in checklist:
        requirement = asked.requirement
        if asked.required and not any(proves(use, requirement) for use in held.uses):
            yield Gap(
                N_("附件管理"),
                N_("上传“%(name)s”"),
                "AttachmentView.list",
                {"_anchor": f"requirement-{requirement.no}"},
                what_params={"name": requirement.name},
            )


def after_return(state: Fill, is_sent_back: bool) -> Fill:
    """What is missing keeps anybody from submitting, so it is said before what was sent back."""
    return Fill.SENT_BACK if is_sent_back and state is not Fill.MISSING else state


def _fill(count: int, is_unfinished: bool, is_required: bool, is_nothing: bool) -> Fill:
    if count:
        return Fill.STARTED if is_unfinished else Fill.DONE
    if is_required:
        return Fill.MISSING
    return Fill.NOTHING if is_nothing else Fill.SKIPPABLE
