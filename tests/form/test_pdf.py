"""The printed form, checked on the output: text, glyph boxes, fonts, what it opened (pdf.md, T17, T18, C09)."""

import io
import re
import socket
import unicodedata
from collections import Counter

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader
from pypdfium2 import raw

from app.dossier import paper
from app.errors import CannotPrint, FontMissing, PhotoUnreadable, PrintFailed
from app.form import document, fonts, pdf
from tests import needs
from tests.form import sample

# 16 mm at the sides, 15 mm above, the foot line 12 mm above the edge, in points; A4 is 595 by 842.
LEFT, RIGHT, BOTTOM, TOP = 45, 550, 30, 800

pytestmark = [
    pytest.mark.once,
    needs.font,
]


def print_form(content=None, record=None, photo=None):
    built = document.build(
        content or sample.content(), record or sample.record(), table_names=sample.TABLE_NAMES
    )
    return pdf.render(built, photo)


def pages_of(printed):
    with pypdfium2.PdfDocument(printed) as opened:
        return [squeezed(page.get_textpage().get_text_range()) for page in opened]


def squeezed(text):
    """Without what a line break or a space may do to it; compatibility forms of one character made equal."""
    return "".join(unicodedata.normalize("NFC", text).split()).replace("\ufffe", "")


def body_of(printed):
    """The text of all pages in order, without what every page repeats."""
    repeated = re.compile(r"申报编号.*?摘要[0-9a-f]*|第\d+页共\d+页")
    return "".join(repeated.sub("", page) for page in pages_of(printed))


def glyphs_of(printed):
    """(page, character, left, bottom, right, top, size) of every visible character."""
    with pypdfium2.PdfDocument(printed) as opened:
        for number, page in enumerate(opened, 1):
            text = page.get_textpage()
            for at in range(text.count_chars()):
                character = chr(raw.FPDFText_GetUnicode(text, at))
                if "\udc00" <= character <= "\udfff":  # the second half of a character beyond U+FFFF
                    continue
                if not character.isspace() and character not in "\x00\ufffe":
                    size = raw.FPDFText_GetFontSize(text, at)
                    yield (number, character, *text.get_charbox(at), size)


def fonts_of(printed):
    found = {}
    for page in PdfReader(io.BytesIO(printed)).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            descriptor = font["/FontDescriptor"].get_object() if "/FontDescriptor" in font else {}
            found[font["/BaseFont"]] = "/FontFile2" in descriptor
    return found


def values_in(content):
    """Every text of the dossier; of the titles held the form shows only one."""
    records = [
        record
        for slug, each in content["sections"].items()
        for record in (document.highest_employed(each) if slug == "titles-held" else each)
    ]
    for values in (content["person"], *records):
        for name, value in values.items():
            if isinstance(value, str) and name not in ("mobile", "level"):
                yield value.replace("-", ".") if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value


@pytest.fixture(scope="module")
def printed():
    return print_form()


def test_every_character_of_the_dossier_is_on_the_pages(printed):
    typed = Counter(squeezed("".join(values_in(sample.content()))))

    assert typed - Counter(body_of(printed)) == Counter()


def test_long_summaries_stand_there_whole_and_in_order(printed):
    assert len(sample.SUMMARY) == 2000
    heads = "表三专业技术工作总结年份总结内容"
    assert body_of(printed).replace(heads, "").count(squeezed(sample.SUMMARY)) == 4


def test_rare_characters_can_be_found_and_copied(printed):
    body = body_of(printed)

    assert [body.count(c) for c in "㛃𬭎𠅤"] == [
        sum(t.count(c) for t in values_in(sample.content())) for c in "㛃𬭎𠅤"
    ]
    assert body.count("虚构人䶮") == 3


def test_a_long_text_beside_others_stays_in_its_column(printed):
    content = sample.content()
    with pypdfium2.PdfDocument(printed) as opened:
        page = next(p for p in opened if "表四" in squeezed(p.get_textpage().get_text_range())[:10])
        # columns of table 4: 14, 14, 44 and 28 percent of 178 mm, from 16 mm on
        left, right = (16 + 178 * 0.28) * 72 / 25.4, (16 + 178 * 0.72) * 72 / 25.4
        column = squeezed(page.get_textpage().get_text_bounded(left=left, right=right))

    assert squeezed(content["sections"]["main-work"][0]["content"]) in column


def test_every_glyph_is_inside_the_margins_and_at_least_8_points(printed):
    boxes = list(glyphs_of(printed))

    assert len(boxes) > 10_000
    assert [b for b in boxes if not (b[2] >= LEFT and b[4] <= RIGHT and b[3] >= BOTTOM and b[5] <= TOP)] == []
    assert [b for b in boxes if b[6] < 8] == []


