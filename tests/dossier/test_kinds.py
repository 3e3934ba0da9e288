"""What may be uploaded, in which kinds, and that nothing but pixels is kept (C01…C06, T19, T20, E07)."""

import io
import os
import struct
import zlib
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject, create_string_object
from sqlalchemy import select

from app import clock, create_app
from app.accounts import sessions
from app.dossier import binder, storage
from app.dossier.decoding import Decoder
from app.dossier.images import Limits, document, sheet, small, turned
from app.dossier.sweeping import sweep
from app.errors import FileRefused
from app.models import Attachment, AttachmentRequirement
from tests import factories
from tests.conftest import dispose, settings
from tests.dossier.pictures import huge_png, jpeg, pdf, png

pytestmark = pytest.mark.once

LIMITS = Limits(bytes=10 * 2**20, pixels=40_000_000, pages=20)
SECRET = b"SECRET-8f3a"


def encoded(
    kind: str, size: tuple[int, int] = (640, 800), colour: object = (200, 30, 30), **saved: object
) -> bytes:
    buffer = io.BytesIO()
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.from_pillow(Image.new("RGB", size, colour)).save(buffer, quality=90)
    else:
        Image.new("RGB", size, colour).save(buffer, kind, **saved)
    return buffer.getvalue()


def near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.jpg", encoded("JPEG")),
        ("图.JPEG", encoded("JPEG", progressive=True)),
        ("图.png", encoded("PNG")),
        ("图.webp", encoded("WEBP")),
        ("图.heic", encoded("HEIF")),
        ("图.HEIF", encoded("HEIF")),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_every_kind_of_picture_becomes_a_jpeg_of_the_same_pixels(name, content):
    made = document(name, content, LIMITS)

    assert (made.name, made.mime, made.pages, made.width, made.height) == (
        "图.jpg",
        "image/jpeg",
        1,
        640,
        800,
    )
    with Image.open(io.BytesIO(made.content)) as image:
        assert image.format == "JPEG" and near(image.getpixel((320, 400)), (200, 30, 30))


def test_a_pdf_becomes_a_pdf_of_its_pages_as_pictures():
    made = document("合同.PDF", pdf((210, 297), (297, 210), (50, 60)), LIMITS)

    assert (made.name, made.mime, made.pages) == ("合同.pdf", "application/pdf", 3)
    reader = PdfReader(io.BytesIO(made.content))
    assert [len(page.images) for page in reader.pages] == [1, 1, 1]
    assert not any(page.extract_text().strip() for page in reader.pages)
    leaves = binder.leaves(made.content)
    assert [max(leaf.width, leaf.height) for leaf in leaves] == [pytest.approx(2339, abs=2)] * 2 + [
        pytest.approx(472, abs=2)
    ]
    assert leaves[0].width < leaves[0].height and leaves[1].width > leaves[1].height


def test_only_what_we_have_bound_is_taken_apart():
    with pytest.raises(ValueError):
        binder.leaves(pdf((210, 297)))


def test_a_page_can_be_shown_turned_and_made_small():
    made = document("合同.pdf", pdf((210, 297), (210, 297)), LIMITS)

    page = sheet(made.content, made.mime, made.name, 2, 90)
    with Image.open(io.BytesIO(page.content)) as image:
        assert image.width > image.height
    with Image.open(io.BytesIO(small(made.content, made.mime, made.name).content)) as image:
        assert max(image.size) == 320
    first, second = binder.leaves(turned(made.content, made.mime, made.name, 2, 270).content)
    assert first.width < first.height and second.width > second.height
    with pytest.raises(IndexError):
        sheet(made.content, made.mime, made.name, 3)


def test_turning_right_moves_the_left_edge_to_the_top():
    image = Image.new("RGB", (300, 200), "white")
    image.paste("black", (0, 0, 60, 200))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)

    with Image.open(io.BytesIO(turned(buffer.getvalue(), "image/jpeg", "图.jpg", 1, 90).content)) as right:
        assert right.size == (200, 300)
        assert near(right.getpixel((100, 20)), (0, 0, 0)) and near(
            right.getpixel((100, 280)), (255, 255, 255)
        )


