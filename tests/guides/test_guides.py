"""系统使用指南 and 用户手册 (SUP-02): they name only what exists, can be read by anybody, and come as PDF."""

import re
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import update

from app.errors import PrintBusy, PrintFailed
from app.form import fonts
from app.guides import places, printing, text
from app.models import Setting
from app.roles import may_open
from app.vocabulary import Role, Stage, Status
from tests import factories as make
from tests import needs
from tests.form.test_pdf import BOTTOM, LEFT, RIGHT, TOP, glyphs_of, pages_of, squeezed
from tests.journeys.tours import TOURS
from tools.messages import extract, read_english

pytestmark = pytest.mark.once

TITLES = {
    "system": "系统使用指南",
    "applicant": "个人用户手册",
    "unit": "单位用户手册",
    "office": "主管部门和人社局用户手册",
    "committee": "评委会用户手册",
}
READERS = {
    "applicant": (Role.APPLICANT,),
    "unit": (Role.UNIT,),
    "office": (Role.DEPARTMENT, Role.BUREAU, Role.CITY_BUREAU),
    "committee": (Role.COMMITTEE,),
}
EVERY = [(name, language) for name in TITLES for language in text.languages_of(name)]
# Anyone gets these pages: the rest of a guide's links is for its readers.
PUBLIC = {"SignInView.login", "NoticesView.list"}


class Anything(dict):
    """Values that stand for themselves."""

    def __missing__(self, name):
        return name


def guide(name, language="zh"):
    return text.read(name, language, Anything())


def runs_of(found):
    for section in found.sections:
        for block in section.blocks:
            if not isinstance(block, text.Picture):
                yield from block.runs


def names_in(found):
    return {run.text for run in runs_of(found) if run.is_name}


def targets_in(found):
    return {run.target for run in runs_of(found) if run.target}


@pytest.fixture(scope="module")
def said():
    """Every word of the pages: Chinese, and what the English catalogue makes of it."""
    return {each.id for each in extract() if isinstance(each.id, str)}


def test_all_guides_are_there():
    assert {name: guide(name).title for name in text.NAMES} == TITLES == places.TITLES
    assert ("applicant", "en") in EVERY


@pytest.mark.parametrize("name", TITLES)
def test_what_a_guide_quotes_stands_on_the_pages(name, said):
    quoted = names_in(guide(name))

    assert len(quoted) > 5
    assert sorted(quoted - said) == []


@pytest.mark.parametrize("name", [name for name, language in EVERY if language == "en"])
def test_what_an_english_guide_quotes_stands_on_the_english_pages(name, said):
    english = {each.string for each in read_english() if each.id in said}
    quoted = names_in(guide(name, "en"))

    assert len(quoted) > 5
    assert sorted(quoted - english) == []


def test_no_sentence_leaves_a_mark_of_the_markup_behind():
    for name, language in EVERY:
        found = guide(name, language)
        words = [each.text for each in runs_of(found)]
        words += [
            *found.lead,
            *(each.heading for each in found.sections),
            *(p.caption for p in found.pictures),
        ]
        spoilt = [
            each
            for each in words
            if re.search(r"[\[\]{}*#「」]|\]\(", each.replace("带 * 的", "").replace("「」内", ""))
        ]
        assert [each for each in spoilt if "marked *" not in each] == []


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_steps_are_numbered_in_a_row(name, language):
    for section in guide(name, language).sections:
        numbers = [each.number for each in section.blocks if each.kind == "step"]
        assert numbers == list(range(1, len(numbers) + 1)), section.anchor


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_picture_is_a_stop_of_a_tour(name, language):
    """What tools/guide_pictures.py would look for in vain."""
    stops = {
        stop
        for file in Path("tests/journeys").glob("*tours.py")
        for stop in re.findall(r'yield "([^"]+)"', file.read_text())
    }
    pictures = guide(name, language).pictures

    assert pictures
    assert [each for each in pictures if each.tour not in TOURS or each.stop not in stops] == []


