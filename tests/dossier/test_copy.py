"""从上年复制: what an earlier year's submission held and the list lacks is offered, and comes with its files."""

from datetime import date

import pytest
from sqlalchemy import delete, select

from app import clock
from app.dossier import copying
from app.dossier.versions import layout_for
from app.errors import NoLongerOffered
from app.extensions import db
from app.models import SECTIONS, Attachment, AttachmentUse, Person
from app.models.sections import AnnualAssessment, Education, Paper, WorkHistory
from tests import factories
from tests.at_once import at_once


def all_of(session, model, person):
    return session.scalars(select(model).where(model.owner_id == person.id).order_by(model.position)).all()


@pytest.fixture
def returning(session):
    """Someone who handed in a whole dossier last year."""
    year = clock.today().year - 1
    application = factories.make_draft(round_=factories.make_round(year=year))
    person = session.get_one(Person, application.applicant_id)
    record = all_of(session, WorkHistory, person)[0]
    record.end = None
    factories.attach(person, section="work-history", record=record.id)
    factories.submit(application)
    application.status, application.step, application.stage, application.holder_id = (
        "failed",
        None,
        None,
        None,
    )
    session.commit()
    return person


def forget(session, model, person):
    """The list of a section is empty, as it is for whoever deletes last year's records."""
    slug = model.section.slug
    session.execute(
        delete(AttachmentUse).where(AttachmentUse.owner_id == person.id, AttachmentUse.section_slug == slug)
    )
    session.execute(delete(model).where(model.owner_id == person.id))
    session.commit()


def keys_on(page):
    return [part.split('"')[0] for part in page.split('name="record" value="')[1:]]


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_what_the_list_lacks_comes_back_as_it_was(session, returning, of, model):
    slug, client = model.section.slug, of(returning)
    (before,) = all_of(session, model, returning)
    columns = [each.key for each in model.__table__.columns if each.key not in ("id", "version", "extra")]
    values = {name: getattr(before, name) for name in columns}
    files = session.scalars(
        select(AttachmentUse.attachment_id).where(
            AttachmentUse.section_slug == slug, AttachmentUse.owner_id == returning.id
        )
    ).all()
    assert "从上年复制" not in client.get(f"/sections/{slug}/").text
    forget(session, model, returning)

    assert "从上年复制（1 条）" in client.get(f"/sections/{slug}/").text
    page = client.get(f"/sections/{slug}/copy").text
    (key,) = keys_on(page)
    assert f'value="{key}" checked' in page
    assert client.post(f"/sections/{slug}/copy", data={"record": key}).status_code == 302
    (copied,) = all_of(session, model, returning)
    assert {name: getattr(copied, name) for name in columns} == values
    uses = session.scalars(
        select(AttachmentUse).where(
            AttachmentUse.section_slug == slug, AttachmentUse.owner_id == returning.id
        )
    ).all()
    assert [(use.attachment_id, use.record_id) for use in uses] == [(key, copied.id) for key in files]
    assert "从上年复制" not in client.get(f"/sections/{slug}/").text


def test_a_record_changed_since_is_the_same_record(session, returning, of):
    all_of(session, Paper, returning)[0].level = "市级"
    session.commit()

    assert keys_on(of(returning).get("/sections/papers/copy").text) == []


def test_a_year_that_is_there_is_not_offered(session, returning, of):
    (old,) = all_of(session, AnnualAssessment, returning)
    year = old.year
    forget(session, AnnualAssessment, returning)
    factories.make_record(AnnualAssessment, returning, year=year, grade="优秀")

    assert keys_on(of(returning).get("/sections/annual-assessment/copy").text) == []


def test_only_the_ticked_ones_are_copied(session, of):
    year = clock.today().year - 1
    application = factories.make_draft(round_=factories.make_round(year=year))
    person = session.get_one(Person, application.applicant_id)
    for n in range(1, 4):
        factories.make_record(Paper, person, name=f"论文{n}", position=n, published_on=date(2020, n, 1))
    factories.submit(application)
    application.status, application.step, application.stage, application.holder_id = (
        "failed",
        None,
        None,
        None,
    )
    session.commit()
    forget(session, Paper, person)
    client = of(person)
    keys = keys_on(client.get("/sections/papers/copy").text)
    assert len(keys) == 4
    client.post("/sections/papers/copy", data={"record": keys[1:3]})

    assert [each.name for each in all_of(session, Paper, person)] == ["论文1", "论文2"]


