"""还差 n 项: every gap leads to its place and back, and no two places count differently (APP-04, APP-06, PRO-01)."""

import random
import re
from dataclasses import dataclass, field
from html import unescape
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import url_for
from sqlalchemy import select

from app.apply.gaps import counts_by_page
from app.dossier.completeness import current_requirements
from app.models import (
    PHOTO,
    SECTION_OF,
    SECTIONS,
    Application,
    AttachmentUse,
    Person,
    User,
    fields_of,
)
from app.vocabulary import Status
from app.workflow import operations
from app.workflow.readiness import gaps_of
from tests import factories as make
from tests.dossier.pictures import jpeg
from tests.dossier.typed import posted

pytestmark = pytest.mark.once

KINDS = {"a field", "the photo", "the unit", "a section", "a certificate", "a requirement"}
FIXED = {"postcode": "650000", "contact_mobile": "13900000000", "email": "person@local.invalid"}


@dataclass
class Mending:
    """Someone who goes from a page to each of its gaps, mends it there, and must come back to that page."""

    client: object
    person: Person
    unit: str
    origin: str
    mended: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def gaps(self) -> list[str]:
        """The addresses under 还差 n 项; as many as it says there are."""
        page = self.client.get(self.origin).text
        found = re.search(r"还差 (\d+) 项才能提交</h2>(.*?)</div>\s*(?=<)", page, re.S)
        if not found:
            return []
        links = [unescape(each) for each in re.findall(r'href="([^"]+)"', found[2])]
        assert len(links) == int(found[1])
        return links

    def mend(self, link: str) -> None:
        there = urlsplit(link)
        path, address = there.path, f"{there.path}?{there.query}"
        page = self.client.get(address)
        assert page.status_code == 200
        assert f'id="{there.fragment}"' in page.text, link
        if path == "/person/":
            self._mend_field(address, there.fragment.removeprefix("field-"))
        elif path == "/person/photo":
            self._send_photo(address)
        elif path == "/person/unit":
            self._choose_unit(address)
        elif path.endswith("/add"):
            model = SECTION_OF[path.split("/")[2]]
            self._done("a section", self.client.post(address, data=posted(model)))
        else:
            self._upload(address, path, there.fragment)

    def _mend_field(self, address, name) -> None:
        self.mended.add(name)
        whole = posted(Person, **FIXED)
        typed = {each: value for each, value in whole.items() if each in self.mended}
        version = re.search(r'name="version"[^>]* value="(\d+)"', self.client.get(address).text)[1]
        self._done("a field", self.client.post(address, data={**typed, "version": version}))

    def _send_photo(self, address) -> None:
        """It is cut on the same page; the way back is there."""
        answer = self.client.post(address, data={"photo": (BytesIO(jpeg()), "me.jpg")})
        assert answer.status_code == 302, answer.text
        assert f'href="{self.origin}"' in unescape(self.client.get(answer.location).text), answer.location
        self.kinds.add("the photo")

    def _choose_unit(self, address) -> None:
        page = self.client.get(f"{address}&q={self.unit}").text
        action = unescape(re.search(r'action="(/person/unit/\d+[^"]*)"', page)[1])
        self._done("the unit", self.client.post(action))

    def _upload(self, address, path, fragment) -> None:
        """Files stay where they were uploaded, for the next one; the way back is on that page."""
        page = self.client.get(address).text
        if path == "/attachments/":
            part = page[page.index(f'id="{fragment}"') :]
            kind, purpose = "a requirement", ("requirement",)
        else:
            part, kind, purpose = page, "a certificate", ("section", "record")
        action = unescape(re.search(r'action="(/attachments/upload[^"]*)"', part)[1])
        data = {name: re.search(rf'name="{name}" value="([^"]+)"', part)[1] for name in purpose}
        answer = self.client.post(action, data={**data, "files": (BytesIO(jpeg()), "scan.jpg")})
        assert answer.status_code == 302, answer.text
        assert f'href="{self.origin}"' in unescape(self.client.get(answer.location).text), answer.location
        self.kinds.add(kind)

    def _done(self, kind, answer) -> None:
        assert (answer.status_code, answer.location) == (302, self.origin), (kind, answer.text)
        self.kinds.add(kind)


def applying(session, sign_in, person):
    """The person's client, and a draft of his with its cover saved."""
    round_ = make.make_round()
    account = session.get_one(User, person.id)
    application = operations.start(account, year=round_.year, at=make.clock.now())
    application.round = round_
    application.cover_saved_at = make.clock.now()
    make.check_eligibility(application)
    session.commit()
    return sign_in(account), application.id


def test_each_gap_of_a_fresh_applicant_is_mended_where_it_leads_and_leads_back(session, sign_in):
    person, unit = make.make_applicant(), make.make_unit()
    make.make_record(SECTION_OF["titles-held"], person)
    session.commit()
    mending = Mending(sign_in(session.get_one(User, person.id)), person, unit.name, "/home/")
    left = mending.gaps()
    assert len(left) == len([each for each in fields_of(Person) if each.required]) + 2 + 5 + 1 + 5
    for _turn in range(len(left)):
        mending.mend(left[0])
        now = mending.gaps()
        assert len(now) < len(left) and left[0] not in now
        left = now
        if not left:
            break

    assert left == []
    assert mending.kinds == KINDS


