"""What is typed is kept while it is typed: by guarded versions, for one person and page, and quietly (A03, E02)."""

import re
from datetime import timedelta
from functools import partial
from html import unescape
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import func, select, text

from app import clock
from app.accounts import drafts, sessions
from app.models import SECTION_OF, AuditEntry, Draft, SignIn
from app.vocabulary import Stage
from tests import factories as make
from tests.accounts.test_drafts import enter
from tests.at_once import at_once
from tests.dossier.typed import posted

StudyHistory = SECTION_OF["study-history"]
KEEP = "/account/unsaved/keep"
PAGE = "/sections/study-history/add"
TYPED = {"school": "示例大学（写了一半）", "witness": "示例证明人"}


@pytest.fixture
def own(person, sign_in):
    return sign_in(person)


def right(page):
    """The ticket and the version that a page gives its script; None where it gives none."""
    found = re.search(r'data-ticket="([^"]+)" data-seen="(\d+)"', page)
    return {"draft_ticket": unescape(found[1]), "draft_seen": found[2]} if found else None


def opened_page(client, path=PAGE):
    found = right(client.get(path).text)
    assert found, f"{path} keeps nothing"
    return found


def kept_rows(session, user):
    return session.scalar(select(func.count(Draft.id)).where(Draft.user_id == user.id))


def test_what_is_typed_is_kept_and_offered_on_the_same_page(own, session, person):
    answer = own.post(KEEP, data={**opened_page(own), **TYPED})

    assert answer.status_code == 200
    assert answer.json["state"] == "kept"
    assert re.fullmatch(r"\d\d:\d\d", answer.json["at"])
    page = own.get(PAGE).text
    assert 'data-name="school" data-value="示例大学（写了一半）"' in page
    assert right(page)["draft_seen"] == str(answer.json["version"])
    assert "data-draft" not in own.get("/sections/work-history/add").text
    stored = session.execute(text("SELECT content FROM draft ORDER BY id DESC")).scalars().first()
    assert "示例" not in stored and "draft_ticket" not in drafts.unseal(stored, drafts.PLACE)


def test_another_browser_of_the_same_person_is_offered_it_too(own, sign_in, session, person):
    """He may have typed it at home and open the page at work, signed in at both."""
    elsewhere = sign_in(person)
    own.post(KEEP, data={**opened_page(own), **TYPED})

    assert "示例大学（写了一半）" in elsewhere.get(PAGE).text


def test_each_window_keeps_over_the_version_it_saw_and_the_other_is_told(own, session, person):
    one, two = opened_page(own), opened_page(own)
    first = own.post(KEEP, data={**one, **TYPED}).json
    told = own.post(KEEP, data={**two, **TYPED, "school": "另一所示例大学"}).json

    assert told["state"] == "other"
    assert dict(told["fields"]) == TYPED
    assert told["version"] == first["version"]
    assert dict(drafts.of_page(person.id, PAGE, at=clock.now()).fields)["school"] == TYPED["school"]

    chosen = {**two, "draft_seen": told["version"], **TYPED, "school": "另一所示例大学"}
    assert own.post(KEEP, data=chosen).json["state"] == "kept"
    late = {**one, "draft_seen": first["version"], **TYPED, "witness": "再改"}
    assert own.post(KEEP, data=late).json["fields"] == [
        ["school", "另一所示例大学"],
        ["witness", "示例证明人"],
    ]


def test_the_same_words_in_two_windows_are_no_conflict(own):
    one, two = opened_page(own), opened_page(own)
    first = own.post(KEEP, data={**one, **TYPED}).json

    assert own.post(KEEP, data={**two, **TYPED}).json == first


def test_of_two_at_once_one_is_kept_and_the_other_is_told(app, own, session, person):
    ticket = opened_page(own)
    cookie = own.get_cookie("session").value

    def keep(school):
        client = app.test_client()
        client.set_cookie("session", cookie)
        return client.post(KEEP, data={**ticket, "school": school}).json["state"]

    session.commit()
    jobs = [partial(keep, f"示例{turn}校") for turn in range(4)]
    assert sorted(at_once(app, jobs)) == ["kept", "other", "other", "other"]
    assert kept_rows(session, person) == 1


