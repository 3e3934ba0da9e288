"""个人信息, the work unit and the photo (PRO-01…08, UNI-09, X-15, X-16)."""

import io
import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from app import clock
from app.models import Attachment, Compatibility, Major, Person, Profession
from app.models.sections import TitleHeld, WorkHistory
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


def blank_inputs(page: str) -> list[str]:
    """The names of inputs that still want typing or choosing."""
    form = page[page.index("data-guard") :]
    texts = re.findall(r"<(?:input|textarea)[^>]*>(?:[^<]*</textarea>)?", form)
    empty = [
        re.search(r'name="([^"]+)"', each)[1]
        for each in texts
        if 'type="hidden"' not in each
        and 'type="checkbox"' not in each
        and not re.search(r'value="[^"]+"|>\s*[^<\s]', each)
    ]
    chosen = re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S)
    return empty + [
        name for name, options in chosen if 'selected value=""' in options or "selected" not in options
    ]


def test_a_new_account_with_a_unit_has_thirteen_inputs_to_fill(session, of):
    person = factories.make_applicant(factories.make_unit())
    session.commit()
    blank = blank_inputs(of(person).get("/person/").text)

    assert sorted(blank) == sorted(
        "former_name native_place ethnicity political_status major_id societies practice_years practice_months "
        "email home_address office position profession_id".split()
    )
    assert len(blank) <= 13


def test_without_titles_tenure_is_nought_at_once(session, person, own):
    page = own.get("/person/").text

    assert re.search(r'name="tenure_years"[^>]*value="0"', page) and re.search(
        r'name="tenure_months"[^>]*value="0"', page
    )
    assert "还没有填写现有职称，按没有职称计算" in page and "填写“工作经历”后" in unescape(page)
    assert person.tenure_years is None


def years_of_service(session, person) -> None:
    """A librarian since 2016 and an assistant before; two jobs that overlap for a year."""
    archives = factories.archives().id
    for name, awarded, employed in (
        ("助理馆员", date(2010, 1, 1), True),
        ("馆员", date(2016, 12, 1), True),
        ("副研究馆员", date(2020, 1, 1), False),
    ):
        factories.make_record(
            TitleHeld,
            person,
            qualification=name,
            profession_id=archives,
            awarded_on=awarded,
            employed=employed,
        )
    factories.make_record(WorkHistory, person, start=date(2008, 1, 1), end=date(2011, 12, 31))
    factories.make_record(WorkHistory, person, start=date(2011, 1, 1), end=None)
    session.commit()


def test_years_are_worked_out_from_titles_and_work_and_say_up_to_when(session, person, own):
    years_of_service(session, person)
    year = clock.today().year
    page = unescape(own.get("/person/").text)

    assert f"按经历推算：{year - 2016} 年 1 个月" in page and "认定时间 2016年12月1日 起" in page.replace(
        "\xa0", " "
    )
    assert (
        f"按经历推算：{year - 2008 + 1} 年 0 个月" in page and "按 2 条工作经历，重叠的时间只算一次" in page
    )
    assert f"计算至 {year}年12月31日" in page
    assert re.search(r'name="tenure_years"[^>]*value=""', page)


def test_the_window_of_the_application_says_up_to_when(session, of):
    round_ = factories.make_round(tenure_until=date(2024, 6, 30))
    application = factories.make_draft(round_=round_)
    person = session.get_one(Person, application.applicant_id)
    for model in (TitleHeld, WorkHistory):
        for row in session.scalars(select(model).where(model.owner_id == person.id)):
            session.delete(row)
    factories.make_record(WorkHistory, person, start=date(2020, 7, 1), end=None)
    session.commit()
    page = of(person).get("/person/").text

    assert "按经历推算：4 年 0 个月" in page and "计算至 2024年6月30日" in page


