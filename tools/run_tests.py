"""The whole suite once on SQLite and once on PostgreSQL: `python -m tools.run_tests [pytest arguments]`.

Both run at once, because browser tests mostly wait; what PostgreSQL's run prints comes after SQLite's.
Tests marked `once` find the same on every database and run with SQLite only; those marked `strict`
look for what PostgreSQL alone refuses, and run with it only where it is there.

TEST_DATABASE_URL tells the tests which database to use: unset, temporary SQLite files; else
a PostgreSQL database from which they may create and drop databases of their own. The server
is the one of TEST_POSTGRESQL_URL, else the one that listens locally.

Where PostgreSQL or Chromium is not found the rest is run; with CI=true that is a failure.
"""

import getpass
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from tools.system_packages import chromium

PYTEST = (sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile")
CONNECT_SECONDS = 5


def main(arguments: list[str]) -> int:
    postgresql = find_postgresql()
    absent, left_out = [], []
    if chromium() is None:
        absent.append("Chromium: the browser tests are left out")
        left_out.append("ui")
    if postgresql is None:
        absent.append("PostgreSQL: the tests run on SQLite only (TEST_POSTGRESQL_URL can name a server)")
    print_lines(f"not found: {line}" for line in absent)

    with_sqlite = left_out if postgresql is None else [*left_out, "strict"]
    runs = [Run("SQLite", None, [*without(with_sqlite), *arguments])]
    if postgresql is not None:
        runs.append(Run("PostgreSQL", postgresql, [*without([*left_out, "once"]), *arguments]))
    results = [run.finish() for run in runs]
    passed = all(done for done, _summary in results)
    summaries = [summary for _done, summary in results]

    print_lines(["", *summaries, *(f"not found: {line}" for line in absent)])
    acceptable = not absent or os.environ.get("CI") != "true"
    return 0 if passed and acceptable else 1


def without(markers: list[str]) -> list[str]:
    """pytest's option that leaves these markers out."""
    return ["-m", " and ".join(f"not {each}" for each in markers)] if markers else []


def find_postgresql() -> str | None:
    """The URL of a server where this user may create databases, or None."""
    given = os.environ.get("TEST_POSTGRESQL_URL")
    return next((url for url in ([given] if given else local_servers()) if may_create_databases(url)), None)


def local_servers() -> list[str]:
    """By socket (where Debian and where PostgreSQL itself puts it), then by network, as the current user."""
    hosts = ("/var/run/postgresql", "/tmp", "127.0.0.1")
    urls = [
        URL.create("postgresql+psycopg", getpass.getuser(), host=host, database="postgres") for host in hosts
    ]
    return [url.render_as_string(hide_password=False) for url in urls]


def may_create_databases(url: str) -> bool:
    engine = create_engine(url, connect_args={"connect_timeout": CONNECT_SECONDS})
    allowed = text("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(allowed))
    except SQLAlchemyError:
        return False
    finally:
        engine.dispose()


class Run:
    """One run of the suite, started at once; its output is kept until it is its turn to be printed."""

    def __init__(self, name: str, url: str | None, arguments: list[str]) -> None:
        environment = {key: value for key, value in os.environ.items() if key != "TEST_DATABASE_URL"}
        if url is not None:
            environment["TEST_DATABASE_URL"] = url
        self.name, self.started = name, time.monotonic()
        self.process = subprocess.Popen(
            [*PYTEST, *arguments],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.lines: list[str] = []
        self.seconds = 0.0
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
        self.process.wait()
        self.seconds = time.monotonic() - self.started

    def finish(self) -> tuple[bool, str]:
        """Print what the run prints, as it comes, and wait for its end: passed or not, and a line to say so."""
        print_lines([f"== {self.name}"])
        shown = 0
        while self.reader.is_alive() or shown < len(self.lines):
            self.reader.join(timeout=0.2)
            fresh = self.lines[shown:]
            shown += len(fresh)
            print("".join(fresh), end="", flush=True)
        status = self.process.returncode
        outcome = "all passed" if status == 0 else f"FAILED (pytest ended with {status})"
        return status == 0, f"{self.name:<10} {outcome} in {self.seconds:.0f} s"


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
