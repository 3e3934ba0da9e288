"""One seeded database per worker, copied for each test module; clients that carry a signed-in session.

TEST_DATABASE_URL unset: SQLite files. Set: a PostgreSQL maintenance database, in which throwaway
databases are made and dropped.
"""

import contextvars
import logging
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import scoped_session

from app import clock, create_app
from app.accounts import passwords, sessions
from app.extensions import db
from app.models import User
from app.reference.seeding import load
from tests import factories, residue

# The suite as on another day: TEST_DAY=2028-02-29T10:00. Before any test asks for the time.
if day := os.environ.get("TEST_DAY"):
    time_machine.travel(datetime.fromisoformat(day).replace(tzinfo=clock.SHANGHAI), tick=True).start()

SEEDS = Path(__file__).parents[1] / "seeds"


class Databases:
    """Makes throwaway databases on the chosen server; `copy` of one is quick on both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = os.environ.get("TEST_DATABASE_URL", "")
        self.made: list[str] = []

    @property
    def is_postgresql(self) -> bool:
        return bool(self.server)

    def make(self, template: str | None = None) -> str:
        name = f"zhicheng_{uuid.uuid4().hex[:12]}"
        if not self.server:
            file = self.folder / f"{name}.db"
            if template:
                shutil.copy(make_url(template).database, file)  # type: ignore[arg-type]
            return f"sqlite:///{file}"
        source = make_url(template).database if template else "template0"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        # What a test writes need not outlive the machine.
        self._run(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        self.made.append(name)
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """The database goes; nothing in it may be a person's number in clear (D01)."""
        found = list(residue.in_database(url))
        self._drop(url)
        assert not found, f"numbers in clear: {'; '.join(found)}"

    def _drop(self, url: str) -> None:
        name = make_url(url).database
        if self.server:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        else:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{name}{suffix}").unlink(missing_ok=True)

    def _run(self, statement: str) -> None:
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


class Client(FlaskClient):
    """Requests run outside the test's own app context: nothing cached there may help them."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.commit() if _has_context() else None
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.expire_all() if _has_context() else None
        return answer


def _has_context() -> bool:
    from flask import has_app_context

    return has_app_context()


def settings(folder: Path, url: str) -> dict[str, Any]:
    return {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": url,
        "SECRET_KEY": "a key for tests only, long enough to be one",
        "PRIVATE_ROOT": folder / "private",
        # Drawing takes seconds, and what is drawn depends on texts only: kept for the modules that follow.
        "GUIDES_ROOT": folder.parent / "guides",
        "RATELIMIT_ENABLED": False,
        "WTF_CSRF_ENABLED": False,
        "SERVER_NAME": None,
    }


def dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords of tests are worth no work; test_passwords.py looks at the parameters of the real hashes."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", quick)
        patch.setattr(passwords, "_NOBODY", quick.hash("nobody has this password"))
        yield


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return Databases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def seeded(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a migrated and seeded database; copies are made of it, it stays as it is."""
    url = databases.make()
    app = create_app(**settings(tmp_path_factory.mktemp("seeding"), url))
    with app.app_context():
        upgrade()
        load(SEEDS)
        db.session.commit()
        if not databases.is_postgresql:
            db.session.execute(text("SELECT 1"))
            db.session.rollback()
    dispose(app)
    yield url
    databases.drop(url)


@pytest.fixture(scope="module")
def app(databases: Databases, seeded: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app on a database of this module's own, with the reference data and nothing else."""
    url = databases.make(template=seeded)
    factories.restart()
    folder = tmp_path_factory.mktemp("module")
    app = create_app(**settings(folder, url))
    app.test_client_class = Client
    yield app
    dispose(app)
    databases.drop(url)
    no_number_in(folder)


def no_number_in(folder: Path) -> None:
    """Nor in any file that an app has written (D03)."""
    found = list(residue.in_folder(folder))
    assert not found, f"numbers in clear: {'; '.join(found)}"


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session]:  # type: ignore[type-arg]
    """The database session of the test itself, inside an app context."""
    with app.app_context():
        yield db.session
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, session: Any) -> Callable[[User], FlaskClient]:
    """A client of its own for a user, signed in as the sign-in page does it, without the password."""

    def enter(user: User) -> FlaskClient:
        key = sessions.open_session(user, at=clock.now())
        session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie.update(_user_id=str(user.id), key=key, _fresh=True)
        return client

    return enter


@pytest.fixture(scope="session", autouse=True)
def logs() -> Iterator[residue.Logs]:
    handler, loggers = residue.Logs(), (logging.getLogger(), residue.ACCESS)
    for each in loggers:
        each.addHandler(handler)
    yield handler
    for each in loggers:
        each.removeHandler(handler)


@pytest.fixture(autouse=True)
def no_number_in_the_logs(logs: residue.Logs) -> Iterator[None]:
    """Logs are kept for half a year and read by many (D03)."""
    yield
    found, logs.found = logs.found, []
    assert not found, f"numbers in clear: {'; '.join(found)}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much the tests of rights have asked; the numbers come from the workers with their reports."""
    reports = (each for each in terminalreporter.getreports("") if each.when == "teardown")
    total = sum(value for each in reports for name, value in each.user_properties if name == "requests")
    if total:
        terminalreporter.write_line(f"{total} requests compared with tests/access/table.py, 0 surprises")
