"""A deletion can be taken back for a moment: everything comes back, once, and only to its owner."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.dossier import removal
from app.errors import TooLateToRestore
from app.extensions import db
from app.models import Attachment, AttachmentUse, NothingToDeclare, RemovedRecord
from app.models.sections import SECTIONS, AnnualAssessment, Paper, WorkHistory
from app.vocabulary import Stage
from tests import factories
from tests.at_once import at_once
from tests.dossier.typed import posted


def all_of(session, model, person):
    return session.scalars(select(model).where(model.owner_id == person.id).order_by(model.position)).all()


def delete(own, record):
    """Delete as the page does; the address the person is led to."""
    answer = own.post(f"/sections/{record.section.slug}/{record.id}/delete")
    assert answer.status_code == 302
    return answer.location


def removed(session, person):
    return session.scalars(select(RemovedRecord).where(RemovedRecord.owner_id == person.id)).one()


def restore(client, pk):
    return client.post(f"/sections/removed/{pk}/restore")


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.section.slug)
def test_everything_comes_back_to_its_place(session, person, own, model):
    years = {"year": 2021} if "year" in model.__table__.columns else {}
    first = factories.make_record(model, person, position=0)
    record = factories.make_record(model, person, position=1, extra={"custom": "2020-01-01"}, **years)
    last_year = {"year": 2022} if years else {}
    factories.make_record(model, person, position=2, **last_year)
    file = factories.attach(person, section=model.section.slug, record=record.id)
    session.commit()
    columns = [each.key for each in model.__table__.columns if each.key != "version"]
    before = {name: getattr(record, name) for name in columns}

    page = own.get(delete(own, record)).text
    assert "已删除“" in page and ">撤销<" in page
    assert len(all_of(session, model, person)) == 2
    assert session.get(Attachment, file.id) is not None
    assert restore(own, removed(session, person).id).status_code == 302

    rows = all_of(session, model, person)
    assert [row.position for row in rows] == [0, 1, 2] and rows[0].id == first.id
    assert {name: getattr(rows[1], name) for name in columns} == before
    uses = session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == person.id)).all()
    assert [(use.attachment_id, use.section_slug, use.record_id) for use in uses] == [
        (file.id, model.section.slug, rows[1].id)
    ]


def test_a_number_taken_meanwhile_gives_the_record_a_new_one(session, person, own):
    record = factories.make_record(Paper, person, name="原来的")
    old = record.id
    delete(own, record)
    factories.make_record(Paper, factories.make_applicant(), id=old)
    restore(own, removed(session, person).id)

    (back,) = all_of(session, Paper, person)
    assert back.name == "原来的" and back.id != old


def test_an_open_end_comes_back_open(session, person, own):
    delete(own, factories.make_record(WorkHistory, person, end=None, start=date(2014, 8, 1)))
    restore(own, removed(session, person).id)

    (back,) = all_of(session, WorkHistory, person)
    assert (back.start, back.end) == (date(2014, 8, 1), None)


def test_a_file_that_is_gone_is_gone(session, person, own):
    record = factories.make_record(Paper, person)
    kept, lost = (factories.attach(person, section="papers", record=record.id) for _ in range(2))
    delete(own, record)
    session.delete(session.get_one(Attachment, lost.id))
    restore(own, removed(session, person).id)

    uses = session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == person.id)).all()
    assert [use.attachment_id for use in uses] == [kept.id]


@pytest.mark.parametrize(("seconds", "status"), [(59, 302), (62, 409)])
def test_after_a_minute_it_is_too_late(session, person, own, seconds, status):
    delete(own, factories.make_record(Paper, person))
    row = removed(session, person)
    row.removed_at -= timedelta(seconds=seconds)
    answer = restore(own, row.id)

    assert answer.status_code == status
    assert len(all_of(session, Paper, person)) == (status == 302)
    if status == 409:
        assert "已不能撤销这次删除" in answer.text


def test_too_late_it_is_no_longer_offered(session, person, own):
    there = delete(own, factories.make_record(Paper, person))
    assert ">撤销<" in own.get(there).text
    removed(session, person).removed_at -= timedelta(seconds=61)

    assert ">撤销<" not in own.get(there).text


def test_a_year_entered_anew_meanwhile_stays(session, person, own):
    delete(own, factories.make_record(AnnualAssessment, person, year=2021, grade="优秀"))
    own.post("/sections/annual-assessment/add", data=posted(AnnualAssessment, year="2021", grade="合格"))
    answer = restore(own, removed(session, person).id)

    assert answer.status_code == 409 and "年份“2021”已有一条记录" in answer.text
    assert [each.grade for each in all_of(session, AnnualAssessment, person)] == ["合格"]
    assert removed(session, person)


def test_a_second_press_brings_nothing_more(session, person, own):
    delete(own, factories.make_record(Paper, person))
    pk = removed(session, person).id

    assert restore(own, pk).status_code == 302
    assert restore(own, pk).status_code == 404
    assert len(all_of(session, Paper, person)) == 1


def test_of_two_at_once_one_brings_it_back(app, session, person):
    record = factories.make_record(Paper, person)
    pk = removal.remove_record(person, record, at=clock.now()).id
    person_id = person.id
    session.commit()
    session.rollback()

    def take_back():
        row = db.session.get(RemovedRecord, pk)
        if row is None:
            raise TooLateToRestore
        return removal.restore_record(db.session.get(factories.Person, person_id), row, at=clock.now()).id

    results = at_once(app, [take_back] * 4)
    assert sum(each is not TooLateToRestore for each in results) == 1
    assert len(all_of(session, Paper, person)) == 1


def test_an_answer_given_meanwhile_no_longer_holds(session, person, own):
    delete(own, factories.make_record(Paper, person))
    own.post("/sections/papers/nothing", data={"answer": "yes"})
    restore(own, removed(session, person).id)

    assert session.scalars(select(NothingToDeclare).where(NothingToDeclare.owner_id == person.id)).all() == []


def test_somebody_elses_deletion_is_not_there(session, person, own, of):
    stranger = factories.make_applicant()
    record = factories.make_record(Paper, stranger, name="别人的论文")
    session.commit()
    there = delete(of(stranger), record)
    row = removed(session, stranger)

    assert restore(own, row.id).status_code == 404
    assert "别人的论文" not in own.get(there).text
    assert all_of(session, Paper, person) == all_of(session, Paper, stranger) == []


def test_under_review_nothing_comes_back(session, of):
    application = factories.make_draft()
    person = session.get_one(factories.Person, application.applicant_id)
    session.commit()
    client = of(person)
    delete(client, all_of(session, Paper, person)[0])
    factories.submit(application)
    session.commit()
    assert application.stage is Stage.UNIT

    assert restore(client, removed(session, person).id).status_code == 409
    assert all_of(session, Paper, person) == []


def test_old_deletions_go_with_the_next_one_of_anybody(session, person, own):
    stranger = factories.make_applicant()
    for hours in (0.9, 1.1):
        removal.remove_record(stranger, factories.make_record(Paper, stranger), at=clock.now())
        newest = session.scalars(select(RemovedRecord).order_by(RemovedRecord.id.desc())).first()
        newest.removed_at -= timedelta(hours=hours)
    delete(own, factories.make_record(Paper, person))

    ages = [clock.now() - row.removed_at for row in session.scalars(select(RemovedRecord)).all()]
    assert len(ages) >= 2 and max(ages) < timedelta(hours=1)
