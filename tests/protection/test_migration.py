"""A database of the first release, filled by SQL, becomes one whose numbers are sealed and whose record is chained."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Boolean, Connection, Date, DateTime, Integer, MetaData, select, text

from app import chain, create_app, rotation
from app.checks import all_invariants
from app.dossier.snapshot import content_of, verify
from app.extensions import db
from app.models import (
    AuditEntry,
    Employment,
    IntegrityRecord,
    Membership,
    Outbox,
    Person,
    Snapshot,
    Unit,
    User,
)
from app.protection import tail_index_of
from app.vocabulary import Joining, Role
from tests import factories as make
from tests import residue
from tests.conftest import dispose, settings

NUMBERS = [make.id_number(n) for n in (71, 72)]
MOBILES = ["13900000071", "13900000072"]
THEN, LATER = datetime(2026, 2, 3, 4, 5, 6, 789012), datetime(2026, 9, 1)
FILLING = {Integer: 0, Boolean: False, DateTime: THEN, Date: date(2026, 2, 3)}


class Old:
    """The tables of 0001. What a row leaves out gets something of its type."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables = MetaData()
        self.tables.reflect(connection)

    def insert(self, table: str, **given: Any) -> None:
        found = self.tables.tables[table]
        values = dict(given)
        for column in found.columns:
            if column.name in values or column.nullable or column.server_default is not None:
                continue
            fitting = (value for kind, value in FILLING.items() if isinstance(column.type, kind))
            values[column.name] = next(fitting, "[]" if "JSON" in str(column.type) else "示例")
        names = ", ".join(f'"{name}"' for name in values)
        self.connection.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(values)})"), values)


def content(n: int) -> str:
    """A dossier as the first release froze it."""
    person = {
        "name": f"示例{n}", "id_number": NUMBERS[n], "mobile": MOBILES[n], "contact_mobile": MOBILES[1 - n],
        "unit": "示例单位",
    }  # fmt: skip
    parts = {"format": 1, "cover": {"name": f"示例{n}"}, "person": person, "sections": {}, "attachments": []}
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fill(old: Old) -> None:
    for n, role in enumerate(("applicant", "applicant", "super_admin"), 1):
        mine = {"id_number": NUMBERS[n - 1], "mobile": MOBILES[n - 1]} if n < 3 else {}
        old.insert("ab_user", id=n, username=f"old{n}", first_name=f"示例{n - 1}", last_name="",
                   email=f"old{n}@local.invalid", password="$argon2id$x", active=True, **mine)  # fmt: skip
        old.insert("membership", id=n, user_id=n, organisation_id=None, role=role)
    for pk, name in ((1, "云南省示例单位"), (2, "云南省 示例单位")):
        old.insert("organisation", id=pk, kind="unit", name=name, phone="")
        old.insert(
            "unit", id=pk, credit_code=make.credit_code(pk), contact_phone=MOBILES[0] if pk == 1 else None
        )
    old.insert("person", id=1, unit_id=1, contact_mobile=MOBILES[1])
    old.insert("person", id=2, unit_id=None, contact_mobile=None)
    old.insert("integrity_record", id=1, id_number=NUMBERS[1], reason="示例")
    old.insert("outbox", id=1, mobile=MOBILES[0], text="验证码 000000")
    old.insert("sms_quota", id=1, mobile=MOBILES[0], day=date(2026, 2, 3), sent=2)
    old.insert("sms_code", id=1, mobile=MOBILES[0], purpose="recover")
    old.insert("organisation", id=3, kind="committee", name="示例评审委员会", phone="")
    old.insert("committee", id=3, code="T-1", tier="city")
    old.insert(
        "round", id=1, committee_id=3, year=2026, kind="review", closes_at=LATER, corrections_until=LATER
    )
    for n in (0, 1):
        old.insert("application", id=n + 1, applicant_id=n + 1, round_id=1, year=2026, kind="review",
                   number=f"2026-{n}", status="draft")  # fmt: skip
        text_ = content(n)
        old.insert("snapshot", id=n + 1, application_id=n + 1, number=1, content=text_,
                   digest=sha256(text_.encode()).hexdigest())  # fmt: skip
    for n in range(1, 6):
        old.insert("audit_entry", id=n * 2, at=THEN, by_id=None if n == 3 else 1, action="edit",
                   object_type="Unit", object_id=str(n), detail="name")  # fmt: skip


