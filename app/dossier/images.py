"""Uploaded files, rebuilt from their pixels: what is stored is ours, byte for byte (C01…C03, C06, T19, T20)."""

import io
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image

from ..errors import FileRefused
from ..vocabulary import N_
from . import binder, decoder
from .decoding import Busy, Decoder, Page, Undeveloped
from .rules import clean

MIME = "image/jpeg"
LONGEST_EDGE = 3000
QUALITIES = (90, 80, 70, 60)
PHOTO_SIZE = (390, 567)
PHOTO_BYTES = 500 * 1024
NAME_LENGTH = 100
SMALL_EDGE = 320
# Pillow turns the other way round.
TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
PDF = ".pdf"

WRONG_TYPE = N_("“%(name)s”不能上传：只支持 JPG、PNG、WebP、HEIC 图片和 PDF，可另存为 JPG 后上传")
NO_PDF = N_("“%(name)s”不能上传：此处只收图片，把 PDF 的每一页另存为 JPG 后上传")
UNREADABLE = N_("“%(name)s”不能上传：文件已损坏或不是图片、PDF，重新拍照或扫描后上传")
MISMATCH = N_("“%(name)s”不能上传：文件的内容与扩展名不一致，另存为 JPG 后上传")
TOO_LARGE = N_("“%(name)s”不能上传：文件超过 %(limit)s MB，压缩后上传")
TOO_MANY_PIXELS = N_("“%(name)s”不能上传：图片的像素超过 %(limit)s 万，缩小后上传")
TOO_MANY_PAGES = N_("“%(name)s”不能上传：PDF 超过 %(limit)s 页，拆成几个文件后上传")
ENCRYPTED = N_("“%(name)s”不能上传：PDF 需要密码才能打开，去掉密码或截图后上传")
EMPTY = N_("“%(name)s”不能上传：文件是空的，重新选择文件")
BUSY = N_("“%(name)s”没有上传：正在处理的文件太多，过一分钟再上传")
PHOTO_TOO_SMALL = N_(
    "“%(name)s”不能用作照片：至少宽 %(least_width)s、高 %(least_height)s 像素，"
    "现在宽 %(width)s、高 %(height)s"
)


@dataclass(frozen=True)
class Limits:
    bytes: int
    pixels: int
    pages: int = 20


@dataclass(frozen=True)
class Picture:
    """A name fit for a header and the bytes of a JPEG without anything but pixels, or of a PDF of such."""

    name: str
    content: bytes
    mime: str = MIME
    pages: int = 1
    width: int = 0
    height: int = 0
    doubts: tuple[str, ...] = ()


def scan(filename: str, content: bytes, limits: Limits, decoder: Decoder | None = None) -> Picture:
    """A picture: upright, at most 3000 pixels long. Raises FileRefused."""
    name = safe_name(filename)
    (page,) = _pages(name, content, limits, decoder)
    return _picture(name, page)


def document(filename: str, content: bytes, limits: Limits, decoder: Decoder | None = None) -> Picture:
    """A picture as scan() makes it, or a PDF as a PDF of the pictures of its pages. Raises FileRefused."""
    name = safe_name(filename)
    pages = _pages(name, content, limits, decoder, pdf=True)
    return bound(name, pages) if _suffix(name) == PDF else _picture(name, pages[0])


def bound(name: str, pages: list[Page]) -> Picture:
    """Pages of our own as a PDF."""
    doubts = tuple(dict.fromkeys(word for page in pages for word in page.doubts))
    width, height = pages[0].width, pages[0].height
    return Picture(
        f"{PurePath(name).stem}{PDF}", binder.bind(pages), binder.MIME, len(pages), width, height, doubts
    )


def safe_name(filename: str) -> str:
    """The last part of a file's name, visible characters only; it is shown, never used as a path (C05)."""
    last = clean(filename.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    stem, suffix = PurePath(last or "file").stem, PurePath(last).suffix
    return stem[: NAME_LENGTH - len(suffix)] + suffix[:10]


def _jpeg_name(name: str) -> str:
    return f"{PurePath(name).stem}.jpg"


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _picture(name: str, page: Page) -> Picture:
    return Picture(_jpeg_name(name), page.content, width=page.width, height=page.height, doubts=page.doubts)


def _pages(name: str, content: bytes, limits: Limits, room: Decoder | None, pdf: bool = False) -> list[Page]:
    """What the dark room makes of a file; every failure of a decoder is the same refusal (T20)."""
    suffix = _suffix(name)
    if suffix not in decoder.FORMATS:
        raise FileRefused(WRONG_TYPE, name=name)
    if suffix == PDF and not pdf:
        raise FileRefused(NO_PDF, name=name)
    if not content:
        raise FileRefused(EMPTY, name=name)
    if len(content) > limits.bytes:
        raise FileRefused(TOO_LARGE, name=name, limit=limits.bytes // 2**20)
    if room is None:
        with Decoder() as own:
            return _pages(name, content, limits, own, pdf)
    try:
        found = room.develop(suffix, content, pixels=limits.pixels, pages=limits.pages, edge=LONGEST_EDGE)
    except Busy:
        raise FileRefused(BUSY, name=name) from None
    if isinstance(found, Undeveloped):
        raise _refusal(found.word, suffix, name, limits)
    return found


def _refusal(word: str, suffix: str, name: str, limits: Limits) -> FileRefused:
    if word == decoder.TOO_MANY_PIXELS:
        allowed = limits.pixels / decoder.COST.get(decoder.FORMATS[suffix][0], 1)
        return FileRefused(TOO_MANY_PIXELS, name=name, limit=int(allowed) // 10_000)
    if word == decoder.TOO_MANY_PAGES:
        return FileRefused(TOO_MANY_PAGES, name=name, limit=limits.pages)
    message = {decoder.MISMATCH: MISMATCH, decoder.ENCRYPTED: ENCRYPTED}.get(word, UNREADABLE)
    return FileRefused(message, name=name)


def _encoded(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def sheet(stored: bytes, mime: str, name: str, page: int = 1, turn: int = 0) -> Picture:
    """One page of a stored file as a JPEG, turned clockwise by so many degrees. IndexError past its last page."""
    content = binder.leaves(stored)[page - 1].content if mime == binder.MIME else (stored,)[page - 1]
    return Picture(_jpeg_name(name), _turned(content, turn).content if turn else content)


def small(stored: bytes, mime: str, name: str) -> Picture:
    """The first page at most 320 pixels long; a JPEG is decoded no larger than that needs."""
    with Image.open(io.BytesIO(sheet(stored, mime, name).content), formats=("JPEG",)) as image:
        image.draft("RGB", (SMALL_EDGE, SMALL_EDGE))
        image.thumbnail((SMALL_EDGE, SMALL_EDGE))
        return Picture(_jpeg_name(name), _encoded(image, QUALITIES[1]))


def turned(stored: bytes, mime: str, name: str, page: int, turn: int) -> Picture:
    """The file with one page turned clockwise by so many degrees. IndexError past its last page."""
    pages = binder.leaves(stored) if mime == binder.MIME else [Page(stored, 0, 0, ())]
    pages[page - 1] = _turned(pages[page - 1].content, turn)
    return bound(name, pages) if mime == binder.MIME else _picture(name, pages[0])


def _turned(content: bytes, turn: int) -> Page:
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        upright = image.transpose(TURNS[turn])
    return Page(_encoded(upright, QUALITIES[0]), upright.width, upright.height, ())
