"""A list as a spreadsheet: its rows in its order, typed cells, texts that no program takes for formulas (C08, B12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy import Row

from ..models import User
from ..vocabulary import N_
from ..web.deadlines import last_day
from ..web.masking import mask_id_number

MORE = (User.id_number,)
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# heading, width
COLUMNS = (
    (N_("申报编号"), 18), (N_("姓名"), 12), (N_("证件号"), 22), (N_("用人单位"), 30), (N_("申报职称"), 18),
    (N_("级别"), 10), (N_("参评类别"), 12), (N_("评委会"), 34), (N_("截止"), 12), (N_("提交次数"), 10),
    (N_("到达时间"), 18), (N_("已等待天数"), 12), (N_("状态"), 18),
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """What is written around the rows: the mark on top, and the line below if rows were left out."""

    mark: str
    cut: str


def write(path: Path, rows: Iterable[Row[Any]], sheet: Sheet, *, limit: int, at: datetime) -> int:
    """Write the workbook; returns how many rows it has, at most `limit`. One row more than `limit` says that there
    are more."""
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        page = book.add_worksheet("sheet")
        date_form = book.add_format({"num_format": "yyyy-mm-dd"})
        time_form = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        bold = book.add_format({"bold": True})
        for number, (_heading, width) in enumerate(COLUMNS):
            page.set_column(number, number, width)
        page.freeze_panes(2, 0)
        page.write_string(0, 0, sheet.mark)
        for number, (heading, _width) in enumerate(COLUMNS):
            page.write_string(1, number, _(heading), bold)
        count = 0
        for row in rows:
            if count == limit:
                page.write_string(count + 2, 0, sheet.cut)
                break
            _write_row(page, count + 2, _cells(row, at), date_form, time_form)
            count += 1
    return count


def _cells(row: Row[Any], at: datetime) -> Sequence[Any]:
    """Texts, whole numbers, dates and times in the order of COLUMNS."""
    return (
        row.number,
        row.name,
        mask_id_number(row.id_number),
        row.unit,
        row.title,
        _(row.level.label) if row.level else None,
        _(row.category.label) if row.category else None,
        row.committee,
        last_day(row.due) if row.due else None,
        row.submission_no,
        row.waiting_since and row.waiting_since.replace(tzinfo=None),
        (at.date() - row.waiting_since.date()).days if row.waiting_since else None,
        _("退回未交") if row.waiting_since is None else _(row.stage.label),
    )


def _write_row(page: Any, number: int, cells: Sequence[Any], date_form: Any, time_form: Any) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, str):
            page.write_string(number, column, value)
        elif isinstance(value, datetime):
            page.write_datetime(number, column, value, time_form)
        elif isinstance(value, int):
            page.write_number(number, column, value)
        elif value is not None:
            page.write_datetime(number, column, value, date_form)
