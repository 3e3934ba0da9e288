"""A browser asks for a script once, until one of the scripts changes (screens.md 2.4)."""

import re

import pytest

from app.web.assets import asset, scripts_digest

pytestmark = pytest.mark.once
FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture
def url(app):
    with app.test_request_context():
        return asset("js/app.js")


def test_a_script_and_those_it_names_are_kept_for_ever(client, url):
    assert re.fullmatch(r"/static/js\.[0-9a-f]{12}/app\.js", url)
    with client.get(url) as answer:
        text = answer.text
    names = re.findall(r'from "\./(\w+\.js)"', text)
    assert len(names) > 5
    for name in names:
        with client.get(url.replace("app.js", name)) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOR_EVER)


def test_a_page_of_the_last_release_gets_todays_script_and_asks_again(client, url):
    old = re.sub(r"js\.\w+", "js.0123456789ab", url)
    with client.get(old) as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path", ["js.0123456789ab/../../config.py", "js.0123456789ab/none.js", "js.0123/app.js"]
)
def test_nothing_else_is_served(client, path):
    assert client.get(f"/static/{path}").status_code == 404


def test_a_changed_script_has_another_name(tmp_path):
    (tmp_path / "js").mkdir()
    found = set()
    for text in ("1", "2"):
        (tmp_path / "js" / "app.js").write_text(text * (1 + int(text)))
        found.add(scripts_digest(tmp_path))
    assert len(found) == 2
