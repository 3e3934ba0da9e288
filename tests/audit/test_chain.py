"""The record is append-only, and whoever gets round that is found (D08): 200 planted tamperings."""

import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, NoResultFound

from app import chain, clock
from app.audit import record, record_apart
from app.chain import CHAINED
from app.extensions import db
from app.models import AuditEntry, AuditHead, Setting
from app.vocabulary import Result, Role
from tests import factories as make

LINES, PLANTED = 30, 200
Rows = list[dict]

# What an attacker writes instead; a value that is there already is replaced by the second.
OTHER = {
    "id": (900_001, 900_002),
    "at": (datetime(2020, 1, 1), datetime(2020, 1, 2)),
    "by_id": (None, 1),
    "role": (Role.HOTLINE.value, Role.UNIT.value),
    "organisation_id": (None, 1),
    "action": ("edit", "sign_in"),
    "object_type": ("Unit", "User"),
    "object_id": ("1", "2"),
    "result": (Result.DENIED.value, Result.DONE.value),
    "address": ("192.0.2.1", "192.0.2.2"),
    "before": ("0" * 64, "1" * 64),
    "after": ("0" * 64, "1" * 64),
    "detail": ("nothing", "everything"),
    "position": (900_003, 900_004),
    "mac": ("f" * 64, "e" * 64),
}


@pytest.fixture(scope="module")
def written(app) -> int:
    """A record of some length, by two persons, with everything a line can hold; the last position."""
    with app.app_context():
        unit = make.make_unit(None)
        people = [make.make_user(Role.HOTLINE), make.make_user(Role.AUDITOR)]
        start = chain.length()
        at = clock.now()
        for n in range(LINES - start):
            entry = record(
                "edit", unit, at=at + timedelta(seconds=n), by_id=people[n % 2].id,
                detail=f"栏目{n}", before=f"{n:064d}", after=f"{n + 1:064d}",
            )  # fmt: skip
            entry.role, entry.organisation_id, entry.address = Role.UNIT, unit.id, f"192.0.2.{n + 10}"
            db.session.commit()
        last = chain.length()
        db.session.remove()
    return last


@pytest.fixture(scope="module")
def attacker(app, written) -> Iterator[Callable[[], None]]:
    """Someone who owns the database: the triggers and checks are gone, and he puts back what he likes."""
    with app.app_context(), db.engine.begin() as connection:
        for statement in _disarming(connection):
            connection.execute(text(statement))
        rows = [dict(row) for row in connection.execute(text("SELECT * FROM audit_entry")).mappings()]
        head = dict(connection.execute(text("SELECT * FROM audit_head")).mappings().one())
        db.session.remove()

    def restore() -> None:
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM audit_entry"))
            connection.execute(text("DELETE FROM audit_head"))
            connection.execute(text(_insert("audit_entry", rows[0])), rows)
            connection.execute(text(_insert("audit_head", head)), head)

    yield restore
    with app.app_context():
        restore()


def _insert(table: str, row: dict) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES (:{', :'.join(row)})"


def _disarming(connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        return [
            "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
            "ALTER TABLE audit_entry DROP CONSTRAINT IF EXISTS audit_entry_position_key",
            "ALTER TABLE audit_entry DROP CONSTRAINT IF EXISTS result",
            "DROP INDEX IF EXISTS ix_audit_entry_position",
        ]
    return [
        "DROP TRIGGER audit_entry_update",
        "DROP TRIGGER audit_entry_delete",
        "DROP INDEX IF EXISTS ix_audit_entry_position",
    ]


def plant(statement: str, **values) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement), values)


def stored() -> Rows:
    with db.engine.connect() as connection:
        query = text("SELECT * FROM audit_entry ORDER BY position")
        return [dict(row) for row in connection.execute(query).mappings()]


def _place(row: dict, position: int) -> None:
    plant("UPDATE audit_entry SET position = :there WHERE id = :pk", there=position, pk=row["id"])


# Each plants one tampering among the rows and says which position must be named.


