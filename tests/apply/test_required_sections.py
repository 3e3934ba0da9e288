"""A round's own required sections, set by a super administrator, hold everywhere at once (X-07, ELI-12)."""

import pytest

from app.dossier.completeness import required_slugs
from app.errors import Incomplete
from app.models import Application, Person, Round, User
from app.models.sections import Paper, WorkSummary
from app.vocabulary import Role
from tests import factories
from tests.forms import typed


@pytest.fixture
def application(session):
    application = factories.make_draft()
    session.commit()
    return application


def require(session, sign_in, round_, *slugs):
    """Tick these sections on the round's page, as a super administrator does."""
    page = sign_in(factories.make_user(Role.SUPER_ADMIN))
    url = f"/admin/rounds/edit/{round_.id}"
    sent = typed(page.get(url).text) | {"required_sections": list(slugs)}
    answer = page.post(url, data=sent)
    if answer.status_code == 422:  # an application is under way in it: what changes for it is shown first
        answer = page.post(url, data=typed(answer.text))
    assert answer.status_code == 302
    session.expire_all()


def empty(session, application, *models):
    for model in models:
        session.query(model).filter_by(owner_id=application.applicant_id).delete()
    session.commit()


def test_a_ticked_section_is_required_on_every_page_and_for_the_submission(session, sign_in, application):
    empty(session, application, Paper, WorkSummary)
    applicant = session.get_one(User, application.applicant_id)
    own = sign_in(applicant)
    check = f"/apply/{application.id}/basics"
    assert "/sections/papers/add" not in own.get(check).text
    with pytest.raises(Incomplete):  # the summary is required by default
        factories.submit(application)
    session.rollback()

    require(session, sign_in, application.round, "education", "papers")
    assert session.get_one(Round, application.round_id).required_sections == ["education", "papers"]
    assert required_slugs(application.round) == {"education", "papers"}
    for url in ("/home/", check):
        page = own.get(url).text
        assert "/sections/papers/add" in page and "/sections/work-summary/add" not in page
    assert "必填" in own.get("/sections/papers/").text.split("<main")[1]
    assert own.post("/sections/papers/nothing", data={"answer": "yes"}).status_code == 409
    with pytest.raises(Incomplete):
        factories.submit(application)
    session.rollback()

    factories.make_record(Paper, session.get_one(Person, application.applicant_id))
    session.commit()
    application = session.get_one(Application, application.id)
    factories.submit(application)
    assert application.submission_no == 1
    session.rollback()


def test_another_round_asks_what_it_asked_before(session, sign_in, application):
    other = factories.make_round()
    require(session, sign_in, other, "papers")

    assert required_slugs(application.round) == required_slugs(None) != required_slugs(other)
