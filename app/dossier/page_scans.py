"""Scans of the stamped page: taken in, cut, straightened and looked over (ATT-04).

What is opened here is ours: pixels that the decoder's child has rebuilt from the upload.
"""

import io
import math
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageOps

from ..errors import FileRefused
from ..vocabulary import N_, PageDoubt
from . import page_crops
from .crops import Size
from .decoder import is_blurred
from .images import TURNS, Limits, Picture, document, sheet
from .page_crops import PageCrop

TOO_SMALL = N_(
    "“%(name)s”太小，裁不出一页：至少宽 %(least_width)s、高 %(least_height)s 像素，"
    "现在宽 %(width)s、高 %(height)s。重新扫描，或离近一些拍摄"
)
QUALITY = 90
PREVIEW_EDGE = 640
# Paper in good light is brighter than this where it is brightest.
BRIGHT, LIGHTEST = 165, 0.95
# How far askew is looked for and told of, in tenths of a degree; and how much clearer the lines then stand.
LOOKED_AT, TOLD, CLEARER = 60, 10, 1.2
SKEW_EDGE = 520


def original(filename: str, content: bytes, limits: Limits) -> Picture:
    """The upload rebuilt from its pixels: a picture, or a PDF of pictures. FileRefused where it cannot be read, or
    no page can be cut out of it."""
    picture = document(filename, content, limits)
    require_large_enough((picture.width, picture.height), picture.name)
    return picture


def require_large_enough(size: Size, name: str) -> None:
    """FileRefused says the pixels that are needed and those that are there."""
    if not page_crops.is_large_enough(size):
        raise FileRefused(
            TOO_SMALL, name=name, least_width=page_crops.LEAST, least_height=page_crops.LEAST_HEIGHT,
            width=size[0], height=size[1],
        )  # fmt: skip


def leaf(stored: bytes, mime: str, name: str, page: int) -> bytes:
    """One page of the original as a JPEG, as it came. IndexError past the last."""
    return sheet(stored, mime, name, page).content


def size_of(jpeg: bytes) -> Size:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        return image.size


def cut(name: str, jpeg: bytes, crop: PageCrop) -> Picture:
    """The page: that part of the original at its own resolution, with what looks doubtful about it."""
    image = cut_image(_opened(jpeg), crop)
    buffer = io.BytesIO()
    # Without subsampling: a seal is fine red lines.
    image.save(buffer, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return Picture(
        name, buffer.getvalue(), width=image.width, height=image.height, doubts=tuple(doubts_of(image))
    )


@dataclass(frozen=True)
class Look:
    """A page as it would be cut: small enough to stand in a page of ours, and what looks doubtful about it."""

    preview: bytes
    doubts: list[PageDoubt]


def look(jpeg: bytes, crop: PageCrop) -> Look:
    image = cut_image(_opened(jpeg), crop)
    doubts = doubts_of(image)
    image.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70, optimize=True)
    return Look(buffer.getvalue(), doubts)


def cut_image(image: Image.Image, crop: PageCrop) -> Image.Image:
    """Without a tilt pixel by pixel; with one each is looked up once, so nothing is resampled twice."""
    across, down = page_crops.mat(image.size, crop.turn)
    upright = image.transpose(TURNS[crop.turn]) if crop.turn else image
    if not crop.tilt:
        page = Image.new("RGB", (crop.width, crop.height), "white")
        page.paste(
            upright, ((across - upright.width) // 2 - crop.left, (down - upright.height) // 2 - crop.top)
        )
        return page
    angle = math.radians(crop.tilt / 10)
    cos, sin = math.cos(angle), math.sin(angle)
    # The same half pixel is dropped as above, so that a tilt of nothing moves nothing.
    middle = (
        (across - upright.width) // 2 + upright.width / 2,
        (down - upright.height) // 2 + upright.height / 2,
    )
    x, y = crop.left - middle[0], crop.top - middle[1]
    lookup = (
        cos, sin, x * cos + y * sin + upright.width / 2,
        -sin, cos, y * cos - x * sin + upright.height / 2,
    )  # fmt: skip
    return upright.transform(
        (crop.width, crop.height), Image.Transform.AFFINE, lookup, Image.Resampling.BICUBIC, fillcolor="white"
    )


def straightened(jpeg: bytes, crop: PageCrop) -> int:
    """The tilt at which the lines of the page stand straight, as far as can be seen."""
    return max(
        -page_crops.MOST_TILT,
        min(page_crops.MOST_TILT, crop.tilt + skew_of(cut_image(_opened(jpeg), crop))),
    )


def doubts_of(page: Image.Image) -> list[PageDoubt]:
    """What may be wrong with a page; the person decides."""
    checks = (
        (PageDoubt.SMALL, page.width < page_crops.CLEAR),
        (PageDoubt.BLURRED, is_blurred(page)),
        (PageDoubt.DARK, _is_dark(page)),
        (PageDoubt.SKEWED, abs(skew_of(page)) >= TOLD),
    )
    return [doubt for doubt, holds in checks if holds]


def skew_of(page: Image.Image) -> int:
    """By how much to tilt the page so that its lines run straight, in tenths of a degree; 0 where nothing tells.

    Of the tilts tried that one is best at which ink gathers in the fewest rows and columns: lines of a table and of
    writing then change most from one row to the next.
    """
    ink = ImageOps.invert(ImageOps.autocontrast(page.convert("L"), cutoff=1))
    ink.thumbnail((SKEW_EDGE, SKEW_EDGE))
    # Further in than the corners come that a tilt brings in.
    margin = round(min(ink.size) * 0.12)
    inner = (margin, margin, ink.width - margin, ink.height - margin)
    dark = ink.convert("F")
    scores = {
        tilt: _sharpness(
            # Pillow turns the other way round.
            dark.rotate(-tilt / 10, Image.Resampling.BILINEAR).crop(inner)
        )
        for tilt in range(-LOOKED_AT, LOOKED_AT + 1, page_crops.TILT_STEP)
    }
    best = max(scores, key=lambda tilt: (scores[tilt], -abs(tilt)))
    return best if scores[best] > CLEARER * scores[0] else 0


def _sharpness(dark: Image.Image) -> float:
    """How much the mean of a row, and of a column, differs from the next one's."""
    means = [
        memoryview(dark.resize(size, Image.Resampling.BOX).tobytes()).cast("f")
        for size in ((1, dark.height), (dark.width, 1))
    ]
    return sum((after - before) ** 2 for profile in means for before, after in pairwise(profile))


def _is_dark(page: Image.Image) -> bool:
    histogram = page.convert("L").histogram()
    left = sum(histogram) * LIGHTEST
    for light, count in enumerate(histogram):
        left -= count
        if left <= 0:
            return light < BRIGHT
    return False


def _opened(jpeg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        return image.convert("RGB")
