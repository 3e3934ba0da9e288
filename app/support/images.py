"""Images that prove who is calling: rebuilt from pixels, stored, and taken back where their rows do not follow."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from ..dossier.uploads import scans
from .asked import Stored
from .refusals import TooManyImages
from .rules import MOST_IMAGES


@contextmanager
def taken_in(name: str = "images") -> Iterator[list[Stored]]:
    """The posted images under their keys, for the block to enter and commit; if it fails they are gone again.

    Raises FileRefused where there is none, or one that cannot be read; TooManyImages past the limit.
    """
    if len([each for each in request.files.getlist(name) if each.filename]) > MOST_IMAGES:
        raise TooManyImages(n=MOST_IMAGES)
    with scans(name) as stored:
        yield stored