def changed(column: str) -> Callable[[random.Random, Rows], int]:
    def tamper(dice: random.Random, rows: Rows) -> int:
        row = dice.choice(rows)
        was = row[column]
        value = next(each for each in OTHER[column] if each != was)
        plant(f'UPDATE audit_entry SET "{column}" = :value WHERE id = :pk', value=value, pk=row["id"])
        return row["position"]

    return tamper


def removed(dice: random.Random, rows: Rows) -> int:
    row = dice.choice(rows)
    plant("DELETE FROM audit_entry WHERE id = :pk", pk=row["id"])
    return row["position"]


def inserted_beside(dice: random.Random, rows: Rows) -> int | None:
    row = {**dice.choice(rows), "id": 900_010, "position": None, "mac": None}
    plant(_insert("audit_entry", row), **row)
    return None


def inserted_between(dice: random.Random, rows: Rows) -> int:
    """A copy of a line takes its place, and all later ones move up."""
    row = dice.choice(rows)
    plant("UPDATE audit_entry SET position = position + 1000 WHERE position >= :p", p=row["position"])
    plant("UPDATE audit_entry SET position = position - 999 WHERE position >= 1000")
    copy = {**row, "id": 900_011, "detail": "planted"}
    plant(_insert("audit_entry", copy), **copy)
    return copy["position"]


def inserted_at_the_end(dice: random.Random, rows: Rows) -> int:
    last = rows[-1]
    copy = {**dice.choice(rows), "id": 900_012, "position": last["position"] + 1, "mac": "a" * 64}
    plant(_insert("audit_entry", copy), **copy)
    plant("UPDATE audit_head SET position = :p, mac = :m", p=copy["position"], m=copy["mac"])
    return copy["position"]


def swapped_places(dice: random.Random, rows: Rows) -> int:
    one, other = dice.sample(rows, 2)
    _place(one, 900_013)
    _place(other, one["position"])
    _place(one, other["position"])
    return one["position"]


def swapped_with_their_macs(dice: random.Random, rows: Rows) -> int:
    one, other = dice.sample(rows, 2)
    _place(one, 900_013)
    for row, there in ((other, one), (one, other)):
        _place(row, there["position"])
        plant("UPDATE audit_entry SET mac = :m WHERE id = :pk", m=there["mac"], pk=row["id"])
    return one["position"]


def swapped_contents(dice: random.Random, rows: Rows) -> int:
    one, other = dice.sample(rows, 2)
    for row, there in ((one, other), (other, one)):
        plant("UPDATE audit_entry SET detail = :d, before = :b, after = :a, at = :at WHERE id = :pk",
              d=there["detail"], b=there["before"], a=there["after"], at=there["at"], pk=row["id"])  # fmt: skip
    return one["position"]


def reordered(dice: random.Random, rows: Rows) -> int:
    """Three lines move round."""
    three = dice.sample(rows, 3)
    for n, row in enumerate(three):
        _place(row, 900_020 + n)
    for n, row in enumerate(three):
        _place(row, three[n - 1]["position"])
    return three[0]["position"]


def cut_off(dice: random.Random, rows: Rows) -> int:
    first = dice.choice(rows)["position"]
    plant("DELETE FROM audit_entry WHERE position >= :p", p=first)
    return first


def cut_off_with_the_head(dice: random.Random, rows: Rows) -> int:
    """Consistent in itself: only the anchor kept elsewhere knows better."""
    keep = dice.randrange(len(rows))
    plant("DELETE FROM audit_entry WHERE position > :p", p=keep)
    mac = rows[keep - 1]["mac"] if keep else ""
    plant("UPDATE audit_head SET position = :p, mac = :m", p=keep, m=mac)
    return rows[-1]["position"]


def head_set_back(dice: random.Random, rows: Rows) -> int:
    row = dice.choice(rows[:-1])
    plant("UPDATE audit_head SET position = :p, mac = :m", p=row["position"], m=row["mac"])
    return rows[-1]["position"] + 1


def head_altered(dice: random.Random, rows: Rows) -> int:
    plant("UPDATE audit_head SET mac = :m", m=f"{dice.getrandbits(256):064x}")
    return rows[-1]["position"] + 1


