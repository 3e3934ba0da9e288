"""A frozen dossier as a reviewer reads it: declarations give the words, the snapshot the values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import format_date, get_locale, gettext

from ..dossier.layout import Layout, layout_in
from ..form.sheets import NUMERALS
from ..models import ELIGIBILITY, PHOTO, SECTION_OF, SECTIONS, AttachmentRequirement, Field, Person, fields_of
from ..vocabulary import N_, Category, Evidence, Level
from ..web.masking import mask_id_number, mask_mobile
from ..workflow.notes import Place
from ..workflow.questions import BY_NAME
from .differences import ATTACHMENTS, COVER, ORDER, PERSON, Change, Values

COVER_LABELS = {
    "year": N_("年度"),
    "name": N_("姓名"),
    "unit": N_("工作单位"),
    "department": N_("主管部门"),
    "series": N_("系列"),
    "title": N_("申报职称"),
    "profession": N_("申报专业"),
    "committee": N_("评委会"),
    "level": N_("等级"),
    "category": N_("参评类别"),
}
ACCOUNT_LABELS = {
    "name": N_("姓名"),
    "id_number": N_("身份证号"),
    "mobile": N_("注册手机"),
    "unit": N_("工作单位"),
}


SHOWN: dict[str, Callable[[str], str]] = {
    "id_number": mask_id_number,
    "mobile": mask_mobile,
    "level": lambda value: gettext(Level(value).label),
    "category": lambda value: gettext(Category(value).label),
}


@dataclass(frozen=True)
class Cell:
    """`is_word`: a date or a choice, which never breaks."""

    label: str
    text: str
    is_word: bool = False


@dataclass(frozen=True)
class Record:
    """A record of a section: its short fields for the table's columns, its long ones for the lines below."""

    id: int
    anchor: str
    short: tuple[Cell, ...]
    long: tuple[Cell, ...]


@dataclass(frozen=True)
class Block:
    """A section of the dossier."""

    anchor: str
    title: str
    table: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]


@dataclass(frozen=True)
class File:
    """An attachment, what it proves (`anchor` leads there), and where a note on it is pinned."""

    id: str
    name: str
    is_image: bool
    purpose: str
    anchor: str
    place: Place


@dataclass(frozen=True)
class Difference:
    """A change in words, with the place of the page that shows it; of a file also both files."""

    where: str
    anchor: str
    before: str
    after: str
    files: tuple[File | None, File | None] = (None, None)
    answers: bool = False


def text_of(declared: Field, value: Any) -> str:
    """A snapshot's value in words; a missing one by the word that stands for it (至今), or a dash."""
    if value is None or value == "":
        return gettext(declared.empty) if declared.empty else "—"
    if declared.type is bool:
        return gettext("是") if value else gettext("否")
    if declared.type is date:
        return format_date(date.fromisoformat(value), "medium")
    return gettext(value) if declared.choices else str(value)


def cover(content: Values) -> list[tuple[str, str, str]]:
    """Label, value and name of each line; below the cover what the person has answered about who may apply."""
    lines = [
        (gettext(label), _plain(name, content["cover"][name]), name) for name, label in COVER_LABELS.items()
    ]
    answers = content.get(ELIGIBILITY, {})
    return lines + [
        (gettext(each.text), _answer(name, answers[name]), "")
        for name, each in BY_NAME.items()
        if name in answers
    ]


def _answer(name: str, answer: str | None) -> str:
    if not answer or name not in BY_NAME:
        return "—"
    return gettext(BY_NAME[name].word(answer))


def basics(content: Values) -> list[tuple[str, str, str]]:
    """Personal information; numbers stay masked, the form shows them where they are needed (D02)."""
    person = content["person"]
    account = [(gettext(label), _plain(name, person[name]), name) for name, label in ACCOUNT_LABELS.items()]
    own = [
        (gettext(each.label), text_of(each, person.get(each.name)), each.name) for each in fields_of(Person)
    ]
    return account + own


def blocks(content: Values) -> list[Block]:
    """The 13 sections in the form's order."""
    layout = layout_in(content)
    return [
        _block(model, layout.of(model), content["sections"].get(model.section.slug, [])) for model in SECTIONS
    ]


def _table_no(no: int) -> str:
    """A table as the official form counts it; in figures where that is not read."""
    return NUMERALS[no - 1] if get_locale().language == "zh" else str(no)


def _block(model: type, fields: Sequence[Field], records: Sequence[Values]) -> Block:
    section = model.section  # type: ignore[attr-defined]
    short = [each for each in fields if not each.is_long]
    long = [each for each in fields if each.is_long]
    return Block(
        section.slug,
        gettext(section.title),
        _table_no(section.table),
        tuple(gettext(each.label) for each in short),
        tuple(
            Record(
                record["id"],
                anchor_of(section.slug, record["id"]),
                tuple(_cell(each, record) for each in short),
                tuple(_cell(each, record) for each in long),
            )
            for record in records
        ),
    )


def _cell(declared: Field, record: Values) -> Cell:
    return Cell(
        gettext(declared.label),
        text_of(declared, record.get(declared.name)),
        is_word=declared.type is date or bool(declared.choices),
    )


