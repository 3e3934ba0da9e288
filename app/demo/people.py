"""Invented applicants: they sign up, choose a unit, fill the dossier and upload pictures."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app

from ..accounts.registration import sign_up_person
from ..dossier import crops, files, images, portraits, storage
from ..dossier.completeness import current_requirements
from ..dossier.operations import add_record, choose_unit, save_person
from ..dossier.trees import find_leaf
from ..dossier.uploads import limits, quota
from ..extensions import db
from ..models import Attachment, Person, Unit, fields_of
from . import PASSWORD, numbers, pictures
from .dossiers import Records, Values

FIRST_BORN = date(1994, 3, 23)
FIRST_MOBILE = 100


def sign_up(n: int, username: str, name: str, at: datetime) -> Person:
    """The n-th applicant's account, under a name that one can remember."""
    user = sign_up_person(
        name=name,
        id_number=numbers.id_number(FIRST_BORN - timedelta(days=n)),
        mobile=numbers.mobile(FIRST_MOBILE + n),
        password=PASSWORD,
        at=at,
    )
    user.username, user.email = username, f"{username}@local.invalid"
    db.session.flush()
    return db.session.get_one(Person, user.id)


def fill(person: Person, unit: Unit, own: Values, records: Records, *, at: datetime) -> None:
    """Fill the dossier; its files prove what has to be proved. The photo is a step of its own."""
    choose_unit(person, unit, by=person.account, at=at)
    save_person(person, _with_leaves(Person, own), seen=person.version)
    stored = [
        add_record(person, model, _with_leaves(model, values)) for model, rows in records for values in rows
    ]
    scan = _upload_scan(person, "演示证明材料", at)
    for record in stored:
        if record.section.attachment_required:
            files.link_file(person, scan, record)


def upload_photo(person: Person, n: int, at: datetime) -> None:
    picture = portraits.original("照片.png", pictures.portrait(n), limits())
    crop = crops.middle(portraits.size_of(picture.content))
    photo = portraits.cut(picture.name, picture.content, crop)
    kept, original = (files.Kept(each, _stored(each)) for each in (photo, picture))
    files.set_photo(person, kept, original, str(crop), limit=quota(), at=at)


def _upload_scan(person: Person, title: str, at: datetime) -> Attachment:
    """One drawn page that answers every requirement of the checklist."""
    content = pictures.paper(title, person.account.first_name)
    picture = images.scan(f"{title}.png", content, limits())
    first, *others = (each.requirement for each in current_requirements(None))
    attachment = files.add_file(person, picture, _stored(picture), first, limit=quota(), at=at)
    for requirement in others:
        files.link_file(person, attachment, requirement)
    return attachment


def _stored(picture: images.Picture) -> str:
    return storage.store(current_app.config["PRIVATE_ROOT"], picture.content)


def _with_leaves(model: type, values: Values) -> Values:
    """The values with paths of catalogues as the ids of their leaves."""
    trees = {each.name: each.tree for each in fields_of(model) if each.tree}
    return {name: _leaf_id(trees[name], value) if name in trees else value for name, value in values.items()}


def _leaf_id(tree: str, path: Any) -> int:
    leaf = find_leaf(tree, path).leaf
    assert leaf, path
    return leaf.id
