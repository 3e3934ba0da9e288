"""Who is refused, and who looks at somebody else's scan or whole number, leaves one entry (D02, D09)."""

import pytest
from sqlalchemy import select, text

from app import chain
from app.extensions import db
from app.models import Application, Attachment, AuditEntry, Message, Setting, User
from app.protection import Tampered
from app.vocabulary import MessageType, Result, Role, Stage
from tests import factories as make
from tests.access.world import _store_files


@pytest.fixture(scope="module")
def submitted(app) -> dict[str, int | str]:
    """An application that lies with its unit, whose file is stored."""
    with app.app_context():
        application = make.make_application(Stage.UNIT)
        file = db.session.scalars(
            select(Attachment.id).where(Attachment.owner_id == application.applicant_id)
        ).first()
        found = {
            "application": application.id,
            "applicant": application.applicant_id,
            "clerk": make.clerk_of(application).id,
            "holder": application.holder_id,
            "file": file,
        }
        db.session.commit()
        _store_files(app.config["PRIVATE_ROOT"])
        db.session.remove()
    return found


@pytest.fixture
def entries(session):
    """The entries that a visit adds."""

    def since(visit) -> list[AuditEntry]:
        start = chain.length()
        db.session.rollback()
        visit()
        return list(
            db.session.scalars(
                select(AuditEntry).where(AuditEntry.position > start).order_by(AuditEntry.position)
            )
        )

    return since


def test_a_view_that_is_not_ones_own_is_denied_and_recorded(session, sign_in, submitted, entries):
    hotline = make.make_user(Role.HOTLINE)
    client, pk = sign_in(hotline), hotline.id
    (entry,) = entries(lambda: client.get(f"/applications/{submitted['application']}/review"))
    assert (entry.action, entry.object_type, entry.object_id) == (
        "WorkbenchView.show", "WorkbenchView", str(submitted["application"]),
    )  # fmt: skip
    assert (entry.by_id, entry.role, entry.result, entry.detail) == (pk, None, Result.DENIED, "403")
    assert entry.address == "127.0.0.1"


def test_a_row_that_is_not_ones_own_is_denied_and_recorded(session, sign_in, submitted, entries):
    unit = make.make_unit()
    client, unit_id = sign_in(make.make_user(Role.UNIT, unit)), unit.id
    (entry,) = entries(lambda: client.get(f"/applications/{submitted['application']}/review"))
    assert (entry.result, entry.detail, entry.role) == (Result.DENIED, "404", Role.UNIT)
    assert entry.organisation_id == unit_id


def test_a_refused_operation_is_recorded_and_changes_nothing(session, sign_in, submitted, entries):
    """The clerk decides on a version that is no longer there."""
    client = sign_in(session.get_one(User, submitted["clerk"]))
    make.write_unit_opinion(session.get_one(Application, submitted["application"]))
    session.commit()
    data = {"seen": 99, "event": "approve", "opinion": "同意"}
    found = entries(lambda: client.post(f"/applications/{submitted['application']}/review", data=data))
    assert [(entry.result, entry.detail, entry.role) for entry in found] == [
        (Result.DENIED, "409", Role.UNIT)
    ]


def test_an_address_that_is_nobodys_leaves_nothing(session, sign_in, entries):
    client = sign_in(make.make_user(Role.HOTLINE))
    assert entries(lambda: client.get("/nowhere/at/all")) == []
    assert entries(lambda: client.get("/static/nothing.css")) == []


def test_a_request_of_nobody_leaves_nothing(client, session, submitted, entries):
    for url in (f"/applications/{submitted['application']}/review", "/notices/999999", "/nowhere"):
        assert entries(lambda url=url: client.get(url)) == [], url


def test_a_scan_seen_by_an_office_is_recorded_and_ones_own_is_not(session, sign_in, submitted, entries):
    clerk = sign_in(session.get_one(User, submitted["clerk"]))
    own = sign_in(session.get_one(User, submitted["applicant"]))
    url = f"/attachments/{submitted['file']}"
    (entry,) = entries(lambda: clerk.get(url, buffered=True))
    assert (entry.action, entry.object_type, entry.object_id, entry.result) == (
        "view_scan", "Attachment", submitted["file"], Result.DONE,
    )  # fmt: skip
    assert entry.organisation_id == submitted["holder"]
    assert entries(lambda: own.get(url, buffered=True)) == []


