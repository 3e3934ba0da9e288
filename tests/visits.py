"""What each kind of person meets in the app, page by page, as the links lead him."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pyotp
from flask import Flask, current_app
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from werkzeug.exceptions import HTTPException

from app import clock
from app.accounts import draft_views, drafts, factor, passwords, reset, sessions
from app.accounts.fresh import FRESH
from app.dossier import storage
from app.dossier.images import scan
from app.dossier.layout import described
from app.dossier.uploads import limits
from app.extensions import db
from app.models import (
    Application,
    Attachment,
    AuditEntry,
    Committee,
    Department,
    Field,
    FormTemplate,
    FormVersion,
    HelpRequest,
    IntegrityRecord,
    Membership,
    Message,
    Notice,
    Outbox,
    Package,
    Person,
    Round,
    SavedList,
    Series,
    SeriesEntry,
    SignIn,
    Snapshot,
    SupportCase,
    Unit,
    User,
    fields_of,
)
from app.models.sections import Award, WorkHistory
from app.support import asked, corrections, on_behalf, operations
from app.support.rules import Act
from app.vocabulary import (
    CaseKind,
    Choice,
    CommitteeTier,
    IdentityCheck,
    MessageType,
    PackageKind,
    RequestStatus,
    Role,
    Stage,
    Status,
    Tier,
)
from tests import factories as make
from tests.accounts.people import PASSWORD, fresh
from tests.words import Page

IDENTITIES = (
    "anonymous", "newcomer", "draft", "submitted", "returned", "passed",
    *(stage.value for stage in Stage), "hotline", "super_admin", "security_admin", "auditor",
)  # fmt: skip
DOORS = (
    "/", "/home/", "/nowhere", "/_ui/", "/sign-up/", "/unit-sign-up/", "/recover/", "/reset/none", "/entry/shili", "/shiliLogin",
    "/sections/papers/copy", "/lookup/units?q=示例", "/windows/1/professions?q=档案",
    "/desk/arrived", "/desk/waiting/lists/", "/desk/waiting/bulk/approve?all=1", "/desk/waiting/bulk/remind?tab=returned&all=1",
    "/desk/waiting?q=示例新人&level=intermediate&submission=again&days=2&sort=waiting",
)  # fmt: skip
BEHIND_A_CODE = ("/sign-up", "/unit-sign-up", "/recover")
PAGES_OF_A_RULE = 2
TYPED = ("示例新人", "示例负责人", "示例新注册单位")
LEAF = {"level1": "示例学", "level2": "示例类", "level3": "示例专业", "note": "示例说明"}
UNSAVED = {"email": "unsaved@example.com", "postcode": "没有保存的邮编"}


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
    _draft_round(found[Stage.COMMITTEE.value])
    db.session.add(
        Package(
            owner_id=found["passed"], kind=PackageKind.OWN, subject=1, name="示例打包", rows=[1],
            asked_at=clock.now(), refusal=["操作没有完成。", {}],
        )
    )  # fmt: skip
    _overdue_elsewhere(found[Stage.UNIT.value])
    _pages(found)
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
    series = db.session.scalars(select(Series).order_by(Series.no)).first()
    db.session.add(
        SeriesEntry(slug="shili", series=series, title="示例入口", header="示例页头", hint="示例提示")
    )
    drafts.keep(found["draft"], "/person/", list(UNSAVED.items()), seen=0, at=clock.now())
    award = [
        described(each) for each in (*fields_of(Award), Field("x1", str, True, "示例字段", 9, custom=True))
    ]
    db.session.add(FormVersion(content={"awards": award}, by_id=found["super_admin"], created_at=clock.now()))
    for published_at in (clock.now(), None):
        db.session.add(
            FormTemplate(
                name="示例模板", year=2026, by_id=found["super_admin"], published_at=published_at,
                content={"6": {"name": "示例表名", "hint": "示例说明"}},
            )
        )  # fmt: skip
    _guard(db.session.get_one(User, found["passed"]))
    db.session.add_all(
        SavedList(user_id=found[each.value], name="示例标签", query="due=soon") for each in Stage
    )
    found["case"] = _make_calls(found)
    db.session.commit()
    return found


def _guard(user: User) -> None:
    """A password that can be typed, and an authenticator."""
    user.password, secret, at = passwords.hash_password(PASSWORD), factor.new_secret(), clock.now()
    factor.enrol(user, secret, pyotp.TOTP(secret).at(at), at=at)


def _make_calls(found: dict[str, int]) -> int:
    """A case of every kind on the hotline's desk, with what lies in it; the key of the one about a dossier."""
    at, clerk, colleague = clock.now(), _user(found["hotline"]), make.make_user(Role.HOTLINE)
    applicant, unit = _user(found["draft"]), make.make_unit(verified_at=None)
    of_unit = make.make_user(Role.UNIT, unit, mobile=fresh()[1])
    for name, kind in (("newcomer", CaseKind.UNLOCK), ("submitted", CaseKind.CORRECTION)):
        asked.ask(kind, {"value": "示例正名", "note": "示例说明"}, [_image()], by=_user(found[name]), at=at)

    def case(kind: CaseKind, by: User = clerk, subject: User = applicant, request: Any = None) -> SupportCase:
        opened = operations.open_case(
            kind, subject=subject, unit=unit if subject is of_unit else None, request=request, caller="示例来电人",
            identity_check=IdentityCheck.CALLBACK, reason="示例来电事由", by=by, at=at,
        )  # fmt: skip
        operations.add_evidence(opened, [_image()], by=by, at=at)
        return opened

    for kind in (CaseKind.NEW_MAJOR, CaseKind.NEW_PROFESSION):
        case(kind, request=asked.ask(kind, LEAF, [_image()], by=applicant, at=at))
    case(CaseKind.UNIT_RECOVERY, subject=of_unit)
    answered = case(
        CaseKind.CORRECTION, request=asked.ask(CaseKind.CORRECTION, LEAF, [_image()], by=applicant, at=at)
    )
    corrections.decide(
        corrections.propose(answered, Act.NAME, "示例更名", by=clerk, at=at),
        accept=True, remark="", by=colleague, at=at,
    )  # fmt: skip
    operations.close_case(answered, outcome="示例结果", result=RequestStatus.DONE, by=clerk, at=at)
    corrections.propose(case(CaseKind.CORRECTION), Act.NAME, "示例新名", by=clerk, at=at)
    theirs = case(CaseKind.MOBILE, colleague)
    corrections.propose(theirs, Act.MOBILE, fresh()[1], by=colleague, at=at)
    for kind in (CaseKind.UNLOCK, CaseKind.MOBILE, CaseKind.QUESTION):
        case(kind)
    dossier, person = case(CaseKind.DOSSIER), db.session.get_one(Person, applicant.id)
    values = {each.name: make.sample(each) for each in fields_of(WorkHistory)}
    on_behalf.add_record(dossier, person, WorkHistory, values, by=clerk, at=at)
    return dossier.id


