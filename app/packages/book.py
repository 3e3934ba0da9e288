"""The committee's book: contents, then every form of a round, with a bookmark for each person."""

import io
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pypdf import PdfReader, PdfWriter

from ..errors import DomainError
from ..extensions import db
from ..form import fonts, kept
from ..form.lines import break_lines, printable
from ..form.pdf import press
from ..models import Application
from .refusals import NotWhole
from .wording import CONTENTS, CONTENTS_HEADS

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# Of a line of contents, in percent and in points; the sheet is 178 mm wide.
WIDTHS = (17, 15, 30, 28, 10)
SHEET, PADDING, SIZE = 178 * 72 / 25.4, 4, 9.5

_engine = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def book_of(title: str, rows: list[int], step: Callable[[], None]) -> bytes:
    """The PDF. Raises NotWhole where a form cannot be had."""
    forms: list[tuple[tuple[str, ...], bytes, int]] = []
    for pk in rows:
        application = db.session.get_one(Application, pk)
        number = application.number
        line = (
            number,
            application.name,
            application.unit.name if application.unit else "",
            application.title.name if application.title else "",
        )
        try:
            pdf = kept.printed(application)
        except DomainError as refusal:
            raise NotWhole(number=number) from refusal
        forms.append((line, pdf, len(PdfReader(io.BytesIO(pdf)).pages)))
        db.session.rollback()
        step()
    return _bound(title, forms)


def _bound(title: str, forms: list[tuple[tuple[str, ...], bytes, int]]) -> bytes:
    # The number of its own pages moves everything that the contents name.
    ahead = 1
    for _turn in range(3):
        at, lines = ahead + 1, []
        for line, _pdf, pages in forms:
            lines.append((*line, str(at)))
            at += pages
        contents = _contents(title, lines)
        if (found := len(PdfReader(io.BytesIO(contents)).pages)) == ahead:
            break
        ahead = found
    writer = PdfWriter()
    writer.append(io.BytesIO(contents), outline_item=CONTENTS, import_outline=False)
    for line, pdf, _pages in forms:
        writer.append(io.BytesIO(pdf), outline_item=f"{line[1]} {line[0]}", import_outline=False)
    writer.add_metadata({"/Title": title})
    bound = io.BytesIO()
    writer.write(bound)
    return bound.getvalue()


def _contents(title: str, lines: list[tuple[str, ...]]) -> bytes:
    rows = [
        [
            (width, break_lines(printable(text), SHEET * width / 100 - 2 * PADDING, _measured))
            for width, text in zip(WIDTHS, line, strict=True)
        ]
        for line in lines
    ]
    fonts.refuse_unprintable(line for row in rows for _width, cell in row for line in cell)
    page = _engine.get_template("packages/contents.html").render(
        title=title, rows=rows, heads=zip(CONTENTS_HEADS, WIDTHS, strict=True)
    )
    return press(page, title=title, reference=title, name=title)


def _measured(text: str) -> float:
    return fonts.measure(text, SIZE)
