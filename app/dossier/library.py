"""我的文件: a person's files with what each is used for, as the pages show them (ATT-01…03)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import SECTION_OF, Attachment, AttachmentUse, Person
from ..vocabulary import Doubt
from ..web.request import page_number
from .display import paths_for, title_of
from .files import frozen_among, library_of
from .naming import short_name
from .pages import here_and_back

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
class Shelf:
    """A page of the library."""

    held: list[Held]
    found: Pagination
    url_of: Callable[[int], str]


def shelf_of(person: Person) -> Shelf:
    """The page that is asked for; past the end the last one."""
    query = library_of(person)
    found = db.paginate(query, page=page_number(), per_page=SHELF, error_out=False)
    if not found.items and found.pages:
        found = db.paginate(query, page=found.pages, per_page=SHELF, error_out=False)
    return Shelf(
        held_in(person, found.items),
        found,
        lambda n: here_and_back("AttachmentView.list", page=n, _anchor="files"),
    )


def held_in(person: Person, found: Sequence[Attachment]) -> list[Held]:
    """These files of a person; the number of queries does not grow with theirs."""
    keys = [each.id for each in found]
    places, frozen = _places(person, keys), frozen_among(keys)
    repeated = _repeated(person, {each.sha256 for each in found})
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


def _places(person: Person, keys: Sequence[str]) -> dict[str, list[str]]:
    """What each file proves; a use whose record is gone proves nothing."""
    uses = db.session.scalars(
        select(AttachmentUse)
        .where(AttachmentUse.owner_id == person.id, AttachmentUse.attachment_id.in_(keys))
        .options(joinedload(AttachmentUse.requirement))
        .order_by(AttachmentUse.id)
    ).all()
    titles = _titles(uses)
    words: dict[str, list[str]] = defaultdict(list)
    for use in uses:
        if use.requirement is not None:
            words[use.attachment_id].append(short_name(use.requirement))
        elif (use.section_slug, use.record_id) in titles:
            words[use.attachment_id].append(titles[use.section_slug, use.record_id])
    return words


def _titles(uses: Sequence[AttachmentUse]) -> dict[tuple[str | None, int | None], str]:
    records = defaultdict(set)
    for use in uses:
        if use.record_id is not None:
            records[use.section_slug].add(use.record_id)
    titles: dict[tuple[str | None, int | None], str] = {}
    for slug, ids in records.items():
        model = SECTION_OF[slug or ""]
        rows = db.session.scalars(select(model).where(model.id.in_(ids))).all()
        paths = paths_for(list(rows))
        for row in rows:
            titles[slug, row.id] = f"{_(model.section.title)}：{title_of(row, paths)}"
    return titles
