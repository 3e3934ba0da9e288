"""How a connection behaves (T8, T11, T15): only SQLite needs to be told."""

import threading

import pytest
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError

from app.database import read_only, tame
from app.extensions import db
from app.models import Setting, Title
from tests import factories as make


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 15000),
    ],
)
def test_sqlite_is_told_how_to_behave(tmp_path, pragma, value):
    engine = create_engine(f"sqlite:///{tmp_path / 'some.db'}")
    tame(engine)
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value
    engine.dispose()


def test_a_referenced_row_cannot_be_deleted(session):
    make.make_round()
    with pytest.raises(IntegrityError):
        session.execute(text("DELETE FROM committee WHERE id IN (SELECT committee_id FROM round)"))


def test_a_word_outside_the_vocabulary_is_refused(session):
    application = make.make_draft()
    with pytest.raises(IntegrityError):
        session.execute(
            text("UPDATE application SET status = 'invented' WHERE id = :pk"), {"pk": application.id}
        )


def test_counters_cannot_run_below_or_past_each_other(session):
    application = make.make_draft()
    with pytest.raises(IntegrityError):
        session.execute(
            text("UPDATE application SET opinions_used = chances_used + 1 WHERE id = :pk"),
            {"pk": application.id},
        )


def test_readers_do_not_wait_for_a_writer(app, session):
    """A page can be read while somebody else's transaction writes."""
    session.execute(text("UPDATE setting SET note = 'being written'"))
    seen = []

    def read():
        with app.app_context(), read_only():
            seen.append(db.session.scalar(select(Setting.note).limit(1)))
            db.session.rollback()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join(timeout=10)
    session.rollback()
    assert seen and seen[0] != "being written"


def test_writers_take_turns_and_none_is_refused(app):
    """With a deferred BEGIN half of them would fail at once (T11)."""
    with app.app_context():
        pk = db.session.scalar(select(Setting.id).limit(1))
        db.session.execute(text("UPDATE setting SET note = '0'"))
        db.session.commit()
    errors = []

    def add():
        with app.app_context():
            try:
                for _each in range(5):
                    row = db.session.get_one(Setting, pk, with_for_update=True, populate_existing=True)
                    row.note = str(int(row.note) + 1)
                    db.session.commit()
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=add) for _each in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    with app.app_context():
        assert (db.session.get_one(Setting, pk).note, errors) == ("50", [])


def test_migrations_and_models_agree(app):
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_fab_tables_come_with_ours(session):
    assert {"ab_user", "ab_role", "application", "decision"} <= set(inspect(db.engine).get_table_names())
    assert session.scalar(select(Title.id).limit(1))
