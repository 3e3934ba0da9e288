"""`make bench`: what a scoped waiting list costs, beside a plain page with the same rows, in one run.

For SQLite, and PostgreSQL where there is one, at 10,000 and at 100,000 applications: requests a
second, CPU milliseconds a page (the database's own process included on PostgreSQL), statements a
page, and the ratio to a plain Flask + SQL + Jinja page. The two take turns, so that a change in the
machine's speed touches both; trust the ratios, not the milliseconds. Nothing here is asserted.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string
from flask_migrate import upgrade
from sqlalchemy import create_engine, event, insert, select, text

from app import clock, create_app
from app.accounts import sessions
from app.extensions import db
from app.models import Application, Organisation, RouteStep, User
from app.reference.seeding import load
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


def fill(size: int) -> tuple[int, int]:
    """`size` applications in review, one in a hundred at one desk; returns its clerk and the desk."""
    unit = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY)
    desk = make.desk_of("盘龙区", Nature.NON_PUBLIC)
    others = [
        each.id
        for each in db.session.scalars(
            select(Organisation).where(Organisation.kind == "bureau", Organisation.id != desk.id)
        )
    ]
    round_ = make.make_round()
    title = db.session.scalar(text("SELECT id FROM title WHERE name = '馆员' ORDER BY id LIMIT 1"))
    profession, at = make.archives().id, clock.now()
    clerk = make.make_user(Role.BUREAU, desk)
    first = clerk.id + 1
    db.session.commit()
    for start in range(0, size, 5000):
        numbers = range(start, min(size, start + 5000))
        db.session.execute(insert(User), [_user(first + n) for n in numbers])
        offices = {n: desk.id if n % SHARE == 0 else others[n % len(others)] for n in numbers}
        rows = [
            {
                "id": n + 1, "number": f"B{n:08d}", "applicant_id": first + n, "year": round_.year,
                "round_id": round_.id, "profession_id": profession, "level": Level.INTERMEDIATE,
                "category": Category.REGULAR, "title_id": title, "unit_id": unit.id, "cover_saved_at": at,
                "status": Status.IN_REVIEW, "step": 1, "stage": Stage.BUREAU, "holder_id": offices[n],
                "route_no": 1, "submission_no": 1, "created_at": at, "submitted_at": at,
                "waiting_since": at - timedelta(minutes=n % 10_000),
            }
            for n in numbers
        ]  # fmt: skip
        db.session.execute(insert(Application), rows)
        steps = [(0, Stage.UNIT, unit.id), (1, Stage.BUREAU, None), (2, Stage.COMMITTEE, round_.committee_id)]
        db.session.execute(
            insert(RouteStep),
            [
                {
                    "application_id": n + 1, "route_no": 1, "position": position, "stage": stage,
                    "organisation_id": office or offices[n], "reached_at": at if position < 2 else None,
                }
                for n in numbers
                for position, stage, office in steps
            ],
        )  # fmt: skip
        db.session.commit()
    with suppress(Exception):
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    return clerk.id, desk.id


def _user(pk: int) -> dict[str, Any]:
    return {
        "id": pk, "username": f"bench{pk}", "first_name": f"示例{pk}", "last_name": "", "email": f"b{pk}@local.invalid",
        "password": make.PASSWORD_HASH, "active": True, "must_change_password": False,
    }  # fmt: skip


def plain_app(url: str, office: int) -> Flask:
    app = Flask("plain")
    engine = create_engine(url)

    @app.get("/")
    def page() -> str:
        with engine.connect() as connection:
            rows = connection.execute(text(PLAIN_SQL), {"office": office}).all()
        return render_template_string(PLAIN_PAGE, rows=rows)

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


def run(databases: Databases, size: int, rounds: int, times: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(dir=databases.folder))
    url = databases.make()
    app = create_app(**settings(folder, url))
    with app.app_context():
        upgrade()
        load(SEEDS)
        db.session.commit()
        clerk, desk = fill(size)
        key = sessions.open_session(db.session.get_one(User, clerk), at=clock.now())
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(_user_id=str(clerk), key=key, _fresh=True)
    plain = plain_app(url, desk)
    plain_client = plain.test_client()
    statements: list[str] = []
    with app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda c, cu, statement, *rest: statements.append(statement)
        )

    def ours() -> None:
        assert client.get("/desk/waiting").status_code == 200

    def floor() -> None:
        assert plain_client.get("/").status_code == 200

    ours(), floor()
    statements.clear()
    page = client.get("/desk/waiting").get_data(as_text=True)
    count = sum(not each.startswith("BEGIN") for each in statements)
    assert page.count("/review") >= PAGE, "the page does not show its rows"
    samples = [(measure(ours, times), measure(floor, times * 4)) for _each in range(rounds)]
    ratios = [mine[0] / base[0] for mine, base in samples]
    result = {
        "size": size,
        "statements": count,
        "cpu": statistics.median(mine[0] for mine, _base in samples),
        "floor": statistics.median(base[0] for _mine, base in samples),
        "ratio": statistics.median(ratios),
        "spread": (min(ratios), max(ratios)),
        "per_second": 1000 / statistics.median(mine[1] for mine, _base in samples),
        "floor_per_second": 1000 / statistics.median(base[1] for _mine, base in samples),
    }
    plain.extensions["engine"].dispose()
    dispose(app)
    databases.drop(url)
    return result


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", default="10000,100000")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--times", type=int, default=40)
    options = arguments.parse_args()
    sizes = [int(each) for each in options.sizes.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        servers = {"SQLite": "", "PostgreSQL": find_postgresql() or ""}
        for name, server in servers.items():
            if name == "PostgreSQL" and not server:
                print("PostgreSQL: none found, not measured")
                continue
            databases = Databases(Path(folder))
            databases.server = server
            print(f"\n{name}: a waiting list of {PAGE} rows, {date.today()}")
            print(
                f"{'applications':>13} {'statements':>10} {'CPU ms':>8} {'plain':>7} {'ratio':>7} {'(min–max)':>14} {'pages/s':>8} {'plain/s':>8}"
            )
            found = []
            for size in sizes:
                r = run(databases, size, options.rounds, options.times)
                found.append(r)
                spread = f"{r['spread'][0]:.1f}–{r['spread'][1]:.1f}"
                print(
                    f"{size:>13,} {r['statements']:>10} {r['cpu']:>8.2f} {r['floor']:>7.2f} {r['ratio']:>6.1f}× "
                    f"{spread:>14} {r['per_second']:>8.0f} {r['floor_per_second']:>8.0f}"
                )
            if len(found) > 1:
                print(
                    f"cost at {sizes[-1]:,} / cost at {sizes[0]:,}: {found[-1]['cpu'] / found[0]['cpu']:.2f}"
                )


if __name__ == "__main__":
    main()
