"""我的消息 and 通知公告 (MSG-01): one's own only, nothing written by a GET."""

import pytest
from sqlalchemy import event, select

from app import clock
from app.extensions import db
from app.messages.operations import tell
from app.models import Message, Notice
from app.vocabulary import MessageType, Role, Stage
from tests import factories as make


@pytest.fixture
def reader(session):
    found = make.make_user(Role.APPLICANT)
    session.commit()
    return found


def write(session, user, *texts, type=MessageType.SYSTEM, application=None):
    for text in texts:
        tell([user.id], text, at=clock.now(), type=type, application=application)
    session.commit()
    return session.scalars(select(Message).where(Message.recipient_id == user.id).order_by(Message.id)).all()


def test_unread_comes_first_then_the_newest(session, reader, sign_in):
    first, _second, third = write(session, reader, "示例第一条", "示例第二条", "示例第三条")
    client = sign_in(reader)
    client.post(f"/messages/{third.id}/open")
    page = client.get("/messages/").text

    assert page.index("示例第二条") < page.index("示例第一条") < page.index("示例第三条")
    assert page.count(">未读<") == 2
    assert first.read_at is None


def test_opening_marks_as_read_and_a_get_does_not(session, reader, sign_in):
    (message,) = write(session, reader, "示例内容")
    client = sign_in(reader)

    assert client.get(f"/messages/{message.id}").status_code == 200
    session.refresh(message)
    assert message.read_at is None
    answer = client.post(f"/messages/{message.id}/open")
    assert answer.location == f"/messages/{message.id}"
    session.refresh(message)
    assert message.read_at is not None


def test_all_are_marked_as_read_at_once_but_only_ones_own(session, reader, sign_in):
    other = make.make_user(Role.APPLICANT)
    mine, theirs = write(session, reader, "示例一", "示例二"), write(session, other, "示例三")
    sign_in(reader).post("/messages/read-all")

    for each in (*mine, *theirs):
        session.refresh(each)
    assert [each.read_at is None for each in (*mine, *theirs)] == [False, False, True]


def test_a_deleted_message_is_gone_for_its_reader_and_kept_as_the_record(session, reader, sign_in):
    (message,) = write(session, reader, "示例将删除")
    client = sign_in(reader)
    client.post(f"/messages/{message.id}/delete")

    assert "示例将删除" not in client.get("/messages/").text
    assert client.get(f"/messages/{message.id}").status_code == 404
    assert client.post(f"/messages/{message.id}/delete").status_code == 404
    session.refresh(message)
    assert message.deleted_at is not None


def test_a_foreign_message_does_not_exist(session, reader, sign_in):
    (theirs,) = write(session, make.make_user(Role.APPLICANT), "示例他人")
    client = sign_in(reader)

    assert client.get(f"/messages/{theirs.id}").status_code == 404
    assert client.post(f"/messages/{theirs.id}/open").status_code == 404
    assert client.post(f"/messages/{theirs.id}/delete").status_code == 404
    assert client.get("/messages/99999999999999999999").status_code == 404
    session.refresh(theirs)
    assert (theirs.read_at, theirs.deleted_at) == (None, None)


def test_tabs_show_one_kind_and_a_page_holds_twenty(session, reader, sign_in):
    write(session, reader, *(f"示例系统{n:02d}" for n in range(21)))
    write(session, reader, "示例审核消息", type=MessageType.REVIEW)
    client = sign_in(reader)

    page = client.get("/messages/?type=review").text
    assert "示例审核消息" in page
    assert "示例系统" not in page
    pages = [client.get(f"/messages/?type=system&page={n}").text for n in (1, 2)]
    shown = [[n for n in range(21) if f"示例系统{n:02d}" in page] for page in pages]
    assert shown == [list(range(1, 21)), [0]]


@pytest.mark.parametrize(
    "query", ["?page=0", "?page=-1", "?page=x", "?page=99999999999", "?type=nonsense", "?page=５"]
)
def test_nonsense_in_the_address_shows_the_first_page(session, reader, sign_in, query):
    assert sign_in(reader).get(f"/messages/{query}").status_code == 200


def test_the_list_asks_the_database_equally_often_for_one_and_for_twenty(session, reader, sign_in):
    client = sign_in(reader)

    def queries():
        seen = []

        def note(*args):
            seen.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        client.get("/messages/")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    write(session, reader, "示例")
    one = queries()
    write(session, reader, *(f"示例{n}" for n in range(19)))
    assert queries() == one


def test_a_message_leads_to_its_application_as_its_reader_sees_it(app, session, sign_in):
    application = make.make_application(at=Stage.UNIT)
    clerk, stranger = make.clerk_of(application), make.make_user(Role.COMMITTEE, make.make_committee())
    applicant = application.applicant
    found = {}
    for reader in (applicant, clerk, stranger):
        message = write(session, reader, "示例申报消息", application=application)[-1]
        found[reader.id] = sign_in(reader).get(f"/messages/{message.id}").text

    assert f'href="/progress/{application.id}"' in found[applicant.id]
    assert "查看申报" in found[clerk.id]
    assert "查看申报" not in found[stranger.id]


def test_notices_are_open_to_everyone_and_their_text_is_only_text(client, session):
    notice = Notice(title="示例公告", body="第一行\n<script>x</script>", published_at=clock.now())
    session.add(notice)
    session.commit()

    assert "示例公告" in client.get("/notices/").text
    page = client.get(f"/notices/{notice.id}").text
    assert "&lt;script&gt;" in page
    assert client.get("/notices/99999999999999999999").status_code == 404
    assert client.get("/messages/").status_code == 302
