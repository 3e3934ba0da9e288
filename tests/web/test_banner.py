"""A notice on top of every page until its time (ACC-20), and the word to old browsers (ACC-19, X-03)."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from app import clock
from app.models import Notice
from app.vocabulary import Role
from tests import factories as make

UNTIL = datetime(2026, 11, 30, 6, tzinfo=clock.SHANGHAI)
TITLE = "示例：今晚系统维护"


@pytest.fixture
def notice(session):
    row = Notice(title=TITLE, body="示例", published_at=UNTIL - timedelta(hours=8), banner_until=UNTIL)
    session.add(row)
    session.commit()
    yield row
    session.delete(row)
    session.commit()


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-8 * 3600 - 1, False), (-8 * 3600, True), (-1, True), (0, False), (1, False)],
)
def test_it_stands_from_its_publication_to_its_end_on_every_page(client, notice, seconds, shown):
    with time_machine.travel(UNTIL + timedelta(seconds=seconds), tick=False):
        for path in ("/sign-in/", "/sign-up/", "/nowhere"):
            text = client.get(path).text
            assert ('class="banner"' in text) is shown, path
        assert ("至 2026年11月30日 06:00" in client.get("/sign-in/").text) is shown


def test_whoever_is_signed_in_sees_it_too_and_is_led_to_its_text(sign_in, notice):
    user = make.make_user(Role.HOTLINE)
    with time_machine.travel(UNTIL - timedelta(minutes=5), tick=False):
        page = sign_in(user).get("/hotline/").text
    assert 'class="banner"' in page and TITLE in page and f"/notices/{notice.id}" in page


def test_an_ordinary_notice_is_no_banner(client, session, notice):
    notice.banner_until = None
    session.commit()
    assert 'class="banner"' not in client.get("/sign-in/").text


def test_the_word_to_old_browsers_needs_neither_scripts_nor_layers(app, client):
    assert "换用新版 Chrome、Firefox，或 360 浏览器的极速模式" in client.get("/sign-in/").text
    css = (Path(app.static_folder) / "app.css").read_text()
    assert css.index("@supports (display: grid) { .old-browser { display: none; } }") < css.index(
        "@layer base {"
    )
