"""The whole dossier, from an empty one to 还差 0 项: by the keyboard alone, and by clicks without scripts (PRO-01…08, SEC-01…13, ATT-01)."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from app import clock
from app.accounts.passwords import hash_password
from app.dossier.completeness import current_requirements, dossier_gaps
from app.dossier.trees import TREES
from app.extensions import db
from app.models import PHOTO, SECTIONS, AttachmentUse, Field, Person, fields_of
from app.models.sections import AnnualAssessment, Paper, SectionRow, TitleHeld, WorkHistory
from tests import factories as make
from tests.dossier.typed import posted
from tests.journeys.applicants import picture
from tests.journeys.browsing import Site, Value, Visitor, leave_out
from tests.journeys.keyboard import Found, Typist

# What these pages do in a browser is the same on every database; the routes are travelled on both.
pytestmark = pytest.mark.once

PASSWORD = "kunming-qiuyu-2026"
LOOKUP_SCRIPT = "vendor/autocomplete/accessible-autocomplete.min.js"
LOOKED_UP = "助理馆员"
GRADES = ("合格", "合格", "优秀", "合格", "基本合格")
HEAD = "示例负责人"
# What is typed other than tests/dossier/typed.py has it: what it must look like, a title of the list, words to tick.
GIVEN: dict[type, dict[str, str]] = {
    Person: {
        "birth_date": "1980-02-03", "contact_mobile": "13900000001", "email": "shili@local.invalid", "postcode": "650000",
    },
    TitleHeld: {"qualification": LOOKED_UP},
    WorkHistory: {"end": "", "end-empty": "y"},
    Paper: {"journal": "", "journal-word": "y"},
}  # fmt: skip


def typed(model: type) -> dict[str, str]:
    return posted(model, **GIVEN.get(model, {}))


def by_label(model: type) -> dict[str, Value]:
    """The same as the page asks for it: what is typed, chosen or ticked under which label, in the page's order."""
    texts, values = typed(model), {}
    for each in sorted(fields_of(model), key=lambda each: model is not Person and each.is_long):
        text = texts[each.name]
        if each.type is bool:
            values[each.label] = {"y": "是", "n": "否"}[text]
        elif text:
            values[each.label] = Found(text) if each.tree or text == LOOKED_UP else text
        note = f"（{each.word_note}）" if each.word_note else ""
        ticks = {"other": each.other, "empty": each.empty, "word": each.word + note}
        values |= {label: True for kind, label in ticks.items() if f"{each.name}-{kind}" in texts}
    return values


def as_typed(record: Any, declared: Field, texts: dict[str, str]) -> bool:
    """Whether a record holds what was typed for a field of it."""
    value, text = getattr(record, declared.name), texts[declared.name]
    if f"{declared.name}-empty" in texts:
        return value is None
    if f"{declared.name}-word" in texts:
        return bool(value == declared.word)
    if declared.tree:
        leaf = db.session.get(TREES[declared.tree], value)
        return leaf is not None and leaf.level3 == text
    if declared.type is bool:
        return value is (text == "y")
    return str(value) == text


def scan(name: str) -> Any:
    """A file about which nothing is doubtful: sharp, large, and no second one like it."""
    buffer = io.BytesIO()
    Image.effect_noise((620, 820), 90).save(buffer, "JPEG", quality=60)
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


class ByKeyboard(Typist):
    def fill_year(self, year: int, values: dict[str, Value]) -> None:
        for label, value in values.items():
            self.enter(label, value)
            row = self.main.get_by_role("group", name=f"{year} 年", exact=True)
            expect(row.locator(":focus")).to_have_count(1)

    def send(self, place: str, name: str, file: Any) -> None:
        """The focus stays on the button while the file goes up, and is in its place again afterwards."""
        self.enter(f"选择文件 {name}", file)
        self.reach(f"上传 {name}")
        self.page.keyboard.press("Enter")
        held, doubtful = self.page.locator(f"{place} .rows li"), self.page.locator(f"{place} .sent button")
        expect(held.or_(doubtful)).to_have_count(1)
        if doubtful.count():
            assert self.focused == "BUTTON"
            self.push("查看已上传的文件")
        expect(held).to_have_count(1)
        expect(self.page.locator(f"{place} :focus")).to_have_count(1)


class ByClicks(Visitor):
    """With no script to help."""

    def fill_year(self, year: int, values: dict[str, Value]) -> None:
        row = self.main.get_by_role("group", name=f"{year} 年", exact=True)
        row.get_by_label("考核等级").select_option(label=str(values["考核等级"]))
        row.get_by_label("部门负责人").fill(str(values["部门负责人"]))

    def send(self, place: str, name: str, file: Any) -> None:
        self.enter(f"选择文件 {name}", file)
        self.press(f"上传 {name}")
        expect(self.page.locator(f"{place} .rows li")).to_have_count(1)


