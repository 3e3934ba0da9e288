"""Sealing, and sealing anew under another key while people work (D01)."""

import base64
import json
import re
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import String, func, select, text, type_coerce

from app import clock, rotation
from app.demo.numbers import mobile
from app.dossier import storage
from app.dossier.snapshot import content_of, verify
from app.extensions import db
from app.form import kept
from app.models import Application, AuditEntry, HelpRequest, Person, PrintedForm, Snapshot, User
from app.protection import Keyring, Tampered, seal, unseal
from app.vocabulary import CaseKind, Stage, Status
from tests import factories as make

APP = Path(__file__).parents[2] / "app"
HELP = "help_request.content"


@pytest.fixture
def ring(app) -> Iterator[Keyring]:
    """The keys of before; whatever the test does to them is undone."""
    before = app.extensions["keyring"]
    yield before
    app.extensions["keyring"] = before


def turn(app, before: Keyring, *, keep_old: bool = True, name: str = "next") -> Keyring:
    """What a new first entry of IDENTITY_KEYS makes of the ring."""
    sealing = {name: secrets.token_bytes(32), **(before.sealing if keep_old else {})}
    app.extensions["keyring"] = Keyring(sealing, before.index, before.audit)
    return app.extensions["keyring"]


# One value.


def test_equal_values_are_sealed_differently_and_read_alike(session):
    first, second = seal("13900000001", HELP), seal("13900000001", HELP)
    assert first != second and "13900000001" not in first
    assert unseal(first, HELP) == unseal(second, HELP) == "13900000001"


def test_a_value_is_good_at_its_place_only(session):
    with pytest.raises(Tampered):
        unseal(seal("示例", HELP), "ab_user.mobile")


def test_every_altered_byte_is_noticed(session):
    name, encoded = seal("示例内容", HELP).split(".")
    raw = base64.b64decode(encoded)
    for place in range(len(raw)):
        altered = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(Tampered):
            unseal(f"{name}.{base64.b64encode(altered).decode()}", HELP)


@pytest.mark.parametrize(
    "stored", ["", ".", "dev.", "dev.AAAA", "dev.!!", "13900000001", "530102.x", "none.AAAA"]
)
def test_what_is_not_sealed_is_refused_without_repeating_it(session, stored):
    with pytest.raises(Tampered) as refused:
        unseal(stored, HELP)
    assert "1390" not in str(refused.value)


def test_a_key_that_is_gone_is_named(app, session, ring):
    stored = seal("示例", HELP)
    turn(app, ring, keep_old=False)
    with pytest.raises(Tampered, match=f"no key '{ring.current}'"):
        unseal(stored, HELP)


@pytest.mark.parametrize(
    "compare",
    [
        lambda column: column != "x",
        lambda column: column < "x",
        lambda column: column.like("1%"),
        lambda column: column.in_(["x"]),
        lambda column: column.contains("x"),
        lambda column: column.desc(),
        lambda column: column + "x",
    ],
)
def test_a_sealed_column_knows_equality_only(session, compare):
    """Anything else would compare ciphertexts and find nothing, silently."""
    with pytest.raises((TypeError, AssertionError)):
        session.execute(select(User.id).where(compare(User.mobile)))


def test_an_index_that_names_another_value_is_refused(session):
    one, other = make.make_applicant().id, make.make_applicant().id
    session.commit()
    index = session.scalar(select(User.mobile_index).where(User.id == other))
    session.execute(text("UPDATE ab_user SET mobile_index = 'x' WHERE id = :pk"), {"pk": other})
    session.execute(text("UPDATE ab_user SET mobile_index = :i WHERE id = :pk"), {"i": index, "pk": one})
    session.expire_all()
    with pytest.raises(Tampered, match=r"User\.mobile"):
        session.get_one(User, one)
    session.rollback()


# Files that can be made again.


