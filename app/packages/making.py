"""From a package's row to its file: the zip of one or many applications, or the committee's book."""

import hashlib
import zipfile
from collections.abc import Callable
from typing import Any

from flask_appbuilder.security.sqla.models import User

from ..extensions import db
from ..models import Application, Package
from ..policy import Standing, standing_of
from ..vocabulary import PackageKind
from .book import book_of
from .contents import Entry, entries_of, listed, safe
from .sealed import SealedWriter

EPOCH = (1980, 1, 1, 0, 0, 0)
Step = Callable[[], None]


def write(package: Package, into: SealedWriter, step: Step) -> None:
    """Write the whole file; `step` is called after each application. Raises what is refused."""
    kind, rows, name = package.kind, list(package.rows), package.name
    if kind is PackageKind.BOOK:
        into.write(book_of(name, rows, step))
        return
    packed = _Zip(into)
    who = standing_of(db.session.get_one(User, package.owner_id))
    try:
        _pack(packed, kind, rows, who, step)
        packed.finish({"name": name, "applications": len(rows)})
    finally:
        packed.file.close()


def _pack(packed: "_Zip", kind: PackageKind, rows: list[int], who: Standing, step: Step) -> None:
    for pk in rows:
        application = db.session.get_one(Application, pk)
        folder = "" if kind is PackageKind.OWN else f"{application.number}_{safe(application.name)}/"
        for entry in entries_of(application, who, with_data=kind is PackageKind.OWN):
            packed.add(folder, entry)
        db.session.rollback()
        step()


class _Zip:
    def __init__(self, into: SealedWriter) -> None:
        self.file = zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED)  # type: ignore[type-var]
        self.entries: list[tuple[str, int, str]] = []
        self.lost: list[str] = []
        self.withheld: list[str] = []

    def add(self, folder: str, entry: Entry) -> None:
        name = folder + entry.name
        if entry.lost or entry.withheld:
            (self.withheld if entry.withheld else self.lost).append(name)
            return
        # Pictures and PDFs are packed already.
        method = zipfile.ZIP_STORED if name.endswith((".pdf", ".jpg", ".png")) else zipfile.ZIP_DEFLATED
        self.file.writestr(zipfile.ZipInfo(name, EPOCH), entry.content, method)
        self.entries.append((name, len(entry.content), hashlib.sha256(entry.content).hexdigest()))

    def finish(self, about: dict[str, Any]) -> None:
        for entry in listed(self.entries, self.lost, self.withheld, about):
            self.file.writestr(zipfile.ZipInfo(entry.name, EPOCH), entry.content, zipfile.ZIP_DEFLATED)
