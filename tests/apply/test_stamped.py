"""表十七 by its applicant (ATT-04, M4.3.1): chosen, cut by numbers, handed in, replaced; what the pages tell him to do."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select

from app.dossier import stamped
from app.models import AuditEntry, User
from app.vocabulary import PageState, Stage, Status
from tests import factories as make
from tests.dossier import pictures

SIZE = (1300, 1838)
RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 160, 30), (30, 30, 200), (220, 210, 40)


def quadrants(size=SIZE, format="JPEG"):
    image = Image.new("RGB", size, RED)
    draw = ImageDraw.Draw(image)
    x, y = size[0] // 2, size[1] // 2
    draw.rectangle((x, 0, size[0], y), fill=GREEN)
    draw.rectangle((0, y, x, size[1]), fill=BLUE)
    draw.rectangle((x, y, size[0], size[1]), fill=YELLOW)
    buffer = io.BytesIO()
    image.save(buffer, format, quality=95)
    return buffer.getvalue()


def corners(content):
    image = Image.open(io.BytesIO(content)).convert("RGB")
    width, height = image.size
    return [image.getpixel((x, y)) for y in (30, height - 31) for x in (30, width - 31)]


def near(one, other):
    return all(abs(a - b) < 25 for a, b in zip(one, other, strict=True))


@pytest.fixture
def application(session):
    application = make.make_application(Status.PAPER)
    session.commit()
    return application


@pytest.fixture
def own(application, sign_in, session):
    return sign_in(session.get_one(User, application.applicant_id))


def path(application, more=""):
    return f"/applications/{application.id}/table-17{more}"


def choose(client, application, content=None, name="表十七.jpg"):
    content = quadrants() if content is None else content
    return client.post(path(application), data={"scan": (io.BytesIO(content), name)})


def source_of(application):
    return (stamped.chosen(application) or stamped.handed_in(application)).original_key


def send(client, application, do="save", **numbers):
    data = {
        "left": 0, "top": 0, "width": 1300, "turn": 0, "tilt": "0", "page": 1,
        "source": source_of(application), "seen": application.version, "do": do, "looked": "1",
    }  # fmt: skip
    return client.post(path(application, "/crop"), data={**data, **numbers})


def page_of(client, application):
    return client.get(f"/applications/{application.id}/stamped-page").data


def files(app):
    return {each.name for each in Path(app.config["PRIVATE_ROOT"]).rglob("*") if each.is_file()}


def test_a_page_is_chosen_cut_and_handed_in(app, session, application, own):
    assert "待提交" in own.get(path(application)).text
    answer = choose(own, application)
    assert answer.status_code == 302
    source = stamped.chosen(application)
    assert (source.name, source.crop, source.state) == ("表十七.jpg", "0,0,1300,0,0,1", PageState.CHOSEN)
    assert "第 2 步" in own.get(path(application)).text
    assert stamped.handed_in(application) is None

    assert send(own, application, left=300, top=400, width=700).status_code == 302
    page = stamped.handed_in(application)
    assert (page.state, page.crop, page.width, page.height) == (
        PageState.HANDED_IN, "300,400,700,0,0,1", 700, 990,
    )  # fmt: skip
    assert stamped.chosen(application) is None
    assert all(map(near, corners(page_of(own, application)), (RED, GREEN, BLUE, YELLOW)))
    assert {page.original_key, page.page_key} <= files(app)
    done = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2)).all()
    assert done == ["StampedView.crop", "StampedView.choose"]


@pytest.mark.parametrize(
    ("turn", "seen"),
    [
        (0, (RED, GREEN, BLUE, YELLOW)),
        (90, (BLUE, RED, YELLOW, GREEN)),
        (180, (YELLOW, BLUE, GREEN, RED)),
        (270, (GREEN, YELLOW, RED, BLUE)),
    ],
)
def test_the_server_cuts_at_four_turns_and_keeps_the_original(session, application, own, turn, seen):
    choose(own, application)
    original = own.get(path(application, f"/original?of={source_of(application)}")).data
    # A frame of 800 in the middle of the turned picture's mat.
    across = 1300 if turn % 180 == 0 else 1838
    left, top = (across - 800) // 2, ((1838 if turn % 180 == 0 else 2599) - 1131) // 2
    assert send(own, application, left=left, top=top, width=800, turn=turn).status_code == 302

    assert all(map(near, corners(page_of(own, application)), seen))
    again = own.get(path(application, f"/original?of={source_of(application)}")).data
    assert again == original


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "pdf"])
def test_pictures_and_a_page_of_a_pdf_are_taken(session, application, own, suffix):
    content = {
        "jpg": quadrants,
        "png": lambda: quadrants(format="PNG"),
        "webp": lambda: quadrants(format="WEBP"),
        "pdf": lambda: pictures.pdf((210, 297), (297, 210), (210, 297)),
    }[suffix]()
    assert choose(own, application, content, f"扫描.{suffix}").status_code == 302
    if suffix != "pdf":
        return
    assert stamped.chosen(application).pages == 3
    text = own.get(path(application)).text
    assert "第 3 页，共 3 页" in text
    # Another page than was shown is shown whole before anything is cut.
    answer = send(own, application, "preview", left=100, top=100, width=500, page=2, shown=1)
    assert answer.status_code == 200 and 'name="left" value="0"' in answer.text
    assert send(own, application, page=2, shown=2, width=2339).status_code == 302
    page = stamped.handed_in(application)
    assert page.crop.endswith(",2") and page.width > 2000


BAD = [
    ("不是图片.jpg", b"not a picture", "不能上传"),
    ("表.docx", b"PK\x03\x04", "不能上传"),
    ("其实是png.jpg", quadrants(format="PNG"), "扩展名不一致"),
    ("空.jpg", b"", "不能上传"),
    ("太小.jpg", quadrants((300, 424)), "至少宽 420、高 594 像素，现在宽 300、高 424"),
    ("炸弹.png", pictures.huge_png(13_000), "像素超过"),
    ("坏.pdf", b"%PDF-1.4 nothing", "不能上传"),
    ("多页.pdf", pictures.pdf(*[(210, 297)] * 21), "PDF 超过 20 页"),
]


@pytest.mark.parametrize(("name", "content", "why"), BAD, ids=[each[0] for each in BAD])
def test_what_is_no_page_is_refused_in_words_and_nothing_is_kept(
    app, session, application, own, name, content, why
):
    before = files(app)
    answer = choose(own, application, content, name)
    assert answer.status_code == 422 and why in answer.text
    assert stamped.chosen(application) is None and files(app) == before


def test_no_file_is_said(application, own):
    answer = own.post(path(application), data={})
    assert answer.status_code == 422 and "选择要上传的文件" in answer.text


@pytest.mark.parametrize(
    "bad",
    [
        {"left": "abc"}, {"width": ""}, {"top": "1.5"}, {"turn": 45}, {"tilt": "十"}, {"tilt": "1,5"}, {"left": "9" * 30},
        {"page": "x"},
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_and_kept(application, own, bad):
    choose(own, application)
    answer = send(own, application, **bad)
    assert answer.status_code == 422 and "应为整数（像素）" in answer.text
    for name, value in bad.items():
        if name not in ("turn", "page"):
            assert f'name="{name}" value="{value}"' in answer.text
    assert stamped.handed_in(application) is None


def test_a_page_that_is_not_there_is_refused(application, own):
    choose(own, application)
    answer = send(own, application, page=2)
    assert answer.status_code == 422 and "文件共 1 页" in answer.text
    assert own.get(path(application, f"/original?of={source_of(application)}&page=2")).status_code == 404


def test_numbers_out_of_range_become_the_nearest_and_that_is_said(application, own):
    choose(own, application)
    answer = send(own, application, "preview", left=9999, top=-9, width=100, tilt="45")
    boxes = dict(re.findall(r'name="(left|top|width|tilt)" value="([\d.-]+)"', answer.text))
    assert boxes == {"left": "880", "top": "0", "width": "420", "tilt": "10.0"}
    assert "已改为最接近的数" in answer.text and stamped.handed_in(application) is None


BUTTONS = [
    ("left", {"left": "280"}), ("right", {"left": "320"}), ("up", {"top": "280"}), ("down", {"top": "320"}),
    ("closer", {"width": "760", "left": "320"}), ("wider", {"width": "840", "left": "280"}),
    ("tilt-left", {"tilt": "-0.5"}), ("tilt-right", {"tilt": "0.5"}),
    ("turn-right", {"width": "1838", "left": "0"}), ("whole", {"width": "1300", "left": "0"}),
]  # fmt: skip


@pytest.mark.parametrize(("do", "becomes"), BUTTONS)
def test_each_button_moves_the_frame_without_scripts_and_hands_nothing_in(application, own, do, becomes):
    choose(own, application)
    answer = send(own, application, do, left=300, top=300, width=800)
    boxes = dict(re.findall(r'name="(left|top|width|tilt)" value="([\d.-]+)"', answer.text))
    assert answer.status_code == 200 and {name: boxes[name] for name in becomes} == becomes
    assert "data:image/jpeg;base64," in answer.text
    assert stamped.handed_in(application) is None


def test_a_page_askew_is_straightened_by_a_button(application, own):
    sheet = Image.open(io.BytesIO(make.page_scan((1300, 1838)).content)).rotate(-2, fillcolor="white")
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=95)
    choose(own, application, buffer.getvalue())
    assert "可能没有摆正" in own.get(path(application)).text
    answer = send(own, application, "straighten")
    assert 'name="tilt" value="-2.0"' in answer.text and "可能没有摆正" not in answer.text


def test_the_preview_is_looked_at_before_it_goes_up(application, own):
    choose(own, application)
    answer = send(own, application, looked="", left=10, width=900)
    assert answer.status_code == 422 and "勾选“四边完整" in answer.text
    assert 'name="left" value="10"' in answer.text and 'name="width" value="900"' in answer.text
    assert stamped.handed_in(application) is None


def test_a_small_page_is_taken_with_a_hint(application, own):
    choose(own, application, quadrants((500, 707)))
    assert "不足 1240×1754 像素" in own.get(path(application)).text
    assert send(own, application, width=500).status_code == 302
    assert "small" in stamped.handed_in(application).doubts


def test_it_is_replaced_until_it_is_accepted(app, session, application, own):
    choose(own, application)
    send(own, application)
    first = set(stamped.keys_of(stamped.handed_in(application)))
    session.refresh(application)
    choose(own, application, quadrants((1400, 1980)), "更清楚.jpg")
    # Until the new one goes up the old one counts.
    assert set(stamped.keys_of(stamped.handed_in(application))) == first
    assert send(own, application, width=1400).status_code == 302
    assert stamped.handed_in(application).name == "更清楚.jpg"
    assert not first & files(app)

    session.refresh(application)
    make.accept_page(application)
    session.commit()
    assert choose(own, application).status_code == 422
    answer = send(own, application)
    assert answer.status_code == 422
    text = own.get(path(application)).text
    assert "下载归档文件" in text and 'name="scan"' not in text


def test_it_is_cut_anew_from_the_kept_scan(session, application, own):
    choose(own, application)
    send(own, application)
    original = source_of(application)
    session.refresh(application)
    assert "重新裁剪" in own.get(path(application)).text
    assert 'value="1300"' in own.get(path(application, "?adjust=1")).text
    assert send(own, application, width=900).status_code == 302
    page = stamped.handed_in(application)
    assert (page.original_key, page.width) == (original, 900)


def test_pressed_twice_it_is_handed_in_once(session, application, own):
    choose(own, application)
    seen, source = application.version, source_of(application)
    for _ in range(2):
        assert send(own, application, seen=seen, source=source).status_code == 302
    session.refresh(application)
    assert application.version == seen + 1


def test_what_the_office_did_meanwhile_is_said(session, application, own):
    choose(own, application)
    send(own, application)
    session.refresh(application)
    seen = application.version
    make.ask_again(application)
    session.commit()
    answer = send(own, application, seen=seen, width=900)
    assert answer.status_code == 422 and "刚刚已被处理" in answer.text


def test_a_scan_replaced_in_another_window_is_said(application, own):
    choose(own, application)
    stale = source_of(application)
    choose(own, application)
    answer = send(own, application, source=stale)
    assert answer.status_code == 422 and "这张图片已被更换" in answer.text


@pytest.mark.parametrize("at", [Status.DRAFT, Stage.UNIT, Stage.COMMITTEE, Status.RETURNED])
def test_before_the_pass_it_is_still_to_come(session, sign_in, at):
    application = make.make_application(at)
    session.commit()
    client = sign_in(session.get_one(User, application.applicant_id))
    text = client.get(path(application)).text
    assert "待提交" in text and 'name="scan"' not in text
    answer = choose(client, application)
    assert answer.status_code == 422 and "当前状态不能进行此操作" in answer.text
    assert client.get(f"/applications/{application.id}/archive.pdf").status_code == 404


def test_an_original_is_its_owners_alone(session, sign_in, application, own):
    choose(own, application)
    send(own, application)
    address = path(application, f"/original?of={source_of(application)}")
    assert own.get(address).status_code == 200
    committee, stranger = make.last_clerk_of(application), make.make_applicant()
    session.commit()
    assert sign_in(committee).get(address).status_code in (403, 404)
    assert sign_in(session.get_one(User, stranger.id)).get(address).status_code == 404
    assert own.get(path(application, "/original?of=0")).status_code == 404


# What home and progress tell the applicant at each state.
TOLD = [
    ("none", ["接下来分三步", "生成PDF", "上传表十七", "待提交"]),
    (PageState.HANDED_IN, ["表十七已上传，等待接收", "查看表十七"]),
    (PageState.ASKED_AGAIN, ["表十七需要重新上传", "公章没有拍全", "重新上传表十七"]),
    (PageState.ACCEPTED, ["表十七已接收，归档文件已生成", "下载归档文件"]),
]


@pytest.mark.parametrize(("state", "words"), TOLD)
def test_home_and_progress_say_what_to_do_next(session, application, own, state, words):
    if state != "none":
        make.hand_in_page(application)
    if state is PageState.ASKED_AGAIN:
        make.ask_again(application)
    if state is PageState.ACCEPTED:
        make.accept_page(application)
    session.commit()
    for address in ("/home/", f"/progress/{application.id}", path(application)):
        text = own.get(address).text
        expected = words if address != path(application) else words[:1]
        assert [each for each in expected if each not in text] == [], address
