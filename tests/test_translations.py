"""Both languages are complete: the catalogue, and every page that a person of each role can reach.

Pages are found as a person finds them, by their links; every form met on the way is sent empty, too.
What the database holds (names, opinions, notices) is nobody's to translate and is taken away first.
"""

import json
import os
import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import render_template_string
from sqlalchemy import JSON, String, select

from app.dossier.naming import short_name
from app.extensions import db
from app.models import AttachmentRequirement
from app.models.people import ETHNICITIES
from app.protection import Sealed, unseal
from app.rotation import TEXTS
from tests import visits
from tools import messages

# Every page is visited once before the first of them.
pytestmark = [pytest.mark.once, pytest.mark.timeout(900)]

CHINESE = re.compile(r"[\u4e00-\u9fff，。；：、（）]+")
LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,}(?![A-Za-z0-9])")
REFERENCE = re.compile(r"\b[0-9A-Fa-f]{8,}(?:-[0-9A-Fa-f]+)*\b")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%")
# They only lead on, to the form's PDF only where it has been made; what is the same for all is read elsewhere.
NOT_VISITED = {
    "FrontDoor.index",
    "ResetView.take",
    "EntryView.open",
    "ApplicantView.next_gap",
    "FormView.pdf",
} | visits.SAME_FOR_ALL

OWN_WORDS = {"field", "how", "what", "where", "changes"}  # in the notes of a case

# Chinese on an English page, besides what the database holds.
CHINESE_AS_SUCH = {
    "无", "未出版", "未发表", "暂无",  # what is to be written into the form, which is Chinese
    "同意",  # what may be written as an opinion
    "工程技术",  # the series to be chosen, as it is called in the list
}  # fmt: skip
# Besides, in the catalogue only: what is to be written into a table that is pasted.
CHINESE_IN_TABLES = {"是", "否"}
# Latin words on a Chinese page, besides what the database holds.
LATIN_AS_SUCH = set(
    "Ctrl Enter JPG PNG WebP HEIC PDF CSV UTF GB KB MB KM SMS TOTP jpg png name example com flask make setup English".split()
    + "series no level ladder".split()  # the columns of an import
    + "daj entry dajLogin".split()  # an address
    + "Chrome Firefox".split()  # browsers
)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """The catalogues as the app reads them; `make translations` does the same."""
    for source in (messages.ROOT / "translations").glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parts[-3])
        draft = target.with_suffix(f".{os.getpid()}")
        with draft.open("wb") as out:
            write_mo(out, catalog)
        draft.replace(target)


@pytest.fixture(scope="module")
def english():
    return messages.read_english()


# The catalogue.


def test_every_message_has_its_english(english):
    said = {each.id for each in messages.extract() if each.id}
    assert said - {each.id for each in english} == set(), "run python -m tools.messages"
    assert messages.untranslated(english) == []


def test_nothing_is_translated_that_is_no_longer_said(english):
    said = {each.id for each in messages.extract() if each.id}
    assert {each.id for each in english if each.id} - said == set(), "run python -m tools.messages"


def test_every_variable_is_in_its_translation(english):
    lost = [
        each.id
        for each in english
        if Counter(PLACEHOLDER.findall(each.id)) != Counter(PLACEHOLDER.findall(each.string)) and each.id
    ]
    assert lost == []


def test_the_english_is_english(english):
    allowed = CHINESE_AS_SUCH | CHINESE_IN_TABLES
    chinese = {each.id for each in english if set(re.findall(r"[\u4e00-\u9fff]+", each.string)) - allowed}
    assert chinese == set()


def test_terms_are_those_of_the_glossary(english):
    """A sample of docs/glossary.md; one term, one word."""
    terms = {
        "申报人": "Applicant",
        "用人单位": "Employing unit",
        "评委会": "Review committee",
        "返回修改": "Returned for changes",
        "重置流程": "Reset",
        "考核定职": "Recognition",
        "副高": "Senior associate",
        "诚信档案": "Integrity records",
    }
    assert {each: english[each].string for each in terms} == terms


# The pages.


@pytest.fixture(scope="module")
def people(app):
    with app.app_context():
        return visits.make_people()


@pytest.fixture(scope="module")
def visited(app, people):
    """What every kind of person meets, by language."""
    return {
        language: list(visits.visit_everything(app, people, language)) for language in app.config["LANGUAGES"]
    }