def _user(key: int) -> User:
    return db.session.get_one(User, key)


def _picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 40)).save(content, "PNG")
    return content.getvalue()


def _image() -> asked.Stored:
    found = scan("示例证明.png", _picture(), limits())
    return found, storage.store(current_app.config["PRIVATE_ROOT"], found.content)


def _clerk_at(stage: Stage) -> User:
    """A clerk with an application on his desk."""
    unit = make.make_unit(tier=Tier.COUNTY if stage is Stage.BUREAU else Tier.CITY)
    tier = CommitteeTier.PROVINCE if stage is Stage.CITY_BUREAU else CommitteeTier.CITY
    return make.clerk_of(make.make_application(stage, unit, make.make_round(make.make_committee(tier))))


def _overdue_elsewhere(clerk_id: int) -> None:
    """An application from the clerk's unit that has lain at its committee for months."""
    mine = select(Membership.organisation_id).where(Membership.user_id == clerk_id)
    unit = db.session.scalars(select(Unit).where(Unit.id.in_(mine))).one()
    late = make.make_application(Stage.COMMITTEE, unit)
    late.waiting_since = clock.now() - timedelta(days=60)
    make.clerk_of(late)


def _pages(found: dict[str, int]) -> None:
    """A page that waits and a scan that is chosen beside it; on the committee's desk one that waits, one that is in."""
    own = db.session.scalars(select(Application).where(Application.applicant_id == found["passed"])).one()
    make.hand_in_page(own)
    make.choose_page(own)
    mine = select(Membership.organisation_id).where(Membership.user_id == found[Stage.COMMITTEE.value])
    round_ = db.session.scalars(
        select(Round).where(Round.committee_id.in_(mine), Round.published_at.is_not(None))
    ).first()
    make.hand_in_page(make.make_application(Status.PAPER, round_=round_))
    make.make_application(Status.READY, round_=round_)


