"""How values become grids: a list of records, pairs of label and value, long texts beside their label."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from ..models.fields import Field
from .sheets import Block, Cell, Row

YES_NO = {True: "是", False: "否"}
DATE_WIDTH = 14
PERIOD = "起止时间"
PHOTO_ROWS = 5
# Up to how many characters a field may hold → its share of a row.
SHARES = ((10, 5), (30, 6), (60, 8), (100, 10), (200, 16), (500, 24), (2000, 60))


def printed(declared: Field, value: Any) -> str:
    """A value as the form shows it: dates with points, 是 and 否, the declared word for nothing."""
    if value is None or value == "":
        return declared.empty
    if declared.type is bool:
        return YES_NO[bool(value)]
    if declared.type is date:
        return str(value).replace("-", ".")
    return str(value)


def period_text(start: str, end: str) -> str:
    return f"{start.replace('-', '.')}—{end.replace('-', '.')}"


def records_grid(
    fields: tuple[Field, ...], records: list[dict[str, Any]], empty: Cell, caption: str = ""
) -> Block:
    """One row a record in the order given; start and end share a column. `empty` stands for no records."""
    columns = _columns(fields)
    widths = _widths(columns)
    rows = [
        Row(tuple(Cell(_joined(column, record), left=any(f.is_long for f in column)) for column in columns))
        for record in records
    ]
    if not rows:
        rows = [Row((Cell(empty.text, span=len(columns), missing=empty.missing, source=empty.source),))]
    labels = Row(tuple(Cell(PERIOD if len(c) > 1 else c[0].label, label=True) for c in columns))
    return Block(widths, tuple(rows), caption=caption, heads=(labels,))


def pairs_grid(entries: Iterable[tuple[str, Cell]], *, photo: bool = False, caption: str = "") -> Block:
    """Label and value, two pairs a row, long values alone; the photo stands beside the first rows."""
    widths = (18, 23, 18, 23, 18) if photo else (18, 32, 18, 32)
    rest = len(widths) - 1
    rows: list[Row] = []
    waiting: list[tuple[str, Cell]] = []
    for label, cell in entries:
        waiting.append((label, cell))
        beside_photo = photo and len(rows) < PHOTO_ROWS
        if len(cell.text) > 24 and not beside_photo:
            *before, last = waiting
            rows += [_pair_row(before, rest)] if before else []
            rows.append(_pair_row([last], rest))
            waiting = []
        elif len(waiting) == 2:
            rows.append(_pair_row(waiting, 3 if beside_photo else rest))
            waiting = []
    if waiting:
        rows.append(_pair_row(waiting, rest))
    if photo:
        first = rows[0]
        rows[0] = Row((*first.cells, Cell("照片", rows=PHOTO_ROWS, photo=True)), height=first.height)
    return Block(widths, tuple(rows), caption=caption)


def text_grid(lines: Iterable[tuple[str, str, int]]) -> Block:
    """A label beside a long text, or beside room to write in."""
    return Block(
        (22, 78),
        tuple(Row((Cell(label, label=True), Cell(text, left=True)), height=height) for label, text, height in lines),
    )


def _pair_row(pairs: list[tuple[str, Cell]], last_column: int) -> Row:
    cells: list[Cell] = []
    for at, (label, cell) in enumerate(pairs):
        is_last = at == len(pairs) - 1
        span = last_column - len(cells) if is_last else 1
        cells += [
            Cell(label, label=True),
            Cell(cell.text, span=span, missing=cell.missing, source=cell.source),
        ]
    return Row(tuple(cells), height=9)


def _columns(fields: tuple[Field, ...]) -> list[tuple[Field, ...]]:
    by_name = {each.name: each for each in fields}
    columns: list[tuple[Field, ...]] = []
    for each in fields:
        if each.name == "start" and "end" in by_name:
            columns.append((each, by_name["end"]))
        elif each.name != "end" or "start" not in by_name:
            columns.append((each,))
    return columns


def _joined(column: tuple[Field, ...], record: dict[str, Any]) -> str:
    return "—\n".join(printed(each, record[each.name]) for each in column)


def _widths(columns: list[tuple[Field, ...]]) -> tuple[int, ...]:
    """Dates get what a date needs, the others share the rest by what they may hold; together 100."""
    shares = [0 if c[0].type is date else _share(c[0]) for c in columns]
    left = 100 - DATE_WIDTH * shares.count(0)
    widths = [left * share // sum(shares) if share else DATE_WIDTH for share in shares]
    widths[shares.index(max(shares))] += 100 - sum(widths)
    return tuple(widths)


def _share(declared: Field) -> int:
    if declared.tree:
        return 9
    if declared.choices or declared.type in (bool, int):
        return 6
    limit = declared.limit or 10
    return next((share for most, share in SHARES if limit <= most), SHARES[-1][1])