# --- links ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def people(app):
    with app.app_context():
        offices = (Stage.UNIT, Stage.DEPARTMENT, Stage.COMMITTEE)
        found = {stage.value: make.clerk_of(make.make_application(stage)).id for stage in offices}
        found["applicant"] = make.make_application(Status.RETURNED).applicant_id
        from app.extensions import db

        db.session.commit()
        return found


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_links_lead_to_pages_their_readers_may_open(app, name, language):
    targets = targets_in(guide(name, language))

    assert targets
    assert targets <= set(app.view_functions)
    for target in targets - PUBLIC:
        view, method = target.split(".")
        readers = READERS.get(name) or tuple(Role)
        allowed = [may_open(role, view, f"can_{method}") for role in readers]
        # A guide of several offices says in its headings whose page it is.
        assert any(allowed) if name == "office" else all(allowed), target


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("system", "applicant"),
        ("applicant", "applicant"),
        ("unit", "unit"),
        ("office", "department"),
        ("committee", "committee"),
    ],
)
def test_links_open_for_someone_signed_in(app, session, people, sign_in, name, reader):
    from app.models import User

    user = session.get_one(User, people[reader])
    roles = (Role(reader),)
    client = sign_in(user)
    page = client.get(f"/guides/{name}").text
    with app.test_request_context():
        from flask import url_for

        for target in targets_in(guide(name)) - {"SignInView.login"}:
            view, method = target.split(".")
            if target in PUBLIC or any(may_open(role, view, f"can_{method}") for role in roles):
                url = url_for(target)
                assert f'href="{url}"' in page
                assert client.get(url, follow_redirects=True).status_code == 200, url


def test_every_page_with_help_exists_and_has_a_section(app):
    views = {endpoint.partition(".")[0] for endpoint in app.view_functions}
    anchors = {section.anchor for name in text.NAMES for section in guide(name).sections}

    assert set(places.ABOUT) <= views
    assert set(places.ABOUT.values()) <= anchors


@pytest.mark.parametrize(
    ("reader", "path", "help_of_it"),
    [
        ("applicant", "/person/", "/guides/applicant#person"),
        ("applicant", "/sections/", "/guides/applicant#sections"),
        ("applicant", "/account/", "/guides/system#account"),
        ("unit", "/desk/waiting", "/guides/unit#desk"),
        ("department", "/desk/waiting", "/guides/office#desk"),
        ("committee", "/desk/waiting", "/guides/committee#desk"),
        ("unit", "/guides/", "/guides/"),
        (None, "/sign-in/", "/guides/system#sign-in"),
        (None, "/sign-up/", "/guides/applicant#register"),
        (None, "/unit-sign-up/", "/guides/unit#register"),
        (None, "/recover/", "/guides/system#password"),
    ],
)
def test_help_leads_to_the_section_about_the_page(
    app, session, people, sign_in, client, reader, path, help_of_it
):
    from app.models import User

    asking = sign_in(session.get_one(User, people[reader])) if reader else client
    page = asking.get(path, follow_redirects=True).text

    assert f'<a class="t" href="{help_of_it}">' in page
    if "#" in help_of_it:
        base, anchor = help_of_it.split("#")
        assert f'id="{anchor}"' in asking.get(base).text


# --- pages ------------------------------------------------------------------------------------------


def test_everybody_finds_them_on_the_sign_in_page(client):
    page = client.get("/sign-in/").text

    for name, title in TITLES.items():
        assert f'href="/guides/{name}">{title}<' in page
        assert f'href="/guides/{name}.pdf"' in page


@pytest.mark.parametrize(
    ("reader", "home", "own"),
    [
        ("applicant", "/home/", {"system", "applicant"}),
        ("unit", "/desk/", {"system", "unit"}),
        ("department", "/desk/", {"system", "office"}),
        ("committee", "/desk/", {"system", "committee"}),
    ],
)
def test_a_person_finds_his_own_on_his_home_page(session, people, sign_in, reader, home, own):
    from app.models import User

    page = sign_in(session.get_one(User, people[reader])).get(home, follow_redirects=True).text

    assert set(re.findall(r'href="/guides/([a-z]+)\.pdf"', page)) == own


