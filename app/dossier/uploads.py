"""From a posted form to stored files. One bad file does not stop the good ones beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app, request

from ..errors import DomainError, FileRefused
from ..extensions import db
from ..models import Attachment
from ..vocabulary import N_, Doubt
from . import storage
from .decoding import Decoder
from .files import Quota, doubts_of
from .images import Limits, Picture, document, scan
from .pages import explain

NO_PICTURE, NO_FILE = N_("选择要上传的图片"), N_("选择要上传的文件")


@dataclass(frozen=True)
class Outcome:
    """What became of one posted file: its row's name and doubts, or why it was not taken."""

    name: str = ""
    doubts: tuple[Doubt, ...] = ()
    refusal: str = ""


def limits() -> Limits:
    config = current_app.config
    return Limits(config["UPLOAD_BYTES"], config["UPLOAD_PIXELS"], config["PDF_PAGES"])


def quota() -> Quota:
    """What one person may keep."""
    return Quota(current_app.config["FILES_PER_PERSON"], current_app.config["BYTES_PER_PERSON"])


def how_many() -> int:
    """Files in this request: each counts against the person's hour."""
    return sum(bool(each.filename) for name in request.files for each in request.files.getlist(name))


def received(name: str, missing: str = NO_PICTURE) -> list[tuple[str, bytes]]:
    """Names and bytes of the posted files, one byte past the limit at most. FileRefused if there is none."""
    most = limits().bytes
    files = [each for each in request.files.getlist(name) if each.filename]
    if not files:
        raise FileRefused(missing)
    return [(each.filename or "", each.stream.read(most + 1)) for each in files]


def take_in(enter: Callable[[Picture, str], Attachment]) -> list[Outcome]:
    """Rebuild and store each posted file and let `enter` write its row; committed one by one.

    Outside of `enter` no transaction is open: decoding takes its time, and nobody else's writing
    waits for it.
    """
    try:
        files = received("files", NO_FILE)
    except FileRefused as error:
        return [Outcome(refusal=explain(error))]
    with Decoder() as decoder:
        return list(_each(files, enter, decoder))


def _each(
    files: list[tuple[str, bytes]], enter: Callable[[Picture, str], Attachment], decoder: Decoder
) -> Iterator[Outcome]:
    root = current_app.config["PRIVATE_ROOT"]
    for filename, content in files:
        db.session.rollback()
        key = ""
        try:
            picture = document(filename, content, limits(), decoder)
            key = storage.store(root, picture.content)
            attachment = enter(picture, key)
            outcome = Outcome(attachment.name, doubts_of(attachment))
            db.session.commit()
            yield outcome
        except DomainError as error:
            db.session.rollback()
            if key:
                storage.discard(root, key)
            yield Outcome(refusal=explain(error))


@contextmanager
def scans(name: str) -> Iterator[list[tuple[Picture, str]]]:
    """All posted images under their keys, for the block to enter and commit; if it fails they are gone again.

    Raises FileRefused where there is none, or one that cannot be read. Decoding takes its time, so no
    transaction is open meanwhile.
    """
    db.session.rollback()
    with Decoder() as decoder:
        pictures = [scan(filename, content, limits(), decoder) for filename, content in received(name)]
    root = current_app.config["PRIVATE_ROOT"]
    stored: list[tuple[Picture, str]] = []
    try:
        stored += ((each, storage.store(root, each.content)) for each in pictures)
        yield stored
    except BaseException:
        db.session.rollback()
        for _picture, key in stored:
            storage.discard(root, key)
        raise
