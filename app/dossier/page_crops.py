"""The part of a scan that becomes the stamped page: upright A4, chosen by numbers (ATT-04). Pure Python.

The picture lies on a mat: the smallest A4 sheet that holds all of it once it is turned, its middle on the mat's. Left,
top and width count pixels of the mat, so a frame may take in the whole picture, whatever its shape; what lies beside
the picture is white. Straightening turns the picture about that middle, under a mat that stays.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

from .crops import Size, turned

ACROSS, DOWN = 210, 297
# A4 at 50 dots an inch: less is refused. At 150 it can be read; below that the person is told.
LEAST, LEAST_HEIGHT = 420, 594
CLEAR, CLEAR_HEIGHT = 1240, 1754
# In tenths of a degree, as the numbers of a tilt are.
MOST_TILT, TILT_STEP = 100, 5


@dataclass(frozen=True)
class PageCrop:
    """`turn` in degrees and `tilt` in tenths of one, both clockwise; `page` of a PDF, from 1."""

    left: int
    top: int
    width: int
    turn: int = 0
    tilt: int = 0
    page: int = 1

    @property
    def height(self) -> int:
        return high(self.width)

    def __str__(self) -> str:
        """As it is stored (StampedPage.crop)."""
        return f"{self.left},{self.top},{self.width},{self.turn},{self.tilt},{self.page}"


def read(stored: str) -> PageCrop:
    return PageCrop(*map(int, stored.split(",")))


def high(width: int) -> int:
    """The height of A4 of that width; a half counts as one more, as in the browser."""
    return (2 * width * DOWN + ACROSS) // (2 * ACROSS)


def mat(size: Size, turn: int = 0) -> Size:
    """The sheet that a picture lies on."""
    width, height = turned(size, turn)
    across = max(width, -(-(2 * height - 1) * ACROSS // (2 * DOWN)))
    return across, high(across)


def is_large_enough(size: Size) -> bool:
    """Whether a page can be cut out of such a picture."""
    return min(size) >= LEAST and max(size) >= LEAST_HEIGHT


def whole(size: Size, turn: int = 0, page: int = 1) -> PageCrop:
    """Everything: no edge of the paper is lost before somebody has looked."""
    return PageCrop(0, 0, mat(size, turn)[0], turn, page=page)


def inside(crop: PageCrop, size: Size) -> PageCrop:
    """The nearest frame that lies on the mat, is no smaller than LEAST and tilts no further than MOST_TILT."""
    across, down = mat(size, crop.turn)
    fitted = replace(
        crop,
        width=_between(min(LEAST, across), crop.width, across),
        tilt=_between(-MOST_TILT, crop.tilt, MOST_TILT),
    )
    return replace(
        fitted,
        left=_between(0, crop.left, across - fitted.width),
        top=_between(0, crop.top, down - fitted.height),
    )


def moved(crop: PageCrop, size: Size, how: str) -> PageCrop:
    """The frame after one of MOVES: a fortieth sideways, a twentieth larger or smaller about its middle, turned, tilted."""
    if how == "whole":
        return whole(size, page=crop.page)
    if how in _TURNED:
        return whole(size, (crop.turn + _TURNED[how]) % 360, crop.page)
    if how in _TILTED:
        return inside(replace(crop, tilt=crop.tilt + _TILTED[how]), size)
    if how in _SCALED:
        scaled = replace(crop, width=round(crop.width * _SCALED[how]))
        scaled = replace(scaled, width=inside(scaled, size).width)
        left = crop.left + (crop.width - scaled.width) // 2
        return inside(replace(scaled, left=left, top=crop.top + (crop.height - scaled.height) // 2), size)
    across, down = _SHIFTED[how]
    step = max(1, crop.width // 40)
    return inside(replace(crop, left=crop.left + across * step, top=crop.top + down * step), size)


def parse_tilt(text: str) -> int | None:
    """Tenths of a degree from what was typed in any width of digits; nothing is 0, and what is no number None."""
    found = _DEGREES.fullmatch(unicodedata.normalize("NFKC", text).replace("−", "-").strip(" °") or "0")
    if found is None:
        return None
    sign, whole, tenth = found.groups()
    return (-1 if sign == "-" else 1) * (int(whole) * 10 + int(tenth or 0))


def _between(low: int, number: int, high: int) -> int:
    return max(low, min(number, high))


_DEGREES = re.compile(r"([+-]?)([0-9]{1,2})(?:\.([0-9])0?)?")
# The frame moves over the picture; a closer look is a smaller frame. What is tilted is the picture.
_SHIFTED = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_SCALED = {"closer": 0.95, "wider": 1.05}
_TURNED = {"turn-left": 270, "turn-right": 90}
_TILTED = {"tilt-left": -TILT_STEP, "tilt-right": TILT_STEP}
MOVES = frozenset({*_SHIFTED, *_SCALED, *_TURNED, *_TILTED, "whole"})
