"""Receipt and record on one page each, whole and findable (APP-14, APP-16)."""

import io

import pytest
from pypdf import PdfReader

from app import clock
from app.extensions import db
from app.models import Decision, User
from app.packages import receipts
from app.vocabulary import Event, Stage
from tests import factories as make

pytestmark = [pytest.mark.slow, pytest.mark.once]


def pages_of(answer):
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]


def plain(text):
    return "".join(text.split())


def test_the_receipt_says_what_was_handed_in(session, sign_in):
    application = make.make_application(Stage.UNIT)
    owner = session.get_one(User, application.applicant_id)
    session.commit()
    (page,) = pages_of(sign_in(owner).get(f"/progress/{application.id}/receipt.pdf"))
    digest = receipts.last_snapshot(application).digest
    for text in (application.number, application.name, application.title.name, digest, "申报回执"):
        assert plain(text) in plain(page), text


@pytest.mark.parametrize(("count", "length"), [(1, 5), (8, 500), (60, 30)])
def test_the_record_stays_on_one_page_and_counts_what_has_no_room(session, sign_in, count, length):
    application = make.make_application(Stage.UNIT)
    owner = session.get_one(User, application.applicant_id)
    texts = [f"意见{n:03d}" + "审" * length + f"完{n:03d}" for n in range(count)]
    for text in texts:
        session.add(
            Decision(
                application_id=application.id, event=Event.APPROVE, from_status=application.status,
                to_status=application.status, opinion=text[:500], at=clock.now(), stage=Stage.UNIT,
                organisation_id=application.holder_id, version=1, chances_used=0, opinions_used=0,
            )
        )  # fmt: skip
    session.commit()
    (page,) = pages_of(sign_in(owner).get(f"/progress/{application.id}/history.pdf"))
    shown = [text for text in texts if plain(text[:500]) in plain(page)]
    # The newest are whole; how many are left out is said, the first submission counts too.
    assert shown == texts[len(texts) - len(shown) :] and shown
    left = count + 1 - len(shown)
    assert (f"另有{left}条" in plain(page)) is (len(shown) < count)
    db.session.rollback()


def test_before_the_first_submission_there_is_neither(session, sign_in):
    draft = make.make_draft()
    owner = session.get_one(User, draft.applicant_id)
    session.commit()
    client = sign_in(owner)
    for name in ("receipt", "history"):
        assert client.get(f"/progress/{draft.id}/{name}.pdf").status_code == 409
        assert f"{name}.pdf" not in client.get(f"/progress/{draft.id}").text
