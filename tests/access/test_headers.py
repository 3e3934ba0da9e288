"""What goes with every answer, of whatever kind (C11, A14)."""

import re

import pytest

from app import create_app
from app.accounts.passwords import hash_password
from app.models import User
from tests import factories
from tests.access.world import World, build
from tests.conftest import dispose, settings

pytestmark = pytest.mark.once

PASSWORD = "一句很长的示例口令 2026"
KEY = "Zk3!vq8Lw0#Rt5@Yb7$Nc2%Hd9^Jf4&Mg6"
HASHED_STATIC = "/static/app.css?v=0123456789ab"


@pytest.fixture(scope="module")
def world(app) -> World:
    return build(app)


@pytest.fixture
def enter(session, world, sign_in):
    return lambda identity, row="": sign_in(session.get_one(User, world.user(identity, row)))


KINDS = (
    # kind                method  address or row                     identity       status
    ("sign-in", "GET", "/sign-in/", "", 200),
    ("to sign-in", "GET", "/messages/", "", 302),
    ("home", "GET", "/home/", "applicant", 200),
    ("desk", "GET", "/desk/waiting", "unit", 200),
    ("record", "GET", "/applications/{application}/review", "unit", 200),
    ("screen", "GET", "/admin/users/list/", "super_admin", 200),
    ("hotline", "POST", "/hotline/", "hotline", 200),
    ("form with errors", "POST", "/account/password", "applicant", 422),
    ("after a post", "POST", "/messages/read-all", "applicant", 302),
    ("refused by the rules", "GET", "/applications/{application}/form.pdf", "unit", 409),
    ("file", "GET", "/attachments/{file}", "unit", 200),
    ("making the form", "POST", "/applications/{passed}/form.pdf", "unit", 302),
    ("form as PDF", "GET", "/applications/{passed}/form.pdf", "unit", 200),
    ("bad argument", "GET", "/admin/users/list/?page_UserAdmin=x", "super_admin", 400),
    ("refused by role", "GET", "/admin/users/list/", "applicant", 403),
    ("not found", "GET", "/nowhere", "applicant", 404),
    ("foreign row", "GET", "/attachments/{foreign}", "unit", 404),
    ("wrong method", "DELETE", "/messages/", "applicant", 405),
    ("too large", "POST", "/sign-in/", "", 413),
    ("options", "OPTIONS", "/messages/", "", 200),
    ("head", "HEAD", "/home/", "applicant", 200),
)


def ask(app, world, enter, method, path, identity, status):
    rows = world.rows
    url = path.format(
        application=rows["application"]["unit"][0],
        file=rows["file"]["unit"][0],
        foreign=rows["file"]["unit"][4],
        passed=rows["passed"]["unit"][0],
    )
    client = enter(identity) if identity else app.test_client()
    data = b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1) if status == 413 else None
    answer = client.open(url, method=method, data=data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status
    return answer


def directives(answer) -> dict[str, list[str]]:
    parts = [each.split() for each in answer.headers["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize(
    ("kind", "method", "path", "identity", "status"), KINDS, ids=[each[0] for each in KINDS]
)
def test_every_kind_of_answer_carries_the_protections(
    app, world, enter, kind, method, path, identity, status
):
    answer = ask(app, world, enter, method, path, identity, status)
    headers, policy = answer.headers, directives(answer)

    assert (
        "unsafe" not in headers["Content-Security-Policy"] and "*" not in headers["Content-Security-Policy"]
    )
    if kind == "file":
        assert policy == {"sandbox": [], "default-src": ["'none'"]}
    else:
        assert (
            policy["default-src"] == ["'self'"] and "script-src" not in policy and "style-src" not in policy
        )
        for name in ("object-src", "base-uri", "frame-ancestors"):
            assert policy[name] == ["'none'"]
        assert policy["form-action"] == ["'self'"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin")
    assert "no-store" in headers["Cache-Control"]
    assert "public" not in headers["Cache-Control"]
    assert not re.search(r"werkzeug|flask|python", headers.get("Server", ""), re.I)


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        (HASHED_STATIC, 200, "public, max-age=31536000, immutable"),
        ("/static/app.css", 200, "no-cache"),
        ("/static/nowhere.css?v=0123456789ab", 404, "no-cache"),
    ],
)
def test_static_files_last_only_under_the_digest_of_their_content(client, path, status, expected):
    answer = client.get(path, buffered=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, expected)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert status == 404 or "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../config.py",
        "/static/%2e%2e/config.py",
        "/static/..%2fconfig.py",
        "/static//etc/passwd",
        "/static/appbuilder/../../config.py",
        "/static/%00",
    ],
)
def test_nothing_outside_the_folder_is_static(client, path):
    assert client.get(path, follow_redirects=True).status_code == 404


