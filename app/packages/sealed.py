"""A sealed file of any size, piece by piece: written in one go, read as a stream (D01).

Each line is a sealed piece; its place holds its number, so that pieces of one or two files cannot be swapped.
"""

import base64
import hashlib
import io
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ..dossier import storage
from ..protection import Tampered, seal, unseal

PIECE = 768 * 1024
PLACE = "package.file"


class SealedWriter(io.RawIOBase):
    """Takes bytes in their order; `close()` makes the file whole. `sha256` and `size` are of what was written."""

    def __init__(self, root: Path, limit: int, beyond: Exception) -> None:
        super().__init__()
        self.key = secrets.token_hex(storage.KEY_BYTES)
        self.size, self._digest = 0, hashlib.sha256()
        self._limit, self._beyond, self._is_over = limit, beyond, False
        self._waiting, self._count = bytearray(), 0
        self._lines = storage.Writing(root, self.key)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        """Raises `beyond` once more than `limit` bytes were given; what is written after that is nothing."""
        given = bytes(content)
        if self._is_over:
            return len(given)
        self.size += len(given)
        if self.size > self._limit:
            self._is_over = True
            raise self._beyond
        self._digest.update(given)
        self._waiting += given
        while len(self._waiting) >= PIECE:
            self._seal(self._waiting[:PIECE])
            del self._waiting[:PIECE]
        return len(given)

    def keep(self) -> str:
        """The file is whole: its key."""
        self._seal(self._waiting)
        self._lines.keep()
        return self.key

    def give_up(self) -> None:
        self._lines.discard()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def _seal(self, piece: bytes | bytearray) -> None:
        text = base64.b64encode(piece).decode()
        self._lines.write(seal(text, f"{PLACE} {self.key} {self._count}").encode() + b"\n")
        self._count += 1


def read(root: Path, key: str, size: int) -> Iterator[bytes]:
    """The pieces in their order. FileNotFoundError before the first if it is gone; raises Tampered, also where they
    come to another size."""
    file = storage.opened(root, key)
    return _pieces(file, key, size)


def _pieces(file: BinaryIO, key: str, size: int) -> Iterator[bytes]:
    left = size
    with file:
        for n, line in enumerate(file):
            piece = base64.b64decode(unseal(line.decode().strip(), f"{PLACE} {key} {n}"))
            left -= len(piece)
            yield piece
    if left:
        raise Tampered(f"{PLACE} {key}")