def test_adopting_fills_both_inputs_keeps_what_was_typed_and_stores_nothing(session, person, own):
    years_of_service(session, person)
    data = typed(person, office="示例科室", tenure_years="99", email="not an address") | {"adopt": "tenure"}
    answer = own.post("/person/", data=data)

    page = unescape(answer.text)
    assert answer.status_code == 200
    assert re.search(rf'name="tenure_years"[^>]*value="{clock.today().year - 2016}"', page)
    assert re.search(r'name="tenure_months"[^>]*value="1"', page)
    assert 'value="示例科室"' in page and 'value="not an address"' in page and "保存后生效" in page
    assert (person.tenure_years, person.office) == (None, None)
    assert own.post("/person/", data=typed(person) | {"adopt": "nothing"}).status_code == 400


def test_enter_saves_and_adopts_nothing(own):
    """The first button of the form is the one a browser presses for Enter."""
    form = own.get("/person/").text.split("data-guard")[1]
    first = re.search(r"<button[^>]*>", form)[0]
    assert "adopt" not in first and "aria-hidden" in first


@pytest.mark.parametrize(
    ("address", "district", "offered"),
    [
        ("", "西山区", "650118"),
        ("昆明市五华区示例路 1 号", "西山区", "650021"),
        ("昆明市石林县示例镇", "西山区", "652200"),
        ("云南省昆明市石林彝族自治县", None, "652200"),
        ("省外示例市", "西山区", "650118"),
        ("", None, ""),
    ],
)
def test_the_postcode_is_offered_from_the_address_or_the_unit(
    session, person, own, address, district, offered
):
    if district:
        factories.employ(person, factories.make_unit(district=district))
    person.home_address = address or None
    session.commit()

    assert re.search(rf'name="postcode"[^>]*value="{offered}"', own.get("/person/").text)
    assert person.postcode is None


def test_a_postcode_that_is_stored_stays(session, person, own):
    person.home_address, person.postcode = "昆明市五华区", "650999"
    session.commit()

    assert 'value="650999"' in own.get("/person/").text


def test_a_window_that_refuses_a_mismatch_is_named(session, of):
    for blocks, said in ((True, "改正后才能提交"), (False, "以评委会通知为准")):
        application = factories.make_draft(round_=factories.make_round(major_mismatch_blocks=blocks))
        person = session.get_one(Person, application.applicant_id)
        near = select(Compatibility.major_level1).where(
            Compatibility.profession_level1 == person.profession.level1
        )
        person.major_id = session.scalars(select(Major.id).where(Major.level1.not_in(near))).first()
        session.commit()
        assert said in of(person).get("/person/").text


def test_a_unit_is_found_by_name_or_code_and_chosen(session, person, own):
    unit = factories.make_unit(name="云南省示例档案馆甲")
    half = factories.make_unit(nature=None, tier=None, district=None, name="云南省示例档案馆乙")
    session.commit()

    page = unescape(own.get("/person/unit?q=示例档案馆").text)
    assert "云南省示例档案馆甲" in page and "云南省示例档案馆乙" in page
    assert page.count("单位信息不完整") == 1 and page.count("单位信息完整") == 1
    assert "缺 单位性质、单位等级、行政区域" in page
    assert "云南省示例档案馆甲" in unescape(own.get(f"/person/unit?q={unit.credit_code}").text)
    assert own.post(f"/person/unit/{unit.id}").status_code == 302
    assert person.unit_id == unit.id
    assert own.post(f"/person/unit/{half.id + 100}").status_code == 404
    assert own.post(f"/person/unit/{2**40}").status_code == 404


def test_a_form_that_was_open_while_the_unit_was_chosen_still_saves(session, person, own):
    unit, sent = factories.make_unit(), typed(person, office="示例科")
    session.commit()

    assert own.post(f"/person/unit/{unit.id}").status_code == 302
    assert own.post("/person/", data=sent).status_code == 302
    assert (person.unit_id, person.office) == (unit.id, "示例科")


def test_a_unit_that_is_not_there_leads_to_its_registration(own):
    page = unescape(own.get("/person/unit?q=没有这家单位%25_").text)

    assert "没有找到“没有这家单位%_”" in page
    assert "邀请单位注册" in page and "/unit-sign-up/" in page


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
