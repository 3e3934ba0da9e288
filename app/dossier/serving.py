"""The only road by which a file's bytes leave, and the limit on how many come in (B09, C04, C05)."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, abort, current_app, send_file

from .. import clock
from ..audit import record_apart
from ..models import Attachment
from ..policy import get_or_404
from ..web.request import who
from . import storage
from .images import Picture
from .uploads import how_many

FILE_POLICY = "sandbox; default-src 'none'"


def attachment_or_404(key: str) -> Attachment:
    """The file if one may see it; what is no key is not there, whatever it holds."""
    found: Attachment = get_or_404(Attachment, key, who()) if storage.is_key(key) else abort(404)
    return found


def content_of(attachment: Attachment) -> bytes:
    """The stored bytes; not found where they are gone."""
    try:
        return storage.read(current_app.config["PRIVATE_ROOT"], attachment.id)
    except FileNotFoundError:
        abort(404)


def send(attachment: Attachment, shot: Picture | None = None) -> Response:
    """The bytes, or a picture made of them. That somebody else's file was looked at is recorded (D09)."""
    key, is_own = attachment.id, attachment.owner_id == who().user_id
    content, mime, name = (
        (shot.content, shot.mime, shot.name)
        if shot
        else (content_of(attachment), attachment.mime, attachment.name)
    )
    answer = send_file(io.BytesIO(content), mimetype=mime, download_name=name)
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    if not is_own:
        record_apart("view_scan", at=clock.now(), object_type="Attachment", object_id=key)
    return answer


def limit_uploads(blueprint: Blueprint, appbuilder: Any) -> Blueprint:
    """So many files of one person an hour, one by one or many at once."""
    appbuilder.sm.limiter.limit(
        current_app.config["UPLOAD_LIMIT"], key_func=_whose, cost=how_many, methods=["POST"]
    )(blueprint)
    return blueprint


def _whose() -> str:
    return f"files of {who().user_id}"
