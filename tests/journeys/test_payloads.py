"""What people type is text on every page: over a hundred ways of smuggling a script in, and none of them runs (C10)."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Route
from sqlalchemy import select

from app import clock
from app.accounts import drafts, passwords
from app.extensions import db
from app.models import SECTIONS, Application, Attachment, Person, User, fields_of
from tests import factories as make
from tests.dossier.pictures import jpeg
from tests.journeys.browsing import Site, Visitor

pytestmark = pytest.mark.once

PASSWORD = "yunnan-qiutian-2026"
PAYLOADS = (Path(__file__).parent / "payloads.txt").read_text(encoding="utf-8").splitlines()
LEAST, RECORDS = 120, 3
WIDTH_OF_A_NAME = 100
# Whatever runs calls hit(); whatever would open a window says so.
CANARY = "window.hits = 0; window.hit = () => { window.hits += 1; console.error('a payload ran'); };"
# What may not come out of a text even if it stays quiet: an element with a handler, or a link to a script.
FOREIGN = """
() => [...document.querySelectorAll('*')].filter((each) =>
  [...each.attributes].some(({ name, value }) => name.startsWith('on') || /^\\s*(java|vb)script:/i.test(value)
    && ['href', 'src', 'action', 'formaction', 'data'].includes(name))
  || (each.tagName === 'SCRIPT' && !each.src)).map((each) => each.outerHTML.slice(0, 200))
"""


class Supply:
    """Payloads in turn, each where it fits."""

    def __init__(self) -> None:
        self.turn = itertools.cycle(PAYLOADS)
        self.used: set[str] = set()

    def take(self, limit: int | None) -> str:
        fitting = (each for each in itertools.islice(self.turn, len(PAYLOADS)) if len(each) <= (limit or 200))
        unused = next((each for each in fitting if each not in self.used), None)
        found = unused or next(each for each in PAYLOADS if len(each) <= (limit or 200))
        self.used.add(found)
        return found

    def into(self, row: object, model: type) -> None:
        for each in fields_of(model):
            if each.type is str and not each.choices and (each.limit or 200) >= len(min(PAYLOADS, key=len)):
                setattr(row, each.name, self.take(each.limit))


@dataclass(frozen=True)
class Full:
    """Accounts whose dossiers hold payloads in every text, and the addresses of every page that shows them."""

    drafting: str
    submitted: str
    clerk: str
    pages: list[str]
    own: list[str]
    staff: list[str]


def fill(application: Application, supply: Supply) -> None:
    """Another payload into every text of a dossier, and into the names of its files."""
    person = db.session.get_one(Person, application.applicant_id)
    supply.into(person, Person)
    for model in SECTIONS:
        for record in db.session.scalars(select(model).where(model.owner_id == person.id)):
            supply.into(record, model)
        for turn in range(1, RECORDS):
            given = {"year": 2010 + turn} if hasattr(model, "year") else {}
            record = make.make_record(model, person, position=turn, **given)
            supply.into(record, model)
            make.attach(person, section=model.section.slug, record=record.id)
    for file in db.session.scalars(select(Attachment).where(Attachment.owner_id == person.id)):
        file.name = supply.take(WIDTH_OF_A_NAME)
    db.session.flush()


def known(user: User) -> str:
    user.password = passwords.hash_password(PASSWORD)
    name: str = user.username
    return name


@pytest.fixture(scope="module")
def full(site: Site) -> Full:
    supply = Supply()
    with site.app.app_context():
        draft, handed_in = make.make_draft(), make.make_draft()
        for application in (draft, handed_in):
            fill(application, supply)
        make.submit(handed_in)
        unsaved = [(each.name, supply.take(None)) for each in fields_of(Person) if each.type is str]
        drafts.keep(draft.applicant_id, "/person/", unsaved, seen=0, at=clock.now())
        found = Full(
            known(db.session.get_one(User, draft.applicant_id)),
            known(db.session.get_one(User, handed_in.applicant_id)),
            known(make.clerk_of(handed_in)),
            list(pages_of(draft)),
            [
                "/home/",
                f"/progress/{handed_in.id}",
                f"/applications/{handed_in.id}/form",
                "/sections/papers/",
            ],
            [
                "/desk/",
                "/desk/waiting",
                f"/applications/{handed_in.id}/review",
                f"/applications/{handed_in.id}/form",
                f"/applications/{handed_in.id}/unit-opinion",
                "/unit/staff/",
            ],
        )
        db.session.commit()
    assert supply.used == set(PAYLOADS), set(PAYLOADS) - supply.used
    return found


def pages_of(application: Application) -> Iterator[str]:
    yield from ("/home/", "/person/", "/person/photo", "/person/unit", "/sections/", "/attachments/")
    for model in SECTIONS:
        slug = model.section.slug
        yield from (f"/sections/{slug}/", f"/sections/{slug}/add")
        for record in db.session.scalars(select(model).where(model.owner_id == application.applicant_id)):
            yield f"/sections/{slug}/{record.id}/edit"
    yield from (f"/apply/{application.id}/{step}" for step in ("cover", "basics", "check", "submit"))
    yield from (f"/applications/{application.id}/form", "/progress/", f"/progress/{application.id}")


def test_there_are_enough_of_them() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= LEAST


@pytest.mark.parametrize("role", ["drafting", "submitted", "clerk"])
def test_no_payload_runs_on_any_page(site: Site, full: Full, role: str) -> None:
    visitor = Visitor(site)
    dialogs: list[str] = []

    def heard(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    visitor.page.on("dialog", heard)
    # The rows of these files have no bytes; their names are what is looked at.
    visitor.page.route(re.compile(r"/attachments/[0-9a-f]{32}"), picture)
    visitor.page.add_init_script(CANARY)
    visitor.sign_in(getattr(full, role), PASSWORD)
    pages = {"drafting": full.pages, "submitted": full.own, "clerk": full.staff}[role]
    shown = 0
    for path in pages:
        answer = visitor.page.goto(path)
        assert answer and answer.status == 200, path
        look(visitor.page, path)
        shown += any(each in answer.text().replace("&lt;", "<").replace("&gt;", ">") for each in PAYLOADS)
    assert dialogs == []
    assert shown >= len(pages) // 3, "the pages show hardly any payload"


def picture(route: Route) -> None:
    route.fulfill(body=jpeg(), content_type="image/jpeg")


def look(page: Page, path: str) -> None:
    """Wait for what runs by itself, open what is folded, and look for what should not be there."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate("window.hits") == 0, path
    assert page.evaluate(FOREIGN) == [], path
