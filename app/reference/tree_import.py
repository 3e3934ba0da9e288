"""Adding leaves to the trees of majors and professions from a CSV: all lines or none."""

import csv
import io
from dataclasses import dataclass, field

from sqlalchemy import func, select

from ..errors import DomainError
from ..extensions import db
from ..models import Major, Profession, Series, Title
from ..vocabulary import N_, Word

Line = dict[str, str]
LEVELS = ("level1", "level2", "level3")
LONGEST, MOST_LINES = 100, 10_000


class Tree(Word):
    MAJOR = "major", N_("所学专业（学科目录）")
    PROFESSION = "profession", N_("从事专业（专业目录）")


MODEL_OF: dict[str, type[Major] | type[Profession]] = {Tree.MAJOR: Major, Tree.PROFESSION: Profession}
COLUMNS = {Tree.MAJOR: LEVELS, Tree.PROFESSION: ("series_no", *LEVELS, "ladder")}


class FileUnreadable(DomainError):
    """The file is no CSV with the expected first line."""


@dataclass(frozen=True)
class Refused:
    """A line of the file that cannot become a row, and why; `params` are the message's variables."""

    line: int
    message: str
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What a file would do: lines to add, lines that are there already, lines that cannot be taken."""

    tree: Tree
    new: list[tuple[int, Line]] = field(default_factory=list)
    present: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def decode(content: bytes) -> str:
    """The text of a file, as spreadsheets save it: UTF-8, or GB 18030 in Chinese Windows."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable(N_("文件不是 UTF-8 或 GB 18030 编码的文本，另存为“CSV UTF-8”后重新上传。"))


def read(tree: Tree, text: str) -> Reading:
    """Check every line against the tree as it is now. Raises FileUnreadable; writes nothing."""
    model = MODEL_OF[tree]
    known = {tuple(row) for row in db.session.execute(select(model.level1, model.level2, model.level3))}
    ladders = _ladders() if tree is Tree.PROFESSION else None
    reading = Reading(tree)
    seen: dict[tuple[str, ...], int] = {}
    for number, values in _lines(tree, text):
        path = tuple(values[name] for name in LEVELS)
        refused = _judge(number, values, ladders, seen.get(path))
        if refused is not None:
            reading.refused.append(refused)
        elif path in known:
            reading.present.append(number)
        else:
            reading.new.append((number, values))
        seen.setdefault(path, number)
    return reading


def add(reading: Reading) -> int:
    """Add the new leaves behind the existing ones; refused while one line is. In the caller's transaction."""
    if reading.refused:
        raise FileUnreadable(
            N_("文件中有 %(count)s 行不能导入，改正后重新上传；没有写入任何内容。"),
            count=len(reading.refused),
        )
    model = MODEL_OF[reading.tree]
    last = db.session.scalar(select(func.max(model.position))) or 0
    series = {row.no: row.id for row in db.session.scalars(select(Series))}
    for position, (_number, values) in enumerate(reading.new, last + 1):
        given = {name: values[name] for name in LEVELS} | {"position": position}
        if reading.tree is Tree.PROFESSION:
            given |= {"series_id": series[int(values["series_no"])], "ladder": int(values["ladder"])}
        db.session.add(model(**given))
    db.session.flush()
    return len(reading.new)


def _lines(tree: Tree, text: str) -> list[tuple[int, Line]]:
    rows = csv.reader(io.StringIO(text.replace("\0", "")))
    expected = COLUMNS[tree]
    try:
        head = tuple(each.strip() for each in next(rows, []))
        if head != expected:
            raise FileUnreadable(N_("首行应为 %(columns)s，核对后重新上传。"), columns=",".join(expected))
        found = [(rows.line_num, row) for row in rows if any(each.strip() for each in row)]
    except csv.Error:
        raise FileUnreadable(N_("文件不是 CSV 格式，从电子表格另存为 CSV 后重新上传。")) from None
    if not found:
        raise FileUnreadable(N_("文件中没有数据行。"))
    if len(found) > MOST_LINES:
        raise FileUnreadable(N_("一次最多导入 %(most)s 行，分成几个文件上传。"), most=MOST_LINES)
    return [(number, _values(expected, row)) for number, row in found]


def _values(columns: tuple[str, ...], row: list[str]) -> Line:
    """The line by column; a line of another length is read as empty, and so refused."""
    cells = row if len(row) == len(columns) else [""] * len(columns)
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}


def _ladders() -> set[tuple[str, str]]:
    """Every ladder there is, as series number and ladder number."""
    query = select(Series.no, Title.ladder).join(Title, Title.series_id == Series.id).distinct()
    return {(str(number), str(ladder)) for number, ladder in db.session.execute(query)}


def _judge(
    number: int, values: Line, ladders: set[tuple[str, str]] | None, first: int | None
) -> Refused | None:
    if any(not values[name] for name in LEVELS):
        return Refused(number, N_("三级名称都要填写，且列数应与首行一致"))
    if any(len(values[name]) > LONGEST for name in LEVELS):
        return Refused(number, N_("名称最多 %(longest)s 字"), {"longest": LONGEST})
    if first is not None:
        return Refused(number, N_("与第 %(first)s 行重复"), {"first": first})
    if ladders is not None and (values["series_no"], values["ladder"]) not in ladders:
        return Refused(
            number,
            N_("没有系列序号 %(series)s 的梯次 %(ladder)s"),
            {"series": values["series_no"] or "—", "ladder": values["ladder"] or "—"},
        )
    return None
