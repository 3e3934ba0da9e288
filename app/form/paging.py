"""Where every line of the form stands: the sheets laid out to pages once, for preview and PDF alike.

Heights are known, because lines are broken here: LEADING for each, PADDING above and below, and the room
that a pen or a seal asks for. A row that does not fit goes overleaf, a long one is parted between two of
its lines; title and heads stand on every page that a table reaches. Nothing is ever made smaller, but for
the values of the cover, which keep 10 points at least.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from . import fonts
from .lines import break_lines, printable
from .sheets import Block, Cell, Document, Row, Table

MM = 72 / 25.4
SHEET_WIDTH = 178 * MM
# A4 without the margins of print.css, and a little less: the engine rounds.
SHEET_HEIGHT = (297 - 15 - 21) * MM - 4
# At the sides of a cell; above and below it.
PADDING, PADDING_ABOVE = 4.5, 4
SIZE, LEADING = 10, 15
TITLE_HEIGHT, CAPTION_HEIGHT, GAP = 31, 23, 14
# A row of more lines may be parted; so many of them stay together at either end.
ROW_LINES, LEAST_LINES = 12, 3

COVER_SIZES = (15, 12, 10)
COVER_LABEL_WIDTH, COVER_VALUE_WIDTH = 22, 62
COVER_ROOM = 150 * MM
COVER_ROW = 15 * MM


@dataclass(frozen=True)
class Drawn:
    """A cell as it stands on one page: `width` in percent, and those of its lines that are there."""

    cell: Cell
    width: int
    lines: tuple[str, ...]
    is_part: bool = False


@dataclass(frozen=True)
class Piece:
    """A row, or what of it stands on this page. `height` in points; `pen` in millimetres is asked for."""

    cells: tuple[Drawn, ...]
    height: float
    pen: int = 0

    @property
    def longest(self) -> int:
        return max(len(each.lines) for each in self.cells)


@dataclass(frozen=True)
class Grid:
    """A block, or what of it stands on this page, below the title of its table if that is repeated here."""

    table: Table
    widths: tuple[int, ...]
    caption: str
    heads: tuple[Piece, ...]
    pieces: tuple[Piece, ...]
    has_title: bool
    begins: bool
    has_gap: bool


@dataclass(frozen=True)
class CoverLine:
    label: str
    cell: Cell
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Paged:
    """The whole form: a cover, the contents, then `pages` of grids."""

    document: Document
    cover: tuple[CoverLine, ...]
    cover_size: int
    pages: tuple[tuple[Grid, ...], ...]

    @property
    def count(self) -> int:
        return 2 + len(self.pages)


def lay_out(document: Document) -> Paged:
    """Without the form's font the widths are guessed: the preview goes on, no PDF is made (FontMissing)."""
    measure = fonts.measure if fonts.are_installed() else fonts.measure_roughly
    size, cover = _cover(document, measure)
    return Paged(document, cover, size, _Sheets(measure).set(document.tables))


def _cover(document: Document, measure: Callable[[str, float], float]) -> tuple[int, tuple[CoverLine, ...]]:
    for size in COVER_SIZES:
        rows = tuple(
            CoverLine(label, cell, _lines(cell.text, COVER_VALUE_WIDTH, size, measure))
            for label, cell in document.cover
        )
        if sum(max(COVER_ROW, len(row.lines) * size * 1.5) for row in rows) <= COVER_ROOM:
            break
    return size, rows


def _lines(text: str, percent: int, size: float, measure: Callable[[str, float], float]) -> tuple[str, ...]:
    room = SHEET_WIDTH * percent / 100 - 2 * PADDING
    return tuple(break_lines(printable(text), room, lambda unit: measure(unit, size)))


class _Sheets:
    """The page that is being filled, and those before it."""

    def __init__(self, measure: Callable[[str, float], float]) -> None:
        self.measure = measure
        self.pages: list[list[Grid]] = []
        self.used = 0.0

    def set(self, tables: tuple[Table, ...]) -> tuple[tuple[Grid, ...], ...]:
        for table in tables:
            if table.starts_page or not self.pages:
                self._turn()
            for at, block in enumerate(table.blocks):
                self._block(table, block, is_first=at == 0)
        return tuple(map(tuple, self.pages))

    def _turn(self) -> None:
        self.pages.append([])
        self.used = 0.0

    def _block(self, table: Table, block: Block, *, is_first: bool) -> None:
        heads = tuple(self._piece(block, row) for row in block.heads)
        units = [[self._piece(block, row) for row in rows] for rows in _inseparable(block.rows)]
        whole = sum(piece.height for unit in units for piece in unit)
        begins = is_first
        while units:
            has_title = begins or not self.pages[-1]
            has_gap = begins and bool(self.pages[-1])
            head = (
                (TITLE_HEIGHT if has_title else 0)
                + (CAPTION_HEIGHT if block.caption else 0)
                + sum(piece.height for piece in heads)
                + (GAP if has_gap else 0)
            )
            room = SHEET_HEIGHT - self.used - head
            is_new = not self.pages[-1]
            if block.together and whole > room and not is_new:
                self._turn()
                continue
            taken = _take(units, room, forced=is_new)
            if not taken:
                self._turn()
                continue
            self.pages[-1].append(
                Grid(table, block.widths, block.caption, heads, tuple(taken), has_title, begins, has_gap)
            )
            self.used += head + sum(piece.height for piece in taken)
            begins = False
            if units:
                self._turn()

    def _piece(self, block: Block, row: Row) -> Piece:
        cells, at = [], 0
        for cell in row.cells:
            width = sum(block.widths[at : at + cell.span])
            cells.append(Drawn(cell, width, _lines(cell.text, width, SIZE, self.measure)))
            at += cell.span
        beside = [each for each in cells if each.cell.rows == 1]
        lines = max(len(each.lines) for each in beside)
        return Piece(tuple(cells), max(_height(lines), row.height * MM), row.height)


def _height(lines: int) -> float:
    return lines * LEADING + 2 * PADDING_ABOVE


def _inseparable(rows: tuple[Row, ...]) -> Iterator[list[Row]]:
    """The rows that a cell binds together; all others stand alone."""
    left: list[Row] = []
    bound = 0
    for row in rows:
        left.append(row)
        bound = max(bound - 1, *(cell.rows - 1 for cell in row.cells))
        if not bound:
            yield left
            left = []
    if left:
        yield left


def _take(units: list[list[Piece]], room: float, *, forced: bool) -> list[Piece]:
    """What fits, taken off `units`; `forced` takes something even where nothing fits."""
    taken: list[Piece] = []
    while units:
        (unit, *_rest) = units
        height = sum(piece.height for piece in unit)
        if height > room:
            break
        taken += units.pop(0)
        room -= height
    if not units:
        return taken
    (unit, *_rest) = units
    must = forced and not taken
    lines = int((room - 2 * PADDING_ABOVE) // LEADING)
    if len(unit) == 1 and (unit[0].longest > ROW_LINES or must):
        lines = min(lines, unit[0].longest - LEAST_LINES)
        if lines >= LEAST_LINES:
            first, rest = _part(unit[0], lines)
            units[0] = [rest]
            return [*taken, first]
    return [*taken, *units.pop(0)] if must else taken


def _part(piece: Piece, lines: int) -> tuple[Piece, Piece]:
    above = tuple(replace(each, lines=each.lines[:lines], is_part=True) for each in piece.cells)
    below = tuple(replace(each, lines=each.lines[lines:], is_part=True) for each in piece.cells)
    return Piece(above, _height(lines)), Piece(below, _height(piece.longest - lines))
