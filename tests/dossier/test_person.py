"""个人信息, the work unit and the photo (PRO-01…08, UNI-09, X-15, X-16)."""

import io
import re
from html import unescape

import pytest
from sqlalchemy import select

from app.models import PHOTO, Attachment, AttachmentUse, Compatibility, Major, Person, Profession
from app.vocabulary import Stage, Status
from tests import factories
from tests.dossier.pictures import jpeg
from tests.dossier.typed import posted

CONTACT = {"contact_mobile": "13900000000", "email": "name@example.com", "postcode": "650000"}


def typed(person, **given):
    return posted(Person, **CONTACT) | {"version": str(person.version)} | given


def test_a_complete_page_is_stored_as_typed(session, person, own):
    answer = own.post("/person/", data=typed(person, birth_date="1980年6月", tenure_years="0"))

    assert answer.status_code == 302
    assert (person.birth_date.isoformat(), person.tenure_years, person.ethnicity) == ("1980-06-01", 0, "汉族")
    assert person.major.level3 == "档案学"


def test_an_unfinished_page_is_kept_and_says_what_is_missing(session, person, own):
    answer = own.post("/person/", data={"version": "1", "native_place": "云南昆明"})
    assert answer.status_code == 302

    page = unescape(own.get("/person/").text)
    assert person.native_place == "云南昆明"
    assert 'href="#field-ethnicity">选择民族' in page
    assert "籍贯（或国籍）</a>" not in page


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("birth_date", "去年", "出生年月应为日期"),
        ("tenure_years", "61", "现职称（同级）履职年限（年）应为 0 到 60 之间的整数"),
        ("tenure_months", "十", "现职称（同级）履职年限（月）应为 0 到 11 之间的整数"),
        ("contact_mobile", "1390", "联系手机应为 11 位数字"),
        ("email", "name@", "邮箱应为"),
        ("postcode", "65", "邮政编码应为 6 位数字"),
        ("major_id", "没有这个", "目录中没有“没有这个”"),
        ("home_address", "路" * 101, "家庭住址超出 1 字，上限 100 字"),
    ],
)
def test_what_cannot_be_stored_is_explained_and_nothing_typed_is_lost(session, person, own, name, text, said):
    answer = own.post("/person/", data=typed(person, office="示例科室") | {name: text})

    page = unescape(answer.text)
    assert answer.status_code == 422
    assert said in page and text in page and 'value="示例科室"' in page
    assert person.office is None


def test_what_registration_knows_is_offered_and_stored_only_when_saved(session, person, own):
    page = own.get("/person/").text

    assert f'value="{person.account.mobile}"' in page
    assert f'value="{person.account.id_number[6:10]}-' in page
    assert (person.contact_mobile, person.birth_date) == (None, None)


def test_name_and_number_are_shown_and_not_taken_from_a_post(session, person, own):
    name = person.account.first_name
    own.post("/person/", data=typed(person, first_name="他人", id_number="1", unit_id="1", id="999"))

    assert (person.account.first_name, person.unit_id) == (name, None)


def test_a_stale_page_shows_both_texts(session, person, own):
    seen = str(person.version)
    own.post("/person/", data=typed(person, office="甲科"))
    answer = own.post("/person/", data=typed(person, office="乙科") | {"version": seen})

    page = unescape(answer.text)
    assert answer.status_code == 409
    assert "现在保存的是：甲科" in page and 'value="乙科"' in page
    assert re.search(r'<th scope="row">所在部门</th><td [^>]*>乙科</td><td [^>]*>甲科</td>', page)
    assert page.count('<th scope="row">') == 1
    assert re.search(r'<button form="typed"[^>]*>用这一份</button>', page) and "用另一份" in page


