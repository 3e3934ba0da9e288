"""A live server, a browser, and a visitor who clicks and types. Whatever goes wrong on a page is kept."""

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from app.workflow.questions import BY_NAME, YES_NO
from tests import residue
from tests.factories import ELIGIBLE

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
PATIENCE = 30_000  # milliseconds; a busy machine is slow, not broken
# What a test expects may take as long as what it does: a busy machine decodes slowly.
expect.set_options(timeout=PATIENCE)
TYPED_OUT = 40  # characters typed one by one; longer texts are pasted, as people do

# Chromium reports every answer of 400 and above this way; `_heard` judges those by their status.
ANSWERED = "Failed to load resource"
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI}`));
"""

Value = str | bool | list[str] | dict[str, Any]


class Quiet(WSGIRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """A failed test is read without the list of its requests; what a log would say is looked at (D03)."""
        residue.ACCESS.warning("%s %s %s", self.requestline, code, self.headers.get("Referer", "-"))


def leave_out(reason: str) -> None:
    """What is not installed leaves a test out on a person's machine, and fails it under CI."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


class Site:
    """The app as people reach it: by HTTP on a port of its own. `troubles` is what no page may cause."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.app = app
        self.browser = browser
        self.troubles: list[str] = []
        self.contexts: list[BrowserContext] = []
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def open(self) -> Iterator["Site"]:
        self._thread.start()
        try:
            yield self
        finally:
            for context in self.contexts:
                context.close()
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def page(self, *, scripts: bool = True, viewport: Mapping[str, int] = DESKTOP) -> Page:
        """A page in a browser profile of its own."""
        context = self.browser.new_context(
            base_url=self.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=viewport,  # type: ignore[arg-type]
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._hear)
        context.on("response", self._judge)
        context.on("request", lambda request: self._stay_here(request.url))
        context.on("weberror", lambda error: self.troubles.append(f"script error: {error.error}"))
        self.contexts.append(context)
        return context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ANSWERED):
            self.troubles.append(f"console: {message.text} at {message.location}")

    def _judge(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        # A form that is saved in place may be refused: its answer is the form with the reasons.
        is_refusal = response.request.method == "POST" and response.status in (409, 422)
        if not is_refusal and response.status >= (500 if is_page else 400):
            self.troubles.append(f"{response.status}: {response.request.method} {response.url}")

    def _stay_here(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.troubles.append(f"external request: {url}")


class Visitor:
    """Someone at a browser of his own. What he looks for he finds by the words on the page."""

    def __init__(self, site: Site, **browser: Any) -> None:
        self.site = site
        self.page = site.page(**browser)
        self.page.goto("/")

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def go(self, path: str) -> None:
        self.page.goto(path)

    def menu(self, label: str) -> None:
        """Follow an entry of the menu, whatever it says is missing there."""
        side = self.page.get_by_role("navigation", name="主菜单", exact=True)
        with self.page.expect_navigation():
            side.get_by_role("link", name=re.compile(rf"^{re.escape(label)}\s*(缺 \d+)?$")).click()

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        with self.page.expect_navigation():
            (within or self.main).get_by_role("link", name=name, exact=True).click()

    def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        with self.page.expect_navigation():
            (within or self.main).get_by_role("button", name=name, exact=True).click()

    def follow_first(self, name: str | re.Pattern[str]) -> None:
        """The first link whose name holds the words."""
        with self.page.expect_navigation():
            self.main.get_by_role("link", name=name).first.click()

    def press_first(self, name: str) -> None:
        with self.page.expect_navigation():
            self.main.get_by_role("button", name=name).first.click()

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.main).to_contain_text(text)

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def is_on(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def card(self, title: str) -> Locator:
        """The part of the page under a heading."""
        return self.main.locator("section").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )

    def field(self, label: str) -> Locator:
        """The input or the group of that label, with or without its mark."""
        name = re.compile(rf"^\*?\s*{re.escape(label)}\s*(（必填）|（选填）)?$")
        inputs = self.main.locator("input, select, textarea")
        return inputs.and_(self.main.get_by_label(name)).or_(self.main.get_by_role("group", name=name))

    def fill(self, values: Mapping[str, Value]) -> None:
        for label, value in values.items():
            self.enter(label, value)

    def enter(self, label: str, value: Value) -> None:
        """Type a text, choose an option, tick a box or boxes of a group, or choose a file."""
        field = self.field(label)
        kind = field.evaluate("each => each.type")
        if kind == "fieldset":
            for each in value if isinstance(value, list) else [value]:
                field.get_by_label(re.compile(rf"^{re.escape(str(each))}")).check()
        elif kind == "checkbox":
            field.set_checked(bool(value))
        elif kind == "select-one":
            field.select_option(label=str(value))
        elif kind == "file":
            field.set_input_files(value)  # type: ignore[arg-type]
        elif kind in ("date", "datetime-local") or len(str(value)) > TYPED_OUT:
            field.fill(str(value))
        else:
            field.clear()
            field.press_sequentially(str(value))

    def answer_who_may_apply(self, answers: Mapping[str, str] = ELIGIBLE) -> None:
        """申报资格自查 of someone employed; another standing than the offered one brings other questions."""
        self.enter(BY_NAME["status"].text, "单位在职人员")
        for _page in range(2):
            for question, answer in answers.items():
                if question != "status" and self.main.locator(f"[name={question}]").count():
                    self.enter(BY_NAME[question].text, dict(YES_NO)[answer])
            self.press("保存自查结果")
            if "可以申报" in self.main.inner_text():
                return
        self.sees("可以申报")

    def sign_in(self, name: str, password: str) -> None:
        self.go("/sign-in/")
        self.fill({"身份证号、手机号或用户名": name, "密码": password})
        self.press("登录")

    def sign_up_mobile(self, mobile: str) -> None:
        """The second page of both sign-ups: the code comes by SMS, here on the page of sent texts."""
        self.enter("手机号", mobile)
        self.press("获取验证码")
        self.sees("验证码已发送")
        self.follow("开发环境：查看已发送的短信")
        row = self.page.get_by_role("row").filter(has_text=mobile).first
        code = re.search(r"\d{6}", row.get_by_role("cell").first.inner_text())
        assert code, "no code was sent"
        with self.page.expect_navigation():
            self.page.go_back()
        self.enter("短信验证码", code[0])
        self.press("下一步")
