"""What a person has typed on the pages before he is signed in, sealed in his cookie: nobody reads it there (D03)."""

import json
from typing import Any

from flask import session

from ..protection import Tampered, seal, unseal


def kept(name: str) -> dict[str, Any]:
    """What was kept under a name; nothing where it was altered or sealed under a key that is gone."""
    try:
        found: dict[str, Any] = json.loads(unseal(session[name], _place(name)))
    except (KeyError, TypeError, AttributeError, Tampered):
        return {}
    return found


def keep(name: str, values: dict[str, Any]) -> None:
    session[name] = seal(json.dumps(values, ensure_ascii=False), _place(name))


def forget(name: str) -> None:
    session.pop(name, None)


def _place(name: str) -> str:
    return f"session.{name}"