def _png_with(kind: bytes, body: bytes) -> bytes:
    plain = png(64, 64)
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return plain[:33] + chunk + plain[33:]


def _exif(**tags: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    return exif


def _gps() -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 29: SECRET.decode()})
    return exif


def _segment(marker: int, body: bytes) -> bytes:
    plain = jpeg(64, 64)
    return plain[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + plain[2:]


def _text() -> bytes:
    info, buffer = PngImagePlugin.PngInfo(), io.BytesIO()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("Description", SECRET.decode(), "zh", "说明")
    Image.new("RGB", (64, 64)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def _thumbnail() -> bytes:
    """EXIF whose second directory is a thumbnail, a JPEG with the secret in it."""
    inner = jpeg(16, 16, comment=SECRET)
    head = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 0) + struct.pack("<I", 14)
    entries = (
        struct.pack("<H", 2)
        + struct.pack("<HHII", 0x201, 4, 1, 44)
        + struct.pack("<HHII", 0x202, 4, 1, len(inner))
    )
    return _segment(0xE1, head + entries + struct.pack("<I", 0) + inner)


METADATA = {
    "EXIF": (".jpg", lambda: jpeg(64, 64, exif=_exif())),
    "XMP": (".jpg", lambda: _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET)),
    "IPTC": (
        ".jpg",
        lambda: _segment(
            0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10" + b"\x1c\x02\x78\0\x0b" + SECRET
        ),
    ),
    "COM": (".jpg", lambda: jpeg(64, 64, comment=b"<script>" + SECRET)),
    "ICC": (".png", lambda: encoded("PNG", (64, 64), icc_profile=SECRET * 30)),
    "text": (".png", _text),
    "GPS": (".jpg", lambda: jpeg(64, 64, exif=_gps())),
    "tail": (".webp", lambda: encoded("WEBP", (64, 64)) + SECRET),
    "thumbnail": (".jpg", _thumbnail),
}


def test_a_hundred_files_with_nine_kinds_of_metadata_come_out_without_them():
    sent = [(kind, *METADATA[kind]) for turn in range(12) for kind in METADATA][:100]
    seen = set()
    with Decoder() as decoder:
        for kind, suffix, make in sent:
            content = make()
            # a compressed profile does not show its text in the file
            assert SECRET in content or kind == "ICC", kind
            made = document(f"图{suffix}", content, LIMITS, decoder)
            assert SECRET not in made.content, kind
            with Image.open(io.BytesIO(made.content)) as clean:
                assert set(clean.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}, kind
                assert not clean.getexif()
            seen.add(kind)
    assert len(sent) == 100 and len(seen) == 9


def _pdf_with(change, pages: int = 1) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _launch(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
    )


def _javascript(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )


def _xfa(writer: PdfWriter) -> None:
    form = DictionaryObject(
        {NameObject("/XFA"): create_string_object("<xdp/>"), NameObject("/Fields"): ArrayObject()}
    )
    writer.root_object[NameObject("/AcroForm")] = form


ACTIVE = {
    "JavaScript": _javascript,
    "Launch": _launch,
    "EmbeddedFile": lambda writer: writer.add_attachment("a.exe", b"MZ"),
    "XFA": _xfa,
    "URI": lambda writer: writer.add_uri(0, "http://example.invalid/", (0, 0, 100, 100)),
    "metadata": lambda writer: writer.add_metadata({"/Author": SECRET.decode()}),
}
WORDS = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/XFA", b"/URI", b"/AcroForm", b"/OpenAction",
         b"/Names", b"/Annots", b"/Metadata", b"/Author", SECRET)  # fmt: skip


@pytest.mark.parametrize("kind", ACTIVE)
def test_nothing_active_in_a_pdf_survives(kind):
    hostile = _pdf_with(ACTIVE[kind])

    made = document("合同.pdf", hostile, LIMITS)

    assert any(word in hostile for word in WORDS), kind
    # Between the pictures, whose bytes may spell anything, there is only what we wrote.
    written = made.content
    for leaf in binder.leaves(made.content):
        written = written.replace(leaf.content, b"")
    assert not [word for word in WORDS if word in written]
    assert PdfReader(io.BytesIO(made.content)).metadata is None


