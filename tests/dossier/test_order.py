"""The order of a page of records, posted once after dragging (SEC, drag sort; the ↑ ↓ are in test_sections)."""

import pytest
from sqlalchemy import select

from app.models import RemovedRecord
from app.models.sections import Book, Paper
from tests import factories


@pytest.fixture
def twelve(person):
    return [factories.make_record(Paper, person, name=f"论文{n:02}", position=n).id for n in range(12)]


def order(session, person):
    return session.scalars(select(Paper.id).where(Paper.owner_id == person.id).order_by(Paper.position)).all()


def post(own, ids, page=1):
    return own.post(f"/sections/papers/order?page={page}", data={"id": ids})


def test_a_page_is_put_into_the_posted_order_and_the_others_stay(session, person, own, twelve):
    first, second = twelve[:10], twelve[10:]
    turned = [first[-1], *first[:-1]]

    assert post(own, turned).status_code == 204
    assert order(session, person) == [*turned, *second]
    assert post(own, second[::-1], page=2).status_code == 204
    assert order(session, person) == [*turned, *second[::-1]]


def test_ordering_does_not_make_an_open_form_stale(session, person, own, twelve):
    versions = dict(session.execute(select(Paper.id, Paper.version).where(Paper.owner_id == person.id)).all())
    post(own, twelve[:10][::-1])

    assert (
        dict(session.execute(select(Paper.id, Paper.version).where(Paper.owner_id == person.id)).all())
        == versions
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda ids: ids[:9],
        lambda ids: [*ids[:9], ids[8]],
        lambda ids: [*ids[:9], ids[10]],
        lambda ids: ids[:11],
        lambda ids: [],
    ],
    ids=["one short", "one twice", "one of the next page", "one too many", "none"],
)
def test_what_is_no_order_of_the_page_changes_nothing(session, person, own, twelve, change):
    answer = post(own, change(twelve))

    assert answer.status_code == 409
    assert "列表刚刚在别处修改过，顺序没有保存。刷新页面后重新排序。" in answer.text
    assert order(session, person) == twelve


def test_the_order_of_a_list_from_which_one_was_just_deleted_is_a_conflict(session, person, own, twelve):
    assert own.post(f"/sections/papers/{twelve[3]}/delete").status_code == 302
    answer = post(own, twelve[:10][::-1])

    assert answer.status_code == 409
    assert "刷新页面后重新排序" in answer.text
    assert order(session, person) == [each for each in twelve if each != twelve[3]]


def test_somebody_elses_record_is_not_there(session, person, own, twelve):
    foreign = factories.make_record(Paper, factories.make_applicant(), position=3).id
    session.add(
        RemovedRecord(
            owner_id=session.get_one(Paper, foreign).owner_id, slug="papers", position=0, values={"id": foreign + 1},
            attachment_ids=[], removed_at=factories.clock.now(),
        )
    )  # fmt: skip

    for stranger in (foreign, foreign + 1, 2**40, "x"):
        assert post(own, [*twelve[:9], stranger]).status_code == 404
    assert order(session, person) == twelve
    assert session.get_one(Paper, foreign).position == 3


def test_a_record_of_another_section_is_not_there(session, person, own, twelve):
    book = factories.make_record(Book, person)
    book_id = max(book.id, *twelve) + 1
    session.connection().exec_driver_sql(f"UPDATE book SET id = {book_id} WHERE id = {book.id}")

    assert post(own, [*twelve[:9], book_id]).status_code == 404
    assert own.post("/sections/nowhere/order", data={"id": twelve[:10]}).status_code == 404


def test_under_review_the_order_stays(session, of):
    application = factories.make_application(at=factories.Stage.UNIT)
    person = session.get_one(factories.Person, application.applicant_id)
    ids = order(session, person)

    assert of(person).post("/sections/papers/order", data={"id": ids}).status_code == 409


def test_dragging_is_offered_only_where_there_is_something_to_order(own, person):
    factories.make_record(Paper, person)
    assert "data-to=" not in own.get("/sections/papers/").text

    factories.make_record(Paper, person, position=1)
    page = own.get("/sections/papers/").text
    assert 'data-to="/sections/papers/order?page=1"' in page


def test_a_long_list_has_a_number_to_jump_to(own, twelve):
    page = own.get("/sections/papers/?back=/apply/").text
    jump = page[page.index('class="jump"') :]

    assert 'name="page" min="1" max="2" value="1"' in jump and 'name="back" value="/apply/"' in jump
    assert "论文11" in own.get("/sections/papers/?page=2").text
