"""Identity data at rest: sealed in its column, found by a keyed index, readable only with keys kept elsewhere (D01).

A sealed value is AES-256-GCM under a key of the ring, bound to its table and column. Equality works on
a keyed digest in the companion column `<name>_index`, which is also compared when a row is loaded: a
ciphertext moved to another row is refused. Rotation adds a key in front and rewrites rows; the index
key stays, because an index under two keys finds nothing.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import Column, ColumnElement, String, event
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from config import parse_keys

NONCE, TAIL = 12, 6
INDEX_LENGTH = 43


class Tampered(RuntimeError):
    """A sealed value is not what was sealed there: moved, altered, or under a key that is gone."""


@dataclass(frozen=True)
class Keyring:
    """Sealing keys by name, the current one first; the key of indexes; the key of the audit chain."""

    sealing: dict[str, bytes]
    index: bytes
    audit: bytes

    @property
    def current(self) -> str:
        return next(iter(self.sealing))


def keyring_of(identity: str, index: str, audit: str) -> Keyring:
    """The ring of the settings IDENTITY_KEYS, INDEX_KEY and AUDIT_KEY."""
    (index_key,) = parse_keys(f"index:{index}").values()
    (audit_key,) = parse_keys(f"audit:{audit}").values()
    return Keyring(parse_keys(identity), index_key, audit_key)


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def keyring() -> Keyring:
    found: Keyring = current_app.extensions["keyring"]
    return found


def seal(value: str, place: str) -> str:
    """The value as stored at `place` (`table.column`); every call gives another text."""
    ring = keyring()
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(ring.sealing[ring.current]).encrypt(nonce, value.encode(), place.encode())
    return f"{ring.current}.{base64.b64encode(nonce + sealed).decode()}"


def unseal(stored: str, place: str) -> str:
    """What was sealed at `place`. Raises Tampered."""
    name, _, encoded = stored.partition(".")
    try:
        raw = base64.b64decode(encoded, validate=True)
        return AESGCM(keyring().sealing[name]).decrypt(raw[:NONCE], raw[NONCE:], place.encode()).decode()
    except KeyError:
        is_sealed = name.isalnum() and encoded
        raise Tampered(f"{place}: {f'no key {name!r}' if is_sealed else 'not sealed'}") from None
    except (ValueError, InvalidTag):
        raise Tampered(place) from None


def index_of(value: str) -> str:
    """The keyed digest by which an equal value is found."""
    return _keyed(value)


def tail_index_of(value: str) -> str:
    """The keyed digest of the last six characters, for whoever knows only those."""
    return _keyed(f"tail:{value[-TAIL:]}")


def _keyed(text: str) -> str:
    digest = hmac.new(keyring().index, text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Sealed(TypeDecorator[str]):
    """Text sealed in the database, plain in Python. `column == "value"` asks the companion index."""

    impl = String
    cache_ok = True

    def __init__(self, place: str, plain_length: int = 30) -> None:
        # base64 of nonce, text of up to four bytes a character, and tag, behind the key's name
        super().__init__(24 + 4 * ((NONCE + 16 + 4 * plain_length + 2) // 3))
        self.place, self.plain_length = place, plain_length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value, self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unseal(value, self.place)

    class comparator_factory(TypeDecorator.Comparator[str]):
        def __eq__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
            if other is None:
                return self.expr.is_(None)
            assert isinstance(other, str), "a sealed column is compared with one text only"
            column: ColumnElement[str] = self.expr.table.c[f"{self.expr.name}_index"]
            return column == index_of(other)

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            if op.__name__ in {"is_", "is_not"}:
                return super().operate(op, *other, **kwargs)
            raise TypeError(f"a sealed column knows equality only, not {op.__name__}")

        __hash__ = None  # type: ignore[assignment]


class Indexed(TypeDecorator[str]):
    """Only the keyed digest of what is compared is stored; it cannot be read back."""

    impl = String(INDEX_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else index_of(value)


def index_column(unique: bool = False) -> "Column[str]":
    return Column(String(INDEX_LENGTH), unique=unique, index=True)


def keep_index(model: type, name: str, *, tail: bool = False) -> None:
    """Fill the companion columns of `name` whenever it is set, and compare them whenever a row is loaded."""

    def remember(row: Any, value: str | None, _old: object, _initiator: object) -> None:
        setattr(row, f"{name}_index", index_of(value) if value else None)
        if tail:
            setattr(row, f"{name}_tail", tail_index_of(value) if value else None)

    def compare(row: Any, *_context: object) -> None:
        state = row.__dict__
        if name not in state or f"{name}_index" not in state:
            return
        value, stored = state[name], state[f"{name}_index"]
        if (index_of(value) if value else None) != stored:
            raise Tampered(f"{model.__name__}.{name}")

    event.listen(getattr(model, name), "set", remember)
    event.listen(model, "load", compare)
    event.listen(model, "refresh", compare)
