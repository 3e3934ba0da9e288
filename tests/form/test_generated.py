"""Generated applications through preview and PDF: nothing lost, nothing outside its cell, the same pages (pdf.md)."""

import html
import re
import unicodedata
from collections import Counter

import pypdfium2
import pytest
from pypdfium2 import raw

from app.form import document, pdf, qr
from app.form.lines import printable
from app.form.paging import CAPTION_HEIGHT, GAP, MM, SHEET_WIDTH, TITLE_HEIGHT, lay_out
from app.form.wording import FOLIO, SCAN
from tests import needs
from tests.form import sample
from tests.form.generated import FORMS, application

pytestmark = [pytest.mark.once, needs.font]

LEFT, TOP = 16 * MM, (297 - 15) * MM
# What the engine rounds, and how far an accent or a bracket leaves its line.
NEAR = 2.5


def squeezed(text):
    return "".join(unicodedata.normalize("NFC", text).split()).replace("\ufffe", "").replace("\x00", "")


def glyphs_of(page):
    """(character, left, bottom, right, top, size) of every visible one."""
    text = page.get_textpage()
    found = []
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if code in (0, 0xFFFE) or 0xDC00 <= code <= 0xDFFF or chr(code).isspace():
            continue
        if 0xD800 <= code <= 0xDBFF:
            code = 0x10000 + ((code - 0xD800) << 10) + raw.FPDFText_GetUnicode(text, at + 1) - 0xDC00
        # the reading engine takes a hyphen at the end of a line for one that it may drop
        whole = "-" if code == 2 else chr(code)
        found.append((whole, *text.get_charbox(at), raw.FPDFText_GetFontSize(text, at)))
    return found


def cells_of(page):
    """(lines, left, bottom, right, top) of every cell, from the layout alone."""
    top = TOP
    for grid in page:
        top -= (GAP if grid.has_gap else 0) + (TITLE_HEIGHT if grid.has_title else 0)
        top -= CAPTION_HEIGHT if grid.caption else 0
        pieces = (*grid.heads, *grid.pieces)
        for at, piece in enumerate(pieces):
            left = LEFT
            for each in piece.cells:
                right = left + SHEET_WIDTH * each.width / 100
                height = sum(other.height for other in pieces[at : at + each.cell.rows])
                yield each.lines, left, top - height, right, top
                left = right
            top -= piece.height


def check_page(page, cells):
    glyphs = glyphs_of(page)
    assert [each for each in glyphs if each[5] < 8] == []
    width, height = page.get_size()
    assert [
        each for each in glyphs if each[1] < 0 or each[2] < 0 or each[3] > width or each[4] > height
    ] == []
    for lines, left, bottom, right, top in cells:
        inside = [
            each
            for each in glyphs
            if left < (each[1] + each[3]) / 2 < right and bottom < (each[2] + each[4]) / 2 < top
        ]
        found = Counter(squeezed("".join(each[0] for each in inside)))
        assert found == Counter(squeezed("".join(lines))), (lines, found)
        beyond = [
            each
            for each in inside
            if each[1] < left - NEAR
            or each[3] > right + NEAR
            or each[2] < bottom - NEAR
            or each[4] > top + NEAR
        ]
        assert beyond == []


@pytest.mark.parametrize("number", range(FORMS))
def test_a_generated_form_is_whole_legible_and_paged_as_the_preview(app, number, monkeypatch):
    monkeypatch.setattr(pdf, "PATIENCE", 300)  # how long it may take is asked elsewhere
    _kind, content, record = application(number)
    built = document.build(content, record, table_names=sample.TABLE_NAMES)
    paged = lay_out(built)
    printed = pdf.render(built)

    with pypdfium2.PdfDocument(printed) as opened:
        assert len(opened) == paged.count
        for page, laid in zip(list(opened)[2:], paged.pages, strict=True):
            check_page(page, list(cells_of(laid)))
        cover = Counter(squeezed("".join(each[0] for each in glyphs_of(opened[0]))))
    assert Counter(squeezed(printable("".join(cell.text for _, cell in built.cover)))) - cover == Counter()

    drawn = "".join(
        "".join(each.lines)
        for page in paged.pages
        for grid in page
        for piece in grid.pieces
        for each in piece.cells
    )
    typed = "".join(
        cell.text
        for table in built.tables
        for block in table.blocks
        for row in block.rows
        for cell in row.cells
    )
    assert Counter(squeezed(drawn)) == Counter(squeezed(printable(typed)))

    shown = preview_of(app, built, paged)
    assert shown.count('<article class="paper') == paged.count
    words = squeezed(html.unescape(re.sub("<[^>]*>", "", shown)))
    assert Counter(squeezed(drawn)) - Counter(words) == Counter()


def preview_of(app, built, paged):
    with app.test_request_context():
        sheets = app.jinja_env.get_template("form/_sheets.html").module
        return str(sheets.papers(paged, FOLIO, qr.picture(built.verify), SCAN, "", {}))