def test_a_window_that_knew_an_older_draft_does_not_take_a_new_one_for_it(own, session, person):
    old = own.post(KEEP, data={**opened_page(own), **TYPED}).json["version"]
    own.post("/account/unsaved/discard", data={"path": PAGE})
    ticket = opened_page(own)
    new = own.post(KEEP, data={**ticket, "school": "新写的示例大学"}).json["version"]

    assert new != old
    answer = own.post(KEEP, data={**ticket, "draft_seen": old, **TYPED}).json
    assert (answer["state"], answer["fields"]) == ("other", [["school", "新写的示例大学"]])


def test_it_is_gone_once_its_page_is_saved_and_only_then(own, session, person):
    own.post(KEEP, data={**opened_page(own), **TYPED})
    assert own.post(PAGE, data=TYPED).status_code == 422
    assert "data-draft" in own.get(PAGE).text

    assert own.post(PAGE, data=posted(StudyHistory)).status_code == 302
    assert "data-draft" not in own.get(PAGE).text
    assert kept_rows(session, person) == 0


def test_a_saved_page_forgets_it_in_a_browser_that_never_heard_of_it(own, sign_in, session, person):
    """The answer to the last autosave may never have arrived."""
    elsewhere = sign_in(person)
    own.post(KEEP, data={**opened_page(own), **TYPED})

    assert elsewhere.post(PAGE, data=posted(StudyHistory)).status_code == 302
    assert kept_rows(session, person) == 0


def test_discarding_leads_back_with_what_the_address_asked_for(own, session, person):
    own.post(KEEP, data={**opened_page(own), **TYPED})
    page = own.get(f"{PAGE}?back=/home/").text
    path = re.search(r'name="path" value="([^"]+)"', page)[1]

    assert own.post("/account/unsaved/discard", data={"path": path}).location == f"{PAGE}?back=/home/"
    assert kept_rows(session, person) == 0


def test_no_change_is_recorded_for_what_is_not_saved(own, session, person):
    before = session.scalar(select(func.count(AuditEntry.id)))
    ticket = opened_page(own)
    for turn in range(5):
        ticket["draft_seen"] = own.post(KEEP, data={**ticket, "school": f"示例{turn}"}).json["version"]
    own.post("/account/unsaved/discard", data={"path": PAGE})

    assert session.scalar(select(func.count(AuditEntry.id))) == before


# what a script may not send · the fields of its post
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"school": "示例"},
        {"draft_ticket": "made up", "school": "示例"},
        {"draft_ticket": "WzEsIi8iXQ.c2lnbmVk", "draft_seen": "0", "school": "示例"},
    ],
    ids=["nothing", "no ticket", "no real ticket", "a ticket that nobody signed"],
)
def test_without_the_ticket_of_an_opened_page_nothing_is_kept(own, session, person, sent):
    assert own.post(KEEP, data=sent).status_code == 422
    assert kept_rows(session, person) == 0


def test_a_ticket_is_good_for_its_person_only(own, sign_in, session, person):
    other = make.make_applicant().account
    session.commit()
    stranger = sign_in(other)

    assert stranger.post(KEEP, data={**opened_page(own), **TYPED}).status_code == 422
    assert kept_rows(session, person) == kept_rows(session, other) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/sections/no-such-section/add",
        "/sections/study-history/999999/edit",
        "/sections/study-history/",
        "/home/",
    ],
)
def test_pages_that_are_not_there_or_hold_no_form_give_no_ticket(own, path):
    assert right(own.get(path).text) is None


def test_a_strangers_record_gives_no_ticket(own, session):
    record = make.make_record(StudyHistory, make.make_applicant())
    session.commit()
    answer = own.get(f"/sections/study-history/{record.id}/edit")

    assert answer.status_code == 404
    assert right(answer.text) is None


def test_neither_passwords_nor_the_token_are_kept(own, session, person):
    secret = {"password": "a secret", "current": "a secret", "csrf_token": "a secret"}
    own.post(KEEP, data={**opened_page(own), **TYPED, **secret})

    assert dict(drafts.of_page(person.id, PAGE, at=clock.now()).fields) == TYPED


def test_files_are_not_kept(own, session, person):
    own.post(KEEP, data={**opened_page(own), **TYPED, "files": (BytesIO(b"a scan"), "scan.jpg")})

    assert dict(drafts.of_page(person.id, PAGE, at=clock.now()).fields) == TYPED