def _locked(password: str) -> bytes:
    return _pdf_with(lambda writer: writer.encrypt(password, "owner", algorithm="AES-256"))


def _bomb() -> bytes:
    """A page whose picture unfolds to 30,000 × 30,000 pixels."""
    body = zlib.compress(bytes(30_000 * 3000), 9)
    drawing = b"q 200 0 0 300 0 0 cm /P Do Q"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /XObject /Subtype /Image /Width 30000 /Height 30000 /ColorSpace /DeviceRGB /BitsPerComponent 8"
        b" /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(body), body),
    ]
    out = bytearray(b"%PDF-1.4\n")
    for n, each in enumerate(objects, 1):
        out += b"%d 0 obj\n%s\nendobj\n" % (n, each)
    return bytes(out) + b"trailer\n<< /Root 1 0 R /Size 6 >>\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_locked("open"), "需要密码才能打开"),
        (_pdf_with(lambda writer: None, pages=21), "超过 20 页"),
        (b"%PDF-1.7\n%%EOF", "已损坏"),
        (pdf((210, 297))[:200], "已损坏"),
        (jpeg(), "已损坏"),
        (b"", "文件是空的"),
    ],
    ids="password pages broken cut jpeg empty".split(),
)
def test_a_pdf_that_cannot_be_vouched_for_is_refused_in_words(content, message):
    with pytest.raises(FileRefused, match=message):
        document("合同.pdf", content, LIMITS)


def test_a_pdf_that_everybody_may_read_is_taken_whatever_it_forbids_to_print():
    """So come the official proofs of social insurance; what is kept is a picture of them, and locks nothing."""
    made = document("证明.pdf", _locked(""), LIMITS)
    assert (made.pages, PdfReader(io.BytesIO(made.content)).is_encrypted) == (1, False)


def test_a_bomb_in_a_pdf_ends_with_its_child_and_the_next_file_is_read():
    with Decoder() as decoder:
        try:
            bombed = document("炸弹.pdf", _bomb(), LIMITS, decoder)
            assert bombed.pages == 1
        except FileRefused as refused:
            assert "已损坏" in str(refused)
        assert document("图.png", png(), LIMITS, decoder).width == 600


def test_twenty_pages_are_taken():
    assert document("合同.pdf", _pdf_with(lambda writer: None, pages=20), LIMITS).pages == 20


@pytest.mark.parametrize("radius", [0, 8], ids=["sharp", "blurred"])
def test_a_blurred_page_is_told_and_taken(radius):
    from PIL import ImageDraw, ImageFilter

    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for row in range(40):
        for column in range(60):
            if (row * 7 + column * 3) % 5:
                draw.rectangle(
                    (100 + column * 17, 100 + row * 38, 108 + column * 17, 120 + row * 38), fill="black"
                )
    buffer = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(radius)).save(buffer, "PNG")

    assert ("blurred" in document("证.png", buffer.getvalue(), LIMITS).doubts) is bool(radius)


@pytest.mark.parametrize(("edge", "is_small"), [(599, True), (600, False)])
def test_a_small_picture_is_told_and_taken(edge, is_small):
    assert ("small" in document("证.png", png(edge, 900), LIMITS).doubts) is is_small


# Through HTTP.


@pytest.fixture
def requirement(session):
    return session.scalars(select(AttachmentRequirement).where(AttachmentRequirement.no == 1)).one()


def upload(client, requirement, *sent, **given):
    data = {"requirement": requirement.id, "files": [(io.BytesIO(content), name) for name, content in sent]}
    return client.post("/attachments/upload", data=data, **given)


