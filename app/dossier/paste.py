"""Rows pasted from a spreadsheet: what the text says, before anything of it is believed.

A formula or markup in a cell is text like any other; it is stored and shown as what it is.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from ..models.fields import Field

MOST = 50
TAB = "\t"


@dataclass(frozen=True)
class Pasted:
    """Texts by field, a mapping a line; `faults` by line for what does not fit the columns; `refusal` for all."""

    rows: tuple[Mapping[str, str], ...] = ()
    faults: tuple[tuple[str, ...], ...] = ()
    refusal: str = ""


def read(text: str, fields: tuple[Field, ...]) -> Pasted:
    """Columns parted by tabs, or by commas where there is no tab; a first row of labels says their order."""
    lines = _lines(text)
    if lines is None:
        return Pasted(refusal=_("表格内容读不出来。在电子表格中选中各行，复制后重新粘贴"))
    labels = {_plain(_(each.label)): each.name for each in fields} | {
        _plain(each.label): each.name for each in fields
    }
    names = [each.name for each in fields]
    if lines and _is_header(lines[0], labels):
        header = [_plain(cell) for cell in lines.pop(0)]
        unknown = [cell for cell in header if cell and cell not in labels]
        if unknown:
            return Pasted(
                refusal=_(
                    "认不出的列：%(columns)s。改为下面的列名，或删除这些列", columns=_("、").join(unknown)
                )
            )
        if len({each for each in header if each}) < len([each for each in header if each]):
            return Pasted(refusal=_("标题行中有重复的列名，每列只保留一次"))
        names = [labels.get(cell, "") for cell in header]
    if not lines:
        return Pasted(refusal=_("粘贴要添加的各行，每行一条"))
    if len(lines) > MOST:
        return Pasted(refusal=_("一次最多 %(most)s 条，现在是 %(n)s 条，分几次粘贴", most=MOST, n=len(lines)))
    return Pasted(
        tuple({name: cell for name, cell in zip(names, line, strict=False) if name} for line in lines),
        tuple(_faults(line, names) for line in lines),
    )


def _faults(line: list[str], names: list[str]) -> tuple[str, ...]:
    beyond = [
        cell.strip()
        for place, cell in enumerate(line)
        if cell.strip() and (place >= len(names) or not names[place])
    ]
    return (_("多出的内容：%(cells)s。每行的列应与列名一致", cells=_("、").join(beyond)),) if beyond else ()


def _lines(text: str) -> list[list[str]] | None:
    """The lines in which something stands; None for what no spreadsheet has written."""
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=TAB if TAB in text else ","))
    except csv.Error:
        return None
    return [line for line in lines if any(cell.strip() for cell in line)]


def _is_header(line: list[str], labels: Mapping[str, str]) -> bool:
    """At least half of what stands in the line are labels of fields."""
    cells = [_plain(cell) for cell in line if cell.strip()]
    return 2 * sum(cell in labels for cell in cells) >= len(cells)


def _plain(label: str) -> str:
    """A label without its star and blanks, in one width."""
    return "".join(unicodedata.normalize("NFKC", label).split()).strip("*")
