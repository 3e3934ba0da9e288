"""The whole dossier as the applicant reads it before handing it in (APP-05)."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..dossier.display import Paths, paths_for, shown
from ..dossier.layout import DECLARED, Layout, value_of
from ..dossier.pages import own_layout
from ..dossier.records import records_of
from ..extensions import db
from ..models import AttachmentUse, Person, SectionRow
from ..web.masking import own_id_number, own_mobile

Line = tuple[str, str]


@dataclass(frozen=True)
class Block:
    """A section: its records, each as labels and values, and where to change them."""

    title: str
    url: str
    records: list[list[Line]]


def own_lines(person: Person) -> list[Line]:
    account = person.account
    return [
        (_("姓名"), account.first_name),
        (_("身份证号"), own_id_number(account.id_number)),
        (_("工作单位"), person.unit.name if person.unit else ""),
        *_lines(person, paths_for([person]), DECLARED),
    ]


def blocks_of(person: Person, back: str) -> list[Block]:
    """The 13 sections in the order of the form; `back` is the page that changing one leads back to."""
    records = records_of(person)
    paths, layout = paths_for([row for rows in records.values() for row in rows]), own_layout()
    return [
        Block(
            _(model.section.title),
            url_for("SectionView.list", slug=model.section.slug, back=back),
            [_lines(row, paths, layout) for row in rows],
        )
        for model, rows in records.items()
    ]


def files_of(person: Person) -> list[AttachmentUse]:
    return list(
        db.session.scalars(
            select(AttachmentUse)
            .where(AttachmentUse.owner_id == person.id)
            .options(joinedload(AttachmentUse.attachment), joinedload(AttachmentUse.requirement))
            .order_by(AttachmentUse.id)
        )
    )


def _lines(row: Person | SectionRow, paths: Paths, layout: Layout) -> list[Line]:
    return [
        (_(declared.label), own_mobile(text) if declared.name == "contact_mobile" else text)
        for declared in layout.of(type(row))
        for text in (shown(declared, value_of(row, declared), paths),)
    ]
