"""A worker of the server in a process of its own, for what only processes show: being killed, another clock.

`python -m tests.workflow.worker URL FOLDER` reads jobs as lines of JSON and answers each with a line. `Worker` is
the other end, in the test.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from app import clock, create_app
from app.accounts import sessions
from app.extensions import db
from app.models import User
from app.workflow import morning
from tests.conftest import dispose, settings

WRITES = ("INSERT", "UPDATE", "DELETE")


class Worker:
    """The test's end: `ask` sends a job and waits for the answer, `send` and `answer` do so apart."""

    def __init__(self, app: Flask, folder: Path) -> None:
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.workflow.worker", url, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, **job: Any) -> None:
        assert self.process.stdin
        print(json.dumps(job), file=self.process.stdin, flush=True)

    def answer(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def ask(self, **job: Any) -> Any:
        self.send(**job)
        return self.answer()

    def close(self) -> None:
        self.process.communicate(timeout=60)


def signed_in(user: User) -> dict[str, Any]:
    """What a job needs to act as this user; the caller commits."""
    return {"user": user.id, "key": sessions.open_session(user, at=clock.now())}


def post(app: Flask, job: dict[str, Any]) -> int:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(_user_id=str(job["user"]), key=job["key"], _fresh=True)
    return client.post(job["path"], data=job["data"]).status_code


def command(app: Flask, job: dict[str, Any]) -> int:
    """A command at the moment `now`, in batches of one row; its exit code."""
    morning.BATCH = 1
    moment = datetime.fromisoformat(job["now"])
    clock.now = lambda: moment
    return app.test_cli_runner().invoke(args=job["command"]).exit_code


def _killed(app: Flask, job: dict[str, Any]) -> dict[str, Any]:
    """One post, or command, in a child that is killed as by `kill -9` at point number `point`; "status" if it never
    came there.

    Points: before each statement that writes, before each commit, after each commit of the request.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        points = _Points(job["point"])
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", points.statement)
            event.listen(db.engine, "commit", points.commit)
            event.listen(db.session, "after_commit", points.committed)
        status = command(app, job) if "command" in job else post(app, job)
        os.write(writing, json.dumps({"status": status, "points": points.passed}).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as pipe:
        said = pipe.read()
    _pid, how = os.waitpid(child, 0)
    if os.WIFSIGNALED(how):
        assert os.WTERMSIG(how) == signal.SIGKILL and not said
        return {"status": None}
    assert os.waitstatus_to_exitcode(how) == 0
    answer: dict[str, Any] = json.loads(said)
    return answer


class _Points:
    def __init__(self, last: int) -> None:
        self.last = last
        self.passed: list[str] = []

    def statement(self, connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            self._pass(" ".join(statement.split()[:3]))

    def commit(self, connection: Any) -> None:
        self._pass("commit")

    def committed(self, session: Any) -> None:
        self._pass("committed")

    def _pass(self, name: str) -> None:
        if len(self.passed) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(name)


def _posted(app: Flask, job: dict[str, Any]) -> list[dict[str, Any]]:
    """Posts at their moments (`at`, seconds of the epoch), by a clock that is `skew` seconds off, `threads` at a time.

    Each answer brackets when the post was under way by the database's own clock: after `since`, before `until`.
    """
    right, off = clock.now, timedelta(seconds=job["skew"])
    clock.now = lambda: right() + off
    todo, answers = sorted(job["posts"], key=lambda each: each["at"]), []
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if not todo:
                    return
                each = todo.pop(0)
            time.sleep(max(0, each["at"] - time.time()))
            since = _moment(app)
            status = post(app, each)
            answers.append({"name": each["name"], "status": status, "since": since, "until": _moment(app)})

    threads = [threading.Thread(target=work) for _each in range(job["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _moment(app: Flask) -> str:
    """Now by the database's clock; on SQLite by the one the machine has."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return datetime.now(clock.SHANGHAI).isoformat()
        with db.engine.connect() as connection:
            found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found.isoformat()


def _work(url: str, folder: str) -> None:
    app = create_app(**settings(Path(folder), url), CLOCK="database")
    jobs: dict[str, Callable[[Flask, dict[str, Any]], Any]] = {"kill": _killed, "posts": _posted}
    dispose(app)
    for line in sys.stdin:
        job = json.loads(line)
        print(json.dumps(jobs[job["do"]](app, job)), flush=True)
    dispose(app)


if __name__ == "__main__":
    _work(*sys.argv[1:])
