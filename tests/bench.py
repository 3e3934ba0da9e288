"""`make bench`: what the waiting list and a decision cost, beside plain ones with the same rows, in one run.

For SQLite, and PostgreSQL where there is one, at 10,000 and 100,000 applications (ARGS=--million: 1,000,000 too), one in
a hundred of them at one desk: CPU milliseconds a request (the database's own process included on PostgreSQL), statements,
and the ratio to a plain Flask + SQL + Jinja page; a decision's to a plain endpoint that writes the same rows in one
transaction. Ours and the plain one take turns, so that a change in the machine's speed touches both; trust the ratios,
not the milliseconds. Nothing here is asserted.
"""

import argparse
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, redirect, render_template_string
from flask_migrate import upgrade
from sqlalchemy import (
    String,
    case,
    cast,
    create_engine,
    event,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
)

from app import clock, create_app
from app.accounts import sessions
from app.extensions import db
from app.models import Application, Organisation, RouteStep, User
from app.models.columns import Moment
from app.protection import tail_index_of
from app.reference.seeding import load
from app.review.lists import Key
from app.vocabulary import Category, Level, Nature, Role, Stage, Status, Tier
from tests import factories as make
from tests.conftest import SEEDS, Databases, dispose, settings
from tools.run_tests import find_postgresql

SHARE = 100
PAGE = 25
PLAIN_SQL = """
    SELECT a.id, a.number, u.first_name, t.name AS title, o.name AS committee, r.closes_at,
           a.submission_no, a.waiting_since, a.status
    FROM application a
    JOIN ab_user u ON u.id = a.applicant_id
    JOIN title t ON t.id = a.title_id
    JOIN round r ON r.id = a.round_id
    JOIN organisation o ON o.id = r.committee_id
    WHERE a.holder_id = :office AND a.status = 'in_review'
    ORDER BY a.waiting_since, a.id LIMIT 25
"""
PLAIN_PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>待我审核</title></head><body>
<h1>待我审核</h1><table>{% for r in rows %}<tr><th><a href="/applications/{{ r.id }}/review">{{ r.first_name }}</a></th>
<td>{{ r.title }}</td><td>{{ r.committee }}</td><td>{{ r.closes_at }}</td><td>{{ r.submission_no }}</td>
<td>{{ r.waiting_since }}</td><td>{{ r.status }}</td></tr>{% endfor %}</table></body></html>"""


# The same rows as a decision of ours writes, those of the record of changes included.
PLAIN_DECISION = (
    "UPDATE application SET status = 'paper', stage = NULL, holder_id = NULL, step = NULL, waiting_since = NULL,"
    " version = version + 1 WHERE id = :id AND version = 1 AND status = 'in_review'",
    "INSERT INTO decision (application_id, event, by_id, opinion, from_status, to_status, chances_used, opinions_used,"
    " version, at) VALUES (:id, 'approve', :by, 'ok', 'in_review', 'paper', 0, 0, 2, :at)",
    "UPDATE route_step SET reached_at = :at WHERE application_id = :id AND route_no = 1 AND position = 2",
    "INSERT INTO message (recipient_id, type, text, application_id, created_at) VALUES (:by, 'review', 'ok', :id, :at)",
    "INSERT INTO audit_entry (at, by_id, action, object_type, object_id, result, address, before, after, detail,"
    " position, mac) SELECT :at, :by, 'plain', 'Application', '', 'done', '', '', '', '', position + 1, :at || position"
    " FROM audit_head",
    "UPDATE audit_head SET position = position + 1, mac = :at",
)
TAIL = "12345X"
DEEP = 2000


def fill(size: int) -> tuple[int, int]:
    """`size` applications in review, one in a hundred at one desk; returns its clerk and the desk.

    The database makes the rows itself: a million takes a minute or two.
    """
    unit = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY)
    desk = make.desk_of("盘龙区", Nature.NON_PUBLIC)
    others = list(
        db.session.scalars(
            select(Organisation.id).where(Organisation.kind == "bureau", Organisation.id != desk.id)
        )
    )
    round_ = make.make_round()
    title = db.session.scalar(text("SELECT id FROM title WHERE name = '馆员' ORDER BY id LIMIT 1"))
    clerk = make.make_user(Role.BUREAU, desk)
    first, profession, at = clerk.id + 1, make.archives().id, clock.now()
    db.session.commit()

    numbers = select(literal(0).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n + 1 < size))
    n = numbers.c.n
    letter = [func.substr("abcdefghijklmnopqrstuvwxyz", n // (SHARE * step) % 26 + 1, 1) for step in (1, 26)]
    name, initials = literal("示例") + cast(n, String), literal("sl") + letter[0] + letter[1]
    holder = case((n % SHARE == 0, desk.id), *((n % len(others) == i, pk) for i, pk in enumerate(others)))
    users = {
        "id": n + first, "username": literal("bench") + cast(n, String), "first_name": name, "last_name": literal(""),
        "email": literal("b") + cast(n, String) + literal("@local.invalid"), "password": literal(make.PASSWORD_HASH),
        "active": literal(True), "must_change_password": literal(False),
        "id_number_tail": case((n.in_([SHARE, SHARE + 1]), tail_index_of(TAIL)), else_=literal("t") + cast(n, String)),
    }  # fmt: skip
    applications = {
        "id": n + 1, "number": literal("2026-R") + func.substr(cast(n + 10_000_000, String), 2), "applicant_id": n + first,
        "year": literal(round_.year), "round_id": literal(round_.id), "profession_id": literal(profession),
        "level": case((n % 50_000 == 0, literal(Level.SENIOR_FULL.value)), else_=literal(Level.INTERMEDIATE.value)),
        "category": literal(Category.REGULAR.value), "title_id": literal(title), "unit_id": literal(unit.id),
        "cover_saved_at": literal(at, Moment()), "status": literal(Status.IN_REVIEW.value), "step": literal(1),
        "stage": literal(Stage.BUREAU.value), "holder_id": holder, "route_no": literal(1), "submission_no": literal(1),
        "created_at": literal(at, Moment()), "submitted_at": literal(at, Moment()),
        "waiting_since": _minutes(at, -(n % 9973)), "due_at": _minutes(at, n % 10_007 + 1440),
        "name": name, "initials": initials,
    }  # fmt: skip
    _fill(User, users, numbers)
    _fill(Application, applications, numbers)
    steps = (
        (0, Stage.UNIT, literal(unit.id)),
        (1, Stage.BUREAU, holder),
        (2, Stage.COMMITTEE, literal(round_.committee_id)),
    )
    for position, stage, office in steps:
        step = {
            "application_id": n + 1, "route_no": literal(1), "position": literal(position),
            "stage": literal(stage.value), "organisation_id": office,
        }  # fmt: skip
        _fill(RouteStep, step | ({"reached_at": literal(at, Moment())} if position < 2 else {}), numbers)
    with suppress(Exception):
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    return clerk.id, desk.id


def _minutes(at: datetime, minutes: Any) -> Any:
    """A moment so many minutes later, in the database's own words."""
    base = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    if db.engine.dialect.name == "postgresql":
        return cast(literal(base), Moment()).op("+")(minutes * literal_column("interval '1 minute'"))
    moved = func.strftime("%Y-%m-%d %H:%M:%S", base, cast(minutes, String) + literal(" minutes"))
    return moved + literal(".000000")