def test_what_is_far_longer_than_any_form_is_refused(own, session, person):
    ticket = opened_page(own)

    assert own.post(KEEP, data={**ticket, "school": "长" * (drafts.LARGEST + 1)}).status_code == 422
    assert kept_rows(session, person) == 0
    assert own.post(KEEP, data={**ticket, "school": "长" * (drafts.LARGEST - 10)}).status_code == 200


def test_one_account_keeps_so_many_times_a_minute(opened, session, person):
    client = opened(RATELIMIT_ENABLED=True, AUTOSAVE_LIMIT="3 per minute").test_client()
    key = sessions.open_session(person, at=clock.now())
    session.commit()
    with client.session_transaction() as cookie:
        cookie.update(_user_id=str(person.id), key=key, _fresh=True)
    session.rollback()
    ticket = opened_page(client)
    codes = []
    for turn in range(4):
        answer = client.post(KEEP, data={**ticket, "school": f"示例{turn}"})
        codes.append(answer.status_code)
        if answer.status_code == 200:
            ticket["draft_seen"] = answer.json["version"]

    assert codes == [200, 200, 200, 429]


def test_a_post_without_its_token_keeps_nothing(opened, session, person):
    client = opened(WTF_CSRF_ENABLED=True).test_client()
    key = sessions.open_session(person, at=clock.now())
    session.commit()
    with client.session_transaction() as cookie:
        cookie.update(_user_id=str(person.id), key=key, _fresh=True)
    session.rollback()

    assert client.post(KEEP, data={**opened_page(client), **TYPED}).status_code == 400
    assert kept_rows(session, person) == 0


def test_after_the_sign_in_has_ended_by_time_the_last_words_are_still_kept(client, session, person):
    now = clock.now()
    enter(client, person, at=now)
    with time_machine.travel(now, tick=False):
        ticket = opened_page(client)
    later = now + timedelta(minutes=30)
    with time_machine.travel(later, tick=False):
        answer = client.post(KEEP, data={**ticket, **TYPED})
    assert answer.json == {"state": "expired"}

    enter(client, person, PAGE, later)
    with time_machine.travel(later, tick=False):
        assert "示例大学（写了一半）" in client.get(PAGE).text
        assert (
            session.scalar(select(func.count(StudyHistory.id)).where(StudyHistory.owner_id == person.id)) == 0
        )


def test_after_signing_out_nothing_more_is_kept(client, session, person):
    now = clock.now()
    enter(client, person, at=now)
    with time_machine.travel(now, tick=False):
        ticket = opened_page(client)
        client.post("/sign-in/out")
        answer = client.post(KEEP, data={**ticket, **TYPED})

    assert answer.status_code == 302 and answer.location.startswith("/sign-in/")
    assert kept_rows(session, person) == 0


def test_a_page_on_which_nobody_types_does_not_prolong_the_sign_in(client, session, person):
    """Only new words count as presence: the same ones again, by whatever script, do not (A03)."""
    now = clock.now()
    enter(client, person, at=now)
    with time_machine.travel(now, tick=False):
        sent = {**opened_page(client), **TYPED}
        client.post(KEEP, data=sent)
    for minutes in (10, 20, 29):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert client.post(KEEP, data=sent).json["state"] == "kept"
    with time_machine.travel(now + timedelta(minutes=30), tick=False):
        assert client.get(PAGE).status_code == 302

    enter(client, person, at=now)
    with time_machine.travel(now + timedelta(minutes=29), tick=False):
        client.post(KEEP, data={**sent, "school": "又写了几个字"})
    seen = session.scalar(select(func.max(SignIn.seen_at)).where(SignIn.user_id == person.id))
    assert seen - now == timedelta(minutes=29)


def test_personal_information_keeps_too(own):
    assert own.post(KEEP, data={**opened_page(own, "/person/"), "email": "half"}).json["state"] == "kept"


def test_the_page_of_a_unit_keeps_too(session, sign_in, unit_clerk):
    client = sign_in(unit_clerk)

    assert client.post(KEEP, data={**opened_page(client, "/unit/"), "name": "示例"}).json["state"] == "kept"


def test_an_opinion_is_kept(session, sign_in):
    application = make.make_application(at=Stage.UNIT)
    client = sign_in(make.clerk_of(application))
    path = f"/applications/{application.id}/unit-opinion"

    assert client.post(KEEP, data={**opened_page(client, path), "appraisal": "示例"}).json["state"] == "kept"
