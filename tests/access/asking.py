"""How the matrix asks: addresses, honest bodies, what an answer means, and whether anything was written."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from flask_appbuilder import Model
from PIL import Image
from sqlalchemy import event, func, select
from werkzeug.routing import Rule

from app import clock
from app.database import read_only
from app.extensions import db
from app.models import Application, AuditEntry, AuditHead, PublicNotice, Round, Unit, UnitDepartment
from app.organisations.operations import round_mark, unit_mark
from app.organisations.rounds import full_mark
from app.review.table_12 import mark
from app.vocabulary import NoticePlace, Result
from app.workflow.notices import notices_of
from tests import factories as make
from tests.access.world import RECORD, World

SIGN_IN, HOME = "/sign-in/", "/"

# What takes the place of a variable that names no row.
PLAIN = {
    "guide": "system",
    "digest": "0" * 64,
    "slug": RECORD.section.slug,
    "code": "zh",
    "filename": "app.css",
    "token": "made-up",
    "entry": "daj",
    "source": "major",
    "yearly": "annual-assessment",
    "n": 1,
    "year": 2031,
    "place": "unit",
}

# Files of FAB; every page has its own (fab.md).
FILES = {"appbuilder.static": "js/ab.js"}


def ask(client: FlaskClient, method: str, url: str, **given: Any) -> Any:
    return client.open(url, method=method, buffered=True, **given)


def addresses(app: Flask, endpoint: str, method: str) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint == endpoint and method in (rule.methods or ())
    ]


def address(app: Flask, rule: Rule, row: str = "", key: Any = None) -> str:
    """The URL of a rule for a row; other variables get a plain value."""
    values = {name: PLAIN.get(name, key) for name in rule.arguments}
    if "filename" in values:
        values["filename"] = FILES.get(rule.endpoint, PLAIN["filename"])
    if row == "own unit":
        values["unit"] = key
    with app.test_request_context():
        built = rule.build(values)
    assert built, rule
    return built[1]


def last_key(app: Flask, endpoint: str) -> int:
    """The newest row of a generated screen."""
    screen = next(view for view in app.appbuilder.baseviews if view.endpoint == endpoint.split(".")[0])
    found = db.session.scalar(select(func.max(screen.datamodel.obj.id)))
    assert found, f"{endpoint} has no row to ask for"
    return int(found)


def _seen(_world: World, key: Any) -> dict[str, Any]:
    found = db.session.get(Application, key)
    return {"seen": found.version if found else 1}


def _approval(world: World, key: Any) -> dict[str, Any]:
    return {**_seen(world, key), "event": "approve", "opinion": "同意"}


def _table_12(world: World, key: Any) -> dict[str, Any]:
    words = dict.fromkeys("appraisal method participants opinion formation".split(), "示例")
    return {**_seen(world, key), **words, "participant_count": "12", "saved": ""}


def _notice(world: World, key: Any) -> dict[str, Any]:
    found = notices_of(db.session.get_one(Application, key)).get(NoticePlace.UNIT)
    return {
        **_seen(world, key), "way": "board", "saved": mark(found),
        "starts_on": (clock.today() - timedelta(days=28)).isoformat(),
    }  # fmt: skip


def _outcome(world: World, key: Any) -> dict[str, Any]:
    found = db.session.scalars(select(PublicNotice).where(PublicNotice.application_id == key)).first()
    return {**_seen(world, key), "outcome": "none", "saved": found.saved_at.isoformat() if found else ""}


def _proof(world: World, key: Any) -> dict[str, Any]:
    picture = io.BytesIO()
    Image.new("RGB", (400, 400)).save(picture, "PNG")
    return {**_seen(world, key), "proof": "photo", "images": (io.BytesIO(picture.getvalue()), "a.png")}


def _unit(world: World, key: Any) -> dict[str, Any]:
    unit = db.session.get_one(Unit, key or world.rows["own unit"]["unit"][0])
    return {
        "name": "改名后的示例单位", "nature": unit.nature, "tier": unit.tier, "region_id": unit.region_id,
        "contact_phone": "0871-11111111", "seen": unit_mark(unit),
    }  # fmt: skip


def _round(_world: World, key: Any) -> dict[str, Any]:
    found = db.session.get_one(Round, key)
    return {
        "closes_at": f"{found.closes_at:%Y-%m-%dT%H:%M}",
        "corrections_until": f"{found.corrections_until:%Y-%m-%dT%H:%M}",
        "notice": "改过的通知",
        "seen": round_mark(found),
    }


def _draft(_world: World, key: Any) -> dict[str, Any]:
    return {"confirmed": "y", "seen": full_mark(db.session.get_one(Round, key))}


def _choice(_world: World, key: Any) -> dict[str, Any]:
    found = db.session.get_one(UnitDepartment, key)
    return {"result": "approved", "opinion": "同意", "seen": found.submitted_at.isoformat()}


def _record(world: World) -> dict[str, Any]:
    return {"section": RECORD.section.slug, "record": str(world.rows["record"]["applicant"][0])}


def _eligible(world: World, key: Any) -> dict[str, Any]:
    return {**_seen(world, key), **make.ELIGIBLE}


_CASE = {"kind": "question", "caller": "示例", "identity_check": "callback", "reason": "示例事由"}

# What an honest person would send. Refused requests carry it too: only the refusal stands in its way.
BODIES: dict[str, Callable[[World, Any], dict[str, Any]]] = {
    "WorkbenchView.decide": _approval,
    "WorkbenchView.undo": _seen,
    "StampedDeskView.accept": _seen,
    "StampedDeskView.ask_again": lambda world, key: {**_seen(world, key), "opinion": "示例原因"},
    "NoteView.pin": lambda world, key: {**_seen(world, key), "place": "person", "text": "示例标注"},
    "UnitOpinionView.edit": _table_12,
    "NoticeView.notify": _notice,
    "NoticeView.conclude": _outcome,
    "NoticeView.upload": _proof,
    "EligibilityView.edit": _eligible,
    "CoverView.submit": lambda world, key: {**_seen(world, key), "pledged": "y"},
    "CoverView.start": lambda world, key: {"year": str(clock.now().year)},
    "ProgressView.withdraw": _seen,
    "ProgressView.reopen": _seen,
    "SectionView.move": lambda world, key: {"direction": "up"},
    "RecordListView.order": lambda world, key: {"id": str(world.rows["record"]["applicant"][0])},
    "YearsView.save": lambda world, key: {f"y{clock.now().year - 1}-grade": "合格"},
    "MarkView.handle": lambda world, key: {"handled": "yes"},
    "PasteView.rows": lambda world, key: {"rows": "示例论文,2020-01-01,未发表"},
    "CopyView.choose": lambda world, key: {"record": "1"},
    "SectionView.nothing": lambda world, key: {"answer": "yes"},
    "SavedListView.save": lambda world, key: {"name": "示例标签", "due": "soon"},
    "SavedListView.rename": lambda world, key: {"name": f"示例改名{key}"},
    "SavedListView.columns": lambda world, key: {"column": "due", "dense": "1"},
    "ExportView.download": lambda world, key: {"reason": "核对年度名单"},
    "UnitView.edit": _unit,
    "StaffView.message": lambda world, key: {
        "to": str(world.rows["person"]["unit"][0]), "text": "示例信息",
    },
    "UnitCheckView.verify": lambda world, key: {"how": "licence"},
    "UnitCheckView.note": lambda world, key: {"text": "补充登记证书"},
    "UnitDepartmentView.choose": lambda world, key: {"department": str(world.departments[1])},
    "UnitChoiceView.decide": _choice,
    "CommitteeRoundView.edit": _round,
    "RoundSetupView.publish": _draft,
    "AttachmentView.upload": lambda world, key: _record(world),
    "AttachmentView.link": lambda world, key: {
        **_record(world), "attachment": world.rows["file"]["applicant"][0],
    },
    "FileView.rename": lambda world, key: {"name": "身份证正反面"},
    "FileView.rotate": lambda world, key: {"page": "1", "turn": "90"},
    "MembershipAdmin.add": lambda world, key: {"user": f"user{world.users['applicant']}", "role": "super_admin"},
    "SettingAdmin.add": lambda world, key: {"key": "made-up", "value": "1", "note": "示例"},
    "NoticeAdmin.add": lambda world, key: {
        "title": "示例公告", "body": "正文", "published_at": "2026-01-05T08:00",
    },
    "HolidayAdmin.add": lambda world, key: {"day": "2026-12-30", "name": "示例", "working": "y"},
    "HotlineView.search": lambda world, key: {"q": "示例人员1"},
    "CaseView.open": lambda world, key: _CASE,
    "CaseView.close": lambda world, key: {"outcome": "已答复", "result": "done"},
    "CaseWorkView.number": lambda world, key: {"field": "mobile", "reason": "回拨核对身份"},
    "CaseWorkView.name": lambda world, key: {"value": "示例改名"},
    "CaseWorkView.mobile": lambda world, key: {"value": "13900008888"},
    "CaseWorkView.id_number": lambda world, key: {"value": "53010219750101000X"},
    "CaseWorkView.verify": lambda world, key: {"how": "licence"},
    "CaseWorkView.leaf": lambda world, key: dict.fromkeys(("level1", "level2", "level3"), "示例"),
    "CaseDossierView.remove": lambda world, key: {"record": str(world.case_record)},
    "CorrectionView.decide": lambda world, key: {"result": "accept", "remark": "与证件一致"},
    "AccountView.end_browsers": lambda world, key: {"browser": "0"},
    "SignInView.login": lambda world, key: {"name": "nobody", "password": "nothing-of-the-kind"},
    "PreferencesView.text_size": lambda world, key: {"size": "large"},
}  # fmt: skip


def body(world: World, endpoint: str, key: Any) -> dict[str, Any]:
    return BODIES[endpoint](world, key) if endpoint in BODIES else {}


def meaning(answer: Any, identity: str) -> str:
    """The letter of the table for an answer; what has none is described."""
    status = answer.status_code
    if status in (301, 302, 303, 308):
        there = urlsplit(answer.location)
        if there.netloc not in ("", "localhost"):
            return f"leads to {there.netloc}"
        if there.path == SIGN_IN and identity == "anonymous":
            return "-"
        return "h" if there.path == HOME else "y"
    return {200: "y", 422: "y", 403: "-", 404: "n", 409: "x"}.get(status, str(status))


def fits(expected: str, answer: Any, method: str, identity: str, endpoint: str) -> bool:
    found = meaning(answer, identity)
    if identity == "anonymous" and expected == "-":
        return found == "-" and answer.status_code == 302
    if expected != "y":
        return found == expected
    if endpoint in TO_SIGN_IN:
        return answer.status_code == 302
    return found in ("y", "h") or (method == "POST" and found == "x")


# These lead to the sign-in page when they have done what they are for.
TO_SIGN_IN = frozenset({"SignInView.logout", "SignInView.ask_unlock", "EntryView.open"})

# The record of changes itself, rows that only note who is where, what is typed but not saved yet, and what
# can be drawn again.
QUIET = frozenset(
    {"audit_entry", "audit_head", "sign_in", "known_device", "draft", "opening", "printed_form", "package"}
)
DENIALS = frozenset({403, 404, 409})
# Looking is recorded too where somebody else's scan or whole ID number is shown (D02, D09).
LOOKS = frozenset(
    "ExportView.download"
    " CorrectionView.show EvidenceView.get NoticeFileView.get AttachmentView.get FileView.page FileView.small FormView.preview"
    " FormView.pdf FormView.text ArchiveView.page ArchiveView.pdf".split()
)


class Ledger:
    """What was committed since it was last asked: whether rows changed, and how many entries there are."""

    def __init__(self) -> None:
        self.position = recorded()
        self.pending: dict[int, bool] = {}
        self.changed = False
        self.bare: list[str] = []

    def execute(self, connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if cursor.rowcount == 0:
            return
        verb, *words = statement.split(None, 3)
        if verb.upper() in ("INSERT", "UPDATE", "DELETE"):
            table = words[0 if verb.upper() == "UPDATE" else 1].strip('"')
            if table not in QUIET:
                self.pending[id(connection)] = True

    def commit(self, connection: Any) -> None:
        self.changed = self.pending.pop(id(connection), False) or self.changed

    def rollback(self, connection: Any) -> None:
        self.pending.pop(id(connection), None)

    def take(self) -> tuple[bool, int]:
        changed, before = self.changed, self.position
        self.changed, self.position = False, recorded()
        self.bare = bare_after(before) if changed else []
        return changed, self.position - before


def recorded() -> int:
    """How many entries the record has."""
    with read_only(), db.engine.connect() as connection:
        return connection.scalar(select(AuditHead.position)) or 0


def bare_after(position: int) -> list[str]:
    """The done entries behind this place that do not say by a digest what they have written."""
    bare = (AuditEntry.position > position, AuditEntry.result == Result.DONE, AuditEntry.after == "")
    with read_only(), db.engine.connect() as connection:
        return list(connection.scalars(select(AuditEntry.action).where(*bare)))


@contextmanager
def ledger() -> Iterator[Ledger]:
    db.session.rollback()
    kept = Ledger()
    listeners = (
        ("after_cursor_execute", kept.execute),
        ("commit", kept.commit),
        ("rollback", kept.rollback),
    )
    for name, what in listeners:
        event.listen(db.engine, name, what)
    try:
        yield kept
    finally:
        for name, what in listeners:
            event.remove(db.engine, name, what)


def due(answer: Any, endpoint: str, identity: str, changed: bool) -> int:
    """How many entries a request leaves: one a change, one a denial, one a look at somebody else's (D09)."""
    is_somebody = identity != "anonymous"
    denied = is_somebody and answer.status_code in DENIALS
    looked = endpoint in LOOKS and identity not in ("anonymous", "applicant") and answer.status_code == 200
    ended = is_somebody and endpoint == "UserAdmin.end_sessions" and answer.status_code == 302
    return (changed or ended) + denied + looked