def test_a_kept_file_under_the_old_key_is_let_go_and_one_under_the_new_stays(app, session, ring):
    application = make.make_application(Status.PAPER)
    root, at = app.config["PRIVATE_ROOT"] / "printed", clock.now()

    def keep(digest):
        key = storage.store(root, seal("示例", kept.PLACE).encode())
        session.add(
            PrintedForm(
                digest=digest,
                application_id=application.id,
                asked_at=at,
                claim="c",
                claimed_until=at,
                file=key,
            )
        )
        session.commit()
        return key

    old = keep("0" * 64)
    turn(app, ring)
    new = keep("1" * 64)
    assert rotation.rotate()["printed_form.file"] >= 1
    session.expire_all()
    assert session.scalars(select(PrintedForm.file).where(PrintedForm.file.in_([old, new]))).all() == [new]
    with pytest.raises(FileNotFoundError):
        storage.read(root, old)
    assert storage.read(root, new)
    # Back under the key of before, for the tests that follow.
    app.extensions["keyring"] = Keyring(
        {**ring.sealing, **app.extensions["keyring"].sealing}, ring.index, ring.audit
    )
    rotation.rotate()


# All of them.


def test_every_place_that_code_seals_is_rotated():
    """A place that nobody rotates would be lost with its key."""
    known = {place.name for place in rotation.places()} | set(rotation.FILES)
    written = set()
    for file in APP.rglob("*.py"):
        source = file.read_text()
        if "seal(" in source and file.name not in ("protection.py", "rotation.py", "state.py", "cookies.py"):
            written |= set(re.findall(r'PLACE = "([a-z_.]+)"', source))
            written |= set(re.findall(r'seal\([^"\n]*"([a-z_]+\.[a-z_]+)"', source))
    assert written <= known, written - known
    assert set(rotation.TEXTS) <= known
    assert {
        "ab_user.id_number", "ab_user.mobile", "ab_user.factor_secret", "person.contact_mobile",
        "unit.contact_phone", "outbox.mobile", "integrity_record.id_number", "snapshot.identity",
        "correction.old", "correction.new",
    } <= known  # fmt: skip


@pytest.fixture
def dossier(session) -> dict[str, int]:
    """A submitted application and a request, so that sealed values of every kind are there."""
    application = make.make_application(Stage.UNIT)
    content = seal(json.dumps({"phone": "13900000077"}), HELP)
    request = HelpRequest(kind=CaseKind.QUESTION, content=content, created_at=clock.now())
    session.add(request)
    session.commit()
    return {
        "application": application.id, "person": application.applicant_id, "request": request.id,
        "snapshot": application.snapshot_id,
    }  # fmt: skip


def counts() -> dict[str, dict[str, int]]:
    """How many values of each place lie under which key."""
    found: dict[str, dict[str, int]] = {}
    for place in rotation.places():
        stored = db.session.scalars(select(place.text).where(place.column.is_not(None), place.text != ""))
        for value in stored:
            key = value.partition(".")[0]
            found.setdefault(place.name, {}).setdefault(key, 0)
            found[place.name][key] += 1
    db.session.rollback()
    return found


def test_after_rotation_the_old_key_is_not_needed(app, session, ring, dossier):
    number = session.get_one(User, dossier["person"]).id_number
    session.rollback()
    was = counts()
    new = turn(app, ring)
    ended = app.test_cli_runner().invoke(args=["identity", "rotate"])
    assert ended.exit_code == 0, ended.output
    now = counts()
    assert {place: sum(each.values()) for place, each in was.items()} == {
        place: each["next"] for place, each in now.items()
    }
    assert f"{sum(sum(each.values()) for each in was.values())} values are now sealed" in ended.output

    app.extensions["keyring"] = Keyring({"next": new.sealing["next"]}, ring.index, ring.audit)
    session.expire_all()
    assert session.scalars(select(User.id).where(User.id_number == number)).one() == dossier["person"]
    snapshot = session.get_one(Snapshot, dossier["snapshot"])
    assert verify(snapshot) and content_of(snapshot)["person"]["id_number"] == number
    request = session.get_one(HelpRequest, dossier["request"])
    assert json.loads(unseal(request.content, HELP)) == {"phone": "13900000077"}
    assert session.get_one(Person, dossier["person"]).account.id_number == number
    assert list(rotation.unreadable()) == []
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.action == "rotate_keys" and "ab_user.id_number" in entry.detail
    session.rollback()
    app.extensions["keyring"] = new
    assert "0 values" in app.test_cli_runner().invoke(args=["identity", "rotate"]).output
    rotated_back(app, ring)


