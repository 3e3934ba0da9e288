"""A dossier read whole in one query is the same as read section by section."""

from sqlalchemy import select

from app.dossier.records import records_of
from app.models import SECTIONS
from tests import factories as make


def test_one_query_finds_what_thirteen_find(session):
    person = make.fill(make.make_applicant())
    other = make.fill(make.make_applicant())
    for model in SECTIONS:
        given = {"year": 2019} if hasattr(model, "year") else {}
        make.make_record(model, person, position=-1, **given)
        make.make_record(model, other, position=7, extra={"f1": "2016-06-30", "f2": 3}, **given)
    session.commit()

    for owner in (person, other):
        found = records_of(owner)
        assert list(found) == list(SECTIONS)
        for model, records in found.items():
            one_by_one = session.scalars(
                select(model).where(model.owner_id == owner.id).order_by(model.position, model.id)
            ).all()
            assert len(records) == 2
            columns = [each.key for each in model.__mapper__.column_attrs]
            assert [[getattr(each, name) for name in columns] for each in records] == [
                [getattr(each, name) for name in columns] for each in one_by_one
            ]


def test_what_is_read_so_is_not_written(session):
    person = make.fill(make.make_applicant())
    session.commit()
    record = records_of(person)[SECTIONS[0]][0]
    record.qualification = "改过"
    session.commit()

    assert record not in session
    assert (
        session.scalars(select(SECTIONS[0]).where(SECTIONS[0].owner_id == person.id)).one().qualification
        != "改过"
    )
