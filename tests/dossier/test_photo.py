"""The photo: a frame in numbers over the kept original, pixel by pixel (PRO-03, X-15, C03, B09)."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from app.dossier.crops import Crop, inside, middle, moved
from app.models import PHOTO, PHOTO_ORIGINAL, Attachment, AttachmentUse, Person, Snapshot
from app.vocabulary import Stage
from tests import factories

pytestmark = pytest.mark.once

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 160, 60), (30, 60, 200), (230, 200, 20)
SIZE = (1200, 1600)
SECRET = b"GPS 25.04N 102.71E"


def quadrants(size=SIZE, **saved) -> bytes:
    """Red and green above blue and yellow."""
    image = Image.new("RGB", size)
    width, height = size[0] // 2, size[1] // 2
    for place, colour in zip(
        [(0, 0), (width, 0), (0, height), (width, height)], (RED, GREEN, BLUE, YELLOW), strict=True
    ):
        image.paste(colour, (*place, place[0] + width, place[1] + height))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, **saved)
    return buffer.getvalue()


def upload(client, content: bytes, name: str = "照片.jpg"):
    return client.post("/person/photo", data={"photo": (io.BytesIO(content), name)})


def send(client, left, top, width, turn=0, do="save"):
    return client.post(
        "/person/photo/crop", data={"left": left, "top": top, "width": width, "turn": turn, "do": do}
    )


def use_of(session, person, slug) -> AttachmentUse:
    session.expire_all()
    return session.scalars(
        select(AttachmentUse).where(AttachmentUse.owner_id == person.id, AttachmentUse.section_slug == slug)
    ).one()


def photo_of(client, session, person) -> Image.Image:
    answer = client.get(f"/attachments/{use_of(session, person, PHOTO).attachment_id}")
    assert answer.status_code == 200 and len(answer.data) <= 500 * 1024
    return Image.open(io.BytesIO(answer.data))


def close(found, expected) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(found, expected, strict=True))


def corners(photo: Image.Image) -> list:
    """Ten pixels away from each corner, row by row."""
    right, low = photo.width - 10, photo.height - 10
    return [photo.getpixel(place) for place in ((10, 10), (right, 10), (10, low), (right, low))]


def test_an_upload_is_the_middle_at_first(session, person, own):
    assert upload(own, quadrants()).status_code == 302

    photo = photo_of(own, session, person)
    assert (photo.size, photo.format, photo.mode) == ((390, 567), "JPEG", "RGB")
    assert all(map(close, corners(photo), (RED, GREEN, BLUE, YELLOW)))
    assert use_of(session, person, PHOTO_ORIGINAL).crop == "50,0,1100,1599,0"


CUTS = [
    # left, top, width, turn: the colours of the corners
    (0, 0, 500, 0, (RED, RED, RED, RED)),
    (700, 0, 500, 0, (GREEN, GREEN, GREEN, GREEN)),
    (0, 860, 500, 0, (BLUE, BLUE, BLUE, BLUE)),
    (700, 860, 500, 0, (YELLOW, YELLOW, YELLOW, YELLOW)),
    (350, 100, 480, 0, (RED, GREEN, RED, GREEN)),
    (100, 500, 400, 0, (RED, RED, BLUE, BLUE)),
    # turned to the right the left half is on top: blue red / yellow green
    (500, 240, 600, 90, (BLUE, RED, YELLOW, GREEN)),
    (500, 0, 400, 90, (BLUE, RED, BLUE, RED)),
    (300, 360, 600, 180, (YELLOW, BLUE, GREEN, RED)),
    (500, 240, 600, 270, (GREEN, YELLOW, RED, BLUE)),
]


@pytest.mark.parametrize(("left", "top", "width", "turn", "colours"), CUTS)
def test_the_numbers_say_which_pixels(session, person, own, left, top, width, turn, colours):
    upload(own, quadrants())
    assert send(own, left, top, width, turn).status_code == 302

    photo = photo_of(own, session, person)
    assert photo.size == (390, 567)
    assert all(map(close, corners(photo), colours)), corners(photo)


def test_the_edge_between_two_colours_lies_where_the_numbers_put_it(session, person, own):
    upload(own, quadrants())
    send(own, 405, 100, 390)  # one to one: the border at 600 is column 195

    photo = photo_of(own, session, person)
    assert close(photo.getpixel((195 - 9, 200)), RED) and close(photo.getpixel((195 + 9, 200)), GREEN)


CLAMPED = [
    ((-50, -80, 500, 0), "0,0,500,727,0"),
    ((5000, 5000, 500, 0), "700,873,500,727,0"),
    ((0, 0, 100, 0), "0,0,390,567,0"),
    ((0, 0, 99999, 0), "0,0,1100,1599,0"),
    ((9999, 9999, 9999, 90), "775,1,825,1199,90"),
]


@pytest.mark.parametrize(("sent", "kept"), CLAMPED)
def test_a_frame_outside_of_the_picture_is_moved_to_its_edge_and_that_is_said(
    session, person, own, sent, kept
):
    upload(own, quadrants())
    assert send(own, *sent).status_code == 302

    assert use_of(session, person, PHOTO_ORIGINAL).crop == kept
    assert "超出图片的部分已移到图片边缘" in own.get("/person/photo").text


@pytest.mark.parametrize(
    "bad",
    [
        ("", 0, 500, 0),
        ("左", 0, 500, 0),
        (0, 0, "1e3", 0),
        (0, 0, 500, 45),
        (0, 0, 500, ""),
        ("9" * 40, 0, 500, 0),
    ],
)
def test_what_is_no_number_is_refused_and_kept(session, person, own, bad):
    upload(own, quadrants())
    before = use_of(session, person, PHOTO).attachment_id
    answer = send(own, *bad)

    assert answer.status_code == 422
    assert "左、上、宽应为整数" in answer.text
    assert f'name="left" value="{bad[0]}"' in answer.text
    assert use_of(session, person, PHOTO).attachment_id == before


STEPS = [
    ("left", "275,300,500"), ("right", "325,300,500"), ("up", "300,275,500"), ("down", "300,325,500"),
    ("closer", "325,336,450"), ("wider", "275,263,550"),
]  # fmt: skip


@pytest.mark.parametrize(("do", "shown"), STEPS)
def test_each_button_moves_the_frame_without_scripts_and_saves_nothing(session, person, own, do, shown):
    upload(own, quadrants())
    before = use_of(session, person, PHOTO).attachment_id
    answer = send(own, 300, 300, 500, do=do)

    boxes = dict(re.findall(r'name="(left|top|width)" value="(\d+)"', answer.text))
    assert answer.status_code == 200
    assert ",".join((boxes["left"], boxes["top"], boxes["width"])) == shown
    assert "data:image/jpeg;base64," in answer.text and "尚未保存" in answer.text
    assert use_of(session, person, PHOTO).attachment_id == before


def test_turning_goes_round_and_comes_back():
    crop = middle(SIZE)
    for turn in (90, 180, 270, 0):
        crop = moved(crop, SIZE, "turn-right")
        assert crop.turn == turn and crop == inside(crop, SIZE)
    assert crop == middle(SIZE)
    assert moved(crop, SIZE, "turn-left").turn == 270


def test_the_frame_stays_inside_however_often_a_button_is_pressed():
    for how in ("left", "right", "up", "down", "closer", "wider"):
        crop = Crop(300, 300, 500)
        for _ in range(60):
            crop = moved(crop, SIZE, how)
            assert crop.left >= 0 and crop.top >= 0 and crop.width >= 390
            assert crop.left + crop.width <= SIZE[0] and crop.top + crop.height <= SIZE[1]


def test_it_can_be_cut_again_from_the_kept_original(app, session, person, own):
    upload(own, quadrants())
    send(own, 0, 0, 400)
    small = use_of(session, person, PHOTO).attachment_id
    send(own, 50, 0, 1100)

    assert all(map(close, corners(photo_of(own, session, person)), (RED, GREEN, BLUE, YELLOW)))
    assert session.get(Attachment, small) is None
    assert small not in stored(app)
    assert len(session.scalars(select(Attachment).where(Attachment.owner_id == person.id)).all()) == 2


def test_another_picture_replaces_photo_and_original(app, session, person, own):
    upload(own, quadrants())
    old = [use_of(session, person, slug).attachment_id for slug in (PHOTO, PHOTO_ORIGINAL)]
    upload(own, quadrants((800, 1200)), "另一张.jpg")

    new = {use_of(session, person, slug).attachment_id for slug in (PHOTO, PHOTO_ORIGINAL)}
    assert new <= stored(app) and not set(old) & stored(app)
    assert use_of(session, person, PHOTO_ORIGINAL).attachment.name == "另一张.jpg"


def stored(app) -> set[str]:
    return {each.name for each in Path(app.config["PRIVATE_ROOT"]).rglob("*") if each.is_file()}


def test_metadata_is_gone_from_both(session, person, own):
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = 6  # lying on its side: red is at the top right once it stands
    upload(own, quadrants((1600, 1200), exif=exif, comment=SECRET) + SECRET)

    for slug in (PHOTO, PHOTO_ORIGINAL):
        content = own.get(f"/attachments/{use_of(session, person, slug).attachment_id}").data
        assert SECRET not in content and not Image.open(io.BytesIO(content)).getexif()
    assert all(map(close, corners(photo_of(own, session, person)), (BLUE, RED, YELLOW, GREEN)))


def test_too_few_pixels_are_named(session, person, own):
    answer = upload(own, quadrants((389, 800)))
    assert answer.status_code == 422
    assert "至少宽 390、高 567 像素，现在宽 389、高 800" in answer.text
    assert upload(own, quadrants((390, 567))).status_code == 302

    answer = send(own, 0, 0, 390, 90)
    assert answer.status_code == 422
    assert "转动后宽 567、高 390" in answer.text


def test_nothing_is_cut_before_anything_was_uploaded(own):
    answer = send(own, 0, 0, 500)

    assert answer.status_code == 422
    assert "没有可以截取的原图" in answer.text


def test_the_original_is_the_owners_alone(session, sign_in, of):
    application = factories.make_draft()
    person = session.get_one(Person, application.applicant_id)
    session.commit()
    client = of(person)
    upload(client, quadrants())
    photo, original = (use_of(session, person, slug).attachment_id for slug in (PHOTO, PHOTO_ORIGINAL))
    factories.submit(session.merge(application))
    session.commit()
    office = sign_in(factories.clerk_of(application))
    stranger = of(factories.make_applicant())

    assert client.get(f"/attachments/{original}").status_code == 200
    assert stranger.get(f"/attachments/{original}").status_code == 404
    assert office.get(f"/attachments/{photo}").status_code == 200
    assert office.get(f"/attachments/{original}").status_code == 404
    content = session.scalars(select(Snapshot.content).where(Snapshot.application_id == application.id)).one()
    assert photo in content and original not in content


def test_a_photo_that_was_judged_stays_when_it_is_cut_again(app, session, sign_in, of):
    application = factories.make_draft()
    person = session.get_one(Person, application.applicant_id)
    session.commit()
    client = of(person)
    upload(client, quadrants())
    judged = use_of(session, person, PHOTO).attachment_id
    factories.submit(session.merge(application))
    clerk = factories.clerk_of(application)
    factories.operations.return_(
        application, by=clerk, seen=application.version, opinion="补充", at=factories.clock.now()
    )
    session.commit()

    assert send(client, 0, 0, 500).status_code == 302
    assert use_of(session, person, PHOTO).attachment_id != judged
    assert judged in stored(app) and sign_in(clerk).get(f"/attachments/{judged}").status_code == 200


def test_under_review_neither_upload_nor_cut(session, of):
    application = factories.make_application(at=Stage.UNIT)
    person = session.get_one(Person, application.applicant_id)
    client = of(person)

    assert "只读" in client.get("/person/photo").text
    assert upload(client, quadrants()).status_code == 422
    assert send(client, 0, 0, 500).status_code == 422


def test_the_original_is_offered_for_no_other_purpose(session, person, own):
    upload(own, quadrants())

    assert use_of(session, person, PHOTO_ORIGINAL).attachment_id not in own.get("/attachments/").text
