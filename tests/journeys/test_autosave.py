"""What is typed outlives the browser, the sign-in and the server; of two windows one is chosen (A03, E02)."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from app import clock, create_app
from app.accounts import passwords
from app.extensions import db
from app.models import SECTION_OF, SignIn, User
from tests import factories as make
from tests.conftest import Databases, dispose, settings
from tests.journeys.browsing import PATIENCE, Site, Visitor

pytestmark = pytest.mark.once

PASSWORD = "yunnan-qiutian-2026"
PAGE = "/sections/study-history/add"
SAVED = re.compile(r"草稿已于 \d\d:\d\d 自动保存")
ROOT = Path(__file__).parents[2]


def make_person() -> tuple[int, str]:
    account: User = make.make_applicant().account
    account.password = passwords.hash_password(PASSWORD)
    found = (account.id, account.username)
    db.session.commit()
    return found


@pytest.fixture
def applicant(site: Site) -> Visitor:
    """Someone who has just signed in; `user_id` is his account."""
    with site.app.app_context():
        user_id, name = make_person()
    visitor = Visitor(site)
    visitor.sign_in(name, PASSWORD)
    visitor.user_id, visitor.user_name = user_id, name  # type: ignore[attr-defined]
    return visitor


def write(page: Page, label: str, text: str) -> None:
    """Type, and leave the field: what is typed is kept then."""
    page.get_by_label(label).fill(text)
    page.get_by_label(label).blur()


def is_kept(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()


def test_what_was_typed_is_there_after_the_browser_was_closed(site, applicant):
    applicant.go(PAGE)
    write(applicant.page, "就读学校", "示例大学（写了一半）")
    is_kept(applicant.page)
    applicant.page.context.close()
    site.contexts.remove(applicant.page.context)

    again = Visitor(site)
    again.sign_in(applicant.user_name, PASSWORD)
    again.go(PAGE)
    again.sees("填写的内容还没有保存，已填回下面的表单")
    expect(again.page.get_by_label("就读学校")).to_have_value("示例大学（写了一半）")


def test_leaving_the_page_keeps_the_last_words_and_asks_nothing(applicant):
    applicant.go(PAGE)
    applicant.page.get_by_label("就读学校").fill("示例大学（刚写完就走）")
    applicant.menu("我的申报")
    applicant.go(PAGE)

    expect(applicant.page.get_by_label("就读学校")).to_have_value("示例大学（刚写完就走）")


def test_after_the_sign_in_ran_out_the_page_says_so_and_the_words_are_there(site, applicant):
    applicant.go(PAGE)
    with site.app.app_context():
        long_ago = clock.now() - timedelta(minutes=31)
        db.session.execute(update(SignIn).where(SignIn.user_id == applicant.user_id).values(seen_at=long_ago))
        db.session.commit()
    write(applicant.page, "就读学校", "示例大学（登录过期以后写的）")
    applicant.follow("登录已过期，重新登录后内容还在")
    applicant.fill({"身份证号、手机号或用户名": applicant.user_name, "密码": PASSWORD})
    applicant.press("登录")

    applicant.is_on("添加：学习经历")
    expect(applicant.page.get_by_label("就读学校")).to_have_value("示例大学（登录过期以后写的）")


@pytest.mark.parametrize(
    ("button", "chosen"), [("用这一份", "示例大学（第二个窗口）"), ("用另一份", "示例大学（第一个窗口）")]
)
def test_of_two_windows_both_versions_are_shown_and_one_is_chosen(applicant, button, chosen):
    first = applicant.page
    second = first.context.new_page()
    for page in (first, second):
        page.goto(PAGE)
    write(first, "就读学校", "示例大学（第一个窗口）")
    is_kept(first)
    write(second, "就读学校", "示例大学（第二个窗口）")

    box = second.get_by_role("region", name="这一页在另一处也在填写")
    expect(box.get_by_role("row").nth(1)).to_have_text(
        re.compile(r"就读学校\s*示例大学（第二个窗口）\s*示例大学（第一个窗口）")
    )
    box.get_by_role("button", name=button).click()
    expect(box).to_be_hidden()
    expect(second.get_by_label("就读学校")).to_be_focused()
    expect(second.get_by_label("就读学校")).to_have_value(chosen)
    with second.expect_response(
        lambda answer: f"witness={quote('示例证明人')}" in (answer.request.post_data or "")
    ):
        write(second, "证明人", "示例证明人")
    second.reload()
    expect(second.get_by_label("就读学校")).to_have_value(chosen)
    expect(second.get_by_label("证明人")).to_have_value("示例证明人")


def test_a_page_on_which_nobody_types_sends_nothing(applicant):
    sent: list[str] = []
    applicant.page.on("request", lambda request: sent.append(request.url))
    applicant.page.clock.install()
    applicant.go(PAGE)
    before = len(sent)
    applicant.page.clock.run_for(45 * 60 * 1000)
    assert sent[before:] == []

    applicant.page.get_by_label("就读学校").fill("示例大学")
    with applicant.page.expect_response("**/account/unsaved/keep"):
        applicant.page.clock.run_for(10_000)
    applicant.page.clock.run_for(45 * 60 * 1000)
    assert [url for url in sent[before:] if url.endswith("/keep")] == sent[before:] and len(
        sent[before:]
    ) == 1


def test_nothing_is_left_in_the_browser(applicant):
    """D03: no storage of the browser's own, whoever uses it next."""
    applicant.go(PAGE)
    write(applicant.page, "就读学校", "示例大学（写了一半）")
    is_kept(applicant.page)
    kept = "localStorage.length + sessionStorage.length"
    assert applicant.page.evaluate(f"indexedDB.databases().then((all) => all.length + {kept})") == 0


