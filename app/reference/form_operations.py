"""The only writers of form versions: one draft at most, published as a whole, never changed afterwards.

Each verb says in the record of changes what it did. A refusal is a DomainError and has changed nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..audit import digest_of, record
from ..dossier.layout import described, layout_from
from ..dossier.shapes import Problem, differences, next_name, problems
from ..errors import DomainError
from ..extensions import db
from ..models import SECTION_OF, SECTIONS, FormVersion, fields_of
from ..vocabulary import N_
from .drafting import flush, take

Described = dict[str, Any]


class DraftUnderWay(DomainError):
    message = N_("已有一份草稿，没有新建。在原来的草稿中继续修改，或先丢弃它。")


class NotADraft(DomainError):
    message = N_("此版本已经发布，不能再修改；您的修改没有保存，已填内容保留在本页。需要修改的，起草新版本。")


class NothingToPublish(DomainError):
    message = N_("草稿与已发布的内容没有区别，没有发布。先修改字段，再发布。")


class NotASection(DomainError):
    """The fields cannot be a section's; `problems` say of each what is wrong."""

    message = N_("有内容需要修改，没有保存。")

    def __init__(self, found: list[Problem]) -> None:
        super().__init__()
        self.problems = found


def published_content(before: int | None = None) -> dict[str, list[Described]]:
    """The latest published version's content, or that of the one before a version; none: nothing changed."""
    query = select(FormVersion.content).where(FormVersion.published_at.is_not(None))
    if before is not None:
        query = query.where(FormVersion.id < before)
    return db.session.scalar(query.order_by(FormVersion.id.desc()).limit(1)) or {}


def start_draft(*, by: User, at: datetime) -> FormVersion:
    """Begin a version with what is published; of two at once one is refused."""
    draft = FormVersion(content=published_content(), by_id=by.id, created_at=at)
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:
        raise DraftUnderWay from None
    record("draft_form", draft, at=at, by_id=by.id)
    db.session.flush()
    return draft


def reshape(
    draft: FormVersion, slug: str, fields: Sequence[Mapping[str, Any]], *, seen: int, by: User, at: datetime
) -> None:
    """Set a section's fields. NotASection says what of them cannot be; RecordChanged that somebody was quicker."""
    take(draft, seen, NotADraft)
    model = SECTION_OF[slug]
    found = problems(fields, [described(each) for each in fields_of(model)])
    if found:
        raise NotASection(found)
    before = [described(each) for each in layout_from(draft.content).of(model)]
    if list(fields) == before:
        return
    draft.content = {**draft.content, slug: list(fields)}
    record(
        "reshape_form", draft, at=at, by_id=by.id, detail=slug,
        before=digest_of({slug: before}), after=digest_of({slug: list(fields)}),
    )  # fmt: skip
    flush()


def publish(draft: FormVersion, *, seen: int, note: str, by: User, at: datetime) -> None:
    """Make the draft what applications begin with from now on; those under way keep theirs."""
    take(draft, seen, NotADraft)
    before = published_content()
    if not any(_differs(before, draft.content, model) for model in SECTIONS):
        raise NothingToPublish
    draft.drafted, draft.published_at, draft.by_id, draft.note = None, at, by.id, note
    record(
        "publish_form", draft, at=at, by_id=by.id, before=digest_of(before), after=digest_of(draft.content)
    )
    flush()


def discard(draft: FormVersion, *, seen: int, by: User, at: datetime) -> None:
    """Drop a draft; nothing of it was ever in use."""
    take(draft, seen, NotADraft)
    record("discard_form", draft, at=at, by_id=by.id, before=digest_of(draft.content))
    db.session.delete(draft)
    flush()


def name_for(slug: str) -> str:
    """A name that no custom field of the section has ever had: records may still hold that one's value."""
    contents: Iterable[dict[str, list[Described]]] = db.session.scalars(select(FormVersion.content))
    return next_name([each["name"] for content in contents for each in content.get(slug, [])])


def _differs(before: dict[str, Any], after: dict[str, Any], model: type) -> bool:
    was, now = ([described(each) for each in layout_from(c).of(model)] for c in (before, after))
    return bool(differences(was, now))