def test_a_guide_says_the_numbers_that_hold_here(app, session, client, monkeypatch):
    session.execute(update(Setting).where(Setting.key == "support_phone").values(value="0871-0000001"))
    session.commit()
    for name, value in {"MAX_FAILED_SIGN_INS": 7, "LOCK_MINUTES": 41, "UPLOAD_BYTES": 3 * 2**20}.items():
        monkeypatch.setitem(app.config, name, value)

    page = client.get("/guides/system").text
    assert "连续输错密码超过 7 次，账号锁定 41 分钟" in page
    assert "技术支持电话 0871-0000001" in page
    assert "合计最多 4 次" in page
    assert "单位推荐之后各环节提出的另计，最多 3 次" in page
    assert "每个不超过 3 MB" in client.get("/guides/applicant").text


def test_an_english_page_has_the_english_guide_or_says_that_there_is_none(client):
    client.set_cookie("language", "en")

    assert guide("applicant", "en").sections[0].heading in client.get("/guides/applicant").text
    chinese = client.get("/guides/unit").text
    assert 'class="alert alert-info"' in chinese
    assert '<div class="guide" lang="zh-CN">' in chinese


def test_a_guide_reads_well_without_pictures_and_shows_those_that_were_taken(
    app, client, monkeypatch, tmp_path
):
    picture = guide("system").pictures[0]
    real = Path(app.static_folder)
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    (tmp_path / "js").mkdir()
    (tmp_path / "app.css").write_bytes((real / "app.css").read_bytes())
    assert "<figure" not in client.get("/guides/system").text

    place = tmp_path / picture.file
    place.parent.mkdir()
    Image.new("RGB", (60, 40)).save(place)
    page = client.get("/guides/system").text
    assert page.count("<figure") == 1
    assert f'alt="{picture.caption}"' in page


@pytest.mark.parametrize(
    "path", ["/guides/nothing", "/guides/nothing.pdf", "/guides/..%2fweb", "/guides/applicant.en"]
)
def test_no_other_file_is_a_guide(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "broken",
    [
        "没有标题",
        "# 题\n没有小节的一段",
        "# 题\n## 没有锚点",
        "# 题\n## one: 一\n> 太晚",
        "# 题\n## one: 一\n## one: 二",
        "# 题\n## one: 一\n### 三级",
    ],
)
def test_a_text_that_breaks_the_rules_is_no_guide(broken):
    with pytest.raises(ValueError, match="示例"):
        text.parse("示例", "zh", broken)


# --- PDF --------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(app, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "GUIDES_ROOT", tmp_path)
    return tmp_path


@needs.font
@pytest.mark.parametrize(("name", "language"), EVERY)
def test_the_pdf_has_every_word_in_order_and_none_beyond_the_margins(app, shelf, name, language):
    found = guide(name, language)
    with app.test_request_context():
        pdf = printing.pdf_of(found)

    body = re.sub(r"第\d+页共\d+页|Page\d+of\d+", "", "".join(pages_of(pdf)))
    expected = [found.title, *found.lead, *(each.heading for each in found.sections)]
    for section in found.sections:
        expected += [
            section.heading,
            *(each.said(language) for each in section.blocks if not isinstance(each, text.Picture)),
        ]
    foot = squeezed(printing.reference_of(found, "x"))[:-12]
    body = re.sub(rf"{re.escape(foot)}[0-9a-f]{{12}}", "", body)
    at = 0
    for each in expected:
        wanted = squeezed(each)
        assert wanted in body[at:], each
        at = body.index(wanted, at) + len(wanted)
    outside = [
        glyph
        for glyph in glyphs_of(pdf)
        if not (glyph[2] >= LEFT and glyph[4] <= RIGHT and glyph[3] >= BOTTOM and glyph[5] <= TOP)
    ]
    assert outside == []