def head_gone(dice: random.Random, rows: Rows) -> int:
    plant("DELETE FROM audit_head")
    return rows[-1]["position"] + 1


def a_word_that_nothing_writes(dice: random.Random, rows: Rows) -> int:
    row = dice.choice(rows)
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        connection.execute(text("UPDATE audit_entry SET result = 'nice' WHERE id = :pk"), {"pk": row["id"]})
    return row["position"]


TAMPERINGS: list[Callable[[random.Random, Rows], int | None]] = [
    *map(changed, (*CHAINED, "position", "mac")),
    removed, removed, inserted_beside, inserted_between, inserted_at_the_end, swapped_places,
    swapped_with_their_macs, swapped_contents, reordered, cut_off, cut_off_with_the_head,
    head_set_back, head_altered, head_gone, a_word_that_nothing_writes,
]  # fmt: skip


def test_an_honest_record_has_no_faults(session, written):
    assert written >= LINES
    assert list(chain.verify()) == []
    assert list(chain.verify(dict([chain.head()]))) == []


def test_every_planted_tampering_is_found_and_named(app, session, written, attacker):
    anchors = dict([chain.head()])
    db.session.rollback()
    rows = stored()
    missed = []
    for n in range(PLANTED):
        tamper = TAMPERINGS[n % len(TAMPERINGS)]
        named = tamper(random.Random(n), rows)
        found = list(chain.verify(anchors))
        if not found or named not in {fault.position for fault in found}:
            missed.append((n, tamper.__name__, named, [str(each) for each in found]))
        attacker()
    assert missed == []
    assert list(chain.verify(anchors)) == []


def test_without_an_anchor_only_a_cut_off_end_is_missed(session, written, attacker):
    """This is why the anchor is kept elsewhere (docs/operations.md)."""
    rows = stored()
    cut_off_with_the_head(random.Random(1), rows)
    assert list(chain.verify()) == []
    attacker()


def test_a_changed_line_is_the_only_one_named(session, written, attacker):
    row = stored()[7]
    plant("UPDATE audit_entry SET detail = 'x' WHERE id = :pk", pk=row["id"])
    assert [fault.position for fault in chain.verify()] == [row["position"]]
    attacker()


def test_the_command_names_each_fault_and_fails(app, session, written, attacker):
    runner = app.test_cli_runner()
    honest = runner.invoke(args=["audit", "verify"])
    assert honest.exit_code == 0, honest.output
    assert f"{written} lines, 0 faults" in honest.output
    anchor = runner.invoke(args=["audit", "head"]).output.strip()
    assert anchor == f"{written}:{chain.head()[1]}"
    db.session.rollback()
    rows = stored()
    plant("UPDATE audit_entry SET action = 'x' WHERE position = 3")
    plant("DELETE FROM audit_entry WHERE position = 9")
    plant("DELETE FROM audit_entry WHERE position = :p", p=rows[-1]["position"])
    plant("UPDATE audit_head SET position = :p, mac = :m", p=rows[-2]["position"], m=rows[-2]["mac"])
    found = runner.invoke(args=["audit", "verify", "--anchor", anchor])
    assert found.exit_code == 1
    for named in ("line 3: ", "line 9: is missing", f"line {written}: is gone"):
        assert named in found.output, found.output
    attacker()
    assert runner.invoke(args=["audit", "verify", "--anchor", anchor]).exit_code == 0


@pytest.mark.parametrize("anchor", ["", "7", "x:abc", "7:", "-1:" + "a" * 64, "7:" + "g" * 64])
def test_an_anchor_that_is_none_is_refused(app, anchor):
    ended = app.test_cli_runner().invoke(args=["audit", "verify", "--anchor", anchor])
    assert ended.exit_code == 2 and "Traceback" not in ended.output


def test_another_key_fits_no_line(app, session, written):
    """Whoever has the database but not the key can write no line that fits."""
    ring = app.extensions["keyring"]
    app.extensions["keyring"] = type(ring)(ring.sealing, ring.index, b"x" * 32)
    try:
        assert len(list(chain.verify())) == written
    finally:
        app.extensions["keyring"] = ring


