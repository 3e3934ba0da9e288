"""A guide as PDF, drawn by the form's worker, and kept under the digest of what it was drawn from (SUP-02)."""

import base64
import hashlib
import logging
import os
import tempfile
import threading
from pathlib import Path

from flask import current_app
from PIL import Image

from ..errors import PrintBusy, PrintFailed
from ..form import fonts
from ..form.lines import break_lines, printable
from ..form.pdf import press
from ..form.wording import FOLIO
from .refusals import GuideBusy, GuideNotPrinted
from .text import Guide, Picture

log = logging.getLogger(__name__)

MM = 72 / 25.4
SHEET = 178 * MM
SIZE = 10.5
NUMBER = 7  # percent of the sheet, before a step
PADDING = 3.0
READABLE = 0o644
PICTURE_WIDTH, TALLEST = 150, 200  # millimetres
FOLIOS = {"zh": FOLIO, "en": "Page {page} of {pages}"}
# One drawing at a time: a visitor who asks for it does not take the presses from the forms.
_press = threading.Lock()


def pdf_of(guide: Guide) -> bytes:
    """The PDF, drawn only if it has not been drawn from the same text and pictures before.

    Raises GuideBusy while another is being drawn, GuideNotPrinted when the engine failed, FontMissing.
    """
    drawn_from = markup_of(guide)
    place = place_of(guide, drawn_from)
    if place.is_file():
        return place.read_bytes()
    if not _press.acquire(blocking=False):
        raise GuideBusy
    try:
        fonts.refuse_unprintable([drawn_from])
        pdf = press(
            drawn_from,
            title=guide.title,
            reference=reference_of(guide, drawn_from),
            name=guide.name,
            folio=FOLIOS[guide.language],
        )
    except PrintBusy:
        raise GuideBusy from None
    except PrintFailed:
        raise GuideNotPrinted from None
    finally:
        _press.release()
    _keep(pdf, place)
    return pdf


def digest_of(drawn_from: str) -> str:
    return hashlib.sha256(drawn_from.encode()).hexdigest()[:12]


def reference_of(guide: Guide, drawn_from: str) -> str:
    """What stands at the foot of every page: whoever calls with a printed page can say which one."""
    return f"{guide.title} · {digest_of(drawn_from)}"


def place_of(guide: Guide, drawn_from: str) -> Path:
    folder = Path(current_app.config["GUIDES_ROOT"])
    return folder / f"{guide.name}-{guide.language}-{digest_of(drawn_from)}.pdf"


def _keep(pdf: bytes, place: Path) -> None:
    """Whole or not at all; what was drawn from an older text goes. Where nothing can be written it is drawn each time."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
            file.write(pdf)
        os.chmod(file.name, READABLE)  # by the workers, whoever drew it
        os.replace(file.name, place)
        for older in place.parent.glob(f"{place.stem.rpartition('-')[0]}-*.pdf"):
            if older != place:
                older.unlink(missing_ok=True)
    except OSError as error:
        log.warning("the PDF of the guide %s was not kept: %s", place.stem, error)


def markup_of(guide: Guide) -> str:
    """What the engine draws: every line broken here, as the form's are, and the pictures in it."""
    template = current_app.jinja_env.get_template("guides/print.html")
    return template.render(guide=guide, lines=_lines, indented=_indented, drawing=drawing_of)


def _lines(text: str, size: float = SIZE) -> list[str]:
    return _broken(text, SHEET - 2 * PADDING, size)


def _indented(text: str) -> list[str]:
    return _broken(text, SHEET * (100 - NUMBER) / 100 - 2 * PADDING, SIZE)


def _broken(text: str, room: float, size: float) -> list[str]:
    return break_lines(printable(text), room, lambda unit: fonts.measure(unit, size))


def drawing_of(picture: Picture) -> dict[str, object] | None:
    """A picture for the sheet, its height to its width, as millimetres; none where it has not been taken."""
    file = Path(current_app.static_folder or "") / picture.file
    if not file.is_file():
        return None
    with Image.open(file) as opened:
        width, height = opened.size
    wide = min(PICTURE_WIDTH, TALLEST * width / height)
    return {
        "source": f"data:image/png;base64,{base64.b64encode(file.read_bytes()).decode()}",
        "width": f"{wide:.1f}mm",
        "height": f"{wide * height / width:.1f}mm",
    }