def multipart(requirement, name: str, content: bytes) -> dict:
    """A form as no browser would send it: the test client cannot spell these names."""
    edge = "edge-of-a-part"
    body = (
        f'--{edge}\r\nContent-Disposition: form-data; name="requirement"\r\n\r\n{requirement.id}\r\n'
        f"--{edge}\r\nContent-Disposition: form-data; name=\"files\"; filename*=UTF-8''{quote(name, safe='')}\r\n"
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return {
        "data": body.encode() + content + f"\r\n--{edge}--\r\n".encode(),
        "content_type": f"multipart/form-data; boundary={edge}",
    }


def own_files(session, person):
    return session.scalars(
        select(Attachment).where(Attachment.owner_id == person.id).order_by(Attachment.created_at)
    ).all()


def test_a_bomb_of_13000_pixels_is_refused_politely(session, person, own, requirement):
    answer = upload(own, requirement, ("大图.png", huge_png(13_000)))

    assert answer.status_code == 422
    assert "“大图.png”不能上传：图片的像素超过 4000 万，缩小后上传" in answer.text.replace("&#34;", '"')
    assert own_files(session, person) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/身份证正面.jpg", "身份证正面.jpg"),
        ("C:\\扫描\\身份证正面.jpg", "身份证正面.jpg"),
        ("身份证\r\nX-Evil: 1.jpg", "身份证 X-Evil: 1.jpg"),
        ('身份证"正面".jpg', '身份证"正面".jpg'),
        ("身份证.php.jpg", "身份证.php.jpg"),
        ("身份证正面.JPG", "身份证正面.jpg"),
        ("身份证\x00正面.jpg", "身份证正面.jpg"),
        ("IMG_2034.jpg", "身份证正反面.jpg"),
        ("微信图片_20260101.jpg", "身份证正反面.jpg"),
    ],
    ids=range(9),
)
def test_names_are_served_as_one_header_value(session, own, person, requirement, sent, kept):
    from werkzeug.http import parse_options_header

    own.post("/attachments/upload", **multipart(requirement, sent, jpeg(700, 700)))
    (file,) = own_files(session, person)

    disposition = own.get(f"/attachments/{file.id}").headers.getlist("Content-Disposition")
    assert " ".join(file.name.split()) == " ".join(kept.split())
    assert len(disposition) == 1 and "\n" not in disposition[0]
    assert parse_options_header(disposition[0])[1]["filename"] == file.name


def test_the_second_of_a_name_is_numbered_and_a_duplicate_is_told(session, own, person, requirement):
    upload(own, requirement, ("IMG_1.jpg", jpeg(700, 700)))
    answer = upload(own, requirement, ("IMG_2.jpg", jpeg(700, 700)), headers={"Accept": "application/json"})

    assert [file.name for file in own_files(session, person)] == ["身份证正反面.jpg", "身份证正反面 2.jpg"]
    assert answer.json == [
        {
            "ok": True,
            "doubtful": True,
            "text": "已上传“身份证正反面 2.jpg”，但与已上传的另一个文件内容相同。",
        }
    ]


def test_bytes_of_a_person_have_a_limit(app, session, own, person, requirement):
    app.config["BYTES_PER_PERSON"] = 2000
    try:
        answer = upload(own, requirement, ("证书一.jpg", jpeg(700, 700)))
    finally:
        app.config["BYTES_PER_PERSON"] = 400 * 2**20
    assert answer.status_code == 422 and "达到上限" in answer.text
    assert own_files(session, person) == []
    assert not [
        key for key, _, _ in storage.keys(app.config["PRIVATE_ROOT"]) if not session.get(Attachment, key)
    ]


def test_files_of_a_person_are_counted_by_the_hour(app, session, person, requirement, tmp_path):
    """Two in one request and one more are let in, the fourth is not; what is no file does not count (C04)."""
    limits = {"RATELIMIT_ENABLED": True, "UPLOAD_LIMIT": "3 per hour"}
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    limited = create_app(**{**settings(tmp_path, url), **limits})
    client = limited.test_client()
    key = sessions.open_session(session.get_one(factories.User, person.id), at=clock.now())
    session.commit()
    with client.session_transaction() as cookie:
        cookie.update(_user_id=str(person.id), key=key, _fresh=True)
    session.rollback()
    asked, made = requirement.id, jpeg(700, 700)
    session.rollback()

    def send(*names):
        files = [(io.BytesIO(made), name) for name in names]
        return client.post("/attachments/upload", data={"requirement": asked, "files": files}).status_code

    try:
        assert [send("证书一.jpg", "证书二.jpg"), send(), send("证书三.jpg"), send("证书四.jpg")] == [
            302, 422, 302, 429,
        ]  # fmt: skip
    finally:
        dispose(limited)
    assert (
        len([each for each in tmp_path.rglob("*") if each.is_file() and each.parent.name != "private"]) == 3
    )


