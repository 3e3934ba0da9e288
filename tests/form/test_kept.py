"""A form is drawn once, whoever asks and however many do; a killed maker holds nobody up (DOC-03)."""

import io
import subprocess
import threading
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import func, select

from app import clock
from app.errors import PrintBusy, PrintFailed
from app.extensions import db
from app.form import kept, pdf
from app.models import PrintedForm, Snapshot, User
from app.vocabulary import Role, Status
from tests import factories, needs
from tests.at_once import at_once

TABLE = PrintedForm.__table__


@pytest.fixture
def drawings(monkeypatch):
    """How often the form is drawn, without drawing it."""
    drawn = []

    def render(document, photo, queue):
        queue.begun()
        drawn.append(document.number)
        return b"%PDF-1.4 " + document.number.encode()

    monkeypatch.setattr(kept, "render", render)
    return drawn


def rows_of(application):
    """Ends the transaction: on SQLite the next maker would wait for it."""
    found = db.session.scalar(select(func.count()).where(PrintedForm.application_id == application.id))
    db.session.commit()
    return found


def order_of(application):
    order = kept.order_of(application)
    db.session.commit()
    return order


def applicant_of(application):
    return db.session.get_one(User, application.applicant_id)


def test_the_pdf_of_an_application_is_drawn_once(passed, drawings):
    first, second = kept.printed(passed), kept.printed(passed)

    assert first == second == b"%PDF-1.4 " + passed.number.encode()
    assert len(drawings) == rows_of(passed) == 1


def test_ten_at_once_make_it_once(app, session, passed, drawings):
    pk = passed.id
    session.commit()

    def ask():
        return kept.printed(db.session.get_one(type(passed), pk))

    got = at_once(app, [ask] * 10)

    assert len(set(got)) == 1 and got[0].startswith(b"%PDF-")
    assert len(drawings) == rows_of(passed) == 1


@needs.font
def test_two_at_once_over_the_web_make_one_file(app, session, sign_in, passed, monkeypatch):
    """Two browsers press the button in the same moment; the engine runs once."""
    runs, run = [], pdf._run
    monkeypatch.setattr(pdf, "_run", lambda order, name: (runs.append(name), run(order, name))[1])
    pk = passed.id
    clients = [sign_in(applicant_of(passed)) for _ in range(2)]
    session.commit()
    answers = at_once(
        app, [lambda each=each: each.post(f"/applications/{pk}/form.pdf").location for each in clients]
    )

    assert set(answers) <= {f"/applications/{pk}/form.pdf", f"/applications/{pk}/form/printing"}
    found = [client.get(f"/applications/{pk}/form.pdf", follow_redirects=True) for client in clients]
    assert len(runs) == rows_of(passed) == 1
    made = found[0].data
    with pypdfium2.PdfDocument(io.BytesIO(made)) as opened:
        assert len(opened) > 10


def test_the_file_on_disk_is_sealed(app, passed, drawings):
    kept.printed(passed)

    files = [each for each in (app.config["PRIVATE_ROOT"] / "printed").rglob("*") if each.is_file()]
    assert files
    assert not any(b"%PDF" in each.read_bytes() or b"JVBERi" in each.read_bytes() for each in files)
    assert all(each.stat().st_mode & 0o77 == 0 for each in files)


def test_what_is_drawn_anew_when_anything_drawn_changes(session, passed, drawings):
    kept.printed(passed)
    passed.number = passed.number[:-1] + "X"
    session.commit()
    kept.printed(passed)

    assert len(drawings) == rows_of(passed) == 2


@pytest.mark.parametrize("loss", ["gone", "altered"])
def test_a_lost_file_is_made_again(app, passed, drawings, loss):
    kept.printed(passed)
    order = order_of(passed)
    row = kept.state_of(order)
    file = app.config["PRIVATE_ROOT"] / "printed" / row.file[:2] / row.file
    file.unlink() if loss == "gone" else file.write_bytes(file.read_bytes()[:-4] + b"AAAA")

    assert kept.kept(order) is None
    assert kept.printed(passed).startswith(b"%PDF-")
    assert len(drawings) == 2 and rows_of(passed) == 1


def test_a_killed_maker_holds_nobody_up_for_longer_than_its_claim(passed, drawings):
    order = order_of(passed)
    assert kept.take(order)
    assert kept.take(order) is None
    # the maker is killed here: nobody renews
    kept._write(TABLE.c.digest == order.digest, claimed_until=clock.now() - timedelta(seconds=1))

    assert kept.printed(passed).startswith(b"%PDF-")
    assert len(drawings) == 1


def test_a_maker_whose_claim_was_taken_leaves_no_second_file(app, passed, drawings):
    order = order_of(passed)
    late = kept.take(order)
    kept._write(TABLE.c.digest == order.digest, claimed_until=clock.now() - timedelta(seconds=1))
    kept.printed(passed)

    with pytest.raises(PrintBusy):
        kept.make(order, late)
    assert len(drawings) == 1


def test_a_refusal_is_told_and_can_be_tried_again(session, sign_in, passed, monkeypatch):
    def refuse(document, photo, queue):
        raise PrintFailed(number=document.number)

    monkeypatch.setattr(kept, "render", refuse)
    client = sign_in(applicant_of(passed))
    page = client.post(f"/applications/{passed.id}/form.pdf", follow_redirects=True)

    assert page.status_code == 200 and "Refresh" not in page.headers
    assert "申报表没有生成成功" in page.text and passed.number in page.text
    assert 'action="/applications/' in page.text and "生成PDF" in page.text

    monkeypatch.setattr(kept, "render", lambda document, photo, queue: b"%PDF-1.4")
    assert client.post(f"/applications/{passed.id}/form.pdf", follow_redirects=True).data == b"%PDF-1.4"


