"""Bytes outside the web root, under names that only the server makes (C05, E07).

The file comes first: temporary name, fsync, rename. The row follows, and goes before its file does.
"""

import os
import secrets
from pathlib import Path

KEY_BYTES = 16


def store(root: Path, content: bytes) -> str:
    """Write the bytes and return their random key; the key's row may be written once this returns."""
    key = secrets.token_hex(KEY_BYTES)
    target = _place(root, key)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
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