def test_the_form_opened_by_an_office_is_recorded_and_ones_own_is_not(session, sign_in, submitted, entries):
    clerk = sign_in(session.get_one(User, submitted["clerk"]))
    own = sign_in(session.get_one(User, submitted["applicant"]))
    url = f"/applications/{submitted['application']}/form"
    (entry,) = entries(lambda: clerk.get(url))
    assert (entry.action, entry.object_id) == ("view_form", str(submitted["application"]))
    assert entries(lambda: own.get(url)) == []


def test_a_change_that_nobody_names_is_named_after_its_address(session, sign_in, entries):
    person = make.make_user(Role.HOTLINE)
    message = Message(
        recipient_id=person.id, type=MessageType.SYSTEM, text="示例消息", created_at=make.clock.now()
    )
    session.add(message)
    session.commit()
    client = sign_in(person)
    (entry,) = entries(lambda: client.post("/messages/read-all"))
    assert (entry.action, entry.result, entry.role) == (
        "MessagesView.read_all", Result.DONE, Role.HOTLINE,
    )  # fmt: skip


def test_where_the_denial_cannot_be_recorded_nothing_is_shown(app, session, sign_in, submitted):
    """The record is broken: neither a change nor a look at a scan goes through (D09)."""
    clerk = sign_in(session.get_one(User, submitted["clerk"]))
    head = dict(session.execute(text("SELECT * FROM audit_head")).mappings().one())
    session.execute(text("DELETE FROM audit_head"))
    session.commit()
    try:
        scan = clerk.get(f"/attachments/{submitted['file']}", buffered=True)
        assert scan.status_code == 500 and scan.mimetype == "text/html"
        assert clerk.get(f"/applications/{submitted['application']}/form").status_code == 500
        value = session.scalar(select(Setting.value).limit(1))
        session.rollback()
        assert clerk.post("/preferences/text-size", data={"size": "large"}).status_code == 302
        assert session.scalar(select(Setting.value).limit(1)) == value
    finally:
        session.rollback()
        session.execute(
            text("INSERT INTO audit_head (id, position, mac) VALUES (:id, :position, :mac)"), head
        )
        session.commit()


# Sealed data that somebody moved in the database (D01).


def swap(one: int, other: int, column: str) -> None:
    """Exchange the ciphertexts of two accounts, as someone with the database alone can."""
    db.session.rollback()
    with db.engine.begin() as connection:
        values = {
            pk: connection.scalar(text(f"SELECT {column} FROM ab_user WHERE id = :pk"), {"pk": pk})
            for pk in (one, other)
        }
        connection.execute(text(f"UPDATE ab_user SET {column} = NULL WHERE id = :pk"), {"pk": one})
        for pk, there in ((other, one), (one, other)):
            connection.execute(
                text(f"UPDATE ab_user SET {column} = :value WHERE id = :pk"),
                {"value": values[there], "pk": pk},
            )


@pytest.mark.parametrize("column", ["id_number", "mobile"])
def test_swapped_ciphertexts_are_refused(session, column):
    one, other = make.make_applicant().id, make.make_applicant().id
    session.commit()
    swap(one, other, column)
    session.expire_all()
    with pytest.raises(Tampered, match=f"User.{column}"):
        session.get_one(User, one)
    session.rollback()


def test_an_altered_account_meets_a_page_without_details_and_an_entry(session, sign_in, entries, caplog):
    one, other = make.make_applicant(), make.make_applicant()
    client, keys, number = sign_in(one.account), (one.id, other.id), one.account.id_number
    swap(*keys, "id_number")
    pages = []
    (entry,) = entries(lambda: pages.append(client.get("/home/")))
    assert (pages[0].status_code, entry.action, entry.result) == (500, "tampered", Result.DENIED)
    assert "User.id_number" in entry.detail and entry.by_id is None
    for told in ("Tampered", "Traceback", "id_number", number):
        assert told not in pages[0].text
    assert "系统出错" in pages[0].text
    assert "sealed data was altered: User.id_number" in caplog.text and number not in caplog.text
    for url in ("/", "/account/", "/nowhere", "/sign-in/"):
        assert client.get(url).status_code in (404, 500), url
    swap(*keys, "id_number")
    assert client.get("/home/").status_code == 200