def _old(path: Path, hours: int) -> None:
    then = (clock.now() - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))


def test_what_a_crash_left_is_swept_after_a_day_and_nothing_else(app, session, own, person, requirement):
    """The process dies after the file and before the row; or in the middle of the file (E07)."""
    root = Path(app.config["PRIVATE_ROOT"])
    upload(own, requirement, ("证书一.jpg", jpeg(700, 700)))
    (kept,) = own_files(session, person)
    orphan, young = storage.store(root, b"no row"), storage.store(root, b"a row may come")
    (root / "ab").mkdir(exist_ok=True)
    unfinished = root / "ab" / f"{'ab' * 16}.part"
    unfinished.write_bytes(b"half")
    strange = root / "ab" / "notes.txt"
    strange.write_text("not ours")
    for path in (root / orphan[:2] / orphan, root / kept.id[:2] / kept.id, unfinished, strange):
        _old(path, 25)
    _old(root / young[:2] / young, 1)

    swept = sweep(root, at=clock.now())

    assert (swept.orphans, swept.unfinished) == (1, 1)
    assert storage.read(root, kept.id) and storage.read(root, young) and strange.exists()
    assert not unfinished.exists()
    with pytest.raises(FileNotFoundError):
        storage.read(root, orphan)
    answer = app.test_cli_runner().invoke(args=["sweep"])
    assert "没有记录的文件：删除 0 个" in answer.output


def test_rotating_and_replacing_leave_what_was_submitted(session, of, sign_in):
    application = factories.make_draft()
    person = session.get_one(factories.Person, application.applicant_id)
    session.commit()
    client = of(person)
    requirement = session.scalars(select(AttachmentRequirement).where(AttachmentRequirement.no == 3)).one()
    upload(client, requirement, ("毕业证书.jpg", jpeg(640, 800)))
    (file,) = [each for each in own_files(session, person) if each.name == "毕业证书.jpg"]
    key = file.id
    factories.submit(application)
    clerk = factories.clerk_of(application)
    factories.operations.return_(
        application, by=clerk, seen=application.version, opinion="补充", at=factories.clock.now()
    )
    session.commit()

    turned_to = client.post(f"/attachments/{key}/rotate", data={"turn": 90}).location
    new = turned_to.split("/")[2]
    assert new != key
    session.expire_all()
    fresh = session.get_one(Attachment, new)
    assert (fresh.width, fresh.height, fresh.name) == (800, 640, "毕业证书.jpg")
    assert session.get(Attachment, key) is not None
    office = sign_in(clerk)
    assert [office.get(f"/attachments/{each}/pages/1").status_code for each in (key, new)] == [200, 404]
    assert client.post(f"/attachments/{key}/delete").status_code == 409

    data = {"files": [(io.BytesIO(pdf((210, 297))), "扫描.pdf")]}
    last = client.post(f"/attachments/{new}/replace", data=data).location.split("/")[2]
    session.expire_all()
    assert session.get(Attachment, new) is None
    assert session.get_one(Attachment, last).name == "毕业证书.pdf"
    assert "用于：毕业证书和学位证书图片" in client.get("/attachments/").text


def test_a_file_is_renamed_and_an_empty_name_is_refused(session, own, person, requirement):
    upload(own, requirement, ("证书一.jpg", jpeg(700, 700)))
    (file,) = own_files(session, person)

    assert own.post(f"/attachments/{file.id}/rename", data={"name": "身份证 背面"}).status_code == 302
    session.refresh(file)
    assert file.name == "身份证 背面.jpg"
    empty = own.post(f"/attachments/{file.id}/rename", data={"name": " \u200b"})
    assert empty.status_code == 422 and "填写文件名称" in empty.text