def test_a_get_makes_nothing(session, sign_in, passed, drawings):
    client = sign_in(applicant_of(passed))
    answer = client.get(f"/applications/{passed.id}/form.pdf", follow_redirects=True)

    assert answer.request.path.endswith("/form/printing")
    assert "PDF 还没有生成" in answer.text and "Refresh" not in answer.headers
    assert not drawings and not rows_of(passed)


def test_who_has_to_wait_sees_how_far_it_is(session, sign_in, passed, drawings):
    order, other = order_of(passed), order_of(factories.make_application(Status.PAPER))
    kept.take(other)
    kept.take(order)
    client = sign_in(applicant_of(passed))

    waiting = client.post(f"/applications/{passed.id}/form.pdf", follow_redirects=True)
    assert "正在排队" in waiting.text and "前面还有 1 份" in waiting.text
    assert waiting.headers["Refresh"] == "2"

    kept._write(TABLE.c.digest == order.digest, begun_at=clock.now())
    assert "正在生成" in client.get(f"/applications/{passed.id}/form/printing").text

    kept._write(
        TABLE.c.digest == order.digest, begun_at=None, claimed_until=clock.now() - timedelta(seconds=1)
    )
    broken = client.get(f"/applications/{passed.id}/form/printing")
    assert "上次生成中断" in broken.text and "Refresh" not in broken.headers

    client.post(f"/applications/{passed.id}/form.pdf")
    ready = client.get(f"/applications/{passed.id}/form/printing")
    assert "PDF 已生成" in ready.text and "Refresh" not in ready.headers
    assert client.get(f"/applications/{passed.id}/form.pdf").data.startswith(b"%PDF-")
    kept._write(TABLE.c.digest == other.digest, claimed_until=clock.now() - timedelta(seconds=1))


@pytest.mark.once
def test_while_both_presses_are_busy_the_others_queue_and_say_that_they_live(monkeypatch):
    monkeypatch.setattr(pdf, "BEAT", 0.02)
    monkeypatch.setattr(pdf, "_presses", threading.BoundedSemaphore(1))
    beats, drawn = [], subprocess.CompletedProcess([], 0, b"%PDF-", b"")
    monkeypatch.setattr(pdf, "_run", lambda order, name: drawn)
    pdf._presses.acquire()

    def beat():
        beats.append(1)
        if len(beats) == 3:
            pdf._presses.release()

    order = {"title": "t", "reference": "r", "name": "n"}
    assert pdf.press("x", queue=pdf.Queue(5, waiting=beat), **order) == b"%PDF-"
    pdf._presses.acquire()
    with pytest.raises(PrintBusy):
        pdf.press("x", queue=pdf.Queue(0.05), **order)


def test_the_digest_on_paper_is_confirmed_without_a_person(session, client, passed):
    snapshot = session.scalars(select(Snapshot).filter_by(application_id=passed.id)).one()
    person, unit = applicant_of(passed), factories.offices_of(passed)[0]
    names = [person.first_name, person.id_number, person.mobile, passed.number, unit.name]
    digest = snapshot.digest
    session.commit()

    answer = client.get(f"/verify/{digest}")

    assert answer.status_code == 200
    assert "本系统收到过这份材料" in answer.text and digest[:12] in answer.text
    assert f"{passed.year}" in answer.text and "可以打印" in answer.text
    assert not [each for each in names if each in answer.text]
    form = kept.order_of(passed).document
    assert form.verify.endswith(f"/verify/{digest}")


def test_a_digest_of_what_is_not_passed_yet_says_so(session, client):
    application = factories.make_application(Status.RETURNED)
    digest = session.scalars(select(Snapshot.digest).filter_by(application_id=application.id)).one()
    session.commit()

    assert "打印件无效" in client.get(f"/verify/{digest}").text


@pytest.mark.parametrize("digest", ["0" * 64, "F" * 64, "abc", "0" * 63 + "%27", "<b>"])
def test_an_unknown_digest_is_answered_in_words(client, digest):
    answer = client.get(f"/verify/{digest}")

    assert answer.status_code == 404
    assert "本系统没有收到过这份材料" in answer.text and "不要采信" in answer.text


def test_the_text_says_what_the_pages_say_to_those_who_may_print(session, sign_in, passed):
    pk, number = passed.id, passed.number
    texts = [cell.text for cell in _cells(kept.order_of(passed).document) if not cell.photo]
    answer = sign_in(applicant_of(passed)).get(f"/applications/{pk}/form.txt")

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert f"申报编号 {number}" in answer.text
    squeezed = "".join(answer.text.split())
    assert [text for text in texts if "".join(text.split()) not in squeezed] == []
    stranger = factories.make_user(Role.UNIT, factories.make_unit())
    assert sign_in(stranger).get(f"/applications/{pk}/form.txt").status_code == 404
    waiting = factories.make_application(Status.RETURNED)
    assert sign_in(applicant_of(waiting)).get(f"/applications/{waiting.id}/form.txt").status_code == 409


def _cells(document):
    for table in document.tables:
        for block in table.blocks:
            for row in (*block.heads, *block.rows):
                yield from row.cells