# --- a server of its own, that is killed ------------------------------------------------------


@contextmanager
def serving(url: str, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A real server process, ready to answer."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "SECRET_KEY": "a key for tests only, long enough to be one",
        "PRIVATE_ROOT": str(folder / "private"),
    }
    command = [sys.executable, "-m", "flask", "--app", "run:app", "run", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _turn in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=10).close()
                break
            except OSError:
                assert server.poll() is None, "the server ended by itself"
                time.sleep(0.1)
        yield server
    finally:
        server.kill()
        server.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def crashing(databases: Databases, seeded: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The URL of a database with one applicant, and the name he signs in with."""
    url = databases.make(template=seeded)
    app = create_app(**settings(tmp_path, url))
    with app.app_context():
        _user_id, name = make_person()
    dispose(app)
    yield url, name
    databases.drop(url)


def test_what_was_typed_survives_the_sudden_death_of_the_server(
    crashing: tuple[str, str], browser: Browser, tmp_path: Path
) -> None:
    url, name = crashing
    port = free_port()

    def page_of(path: str) -> Page:
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}", locale="zh-CN")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"/sign-in/?next={path}")
        page.get_by_label("身份证号、手机号或用户名").fill(name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(f"**{path}")
        return page

    with serving(url, tmp_path, port) as server:
        page = page_of(PAGE)
        write(page, "就读学校", "示例大学（服务器停电之前）")
        is_kept(page)
        os.kill(server.pid, signal.SIGKILL)
        assert server.wait(timeout=60) == -signal.SIGKILL
        page.get_by_label("证明人").fill("没有送到")
        page.get_by_label("证明人").blur()
        expect(page.get_by_text("暂时没有自动保存，内容还在本页")).to_be_visible()
        page.context.close()

    with serving(url, tmp_path, port):
        page = page_of(PAGE)
        expect(page.get_by_text("填写的内容还没有保存，已填回下面的表单")).to_be_visible()
        expect(page.get_by_label("就读学校")).to_have_value("示例大学（服务器停电之前）")
        for label, text in (
            ("所学专业", "档案学"), ("开始时间", "2010-09-01"), ("结束时间", "2014-07-01"),
            ("证明人", "示例同学"), ("担任职务", "无"),
        ):  # fmt: skip
            page.get_by_label(label).fill(text)
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_text("已保存一条记录")).to_be_visible()
        page.goto(PAGE)
        expect(page.get_by_text("上次没有保存的内容")).to_have_count(0)
        page.context.close()

    app = create_app(**settings(tmp_path, url))
    with app.app_context():
        model = SECTION_OF["study-history"]
        assert [each.school for each in db.session.query(model)] == ["示例大学（服务器停电之前）"]
    dispose(app)