def test_files_that_are_gone_are_left_out(session, returning, of):
    (record,) = all_of(session, WorkHistory, returning)
    use = session.scalars(select(AttachmentUse).where(AttachmentUse.record_id == record.id, AttachmentUse.section_slug == "work-history", AttachmentUse.owner_id == returning.id)).one()  # fmt: skip
    lost = use.attachment_id
    forget(session, WorkHistory, returning)
    session.execute(delete(Attachment).where(Attachment.id == lost))
    client = of(returning)
    client.post(
        "/sections/work-history/copy",
        data={"record": keys_on(client.get("/sections/work-history/copy").text)},
    )

    assert len(all_of(session, WorkHistory, returning)) == 1
    assert (
        lost
        not in session.scalars(
            select(AttachmentUse.attachment_id).where(AttachmentUse.owner_id == returning.id)
        ).all()
    )


def test_what_the_catalogue_no_longer_has_is_shown_and_cannot_be_copied(session, returning, of):
    leaf = factories.archival_science()
    forget(session, Education, returning)
    leaf.level3 = "改名的专业"
    session.commit()
    try:
        client = of(returning)
        page = client.get("/sections/education/copy").text
        (key,) = keys_on(page)
        assert f'value="{key}" disabled' in page and "现在不能直接复制，需手工添加" in page
        assert client.post("/sections/education/copy", data={"record": key}).status_code == 409
        assert all_of(session, Education, returning) == []
    finally:
        leaf.level3 = "档案学"
        session.commit()


def test_this_years_own_submission_is_no_earlier_year(session, of):
    application = factories.make_application(at=factories.Status.RETURNED)
    person = session.get_one(Person, application.applicant_id)
    session.commit()
    forget(session, Paper, person)

    assert keys_on(of(person).get("/sections/papers/copy").text) == []
    assert "从上年复制" not in of(person).get("/sections/papers/").text


def test_nothing_ticked_and_nothing_offered_is_said(session, returning, of):
    client = of(returning)
    assert "没有可以复制的记录" in client.get("/sections/papers/copy").text
    forget(session, Paper, returning)
    answer = client.post("/sections/papers/copy", data={})
    assert answer.status_code == 422 and "勾选要复制的记录" in answer.text


def test_what_was_never_offered_cannot_be_copied(session, returning, own, of):
    forget(session, Paper, returning)
    (key,) = keys_on(of(returning).get("/sections/papers/copy").text)

    assert own.post("/sections/papers/copy", data={"record": key}).status_code == 409
    for nonsense in ("999999", "x", str(2**40)):
        assert (
            of(returning).post("/sections/papers/copy", data={"record": [key, nonsense]}).status_code == 409
        )
    assert all_of(session, Paper, returning) == []
    assert of(returning).get("/sections/nowhere/copy").status_code == 404


def test_under_review_nothing_is_copied(session, of):
    application = factories.make_application(at=factories.Stage.UNIT)
    person = session.get_one(Person, application.applicant_id)

    assert of(person).post("/sections/papers/copy", data={"record": "1"}).status_code == 409


def test_two_presses_at_once_copy_once(app, session, returning, of):
    forget(session, Paper, returning)
    (key,) = keys_on(of(returning).get("/sections/papers/copy").text)
    person_id = returning.id
    session.rollback()

    def press():
        with app.test_request_context():
            person = db.session.get_one(Person, person_id)
            return copying.copy_records(person, Paper, layout_for(person), {int(key)})

    results = at_once(app, [press] * 3)
    assert sorted(map(str, results)) == sorted(["1", str(NoLongerOffered), str(NoLongerOffered)])
    assert len(all_of(session, Paper, returning)) == 1
