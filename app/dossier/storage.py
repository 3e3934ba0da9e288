"""Bytes outside the web root, under names that only the server makes (C05, E07).

The file comes first: temporary name, fsync, rename. The row follows, and goes before its file does.
"""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

KEY_BYTES = 16
UNFINISHED = ".part"


def store(root: Path, content: bytes) -> str:
    """Write the bytes and return their random key; the key's row may be written once this returns."""
    key = secrets.token_hex(KEY_BYTES)
    target = _place(root, key)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_suffix(UNFINISHED)
    try:
        with open(unfinished, "xb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)
    return key


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
