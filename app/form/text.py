"""The form without paper: the same description as lines of plain text."""

from collections.abc import Iterator
from unicodedata import category

from .sheets import Block, Document, Row


def text_of(document: Document) -> str:
    """Everything that stands on the pages, in their order: 标签：值, or a line a record with its labels."""
    lines = "\n".join(_lines(document)).replace("\t", " ")
    return "".join(each for each in lines if each == "\n" or category(each) not in ("Cc", "Cf")) + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield document.title
    yield document.year
    yield document.reference
    if document.watermark:
        yield document.watermark
    if document.verify:
        yield document.verify
    yield ""
    for label, cell in document.cover:
        yield f"{label}：{cell.text}"
    for table in document.tables:
        yield from ("", f"{table.numeral}　{table.name}")
        for block in table.blocks:
            if block.caption:
                yield from ("", block.caption)
            yield from _rows(block)


def _rows(block: Block) -> Iterator[str]:
    heads = [cell.text for cell in block.heads[-1].cells] if block.heads else []
    for row in block.rows:
        if heads and len(row.cells) == len(heads):
            yield from (f"{head}：{cell.text}" for head, cell in zip(heads, row.cells, strict=True))
            yield ""
        else:
            yield from _pairs(row)


def _pairs(row: Row) -> Iterator[str]:
    """Labels with what stands beside them."""
    label = ""
    for cell in row.cells:
        if cell.photo:
            continue
        if cell.label:
            if label:
                yield f"{label}："
            label = cell.text.replace("\n", "")
        else:
            yield f"{label}：{cell.text}" if label else cell.text
            label = ""
    if label:
        yield f"{label}："
