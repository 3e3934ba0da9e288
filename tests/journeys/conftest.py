"""A live server and a browser for each module of journeys; a page in trouble fails its test."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from app.form import fonts
from tests import factories
from tests.conftest import Databases, dispose, no_number_in, settings
from tests.journeys.browsing import FLAGS, Site, leave_out
from tests.journeys.city import City
from tests.journeys.notices import know_the_years
from tools.system_packages import chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.ui)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("no Chromium on this machine: python -m tools.system_packages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(
    browser: Browser, databases: Databases, seeded: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The app with forgery protection, on a database of this module's own with the reference data."""
    url = databases.make(template=seeded)
    factories.restart()
    folder = tmp_path_factory.mktemp("site")
    app = create_app(**settings(folder, url) | {"WTF_CSRF_ENABLED": True})
    with app.app_context():
        know_the_years()
    with Site(app, browser).open() as site:
        yield site
    dispose(app)
    databases.drop(url)
    no_number_in(folder)


@pytest.fixture(scope="module")
def city(site: Site) -> City:
    if not (fonts.FOLDER / fonts.REGULAR).is_file():
        leave_out("the form's font is not installed: make setup")
    return City(site)


@pytest.fixture(autouse=True)
def no_trouble(request: pytest.FixtureRequest) -> Iterator[None]:
    """Console errors, CSP violations, external requests and answers of 500 fail the test that met them."""
    yield
    if "site" in request.fixturenames:
        site = request.getfixturevalue("site")
        troubles, site.troubles = site.troubles, []
        assert not troubles, "\n".join(troubles)
