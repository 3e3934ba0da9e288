"""The part of a picture that becomes the photo: 33 × 48 mm, 390 × 567 pixels (PRO-03, X-15). Pure Python.

A crop is in pixels of the turned picture. Its height follows from its width, so three numbers and a turn say it.
"""

from dataclasses import dataclass, replace

WIDTH, HEIGHT = 390, 567
TURNS = (0, 90, 180, 270)
Size = tuple[int, int]


@dataclass(frozen=True)
class Crop:
    """`turn` in degrees, clockwise."""

    left: int
    top: int
    width: int
    turn: int = 0

    @property
    def height(self) -> int:
        return round(self.width * HEIGHT / WIDTH)

    def __str__(self) -> str:
        """As it is stored with the original (AttachmentUse.crop)."""
        return f"{self.left},{self.top},{self.width},{self.height},{self.turn}"


def read(stored: str) -> Crop:
    left, top, width, _height, turn = (int(part) for part in stored.split(","))
    return Crop(left, top, width, turn)


def turned(size: Size, turn: int) -> Size:
    """The size of a picture after it was turned."""
    return size if turn % 180 == 0 else (size[1], size[0])


def largest(size: Size, turn: int) -> int:
    """The width of the largest crop of a picture; below WIDTH the picture is too small."""
    width, height = turned(size, turn)
    return min(width, height * WIDTH // HEIGHT)


def middle(size: Size, turn: int = 0) -> Crop:
    """The largest crop, in the middle."""
    width, height = turned(size, turn)
    crop = Crop(0, 0, largest(size, turn), turn)
    return replace(crop, left=(width - crop.width) // 2, top=(height - crop.height) // 2)


def inside(crop: Crop, size: Size) -> Crop:
    """The nearest crop that lies within the picture and is not enlarged by printing."""
    width, height = turned(size, crop.turn)
    fitted = replace(
        crop, width=_between(min(WIDTH, largest(size, crop.turn)), crop.width, largest(size, crop.turn))
    )
    return replace(
        fitted,
        left=_between(0, crop.left, width - fitted.width),
        top=_between(0, crop.top, height - fitted.height),
    )


def moved(crop: Crop, size: Size, how: str) -> Crop:
    """The crop after one of MOVES: a twentieth sideways, a tenth larger or smaller about its middle, or turned."""
    if how in _TURNED:
        return middle(size, (crop.turn + _TURNED[how]) % 360)
    if how in _SCALED:
        width = inside(replace(crop, width=round(crop.width * _SCALED[how])), size).width
        scaled = replace(crop, width=width)
        left = crop.left + (crop.width - width) // 2
        return inside(replace(scaled, left=left, top=crop.top + (crop.height - scaled.height) // 2), size)
    across, down = _SHIFTED[how]
    step = max(1, crop.width // 20)
    return inside(replace(crop, left=crop.left + across * step, top=crop.top + down * step), size)


def _between(low: int, number: int, high: int) -> int:
    return max(low, min(number, high))


# The frame moves over the picture. A closer look is a smaller frame.
_SHIFTED = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_SCALED = {"closer": 0.9, "wider": 1.1}
_TURNED = {"turn-left": 270, "turn-right": 90}
MOVES = frozenset({*_SHIFTED, *_SCALED, *_TURNED})