def test_no_glyph_covers_another(printed):
    places = Counter(
        (page, round(left, 1), round(bottom, 1)) for page, c, left, bottom, *_ in glyphs_of(printed)
    )

    assert [place for place, times in places.items() if times > 1] == []


def test_fonts_are_embedded_subset_and_only_ours(printed):
    found = fonts_of(printed)

    assert all(found.values())
    assert {re.sub(r"^/[A-Z]{6}\+", "/", name) for name in found} == {
        "/NotoSerifSC-Regular",
        "/NotoSerifSC-Bold",
    }
    assert all(re.match(r"/[A-Z]{6}\+", name) for name in found)
    assert len(printed) < 500_000


def test_every_page_is_numbered_and_says_what_it_belongs_to(printed):
    pages = pages_of(printed)

    assert len(pages) == 17
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共17页" in page
        assert "申报编号2026000001第2次提交摘要3fa9c21b7d5e" in page


def test_the_properties_hold_the_title_and_no_person(printed):
    """Author is the system; nothing that the file's name or a search would tell of the person."""
    assert dict(PdfReader(io.BytesIO(printed)).metadata) == {
        "/Title": "专业技术职称申报评审表 2026000001",
        "/Subject": "2026 年度 申报编号 2026000001　第 2 次提交　摘要 3fa9c21b7d5e",
        "/Author": "职称申报管理系统",
        "/Keywords": "2026000001",
    }


def test_contents_and_all_17_tables_are_there_in_order(printed):
    body = body_of(printed)
    contents, tables = body.split("表十七：审核推荐意见和评审结果确认意见")
    numerals = "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七".split()
    names = list(sample.TABLE_NAMES.values())

    assert contents.endswith(
        "目录封面目录" + "".join(f"表{n}：{name}" for n, name in zip(numerals[:16], names, strict=False))
    )
    places = [tables.index(f"表{numeral}{name}") for numeral, name in zip(numerals, names, strict=True)]
    assert places == sorted(places)


HOSTILE = (
    '<img src="file:///etc/passwd">',
    "<img src=http://127.0.0.1:1/x>",
    "<script>alert(1)</script>",
    "<style>@import url(http://127.0.0.1:1/)</style>",
    "<style>@font-face{font-family:x;src:url(/etc/passwd)}</style>",
    "&amp;&lt;b&gt;&#65;",
    "{{ 7*7 }}{% raw %}",
    "<pdf:nextpage/><pdf:insertpdf src='/etc/passwd'/>",
    "</td></tr></table><table>",
    'src="@photo"',
    "<![CDATA[ x ]]><!-- y -->",
    "<" * 300,
)


def test_markup_is_printed_as_it_was_typed_and_opens_nothing():
    summaries = [{"id": at, "year": 2000 + at, "content": text} for at, text in enumerate(HOSTILE)]
    content = sample.content(**{"work-summary": summaries})
    content["person"]["office"] = '<img src="@photo">'

    body = body_of(print_form(content))

    assert [text for text in HOSTILE if squeezed(text) not in body] == []
    assert squeezed('<img src="@photo">') in body


LEAKS = (
    '<img src="/etc/hostname">',
    '<img src="file:///etc/hostname">',
    '<img src="http://127.0.0.1:{port}/x.png">',
    "<style>@import url(http://127.0.0.1:{port}/x.css);</style>",
    "<style>@font-face {{ font-family: x; src: url(http://127.0.0.1:{port}/x.ttf); }} p {{ font-family: x; }}</style>",
    '<p style="background-image: url(http://127.0.0.1:{port}/x.png)">x</p>',
    '<link rel="stylesheet" href="/etc/hostname">',
    '<pdf:insertpdf src="/etc/hostname">',
    '<img src="seeds/README.md">',
    "<div>" * 3_000,
)


