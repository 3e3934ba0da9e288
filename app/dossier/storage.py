"""Bytes outside the web root, under names that only the server makes (C05, E07).

The file comes first: temporary name, fsync, rename. The row follows, and goes before its file does.
"""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

KEY_BYTES = 16
UNFINISHED = ".part"


def store(root: Path, content: bytes) -> str:
    """Write the bytes and return their random key; the key's row may be written once this returns."""
    writing = Writing(root, secrets.token_hex(KEY_BYTES))
    try:
        writing.write(content)
        writing.keep()
    except OSError:
        writing.discard()
        raise
    return writing.key


class Writing:
    """A file that is written bit by bit: there only once keep() returns."""

    def __init__(self, root: Path, key: str) -> None:
        self.key = key
        self._target = _place(root, key)
        self._target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._unfinished = self._target.with_suffix(UNFINISHED)
        self._file = open(self._unfinished, "xb", opener=_private)  # noqa: SIM115  open until keep()

    def write(self, content: bytes) -> None:
        self._file.write(content)

    def keep(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.rename(self._target)
        _sync_folder(self._target.parent)

    def discard(self) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)


def opened(root: Path, key: str) -> BinaryIO:
    """A stored file to be read bit by bit; FileNotFoundError if it is gone."""
    return open(_place(root, key), "rb")


def read(root: Path, key: str) -> bytes:
    """The bytes of a stored file; FileNotFoundError if they are gone."""
    return _place(root, key).read_bytes()


def discard(root: Path, key: str) -> None:
    """Remove a file whose row is gone; it may be gone already."""
    _place(root, key).unlink(missing_ok=True)


def keys(root: Path) -> Iterator[tuple[str, Path, datetime]]:
    """Every file below the root, with when it was last written; the key is empty of what store() left unfinished.

    What is neither is not ours, and is not listed.
    """
    for path in sorted(root.glob("??/*")):
        is_unfinished = path.suffix == UNFINISHED and is_key(path.stem)
        if path.is_file() and (is_key(path.name) or is_unfinished):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield ("" if is_unfinished else path.name), path, written


def is_key(text: str) -> bool:
    """Whether the text could be a key that store() made."""
    return len(text) == KEY_BYTES * 2 and set(text) <= set("0123456789abcdef")


def _place(root: Path, key: str) -> Path:
    if not is_key(key):
        raise FileNotFoundError(key)
    return root / key[:2] / key


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
