"""Ticks that write the manual's words (SEC-03, 04, 06, 10, 11, PRO-07), and dates that say how they are read."""

from html import unescape

import pytest
from sqlalchemy import select

from app.models import SECTIONS, Person, fields_of
from app.models.sections import Book, MainWork, Paper, StudyHistory, WorkHistory
from tests.dossier.typed import posted

# section, field, the word that its tick writes
WORDS = [
    (StudyHistory, "duty", "无"),
    (WorkHistory, "duty", "无"),
    (MainWork, "duty", "无"),
    (Book, "publisher", "未出版"),
    (Paper, "journal", "未发表"),
]
ids = [f"{model.section.slug} {name}" for model, name, _word in WORDS]


def only(session, model, person):
    return session.scalars(select(model).where(model.owner_id == person.id)).one()


def ticked(page, name):
    """The word's box as it stands on the page."""
    start = page.index(f'name="{name}-word"')
    return " checked" in page[start : page.index(">", start)]


def test_the_words_are_declared_where_the_manual_asks_for_them():
    declared = {(m, each.name): each.word for m in SECTIONS for each in fields_of(m) if each.word}
    assert declared == {(model, name): word for model, name, word in WORDS}
    assert {each.name: each.word for each in fields_of(Person) if each.word} == {"position": "无"}


@pytest.mark.parametrize(("model", "name", "word"), WORDS, ids=ids)
@pytest.mark.parametrize("typed", ["", "别的文字"])
def test_the_tick_writes_the_word_whatever_is_typed_beside_it(session, person, own, model, name, word, typed):
    slug = model.section.slug
    answer = own.post(f"/sections/{slug}/add", data=posted(model, **{name: typed, f"{name}-word": "y"}))
    assert answer.status_code == 302

    record = only(session, model, person)
    assert getattr(record, name) == word
    page = own.get(f"/sections/{slug}/{record.id}/edit").text
    assert ticked(page, name) and "别的文字" not in page


@pytest.mark.parametrize(("model", "name", "word"), WORDS, ids=ids)
def test_without_the_tick_what_is_typed_counts(session, person, own, model, name, word):
    slug = model.section.slug
    own.post(f"/sections/{slug}/add", data=posted(model, **{name: "暂无"}))

    record = only(session, model, person)
    assert getattr(record, name) == "暂无"
    page = own.get(f"/sections/{slug}/{record.id}/edit").text
    assert not ticked(page, name) and 'value="暂无"' in page


def test_a_typed_word_is_the_tick(session, person, own):
    own.post("/sections/papers/add", data=posted(Paper, journal="未发表"))

    assert ticked(own.get(f"/sections/papers/{only(session, Paper, person).id}/edit").text, "journal")


def test_a_refused_form_keeps_the_tick(own):
    answer = own.post("/sections/papers/add", data=posted(Paper, name="") | {"journal-word": "y"})

    assert answer.status_code == 422
    assert ticked(answer.text, "journal") and "填写发表刊物" not in answer.text


def test_an_empty_required_field_asks_for_a_text(own):
    answer = own.post("/sections/papers/add", data=posted(Paper, journal=""))

    assert answer.status_code == 422 and "填写发表刊物" in answer.text


@pytest.mark.parametrize(
    ("slug", "said"),
    [("papers", "未发表（发表日期填完成日期）"), ("books", "未出版（出版日期填完成日期）")],
)
def test_the_tick_says_what_the_date_means_then(own, slug, said):
    assert said in unescape(own.get(f"/sections/{slug}/add").text)


def test_the_position_of_a_person_can_be_none(session, person, own):
    answer = own.post(
        "/person/", data={"position": "经理", "position-word": "y", "version": str(person.version)}
    )

    assert answer.status_code == 302
    assert session.get_one(Person, person.id).position == "无"
