"""How values become grids: a list of records, pairs of label and value, long texts beside their label."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from ..models.fields import Field
from . import wording
from .sheets import Block, Cell, Row

DATE_WIDTH = 14
# No column is narrower than this many hundredths of the page.
LEAST_WIDTH = 6
PHOTO_ROWS = 5
PAIR_HEIGHT = 9
# A value wider than this many Chinese characters gets a row of its own.
ALONE = 20
# Up to how many characters a field may hold → its share of a row.
SHARES = ((10, 5), (30, 6), (60, 8), (100, 10), (200, 16), (500, 24), (2000, 60))


def printed(declared: Field, value: Any) -> str:
    """A value as the form shows it: dates with points, 是 and 否, the declared word for nothing."""
    if value is None or value == "":
        return declared.empty
    if declared.type is bool:
        return wording.YES_NO[bool(value)]
    if declared.type is date:
        return str(value).replace("-", ".")
    return str(value)


def period_text(start: str, end: str) -> str:
    return f"{start.replace('-', '.')}—{end.replace('-', '.')}"


def records_grid(
    fields: tuple[Field, ...],
    records: list[dict[str, Any]],
    empty: Cell,
    caption: str = "",
    *,
    live: bool = False,
) -> Block:
    """One row a record in the order given; start and end share a column. `empty` stands for no records.

    While the form is `live`, a required field that a record lacks is marked missing.
    Custom fields for which the page has no room stand in a row of their own below the record.
    """
    columns, below = _fitting(_columns(fields))
    widths = _widths(columns)
    rows = [
        row
        for record in records
        for row in _record_rows(columns, below, record, empty.source if live else None)
    ]
    if not rows:
        rows = [Row((Cell(empty.text, span=len(columns), missing=empty.missing, source=empty.source),))]
    labels = Row(tuple(Cell(wording.PERIOD if len(c) > 1 else c[0].label, label=True) for c in columns))
    return Block(widths, tuple(rows), caption=caption, heads=(labels,))


def pairs_grid(entries: Iterable[tuple[str, Cell]], *, photo: bool = False, caption: str = "") -> Block:
    """Label and value, two pairs a row, long values alone; the photo stands beside the first rows.

    A long value met beside the photo waits until the whole width is free.
    """
    widths = (18, 23, 18, 23, 18) if photo else (18, 32, 18, 32)
    rows: list[Row] = []
    queue = list(entries)
    while queue:
        beside_photo = photo and len(rows) < PHOTO_ROWS
        short = [entry for entry in queue if _ems(entry[1].text) <= ALONE]
        row = short[:2] if short and (beside_photo or queue[0] in short) else queue[:1]
        queue = [entry for entry in queue if entry not in row]
        rows.append(_pair_row(row, len(widths) - (1 if beside_photo else 0)))
    if photo:
        rows[0] = Row(
            (*rows[0].cells, Cell(wording.PHOTO, rows=PHOTO_ROWS, photo=True)), height=rows[0].height
        )
    return Block(widths, tuple(rows), caption=caption, together=bool(caption))


def text_grid(lines: Iterable[tuple[str, str, int]]) -> Block:
    """A label beside a long text, or beside room to write in."""
    return Block(
        (22, 78),
        tuple(
            Row((Cell(label, label=True), Cell(text, align="left")), height=height)
            for label, text, height in lines
        ),
    )


def _ems(text: str) -> float:
    return sum(0.5 if character.isascii() else 1 for character in text)


def _pair_row(pairs: list[tuple[str, Cell]], columns: int) -> Row:
    """The last value takes what is left of the row's columns."""
    cells: list[Cell] = []
    for label, value in pairs:
        span = columns - len(cells) - 1 if (label, value) == pairs[-1] else 1
        cells += [Cell(label, label=True), replace(value, span=span)]
    return Row(tuple(cells), height=PAIR_HEIGHT)


def _columns(fields: tuple[Field, ...]) -> list[tuple[Field, ...]]:
    by_name = {each.name: each for each in fields}
    columns: list[tuple[Field, ...]] = []
    for each in fields:
        if each.name == "start" and "end" in by_name:
            columns.append((each, by_name["end"]))
        elif each.name != "end" or "start" not in by_name:
            columns.append((each,))
    return columns


def _fitting(columns: list[tuple[Field, ...]]) -> tuple[list[tuple[Field, ...]], list[Field]]:
    """The columns that find room, and the custom fields, from the last one on, that do not."""
    fitting: list[tuple[Field, ...]] = list(columns)
    below: list[Field] = []
    while sum(_least(column) for column in fitting) > 100:
        last = next(column for column in reversed(fitting) if column[0].custom)
        fitting.remove(last)
        below.insert(0, last[0])
    return fitting, below


def _least(column: tuple[Field, ...]) -> int:
    return DATE_WIDTH if column[0].type is date else LEAST_WIDTH


def _record_rows(
    columns: list[tuple[Field, ...]], below: list[Field], record: dict[str, Any], source: str | None
) -> Iterator[Row]:
    yield Row(tuple(_record_cell(column, record, source) for column in columns))
    if below:
        text = "\n".join(f"{each.label}：{printed(each, record[each.name])}" for each in below)
        yield Row((Cell(text, span=len(columns), align="left"),))


def _record_cell(column: tuple[Field, ...], record: dict[str, Any], source: str | None) -> Cell:
    text = _joined(column, record)
    if source is not None and not text and column[0].required:
        return Cell(wording.MISSING, missing=True, source=source)
    return Cell(text, align="left" if any(f.is_long for f in column) else "center")


def _joined(column: tuple[Field, ...], record: dict[str, Any]) -> str:
    return "—\n".join(printed(each, record[each.name]) for each in column)


def _widths(columns: list[tuple[Field, ...]]) -> tuple[int, ...]:
    """Dates get what a date needs, the others share the rest by what they may hold; together 100."""
    shares = [0 if c[0].type is date else _share(c[0]) for c in columns]
    widths = _shared_out(shares, 0)
    return widths if min(widths) >= LEAST_WIDTH else _shared_out(shares, LEAST_WIDTH)


def _shared_out(shares: list[int], each: int) -> tuple[int, ...]:
    left = 100 - DATE_WIDTH * shares.count(0) - each * (len(shares) - shares.count(0))
    widths = [each + left * share // sum(shares) if share else DATE_WIDTH for share in shares]
    widths[shares.index(max(shares))] += 100 - sum(widths)
    return tuple(widths)


def _share(declared: Field) -> int:
    if declared.tree:
        return 9
    if declared.choices or declared.type in (bool, int):
        return 7
    limit = declared.limit or 10
    return next((share for most, share in SHARES if limit <= most), SHARES[-1][1])