@pytest.fixture(scope="module")
def moved(databases, tmp_path_factory) -> Iterator[Flask]:
    url = databases.make()
    app = create_app(**settings(tmp_path_factory.mktemp("moved"), url))
    with app.app_context():
        upgrade(revision="0001")
        with db.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            fill(Old(connection))
        assert list(residue.in_database(db.engine.url.render_as_string(hide_password=False)))
        upgrade()
    yield app
    dispose(app)
    databases.drop(url)


@pytest.fixture
def opened(moved) -> Iterator[None]:
    with moved.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def test_accounts_are_found_and_read_as_before(opened):
    for n in (0, 1):
        user = db.session.scalars(select(User).where(User.id_number == NUMBERS[n])).one()
        assert (user.id, user.mobile, user.document) == (n + 1, MOBILES[n], "resident")
        assert db.session.scalars(select(User).where(User.mobile == MOBILES[n])).one() is user
        assert user.id_number_tail == tail_index_of(NUMBERS[n][-6:])
    admin = db.session.get_one(User, 3)
    assert (admin.id_number, admin.mobile, admin.mobile_index) == (None, None, None)
    roles = db.session.scalars(select(Membership.role).order_by(Membership.id)).all()
    assert list(roles) == [Role.APPLICANT, Role.APPLICANT, Role.SUPER_ADMIN]


def test_other_numbers_are_sealed_and_read_as_before(opened):
    assert db.session.get_one(Person, 1).contact_mobile == MOBILES[1]
    assert db.session.get_one(Person, 2).contact_mobile is None
    assert db.session.get_one(Unit, 1).contact_phone == MOBILES[0]
    barred = select(IntegrityRecord.id).where(IntegrityRecord.id_number == NUMBERS[1])
    assert db.session.scalars(barred).all() == [1]
    assert db.session.scalars(select(Outbox.id).where(Outbox.mobile == MOBILES[0])).all() == [1]
    assert list(rotation.unreadable()) == []


def test_snapshots_verify_and_say_what_they_said(opened):
    for n in (0, 1):
        snapshot = db.session.get_one(Snapshot, n + 1)
        assert verify(snapshot)
        assert NUMBERS[n] not in snapshot.content and MOBILES[n] not in snapshot.content
        before = json.loads(content(n))
        assert content_of(snapshot) == {**before, "format": 2}


def test_whoever_had_a_unit_is_employed_there(opened):
    (employment,) = db.session.scalars(select(Employment)).all()
    assert (employment.person_id, employment.unit_id, employment.status) == (1, 1, Joining.CONFIRMED)


def test_the_old_record_is_one_chain_and_the_next_line_follows(opened):
    assert list(chain.verify()) == []
    assert chain.length() == 5
    first = db.session.get_one(AuditEntry, 2)
    assert (first.position, first.object_id, first.at.microsecond) == (1, "1", 789012)
    db.session.rollback()
    db.session.add(AuditEntry(at=first.at, action="edit", object_type="Unit", object_id="1"))
    db.session.commit()
    assert (chain.length(), list(chain.verify())) == (6, [])


def test_no_number_is_left_in_clear(opened):
    """PostgreSQL's dead rows are gone after VACUUM FULL (docs/operations.md)."""
    db.session.remove()
    db.engine.dispose()
    assert list(residue.in_database(db.engine.url.render_as_string(hide_password=False))) == []


def test_what_must_be_true_of_identity_and_record_is(opened):
    names = ("Every sealed value can be read", "ID numbers are valid and in capitals",
             "The record of changes is one unbroken chain")  # fmt: skip
    for invariant in all_invariants():
        if invariant.sentence in names:
            assert list(invariant.broken_by()) == [], invariant.sentence
