"""Sheets to the markup the engine draws: every line broken here, long rows cut so that they can leave a page.

The engine cannot break Chinese, shrinks what is taller than a page and loses what is wider
(pdf.md 1 to 6), so it gets lines that fit and rows of a few lines each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .fonts import measure, refuse_unprintable
from .lines import break_lines, printable
from .sheets import Block, Cell, Document, Row

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
MM = 72 / 25.4
SHEET_WIDTH = 178 * MM
PADDING = 4.5
SIZE, LEADING = 10, 15
COVER_SIZE, COVER_VALUE_WIDTH = 15, 70
ROW_LINES = 12
PIECE_LINES = 6
PHOTO_PLACE = 'src="@photo"'

_engine = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Piece:
    """A row as drawn. Pieces of one row have no line between them."""

    cells: tuple[dict[str, Any], ...]
    height: int
    continues: bool
    continued: bool


def markup(document: Document, *, photo: bool) -> str:
    """The whole document for the engine; raises CannotPrint for a character the font lacks.

    With `photo` its picture stands as PHOTO_PLACE, which no escaped text can contain.
    """
    refuse_unprintable(map(printable, texts(document)))
    return _engine.get_template("form/print.html").render(
        document=document,
        photo_place=Markup(PHOTO_PLACE) if photo else "",
        pieces=_pieces,
        cover_lines=_cover_lines,
        printable=printable,
        heights=_heights(document),
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


def _heights(document: Document) -> list[int]:
    blocks = [block for table in document.tables for block in table.blocks]
    return sorted({row.height for block in blocks for row in block.rows if row.height})


def _pieces(block: Block, rows: tuple[Row, ...]) -> Iterator[Piece]:
    for row in rows:
        columns, at = [], 0
        for cell in row.cells:
            width = sum(block.widths[at : at + cell.span])
            columns.append((cell, width, _lines(cell.text, width, SIZE)))
            at += cell.span
        yield from _cut(row, columns)


def _cover_lines(cell: Cell) -> list[str]:
    return _lines(cell.text, COVER_VALUE_WIDTH, COVER_SIZE)


def _lines(text: str, percent: int, size: int) -> list[str]:
    room = SHEET_WIDTH * percent / 100 - 2 * PADDING
    return break_lines(printable(text), room, partial(measure, size=size))


def _needs(lines: int) -> float:
    return lines * LEADING + 2 * PADDING


def _cut(row: Row, columns: list[tuple[Cell, int, list[str]]]) -> Iterator[Piece]:
    longest = max(len(lines) for _, _, lines in columns)
    step = longest if longest <= ROW_LINES else PIECE_LINES
    for start in range(0, longest, step):
        yield Piece(
            tuple(
                {"cell": cell, "width": width, "lines": lines[start : start + step], "split": longest > step}
                for cell, width, lines in columns
            ),
            height=row.height if step == longest and _needs(longest) < row.height * MM else 0,
            continues=start > 0,
            continued=start + step < longest,
        )
