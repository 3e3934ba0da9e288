"""Laid-out pages to the markup the engine draws: every line, height and page's end is given, nothing is left to it.

The engine cannot break Chinese, shrinks what is taller than a page and loses what is wider (pdf.md 1 to 6).
"""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .fonts import refuse_unprintable
from .lines import printable
from .paging import COVER_LABEL_WIDTH, COVER_VALUE_WIDTH, GAP, Paged, Piece
from .sheets import Document

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PHOTO_PLACE = 'src="@photo"'

_engine = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def markup(paged: Paged, *, photo: bool) -> str:
    """The whole document for the engine; raises CannotPrint for a character the font lacks.

    With `photo` its picture stands as PHOTO_PLACE, which no escaped text can contain.
    """
    refuse_unprintable(map(printable, texts(paged.document)))
    return _engine.get_template("form/print.html").render(
        paged=paged,
        document=paged.document,
        photo_place=Markup(PHOTO_PLACE) if photo else "",
        printable=printable,
        tenths=tenths,
        heights=sorted({tenths(piece) for piece in _pieces(paged)}),
        cover_widths=(COVER_LABEL_WIDTH, COVER_VALUE_WIDTH, 100 - COVER_LABEL_WIDTH - COVER_VALUE_WIDTH),
        gap=GAP,
    )


def texts(document: Document) -> Iterator[str]:
    """Every text on the sheets."""
    yield from (document.title, document.year, document.reference, *document.contents)
    for label, cell in document.cover:
        yield from (label, cell.text)
    for table in document.scanned:
        yield from (table.numeral, table.name)
    for table in document.tables:
        yield from (table.numeral, table.name)
        for block in table.blocks:
            yield block.caption
            yield from (cell.text for row in (*block.heads, *block.rows) for cell in row.cells)


def tenths(piece: Piece) -> int:
    """A row's height in tenths of a point, which names its class."""
    return round(piece.height * 10)


def _pieces(paged: Paged) -> Iterator[Piece]:
    for page in paged.pages:
        for grid in page:
            yield from (*grid.heads, *grid.pieces)
