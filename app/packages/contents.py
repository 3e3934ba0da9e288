"""What an application leaves in a package: its form, its files by what they are, and a list with digests."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from .. import clock
from ..dossier import storage
from ..dossier.snapshot import content_of, verify
from ..errors import DomainError
from ..form import kept
from ..form.record import PRINTABLE, form_of, last_snapshot
from ..form.text import text_of
from ..models import Application, Attachment
from ..policy import Standing, visible_among
from .refusals import NotWhole
from .wording import DATA_FILE, FILES, FORM_FILE, LIST_FILE, SUMS_FILE, TEXT_FILE

# In characters for the eye, in bytes for the disk: no system takes a name of more than 255.
LONGEST, BYTES, END_BYTES = 80, 240, 10
# What Windows, a shell or another unpacker takes for something else.
RESERVED = re.compile(r'[\\/:*?"<>|]')


@dataclass(frozen=True)
class Entry:
    """A file of the package under its name there.

    Or the word that its bytes are gone or were altered, or that whoever asked may not see them.
    """

    name: str
    content: bytes
    lost: bool = False
    withheld: bool = False


def entries_of(application: Application, who: Standing, *, with_data: bool) -> Iterator[Entry]:
    """As submitted last. `with_data` adds the dossier as JSON with the person's numbers: for himself only.

    The PDF is there from the committee's pass on (X-04), the form as text always. Raises NotWhole.
    """
    snapshot = last_snapshot(application)
    if snapshot is None or not verify(snapshot):
        raise NotWhole(number=application.number)
    content = content_of(snapshot)
    if application.status in PRINTABLE:
        try:
            yield Entry(FORM_FILE, kept.printed(application))
        except DomainError as refusal:
            raise NotWhole(number=application.number) from refusal
    document = form_of(application, own=False, on=clock.today()).document
    yield Entry(TEXT_FILE, text_of(document).encode())
    yield from _files(content["attachments"], who)
    if with_data:
        yield Entry(DATA_FILE, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode())


def _files(attachments: list[dict[str, Any]], who: Standing) -> Iterator[Entry]:
    """Each file once, however often it is used, in the order of the dossier; scans are not for every reader (B09)."""
    root = Path(current_app.config["PRIVATE_ROOT"])
    once = {each["id"]: each for each in attachments}
    seen = visible_among(Attachment, once, who)
    for n, each in enumerate(once.values(), 1):
        name = f"{FILES}/{n:02d}_{safe(each['name'])}"
        if each["id"] not in seen:
            yield Entry(name, b"", withheld=True)
            continue
        try:
            stored = storage.read(root, each["id"])
        except FileNotFoundError:
            stored = b""
        yield Entry(name, stored, lost=hashlib.sha256(stored).hexdigest() != each["sha256"])


def safe(name: str) -> str:
    """A name that every system can unpack: no path, nothing invisible, at most LONGEST characters and BYTES before its end."""
    shown = "".join(
        each if unicodedata.category(each)[0] != "C" else "_" for each in unicodedata.normalize("NFC", name)
    )
    stem, dot, end = RESERVED.sub("_", shown).rpartition(".")
    if not dot or len(end.encode()) > END_BYTES:
        stem, end = f"{stem}{dot}{end}", ""
    stem = stem.strip(" .")[:LONGEST].encode()[:BYTES].decode(errors="ignore").strip(" .") or "_"
    return f"{stem}.{end.strip()}" if end.strip() else stem


def listed(
    entries: list[tuple[str, int, str]], lost: list[str], withheld: list[str], about: dict[str, Any]
) -> list[Entry]:
    """The two lists that close a package: for `sha256sum -c`, and for a program. `entries` are name, size, digest."""
    sums = "".join(f"{digest}  {name}\n" for name, _size, digest in entries)
    files = [{"name": name, "size": size, "sha256": digest} for name, size, digest in entries]
    found = {**about, "files": files, "lost": lost, "withheld": withheld}
    return [
        Entry(SUMS_FILE, sums.encode()),
        Entry(LIST_FILE, json.dumps(found, ensure_ascii=False, indent=1).encode()),
    ]
