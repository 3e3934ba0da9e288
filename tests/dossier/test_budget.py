"""What a full dossier costs: 13 sections of 30 records with their files open and save in at most 12 statements.

The numbers are counted, not measured: whoever adds a statement to a page meets this table.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from app.extensions import db
from app.models import SECTION_OF, SECTIONS, Application, Person, User, fields_of
from tests import factories as make
from tests.dossier.typed import posted

RECORDS = 30
MOST = 12


@pytest.fixture(scope="module")
def full(app) -> int:
    """The key of a draft whose dossier has 30 records in each section, each with a file."""
    with app.app_context():
        application = make.make_draft()
        person = db.session.get_one(Person, application.applicant_id)
        for model in SECTIONS:
            for turn in range(1, RECORDS):
                given = {"year": 2020 - turn} if hasattr(model, "year") else {}
                record = make.make_record(model, person, position=turn, **given)
                make.attach(person, section=model.section.slug, record=record.id)
        db.session.commit()
        return application.id


@pytest.fixture
def own(full, session, sign_in):
    """The client of that dossier's owner, with `pk` and `person`."""
    application = session.get_one(Application, full)
    client = sign_in(session.get_one(User, application.applicant_id))
    client.pk, client.person = application.id, application.applicant_id
    client.get("/person/")  # the first request of a session notes that it was seen
    return client


@contextmanager
def counting() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def cost(ask: Callable[[], object], status: int = 200) -> tuple[int, str]:
    """How many statements a request takes, and which."""
    with counting() as seen:
        answer = ask()
    assert answer.status_code == status, answer.text
    return len(seen), "\n".join(re.sub(r"\s+", " ", each)[:1200] for each in seen)


PAGES = {
    "/home/": 10,
    "/person/": 11,
    "/sections/": 6,
    "/attachments/": 11,
    "/apply/{pk}/basics": 8,
    "/apply/{pk}/check": 8,
    "/apply/{pk}/submit": 11,
    "/applications/{pk}/form": 12,
}
# What costs more than the others, and by how much: sections whose list looks at all records, and a lookup.
LIST = 9
LOOKS_AT_ALL = {"study-history": 1, "work-history": 1, "annual-assessment": 1}
OPEN, LOOKS_UP = 11, {"titles-held": 1}
# A catalogue that is looked up, a year that may stand once only.
SAVE, SAVES_MORE = (
    11,
    dict.fromkeys(
        ("titles-held", "education", "study-history", "work-history", "work-summary", "annual-assessment"), 1
    ),
)


@pytest.mark.parametrize(("path", "statements"), PAGES.items(), ids=PAGES)
def test_a_page_of_a_full_dossier(own, path, statements):
    found, which = cost(lambda: own.get(path.format(pk=own.pk)))
    assert found == statements <= MOST, which


@pytest.mark.parametrize("slug", SECTION_OF)
def test_a_section_of_thirty_records(own, slug):
    found, which = cost(lambda: own.get(f"/sections/{slug}/"))
    assert found == LIST + LOOKS_AT_ALL.get(slug, 0) <= MOST, which


@pytest.mark.parametrize("slug", SECTION_OF)
def test_a_record_is_opened_and_saved(own, session, slug):
    model = SECTION_OF[slug]
    record = session.scalars(select(model).where(model.owner_id == own.person).order_by(model.id)).first()
    path = f"/sections/{slug}/{record.id}/edit"
    typed = posted(model, version=str(record.version), **changed(model))
    found, which = cost(lambda: own.get(path))
    assert found == OPEN + LOOKS_UP.get(slug, 0) <= MOST, which

    found, which = cost(lambda: own.post(path, data=typed), 302)
    assert found == SAVE + SAVES_MORE.get(slug, 0) <= MOST, which


def changed(model) -> dict[str, str]:
    """Another text in the first field that takes any."""
    free = next(each for each in fields_of(model) if each.type is str and not each.choices)
    return {free.name: "改过的内容"}


def test_personal_information_is_saved(own, session):
    person = session.get_one(Person, own.person)
    typed = posted(
        Person,
        version=str(person.version),
        office="改过的科室",
        postcode="650000",
        contact_mobile="13900000000",
        email="person@local.invalid",
    )
    found, which = cost(lambda: own.post("/person/", data=typed), 302)
    assert found == 12 <= MOST, which
