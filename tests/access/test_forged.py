"""Requests that no page of ours has made: without a token, for another host, with a disguised method (B11, C12, T6)."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.accounts.passwords import hash_password
from app.models import User
from tests import factories
from tests.access.asking import address, addresses, ask, body, nothing_written, recorded
from tests.access.table import IDENTITIES, TABLE, Line
from tests.access.world import World, build

pytestmark = pytest.mark.once

POSTS = [line for line in TABLE if line.method == "POST"]
PASSWORD = "一句很长的示例口令 2026"


@pytest.fixture(scope="module")
def world(app) -> World:
    """Here the tokens are asked for, as they are outside the tests."""
    app.config["WTF_CSRF_ENABLED"] = True
    return build(app)


@pytest.fixture
def enter(app, session, world, sign_in) -> Callable[[str, str], FlaskClient]:
    def client(identity: str, row: str = "") -> FlaskClient:
        user = world.user(identity, row)
        return sign_in(session.get_one(User, user)) if user else app.test_client()

    return client


def user_of(line: Line) -> str:
    """Someone who may do it, or to whom only the rules say no now."""
    able = (each for letter in "yx" for each in IDENTITIES if letter in line.words[each])
    return next(able, "super_admin")


def target(app, world, line: Line, identity: str) -> tuple[str, object]:
    """The address for a row that this person may use it for."""
    key = 1 if line.row == "admin" else None
    if line.row and line.row != "admin":
        letters = line.words[identity]
        place = next(letters.index(letter) for letter in "yx" if letter in letters)
        key = world.keys(line.row, identity)[place][1]
    return address(app, addresses(app, line.endpoint, "POST")[0], line.row, key), key


@pytest.mark.parametrize("line", POSTS, ids=lambda line: f"{line.endpoint} {line.row}".strip())
def test_a_post_without_its_token_is_refused_and_changes_nothing(app, world, enter, line):
    identity = user_of(line)
    client, stranger = enter(identity, line.row), app.test_client()
    url, key = target(app, world, line, identity)
    foreign = token_of(stranger.get("/sign-in/"))
    entries = recorded()
    with nothing_written(app) as check:
        for forged in ({}, {"csrf_token": ""}, {"csrf_token": "made-up"}, {"csrf_token": foreign}):
            answer = ask(client, "POST", url, data={**body(world, line.endpoint, key), **forged})
            assert answer.status_code == 400, (url, forged, answer.status_code)
            assert "请求不完整" in answer.text
            check(url)
            entries += identity != "anonymous"
            assert recorded() == entries, "a forged request of a person who is signed in is one entry (D09)"


def token_of(page) -> str:
    marked = page.text.split('name="csrf_token"', 1)[1].split('value="', 1)[1]
    return marked.split('"', 1)[0]


def test_with_the_token_of_its_own_page_it_goes_through(enter):
    client = enter("applicant", "")
    data = {"csrf_token": token_of(client.get("/messages/"))}
    assert client.post("/messages/read-all", data=data).status_code == 302


def test_no_view_is_exempt_from_the_token():
    from app.extensions import csrf

    assert not csrf._exempt_views
    assert not csrf._exempt_blueprints


HOSTILE_HOSTS = (
    "evil.example",
    "evil.example:5000",
    "localhost.evil.example",
    "evil-localhost",
    "localhost@evil.example",
    "localhost:5000@evil.example",
    "localhost:80:evil.example",
    "localhost/evil.example",
    "localhost\\evil.example",
    "localhost evil.example",
    "localhost#evil.example",
    "localhost?evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.2",
    "0.0.0.0",
    "[::1]",
    "xn--bcher-kva.example",
    "*",
    ".",
)


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/messages/", "/nowhere"])
def test_a_host_that_is_not_ours_is_refused(app, host, path):
    client = app.test_client()
    for method in ("GET", "POST"):
        answer = client.open(path, method=method, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text and "Location" not in answer.headers


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded", "X-Forwarded-Server"]
)
def test_a_forwarded_host_counts_for_nothing_without_a_proxy(app, header):
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    answer = app.test_client().get("/messages/", headers={header: value})
    assert answer.status_code == 302
    assert "evil" not in answer.location and "evil" not in answer.text


NEXT = (
    # asked for               led to
    ("/messages/", "/messages/"),
    ("/messages/?page=2", "/messages/?page=2"),
    ("http://localhost/messages/", "/messages/"),
    ("", "/"),
    ("/nowhere", "/"),
    ("https://evil.example/", "/"),
    ("//evil.example/", "/"),
    ("///evil.example/", "/"),
    ("////evil.example", "/"),
    ("/\\evil.example", "/"),
    ("\\\\evil.example", "/"),
    ("\\/evil.example", "/"),
    ("http:evil.example", "/"),
    ("http:///evil.example", "/"),
    ("https:/evil.example", "/"),
    (" https://evil.example", "/"),
    ("\thttps://evil.example", "/"),
    ("/\t/evil.example", "/"),
    ("/%09/evil.example", "/"),
    ("http://localhost@evil.example/", "/"),
    ("http://localhost:80@evil.example/", "/"),
    ("http://localhost.evil.example/messages/", "/"),
    ("http://evil.example\\@localhost/", "/"),
    ("http://evil.example#localhost", "/"),
    ("javascript:alert(1)", "/"),
    ("data:text/html,x", "/"),
    ("/messages/\r\nSet-Cookie: a=b", "/"),
    ("/messages/\x00", "/"),
    ("/sign-in/out", "/"),
    ("/admin/holidays/delete/1", "/"),
    ("a" * 10_000, "/"),
)


@pytest.fixture
def account(session) -> User:
    user = factories.make_applicant().account
    user.password = hash_password(PASSWORD)
    session.commit()
    return user


@pytest.mark.parametrize(("asked", "led_to"), NEXT)
def test_sign_in_leads_to_a_page_of_ours_only(app, account, asked, led_to):
    client = app.test_client()
    page = client.get("/sign-in/", query_string={"next": asked})
    data = {"name": account.username, "password": PASSWORD, "csrf_token": token_of(page)}

    answer = client.post("/sign-in/", query_string={"next": asked}, data=data)

    assert (answer.status_code, answer.location) == (302, led_to)


@pytest.mark.parametrize("asked", [asked for asked, led_to in NEXT if led_to == "/"])
def test_other_ways_back_stay_in_the_house_too(app, world, enter, asked):
    """The language button, and the way back from the dossier's pages."""
    client = enter("applicant", "")
    token = token_of(client.get("/messages/"))
    answers = [
        client.post("/preferences/language/zh", data={"next": asked, "csrf_token": token}),
        client.post("/preferences/text-size", data={"next": asked, "size": "large", "csrf_token": token}),
        client.post(
            f"/person/unit/{world.rows['unit']['applicant'][0]}",
            query_string={"back": asked},
            data={"csrf_token": token},
        ),
    ]
    for answer in answers:
        assert answer.status_code == 302
        assert answer.location.startswith("/") and not answer.location.startswith(("//", "/\\")), (
            answer.location
        )
        assert "\n" not in answer.location and "\t" not in answer.location


