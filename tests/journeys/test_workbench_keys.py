"""The workbench by keyboard alone: a case in three presses, the next in two."""

import pytest
from playwright.sync_api import expect

from app.accounts import passwords
from app.extensions import db
from app.vocabulary import Stage
from tests import factories as make
from tests.journeys.browsing import Site, Visitor

pytestmark = pytest.mark.once
PASSWORD = "yunnan-qiutian-2026"


def test_a_case_takes_three_presses_and_the_next_two(site: Site) -> None:
    with site.app.app_context():
        first = make.make_application(Stage.DEPARTMENT)
        second = make.make_application(Stage.DEPARTMENT, first.unit)
        clerk = make.clerk_of(first)
        clerk.password = passwords.hash_password(PASSWORD)
        names = [each.applicant.first_name for each in (first, second)]
        name = clerk.username
        db.session.commit()
    visitor = Visitor(site)
    visitor.sign_in(name, PASSWORD)
    visitor.go("/desk/waiting")
    page = visitor.page
    page.get_by_role("link", name=f"审核 {names[0]}").focus()
    page.keyboard.press("Enter")
    visitor.is_on(names[0])
    page.keyboard.press("a")
    expect(page.get_by_label("审核意见").last).to_be_focused()
    page.keyboard.press("Control+Enter")
    visitor.is_on(names[1])
    page.keyboard.press("a")
    page.keyboard.press("Control+Enter")
    visitor.sees("已全部审完")