@needs.font
def test_a_picture_stands_within_the_margins_of_the_pdf(app, shelf, monkeypatch, tmp_path):
    found = guide("system")
    place = tmp_path / found.pictures[0].file
    place.parent.mkdir()
    Image.new("P", (1280, 800)).save(place)
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    with app.test_request_context():
        pdf = printing.pdf_of(found)

    with pypdfium2.PdfDocument(pdf) as opened:
        boxes = [each.get_bounds() for page in opened for each in page.get_objects(filter=[3])]
    assert len(boxes) == 1
    left, bottom, right, top = boxes[0]
    assert left >= LEFT and right <= RIGHT and bottom >= BOTTOM and top <= TOP
    assert abs((right - left) / (top - bottom) - 1.6) < 0.01
    assert squeezed(found.pictures[0].caption) in "".join(pages_of(pdf))


class Press:
    """Stands for the engine: counts what it is asked for, and may fail."""

    def __init__(self, failure=None):
        self.failure, self.asked = failure, []

    def __call__(self, drawn_from, **named):
        self.asked.append(named["name"])
        if self.failure:
            raise self.failure
        return b"%PDF-" + drawn_from.encode()


@pytest.fixture
def press(monkeypatch):
    found = Press()
    monkeypatch.setattr(printing, "press", found)
    monkeypatch.setattr(fonts, "refuse_unprintable", lambda texts: None)
    monkeypatch.setattr(fonts, "measure", lambda words, size: len(words) * size)
    return found


def test_a_pdf_is_drawn_once_and_anew_when_its_text_changes(app, client, session, shelf, press):
    first = client.get("/guides/unit.pdf")
    again = client.get("/guides/unit.pdf")
    assert first.mimetype == "application/pdf"
    assert first.data == again.data
    assert press.asked == ["unit"]

    session.execute(update(Setting).where(Setting.key == "support_phone").values(value="0871-0000002"))
    session.commit()
    assert client.get("/guides/unit.pdf").data != first.data
    assert press.asked == ["unit", "unit"]
    assert len(list(shelf.iterdir())) == 1, "what was drawn from the older text goes"


def test_the_download_is_called_like_the_guide(client, shelf, press):
    answer = client.get("/guides/unit.pdf")
    assert (
        "%E5%8D%95%E4%BD%8D%E7%94%A8%E6%88%B7%E6%89%8B%E5%86%8C.pdf" in answer.headers["Content-Disposition"]
    )


@pytest.mark.parametrize(
    ("failure", "said_to_the_visitor"),
    [(PrintFailed(number="unit"), "手册的 PDF 没有生成成功"), (PrintBusy(), "手册的 PDF 正在生成")],
)
def test_a_pdf_that_does_not_come_says_so_and_leaves_nothing(
    client, shelf, press, failure, said_to_the_visitor
):
    press.failure = failure
    answer = client.get("/guides/unit.pdf")

    assert answer.status_code == 503
    assert said_to_the_visitor in answer.text
    assert list(shelf.iterdir()) == []
    press.failure = None
    assert client.get("/guides/unit.pdf").status_code == 200, "the press is free again"


def test_a_second_visitor_does_not_start_a_second_drawing(client, shelf, press):
    with printing._press:
        assert client.get("/guides/unit.pdf").status_code == 503
    assert press.asked == []


def test_the_command_draws_all_that_are_missing(app, shelf, press):
    run = app.test_cli_runner().invoke
    assert run(args=["guides", "build"]).exit_code == 0
    assert sorted(press.asked) == sorted(name for name, _language in EVERY)
    run(args=["guides", "build"])
    assert len(press.asked) == len(EVERY)


def test_the_command_goes_on_where_one_fails(app, shelf, press):
    press.failure = PrintFailed(number="示例")
    answer = app.test_cli_runner().invoke(args=["guides", "build"])

    assert answer.exit_code == 0
    assert len(press.asked) == len(EVERY)
    assert "unit (zh): 手册的 PDF 没有生成成功" in answer.stderr


def test_a_picture_is_named_by_its_tour_and_its_stop():
    found = text.parse("示例", "zh", "# 题\n## one: 一\n![图](unit/table 12 refused)").pictures

    assert found == [text.Picture("图", "unit", "table 12 refused")]
    assert found[0].file == "guides/unit-table-12-refused.png"
