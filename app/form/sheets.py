"""The printed form as plain values: what stands on a sheet, whoever draws it.

Preview and PDF are drawn from these alone. Standard library only.
"""

from dataclasses import dataclass

NUMERALS = "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七".split()


def numeral(no: int) -> str:
    """What the form calls its table of that number."""
    return f"表{NUMERALS[no - 1]}"


@dataclass(frozen=True)
class Cell:
    """`span` and `rows` count columns and rows.

    `source` says where a missing value is to be typed: a section's slug, person or cover.
    """

    text: str = ""
    span: int = 1
    rows: int = 1
    label: bool = False
    align: str = "center"
    photo: bool = False
    missing: bool = False
    source: str = ""


@dataclass(frozen=True)
class Row:
    """`height` in millimetres is kept free for a pen or a seal."""

    cells: tuple[Cell, ...]
    height: int = 0


@dataclass(frozen=True)
class Block:
    """A grid. `widths` are percent and add up to 100; `heads` repeat on every page.

    What is `together` (an opinion and the seal under it) is not parted by the end of a page.
    """

    widths: tuple[int, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    heads: tuple[Row, ...] = ()
    together: bool = False


@dataclass(frozen=True)
class Table:
    no: int
    name: str
    blocks: tuple[Block, ...]
    starts_page: bool

    @property
    def numeral(self) -> str:
        return numeral(self.no)


@dataclass(frozen=True)
class Document:
    """`reference` at the foot of every page says which application, submission and snapshot this is.

    `verify` is the address that confirms its digest, `system` who made it. What is `scanned` is named in the
    contents too, and bound behind the sheets that are drawn.

    `contents` are the names of the first two pages; a form without watermark is final.
    """

    title: str
    year: str
    cover: tuple[tuple[str, Cell], ...]
    tables: tuple[Table, ...]
    reference: str
    number: str
    watermark: str
    contents: tuple[str, str]
    verify: str = ""
    system: str = ""
    scanned: tuple[Table, ...] = ()

    @property
    def missing(self) -> int:
        """How many required cells of a draft are empty."""
        rows = (row for table in self.tables for block in table.blocks for row in block.rows)
        cells = [cell for row in rows for cell in row.cells] + [cell for _, cell in self.cover]
        return sum(cell.missing for cell in cells)
