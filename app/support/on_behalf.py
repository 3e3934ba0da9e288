"""Changing a dossier on its owner's behalf: in a case, told word for word, never while an office judges it (B10).

The dossier's own operations write; here stands what the person is told and what is recorded.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask_appbuilder.security.sqla.models import User

from ..audit import digest_of, record
from ..dossier import operations as dossier
from ..dossier import removal
from ..dossier.display import Paths, paths_for
from ..dossier.layout import Layout, value_of
from ..dossier.versions import layout_for
from ..extensions import db
from ..messages.operations import tell
from ..models import Person, SectionRow, SupportCase
from ..models.fields import Field
from ..vocabulary import N_, Deed
from .entries import Change, in_words, note
from .operations import require
from .rules import ON_BEHALF, Act

PERSONAL = N_("个人信息")
YES, NO = N_("是"), N_("否")
ADDED, REMOVED, CHANGED = N_("增加"), N_("删除"), N_("修改")
TOLD = N_(
    "热线应您的要求代为%(what)s“%(where)s”。%(changes)s。工单 %(number)s，全部内容见“账号与安全”中的“材料变更”。"
    "如非本人要求，立即拨打热线。"
)


def save_person(
    case: SupportCase, person: Person, values: dict[str, Any], *, seen: int, by: User, at: datetime
) -> None:
    """Save what may be changed of the first page; contact details stay the person's own to say."""
    require(case, Act.DOSSIER, by=by)
    allowed = {name: value for name, value in values.items() if name in ON_BEHALF}
    before = _read(person, layout_for(person))
    dossier.save_person(person, allowed, seen=seen)
    _tell(case, person, CHANGED, PERSONAL, before, _read(person, layout_for(person)), by, at)


def add_record(
    case: SupportCase, person: Person, model: type[SectionRow], values: dict[str, Any], *, by: User, at: datetime
) -> SectionRow:  # fmt: skip
    require(case, Act.DOSSIER, by=by)
    row = dossier.add_record(person, model, values)
    _tell(case, row, ADDED, model.section.title, {}, _read(row, layout_for(person)), by, at)
    return row


def change_record(
    case: SupportCase, person: Person, row: SectionRow, values: dict[str, Any], *, seen: int, by: User, at: datetime
) -> None:  # fmt: skip
    require(case, Act.DOSSIER, by=by)
    before = _read(row, layout_for(person))
    dossier.change_record(person, row, values, seen=seen)
    _tell(case, row, CHANGED, row.section.title, before, _read(row, layout_for(person)), by, at)


def remove_record(case: SupportCase, person: Person, row: SectionRow, *, by: User, at: datetime) -> None:
    require(case, Act.DOSSIER, by=by)
    before = _read(row, layout_for(person))
    _tell(case, row, REMOVED, row.section.title, before, {}, by, at)
    removal.remove_record(person, row, at=at)


def _read(row: Person | SectionRow, layout: Layout) -> dict[str, str]:
    """Every field in the official wording, whatever language the page is in."""
    paths = paths_for([row])
    return {each.label: _plain(each, value_of(row, each), paths) for each in layout.of(type(row))}


def _plain(declared: Field, value: Any, paths: Paths) -> str:
    if value is None or value == "":
        return declared.empty
    if declared.tree:
        return paths.get((declared.tree, value), "")
    if isinstance(value, bool):
        return YES if value else NO
    return value.isoformat() if isinstance(value, date) else str(value)


def _differences(before: dict[str, str], after: dict[str, str]) -> Iterable[Change]:
    for label in dict.fromkeys([*before, *after]):
        old, new = before.get(label, ""), after.get(label, "")
        if old != new:
            yield label, old, new


def _tell(
    case: SupportCase, row: Person | SectionRow, what: str, where: str,
    before: dict[str, str], after: dict[str, str], by: User, at: datetime,
) -> None:  # fmt: skip
    """The line of the case, the one entry of the record, and the message; nothing where nothing changed."""
    changes = list(_differences(before, after))
    if not changes:
        return
    note(case, Deed.CHANGED, by=by, at=at, what=what, where=where, changes=changes)
    record(
        "edit_on_behalf", row, at=at, by_id=by.id, detail=case.number,
        before=digest_of(before) if before else "", after=digest_of(after) if after else "",
    )  # fmt: skip
    assert case.subject_id is not None  # a case about a dossier has its person
    said = {"what": what, "where": where, "changes": in_words(changes), "number": case.number}
    tell([case.subject_id], (TOLD % said)[:2000], at=at)
    db.session.flush()
