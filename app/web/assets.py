"""Scripts, styles and icons under names that follow their content, so that a browser asks for each once."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for
from markupsafe import Markup

SCRIPTS = "js/"
VERSIONED = re.compile(r"^js\.[0-9a-f]{12}/")


@lru_cache(maxsize=256)
def _digest(file: Path, _modified: float) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def asset(path: str) -> str:
    """The URL of a static file; its content's digest is part of it, so it may be cached for ever.

    A script's URL has the digest of all scripts as its folder, because it names the others beside it.
    """
    folder = _folder()
    if path.startswith(SCRIPTS):
        return url_for("static", filename=f"js.{scripts_digest(folder)}/{path.removeprefix(SCRIPTS)}")
    file = folder / path
    version = _digest(file, file.stat().st_mtime) if file.exists() else None
    return url_for("static", filename=path, v=version)


def scripts_digest(folder: Path) -> str:
    """Of all scripts together."""
    scripts = sorted((folder / SCRIPTS).glob("*.js"))
    return hashlib.sha256(
        "".join(_digest(each, each.stat().st_mtime) for each in scripts).encode()
    ).hexdigest()[:12]


def static_file(filename: str) -> Response:
    """A static file; a script by the name that asset() gave it, or gave it in an earlier release."""
    return current_app.send_static_file(VERSIONED.sub(SCRIPTS, filename))


def vendored(path: str) -> str:
    """The URL of a fetched script or style; empty where it is not installed, and the page does without."""
    place = f"vendor/{path}"
    return asset(place) if (_folder() / place).exists() else ""


def icon(name: str) -> Markup:
    """A symbol of the sprite; nothing where the sprite is not installed."""
    if not (_folder() / "vendor" / "icons.svg").exists():
        return Markup("")
    return Markup('<svg class="i" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        asset("vendor/icons.svg"), name
    )


def is_named_by_content() -> bool:
    """Whether this request names a static file so that the name changes with the file."""
    current = f"js.{scripts_digest(_folder())}/"
    return "v" in request.args or str((request.view_args or {}).get("filename", "")).startswith(current)


def _folder() -> Path:
    return Path(current_app.static_folder or "")


def register(app: Flask) -> None:
    app.view_functions["static"] = static_file
    app.jinja_env.globals.update(asset=asset, vendored=vendored, icon=icon)
