"""The only writers of form templates: begun as a copy, changed while a draft, published once, never changed afterwards.

Each verb says in the record of changes what it did. A refusal is a DomainError and has changed nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from ..audit import digest_of, record
from ..dossier.completeness import required_slugs
from ..dossier.templates import default_for, suits
from ..errors import DomainError
from ..extensions import db
from ..form.sheets import numeral
from ..form.templates import Change, Problem, changes, hides, problems
from ..models import FormTemplate, Round, Series
from ..vocabulary import N_
from .drafting import flush, take

Tables = dict[str, dict[str, Any]]


class TemplatePublished(DomainError):
    message = N_(
        "此模板已经发布，不能再修改；您的修改没有保存，已填内容保留在本页。需要修改的，复制为新模板。"
    )


class NothingChanged(DomainError):
    message = N_("此模板与现在使用的申报表没有区别，没有发布。先修改模板，再发布。")


class TemplateUnfit(DomainError):
    message = N_("申报表模板“%(name)s”没有发布，或不是这个评委会的系列和年度的，没有保存。换一个模板。")


class TemplateHides(DomainError):
    message = N_("申报表模板“%(name)s”不打印%(tables)s，而这个申报窗口必填其中的申报信息，没有保存。换一个模板，或修改必填的申报信息。")  # fmt: skip


class NotATemplate(DomainError):
    """These settings cannot be a template's; `problems` say of each what is wrong."""

    message = N_("有内容需要修改，没有保存。")

    def __init__(self, found: list[Problem]) -> None:
        super().__init__()
        self.problems = found


def begin(source: FormTemplate | None, *, name: str, year: int, by: User, at: datetime) -> FormTemplate:
    """A draft that says what another template says; without one what is built in."""
    draft = FormTemplate(
        name=name,
        year=source.year if source else year,
        series_id=source.series_id if source else None,
        content=dict(source.content) if source else {},
        by_id=by.id,
    )
    db.session.add(draft)
    db.session.flush()
    record("draft_template", draft, at=at, by_id=by.id)
    db.session.flush()
    return draft


def save(
    draft: FormTemplate, *, name: str, year: int, series: Series | None, tables: Tables, seen: int, by: User, at: datetime,
) -> None:  # fmt: skip
    """Write a draft. NotATemplate says what cannot be; RecordChanged that somebody was quicker."""
    take(draft, seen, TemplatePublished)
    found = problems(tables)
    if found:
        raise NotATemplate(found)
    before = digest_of(draft.content)
    draft.name, draft.year, draft.series, draft.content, draft.by_id = name, year, series, tables, by.id
    record("edit_template", draft, at=at, by_id=by.id, before=before, after=digest_of(tables))
    flush()


def publish(draft: FormTemplate, *, seen: int, by: User, at: datetime) -> None:
    """From now on rounds may choose it, and those that chose none get it; what was handed in keeps its own."""
    take(draft, seen, TemplatePublished)
    if found := problems(draft.content):
        raise NotATemplate(found)
    if not against_current(draft):
        raise NothingChanged
    draft.published_at, draft.published_by_id = at, by.id
    record("publish_template", draft, at=at, by_id=by.id, after=digest_of(draft.content))
    flush()


def discard(draft: FormTemplate, *, seen: int, by: User, at: datetime) -> None:
    """Drop a draft; nothing of it was ever in use."""
    take(draft, seen, TemplatePublished)
    record("discard_template", draft, at=at, by_id=by.id, before=digest_of(draft.content))
    db.session.delete(draft)
    flush()


def against_current(template: FormTemplate) -> list[Change]:
    """What it changes for the rounds that choose none: against the default of its series and year without it."""
    nos = [template.series.no] if template.series else []
    current = default_for(template.year, nos, but=template.id)
    return changes(current.content if current else {}, template.content)


def affected(template: FormTemplate) -> list[Round]:
    """The rounds that choose none and get it once it is published."""
    rounds: Sequence[Round] = db.session.scalars(
        select(Round).where(Round.year == template.year, Round.form_template_id.is_(None))
    ).all()
    return [each for each in rounds if _would_get(each, template)]


def _would_get(round_: Round, template: FormTemplate) -> bool:
    nos = list(round_.committee.series_nos)
    if template.series:
        return nos == [template.series.no]
    current = default_for(round_.year, nos, but=template.id)
    return current is None or current.series is None


def refuse_choice(
    template: FormTemplate | None, round_: Round, required: Sequence[str] | None = None
) -> None:
    """Raise TemplateUnfit or TemplateHides if a round with these required sections cannot be printed by it."""
    if template is None:
        return
    if not suits(template, round_):
        raise TemplateUnfit(name=template.name)
    if hidden := hides(template.content, required or required_slugs(round_)):
        raise TemplateHides(name=template.name, tables="、".join(map(numeral, hidden)))
