"""Whatever an address, a query or a form holds, the answer is a page in words and never an error of ours (C16, C17)."""

import re
from urllib.parse import quote

import pytest
from flask import Flask

from app.models import User
from tests.access.asking import BODIES, address, addresses, ask, body, last_key
from tests.access.table import IDENTITIES, TABLE, Line
from tests.access.world import World, build

pytestmark = [pytest.mark.slow, pytest.mark.strict]

LONG = 10_000
# More digits than Python turns into a number by default.
DIGITS = "9" * 5000
# Comes back as text wherever it comes back (C10).
PLANTED = "<i id=planted>"


@pytest.fixture(scope="module")
def world(app) -> World:
    return build(app)


@pytest.fixture
def enter(app, session, world, sign_in):
    def client(identity, row=""):
        user = world.user(identity, row)
        return sign_in(session.get_one(User, user)) if user else app.test_client()

    return client


def user_of(line: Line) -> str | None:
    """Someone who may use it."""
    return next((each for each in IDENTITIES if "y" in line.words[each]), None)


def target(app: Flask, world: World, line: Line, identity: str) -> tuple[str, object]:
    """The first address of a line, for a row that this person may use it for."""
    key = None
    if line.row == "admin":
        key = last_key(app, line.endpoint)
    elif line.row:
        key = world.keys(line.row, identity)[line.words[identity].index("y")][1]
    return address(app, addresses(app, line.endpoint, line.method)[0], line.row, key), key


def name_of(line: Line) -> str:
    return f"{line.method} {line.endpoint} {line.row}".strip()


ROWS = [line for line in TABLE if line.row not in ("", "own unit") and user_of(line)]
UNKNOWN = (
    "0", "-1", "2147483647", "2147483648", "9223372036854775808", "9" * 30, DIGITS, "99999999",
    "abc", "1.5", "1e3", "0x10", "９９９９９９９", "²", "%00", "1%00", "1%20", "💥", "%ff", "%ed%a0%80",
    "1;", "1'", "%27%20or%201=1", "%2e%2e", "*", "%25", "a" * LONG, "f" * 32, "F" * 32,
)  # fmt: skip


@pytest.mark.parametrize("line", ROWS, ids=name_of)
def test_a_row_that_cannot_be_is_not_found(app, world, enter, line):
    """A third of the unknown keys for each rule, by turns: the converters are the same everywhere."""
    identity = user_of(line)
    client = enter(identity, line.row)
    known, key = target(app, world, line, identity)
    before, after = known.rsplit(str(key), 1)
    turn = ROWS.index(line) % 3
    data = {"direction": "up"} if line.method == "POST" else None
    for unknown in UNKNOWN[turn::3]:
        url = before + quote(unknown, safe="%") + after
        answer = ask(client, line.method, url, data=data)
        assert answer.status_code in (404, 405), f"{line.method} {url[:80]} answers {answer.status_code}"


JUNK = (
    "", " ", "a\0b", "-1", "0", "9" * 20, DIGITS, "１２", "²", "NaN", "a" * LONG, "%", "_\\'\"", "%(name)s{0}{{7*7}}",
    "💥\u202e\ufeff", "\r\nX: y", "2026-02-30", "0000-00-00T25:61", "[]", PLANTED,
)  # fmt: skip

# Lists, searches and forms with steps: every page that reads its query.
PAGES = [
    line
    for line in TABLE
    if line.method == "GET" and user_of(line) and "static" not in line.endpoint
    and (line.row in ("", "own unit") or line.endpoint in ("CoverView.cover", "CoverView.basics", "SectionView.edit"))
    and not line.endpoint.endswith("Admin.add")
]  # fmt: skip
READ_SOMEWHERE = (
    "page", "after", "before", "q", "type", "tab", "unit", "account", "year", "committee", "round", "profession",
    "change", "due", "week", "back", "next",
)  # fmt: skip


def names_in(page) -> list[str]:
    """The fields of a page's forms."""
    text = page.text if page.mimetype == "text/html" else ""
    found = re.findall(r'<(?:input|select|textarea|button)[^>]* name="([^"]+)"', text)
    return [each for each in dict.fromkeys(found) if each != "csrf_token"]


