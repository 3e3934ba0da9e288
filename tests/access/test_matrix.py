"""Role × route × row: every rule of the application, every method, every identity, every relation.

What is expected is typed in table.py. First everything that must be refused and everything that only
reads, with a digest of the database before and after; then what may write, each on a row of its own.
"""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import chain, clock
from app.models import Application, Unit, User
from app.vocabulary import Role, Stage, Status
from app.workflow import operations, rules
from tests import factories
from tests.access import asking
from tests.access.asking import Ledger, address, addresses, ask, body, fits, meaning, nothing_written
from tests.access.table import IDENTITIES, RELATIONS, TABLE, Line
from tests.access.world import World, build

LEAST = 3000
OTHER_METHODS = ("PUT", "PATCH", "DELETE")

# Paths that only take POST; a GET reads their last word as the key of a file, and there is none.
OF_FILES = next(line for line in TABLE if line.endpoint == "AttachmentView.get")
READ_AS_FILE = ("/attachments/upload", "/attachments/link")

# These take away the row they are asked for, or the session, or the roles till their end: they come last.
LAST = ("delete", "remove", "decide", "withdraw", "choose_unit", "begin", "end", "logout")

# An empty form names no row of these; it would not be found.
NEED_A_BODY = {"SectionView.move", "AttachmentView.link", "AttachmentView.upload", "CaseDossierView.remove"}
# What an address can hold that is no row's key: the secret of a link names its person only to who has it.
PLAIN_WORDS = {
    "guide",
    "digest",
    "slug",
    "yearly",
    "code",
    "filename",
    "token",
    "entry",
    "source",
    "n",
    "year",
}
DECISIONS = {
    "WorkbenchView.decide", "UnitOpinionView.edit", "NoticeView.notify", "NoticeView.upload", "NoticeView.conclude",
    "StampedDeskView.ask_again",
}  # fmt: skip

# Drawn for seconds: asked for once.
DRAWN = ("FormView.pdf", "ArchiveView.pdf")

asked: dict[str, int] = {}
entered: dict[str, int] = {}


@pytest.fixture(scope="module")
def world(app: Flask) -> World:
    return build(app)


@pytest.fixture
def enter(world, session, sign_in, app) -> Callable[..., FlaskClient]:
    """A client for an identity; the owner of rows of a kind may be somebody else."""
    known: dict[int | None, FlaskClient] = {None: app.test_client()}

    def client(identity: str, row: str = "") -> FlaskClient:
        user = world.user(identity, row)
        if user not in known:
            known[user] = sign_in(session.get_one(User, user))
        return known[user]

    return client


@pytest.fixture(autouse=True)
def count(record_property) -> Iterator[None]:
    """The number of requests of each test, printed at the end of the run (tests/conftest.py)."""
    before = sum(asked.values())
    yield
    record_property("requests", sum(asked.values()) - before)


class Asking:
    """Asks and compares; surprises are collected, so that one run shows all of them."""

    def __init__(self, app: Flask, world: World, client: Callable[..., FlaskClient], identity: str) -> None:
        self.app, self.world, self.client, self.identity = app, world, client, identity
        self.surprises: list[str] = []
        self.ledger: Ledger | None = None
        for row in ("", *RELATIONS):
            client(identity, row)

    def targets(self, line: Line) -> Iterator[tuple[str, str, object]]:
        """Addresses of a line with the letter expected there, and the row's key."""
        word = line.word(self.identity)
        for rule in addresses(self.app, line.endpoint, line.method):
            if not line.row:
                yield word, address(self.app, rule), None
            elif line.row == "admin":
                key = 1 if word == "-" else asking.last_key(self.app, line.endpoint)
                yield word, address(self.app, rule, line.row, key), key
            else:
                rows = self.world.keys(line.row, self.identity)
                letters = word if word != "-" else "-" * len(rows)
                for letter, (_relation, key) in zip(letters, rows, strict=True):
                    yield letter, address(self.app, rule, line.row, key), key

    def __call__(self, line: Line, url: str, expected: str, *, method: str = "", **given) -> object:
        method = method or line.method
        answer = ask(self.client(self.identity, line.row), method, url, **given)
        asked[self.identity] = asked.get(self.identity, 0) + 1
        if self.ledger:
            self.compare_with_the_record(answer, f"{method} {url}", line.endpoint)
        if not fits(expected, answer, line.method, self.identity, line.endpoint):
            found = meaning(answer, self.identity)
            self.surprises.append(
                f"{self.identity}: {method} {url} ({line.endpoint}) is {found}, expected {expected}"
            )
        return answer

    def compare_with_the_record(self, answer: object, what: str, endpoint: str) -> None:
        """Each change, each denial and each look at somebody else's left one entry, and nothing else did (D09)."""
        assert self.ledger
        changed, entries = self.ledger.take()
        expected = asking.due(answer, endpoint, self.identity, changed)
        entered["expected"] = entered.get("expected", 0) + expected
        entered["found"] = entered.get("found", 0) + entries
        if self.ledger.bare:
            self.surprises.append(f"{self.identity}: {what}: no digest after {self.ledger.bare}")
        if entries != expected:
            self.surprises.append(f"{self.identity}: {what} left {entries} entries, expected {expected}")