class Newcomer:
    """An applicant whose unit has confirmed him, and an empty dossier."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with site.app.app_context():
            person = make.make_applicant(make.make_unit(), password=hash_password(PASSWORD))
            self.id, self.name = person.id, person.account.username
            self.asked = [
                (each.requirement.no, each.requirement.name)
                for each in current_requirements(None)
                if each.required
            ]
            self.typed = {model: by_label(model) for model in (Person, *SECTIONS)}
            db.session.commit()

    def records(self, model: type[SectionRow]) -> list[Any]:
        order = (model.year,) if hasattr(model, "year") else (model.position,)
        return list(db.session.scalars(select(model).where(model.owner_id == self.id).order_by(*order)))


@pytest.fixture
def newcomer(site: Site) -> Newcomer:
    return Newcomer(site)


def fill_in_everything(v: ByKeyboard | ByClicks, who: Newcomer) -> None:
    v.sign_in(who.name, PASSWORD)
    v.menu("个人信息")
    v.fill(who.typed[Person])
    v.press("保存")
    v.sees("个人信息已保存，还差 1 项。")
    v.follow("上传照片", v.card("照片"))
    v.enter("选择照片", picture("照片"))
    v.press("上传照片")
    v.sees("照片已保存。")
    for model in SECTIONS:
        v.menu("申报信息")
        v.follow(model.section.title)
        if model is AnnualAssessment:
            fill_in_years(v)
        else:
            v.follow("添加一条")
            v.fill(who.typed[model])
            v.press("保存")
            v.sees(f"“{model.section.title}”已保存一条记录。", "共 1 条")
        if model.section.attachment_required:
            v.sees(f"缺{model.section.attachment}")
            v.follow(f"编辑 {LOOKED_UP}")
            v.send("#files", model.section.attachment, scan("证书"))
    v.menu("附件管理")
    for place, (no, name) in enumerate(who.asked):
        v.send(f"#requirement-{no}", name, scan(f"材料{no}") if place else picture(f"材料{no}"))
    v.menu("我的申报")


def fill_in_years(v: ByKeyboard | ByClicks) -> None:
    for n, grade in enumerate(GRADES, 1):
        v.fill_year(clock.today().year - n, {"考核等级": grade, "部门负责人": HEAD})
    v.press("保存")
    v.sees("已保存 5 个年份。", "共 5 条")


def is_whole(v: Visitor, who: Newcomer) -> None:
    """The home page says so, and what was typed is what is stored."""
    expect(v.main.locator(".kpi > div").filter(has_text="还差")).to_have_text("还差0 项可以提交了")
    with who.site.app.app_context():
        person = db.session.get_one(Person, who.id)
        assert dossier_gaps(person, None) == []
        wrong = [each.name for each in fields_of(Person) if not as_typed(person, each, typed(Person))]
        for model in SECTIONS:
            records = who.records(model)
            if model is AnnualAssessment:
                assert [each.grade for each in reversed(records)] == list(GRADES)
                assert {each.head for each in records} == {HEAD}
                continue
            assert len(records) == 1, model
            texts = typed(model)
            wrong += [
                f"{model.__name__}.{each.name}"
                for each in fields_of(model)
                if not as_typed(records[0], each, texts)
            ]
        assert wrong == []
        (title,) = who.records(TitleHeld)
        uses = db.session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == who.id)).all()
        assert [each.record_id for each in uses if each.section_slug == "titles-held"] == [title.id]
        assert sum(each.requirement_id is not None for each in uses) == len(who.asked)
        assert any(each.section_slug == PHOTO for each in uses)


def test_by_keyboard_alone(site: Site, newcomer: Newcomer) -> None:
    if not (Path(site.app.static_folder or "") / LOOKUP_SCRIPT).is_file():
        leave_out("the scripts of single pages are not installed: make setup")
    v = ByKeyboard(site)
    fill_in_everything(v, newcomer)
    is_whole(v, newcomer)


def test_by_clicks_without_scripts(site: Site, newcomer: Newcomer) -> None:
    v = ByClicks(site, scripts=False)
    fill_in_everything(v, newcomer)
    is_whole(v, newcomer)


def test_every_gap_leads_into_its_place(site: Site, newcomer: Newcomer) -> None:
    """One of each kind: a field, the photo, a record to add, a file. The focus is there, and stays there."""
    v = Typist(site)
    v.sign_in(newcomer.name, PASSWORD)
    with site.app.test_request_context():
        gaps = dossier_gaps(db.session.get_one(Person, newcomer.id), None)
        places = {
            each.endpoint: (url_for(each.endpoint, **each.params), each.params["_anchor"]) for each in gaps
        }
    assert set(places) == {"PersonView.edit", "PhotoView.edit", "SectionView.add", "AttachmentView.list"}
    for url, place in places.values():
        v.go(url)
        expect(v.page.locator(f"#{place}:focus, #{place} :focus")).to_have_count(1)
