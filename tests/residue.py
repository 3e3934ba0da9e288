"""Whether a number of a test's or a demonstration's person lies anywhere in clear (D01, D03).

Such an ID number has the sequence code 000 and a right check character, or is the one that every textbook has;
such a mobile begins 1xx 000. tests/test_house_rules.py sees that the tests write no others, and factories.py that
they make no others. Findings name the place, never the number.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, make_url
from stdnum.cn import ric

ID_NUMBER = re.compile(rb"[1-8][0-9]{5}(?:19|20)[0-9]{6}000[0-9Xx]|11010519491231002[Xx]")
# Digests are hexadecimal and hold any eleven digits sooner or later; a number stands alone.
MOBILE = re.compile(rb"(?<![0-9a-f])1[3-9][0-9]000[0-9]{5}(?![0-9a-f])")

DIGIT = "[0-9]"
GLOBS = (
    f"*[12][09]{DIGIT * 6}000[0-9Xx]*",
    "*11010519491231002[Xx]*",
    f"*1[3-9]{DIGIT}000{DIGIT * 5}*",
)
# The lines of a server's access log; journeys write them, and no report of a failed test shows them.
ACCESS = logging.getLogger("tests.access_log")
ACCESS.propagate = False
ACCESS.addHandler(logging.NullHandler())


def numbers_in(data: bytes) -> int:
    """How many."""
    candidates = [found.decode().upper() for found in ID_NUMBER.findall(data)]
    valid = sum(ric.calc_check_digit(each) == each[-1] for each in candidates)
    return valid + len(MOBILE.findall(data))


def in_database(url: str) -> Iterator[str]:
    """Columns, and on SQLite also files, that hold a number."""
    engine = create_engine(url)
    try:
        yield from _in_columns(engine)
    finally:
        engine.dispose()
    if make_url(url).get_backend_name() == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            yield from _in_file(Path(f"{make_url(url).database}{suffix}"), f"the database file{suffix}")


def _in_columns(engine: Engine) -> Iterator[str]:
    """The database looks for what resembles a number; what it finds is looked at here."""
    is_sqlite = engine.dialect.name == "sqlite"
    pattern = "|".join((ID_NUMBER.pattern.decode(), "1[3-9][0-9]000[0-9]{5}"))
    where = " OR ".join(f"v GLOB '{each}'" for each in GLOBS) if is_sqlite else f"v ~ '{pattern}'"
    with engine.connect() as connection:

        def holding(value: str, table: str) -> int:
            query = f'SELECT v FROM (SELECT {value} AS v FROM "{table}") AS t WHERE {where}'
            rows = connection.exec_driver_sql(query).scalars()
            return sum(bool(numbers_in(each.encode())) for each in rows)

        found = inspect(connection)
        for table in found.get_table_names():
            texts = {each["name"]: f'CAST("{each["name"]}" AS TEXT)' for each in found.get_columns(table)}
            rows = holding(" || ' ' || ".join(f"COALESCE({text}, '')" for text in texts.values()), table)
            if rows:
                columns = [name for name, text in texts.items() if holding(text, table)]
                yield f"{rows} rows of {table}, columns {', '.join(columns)}"


def _in_file(file: Path, name: str) -> Iterator[str]:
    if file.exists():
        count = numbers_in(file.read_bytes())
        if count:
            yield f"{name} holds {count} numbers"


def in_folder(folder: Path) -> Iterator[str]:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield from _in_file(file, f"file {file.relative_to(folder)}")


class Logs(logging.Handler):
    """Remembers which loggers have said a number."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = self.format(record)
        if numbers_in(said.encode()):
            self.found.append(f"logger {record.name} at {record.pathname}:{record.lineno}")