def _fill(model: Any, columns: dict[str, Any], numbers: Any) -> None:
    table = model.__table__
    rows = select(*columns.values()).select_from(numbers)
    db.session.connection().execute(insert(table).from_select(list(columns), rows))
    db.session.commit()


def plain_app(url: str, office: int, clerk: int) -> Flask:
    app = Flask("plain")
    engine = create_engine(url)

    @app.get("/")
    def page() -> str:
        with engine.connect() as connection:
            rows = connection.execute(text(PLAIN_SQL), {"office": office}).all()
        return render_template_string(PLAIN_PAGE, rows=rows)

    @app.post("/<int:pk>")
    def decide(pk: int) -> Any:
        said = {"id": pk, "by": clerk, "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"}
        with engine.begin() as connection:
            for statement in PLAIN_DECISION:
                assert connection.execute(text(statement), said).rowcount == 1
        return redirect("/")

    app.extensions["engine"] = engine
    return app


def backend_seconds() -> float:
    """CPU seconds of all PostgreSQL processes of this machine, ended ones too; 0 where they cannot be seen."""
    total, tick = 0.0, os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            name, rest = entry.read_text().split("(", 1)[1].rsplit(")", 1)
            if name.startswith("postgres"):
                fields = rest.split()
                total += sum(int(each) for each in fields[11:15]) / tick
    return total


def measure(request: Callable[[], None], times: int) -> tuple[float, float]:
    """CPU and wall milliseconds a request, over `times` requests."""
    cpu, server, wall = time.process_time(), backend_seconds(), time.perf_counter()
    for _each in range(times):
        request()
    used = time.process_time() - cpu + backend_seconds() - server
    return used / times * 1000, (time.perf_counter() - wall) / times * 1000