def test_a_field_of_study_far_from_the_profession_is_shown_with_both_paths(session, person, own):
    archives = factories.archives()
    person.profession_id = archives.id
    agreeing = (
        session.scalars(
            select(Major)
            .join(Compatibility, Compatibility.major_level1 == Major.level1)
            .where(Compatibility.profession_level1 == archives.level1, Compatibility.major_level2 == "")
        ).first()
        or factories.archival_science()
    )
    near = select(Compatibility.major_level1).where(Compatibility.profession_level1 == archives.level1)
    far = session.scalars(select(Major).where(Major.level1.not_in(near))).first()

    person.major_id = far.id
    session.commit()
    page = own.get("/person/").text
    assert "所学专业和从事专业不一致" in page and far.path in page and archives.path in page
    person.major_id = agreeing.id
    session.commit()
    assert "不一致" not in own.get("/person/").text


def test_a_unit_is_found_by_name_or_code_and_chosen(session, person, own):
    unit = factories.make_unit(name="云南省示例档案馆甲")
    half = factories.make_unit(nature=None, tier=None, district=None, name="云南省示例档案馆乙")
    session.commit()

    page = unescape(own.get("/person/unit?q=示例档案馆").text)
    assert "云南省示例档案馆甲" in page and "云南省示例档案馆乙" in page
    assert page.count("单位信息不完整") == 1
    assert "云南省示例档案馆甲" in unescape(own.get(f"/person/unit?q={unit.credit_code}").text)
    assert own.post(f"/person/unit/{unit.id}").status_code == 302
    assert person.unit_id == unit.id
    assert own.post(f"/person/unit/{half.id + 100}").status_code == 404
    assert own.post(f"/person/unit/{2**40}").status_code == 404


def test_a_unit_that_is_not_there_leads_to_its_registration(own):
    page = unescape(own.get("/person/unit?q=没有这家单位%25_").text)

    assert "没有找到“没有这家单位%_”" in page
    assert "先注册单位" in page and "/unit-sign-up/" in page


def test_at_most_twenty_units_are_listed(session, own):
    for n in range(25):
        factories.make_unit(name=f"众多示例单位{n:02}")
    session.commit()

    page = own.get("/person/unit?q=众多示例单位").text
    assert page.count('id="unit-') == 20
    assert "只显示前 20 家" in page


@pytest.mark.parametrize("at", [Stage.UNIT, Status.RETURNED])
def test_the_unit_stays_while_a_route_hangs_on_it(session, of, at):
    application = factories.make_application(at=at)
    person = session.get_one(Person, application.applicant_id)
    unit, other = person.unit_id, factories.make_unit()

    answer = of(person).post(f"/person/unit/{other.id}")
    assert answer.status_code == 409
    assert f"联系“{application.holder.name}”重置流程" in unescape(answer.text)
    assert person.unit_id == unit


def photo(content: bytes, name: str = "照片.jpg"):
    return {"photo": (io.BytesIO(content), name)}


def test_a_photo_replaces_the_one_before(app, session, person, own):
    for width in (600, 700):
        assert own.post("/person/photo", data=photo(jpeg(width, 900))).status_code == 302

    (use,) = session.scalars(select(AttachmentUse).where(AttachmentUse.owner_id == person.id)).all()
    files = session.scalars(select(Attachment).where(Attachment.owner_id == person.id)).all()
    assert (use.section_slug, [each.id for each in files]) == (PHOTO, [use.attachment_id])
    assert own.get(f"/attachments/{use.attachment_id}").mimetype == "image/jpeg"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (photo(jpeg(300, 400)), "至少宽 390、高 567 像素"),
        (photo(b"MZ" * 100), "不是图片"),
        ({}, "选择要上传的图片"),
    ],
    ids=["small", "no picture", "none"],
)
def test_a_photo_that_is_none_is_refused(session, person, own, data, said):
    answer = own.post("/person/photo", data=data)

    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalars(select(Attachment).where(Attachment.owner_id == person.id)).all() == []


def test_professions_are_leaves_of_three_levels(session):
    leaf = session.scalars(select(Profession)).first()
    assert len(leaf.path.split(" › ")) == 3
