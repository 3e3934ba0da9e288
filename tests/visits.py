"""What each kind of person meets in the app, page by page, as the links lead him."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from app import clock
from app.accounts import sessions
from app.extensions import db
from app.models import Application, AuditEntry, Department, IntegrityRecord, Message, Notice, Outbox, User
from app.vocabulary import Choice, CommitteeTier, MessageType, Role, Stage, Status, Tier
from tests import factories as make
from tests.accounts.people import fresh
from tests.words import Page

IDENTITIES = (
    "anonymous", "newcomer", "draft", "submitted", "returned", "passed",
    *(stage.value for stage in Stage), "hotline", "super_admin", "security_admin", "auditor",
)  # fmt: skip
DOORS = ("/", "/home/", "/nowhere", "/_ui/", "/sign-up/", "/unit-sign-up/", "/recover/")
BEHIND_A_CODE = ("/sign-up", "/unit-sign-up", "/recover")
PAGES_OF_A_RULE = 2
TYPED = ("示例新人", "示例负责人", "示例新注册单位")


@dataclass(frozen=True)
class Visit:
    endpoint: str
    address: str
    page: Page


def make_people() -> dict[str, int]:
    """The id of an account for each identity, with something to read on every page."""
    found = {
        "newcomer": make.make_applicant().id,
        "draft": make.make_application().applicant_id,
        "submitted": make.make_application(Stage.UNIT).applicant_id,
        "returned": make.make_application(Status.RETURNED).applicant_id,
        "passed": make.make_application(Status.PAPER).applicant_id,
        "hotline": make.make_user(Role.HOTLINE).id,
        "super_admin": make.make_user(Role.SUPER_ADMIN).id,
        "security_admin": make.make_user(Role.SECURITY_ADMIN).id,
        "auditor": make.make_user(Role.AUDITOR).id,
        **{stage.value: _clerk_at(stage).id for stage in Stage},
    }
    department = db.session.scalars(select(Department).order_by(Department.id)).first()
    assert department
    make.choose(make.make_unit(None), department, Choice.PENDING)
    db.session.add(Notice(title="示例公告", body="示例正文", published_at=clock.now()))
    db.session.add(
        IntegrityRecord(
            id_number=make.id_number(9999),
            reason="示例事由",
            starts_on=date(2026, 1, 1),
            until=date(2026, 2, 1),
        )
    )
    db.session.add(
        AuditEntry(at=clock.now(), action="edit", object_type="Unit", object_id="1", detail="name")
    )
    for each in found.values():
        db.session.add(
            Message(recipient_id=each, type=MessageType.SYSTEM, text="示例消息", created_at=clock.now())
        )
    db.session.commit()
    return found


def _clerk_at(stage: Stage) -> User:
    """A clerk with an application on his desk."""
    unit = make.make_unit(tier=Tier.COUNTY if stage is Stage.BUREAU else Tier.CITY)
    tier = CommitteeTier.PROVINCE if stage is Stage.CITY_BUREAU else CommitteeTier.CITY
    return make.clerk_of(make.make_application(stage, unit, make.make_round(make.make_committee(tier))))


def browser(app: Flask, language: str, user_id: int | None = None) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("language", language)
    if user_id:
        with app.app_context():
            key = sessions.open_session(db.session.get_one(User, user_id), at=clock.now())
            db.session.commit()
        with client.session_transaction() as cookie:
            cookie.update(_user_id=str(user_id), key=key, _fresh=True)
    return client


def _with_code(app: Flask, language: str, base: str) -> FlaskClient:
    """A browser that has reached the pages behind an SMS code."""
    client = browser(app, language)
    number, mobile, n = fresh()
    if base == "/recover":
        with app.app_context():
            account = make.make_applicant().account
            number, mobile = account.id_number, account.mobile
            db.session.commit()
        client.post("/recover/", data={"name": number, "mobile": mobile})
        return client
    person, head, unit = TYPED
    typed = {"unit_name": f"{unit}{n}", "code": make.credit_code(n), "name": head} if "unit" in base else {}
    client.post(f"{base}/", data={"name": person, "id_number": number, **typed})
    client.post(f"{base}/mobile", data={"mobile": mobile})
    with app.app_context():
        sent = db.session.scalars(select(Outbox.text).where(Outbox.mobile == mobile)).one()
    client.post(f"{base}/mobile", data={"code": re.findall("[0-9]{6}", sent)[0]})
    return client


def visit_everything(app: Flask, people: dict[str, int], language: str) -> Iterator[Visit]:
    for base in BEHIND_A_CODE:
        yield from _visit(app, _with_code(app, language, base), (f"{base}/password", f"{base}/mobile"))
    for identity in IDENTITIES:
        own = _rows_of(app, people.get(identity))
        yield from _visit(app, browser(app, language, people.get(identity)), (*DOORS, *own))


def _rows_of(app: Flask, user_id: int | None) -> list[str]:
    """Pages that only a button leads to."""
    with app.app_context():
        messages = select(Message.id).where(Message.recipient_id == user_id).limit(1)
        applications = select(Application.id).where(Application.applicant_id == user_id)
        return [
            *(f"/messages/{each}" for each in db.session.scalars(messages)),
            *(f"/apply/{each}/done" for each in db.session.scalars(applications)),
        ]


def _visit(app: Flask, client: FlaskClient, doors: Iterable[str]) -> Iterator[Visit]:
    """Every page that can be reached by links, at most a few of one rule, and every form sent empty."""
    waiting, seen, visits = list(doors), set(), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        endpoint = endpoint_of(app, address)
        if address in seen or visits[endpoint] == PAGES_OF_A_RULE:
            continue
        seen.add(address)
        visits[endpoint] += 1
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        page = Page(answer.text if answer.mimetype == "text/html" else "")
        yield Visit(endpoint_of(app, answer.request.path), address, page)
        waiting += page.links
        for action, names in page.forms:
            action = action.split("#")[0] or address
            refused = client.post(action, data=dict.fromkeys(names, ""), follow_redirects=True)
            assert refused.status_code < 500, action
            yield Visit("", f"POST {action}", Page(refused.text))


def endpoint_of(app: Flask, address: str) -> str:
    try:
        endpoint: str = app.url_map.bind("localhost").match(address.split("?")[0])[0]
    except HTTPException:
        return address
    return endpoint