def contents(root: Path) -> str:
    """A digest of every row of every table, and of the private files.

    Left out are sign_in.seen_at (A03), who has opened what, and the record of changes, which a ledger counts.
    """
    digest = hashlib.sha256()
    db.session.rollback()
    with read_only(), db.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            if table.name in ("audit_entry", "audit_head", "opening"):
                continue
            columns = [each for each in table.columns if f"{table.name}.{each.name}" != "sign_in.seen_at"]
            order = list(table.primary_key.columns) or columns
            for row in connection.execute(select(*columns).order_by(*order)):
                digest.update(repr((table.name, tuple(row))).encode())
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(root)}:{file.stat().st_size}".encode())
    return digest.hexdigest()


@contextmanager
def nothing_written(app: Flask) -> Iterator[Callable[[str], None]]:
    """Nothing but entries of the record may be written inside.

    The yielded check says so after each request, the digest at the end.
    """
    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        is_expected = statement.startswith(
            (
                "UPDATE sign_in SET seen_at",
                "INSERT INTO audit_entry",
                "UPDATE audit_",
                "INSERT INTO opening",
            )
        )
        if statement.split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE") and not is_expected:
            written.append(statement)

    def check(url: str) -> None:
        assert not written, f"{url} writes {written}"

    before = contents(app.config["PRIVATE_ROOT"])
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield check
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert contents(app.config["PRIVATE_ROOT"]) == before
