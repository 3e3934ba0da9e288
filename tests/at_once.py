"""Several at the same moment: what two people who press at once really do (E01)."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from app.errors import DomainError
from app.extensions import db


def at_once(app: Flask, jobs: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the jobs together, each in a thread and transaction of its own.

    What came of each: what it returned, committed, or the class of its refusal. Any other error fails the
    test. The caller's own transaction must be over: on SQLite it would keep the others out.
    """
    waiting = list(jobs)
    start, results = threading.Barrier(len(waiting)), []

    def run(job: Callable[[], Any]) -> None:
        with app.app_context():
            start.wait(timeout=60)
            try:
                result = job()
                db.session.commit()
                results.append(result)
            except DomainError as error:
                db.session.rollback()
                results.append(type(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(job,)) for job in waiting]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=120)
    assert len(results) == len(waiting)
    return results
