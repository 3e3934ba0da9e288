"""A PDF of pictures, written here to the last byte: pages that each show one JPEG, and nothing else (C06).

What an uploaded PDF held besides pixels has no place to go.
"""

import re
from collections.abc import Sequence

from .decoding import Page

MIME = "application/pdf"
POINTS, DOTS_PER_INCH = 72, 200
HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
# Objects: 1 the catalogue, 2 the list of pages, then for each page itself, its content and its picture.
FIRST, EACH = 3, 3
_PICTURE = re.compile(
    rb"(\d+) 0 obj\n<< /Type /XObject .*?/Width (\d+) /Height (\d+) .*?/Length (\d+) >>\nstream\n"
)


def bind(pages: Sequence[Page]) -> bytes:
    """The pages as one PDF, at 200 dots an inch."""
    kids = b" ".join(b"%d 0 R" % (FIRST + EACH * n) for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
    ]
    for n, page in enumerate(pages):
        objects += _page(FIRST + EACH * n, page)
    out, places = bytearray(HEAD), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _page(number: int, page: Page) -> list[bytes]:
    width, height = (edge * POINTS / DOTS_PER_INCH for edge in (page.width, page.height))
    drawing = b"q %.2f 0 0 %.2f 0 0 cm /P Do Q" % (width, height)
    return [
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R"
        b" /Resources << /XObject << /P %d 0 R >> >> >>" % (width, height, number + 1, number + 2),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB"
        b" /BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream"
        % (page.width, page.height, len(page.content), page.content),
    ]


def leaves(bound: bytes) -> list[Page]:
    """The pages of what bind() has made, byte for byte. ValueError for anything else."""
    if not bound.startswith(HEAD):
        raise ValueError("not bound here")
    start = int(bound[bound.rindex(b"startxref") + 9 :].split(None, 1)[0])
    places = [int(line[:10]) for line in bound[start:].splitlines()[3:-5]]
    return [_leaf(bound, place) for place in places[FIRST + EACH - 2 :: EACH]]


def _leaf(bound: bytes, place: int) -> Page:
    found = _PICTURE.match(bound, place)
    if found is None:
        raise ValueError("not bound here")
    _, width, height, length = map(int, found.groups())
    return Page(bound[found.end() : found.end() + length], width, height, ())
