"""Invariants of stamped pages and their files (ATT-04)."""

import hashlib
from collections.abc import Iterator

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..dossier import storage
from ..extensions import db
from ..models import Application, StampedPage
from ..vocabulary import Event, PageState, Status
from ..workflow.actors import last_step_of
from . import Invariant

LEADS_TO = {
    Event.HAND_IN_PAGE: PageState.HANDED_IN,
    Event.ASK_AGAIN: PageState.ASKED_AGAIN,
    Event.ACCEPT_PAGE: PageState.ACCEPTED,
}


def _applications() -> Iterator[tuple[Application, StampedPage | None]]:
    """Those with a page handed in, and those that must have one."""
    pages = {
        page.application_id: page
        for page in db.session.scalars(select(StampedPage).where(StampedPage.chosen.is_(False)))
    }
    query = (
        select(Application)
        .where(Application.id.in_(pages) | (Application.status == Status.READY))
        .options(selectinload(Application.decisions))
    )
    for application in db.session.scalars(query):
        yield application, pages.get(application.id)


def beside_the_history() -> Iterator[str]:
    for application, page in _applications():
        events = [each.event for each in application.decisions if each.event in LEADS_TO]
        expected = LEADS_TO[events[-1]] if events else None
        if (page and page.state) != expected:
            yield f"{application.number}: its page is {page and page.state}, its history says {expected}"


def ready_without_a_page() -> Iterator[str]:
    for application, page in _applications():
        is_accepted = page is not None and page.state is PageState.ACCEPTED
        if (application.status is Status.READY) != is_accepted:
            yield f"{application.number}: ready exactly when its page is accepted"


def pages_astray() -> Iterator[str]:
    for page in db.session.scalars(select(StampedPage)):
        application, last = page.application, last_step_of(page.application)
        if application.status not in (Status.PAPER, Status.READY) or page.route_no != application.route_no:
            yield f"{application.number}: a stamped page before the electronic material has passed"
        elif last is None or last.organisation_id != page.office_id:
            yield f"{application.number}: its stamped page lies at another office than the last"


def altered_files() -> Iterator[str]:
    root = current_app.config["PRIVATE_ROOT"]
    for page in db.session.scalars(select(StampedPage)):
        for key, digest in ((page.original_key, page.original_sha256), (page.page_key, page.sha256)):
            try:
                content = storage.read(root, key) if key else None
            except FileNotFoundError:
                yield f"stamped page {page.id}: its file {key} is gone"
                continue
            if content is not None and hashlib.sha256(content).hexdigest() != digest:
                yield f"stamped page {page.id}: its file {key} is another than was handed in"


INVARIANTS = (
    Invariant("A stamped page is where its history says", beside_the_history),
    Invariant("Ready is what has an accepted page", ready_without_a_page),
    Invariant("Stamped pages belong to what has passed, and to its last office", pages_astray),
    Invariant("Every stamped page has its files, unchanged", altered_files),
)