def test_pages_link_static_files_by_digest_only(enter):
    page = enter("applicant").get("/home/").text
    links = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert links and all(
        re.search(r"\?v=[0-9a-f]{12}(#|$)|^/static/js\.[0-9a-f]{12}/", each) for each in links
    )


def test_a_file_is_shown_as_what_it_is_and_named_safely(world, enter):
    answer = enter("unit").get(f"/attachments/{world.rows['file']['unit'][0]}")
    assert answer.mimetype == "image/jpeg"
    assert "\n" not in answer.headers["Content-Disposition"]


# Cookies


def cookies_of(answer) -> dict[str, set[str]]:
    """The attributes of each cookie that an answer sets, by its name; of dates only that there is one."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        name, *attributes = line.split("; ")
        found[name.split("=")[0]] = {
            re.sub("^(expires|max-age)=.*", r"\1", each.lower()) for each in attributes
        }
    return found


@pytest.fixture
def account(session) -> User:
    user = factories.make_applicant().account
    user.password = hash_password(PASSWORD)
    session.commit()
    return user


def answers_that_set_cookies(client, account):
    yield client.get("/sign-in/")
    yield client.post("/sign-in/", data={"name": account.username, "password": PASSWORD})
    yield client.post("/preferences/language/en")
    yield client.post("/preferences/text-size", data={"size": "large"})
    yield client.post("/sign-in/out")


def test_cookies_cannot_be_read_by_scripts_or_sent_from_elsewhere(app, account):
    seen = {}
    for answer in answers_that_set_cookies(app.test_client(), account):
        seen |= cookies_of(answer)
    assert set(seen) == {"session", "device", "language", "text_size"}
    for name, attributes in seen.items():
        assert {"httponly", "samesite=lax", "path=/"} <= attributes, name


def test_in_production_cookies_belong_to_one_host_and_travel_encrypted_only(
    app, account, tmp_path, monkeypatch
):
    # The rows were sealed under the keys of the app that made them.
    keys = {name: app.config[name] for name in ("IDENTITY_KEYS", "INDEX_KEY", "AUDIT_KEY")}
    for name, value in (
        keys | {"MODE": "production", "SECRET_KEY": KEY, "TRUSTED_HOSTS": "localhost"}
    ).items():
        monkeypatch.setenv(name, value)
    given = settings(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"]) | {"SECRET_KEY": KEY}
    production = create_app(**given)
    try:
        client = production.test_client()
        seen = {}
        for answer in answers_that_set_cookies(_Https(client), account):
            seen |= cookies_of(answer)
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert set(seen) == {"__Host-session", "__Host-device", "language", "text_size"}
        for name, attributes in seen.items():
            assert {"httponly", "samesite=lax", "path=/", "secure"} <= attributes, name
            assert not any(each.startswith("domain") for each in attributes), name
    finally:
        dispose(production)


class _Https:
    """A browser behind TLS."""

    def __init__(self, client) -> None:
        self.client = client

    def get(self, path):
        return self.client.get(path, base_url="https://localhost")

    def post(self, path, **given):
        return self.client.post(path, base_url="https://localhost", **given)