def files(content: Values, requirements: dict[int, AttachmentRequirement]) -> list[File]:
    """The snapshot's attachments, each with what it proves."""
    return [_file(content, each, requirements) for each in content["attachments"]]


def _file(content: Values, use: Values, requirements: dict[int, AttachmentRequirement]) -> File:
    asked = requirements.get(use["requirement"])
    section, record = use["section"], use["record"]
    is_proof = section in SECTION_OF
    place = section if is_proof and record is not None else PERSON if section == PHOTO else ATTACHMENTS
    return File(
        use["id"],
        use["name"],
        use["mime"].startswith("image/"),
        _purpose(content, use, requirements),
        anchor_of(section, record)
        if is_proof and record is not None
        else section
        if is_proof
        else ATTACHMENTS,
        Place(place, record if place == section else asked.id if asked else None),
    )


def _purpose(content: Values, use: Values, requirements: dict[int, AttachmentRequirement]) -> str:
    if use["requirement"] is not None:
        asked = requirements.get(use["requirement"])
        return asked.name if asked else ""
    if use["section"] == PHOTO:
        return gettext("照片")
    if use["section"] == ELIGIBILITY:
        return gettext(list(Evidence)[use["record"] - 1].label)
    if use["section"] not in SECTION_OF:
        return ""
    title = gettext(SECTION_OF[use["section"]].section.title)
    ids = [record["id"] for record in content["sections"].get(use["section"], [])]
    if use["record"] not in ids:
        return title
    return gettext("%(section)s › 第 %(n)s 条", section=title, n=ids.index(use["record"]) + 1)


def differences(
    changes: Sequence[Change],
    old: Values,
    new: Values,
    requirements: dict[int, AttachmentRequirement],
    answers: Callable[[Change], bool],
) -> list[Difference]:
    """Changes in the words of the newer submission; those of a record lead to it."""
    layout = layout_in(new)
    found = []
    for change in changes:
        difference = _difference(change, layout)
        if change.place == ATTACHMENTS:
            pair = (
                _file(old, change.before, requirements) if change.before else None,
                _file(new, change.after, requirements) if change.after else None,
            )
            known = pair[1] or pair[0]
            where = " › ".join(filter(None, (gettext("附件"), known.purpose if known else "")))
            difference = replace(difference, where=where, files=pair)
        found.append(replace(difference, answers=answers(change)))
    return found


def _difference(change: Change, layout: Layout) -> Difference:
    if change.place == COVER:
        name = change.field or ""
        label = gettext(COVER_LABELS[name])
        return Difference(
            gettext("封面 › %(field)s", field=label),
            COVER,
            _plain(name, change.before),
            _plain(name, change.after),
        )
    if change.place == ELIGIBILITY:
        name = change.field or ""
        what = gettext(BY_NAME[name].text) if name in BY_NAME else name
        where = gettext("申报资格自查 › %(question)s", question=what)
        return Difference(where, COVER, _answer(name, change.before), _answer(name, change.after))
    if change.place == ATTACHMENTS:
        return Difference(gettext("附件"), ATTACHMENTS, *_names(change))
    if change.place == PERSON:
        return _field_difference(fields_of(Person), gettext("个人信息"), PERSON, change)
    model = SECTION_OF[change.place]
    fields = layout.of(model)
    title = gettext(model.section.title)
    if change.field == ORDER:
        return Difference(gettext("%(section)s › 顺序", section=title), change.place, "", gettext("已调整"))
    where = gettext("%(section)s › 第 %(n)s 条", section=title, n=change.position)
    if change.field is None:
        present = change.after is not None
        anchor = anchor_of(change.place, change.record) if present else change.place
        return Difference(where, anchor, _line(fields, change.before), _line(fields, change.after))
    return _field_difference(fields, where, anchor_of(change.place, change.record), change)


def _field_difference(fields: Sequence[Field], where: str, anchor: str, change: Change) -> Difference:
    declared = next((each for each in fields if each.name == change.field), None)
    if declared is None:
        label = {**ACCOUNT_LABELS, "level": COVER_LABELS["level"]}[change.field or ""]
        before, after = (_plain(change.field, each) for each in (change.before, change.after))
    else:
        label = declared.label
        before, after = (text_of(declared, each) for each in (change.before, change.after))
    return Difference(
        gettext("%(where)s › %(field)s", where=where, field=gettext(label)), anchor, before, after
    )


def _plain(name: str | None, value: Any) -> str:
    """What a snapshot holds beside the declared fields: the cover, the account, a held title's level."""
    shown = SHOWN.get(name or "", str)
    return shown(value) if value else "—"


def _line(fields: Sequence[Field], record: Values | None) -> str:
    if record is None:
        return ""
    return gettext("，").join(
        text_of(each, record[each.name]) for each in fields if record.get(each.name) not in (None, "")
    )


def _names(change: Change) -> tuple[str, str]:
    return tuple(each["name"] if each else "" for each in (change.before, change.after))  # type: ignore[return-value]


def anchor_of(place: str, record: int | None) -> str:
    return f"{place}-{record}"