@pytest.fixture
def asker(app, session, world, enter) -> Iterator[Callable[[str], Asking]]:
    def asker_of(identity: str) -> Asking:
        asking_as = Asking(app, world, enter, identity)
        kept.take()
        asking_as.ledger = kept
        return asking_as

    with asking.ledger() as kept:
        yield asker_of


def test_every_rule_has_its_line_and_every_line_its_rule(app):
    rules = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    lines = {(line.method, line.endpoint) for line in TABLE}
    assert sorted(rules - lines) == [], "rules without a line in table.py"
    assert sorted(lines - rules) == [], "lines of table.py without a rule"


def test_every_line_speaks_of_every_identity_and_relation():
    for line in TABLE:
        assert tuple(line.words) == IDENTITIES
        for identity, word in line.words.items():
            letters = len(RELATIONS[line.row][identity]) if line.row and word != "-" else 1
            assert len(word) == letters and set(word) <= set("-yhxn"), (line, identity)


def test_a_rule_that_names_a_row_has_a_line_with_relations(app):
    """A new view with `<int:pk>` cannot get by with a line that only speaks of roles."""
    by_row = {line.endpoint for line in TABLE if line.row}
    named = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments - PLAIN_WORDS}
    assert sorted(named - by_row) == []


@pytest.mark.strict
@pytest.mark.parametrize("identity", IDENTITIES)
def test_what_is_refused_and_what_only_reads_writes_nothing(app, identity, asker):
    """Refused posts carry an honest body; a GET writes nothing even where it is allowed (B11, D09)."""
    asking_as = asker(identity)
    with nothing_written(app) as check:
        for line in TABLE:
            for expected, url, key in list(asking_as.targets(line)):
                if line.method == "POST" and expected in "yx":
                    continue
                if line.method == "GET":
                    asking_as(line, url, expected)
                    if expected == "y" and line.endpoint not in DRAWN:
                        asking_as(line, url, expected, method="HEAD")
                else:
                    asking_as(line, url, expected, data=body(asking_as.world, line.endpoint, key))
                check(url)
    assert asking_as.surprises == []


@pytest.mark.once
@pytest.mark.parametrize("identity", IDENTITIES)
def test_methods_that_a_rule_does_not_take_are_refused(app, identity, asker):
    """GET or POST where the rule takes the other one, and PUT, PATCH, DELETE by turns."""
    asking_as = asker(identity)
    of_no_file = "-" if OF_FILES.word(identity) == "-" else "n"
    lines: dict[str, Line] = {}
    taken: dict[str, set[str]] = {}
    for line in TABLE:
        _expected, url, _key = next(asking_as.targets(line))
        lines[url] = line
        taken.setdefault(url, set()).add(line.method)
    with nothing_written(app) as check:
        for turn, (url, line) in enumerate(lines.items()):
            for method in (*({"GET", "POST"} - taken[url]), OTHER_METHODS[turn % 3]):
                is_file = method == "GET" and url in READ_AS_FILE
                asking_as(line, url, of_no_file if is_file else "405", method=method)
            options = ask(asking_as.client(identity), "OPTIONS", url)
            assert options.status_code == 200 and not options.data, url
            check(url)
    assert asking_as.surprises == []


@pytest.mark.strict
@pytest.mark.parametrize("identity", IDENTITIES)
def test_what_is_allowed_is_done(app, identity, asker):
    """Posts that may write: first with an empty form, then, where the rules decide, with an honest one."""
    asking_as = asker(identity)
    for line in sorted((line for line in TABLE if line.method == "POST"), key=place):
        for expected, url, key in list(asking_as.targets(line)):
            if expected not in "yx":
                continue
            honest = body(asking_as.world, line.endpoint, key)
            if expected == "y":
                asking_as(line, url, "y", data=honest if line.endpoint in NEED_A_BODY else {})
            if line.endpoint in DECISIONS:
                answer = asking_as(line, url, expected, data=honest)
                assert answer.status_code == (302 if expected == "y" else 409), (url, answer.status_code)
    assert asking_as.surprises == []


