"""The archived document: the printed form, its last page the stamped one (APP-16, ATT-04)."""

import io
import re

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader
from sqlalchemy import select

from app.dossier import page_scans
from app.dossier.decoding import Page
from app.dossier.page_crops import whole
from app.form import document, pdf
from app.form.archive import archived
from app.models import PHOTO, AttachmentUse, User
from app.vocabulary import Role, Status
from tests import factories as make
from tests import needs
from tests.form import sample

pytestmark = [pytest.mark.once, needs.font]
SIZE = (1240, 1754)


@pytest.fixture(scope="module")
def page():
    scan = make.page_scan(SIZE).content
    cut = page_scans.cut("表十七.jpg", scan, whole(SIZE))
    return Page(cut.content, cut.width, cut.height, ())


@pytest.fixture(scope="module")
def both(page):
    built = document.build(sample.content(), sample.record(), table_names=sample.TABLE_NAMES)
    return pdf.render(built), archived(built, None, page)


def text_of(content):
    with pypdfium2.PdfDocument(content) as opened:
        return ["".join(each.get_textpage().get_text_range().split()) for each in opened]


def test_the_stamped_page_takes_the_place_of_table_17(both):
    printed, kept = map(text_of, both)
    assert "表十七" in printed[-1] and len(kept) == len(printed)
    assert kept[-1] == ""
    assert kept[:-1] == printed[:-1]


def test_its_pages_are_counted_with_it(both):
    pages = text_of(both[1])
    for number, text in enumerate(pages[:-1], 1):
        assert f"第{number}页共{len(pages)}页" in text


def test_the_contents_still_name_it(both):
    assert re.search(r"表十七：.*审核推荐意见", text_of(both[1])[1])


def test_the_page_fills_a4_and_shows_what_was_cut(both, page):
    last = PdfReader(io.BytesIO(both[1])).pages[-1]
    assert [round(float(each)) for each in last.mediabox] == [0, 0, 595, 842]
    (stream,) = last["/Resources"]["/XObject"].values()
    assert stream.get_object()._data == page.content
    assert PdfReader(io.BytesIO(both[1])).metadata.title == PdfReader(io.BytesIO(both[0])).metadata.title
    with pypdfium2.PdfDocument(both[1]) as opened:
        drawn = opened[len(opened) - 1].render(scale=SIZE[0] / 595.28).to_pil().convert("L").resize(SIZE)
    expected = Image.open(io.BytesIO(page.content)).convert("L")
    assert ImageStat.Stat(ImageChops.difference(drawn, expected)).mean[0] < 6


@pytest.fixture
def with_photo(app, session):
    """An application whose photo has its bytes on disk."""

    def fill(at):
        application = make.make_application(at)
        use = select(AttachmentUse.attachment_id).filter_by(
            owner_id=application.applicant_id, section_slug=PHOTO
        )
        key = session.scalars(use).one()
        place = app.config["PRIVATE_ROOT"] / key[:2] / key
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (390, 567), "grey").save(place, "JPEG")
        session.commit()
        return application

    return fill


def test_applicant_and_the_offices_on_the_way_download_it(session, with_photo, sign_in):
    accepted = with_photo(Status.READY)
    address = f"/applications/{accepted.id}/archive.pdf"
    people = [session.get_one(User, accepted.applicant_id), make.last_clerk_of(accepted)]
    people.append(make.make_user(Role.DEPARTMENT, make.offices_of(accepted)[1]))
    session.commit()
    for each in people:
        answer = sign_in(each).get(address)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert len(PdfReader(io.BytesIO(answer.data)).pages) > 10
        assert "no-store" in answer.headers["Cache-Control"]
    for each in (
        make.make_user(Role.COMMITTEE, make.make_committee()),
        session.get_one(User, make.make_applicant().id),
    ):
        session.commit()
        assert sign_in(each).get(address).status_code == 404


@pytest.mark.parametrize("asked_again", [False, True])
def test_before_a_page_is_accepted_there_is_none(session, with_photo, sign_in, asked_again):
    application = with_photo(Status.PAPER)
    make.hand_in_page(application)
    if asked_again:
        make.ask_again(application)
    session.commit()
    client = sign_in(session.get_one(User, application.applicant_id))
    assert client.get(f"/applications/{application.id}/archive.pdf").status_code == 404
    assert client.post(f"/applications/{application.id}/form.pdf", follow_redirects=True).status_code == 200