def _draft_round(clerk_id: int) -> None:
    """Next year's, not published yet, of the clerk's committee."""
    mine = select(Membership.organisation_id).where(Membership.user_id == clerk_id)
    committee = db.session.scalars(select(Committee).where(Committee.id.in_(mine))).one()
    make.make_round(committee, year=clock.today().year + 1, published_at=None)


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
    client.post(f"{base}/mobile", data={"code": _code_sent_to(app, mobile)})
    return client


def _at_second_step(app: Flask, language: str, people: dict[str, int]) -> FlaskClient:
    """A browser that has given the right password of an account with an authenticator."""
    client = browser(app, language)
    with app.app_context():
        name = _user(people["passed"]).username
    client.post("/sign-in/", data={"name": name, "password": PASSWORD})
    return client


def _with_mobile_proved(app: Flask, language: str) -> FlaskClient:
    """A browser on the way to another mobile, whose old one is proved."""
    with app.app_context():
        account = make.make_applicant().account
        key, mobile = account.id, account.mobile
        db.session.commit()
    client = browser(app, language, key)
    client.post("/account/mobile/")
    client.post("/account/mobile/", data={"code": _code_sent_to(app, mobile)})
    return client


def _long_signed_in(app: Flask, language: str, people: dict[str, int]) -> FlaskClient:
    """A browser whose password was proved a while ago."""
    client = browser(app, language, people["newcomer"])
    with client.session_transaction() as cookie:
        key = sessions.digest(cookie["key"])
    with app.app_context():
        db.session.execute(
            update(SignIn).where(SignIn.key == key).values(confirmed_at=clock.now() - 2 * FRESH)
        )
        db.session.commit()
    return client


def _code_sent_to(app: Flask, mobile: str) -> str:
    with app.app_context():
        sent = db.session.scalars(select(Outbox.text).where(Outbox.mobile == mobile)).one()
    return re.findall("[0-9]{6}", sent)[0]


def _reset_link(app: Flask, people: dict[str, int]) -> str:
    with app.app_context():
        by = _user(people["security_admin"])
        token = reset.start_reset(_user(people["newcomer"]), by=by, at=clock.now())
        db.session.commit()
    return f"/reset/{token}"


def _verified(app: Flask, people: dict[str, int]) -> str:
    """Where the code on a printed form leads."""
    with app.app_context():
        digest = select(Snapshot.digest).join(Application, Application.id == Snapshot.application_id)
        return f"/verify/{db.session.scalar(digest.where(Application.applicant_id == people['passed']))}"


# Drawn for seconds each, and no pages: tests/guides and tests/packages read them.
SAME_FOR_ALL = {
    "GuideView.pdf",
    "ReceiptView.receipt",
    "ReceiptView.history",
    "PackageView.file",
    "StampedView.original",
}


def visit_everything(app: Flask, people: dict[str, int], language: str) -> Iterator[Visit]:
    for base in BEHIND_A_CODE:
        yield from _visit(app, _with_code(app, language, base), (f"{base}/password", f"{base}/mobile"))
    yield from _visit(app, browser(app, language), [_reset_link(app, people)])
    yield from _visit(app, _at_second_step(app, language, people), ["/sign-in/code/"])
    yield from _visit(app, _with_mobile_proved(app, language), ["/account/mobile/new"])
    yield from _visit(app, _long_signed_in(app, language, people), ["/account/factor/enrol"])
    yield from _visit(app, browser(app, language), [_verified(app, people), f"/verify/{'0' * 64}"])
    yield from _visit(app, browser(app, language), ["/unit-help/done"], [("/unit-help/", _asking_unit())])
    as_applicant = browser(app, language, people["hotline"])
    assert as_applicant.post(f"/view-as/{people['case']}/begin").location == "/home/"
    yield from _visit(app, as_applicant, ["/home/"])
    for identity in IDENTITIES:
        client = browser(app, language, people.get(identity))
        with client.session_transaction() as cookie:
            cookie[draft_views.FLAG] = identity == "draft"
        doors, posts = _rows_of(app, people.get(identity)), _posts_of(app, identity, people)
        if identity == "security_admin":
            doors.append(f"/admin/office-accounts/{people[Stage.BUREAU.value]}/mobile")
        yield from _visit(app, client, (*DOORS, *doors), posts)