@pytest.fixture(scope="module")
def stored(visited, app):
    """Every text that the database holds, and what is data without being stored there."""
    texts = {*ETHNICITIES, *visits.TYPED}
    with app.app_context():
        texts.update(short_name(each) for each in db.session.scalars(select(AttachmentRequirement)))
        for table in db.metadata.sorted_tables:
            for column in table.columns:
                place = f"{table.name}.{column.name}"
                if place in TEXTS:
                    texts.update(_sealed_texts(column, place))
                elif isinstance(column.type, Sealed):
                    texts.update(db.session.scalars(select(column).where(column.is_not(None))))
                elif isinstance(column.type, String | JSON):
                    for value in db.session.scalars(select(column).where(column.is_not(None))):
                        texts.update(_strings(value))
    by_start = {}
    for each in sorted(filter(None, map(str.strip, texts)), key=len, reverse=True):
        by_start.setdefault(each[:1], []).append(each)
    return by_start


def _sealed_texts(column, place):
    """What people typed, of JSON that is sealed as a whole; the app's own words in it are to be translated."""
    for text in db.session.scalars(select(column).where(column != "")):
        content = json.loads(unseal(text, place))
        if isinstance(content, list):
            yield from (value for _name, value in content)
            continue
        yield from (value for name, value in content.items() if name not in OWN_WORDS)
        for _label, old, new in content.get("changes", ()):
            yield from (old, new)


def _strings(value):
    if isinstance(value, str):
        yield value
        yield from value.split()
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def without(text, stored):
    """The text without what the database holds, the longest first."""
    if text.endswith("...") and any(each.startswith(text[:-3]) for each in stored.get(text[0], ())):
        return ""  # shortened in a list
    rest, place = [], 0
    while place < len(text):
        known = next((each for each in stored.get(text[place], ()) if text.startswith(each, place)), None)
        rest.append(" " if known else text[place])
        place += len(known) if known else 1
    return "".join(rest)


def listing(left):
    return "\n".join(f"{address}: {words}" for words, address in left.items())


def test_the_visits_miss_no_page(app, visited):
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.endpoint.endswith("static")
    }
    for found in visited.values():
        assert sorted(pages - {each.endpoint for each in found} - NOT_VISITED) == []


def test_english_pages_have_no_chinese_but_data(visited, stored):
    left = {}
    for each in visited["en"]:
        assert each.page.language == "en" or not each.page.words, each.address  # a file has none
        for words in each.page.words:
            if each.address.startswith("POST /admin/form-versions/") and words.startswith("Saved now: "):
                continue  # a field's official wording, which its administrator types
            if set(CHINESE.findall(without(words, stored))) - CHINESE_AS_SUCH:
                left.setdefault(words, each.address)
    assert not left, listing(left)


def test_chinese_pages_have_no_english_but_names(visited, stored):
    left = {}
    for each in visited["zh"]:
        assert each.page.language == "zh-CN" or not each.page.words, each.address  # a file has none
        for words in each.page.words:
            said = PLACEHOLDER.sub("", REFERENCE.sub("", words))
            if set(LATIN.findall(without(said, stored))) - LATIN_AS_SUCH:
                left.setdefault(words, each.address)
    assert not left, listing(left)


# The choice.


def test_the_language_lasts_a_year_and_over_sign_out(app, people):
    client = visits.browser(app, "zh", people["newcomer"])
    answer = client.post("/preferences/language/en", data={"next": "/home/"})
    assert answer.location == "/home/"
    assert "Max-Age=31536000" in answer.headers["Set-Cookie"]
    assert "My application" in client.get("/home/").text
    client.post("/sign-in/out")
    assert "Sign in" in client.get("/sign-in/").text


def test_dates_and_numbers_follow_the_language(app):
    page = "{{ day|day }} | {{ day|month }} | {{ at|moment }} | {{ 12345|number }} | {{ ['a', 'b']|listed }}"
    values = {"day": date(2026, 9, 30), "at": datetime(2026, 9, 30, 10, 0, tzinfo=UTC)}
    expected = {
        "zh": "2026年9月30日 | 2026年9月 | 2026年9月30日 18:00 | 12,345 | a、b",
        "en": "Sep 30, 2026 | Sep 2026 | Sep 30, 2026, 18:00 | 12,345 | a, b",
    }
    for language, text in expected.items():
        with app.test_request_context("/", headers={"Cookie": f"language={language}"}):
            assert render_template_string(page, **values) == text
