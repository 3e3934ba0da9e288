"""What a page shows together leaves at least 400 resident numbers for each person on it (D02).

The reader is taken to know region, birth date and gender, whether the page shows them or not. The one
exception is the form itself: it is a legal paper, and that somebody opened it is recorded.
"""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from stdnum.cn import ric

from app.extensions import db
from app.models import AuditEntry, Person, User
from app.vocabulary import Role, Stage
from app.web.masking import mask_id_number, mask_mobile
from tests import factories as make
from tests import visits

LEAST, PAGES_OF_A_RULE = 400, 2
STAFF = (*(stage.value for stage in Stage), "hotline", "super_admin", "security_admin", "auditor")
# The form shows the number; the texts of a developer's machine show where they went.
WHOLE = {"FormView.preview", "DevelopmentSmsView.sms"}
SHOWN = re.compile(r"(?<![0-9A-Za-z*])[0-9Xx*＊•·]{15,18}(?![0-9A-Za-z*])")
NUMBER = make.id_number(40)


def fitting(text: str, number: str) -> int:
    """How many numbers of that region, birth date and gender fit everything the text shows of this one."""
    masks = [each for each in SHOWN.findall(text) if _may_be(each, number)]
    tails = [number[-n:] for n in (4, 6) if re.search(rf"(?<![0-9*]){number[-n:]}(?![0-9])", text)]
    candidates = (number[:14] + f"{serial:03d}" for serial in range(1000))
    whole = [each + str(ric.calc_check_digit(each + "0")) for each in candidates]
    same = [each for each in whole if int(each[16]) % 2 == int(number[16]) % 2]
    return sum(
        all(_may_be(mask, each) for mask in masks) and all(each.endswith(tail) for tail in tails)
        for each in same
    )


def _may_be(mask: str, number: str) -> bool:
    return len(mask) == len(number) and all(
        a == b or not a.isalnum() for a, b in zip(mask.upper(), number, strict=True)
    )


@pytest.mark.parametrize(
    ("shown", "is_enough"),
    [
        (mask_id_number(NUMBER), True),
        (f"{NUMBER[:6]}************", True),
        (f"{NUMBER[:14]}****", True),
        ("没有号码", True),
        (make.id_number(41), True),
        (NUMBER, False),
        (f"{NUMBER[:6]}********{NUMBER[-4:]}", False),
        (f"{NUMBER[:3]}**************{NUMBER[-1]}", False),
        (f"{mask_id_number(NUMBER)} … ********{NUMBER[8:14]}****  **************{NUMBER[14:]}", False),
        (f"后六位 {NUMBER[-6:]}", False),
    ],
)
def test_the_solver_knows_a_weak_mask(shown, is_enough):
    """The mask of many systems, six digits before and four behind, gives the number away."""
    assert (fitting(f"<td>{shown}</td>", NUMBER) >= LEAST) is is_enough


def test_the_solver_counts_what_is_left():
    assert fitting(mask_id_number(NUMBER), NUMBER) == 500


@pytest.fixture(scope="module")
def people(app: Flask) -> dict[str, int]:
    with app.app_context():
        found = visits.make_people()
        for person in db.session.scalars(select(Person)):
            if person.account.id_number:
                person.contact_mobile = person.account.mobile
        db.session.commit()
        db.session.remove()
    return found


def pages(app: Flask, client: FlaskClient, names: list[str]) -> Iterator[tuple[str, str]]:
    """Endpoint and HTML of the pages that links and searches lead to, a few of each rule."""
    waiting, seen, visited = ["/"], set(), Counter[str]()
    waiting += [f"/staff/?name={name}" for name in names] + [f"/hotline/?q={name}" for name in names]
    waiting += [f"/admin/users/list/?first_name={name}" for name in names]
    while waiting:
        address = waiting.pop(0)
        endpoint = visits.endpoint_of(app, address)
        if address in seen or visited[endpoint] == PAGES_OF_A_RULE + 3 * ("?" in address):
            continue
        seen.add(address)
        visited[endpoint] += 1
        answer = client.get(address, follow_redirects=True, buffered=True)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            yield visits.endpoint_of(app, answer.request.path), answer.text
            waiting += [
                each.replace("&amp;", "&") for each in re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text)
            ]
    for name in names:
        answer = client.post("/hotline/", data={"q": name}, follow_redirects=True)
        if answer.status_code == 200:
            yield "HotlineView.search", answer.text


@pytest.mark.once
@pytest.mark.parametrize("identity", STAFF)
def test_no_page_of_staff_gives_a_number_away(app, people, session, identity):
    client = visits.browser(app, "zh", people[identity])
    persons = list(session.scalars(select(User).where(User.id_number.is_not(None))))
    known = [(each.id_number, each.mobile, each.first_name) for each in persons]
    names = [each.first_name for each in persons[:2]]
    session.rollback()
    weak, masked, seen = [], 0, set()
    for endpoint, html in pages(app, client, names):
        seen.add(endpoint)
        for number, mobile, name in known:
            if endpoint in WHOLE or name not in html:
                continue
            masked += mask_id_number(number) in html
            if fitting(html, number) < LEAST or (mobile and mobile in html):
                weak.append((endpoint, name))
    assert weak == []
    assert len(seen) > 3, seen
    if identity in (Stage.UNIT.value, "hotline", "super_admin", "security_admin"):
        assert masked, f"{identity} meets no masked number: the test looks at the wrong pages"


def test_the_form_shows_the_whole_number_to_an_office_and_is_recorded(app, session, sign_in):
    """Why the form is excepted, and what that costs whoever opens it."""
    application = make.make_application(Stage.UNIT)
    clerk, number = make.clerk_of(application), application.applicant.id_number
    client, pk = sign_in(clerk), application.id
    assert number in client.get(f"/applications/{pk}/form").text
    assert number not in client.get(f"/applications/{pk}/review").text
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.object_id, entry.role) == ("view_form", str(pk), Role.UNIT)


def test_a_mobile_is_masked_to_ten_thousand():
    assert mask_mobile("13900001234") == "139****1234"
