"""Pictures of the pages for a person to look at: `python -m tools.screenshots FOLDER [tour …]`.

Every stop of the tours through the demo city (tests/journeys/tours.py), at 1280 and at 360 px, as
FOLDER/<tour>-<number>-<stop>-<width>.png. The city is made in a temporary database. A page that
breaks a house rule meanwhile (console, CSP, external request, answer of 500) ends it with status 1.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from app import create_app
from app.demo import PASSWORD
from app.demo.commands import demo
from tests.conftest import Databases, dispose, settings
from tests.journeys.browsing import DESKTOP, FLAGS, PHONE, Site, Visitor
from tests.journeys.tours import TOURS
from tools.run_tests import print_lines
from tools.system_packages import chromium

TALLEST, SETTLES, PAINTED = 4000, 3, 100  # pixels, times, milliseconds
SEEDED_BY = (["db", "upgrade"], ["seed"])


def main(arguments: list[str]) -> int:
    path = chromium()
    if not arguments or path is None:
        print_lines(
            [__doc__ or "" if path else "no Chromium on this machine: python -m tools.system_packages"]
        )
        return 2
    folder, wanted = Path(arguments[0]), arguments[1:] or list(TOURS)
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        troubles = photograph(browser, Path(temporary), folder, wanted)
        browser.close()
    print_lines(troubles)
    return 1 if troubles else 0


@contextmanager
def city(temporary: Path) -> Iterator[Flask]:
    """The app with the demo city in a database of its own."""
    app = create_app(**settings(temporary, Databases(temporary).make()) | {"WTF_CSRF_ENABLED": True})
    runner = app.test_cli_runner()
    for command in SEEDED_BY:
        runner.invoke(args=command, catch_exceptions=False)
    runner.invoke(demo, catch_exceptions=False)
    yield app
    dispose(app)


def photograph(browser: Browser, temporary: Path, folder: Path, wanted: list[str]) -> list[str]:
    """Make the city, serve it, walk the tours; returns what went wrong on the way."""
    with city(temporary) as app, Site(app, browser).open() as site:
        for name in wanted:
            username, tour = TOURS[name]
            visitor = Visitor(site)
            if username:
                visitor.sign_in(username, PASSWORD)
            for number, stop in enumerate(tour(visitor), 1):
                shoot(visitor.page, folder / f"{name}-{number:02}-{stop.replace(' ', '-')}")
            print_lines([name])
        return site.troubles


def shoot(page: Page, place: Path) -> None:
    """The whole page at both widths; as tall a window as the page, so that what sticks lies at its end."""
    for size in (PHONE, DESKTOP):
        width, tall = size["width"], size["height"]
        for _again in range(SETTLES):  # what is as tall as the window grows with it
            page.set_viewport_size({"width": width, "height": tall})
            tall = min(TALLEST, max(tall, page.evaluate("document.documentElement.scrollHeight")))
        page.wait_for_timeout(PAINTED)
        page.screenshot(path=place.with_name(f"{place.name}-{width}.png"), full_page=True)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
