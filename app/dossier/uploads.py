"""From a posted form to stored pictures. One bad file does not stop the good ones beside it."""

from collections.abc import Callable
from typing import Any

from flask import current_app, request

from ..errors import DomainError, FileRefused
from ..extensions import db
from ..vocabulary import N_
from . import storage
from .images import Limits, Picture, scan
from .pages import explain

NOTHING_CHOSEN = N_("选择要上传的图片")


def limits() -> Limits:
    return Limits(current_app.config["UPLOAD_BYTES"], current_app.config["UPLOAD_PIXELS"])


def received(name: str) -> list[tuple[str, bytes]]:
    """Names and bytes of the posted files, one byte past the limit at most. FileRefused if there is none."""
    most = limits().bytes
    files = [each for each in request.files.getlist(name) if each.filename]
    if not files:
        raise FileRefused(NOTHING_CHOSEN)
    return [(each.filename or "", each.stream.read(most + 1)) for each in files]


def take_in(enter: Callable[[Picture, str], Any]) -> tuple[int, list[str]]:
    """Rebuild and store each posted file and let `enter` write its row; committed one by one.

    Returns how many were taken and why the others were not. Outside of `enter` no transaction is
    open: decoding takes its time, and nobody else's writing waits for it.
    """
    root = current_app.config["PRIVATE_ROOT"]
    taken, refused = 0, []
    try:
        files = received("files")
    except FileRefused as error:
        return 0, [explain(error)]
    for filename, content in files:
        db.session.rollback()
        key = ""
        try:
            picture = scan(filename, content, limits())
            key = storage.store(root, picture.content)
            enter(picture, key)
            db.session.commit()
            taken += 1
        except DomainError as error:
            db.session.rollback()
            if key:
                storage.discard(root, key)
            refused.append(explain(error))
    return taken, refused