def rotated_back(app, before: Keyring) -> None:
    """Everything under the keys that the other tests of this module have."""
    held = app.extensions["keyring"].sealing
    app.extensions["keyring"] = Keyring({**before.sealing, **held}, before.index, before.audit)
    rotation.rotate()
    app.extensions["keyring"] = before
    assert list(rotation.unreadable()) == []
    db.session.rollback()


def test_a_value_that_nothing_opens_stops_it_before_anything_is_changed(app, session, ring, dossier):
    session.execute(
        text("UPDATE help_request SET content = :c WHERE id = :pk"),
        {"c": "lost.AAAA", "pk": dossier["request"]},
    )
    session.commit()
    was = counts()
    turn(app, ring)
    ended = app.test_cli_runner().invoke(args=["identity", "rotate"])
    assert ended.exit_code == 1 and "Traceback" not in ended.output
    assert f"row {dossier['request']} of help_request.content: no key 'lost'" in ended.output
    assert "1 values cannot be read; nothing was changed" in ended.output
    assert counts() == was
    session.execute(text("DELETE FROM help_request WHERE id = :pk"), {"pk": dossier["request"]})
    session.commit()


def test_flask_check_names_a_value_that_no_key_opens(app, session, ring, dossier):
    turn(app, ring, keep_old=False)
    told = app.test_cli_runner().invoke(args=["check"])
    app.extensions["keyring"] = ring
    assert told.exit_code == 1
    assert "BROKEN Every sealed value can be read" in told.output and "Traceback" not in told.output
    assert f"no key '{ring.current}'" in told.output


def test_rotation_loses_no_write_and_leaves_nothing_behind(app, session, ring, monkeypatch):
    """Ten writers change mobiles all the time; small batches, so that they meet the rotation often."""
    people = [make.make_applicant().id for _each in range(40)]
    session.commit()
    new = turn(app, ring)
    monkeypatch.setattr(rotation, "BATCH", 7)
    written: dict[int, str] = {}
    failures: list[Exception] = []
    is_over = threading.Event()

    def write(n: int) -> None:
        mine, turns = people[n::10], 0
        with app.app_context():
            while not is_over.is_set() or turns < 8:
                try:
                    pk = mine[turns % len(mine)]
                    number = mobile(10_000 + 1000 * n + turns % 900)
                    db.session.get_one(User, pk).mobile = number
                    db.session.commit()
                    written[pk] = number
                except Exception as error:
                    failures.append(error)
                    break
                finally:
                    db.session.remove()
                turns += 1

    threads = [threading.Thread(target=write, args=(n,)) for n in range(10)]
    for each in threads:
        each.start()
    try:
        rotation.rotate()
        rotation.rotate()
    finally:
        is_over.set()
        for each in threads:
            each.join(timeout=60)
    assert failures == []
    app.extensions["keyring"] = Keyring({"next": new.sealing["next"]}, ring.index, ring.audit)
    session.expire_all()
    for pk, number in written.items():
        assert session.get_one(User, pk).mobile == number
        assert session.scalars(select(User.id).where(User.mobile == number)).one() == pk
    assert len(written) == len(people)
    left = session.scalar(
        select(func.count(User.id)).where(
            User.mobile.is_not(None), ~type_coerce(User.mobile, String).startswith("next.")
        )
    )
    assert left == 0
    session.rollback()
    app.extensions["keyring"] = new
    rotated_back(app, ring)


def test_a_new_key_is_one(app):
    runner = app.test_cli_runner()
    first, second = (runner.invoke(args=["identity", "new-key"]).output.strip() for _each in range(2))
    assert first != second and len(base64.b64decode(first, validate=True)) == 32


def test_the_account_of_an_application_is_found_by_equality(session):
    application = make.make_application(Stage.UNIT)
    account = session.get_one(User, application.applicant_id)
    found = session.scalars(
        select(Application.id)
        .join(User, User.id == Application.applicant_id)
        .where(User.mobile == account.mobile)
    )
    assert list(found) == [application.id]