def place(line: Line) -> int:
    action = line.endpoint.split(".")[1]
    return LAST.index(action) + 1 if action in LAST else 0


PAGES_OF_ONES_OWN = ("cover", "basics", "check", "submit", "done")


@pytest.mark.strict
@pytest.mark.parametrize("status", Status)
def test_an_application_in_any_status_is_shown_to_its_own_and_to_nobody_else(
    app, session, sign_in, enter, status
):
    """Whatever has become of it: its owner finds every page, its holder the record, a stranger nothing."""
    application = made(status)
    session.commit()
    owner = sign_in(session.get_one(User, application.applicant_id))
    pk, holder_id = application.id, application.holder_id
    holder = sign_in(factories.clerk_of(application)) if holder_id else None
    own_pages = [f"/progress/{pk}", *(f"/apply/{pk}/{page}" for page in PAGES_OF_ONES_OWN)]
    office_pages = [f"/applications/{pk}/review", f"/applications/{pk}/form"]
    strange_person, strange_office = enter("applicant"), enter("committee")
    with nothing_written(app) as check:
        for url in [*own_pages, office_pages[1]]:
            assert ask(owner, "GET", url).status_code in (200, 302), url
            assert ask(strange_person, "GET", url).status_code == 404, url
            check(url)
        for url in office_pages:
            if holder is not None:
                assert ask(holder, "GET", url).status_code == 200, url
            assert ask(strange_office, "GET", url).status_code == 404, url
            check(url)
    asked["statuses"] = asked.get("statuses", 0) + 2 * len(own_pages) + 6


def made(status: Status) -> Application:
    if status is Status.IN_REVIEW:
        return factories.make_application(Stage.UNIT)
    if status is Status.LAPSED:
        application = factories.make_application(Status.DRAFT)
        application.round.closes_at = application.round.corrections_until = clock.now()
        operations.lapse_overdue(at=clock.now())
        return application
    if status is Status.FAILED:
        return failed()
    return factories.make_application(status)


def failed() -> Application:
    """Reset by the unit until the year is over (APP-09)."""
    application = factories.make_draft()
    while application.status is not Status.FAILED:
        factories.submit(application)
        said = {"seen": application.version, "opinion": "请补充", "confirmation": rules.CONFIRMATION}
        operations.reset(application, by=factories.clerk_of(application), at=clock.now(), **said)
        application.cover_saved_at = application.cover_saved_at or clock.now()
    return application


def test_a_clerk_who_applies_himself_is_two_persons(session, sign_in, world):
    """In the applicant's pages his own application only; at the desk everyone's but his own (domain.md 2)."""
    unit_id = world.rows["own unit"]["unit"][0]
    unit = session.get_one(Unit, unit_id)
    own, of_another = (
        factories.make_application(Stage.UNIT, unit),
        factories.make_application(Stage.UNIT, unit),
    )
    both = session.get_one(User, own.applicant_id)
    factories.join(both, Role.UNIT, unit)
    client = sign_in(both)
    own_id, other_id = own.id, of_another.id

    for page in PAGES_OF_ONES_OWN:
        assert ask(client, "GET", f"/apply/{other_id}/{page}").status_code == 404, page
    assert ask(client, "GET", f"/progress/{other_id}").status_code == 404
    for move in (f"/progress/{other_id}/withdraw", f"/progress/{other_id}/reopen"):
        assert ask(client, "POST", move, data={"seen": of_another.version}).status_code == 404, move
    assert ask(client, "GET", f"/progress/{own_id}").status_code == 200
    assert ask(client, "GET", f"/applications/{other_id}/review").status_code == 200

    for url, data in (
        (f"/applications/{own_id}/review", asking.body(world, "WorkbenchView.decide", own_id)),
        (f"/applications/{own_id}/unit-opinion", asking.body(world, "UnitOpinionView.edit", own_id)),
    ):
        assert ask(client, "POST", url, data=data).status_code == 409, url
    session.expire_all()
    assert session.get_one(Application, own_id).status is Status.IN_REVIEW


@pytest.mark.strict
def test_the_record_has_as_many_entries_as_there_were_changes_and_denials(session):
    """And they are one unbroken chain (D08, D09)."""
    assert entered["found"] == entered["expected"] >= LEAST // 3
    assert list(chain.verify()) == []


def test_enough_was_asked():
    total = sum(asked.values())
    assert total >= LEAST, f"{total} requests"
