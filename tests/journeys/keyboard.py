"""A visitor without a mouse. Every step must leave the focus somewhere: on a page's body it is lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, expect

from tests.journeys.browsing import Value, Visitor

MOST_STOPS = 60
SKIP = "跳到主要内容"
# What a screen reader would call the control in focus; one of several buttons of a question is called by the question.
CALLED = """
(() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  return ((at.type === "radio" && at.closest("fieldset")?.querySelector("legend")) || at.labels?.[0] || at).textContent.trim();
})()
"""


class Found(str):
    """A text that its input looks up: with scripts the first line of the list is taken, and it holds the text."""


class Typist(Visitor):
    """Tab to a control, type, choose by arrow and Enter. The link over the menu is taken wherever it is met."""

    def reach(self, label: str | re.Pattern[str], *, skipping: bool = True) -> None:
        """Go forward from control to control until one has this name."""
        name = re.compile(rf"^\*?\s*{re.escape(label)}(\s|（|$)") if isinstance(label, str) else label
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            called = self.page.evaluate(CALLED)
            if called is not None and name.search(called):
                return
            if called == SKIP and skipping:
                self.page.keyboard.press("Enter")
                expect(self.page.locator("main")).to_be_focused()
        raise AssertionError(f"no way to {label}")

    @contextmanager
    def staying(self, label: str) -> Iterator[None]:
        """A step on a control of that name, after which the focus is not lost."""
        self.reach(label)
        yield
        assert self.focused != "BODY", f"the focus is lost at {label}"

    def enter(self, label: str, value: Value) -> None:
        with self.staying(label):
            kind = self.page.evaluate("document.activeElement.type")
            if kind == "file":
                self.page.locator(":focus").set_input_files(value)  # type: ignore[arg-type]
            elif kind == "checkbox":
                self._tick(bool(value))
            elif kind == "radio":
                self._answer(str(value))
            elif kind == "select-one":
                self._choose(str(value))
            else:
                self._type(str(value))
                if isinstance(value, Found):
                    self._take_first(value)

    def type_into(self, label: str, text: str) -> None:
        with self.staying(label):
            self._type(text)

    def look_up(self, label: str, words: str, found: str) -> None:
        """Type, wait for the list, take its first line."""
        with self.staying(label):
            self._type(words)
            self._take_first(found)

    def activate(self, label: str) -> None:
        """A button that does its work on this page."""
        with self.staying(label):
            self.page.keyboard.press("Enter")

    def push(self, label: str | re.Pattern[str], *, skipping: bool = True) -> None:
        """A button or link that leads to another page."""
        self.reach(label, skipping=skipping)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def menu(self, label: str) -> None:
        self.push(re.compile(rf"^{re.escape(label)}\s*(缺 \d+)?$"), skipping=False)

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self.push(name)

    def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self.push(name)

    @property
    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.tagName"))

    def _type(self, text: str) -> None:
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def _take_first(self, found: str) -> None:
        expect(self.page.get_by_role("option").filter(has_text=found).first).to_be_visible()
        self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(":focus")).to_have_value(re.compile(re.escape(found)))

    def _choose(self, word: str) -> None:
        self.page.keyboard.press("Home")
        for _ in range(MOST_STOPS):
            if self.page.evaluate("document.activeElement.selectedOptions[0].text") == word:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no {word} in the list")

    def _answer(self, word: str) -> None:
        """One of several buttons; the arrow goes on to the next and chooses it."""
        self.page.keyboard.press("Space")
        for _ in range(MOST_STOPS):
            if self.page.evaluate("document.activeElement.labels[0].textContent.trim()") == word:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no {word} to choose")

    def _tick(self, wanted: bool) -> None:
        if self.page.evaluate("document.activeElement.checked") != wanted:
            self.page.keyboard.press("Space")
        assert self.page.evaluate("document.activeElement.checked") == wanted
