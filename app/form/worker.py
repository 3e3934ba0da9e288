"""The engine room: markup on standard input, PDF on standard output, in a process of its own (C09).

Started by confined.py, so it loads neither the application nor its settings. Its limits are set before
markup is looked at; from then on it opens no file but the fonts and the interpreter's own, and no socket.
Exit status 0: the PDF; 3: the photo cannot be read; anything else: the reason on standard error.
"""

import base64
import io
import json
import logging
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

UNREADABLE_PHOTO = 3
GREY = 0.45
FOOT = 12 * 72 / 25.4
SIDE = 16 * 72 / 25.4
CODE = 26 * 72 / 25.4
CODE_FOOT = 24 * 72 / 25.4


class Loss(Exception):
    """The engine reported something it could not draw as asked."""


class Complaints(logging.Handler):
    """Whatever the engine warns of is text in danger: collected, then raised."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def register_fonts(folder: Path, regular: str, bold: str) -> None:
    """One family for every element, its markers and its empty fragments (pdf.md 8, 9)."""
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics, ttfonts
    from xhtml2pdf import default

    ttfonts.makeToUnicodeCMap = to_unicode
    for name, file in (("song", regular), ("song-bold", bold)):
        pdfmetrics.registerFont(ttfonts.TTFont(name, str(folder / file)))
    for italic in (0, 1):
        addMapping("song", 0, italic, "song")
        addMapping("song", 1, italic, "song-bold")
    default.DEFAULT_FONT["song"] = "song"


def to_unicode(name: str, subset: list[int]) -> str:
    """Which character each glyph is. The engine's own table is wrong beyond U+FFFF: 𬭎 was not found."""
    entries = [
        f"<{at:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for at, code in enumerate(subset)
    ]
    groups = [entries[at : at + 100] for at in range(0, len(entries), 100)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *(line for group in groups for line in (f"{len(group)} beginbfchar", *group, "endbfchar")),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


def clean_photo(photo: bytes) -> bytes:
    """The pixels alone, as a new picture: nothing else that was in the file reaches the form."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = 25_000_000
    with Image.open(io.BytesIO(photo), formats=("JPEG", "PNG")) as opened:
        opened.load()
        upright = opened.convert("RGB")
        upright.thumbnail((780, 1134))
        clean = Image.new("RGB", upright.size)
        clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=92)
    return out.getvalue()


def draw(markup: str) -> bytes:
    """Lay the document out once. Raises Loss where the engine would have gone on without saying so."""
    from xhtml2pdf.config.resources import ResourceAccessPolicy
    from xhtml2pdf.document import pisaDocument

    complaints = Complaints()
    logging.getLogger("xhtml2pdf").addHandler(complaints)
    out = io.BytesIO()
    policy = ResourceAccessPolicy.server(None, allow_remote=False)
    context = pisaDocument(markup, out, resource_policy=policy, capacity=-1)
    if context.err or context.warn or complaints.lines:
        raise Loss("; ".join([*complaints.lines, *(str(line) for line in context.log)]))
    return out.getvalue()


def refuse_other_pages(pdf: bytes, expected: int) -> None:
    """The preview has shown so many; another number means that a row came out higher than it was laid out."""
    from pypdf import PdfReader

    found = len(PdfReader(io.BytesIO(pdf)).pages)
    if expected and found != expected:
        raise Loss(f"{found} pages where {expected} were laid out")


def stamp(pdf: bytes, order: dict[str, Any]) -> bytes:
    """Put the reference and the page's number on every page, take out fonts that draw nothing."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject
    from xhtml2pdf.builders.preflight import drop_idle_fonts

    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    marks = PdfReader(io.BytesIO(overlay(len(writer.pages), order)))
    for page, mark in zip(writer.pages, marks.pages, strict=True):
        page.merge_page(mark)
    drop_idle_fonts(writer)
    for page in writer.pages:
        page.compress_content_streams()
    writer.metadata = {NameObject(name): text for name, text in order["properties"].items()}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def overlay(pages: int, order: dict[str, Any]) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    width, height = A4
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, initialFontName="song")
    for page in range(1, pages + 1):
        canvas.setFont("song", 8.5)
        canvas.setFillGray(GREY)
        canvas.drawString(SIDE, FOOT, order["reference"])
        folio = order["folio"].format(page=page, pages=pages + order["following"])
        canvas.drawRightString(width - SIDE, FOOT, folio)
        if page == 1 and order["code"]:
            draw_code(canvas, width - SIDE - CODE, CODE_FOOT, order["code"], order["code_says"])
        if order["watermark"]:
            canvas.saveState()
            canvas.translate(width / 2, height / 2)
            canvas.rotate(math.degrees(math.atan2(height, width)))
            canvas.setFont("song-bold", 110)
            canvas.setFillGray(0, alpha=0.08)
            canvas.drawCentredString(0, -40, order["watermark"])
            canvas.restoreState()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def draw_code(canvas: Any, left: float, bottom: float, rows: list[str], says: str) -> None:
    """A QR code of given dots, and the word below it."""
    dot = CODE / len(rows)
    canvas.drawCentredString(left + CODE / 2, bottom - 9, says)
    canvas.setFillGray(0)
    for down, row in enumerate(rows):
        for across, is_black in enumerate(row):
            if is_black == "1":
                canvas.rect(left + across * dot, bottom + CODE - (down + 1) * dot, dot, dot, stroke=0, fill=1)


def main(limit: Callable[[int, int], None], lock_up: Callable[..., None]) -> int:
    order = json.load(sys.stdin)
    limit(order["memory"], order["seconds"])
    folder = Path(order["folder"])
    register_fonts(folder, order["regular"], order["bold"])
    lock_up(folder)
    markup = order["markup"]
    if order["photo"]:
        try:
            photo = clean_photo(base64.b64decode(order["photo"]))
        except Exception as unreadable:
            print(repr(unreadable), file=sys.stderr)
            return UNREADABLE_PHOTO
        source = f'src="data:image/jpeg;base64,{base64.b64encode(photo).decode()}"'
        markup = markup.replace(order["photo_place"], source)
    drawn = draw(markup)
    refuse_other_pages(drawn, order["pages"])
    sys.stdout.buffer.write(stamp(drawn, order))
    return 0