def _rows_of(app: Flask, user_id: int | None) -> list[str]:
    """Pages that only a button leads to, and those of which each is another."""
    with app.app_context():
        messages = select(Message.id).where(Message.recipient_id == user_id).limit(1)
        applications = select(Application.id).where(Application.applicant_id == user_id)
        cases = list(
            db.session.scalars(
                select(SupportCase).where(SupportCase.opened_by_id == user_id).order_by(SupportCase.id)
            )
        )
        at_my_unit = (
            select(Application.id)
            .join(Membership, Membership.organisation_id == Application.holder_id)
            .where(Membership.user_id == user_id, Application.stage == Stage.UNIT)
            .limit(1)
        )
        files = db.session.scalars(select(Attachment.id).where(Attachment.owner_id == user_id).limit(1)).all()
        requests = select(HelpRequest.id).order_by(HelpRequest.id) if cases else ()
        return [
            *(f"/messages/{each}" for each in db.session.scalars(messages)),
            *(
                f"/apply/{each}/{page}"
                for each in db.session.scalars(applications)
                for page in ("done", "eligibility")
            ),
            *(
                f"/applications/{each}/form/printing"
                for each in db.session.scalars(applications.where(Application.status == Status.PAPER))
            ),
            *(f"/applications/{each}/unit-opinion" for each in db.session.scalars(at_my_unit)),
            *(f"/attachments/{each}/{kind}" for each in files for kind in ("small", "pages/1")),
            *(f"/cases/{each.id}" for each in cases),
            *(f"/requests/{each}" for each in (db.session.scalars(requests) if cases else ())),
        ]


def _posts_of(app: Flask, identity: str, people: dict[str, int]) -> list[tuple[str, dict[str, Any]]]:
    """Pages that answer a post: a search finds one person, several, a unit, or nothing."""
    if identity == "passed":
        return [("/account/factor/codes", {})]
    if identity != "hotline":
        return []
    with app.app_context():
        unit = db.session.scalars(select(Unit.name).where(Unit.verified_at.is_(None))).first()
        words = (_user(people["draft"]).username, "示例", unit, "无此人")
    return [
        *(("/hotline/", {"q": each}) for each in words),
        (f"/cases/{people['case']}/number", {"field": "mobile", "reason": "示例查看原因"}),
    ]


def _asking_unit() -> dict[str, Any]:
    _number, mobile, n = fresh()
    typed = {"unit_name": TYPED[2], "contact": TYPED[1], "phone": mobile, "note": "示例申请事项"}
    return {
        **typed,
        "credit_code": make.credit_code(n),
        "images": [(io.BytesIO(_picture()), "示例证明.png")],
    }


def _visit(
    app: Flask,
    client: FlaskClient,
    doors: Iterable[str],
    posts: Iterable[tuple[str, dict[str, Any]]] = (),
) -> Iterator[Visit]:
    """The doors, then every page that can be reached by links, at most a few of one rule; every form sent empty."""
    waiting, seen, visits = list(doors), set(), Counter[str]()
    for address, data in posts:
        answer = client.post(address, data=data, follow_redirects=True)
        assert answer.status_code == 200, address
        yield Visit(endpoint_of(app, answer.request.path), f"POST {address}", page := Page(answer.text))
        waiting += page.links
    must = set(doors)
    while waiting:
        address = waiting.pop(0)
        endpoint = endpoint_of(app, address)
        if address in seen or (visits[endpoint] >= PAGES_OF_A_RULE and address not in must):
            continue
        if endpoint in SAME_FOR_ALL:
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