def addresses(desk: int) -> dict[str, str]:
    """What is asked of the list, and where. The deep page is reached by the key of the row before it."""
    waiting = (Application.holder_id == desk, Application.status == Status.IN_REVIEW)
    count = db.session.scalar(select(func.count(Application.id)).where(*waiting)) or 0
    row = db.session.execute(
        select(Application.due_at, Application.id)
        .where(*waiting)
        .order_by(Application.due_at, Application.id)
        .offset(min(DEEP, count // 2))
        .limit(1)
    ).one()
    number = db.session.scalar(select(Application.number).where(*waiting).order_by(Application.id.desc()))
    return {
        "first page": "/desk/waiting",
        "by waiting time": "/desk/waiting?sort=waiting",
        f"after {min(DEEP, count // 2):,} rows": f"/desk/waiting?after={Key(row.due_at, row.id)}",
        "filter, dense": "/desk/waiting?category=regular&submission=first",
        "filter, sparse": "/desk/waiting?level=senior_full",
        "due soon": "/desk/waiting?due=soon",
        "name": "/desk/waiting?q=示例",
        "initials": "/desk/waiting?q=slc",
        "end of ID number": f"/desk/waiting?q={TAIL}",
        "number": f"/desk/waiting?q={number}",
    }


def run(databases: Databases, size: int, rounds: int, times: int) -> Iterator[dict[str, Any]]:
    """One line a question."""
    folder = Path(tempfile.mkdtemp(dir=databases.folder))
    url = databases.make()
    app = create_app(**settings(folder, url))
    with app.app_context():
        upgrade()
        load(SEEDS)
        db.session.commit()
        began = time.perf_counter()
        clerk, desk = fill(size)
        print(f"{size:>13,} applications made in {time.perf_counter() - began:.0f} s")
        asked = addresses(desk)
        key = sessions.open_session(db.session.get_one(User, clerk), at=clock.now())
        db.session.commit()
    client = app.test_client()

    with client.session_transaction() as cookie:
        cookie.update(_user_id=str(clerk), key=key, _fresh=True)
    signed_in = client.get_cookie("session")
    assert signed_in
    plain = plain_app(url, desk, clerk)
    plain_client = plain.test_client()
    statements: list[str] = []
    with app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda c, cu, statement, *rest: statements.append(statement)
        )

    def floor() -> None:
        assert plain_client.get("/").status_code == 200

    def compare(
        name: str, ours: Callable[[], None], theirs: Callable[[], None], times: int
    ) -> dict[str, Any]:
        ours(), theirs()
        statements.clear()
        ours()
        count = sum(not each.startswith("BEGIN") for each in statements)
        samples = [(measure(ours, times), measure(theirs, times)) for _each in range(rounds)]
        ratios = [mine[0] / base[0] for mine, base in samples]
        return {
            "name": name,
            "size": size,
            "statements": count,
            "cpu": statistics.median(mine[0] for mine, _base in samples),
            "floor": statistics.median(base[0] for _mine, base in samples),
            "ratio": statistics.median(ratios),
            "spread": (min(ratios), max(ratios)),
            "wall": statistics.median(mine[1] / base[1] for mine, base in samples),
        }

    for name, address in asked.items():

        def ours(address: str = address) -> None:
            assert client.get(address).status_code == 200

        page = client.get(address).get_data(as_text=True)
        few = name in ("filter, sparse", "end of ID number", "number")
        assert page.count("/review") >= (1 if few or size < 100_000 else PAGE), address
        yield compare(name, ours, floor, times)

    # At the end of the number line, so that the pages above were not touched.
    cases = itertools.count(size - SHARE + 1, -SHARE)
    plains = itertools.count(size - SHARE + 2, -SHARE)

    def decide() -> None:
        # The page that follows would show the line of success and empty it out of the cookie.
        client.set_cookie("session", signed_in.value)
        data = {"event": "approve", "opinion": "同意", "seen": "1"}
        assert client.post(f"/applications/{next(cases)}/review", data=data).status_code == 302

    def decide_plainly() -> None:
        assert plain_client.post(f"/{next(plains)}").status_code == 302

    yield compare("decision", decide, decide_plainly, min(times, 80 // rounds))
    plain.extensions["engine"].dispose()
    dispose(app)
    databases.drop(url)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", default="10000,100000")
    arguments.add_argument("--million", action="store_true")
    arguments.add_argument("--databases", default="SQLite,PostgreSQL")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--times", type=int, default=20)
    options = arguments.parse_args()
    sizes = [int(each) for each in options.sizes.split(",")] + ([1_000_000] if options.million else [])
    with tempfile.TemporaryDirectory() as folder:
        servers = {"SQLite": "", "PostgreSQL": find_postgresql() or ""}
        for name in options.databases.split(","):
            if name == "PostgreSQL" and not servers[name]:
                print("PostgreSQL: none found, not measured")
                continue
            databases = Databases(Path(folder))
            databases.server = servers[name]
            print(f"\n{name}: a waiting list of {PAGE} rows, {date.today()}")
            report(databases, sizes, options.rounds, options.times)


def report(databases: Databases, sizes: list[int], rounds: int, times: int) -> None:
    first: dict[str, dict[str, Any]] = {}
    print(
        f"{'applications':>13} {'what':<18} {'statements':>10} {'CPU ms':>8} {'plain':>7} {'ratio':>7} {'(min–max)':>14}"
        f" {'wall':>6} {'to first size':>14}"
    )
    for size in sizes:
        for r in run(databases, size, rounds, times):
            place = "deep page" if r["name"].startswith("after") else r["name"]
            before = first.setdefault(place, r)
            spread = f"{r['spread'][0]:.1f}–{r['spread'][1]:.1f}"
            print(
                f"{size:>13,} {r['name']:<18} {r['statements']:>10} {r['cpu']:>8.2f} {r['floor']:>7.2f} {r['ratio']:>6.1f}×"
                f" {spread:>14} {r['wall']:>5.1f}× {r['cpu'] / before['cpu']:>13.2f}×",
                flush=True,
            )


if __name__ == "__main__":
    main()