# The database itself refuses; no trigger is missing on a fresh one.


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET detail = 'x'",
        "UPDATE audit_entry SET mac = NULL",
        "UPDATE audit_entry SET by_id = NULL WHERE position = 1",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE position = (SELECT MAX(position) FROM audit_entry)",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_refuses_to_change_or_erase_a_line(fresh, statement):
    if statement.startswith("TRUNCATE") and db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    before = stored()
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(statement))
    assert stored() == before and before


@pytest.fixture
def fresh(databases, seeded, tmp_path) -> Iterator[None]:
    """A database nobody has attacked, with one line."""
    from app import create_app
    from tests.conftest import dispose, settings

    url = databases.make(template=seeded)
    app = create_app(**settings(tmp_path, url))
    with app.app_context():
        record("edit", at=clock.now(), object_type="Setting", object_id=1)
        db.session.commit()
        yield
        db.session.remove()
    dispose(app)
    databases.drop(url)


# Linking: together with what it describes, or not at all.


def test_what_is_rolled_back_leaves_no_gap(fresh):
    start = chain.length()
    for keep in (True, False, False, True):
        record("edit", at=clock.now(), object_type="Setting", object_id=2)
        db.session.flush()
        (db.session.commit if keep else db.session.rollback)()
    assert (chain.length(), list(chain.verify())) == (start + 2, [])


def test_a_rolled_back_savepoint_takes_its_entry_along(fresh):
    start = chain.length()
    record("edit", at=clock.now(), object_type="Setting", object_id=3)
    nested = db.session.begin_nested()
    record("edit", at=clock.now(), object_type="Setting", object_id=4)
    db.session.flush()
    nested.rollback()
    db.session.commit()
    assert (chain.length(), list(chain.verify())) == (start + 1, [])


def test_without_its_entry_nothing_is_committed(fresh):
    """The head is gone, so nothing can be linked: the change fails with it (D09)."""
    setting = db.session.query(Setting).first()
    was, pk = setting.value, setting.id
    db.session.rollback()
    plant("DELETE FROM audit_head")
    db.session.get_one(Setting, pk).value = "changed"
    record("edit", at=clock.now(), object_type="Setting", object_id=pk)
    with pytest.raises(NoResultFound):
        db.session.commit()
    db.session.rollback()
    assert db.session.get_one(Setting, pk).value == was
    db.session.rollback()
    with pytest.raises(NoResultFound):
        record_apart("view_scan", at=clock.now(), object_type="Attachment", object_id="x")


def test_twenty_writers_at_once_make_one_chain(app, session):
    """Some roll back, some record twice, some record apart: one chain without a gap."""
    start, failures = chain.length(), []
    db.session.rollback()
    gate = threading.Barrier(20)

    def write(n: int) -> None:
        with app.app_context():
            try:
                gate.wait()
                for turn in range(6):
                    if turn == 5:
                        record_apart("view_scan", at=clock.now(), object_type="Attachment", object_id=n)
                        continue
                    record("edit", at=clock.now(), object_type="Setting", object_id=n, detail=str(turn))
                    if turn == 4:
                        record("edit", at=clock.now(), object_type="Setting", object_id=n)
                    if turn == 3:
                        db.session.flush()
                        db.session.rollback()
                    db.session.commit()
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=120)
    assert failures == []
    assert chain.length() - start == 20 * 6
    assert list(chain.verify()) == []
    assert db.session.query(AuditEntry).count() == chain.length()
    assert db.session.query(AuditHead).count() == 1


def test_the_same_moment_gives_the_same_mac_on_every_database(session):
    at = datetime(2026, 11, 22, 16, 30, 15, 123456, tzinfo=UTC)
    values = dict.fromkeys(CHAINED, "") | {"id": 1, "at": at, "by_id": None}
    shanghai = values | {"at": at.astimezone(clock.SHANGHAI)}
    assert chain.mac_of(values, 1, "") == chain.mac_of(shanghai, 1, "")
    assert chain.mac_of(values, 1, "") != chain.mac_of(values, 2, "")
    assert chain.mac_of(values, 1, "") != chain.mac_of(values, 1, "0")
