"""The form as PDF: laid out here, drawn by worker.py, each document in a process of its own (C09)."""

import base64
import json
import logging
import subprocess
import threading
from pathlib import Path

from .. import confined
from ..errors import PhotoUnreadable, PrintBusy, PrintFailed
from . import fonts
from .pages import PHOTO_PLACE, markup
from .sheets import Document
from .wording import FOLIO
from .worker import UNREADABLE_PHOTO

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("worker.py")
MEMORY = 1024 * 1024 * 1024
# The largest dossier seen (80,000 characters, 600 records) took 10.
SECONDS = 40
PATIENCE = 20
# Each takes one core and about 150 MB while it draws.
_presses = threading.BoundedSemaphore(2)


def render(document: Document, photo: bytes | None = None) -> bytes:
    """The form as PDF with its fonts embedded, 第 x 页 共 y 页 and its reference on every page.

    Raises FontMissing, CannotPrint (characters named), PhotoUnreadable, PrintBusy, and PrintFailed when
    the engine warned, failed or passed its limits. It never returns a form that lacks something.
    """
    return press(
        markup(document, photo=photo is not None),
        photo=photo,
        title=f"{document.title} {document.number}".strip(),
        reference=document.reference,
        watermark=document.watermark,
        name=document.number,
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
    following: int = 0,
) -> bytes:
    """Markup of ours to PDF, in a process of its own; raises as render() does. The log calls it `name`; pages
    `following` it are counted."""
    order = {
        "folder": str(fonts.FOLDER),
        "regular": fonts.REGULAR,
        "bold": fonts.BOLD,
        "markup": drawn_from,
        "photo": base64.b64encode(photo).decode() if photo else "",
        "photo_place": PHOTO_PLACE,
        "title": title,
        "reference": reference,
        "watermark": watermark,
        "folio": folio,
        "following": following,
        "memory": MEMORY,
        "seconds": SECONDS,
    }
    if not _presses.acquire(timeout=PATIENCE):
        raise PrintBusy
    try:
        drawn = subprocess.run(
            confined.command(WORKER),
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        log.error("%s was not drawn in %s seconds", name, SECONDS)
        raise PrintFailed(number=name) from None
    finally:
        _presses.release()
    if drawn.returncode == UNREADABLE_PHOTO:
        raise PhotoUnreadable
    if drawn.returncode or not drawn.stdout.startswith(b"%PDF-"):
        log.error("drawing %s failed: %s", name, drawn.stderr.decode(errors="replace")[-2000:])
        raise PrintFailed(number=name)
    return drawn.stdout
