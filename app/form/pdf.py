"""The form as PDF: laid out here, drawn by worker.py, each document in a process of its own (C09)."""

import base64
import json
import logging
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from .. import confined
from ..errors import PhotoUnreadable, PrintBusy, PrintFailed
from . import fonts, qr
from .pages import PHOTO_PLACE, markup
from .paging import lay_out
from .sheets import Document
from .wording import FOLIO, SCAN
from .worker import UNREADABLE_PHOTO

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("worker.py")
MEMORY = 1024 * 1024 * 1024
# Of one core. The largest dossier seen (80,000 characters, 600 records) took 10.
SECONDS = 40
# How long a caller waits for a press; and, beyond those seconds, for a machine that has much else to do.
PATIENCE = 20
# While waiting for a press, its queue is told so often.
BEAT = 2
# Each takes one core and about 150 MB while it draws.
_presses = threading.BoundedSemaphore(2)


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Queue:
    """How long to wait for a press, and whom to tell: `waiting` every BEAT seconds, `begun` once."""

    patience: float = PATIENCE
    waiting: Callable[[], None] = _nothing
    begun: Callable[[], None] = _nothing


def render(
    document: Document, photo: bytes | None = None, queue: Queue | None = None, *, following: int = 0
) -> bytes:
    """The form as PDF with its fonts embedded, 第 x 页 共 y 页 and its reference on every page.

    Raises FontMissing, CannotPrint (characters named), PhotoUnreadable, PrintBusy, and PrintFailed when
    the engine warned, failed, passed its limits or came to another number of pages than the preview shows.
    It never returns a form that lacks something. Pages `following` it are counted: what is scanned is bound behind it.
    """
    paged = lay_out(document)
    return press(
        markup(paged, photo=photo is not None),
        pages=paged.count,
        following=following,
        photo=photo,
        title=f"{document.title} {document.number}".strip(),
        properties={
            "/Subject": f"{document.year} {document.reference}",
            "/Author": document.system,
            "/Keywords": document.number,
        },
        reference=document.reference,
        watermark=document.watermark,
        name=document.number,
        code=qr.dots(document.verify) if document.verify else [],
        queue=queue or Queue(),
    )


def press(
    drawn_from: str,
    *,
    title: str,
    reference: str,
    name: str,
    watermark: str = "",
    folio: str = FOLIO,
    photo: bytes | None = None,
    pages: int = 0,
    following: int = 0,
    properties: dict[str, str] | None = None,
    code: list[str] | None = None,
    queue: Queue | None = None,
) -> bytes:
    """Markup of ours to PDF, in a process of its own; raises as render() does. The log calls it `name`.

    With `pages` a PDF of another number of them is refused; pages `following` it are counted. `code` are the dots of a QR code for the cover.
    """
    order = {
        "folder": str(fonts.FOLDER),
        "regular": fonts.REGULAR,
        "bold": fonts.BOLD,
        "markup": drawn_from,
        "photo": base64.b64encode(photo).decode() if photo else "",
        "photo_place": PHOTO_PLACE,
        "properties": {"/Title": title, **(properties or {})},
        "reference": reference,
        "watermark": watermark,
        "folio": folio,
        "code": code or [],
        "code_says": SCAN,
        "pages": pages,
        "following": following,
        "memory": MEMORY,
        "seconds": SECONDS,
    }
    _take_a_press(queue or Queue())
    try:
        drawn = _run(order, name)
    finally:
        _presses.release()
    if drawn.returncode == UNREADABLE_PHOTO:
        raise PhotoUnreadable
    if drawn.returncode or not drawn.stdout.startswith(b"%PDF-"):
        log.error("drawing %s failed: %s", name, drawn.stderr.decode(errors="replace")[-2000:])
        raise PrintFailed(number=name)
    return drawn.stdout


def _take_a_press(queue: Queue) -> None:
    end = monotonic() + queue.patience
    while not _presses.acquire(timeout=max(0, min(BEAT, end - monotonic()))):
        if monotonic() >= end:
            raise PrintBusy
        queue.waiting()
    try:
        queue.begun()
    except BaseException:
        _presses.release()
        raise


def _run(order: dict[str, Any], name: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            confined.command(WORKER),
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=PATIENCE + SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        log.error("%s was not drawn in %s seconds", name, PATIENCE + SECONDS)
        raise PrintFailed(number=name) from None
