"""The search for numbers in clear finds them wherever they lie; without this it would find nothing for ever."""

import logging

import pytest
from sqlalchemy import create_engine, text

from app.demo import numbers as demo
from app.extensions import db
from tests import factories as make
from tests import residue

NUMBER = make.id_number(321)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (NUMBER, 1),
        (NUMBER.lower(), 1),
        (f"abc{NUMBER}def", 1),
        (f'{{"id_number":"{NUMBER}","mobile":"13900000012"}}', 2),
        (demo.id_number(make.LONG_AGO), 1),
        (demo.mobile(7), 1),
        ("13700000001,13800001234", 2),
        ("13900011234 13900070001 1390006123", 2),
        ("11010519491231002X", 1),
        ("11010519491231002x", 1),
        (NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"), 0),
        (f"{NUMBER[:3]}***************", 0),
        ("139****0001", 0),
        ("a1390000000123", 0),
        ("0871-63108336", 0),
    ],
)
def test_a_number_in_clear_is_recognised(text, count):
    assert residue.numbers_in(text.encode()) == count


@pytest.mark.parametrize(
    "value",
    [NUMBER, "13900000099", "11010519491231002X", "13900070001", f"联系人 13900000099，证件 {NUMBER}。"],
)
def test_a_number_in_a_column_is_found(databases, seeded, value):
    url = databases.make(template=seeded)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE setting SET note = :value WHERE id = 1"), {"value": value})
    engine.dispose()
    with pytest.raises(AssertionError, match="rows of setting, columns note") as found:
        databases.drop(url)
    assert NUMBER not in str(found.value) and "13900000099" not in str(found.value)


def test_a_number_that_was_deleted_is_found_where_pages_are_not_wiped(tmp_path):
    """This is what secure_delete is for (T15)."""
    for wipes, expected in (("OFF", True), ("ON", False)):
        url = f"sqlite:///{tmp_path / wipes}.db"
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA secure_delete={wipes}")
            connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
            connection.exec_driver_sql("INSERT INTO t VALUES (1, ?)", (f"x{NUMBER}",))
            connection.commit()
            connection.exec_driver_sql("DELETE FROM t")
            connection.commit()
        engine.dispose()
        assert bool(list(residue.in_database(url))) is expected


def test_a_number_in_a_file_or_a_log_is_found(tmp_path, logs):
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "export.csv").write_text(f"示例,{NUMBER}\n")
    assert list(residue.in_folder(tmp_path)) == ["file ab/export.csv holds 1 numbers"]
    logging.getLogger("app.example").error("refused %s", NUMBER)
    assert [each.split(" at ")[0] for each in logs.found] == ["logger app.example"]
    logs.found.clear()


def test_what_is_stored_is_sealed(session, databases):
    """A whole application, and nothing of its person in clear; the engine's own file is looked at while in use."""
    make.make_application(make.Stage.UNIT)
    session.commit()
    assert list(residue.in_database(db.engine.url.render_as_string(hide_password=False))) == []


def test_a_number_in_the_address_of_a_request_is_found(logs):
    """The journeys' server says its lines here; no report of a failed test shows them."""
    residue.ACCESS.warning("%s %s %s", "GET /hotline/?q=13900000012 HTTP/1.1", "200", "-")
    assert [each.split(" at ")[0] for each in logs.found] == ["logger tests.access_log"]
    logs.found.clear()


def test_factories_make_no_number_that_is_not_looked_for(session):
    with pytest.raises(AssertionError):
        make.make_user(mobile=f"1381234{5678}")
    session.rollback()
