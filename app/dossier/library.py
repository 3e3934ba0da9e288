"""我的文件: a person's files with what each is used for, as the pages show them (ATT-01…03)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import ELIGIBILITY, SECTION_OF, Attachment, AttachmentUse, Person
from ..vocabulary import Doubt, Evidence
from ..web.request import page_number
from .display import paths_for, title_of
from .files import frozen_among
from .naming import short_name
from .pages import here_and_back
from .records import records_of

SHELF = 12


@dataclass(frozen=True)
class Held:
    """A file, what it proves in words, what looks doubtful about it, and whether it must stay."""

    file: Attachment
    places: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    is_frozen: bool

    @property
    def may_go(self) -> bool:
        return not self.places and not self.is_frozen


@dataclass(frozen=True)
class Part:
    """Which page of a list is shown, of how many, and how long the list is."""

    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Shelf:
    """A page of the library."""

    held: list[Held]
    found: Part
    url_of: Callable[[int], str]


def shelf_of(person: Person, library: Sequence[Attachment], uses: Sequence[AttachmentUse]) -> Shelf:
    """The page that is asked for, past the end the last one; `uses` are all of the person's."""
    pages = max(1, -(-len(library) // SHELF))
    page = min(page_number(), pages)
    shown = library[(page - 1) * SHELF : page * SHELF]
    count = Counter(each.sha256 for each in library)
    return Shelf(
        _held(person, shown, uses, {digest for digest, times in count.items() if times > 1}),
        Part(page, pages, len(library)),
        lambda n: here_and_back("AttachmentView.list", page=n, _anchor="files"),
    )


def held_in(person: Person, found: Sequence[Attachment]) -> list[Held]:
    """These files of a person; the number of queries does not grow with theirs."""
    uses = db.session.scalars(
        select(AttachmentUse)
        .where(AttachmentUse.owner_id == person.id, AttachmentUse.attachment_id.in_([e.id for e in found]))
        .options(joinedload(AttachmentUse.requirement))
        .order_by(AttachmentUse.id)
    ).all()
    return _held(person, found, uses, _repeated(person, {each.sha256 for each in found}))


def _held(
    person: Person, found: Sequence[Attachment], uses: Sequence[AttachmentUse], repeated: set[str]
) -> list[Held]:
    keys = [each.id for each in found]
    places, frozen = _places(person, [use for use in uses if use.attachment_id in keys]), frozen_among(keys)
    return [
        Held(
            each,
            tuple(places[each.id]),
            (*each.doubtful, *((Doubt.DUPLICATE,) if each.sha256 in repeated else ())),
            each.id in frozen,
        )
        for each in found
    ]


def _repeated(person: Person, digests: set[str]) -> set[str]:
    return set(
        db.session.scalars(
            select(Attachment.sha256)
            .where(Attachment.owner_id == person.id, Attachment.sha256.in_(digests))
            .group_by(Attachment.sha256)
            .having(func.count() > 1)
        )
    )


def _places(person: Person, uses: Sequence[AttachmentUse]) -> dict[str, list[str]]:
    """What each file proves; a use whose record is gone proves nothing."""
    titles = _titles(person, uses)
    words: dict[str, list[str]] = defaultdict(list)
    for use in uses:
        if use.requirement is not None:
            words[use.attachment_id].append(short_name(use.requirement))
        elif use.section_slug == ELIGIBILITY and use.record_id:
            words[use.attachment_id].append(_(list(Evidence)[use.record_id - 1].label))
        elif (use.section_slug, use.record_id) in titles:
            words[use.attachment_id].append(titles[use.section_slug, use.record_id])
    return words


def _titles(person: Person, uses: Sequence[AttachmentUse]) -> dict[tuple[str | None, int | None], str]:
    slugs = {use.section_slug for use in uses if use.record_id is not None}
    models = tuple(model for slug, model in SECTION_OF.items() if slug in slugs)
    if not models:
        return {}
    records = records_of(person, models)
    paths = paths_for([row for rows in records.values() for row in rows])
    return {
        (model.section.slug, row.id): f"{_(model.section.title)}{_('：')}{title_of(row, paths)}"
        for model, rows in records.items()
        for row in rows
    }
