"""以申报人视角查看: read only, fifteen minutes to the second, masked, told to the person, recorded (SUP-01, B10)."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from app import clock
from app.models import Application, Attachment, Membership, Person, SignIn, ViewAs
from app.support.view_as_views import SEEN
from app.vocabulary import CaseKind, Role, Status
from tests import factories as make


@pytest.fixture
def subject(session):
    """Someone with a complete draft, a photo and files."""
    application = make.make_application(Status.DRAFT)
    account = session.get_one(make.User, application.applicant_id)
    person = session.get_one(Person, account.id)
    person.contact_mobile = account.mobile
    account.first_name = f"示例被查看人{account.id}"
    session.commit()
    return account


@pytest.fixture
def view(desk, session, subject, open_case):
    """A view that has begun; returns its row."""
    desk.case_id = open_case(CaseKind.QUESTION, subject)
    answer = desk.post(f"/view-as/{desk.case_id}/begin")
    assert answer.location == "/home/"
    return session.scalars(select(ViewAs).where(ViewAs.case_id == desk.case_id)).one()


def test_the_pages_are_the_applicants_under_a_banner(desk, session, view, subject):
    page = desk.get("/home/").text

    assert "正在以申报人视角查看" in page and subject.first_name in page
    application = session.scalars(select(Application).where(Application.applicant_id == subject.id)).one()
    assert application.number in page
    assert "查人查单" not in page


def test_it_is_told_and_recorded(desk, session, view, subject, told, recorded):
    started = recorded("start_view")[-1]
    assert (started.by_id, started.object_id) == (desk.user_id, str(view.id))
    assert any("以您的视角查看" in each for each in told(subject.id))
    answer = desk.post("/view-as/end")

    assert answer.location == f"/cases/{desk.case_id}"
    assert recorded("end_view")[-1].object_id == str(view.id)
    assert recorded("end_view")[-1].by_id == desk.user_id
    assert desk.get("/hotline/").status_code == 200
    assert desk.get("/home/").status_code == 403
    session.refresh(view)
    assert view.ended_at is not None


def test_looking_writes_nothing(desk, session, view, subject):
    from tests.access.asking import nothing_written

    app = desk.application
    desk.get("/home/")
    with nothing_written(app) as check:
        for url in ("/home/", "/person/", "/sections/", "/attachments/", "/progress/", "/messages/"):
            assert desk.get(url).status_code == 200, url
            check(url)


def pages_of(app, desk) -> list[str]:
    """Every address without a variable that a view opens, and those of the application and a record."""
    with app.test_request_context():
        return [
            rule.build({})[1]
            for rule in app.url_map.iter_rules()
            if rule.endpoint in SEEN and not rule.arguments and "GET" in rule.methods
        ]


def test_no_page_shows_a_whole_number_a_scan_or_a_photo(app, desk, session, view, subject):
    application = session.scalars(select(Application).where(Application.applicant_id == subject.id)).one()
    pk = application.id
    addresses = [
        *pages_of(app, desk),
        *(f"/apply/{pk}/{page}" for page in ("cover", "basics", "check", "submit", "done")),
        f"/progress/{pk}",
        *(f"/sections/{slug}/" for slug in ("work-history", "education")),
    ]
    seen = 0
    for address in addresses:
        page = desk.get(address, follow_redirects=True)
        if page.status_code != 200:
            continue
        seen += 1
        assert subject.id_number not in page.text, address
        assert subject.mobile not in page.text, address
        assert 'src="/attachments/' not in page.text, address
    assert seen > 12


def test_scans_the_form_and_other_peoples_pages_stay_shut(desk, session, view, subject):
    file = session.scalars(select(Attachment.id).where(Attachment.owner_id == subject.id)).first()
    pk = session.scalars(select(Application.id).where(Application.applicant_id == subject.id)).one()
    other = make.make_application(Status.DRAFT).id
    session.commit()
    for address in (f"/attachments/{file}", f"/applications/{pk}/form", f"/applications/{pk}/form.pdf",
                    "/person/photo", "/account/", "/account/password", "/hotline/", "/cases/", "/development/sms"):  # fmt: skip
        assert desk.get(address).status_code == 403, address
    assert desk.get(f"/apply/{other}/cover").status_code == 404


def posts(app) -> list[str]:
    with app.test_request_context():
        return sorted(
            {
                rule.build({name: 1 if name in ("pk", "year", "n") else "x" for name in rule.arguments})[1]
                for rule in app.url_map.iter_rules()
                if "POST" in rule.methods and rule.endpoint not in ("ViewAsView.end", "SignInView.logout")
            }
        )


@pytest.mark.once
def test_everything_but_ending_it_is_refused(app, desk, session, view, subject):
    """Every rule that takes a POST, whatever it is for."""
    person = session.get_one(Person, subject.id)
    body = {"office": "被热线改了", "version": person.version}
    for address in posts(app):
        assert desk.post(address, data=body).status_code == 403, address
    for method in ("PUT", "PATCH", "DELETE"):
        assert desk.open("/person/", method=method, data=body).status_code in (403, 405)
    session.refresh(person)

    assert person.office != "被热线改了"


@pytest.mark.parametrize(("seconds", "is_open"), [(-1, True), (0, False), (1, False)])
def test_it_ends_after_fifteen_minutes_to_the_second(desk, session, view, monkeypatch, seconds, is_open):
    assert view.ends_at - view.started_at == timedelta(minutes=15)
    then = view.ends_at + timedelta(seconds=seconds)
    session.execute(update(SignIn).values(seen_at=then))
    session.commit()
    monkeypatch.setattr(clock, "now", lambda: then)

    assert desk.get("/home/").status_code == (200 if is_open else 403)
    assert desk.get("/hotline/").status_code == (403 if is_open else 200)


def test_it_ends_when_its_case_is_closed(desk, session, view, sign_in):
    session.rollback()
    other_browser = sign_in(session.get_one(make.User, desk.user_id))
    assert other_browser.get("/home/").status_code == 403  # a view is of one browser
    assert other_browser.post(f"/cases/{desk.case_id}/close", data={"outcome": "已答复"}).status_code == 302
    session.refresh(view)

    assert view.ended_at is not None
    assert desk.get("/home/").status_code == 403
    assert desk.get("/hotline/").status_code == 200


def test_it_ends_when_the_role_is_taken_away(desk, session, view):
    session.execute(delete(Membership).where(Membership.user_id == desk.user_id))
    session.commit()

    assert desk.get("/home/").status_code == 403


def test_it_ends_with_the_sign_in(desk, session, view, recorded):
    with desk.session_transaction() as cookie:
        saved = dict(cookie)
    assert desk.post("/sign-in/out").status_code == 302
    session.refresh(view)
    assert view.ended_at is not None
    assert recorded("end_view")[-1].object_id == str(view.id)
    with desk.session_transaction() as cookie:
        cookie.update(saved)

    assert desk.get("/home/").status_code == 302


def test_a_view_of_somebody_elses_cannot_be_borrowed(second, session, view):
    with second.session_transaction() as cookie:
        cookie["view_as"] = view.id

    assert second.get("/home/").status_code == 403
    second.post("/view-as/end")
    session.refresh(view)
    assert view.ended_at is None


def test_an_ended_view_does_not_come_back_with_an_old_cookie(desk, view):
    with desk.session_transaction() as cookie:
        saved = dict(cookie)
    desk.post("/view-as/end")
    with desk.session_transaction() as cookie:
        cookie.update(saved)

    assert desk.get("/home/").status_code == 403


def test_only_applicants_have_such_pages(desk, session, open_case):
    clerk = make.make_user(Role.UNIT, make.make_unit())
    session.commit()

    assert desk.post(f"/view-as/{open_case(CaseKind.QUESTION, clerk)}/begin").status_code == 409


def test_whoever_is_signed_in_himself_is_not_disturbed(desk, session, sign_in, view, subject):
    own = sign_in(subject)

    assert subject.id_number in own.get("/person/").text
    assert "正在以申报人视角查看" not in own.get("/home/").text