@pytest.mark.parametrize("line", PAGES, ids=name_of)
def test_junk_in_the_query_is_answered_in_words(app, world, enter, line):
    """Every parameter that the page's own forms have, and those that any page of ours reads."""
    identity = user_of(line)
    client = enter(identity, line.row)
    path = target(app, world, line, identity)[0].split("?")[0]
    groups = [[*READ_SOMEWHERE, *names_in(ask(client, "GET", path))]]
    screen = line.endpoint.split(".")[0]
    if screen.endswith("Admin"):
        groups[0] += [f"_oc_{screen}", f"_od_{screen}", "_flt_0_id", "_flt_1_name"]
        groups.append([f"page_{screen}", f"psize_{screen}"])
    for junk in JUNK:
        for names in groups:
            answer = ask(client, "GET", path, query_string=dict.fromkeys(names, junk))
            assert answer.status_code < 500, (path, names, junk[:20], answer.status_code)
            assert PLANTED.encode() not in answer.data, path
    for odd in (
        "page=1&page=2&q=1&q=2&name=1&name=2",
        "page[]=1&q[]=1&name[a]=1",
        "&&==&=&?",
        "%zz=%zz&q=%ff%fe",
    ):
        assert ask(client, "GET", f"{path}?{odd}").status_code < 500, (path, odd)


# Without a field there is nothing to fill with junk; deletions would take the rows of the others away.
FORMS = [
    line
    for line in TABLE
    if line.method == "POST" and user_of(line) and not line.endpoint.endswith(("logout", "delete", "remove"))
]  # fmt: skip


@pytest.mark.parametrize("line", FORMS, ids=name_of)
def test_junk_in_a_form_is_answered_in_words(app, world, enter, line):
    """Every field at once, then every field by itself in an otherwise honest form."""
    identity = user_of(line)
    client = enter(identity, line.row)
    url, key = target(app, world, line, identity)
    honest = body(world, line.endpoint, key) if line.endpoint in BODIES else {}
    names = [*honest, *(each for each in names_in(ask(client, "GET", url)) if each not in honest)]
    tries = [(junk, dict.fromkeys(names, junk)) for junk in JUNK]
    tries += [(junk, {name: junk}) for name in honest for junk in ("a\0b", " ", "9" * 20, DIGITS)]
    for n, (junk, data) in enumerate(tries):
        # An honest form anew each time: what was uploaded has been read.
        rest = body(world, line.endpoint, key) if n >= len(JUNK) else {}
        answer = ask(client, "POST", url, data={**rest, **data})
        assert answer.status_code < 500, (url, names, junk[:20], answer.status_code)
        assert PLANTED.encode() not in answer.data, url


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("url", ["/sign-in/", "/person/", "/attachments/upload", "/account/password"])
def test_a_body_beyond_the_limit_is_told_so(app, enter, url, kind):
    client = app.test_client() if url == "/sign-in/" else enter("applicant")
    answer = client.post(url, data=b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1), content_type=kind)
    assert answer.status_code == 413
    assert "文件太大" in answer.text


def parts(*fields: tuple[str, str]) -> bytes:
    each = (
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    )
    return ("".join(each) + "--x--\r\n").encode()


@pytest.mark.parametrize(
    "sent",
    [parts(("former_name", "x" * (2**20 + 1))), parts(*((f"field{n}", "x") for n in range(600)))],
    ids=["one long field", "many fields"],
)
def test_a_form_that_nobody_could_have_filled_is_refused(enter, sent):
    answer = enter("applicant").post("/person/", data=sent, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


ODD_BODIES = (
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"name=+ADw-"),
    ("application/x-www-form-urlencoded; charset=nowhere", b"name=1"),
    ("application/x-www-form-urlencoded", b"\xff\xfe=%ff%fe&%00=%00"),
    ("application/json", b'{"name": 1}'),
    ("text/xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
    ("", b"name=1"),
)


@pytest.mark.parametrize(("kind", "sent"), ODD_BODIES, ids=str)
def test_a_body_of_another_kind_is_answered_in_words(enter, kind, sent):
    client = enter("applicant")
    for url in ("/person/", "/sections/work-history/add", "/attachments/upload", "/account/password"):
        answer = client.post(url, data=sent, content_type=kind)
        assert answer.status_code in (302, 400, 404, 409, 413, 415, 422), (url, answer.status_code)


@pytest.mark.parametrize(
    "name",
    ["Accept-Language", "Cookie", "User-Agent", "Referer", "X-Forwarded-For", "Range", "If-Modified-Since"],
)
def test_junk_in_a_header_is_answered_in_words(app, name):
    for junk in (
        "\x01",
        "a" * 8000,
        ";;;==",
        "%00",
        "bytes=5-2,,",
        "language=xx; text_size=huge; session=.a.b",
    ):
        for url in ("/sign-in/", "/static/app.css", "/notices/"):
            answer = app.test_client().get(url, headers={name: junk}, buffered=True)
            assert answer.status_code < 500, (url, name, junk)