@pytest.mark.parametrize("markup", LEAKS, ids=range(len(LEAKS)))
def test_even_markup_that_got_through_reads_nothing_and_calls_nobody(markup, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        filled = markup.format(port=listener.getsockname()[1]) if "{port}" in markup else markup
        monkeypatch.setattr(pdf, "markup", lambda paged, photo: f"<html><body><p>x</p>{filled}</body></html>")
        try:
            printed = print_form()
        except PrintFailed:
            printed = b""
        with pytest.raises(TimeoutError):
            listener.accept()

    assert not printed or body_of(printed).strip("x") == ""


def test_an_empty_dossier_is_printed():
    content = sample.content()
    content["sections"] = {slug: [] for slug in content["sections"]}
    content["person"] = {name: None for name in content["person"]}

    pages = pages_of(print_form(content, sample.record(opinion=None, chain=[])))

    assert "表三专业技术工作总结年份总结内容无" in "".join(pages)


def test_sixty_records_go_over_pages_whole_with_the_heads_repeated():
    awards = [
        {**sample.content()["sections"]["awards"][0], "id": at, "name": f"第{at}号奖项", "own_rank": 100 + at}
        for at in range(60)
    ]

    pages = [
        p for p in pages_of(print_form(sample.content(awards=awards))) if "第0号奖项" in p or "号奖项" in p
    ]

    assert len(pages) > 2
    assert all(
        "表七获得表彰奖励情况奖名称类型奖级奖励级别批准时间批准机关本人排名本人承担任务" in page
        for page in pages
    )
    assert re.findall(r"第(\d+)号奖项", "".join(pages)) == [str(at) for at in range(60)]
    assert [n for n in re.findall(r"2021\.12\.01示例省档案局(\d+)", "".join(pages))] == [
        str(100 + at) for at in range(60)
    ]


def test_a_page_holds_as_much_of_a_summary_as_the_estimate_says():
    """paper.py tells how many pages a text takes; here is where its two measures come from."""
    content = sample.content()
    content["sections"]["work-summary"] = [
        {"id": n, "year": 2020 + n, "content": "鱻" * 2000} for n in range(3)
    ]
    printed = print_form(content)

    with pypdfium2.PdfDocument(printed) as opened:
        held = [page.get_textpage().get_text_range().count("鱻") for page in opened]
    assert max(held) // paper.LINE == paper.LINES
    assert sum(held) == 6000


def test_a_summary_that_starts_low_on_a_page_goes_on_overleaf():
    summaries = [
        {"id": 1, "year": 2023, "content": "甲" * 900},
        {"id": 2, "year": 2024, "content": "乙" * 2000},
    ]

    pages = [
        page for page in pages_of(print_form(sample.content(**{"work-summary": summaries}))) if "乙乙" in page
    ]

    assert len(pages) == 2
    assert sum(page.count("乙") for page in pages) == 2000
    assert "甲" in pages[0]


def test_long_opinions_take_more_room_and_lose_nothing():
    record = sample.record()
    record["opinion"]["appraisal"] = "评" * 1000
    record["opinion"]["participants"] = "员" * 200
    record["chain"][1]["opinion"] = "审" * 1000

    body = body_of(print_form(record=record))

    assert [body.count(c) for c in "评审"] >= [1000, 1000]
    assert body.count("员") >= 200


def test_a_character_the_font_lacks_is_named_and_nothing_is_printed():
    content = sample.content()
    content["person"]["office"] = "保管科\U0001f600\u0e01"

    with pytest.raises(CannotPrint, match=r"“\U0001f600”（U\+1F600）、“\u0e01”（U\+0E01）"):
        print_form(content)


def test_characters_without_a_shape_do_not_stop_the_print():
    content = sample.content()
    content["person"]["office"] = "保管\u200b利用\ufeff科\u00ad室"

    assert "保管利用科室" in body_of(print_form(content))


def test_the_photo_is_printed_as_pixels_only():
    picture = io.BytesIO()
    Image.new("RGB", (390, 567), (10, 120, 200)).save(
        picture, "JPEG", comment=b"<script>in the file</script>"
    )

    printed = print_form(photo=picture.getvalue())

    images = [image for page in PdfReader(io.BytesIO(printed)).pages for image in page.images]
    assert [(image.image.size, image.image.getpixel((200, 300))) for image in images] == [
        ((390, 567), (9, 120, 201))
    ]
    assert b"in the file" not in images[0].data
    with pypdfium2.PdfDocument(printed) as opened:
        (placed,) = [o for o in opened[2].get_objects() if o.type == raw.FPDF_PAGEOBJ_IMAGE]
        left, bottom, right, top = placed.get_bounds()
    assert (round((right - left) / 72 * 25.4), round((top - bottom) / 72 * 25.4)) == (27, 39)


@pytest.mark.parametrize(
    "photo", [b"GIF89a", b"%!PS-Adobe", b"\xff\xd8\xff broken"], ids=["gif", "eps", "broken"]
)
def test_a_photo_that_is_none_is_refused(photo):
    with pytest.raises(PhotoUnreadable):
        print_form(photo=photo)


def test_a_draft_is_marked_on_every_page():
    pages = pages_of(print_form(record=sample.unsubmitted()))

    assert all("草" in page and "稿" in page for page in pages)


def test_without_the_font_nothing_is_printed_and_the_person_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)

    with pytest.raises(FontMissing, match="make setup"):
        print_form()


@pytest.mark.parametrize(
    "limits", [{"MEMORY": 60_000_000}, {"SECONDS": 0.2, "PATIENCE": 0.2}], ids=["memory", "time"]
)
def test_a_print_beyond_its_limits_ends_with_a_clear_refusal(monkeypatch, limits, caplog):
    for name, value in limits.items():
        monkeypatch.setattr(pdf, name, value)

    with pytest.raises(PrintFailed, match="2026000001"):
        print_form()
