"""The stamped page cut out of its scan (ATT-04): the mat and the frame, pixel by pixel, straightened, looked over."""

import io
import random

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from app.dossier import page_scans
from app.dossier.page_crops import MOVES, PageCrop, high, inside, mat, moved, parse_tilt, read, whole
from app.dossier.page_scans import cut_image, doubts_of, skew_of
from app.vocabulary import PageDoubt

pytestmark = pytest.mark.once

SIZES = [(1240, 1754), (2100, 2970), (1600, 1200), (900, 2400), (2339, 1654), (420, 594)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_mat_is_the_smallest_a4_that_holds_the_picture(size, turn):
    across, down = mat(size, turn)
    width, height = size if turn % 180 == 0 else size[::-1]
    assert down == int(across * 297 / 210 + 0.5)
    assert across >= width and down >= height
    smaller = across - 1
    assert smaller < width or int(smaller * 297 / 210 + 0.5) < height


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (PageCrop(0, 0, 1240), PageCrop(0, 0, 1240)),
        (PageCrop(-50, -1, 800), PageCrop(0, 0, 800)),
        (PageCrop(900, 2000, 800), PageCrop(440, 623, 800)),
        (PageCrop(0, 0, 99999), PageCrop(0, 0, 1240)),
        (PageCrop(3, 4, 1), PageCrop(3, 4, 420)),
        (PageCrop(0, 0, 900, 0, 450), PageCrop(0, 0, 900, 0, 100)),
        (PageCrop(0, 0, 900, 0, -999), PageCrop(0, 0, 900, 0, -100)),
    ],
)
def test_a_frame_beyond_the_mat_becomes_the_nearest_that_is_not(sent, kept):
    assert inside(sent, (1240, 1754)) == kept


@pytest.mark.parametrize("how", sorted(MOVES))
@pytest.mark.parametrize("size", SIZES)
def test_a_button_never_leaves_the_mat_however_often_it_is_pressed(size, how):
    crop = inside(PageCrop(100, 100, 700), size)
    for _ in range(70):
        crop = moved(crop, size, how)
        assert crop == inside(crop, size)


def test_turning_goes_round_and_tilting_comes_back():
    crop = whole((1600, 1200))
    for turn in (90, 180, 270, 0):
        crop = moved(crop, (1600, 1200), "turn-right")
        assert crop.turn == turn
    assert moved(crop, (1600, 1200), "turn-left").turn == 270
    assert moved(moved(crop, (1600, 1200), "tilt-left"), (1600, 1200), "tilt-right") == crop
    assert moved(crop, (1600, 1200), "tilt-right").tilt == 5


def test_a_crop_is_read_as_it_was_stored():
    crop = PageCrop(12, 34, 800, 270, -15, 3)
    assert str(crop) == "12,34,800,270,-15,3" and read(str(crop)) == crop


@pytest.mark.parametrize(
    ("typed", "tilt"),
    [
        ("0.5", 5), ("-1.5", -15), ("2", 20), ("+3", 30), ("", 0), ("１．５", 15), ("－２", -20), ("0.50", 5), ("-0.5", -5),
        ("45", 450), ("−1°", -10), ("1.25", None), ("x", None), ("1,5", None), ("100", None), ("1.5.2", None), ("--1", None),
    ],
)  # fmt: skip
def test_degrees_are_read_as_people_type_them(typed, tilt):
    assert parse_tilt(typed) == tilt


@pytest.fixture(scope="module")
def noise():
    """No two pixels alike, so that one in a wrong place is seen."""
    dice = random.Random(17)
    image = Image.frombytes("RGB", (700, 1000), dice.randbytes(700 * 1000 * 3))
    return image


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("box", [(0, 0, 420), (37, 51, 455), (5, 200, 500)])
def test_the_cut_is_exact_at_four_turns(noise, turn, box):
    """Against a plain walk: each pixel of the page is that of the turned picture on its mat, or white."""
    crop = inside(PageCrop(*box, turn), noise.size)
    turned = noise.rotate(-turn, expand=True)
    across, down = mat(noise.size, turn)
    left, top = (across - turned.width) // 2, (down - turned.height) // 2
    sheet = Image.new("RGB", (across, down), "white")
    sheet.paste(turned, (left, top))
    expected = sheet.crop((crop.left, crop.top, crop.left + crop.width, crop.top + crop.height))
    page = cut_image(noise, crop)

    assert page.size == (crop.width, high(crop.width))
    assert ImageChops.difference(page, expected).getbbox() is None


def test_the_whole_of_an_a4_scan_is_the_scan_itself(noise):
    scan = Image.frombytes("RGB", (630, 891), random.Random(3).randbytes(630 * 891 * 3))
    assert ImageChops.difference(cut_image(scan, whole(scan.size)), scan).getbbox() is None


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_least_tilt_moves_the_picture_about_its_middle_and_nothing_else(turn):
    """Smooth pictures differ little at a tenth of a degree; one that lies a pixel off differs more."""
    smooth = Image.linear_gradient("L").resize((700, 1000)).convert("RGB").rotate(30, expand=False)
    straight = cut_image(smooth, PageCrop(100, 100, 420, turn))
    tilted = cut_image(smooth, PageCrop(100, 100, 420, turn, 1))
    difference = ImageChops.difference(straight, tilted).convert("L")
    assert sum(difference.histogram()[4:]) < 0.01 * straight.width * straight.height


def page(tilt=0.0, size=(1400, 1980), light=255, scale=1):
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((120, 120, size[0] - 120, size[1] - 120), outline="black", width=5)
    for y in range(240, size[1] - 160, 90):
        draw.line((150, y, size[0] - 150, y), fill="black", width=4)
        draw.rectangle((170, y - 40, 170 + (y * 7) % 700, y - 22), fill="#333333")
    image = image.rotate(-tilt, Image.Resampling.BICUBIC, fillcolor="white")
    return image.point(lambda value: value * light // 255) if light < 255 else image


@pytest.mark.parametrize("tilt", [-5, -3, -1.5, -1, 0, 0.5, 1, 2.5, 4])
def test_how_far_askew_a_page_is(tilt):
    """`tilt` clockwise has to be taken back."""
    assert abs(skew_of(page(tilt)) + tilt * 10) <= 2.5


@pytest.mark.parametrize(
    "blank", [Image.new("RGB", (1300, 1840), "white"), Image.new("RGB", (1300, 1840), "#777777")]
)
def test_where_nothing_tells_it_is_straight(blank):
    assert skew_of(blank) == 0


def test_straightening_makes_it_straight():
    buffer = io.BytesIO()
    page(2).save(buffer, "JPEG", quality=95)
    crop = whole((1400, 1980))
    tilt = page_scans.straightened(buffer.getvalue(), crop)
    assert tilt == -20
    straight = cut_image(page(2), PageCrop(crop.left, crop.top, crop.width, tilt=tilt))
    assert skew_of(straight) == 0


@pytest.mark.parametrize(
    ("image", "doubts"),
    [
        (page(), []),
        (page(size=(1000, 1414)), [PageDoubt.SMALL]),
        (page().filter(ImageFilter.GaussianBlur(9)), [PageDoubt.BLURRED]),
        (page(light=110), [PageDoubt.DARK]),
        (page(3), [PageDoubt.SKEWED]),
        (page(3, light=100).resize((1000, 1414)), [PageDoubt.SMALL, PageDoubt.DARK, PageDoubt.SKEWED]),
    ],
    ids=["clear", "small", "blurred", "dark", "askew", "three at once"],
)
def test_what_looks_doubtful_is_said(image, doubts):
    assert doubts_of(image) == doubts
