"""The whole suite once on SQLite and once on PostgreSQL: `python -m tools.run_tests [pytest arguments]`.

TEST_DATABASE_URL tells the tests which database to use: unset, temporary SQLite files; else
a PostgreSQL database from which they may create and drop databases of their own. The server
is the one of TEST_POSTGRESQL_URL, else the one that listens locally.

Where PostgreSQL or Chromium is not found the rest is run; with CI=true that is a failure.
"""

import getpass
import os
import subprocess
import sys
import time
from collections.abc import Iterable

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from tools.system_packages import chromium

PYTEST = (sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile")
CONNECT_SECONDS = 5


def main(arguments: list[str]) -> int:
    postgresql = find_postgresql()
    absent = []
    if chromium() is None:
        absent.append("Chromium: the browser tests are left out")
        arguments = ["-m", "not ui", *arguments]
    if postgresql is None:
        absent.append("PostgreSQL: the tests run on SQLite only (TEST_POSTGRESQL_URL can name a server)")
    print_lines(f"not found: {line}" for line in absent)

    passed, summary = run_suite("SQLite", None, arguments)
    summaries = [summary]
    if postgresql is not None:
        also_passed, summary = run_suite("PostgreSQL", postgresql, arguments)
        passed = passed and also_passed
        summaries.append(summary)

    print_lines(["", *summaries, *(f"not found: {line}" for line in absent)])
    acceptable = not absent or os.environ.get("CI") != "true"
    return 0 if passed and acceptable else 1


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


def run_suite(name: str, url: str | None, arguments: list[str]) -> tuple[bool, str]:
    environment = {key: value for key, value in os.environ.items() if key != "TEST_DATABASE_URL"}
    if url is not None:
        environment["TEST_DATABASE_URL"] = url
    print_lines([f"== {name}"])
    started = time.monotonic()
    status = subprocess.run([*PYTEST, *arguments], env=environment).returncode
    outcome = "all passed" if status == 0 else f"FAILED (pytest ended with {status})"
    return status == 0, f"{name:<10} {outcome} in {time.monotonic() - started:.0f} s"


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
