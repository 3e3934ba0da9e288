"""Uploaded pictures, rebuilt from their pixels: what is stored is ours, byte for byte (C01…C03, T19, T20)."""

import io
import warnings
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, ImageOps

from ..errors import FileRefused
from ..vocabulary import N_
from .rules import clean

# A warning would let the decoder go on with hundreds of megabytes (T19).
warnings.simplefilter("error", Image.DecompressionBombWarning)

FORMATS = ("JPEG", "PNG", "WEBP")
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
MIME = "image/jpeg"
LONGEST_EDGE = 3000
QUALITIES = (90, 80, 70, 60)
PHOTO_SIZE = (390, 567)
PHOTO_BYTES = 500 * 1024
NAME_LENGTH = 100

WRONG_TYPE = N_("“%(name)s”不能上传：只支持 JPG、PNG 图片，可在手机或电脑上另存为 JPG 后上传")
NO_PDF = N_("“%(name)s”不能上传：暂不支持 PDF，把每一页另存为 JPG 或 PNG 图片后上传")
UNREADABLE = N_("“%(name)s”不能上传：图片已损坏或不是图片，重新拍照或扫描后上传")
TOO_LARGE = N_("“%(name)s”不能上传：文件超过 %(limit)s MB，压缩后上传")
TOO_MANY_PIXELS = N_("“%(name)s”不能上传：图片的像素超过 %(limit)s 万，缩小后上传")
EMPTY = N_("“%(name)s”不能上传：文件是空的，重新选择文件")
PHOTO_TOO_SMALL = N_(
    "“%(name)s”不能用作照片：至少宽 %(least_width)s、高 %(least_height)s 像素，"
    "现在宽 %(width)s、高 %(height)s"
)


@dataclass(frozen=True)
class Limits:
    bytes: int
    pixels: int


@dataclass(frozen=True)
class Picture:
    """A name fit for a header and the bytes of a JPEG without anything but pixels."""

    name: str
    content: bytes
    mime: str = MIME


def scan(filename: str, content: bytes, limits: Limits) -> Picture:
    """A scan or a phone's picture: upright, at most 3000 pixels long. Raises FileRefused."""
    name = safe_name(filename)
    image = _decoded(name, content, limits)
    return Picture(_jpeg_name(name), _encoded(image, QUALITIES[1]))


def portrait(filename: str, content: bytes, limits: Limits) -> Picture:
    """The form's photo: the middle of the picture, 390 wide and 567 high, under 500 KB (PRO-03, X-15)."""
    name = safe_name(filename)
    image = _decoded(name, content, limits)
    width, height = PHOTO_SIZE
    if image.width < width or image.height < height:
        raise FileRefused(
            PHOTO_TOO_SMALL,
            name=name, least_width=width, least_height=height, width=image.width, height=image.height,
        )  # fmt: skip
    fitted = ImageOps.fit(image, PHOTO_SIZE, Image.Resampling.LANCZOS)
    encoded = (_encoded(fitted, quality) for quality in QUALITIES)
    return Picture(_jpeg_name(name), next(each for each in encoded if len(each) <= PHOTO_BYTES))


def safe_name(filename: str) -> str:
    """The last part of a file's name, visible characters only; it is shown, never used as a path (C05)."""
    last = clean(filename.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    stem, suffix = PurePath(last or "file").stem, PurePath(last).suffix
    return stem[: NAME_LENGTH - len(suffix)] + suffix[:10]


def _jpeg_name(name: str) -> str:
    return f"{PurePath(name).stem}.jpg"


def _decoded(name: str, content: bytes, limits: Limits) -> Image.Image:
    """The picture, upright, reduced, in RGB on white; every failure of a decoder is the same refusal (T20)."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise FileRefused(NO_PDF if suffix == ".pdf" else WRONG_TYPE, name=name)
    if not content:
        raise FileRefused(EMPTY, name=name)
    if len(content) > limits.bytes:
        raise FileRefused(TOO_LARGE, name=name, limit=limits.bytes // 2**20)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > limits.pixels:
                raise Image.DecompressionBombError
            image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
            return _on_white(ImageOps.exif_transpose(_reduced(image)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused(TOO_MANY_PIXELS, name=name, limit=limits.pixels // 10_000) from error
    except Exception as error:
        raise FileRefused(UNREADABLE, name=name) from error


def _reduced(image: Image.Image) -> Image.Image:
    """At most 3000 pixels long, before anything else copies it: a large scan must not fill the memory."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    reduced = image if image.mode == mode else image.convert(mode)
    reduced.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
    return reduced


def _on_white(image: Image.Image) -> Image.Image:
    rebuilt = Image.new("RGB", image.size, "white")
    rebuilt.paste(image, mask=image if image.mode == "RGBA" else None)
    return rebuilt


def _encoded(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()
