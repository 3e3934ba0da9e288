"""The photo of the form, cut out of the picture that was uploaded (PRO-03, X-15). The original is kept for another cut."""

import io

from PIL import Image

from ..errors import FileRefused
from ..vocabulary import N_
from . import crops
from .crops import Crop, Size
from .images import PHOTO_BYTES, PHOTO_SIZE, PHOTO_TOO_SMALL, QUALITIES, TURNS, Limits, Picture, scan

TOO_SMALL_TURNED = N_(
    "转动后的图片不够大：至少宽 %(least_width)s、高 %(least_height)s 像素，"
    "转动后宽 %(width)s、高 %(height)s。转回去，或换一张图片"
)


def original(filename: str, content: bytes, limits: Limits) -> Picture:
    """The uploaded picture rebuilt from its pixels; FileRefused where the photo cannot be cut out of it."""
    picture = scan(filename, content, limits)
    require_large_enough(size_of(picture.content), 0, picture.name)
    return picture


def size_of(content: bytes) -> Size:
    with Image.open(io.BytesIO(content)) as image:
        return image.size


def require_large_enough(size: Size, turn: int, name: str) -> None:
    """FileRefused says the pixels that are needed and those that are there."""
    if crops.largest(size, turn) < crops.WIDTH:
        (least_width, least_height), (width, height) = PHOTO_SIZE, crops.turned(size, turn)
        raise FileRefused(
            TOO_SMALL_TURNED if turn else PHOTO_TOO_SMALL,
            name=name, least_width=least_width, least_height=least_height, width=width, height=height,
        )  # fmt: skip


def cut(name: str, kept: bytes, crop: Crop) -> Picture:
    """The photo: that part of the original, 390 wide and 567 high, under 500 KB, nothing but pixels."""
    with Image.open(io.BytesIO(kept), formats=("JPEG",)) as image:
        turned = image.transpose(TURNS[crop.turn]) if crop.turn else image
        box = (crop.left, crop.top, crop.left + crop.width, crop.top + crop.height)
        photo = turned.convert("RGB").resize(PHOTO_SIZE, Image.Resampling.LANCZOS, box=box)
    encoded = (_encoded(photo, quality) for quality in QUALITIES)
    content = next(each for each in encoded if len(each) <= PHOTO_BYTES)
    return Picture(name, content, width=PHOTO_SIZE[0], height=PHOTO_SIZE[1])


def _encoded(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()
