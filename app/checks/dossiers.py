"""Invariants of dossiers and their files."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from ..dossier.layout import described, layout_from
from ..dossier.shapes import problems
from ..extensions import db
from ..models import (
    SECTION_OF,
    SECTIONS,
    Application,
    Attachment,
    AttachmentUse,
    FormVersion,
    NothingToDeclare,
    Snapshot,
    fields_of,
)
from . import Invariant


def _file(key: str) -> Path:
    return Path(current_app.config["PRIVATE_ROOT"]) / key[:2] / key


def rows_without_a_file() -> Iterator[str]:
    for key, size in db.session.execute(select(Attachment.id, Attachment.size)):
        file = _file(key)
        if not file.is_file():
            yield f"attachment {key}: its file is gone"
        elif file.stat().st_size != size:
            yield f"attachment {key}: its file has {file.stat().st_size} bytes, not {size}"


def snapshots_without_their_files() -> Iterator[str]:
    known = set(db.session.scalars(select(Attachment.id)))
    for pk, content in db.session.execute(
        select(Snapshot.id, Snapshot.content).execution_options(yield_per=200)
    ):
        missing = [each["id"] for each in json.loads(content)["attachments"] if each["id"] not in known]
        if missing:
            yield f"snapshot {pk}: names {len(missing)} attachments that are gone"


def uses_of_others_files() -> Iterator[str]:
    query = (
        select(AttachmentUse.id)
        .join(Attachment, Attachment.id == AttachmentUse.attachment_id)
        .where(Attachment.owner_id != AttachmentUse.owner_id)
    )
    for pk in db.session.scalars(query):
        yield f"attachment use {pk}: the file belongs to somebody else"


def uses_of_missing_records() -> Iterator[str]:
    for slug, model in SECTION_OF.items():
        query = select(AttachmentUse.id).where(
            AttachmentUse.section_slug == slug,
            AttachmentUse.record_id.is_not(None),
            ~select(model.id)
            .where(model.id == AttachmentUse.record_id, model.owner_id == AttachmentUse.owner_id)
            .exists(),
        )
        for pk in db.session.scalars(query):
            yield f"attachment use {pk}: no such record in {slug}"


def answered_and_declared() -> Iterator[str]:
    for slug, model in SECTION_OF.items():
        query = select(NothingToDeclare.owner_id).where(
            NothingToDeclare.slug == slug,
            select(model.id).where(model.owner_id == NothingToDeclare.owner_id).exists(),
        )
        for owner in db.session.scalars(query):
            yield f"person {owner}: says nothing to declare in {slug} and declares"


def positions_shared() -> Iterator[str]:
    for model in SECTIONS:
        query = (
            select(model.owner_id, model.position, func.count())
            .group_by(model.owner_id, model.position)
            .having(func.count() > 1)
        )
        for owner, position, count in db.session.execute(query):
            yield f"person {owner}: {count} records of {model.section.slug} at place {position}"


def answers_to_unknown_sections() -> Iterator[str]:
    for slug, count in Counter(db.session.scalars(select(NothingToDeclare.slug))).items():
        if slug not in SECTION_OF:
            yield f"{count} answers to the unknown section {slug}"


def form_versions_beyond_the_rules() -> Iterator[str]:
    for pk, content in db.session.execute(
        select(FormVersion.id, FormVersion.content).order_by(FormVersion.id)
    ):
        for slug, fields in content.items():
            if slug not in SECTION_OF:
                yield f"form version {pk}: names the unknown section {slug}"
                continue
            try:
                declared = [described(each) for each in fields_of(SECTION_OF[slug])]
                for problem in problems(fields, declared):
                    yield f"form version {pk}: {slug}, {problem.name}: its {problem.key} is against the rules"
                layout_from({slug: fields})
            except (KeyError, TypeError) as error:
                yield f"form version {pk}: {slug} cannot be read ({type(error).__name__})"


def drafts_and_versions_confused() -> Iterator[str]:
    drafts = list(db.session.scalars(select(FormVersion.id).where(FormVersion.published_at.is_(None))))
    if len(drafts) > 1:
        yield f"form versions {drafts}: more than one draft"
    query = select(Application.id).join(FormVersion, FormVersion.id == Application.form_version_id)
    for pk in db.session.scalars(query.where(FormVersion.published_at.is_(None))):
        yield f"application {pk}: keeps to a form version that was never published"


INVARIANTS = (
    Invariant("Every attachment has its file, of its size", rows_without_a_file),
    Invariant("Every file that a snapshot names is kept", snapshots_without_their_files),
    Invariant("Nobody uses somebody else's file", uses_of_others_files),
    Invariant("Every use of a file names a record of its owner", uses_of_missing_records),
    Invariant("Nobody declares what he says he has not", answered_and_declared),
    Invariant("Records of a person and section have places of their own", positions_shared),
    Invariant("Answers are to sections that exist", answers_to_unknown_sections),
    Invariant("Form versions hold fields that the rules allow", form_versions_beyond_the_rules),
    Invariant(
        "There is one draft of the form at most, and no application keeps to it", drafts_and_versions_confused
    ),
)
