"""The second part of `make bench`: a form of 14 pages or so by our engine and by others, cold and warm.

Each engine draws the same laid-out pages in a process of its own: once from the start of the process (cold, with
its imports and fonts), then nine times more (warm, the median). WeasyPrint takes part where it is installed. Peak is
the process's whole memory, `before` what it held without the engine. Trust the ratios, not the milliseconds. Nothing here is asserted.
"""

import importlib.util
import io
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from app.form import document, fonts, pdf
from app.form.pages import markup
from app.form.paging import (
    CAPTION_HEIGHT,
    GAP,
    LEADING,
    MM,
    PADDING,
    SHEET_WIDTH,
    SIZE,
    TITLE_HEIGHT,
    Paged,
    lay_out,
)
from tests.form import sample

TIMES = 9
LEFT, TOP = 16 * MM, (297 - 15) * MM
CSS_OF_WEASYPRINT = '@font-face {{ font-family: song; src: url("{regular}") }} @font-face {{ font-family: song; font-weight: bold; src: url("{bold}") }}'


def typical() -> Paged:
    content = sample.content()
    content["sections"]["work-summary"] = [
        {"id": year, "year": year, "content": sample.SUMMARY[:1200]} for year in (2023, 2024)
    ]
    return lay_out(document.build(content, sample.record(), table_names=sample.TABLE_NAMES))


def xhtml2pdf() -> Callable[[Paged], bytes]:
    from app.form import worker

    worker.register_fonts(fonts.FOLDER, fonts.REGULAR, fonts.BOLD)
    order = {
        "properties": {"/Title": "x"},
        "reference": "x",
        "watermark": "",
        "folio": "{page} / {pages}",
        "code": [],
        "following": 0,
    }
    return lambda paged: worker.stamp(worker.draw(markup(paged, photo=False)), order)


def reportlab() -> Callable[[Paged], bytes]:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics, ttfonts
    from reportlab.pdfgen.canvas import Canvas

    for name, file in (("song", fonts.REGULAR), ("song-bold", fonts.BOLD)):
        pdfmetrics.registerFont(ttfonts.TTFont(name, str(fonts.FOLDER / file)))

    def draw(paged: Paged) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=A4, initialFontName="song")
        for line in (*paged.cover, *(paged.document.contents)):
            canvas.drawString(LEFT, TOP, getattr(line, "label", line))
        canvas.showPage()
        canvas.showPage()
        for page in paged.pages:
            top = TOP
            for grid in page:
                top -= GAP if grid.has_gap else 0
                if grid.has_title:
                    canvas.setFont("song-bold", 15)
                    canvas.drawCentredString(
                        LEFT + SHEET_WIDTH / 2, top - 15, f"{grid.table.numeral}　{grid.table.name}"
                    )
                    top -= TITLE_HEIGHT
                canvas.setFont("song", SIZE)
                if grid.caption:
                    canvas.rect(LEFT, top - CAPTION_HEIGHT, SHEET_WIDTH, CAPTION_HEIGHT)
                    canvas.drawCentredString(LEFT + SHEET_WIDTH / 2, top - 15, grid.caption)
                    top -= CAPTION_HEIGHT
                for piece in (*grid.heads, *grid.pieces):
                    left = LEFT
                    for each in piece.cells:
                        width = SHEET_WIDTH * each.width / 100
                        canvas.rect(left, top - piece.height, width, piece.height)
                        for at, text in enumerate(each.lines):
                            canvas.drawString(left + PADDING, top - LEADING * (at + 1), text)
                        left += width
                    top -= piece.height
            canvas.drawString(LEFT, 12 * MM, paged.document.reference)
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    return draw


def weasyprint() -> Callable[[Paged], bytes]:
    import weasyprint as engine  # type: ignore[import-not-found]

    css = CSS_OF_WEASYPRINT.format(
        regular=(fonts.FOLDER / fonts.REGULAR).as_uri(), bold=(fonts.FOLDER / fonts.BOLD).as_uri()
    )
    configured = engine.text.fonts.FontConfiguration()
    sheet = engine.CSS(string=css, font_config=configured)
    return lambda paged: bytes(
        engine.HTML(string=markup(paged, photo=False)).write_pdf(stylesheets=[sheet], font_config=configured)
    )


def confined() -> Callable[[Paged], bytes]:
    return lambda paged: pdf.render(paged.document)


# What people wait for is the last: xhtml2pdf in a new process each time, behind its limits.
ENGINES = {"xhtml2pdf": xhtml2pdf, "reportlab": reportlab, "weasyprint": weasyprint, "confined": confined}


def measure(name: str) -> None:
    """In the child: cold, warm and peak, as one line."""
    paged = typical()
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    draw = ENGINES[name]()
    size = len(draw(paged))
    cold, warm = time.perf_counter() - begun, []
    for _ in range(TIMES):
        begun = time.perf_counter()
        draw(paged)
        warm.append(time.perf_counter() - begun)
    whose = resource.RUSAGE_CHILDREN if name == "confined" else resource.RUSAGE_SELF
    peak = resource.getrusage(whose).ru_maxrss
    print(json.dumps([cold, statistics.median(warm), peak / 1024, base / 1024, size, paged.count]))


def main() -> None:
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return
    print(
        f"\n{'a form':<12}{'cold s':>8}{'warm s':>8}{'peak MB':>9}{'before':>8}{'KB':>7}{'pages':>7}{'warm to plain':>15}"
    )
    found = {}
    for name in ENGINES:
        if name != "confined" and importlib.util.find_spec(name) is None:
            print(f"{name:<12} skipped: it is not installed (and not needed)")
            continue
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench_form", name], capture_output=True, text=True, check=True
        )
        found[name] = json.loads(done.stdout.splitlines()[-1])
    for name, (cold, warm, peak, base, size, pages) in found.items():
        ratio = warm / found["reportlab"][1]
        print(
            f"{name:<12}{cold:>8.2f}{warm:>8.2f}{peak:>9.0f}{base:>8.0f}{size / 1024:>7.0f}{pages:>7}{ratio:>15.1f}"
        )


if __name__ == "__main__":
    main()
