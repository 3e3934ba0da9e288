"""The pictures in the users' guides: `python -m tools.guide_pictures [guide …]`, or `make guides` with the PDFs.

What `![caption](tour/stop)` names in templates/guides is taken on the way through the demo city
(tests/journeys/tours.py) at 1280 pixels, into static/guides/. Numbers of persons are masked on the
page before it is taken. A picture that no tour comes to, or a page that breaks a house rule
meanwhile, ends it with status 1.
"""

import io
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from app.demo import PASSWORD
from app.guides.text import NAMES, Picture, languages_of, read
from tests.journeys.browsing import DESKTOP, FLAGS, Site, Visitor
from tests.journeys.tours import TOURS
from tools.run_tests import print_lines
from tools.screenshots import PAINTED, city
from tools.system_packages import chromium

STATIC = Path(__file__).resolve().parents[1] / "static"
COLOURS = 128
TALLEST = 1000  # pixels: what is further down belongs to another picture

# As app/web/masking.py shows them: 530***************, 138****1234. What is typed is masked, too;
# the demo city's accounts stand on no sign-in page that people meet.
MASK = r"""
() => {
  const masked = (text) => text
    .replace(/(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])/g, (n) => n.slice(0, 3) + '*'.repeat(15))
    .replace(/(?<!\d)1[3-9]\d{9}(?!\d)/g, (n) => n.slice(0, 3) + '****' + n.slice(-4));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = masked(texts.currentNode.data);
  for (const field of document.querySelectorAll('input, textarea'))
    if (field.type !== 'file') field.value = masked(field.value);
  document.querySelector('[aria-labelledby=demo]')?.remove();
}
"""


class Values(dict[str, object]):
    """Numbers do not show on pictures."""

    def __missing__(self, name: str) -> str:
        return name


def wanted(guides: list[str]) -> dict[str, dict[str, Picture]]:
    """The pictures of these guides: tour → stop → picture."""
    found: dict[str, dict[str, Picture]] = defaultdict(dict)
    for name in guides:
        for language in languages_of(name):
            for picture in read(name, language, Values()).pictures:
                found[picture.tour][picture.stop] = picture
    return found


def main(arguments: list[str]) -> int:
    path = chromium()
    if path is None or not set(arguments) <= set(NAMES):
        print_lines(
            [__doc__ or "" if path else "no Chromium on this machine: python -m tools.system_packages"]
        )
        return 2
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        troubles = take(browser, Path(temporary), wanted(arguments or list(NAMES)))
        browser.close()
    print_lines(troubles)
    return 1 if troubles else 0


def take(browser: Browser, temporary: Path, pictures: dict[str, dict[str, Picture]]) -> list[str]:
    """Walk the tours as far as a picture is missing; returns what went wrong on the way."""
    with city(temporary) as app, Site(app, browser).open() as site:
        for name, stops in pictures.items():
            username, tour = TOURS[name]
            visitor = Visitor(site)
            if username:
                visitor.sign_in(username, PASSWORD)
            missing = dict(stops)
            for stop in tour(visitor):
                if stop in missing:
                    picture = missing.pop(stop)
                    shoot(visitor.page, STATIC / picture.file)
                    print_lines([picture.file])
                if not missing:
                    break
            site.troubles += [f"no such stop: {name}/{stop}" for stop in missing]
        return site.troubles


def shoot(page: Page, place: Path) -> None:
    """The top of the page as a screen shows it, with few colours: a picture of some 50 KB."""
    tall = min(TALLEST, max(DESKTOP["height"], page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": DESKTOP["width"], "height": tall})
    page.evaluate("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }")
    page.wait_for_timeout(PAINTED)
    page.evaluate(MASK)
    content = page.screenshot()
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    place.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(content)) as opened:
        opened.convert("RGB").quantize(COLOURS).save(place, optimize=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