OVERRIDES = (
    {"headers": {"X-HTTP-Method-Override": "POST"}},
    {"headers": {"X-HTTP-Method": "POST"}},
    {"headers": {"X-Method-Override": "POST"}},
    {"query_string": {"_method": "POST"}},
    {"query_string": {"__METHOD__": "POST", "method": "POST"}},
)


@pytest.mark.parametrize("trick", OVERRIDES, ids=str)
def test_a_get_in_disguise_stays_a_get(app, world, enter, trick):
    """Nothing that deletes or decides can be set off by an image or a link (T4)."""
    administrator, clerk = enter("super_admin", ""), enter("unit", "")
    held = world.rows["application"]["unit"][0]
    with nothing_written(app) as check:
        for client, url in (
            (administrator, "/admin/holidays/delete/1"),
            (administrator, "/admin/notices/delete/1"),
            (clerk, "/messages/read-all"),
            (clerk, f"/unit/staff/{world.rows['person']['unit'][0]}/unlock"),
        ):
            assert client.get(url, **trick).status_code == 405, url
            check(url)
        answer = clerk.get(f"/applications/{held}/review", **trick)
        assert answer.status_code == 200
        check("review")


def test_a_post_cannot_pose_as_another_method(app, enter):
    client = enter("super_admin", "")
    token = token_of(client.get("/messages/"))
    with nothing_written(app):
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method"):
            answer = client.post("/admin/holidays/list/", headers={name: "GET"}, data={"csrf_token": token})
            assert answer.status_code == 405
