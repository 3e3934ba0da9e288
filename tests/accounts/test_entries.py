"""A series' own entry page: address, title, header, hints; all of them rows (ACC-18)."""

import pytest
from sqlalchemy import select

from app.models import Series, SeriesEntry
from tests import factories as make
from tests.accounts.people import PASSWORD


@pytest.fixture
def entry(session):
    """The archives' entry; one a module, because its address is unique."""
    found = session.scalars(select(SeriesEntry)).first()
    if found is None:
        found = SeriesEntry(slug="daj", title="示例档案入口", series=_archives(session))
        session.add(found)
    found.header, found.hint, found.attachment_hint = "示例页头", "示例登录提示", "示例附件提示"
    found.active = True
    session.commit()
    return found


def _archives(session):
    return session.scalars(select(Series).where(Series.name.contains("档案"))).one()


@pytest.mark.parametrize("path", ["/entry/daj", "/dajLogin", "/entry/DAJ"])
def test_the_entry_shows_the_sign_in_page_with_its_own_words(app, client, entry, path):
    assert client.get(path).location == "/sign-in/"
    page = client.get("/sign-in/").text

    assert "<h1>示例档案入口</h1>" in page
    assert "示例登录提示" in page
    assert '<span class="full">示例页头</span>' in page
    other = app.test_client().get("/sign-in/").text
    assert "示例档案入口" not in other
    assert "示例页头" not in other


def test_its_words_stay_after_a_wrong_password_and_end_with_signing_in(client, entry, person):
    client.get("/entry/daj")
    refused = client.post("/sign-in/", data={"name": person.username, "password": "wrong"})
    assert "示例档案入口" in refused.text
    assert client.post("/sign-in/", data={"name": person.username, "password": PASSWORD}).status_code == 302

    assert "示例页头" not in client.get("/account/").text


@pytest.mark.parametrize("path", ["/entry/nothing", "/nothingLogin", "/entry/%00", "/Login", "/entry/"])
def test_an_address_that_is_not_configured_is_not_found(client, entry, path):
    assert client.get(path).status_code == 404


def test_an_entry_switched_off_is_not_found(client, session, entry):
    client.get("/entry/daj")
    entry.active = False
    session.commit()

    assert client.get("/entry/daj").status_code == 404
    assert "示例档案入口" not in client.get("/sign-in/").text


def test_without_a_header_the_name_of_the_system_stays(client, session, entry):
    entry.header = ""
    session.commit()
    client.get("/entry/daj")

    assert '<span class="full">职称申报管理系统</span>' in client.get("/sign-in/").text


def test_the_hint_for_attachments_is_for_applicants_of_the_series_only(session, entry, sign_in):
    inside, outside = make.make_draft(), make.make_draft()
    series = session.scalars(select(Series).order_by(Series.no)).all()
    entry.series_id = inside.title.series_id if inside.title else inside.profession.series_id
    other = outside.title or outside.profession
    if other.series_id == entry.series_id:
        outside.title_id = outside.profession_id = None
    session.commit()
    assert len(series) == 26

    assert "示例附件提示" in sign_in(inside.applicant).get("/attachments/").text
    assert "示例附件提示" not in sign_in(outside.applicant).get("/attachments/").text
