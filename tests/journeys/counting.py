"""A visitor whose clicks are counted."""

import re
from typing import Any

from playwright.sync_api import Locator

from tests.journeys.browsing import Value, Visitor


class Counting(Visitor):
    """What a hand on a mouse does, by this rule:

    a link or a button is one click (Enter on it would be one as well); a box or a radio button that is ticked is
    one; a choice from a list is two, one to open it and one to take the line; a file is two, one to open the
    window of the system and one to take the file there. Typing is none, and neither is going on to the next
    input by Tab. Looking for something on a page is none.
    """

    clicks = 0

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self.clicks += 1
        super().follow(name, within)

    def press(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        self.clicks += 1
        super().press(name, within)

    def enter(self, label: str, value: Value) -> None:
        kind = self.field(label).evaluate("each => each.type")
        self.clicks += {
            "checkbox": 1,
            "fieldset": len(value) if isinstance(value, list) else 1,
            "select-one": 2,
        }.get(kind, 0)
        assert kind != "file", "a file is chosen in a window of the system: choose()"
        super().enter(label, value)

    def choose(self, label: str, file: Any) -> None:
        """Through the window that a click on the input opens."""
        with self.page.expect_file_chooser() as chooser:
            self.field(label).click()
        self.clicks += 1
        chooser.value.set_files(file)
        self.clicks += 1
