"""Hostile and honest pictures (C01…C03, C05, T19, T20, X-15)."""

import contextlib
import io
import random

import pytest
from PIL import Image

from app.dossier import crops, portraits
from app.dossier.decoding import Decoder
from app.dossier.images import Limits, safe_name, scan
from app.errors import FileRefused
from tests.dossier.pictures import huge_png, jpeg, png

pytestmark = pytest.mark.once

LIMITS = Limits(bytes=10 * 2**20, pixels=40_000_000)
SECRET = b"document.cookie"


def portrait(name: str, content: bytes, limits: Limits) -> bytes:
    """The middle of a picture as a photo."""
    picture = portraits.original(name, content, limits)
    crop = crops.middle(portraits.size_of(picture.content))
    return portraits.cut(picture.name, picture.content, crop).content


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("工具.jpg", b"MZ\x90\x00" + bytes(500), "已损坏或不是图片"),
        ("工具.exe", jpeg(), "只支持 JPG、PNG、WebP、HEIC 图片和 PDF"),
        ("证书.heic", b"ftypheic", "已损坏或不是图片"),
        ("证书.pdf", b"%PDF-1.7", "此处只收图片"),
        ("证书.png", jpeg(), "内容与扩展名不一致"),
        ("证书.jpg", png(), "内容与扩展名不一致"),
        (
            "图.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "只支持 JPG、PNG",
        ),
        ("图.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "已损坏或不是图片"),
        ("图.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "已损坏或不是图片"),
        ("图.png", b"GIF89a" + bytes(50), "已损坏或不是图片"),
        ("截断.jpg", jpeg()[:400], "已损坏或不是图片"),
        ("截断.png", png()[:60], "已损坏或不是图片"),
        ("空.jpg", b"", "文件是空的"),
        ("名.jpg\x00.exe", jpeg(), "只支持 JPG、PNG"),
        ("没有后缀", jpeg(), "只支持 JPG、PNG"),
    ],
    ids=range(15),
)
def test_what_is_no_picture_is_refused_with_the_reason(name, content, message):
    with pytest.raises(FileRefused) as refused:
        scan(name, content, LIMITS)

    assert message in str(refused.value)


@pytest.mark.parametrize("edge", [7_000, 13_000, 20_000])
def test_a_bomb_is_refused_before_it_unfolds(edge):
    with pytest.raises(FileRefused, match="像素超过 4000 万"):
        scan("大图.png", huge_png(edge), LIMITS)


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(FileRefused, match="超过 1 MB"):
        scan("大.jpg", jpeg() + bytes(2**20), Limits(bytes=2**20, pixels=40_000_000))


def test_nothing_but_pixels_survives():
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    hostile = jpeg(comment=b"<script>" + SECRET, exif=exif, icc_profile=SECRET * 20) + SECRET

    clean = scan("图.jpg", hostile, LIMITS).content

    assert SECRET in hostile
    assert SECRET not in clean
    assert opened(clean).size == (600, 800)
    assert not opened(clean).getexif()


def test_a_turned_picture_is_put_upright_and_a_large_one_reduced():
    exif = Image.Exif()
    exif[0x0112] = 6

    assert opened(scan("图.jpg", jpeg(600, 800, exif=exif), LIMITS).content).size == (800, 600)
    assert opened(scan("灰.jpg", jpeg(600, 800, mode="L", exif=exif), LIMITS).content).size == (800, 600)
    assert max(opened(scan("图.JPG", jpeg(5000, 4000), LIMITS).content).size) == 3000


def test_what_was_transparent_becomes_white():
    for mode, colour in (("RGBA", (0, 0, 0, 0)), ("LA", (0, 0))):
        content = scan("章.png", png(10, 10, mode, colour), LIMITS).content
        assert opened(content).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK"])
def test_every_kind_of_pixel_becomes_the_same_kind(mode):
    buffer = io.BytesIO()
    name, kind = ("图.jpg", "JPEG") if mode == "CMYK" else ("图.png", "PNG")
    Image.new(mode, (20, 30)).save(buffer, kind)

    assert opened(scan(name, buffer.getvalue(), LIMITS).content).mode == "RGB"


@pytest.mark.parametrize(("width", "height"), [(390, 567), (1200, 800), (800, 3000), (398, 567)])
def test_a_photo_is_cut_to_390_by_567_and_stays_under_500_kb(width, height):
    noise = Image.effect_noise((width, height), 90).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")

    photo = portrait("照片.png", buffer.getvalue(), LIMITS)

    assert opened(photo).size == (390, 567)
    assert len(photo) <= 500 * 1024


def test_a_photo_that_is_too_small_is_refused_with_both_sizes():
    with pytest.raises(FileRefused, match="现在宽 295、高 413"):
        portrait("照片.jpg", jpeg(295, 413), LIMITS)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\扫描\\证书.jpg", "证书.jpg"),
        ("名\x00称\r\nX-Evil: 1.jpg", "名称 X-Evil: 1.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("..", "file"),
        ("长" * 300 + ".jpg", "长" * 96 + ".jpg"),
    ],
    ids=range(6),
)
def test_a_name_is_only_ever_a_name(sent, kept):
    assert safe_name(sent) == kept


def test_a_thousand_mutants_are_pictures_or_refused():
    """T20: decoders raise anything; nothing but FileRefused comes out."""
    chance = random.Random(20)
    originals = [("图.jpg", jpeg(64, 64)), ("图.png", png(64, 64))]
    with Decoder() as decoder:
        for _ in range(1000):
            name, content = chance.choice(originals)
            mutant = bytearray(content)
            for _ in range(chance.randint(1, 8)):
                mutant[chance.randrange(len(mutant))] = chance.randrange(256)
            with contextlib.suppress(FileRefused):
                rebuilt = scan(name, bytes(mutant[: chance.randint(20, len(mutant))]), LIMITS, decoder)
                assert opened(rebuilt.content).format == "JPEG"