@pytest.mark.parametrize("step", ["basics", "submit"])
def test_the_wizard_leads_to_each_kind_of_gap_and_gets_the_person_back(session, sign_in, step):
    person = make.fill(make.make_applicant())
    unit = make.make_unit()
    person.email = None
    session.delete(
        session.scalars(
            select(SECTION_OF["education"]).where(SECTION_OF["education"].owner_id == person.id)
        ).one()
    )
    lacks = AttachmentUse.section_slug.in_([PHOTO, "titles-held"]) | AttachmentUse.requirement_id.is_not(None)
    for use in session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == person.id, lacks)):
        session.delete(use)
    client, pk = applying(session, sign_in, person)
    mending = Mending(client, person, unit.name, f"/apply/{pk}/{step}")
    mending.mended = {each.name for each in fields_of(Person)}
    for _turn in range(12):
        left = mending.gaps()
        if not left:
            break
        mending.mend(left[0])

    assert mending.gaps() == []
    assert mending.kinds == KINDS


# --- one number everywhere --------------------------------------------------------------------


def partial(session, chance: random.Random) -> Person:
    """A dossier of which anything may be missing."""
    person = make.make_applicant(make.make_unit() if chance.random() < 0.6 else None)
    for each in fields_of(Person):
        if chance.random() < 0.7:
            setattr(person, each.name, FIXED.get(each.name, make.sample(each)))
    for model in SECTIONS:
        for turn in range(chance.choice((0, 0, 1, 1, 2))):
            given = {"year": 2019 + turn} if hasattr(model, "year") else {}
            record = make.make_record(model, person, position=turn, **given)
            if chance.random() < 0.5:
                make.attach(person, section=model.section.slug, record=record.id)
    for asked in current_requirements(None):
        if chance.random() < 0.5:
            make.attach(person, requirement=asked.requirement)
    if chance.random() < 0.5:
        make.attach(person, section=PHOTO)
    return person


def number_on(page: str) -> int:
    found = re.search(r"还差 (\d+) 项才能提交", page)
    return int(found[1]) if found else 0


def menu_on(page: str) -> dict[str, int]:
    side = page[page.index('class="side"') : page.index("<main")]
    return {
        path: int(count)
        for path, count in re.findall(
            r'href="([^"]+)"[^>]*>(?:(?!</a>).)*<span class="n">缺 (\d+)</span></a>', side
        )
    }


@pytest.mark.parametrize("seed", range(30))
def test_home_menu_wizard_and_submission_count_the_same(app, session, sign_in, seed):
    chance = random.Random(seed)
    person = partial(session, chance)
    client, pk = applying(session, sign_in, person)
    application = session.get_one(Application, pk)
    if chance.random() < 0.5:
        application.cover_saved_at = None
    session.commit()

    home, basics, submit = (
        client.get(path).text for path in ("/home/", f"/apply/{pk}/basics", f"/apply/{pk}/submit")
    )
    gaps = gaps_of(application, at=make.clock.now())
    assert [number_on(page) for page in (home, basics, submit)] == [len(gaps)] * 3
    with app.test_request_context():
        expected = {url_for(page): count for page, count in counts_by_page(gaps).items()}
    elsewhere = [gap for gap in gaps if gap.who or gap.endpoint == "CoverView.cover"]
    for page in (home, basics, submit, client.get("/sections/").text, client.get("/attachments/").text):
        assert menu_on(page) == expected
    assert sum(expected.values()) + len(elsewhere) == len(gaps)
    tasks = home[home.index("<h2>申报材料</h2>") : home.index('id="committees"')]
    assert sum(map(int, re.findall(r"缺 (\d+) 项", tasks))) == sum(expected.values())

    pledged = {"seen": str(application.version), "pledged": "y"}
    refused = client.post(f"/apply/{pk}/submit", data=pledged)
    if gaps:
        session.refresh(application)
        assert application.status is Status.DRAFT
        assert refused.status_code in (409, 422)
        assert number_on(refused.text) == len(gaps)


def test_nothing_is_counted_where_nothing_lacks_and_for_nobody_else(session, sign_in):
    person = make.fill(make.make_applicant(make.make_unit()))
    session.commit()
    complete = sign_in(session.get_one(User, person.id)).get("/home/").text
    assert menu_on(complete) == {} and "缺 0" not in complete

    under_review = make.make_application(make.Stage.UNIT)
    session.commit()
    own = sign_in(session.get_one(User, under_review.applicant_id)).get("/home/").text
    assert menu_on(own) == {}
    clerk = sign_in(make.clerk_of(under_review)).get("/desk/").text
    assert "缺 " not in clerk[clerk.index('class="side"') : clerk.index("<main")]
