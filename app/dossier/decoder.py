"""The dark room: uploaded bytes in, pixels of our own out, in a process of its own (C01…C03, C06, T19, T20).

Started by confined.py. On standard input orders, on standard output answers, each a line of JSON with the
sizes of the bytes that follow it. What comes out are JPEGs that hold pixels and nothing else: upright, on
white, at most so long. An answer without pages has a `refusal`, a word of REFUSALS.
"""

import io
import json
import math
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image, ImageFilter, ImageOps, ImageStat

REFUSALS = (UNREADABLE, MISMATCH, TOO_MANY_PIXELS, TOO_MANY_PAGES, ENCRYPTED) = (
    "unreadable", "mismatch", "pixels", "pages", "encrypted",
)  # fmt: skip
# Which decoders may look at a file of that extension.
FORMATS = {
    ".jpg": ("JPEG", "MPO"),
    ".jpeg": ("JPEG", "MPO"),
    ".png": ("PNG",),
    ".webp": ("WEBP",),
    ".heic": ("HEIF",),
    ".heif": ("HEIF",),
    ".pdf": ("PDF",),
}
OPENED = ("JPEG", "PNG", "WEBP", "HEIF")
# How many times the memory of a plain picture its decoder takes: of the pixels allowed, only a part is
# (docs/decisions.md, measured).
COST = {"PROGRESSIVE": 2, "WEBP": 4, "HEIF": 1.6}
PAGE_EDGE, DOTS_PER_INCH, POINTS = 2400, 200, 72
QUALITY = 85
STRIP = 128
SMALL_EDGE = 600
# See is_blurred().
BLUR_EDGE, TILE, CONTRAST, SHARP = 1200, 100, 150, 0.12


class Refused(Exception):
    """A word of REFUSALS."""


def main(limit: Callable[[int, int], None], lock_up: Callable[[], None]) -> int:
    """Answer orders until there are no more."""
    head = json.loads(sys.stdin.buffer.readline())
    limit(head["memory"], head["seconds"])
    _load_decoders()
    lock_up()
    while line := sys.stdin.buffer.readline():
        order = json.loads(line)
        content = sys.stdin.buffer.read(order["size"])
        try:
            pages = list(developed(content, order))
            answer: dict[str, Any] = {"pages": [page for page, _ in pages]}
        except Refused as refused:
            pages, answer = [], {"refusal": str(refused)}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        for _, encoded in pages:
            sys.stdout.buffer.write(encoded)
        sys.stdout.buffer.flush()
    return 0


def _load_decoders() -> None:
    """Everything that opens files of its own does so before the doors are shut."""
    import pillow_heif
    import pypdfium2  # noqa: F401

    pillow_heif.register_heif_opener(thumbnails=False)
    Image.init()
    # A warning would let the decoder go on with hundreds of megabytes (T19).
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = None


def developed(content: bytes, order: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The pages of a file with what is known of each. Raises Refused, whatever the decoder raised (T20)."""
    try:
        pictures = _pdf_pages if order["suffix"] == ".pdf" else _picture
        for picture in pictures(content, order):
            about = {
                "width": picture.width,
                "height": picture.height,
                "doubts": _doubts(picture),
            }
            encoded = _encoded(picture)
            yield about | {"size": len(encoded)}, encoded
    except Refused:
        raise
    except Exception as error:
        raise Refused(UNREADABLE) from error


def _picture(content: bytes, order: dict[str, Any]) -> Iterator[Image.Image]:
    try:
        image = Image.open(io.BytesIO(content), formats=OPENED)
    except Exception as error:
        raise Refused(UNREADABLE) from error
    with image:
        if image.format not in FORMATS[order["suffix"]]:
            raise Refused(MISMATCH)
        kind = "PROGRESSIVE" if image.info.get("progressive") else str(image.format)
        if image.width * image.height * COST.get(kind, 1) > order["pixels"]:
            raise Refused(TOO_MANY_PIXELS)
        image.draft("RGB", (order["edge"], order["edge"]))
        image.load()
        yield ImageOps.exif_transpose(_reduced(image, order["edge"]))


def _reduced(image: Image.Image, edge: int) -> Image.Image:
    """In RGB on white, at most `edge` pixels long; made strip by strip, so that no second copy is needed."""
    scale = max(1.0, max(image.size) / edge)
    size = max(1, round(image.width / scale)), max(1, round(image.height / scale))
    reduced = Image.new("RGB", size, "white")
    if "exif" in image.info:
        reduced.info["exif"] = image.info["exif"]
    step = image.height / size[1]
    margin = math.ceil(3 * step) + 1 if scale > 1 else 0
    for top in range(0, size[1], STRIP):
        bottom = min(top + STRIP, size[1])
        first = max(0, math.floor(top * step) - margin)
        last = min(image.height, math.ceil(bottom * step) + margin)
        strip = _on_white(image.crop((0, first, image.width, last)))
        box = (0, top * step - first, image.width, min(bottom * step - first, strip.height))
        reduced.paste(
            strip.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box=box) if scale > 1 else strip,
            (0, top),
        )
    return reduced


def _on_white(strip: Image.Image) -> Image.Image:
    if strip.mode.startswith("I;16"):
        strip = strip.convert("I")
    if strip.mode == "I":
        # Sixteen bits of grey: the upper eight are what a screen shows.
        strip = strip.point(lambda value: value * (1 / 256)).convert("L")
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    strip = strip.convert("RGBA")
    white = Image.new("RGBA", strip.size, "white")
    white.alpha_composite(strip)
    return white.convert("RGB")


def _pdf_pages(content: bytes, order: dict[str, Any]) -> Iterator[Image.Image]:
    """What a reader would see of each page. Nothing of the file itself goes on."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD
        raise Refused(ENCRYPTED if locked else UNREADABLE) from error
    try:
        if len(document) > order["pages"]:
            raise Refused(TOO_MANY_PAGES)
        if not len(document):
            raise Refused(UNREADABLE)
        for number in range(len(document)):
            page = document[number]
            longest = max(page.get_size())
            if not 1 <= longest <= 20_000:
                raise Refused(UNREADABLE)
            bitmap = page.render(scale=min(DOTS_PER_INCH / POINTS, PAGE_EDGE / longest), rev_byteorder=True)
            yield bitmap.to_pil().convert("RGB")
            bitmap.close()
            page.close()
    finally:
        document.close()


def _doubts(picture: Image.Image) -> list[str]:
    return [
        word
        for word, holds in (("blurred", is_blurred(picture)), ("small", min(picture.size) < SMALL_EDGE))
        if holds
    ]


def is_blurred(picture: Image.Image) -> bool:
    """Whether even the sharpest part has no sharp edge: variance of the Laplacian against variance of grey.

    Looked at are tiles of a grey copy 1200 pixels long; empty paper has no contrast and says nothing.
    """
    grey = picture.convert("L")
    grey.thumbnail((BLUR_EDGE, BLUR_EDGE))
    laplacian = grey.filter(ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128))
    found = [ratio for box in _tiles(grey) if (ratio := _sharpness(grey.crop(box), laplacian.crop(box)))]
    return bool(found) and max(found) < SHARP


def _tiles(grey: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    for left in range(1, grey.width - TILE, TILE):
        for top in range(1, grey.height - TILE, TILE):
            yield left, top, left + TILE, top + TILE


def _sharpness(grey: Image.Image, laplacian: Image.Image) -> float:
    contrast = ImageStat.Stat(grey).var[0]
    return ImageStat.Stat(laplacian).var[0] / contrast if contrast > CONTRAST else 0.0


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, optimize=True, exif=b"", icc_profile=None)
    return buffer.getvalue()
