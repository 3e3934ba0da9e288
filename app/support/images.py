"""Images that prove who is calling: rebuilt from pixels, stored, and taken back where their rows do not follow."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, request

from ..dossier import storage
from ..dossier.decoding import Decoder
from ..dossier.images import scan
from ..dossier.uploads import limits, received
from ..extensions import db
from .asked import Stored
from .refusals import TooManyImages
from .rules import MOST_IMAGES


@contextmanager
def taken_in(name: str = "images") -> Iterator[list[Stored]]:
    """The posted images under their keys, for the block to enter and commit; if it fails they are gone again.

    Raises FileRefused where there is none, or one that cannot be read; TooManyImages past the limit.
    Decoding takes its time, so no transaction is open meanwhile.
    """
    db.session.rollback()
    if len([each for each in request.files.getlist(name) if each.filename]) > MOST_IMAGES:
        raise TooManyImages(n=MOST_IMAGES)
    with Decoder() as decoder:
        pictures = [scan(filename, content, limits(), decoder) for filename, content in received(name)]
    root = current_app.config["PRIVATE_ROOT"]
    stored: list[Stored] = []
    try:
        stored += ((each, storage.store(root, each.content)) for each in pictures)
        yield stored
    except BaseException:
        db.session.rollback()
        for _picture, key in stored:
            storage.discard(root, key)
        raise
