"""A unit's own pages: its form, the way it leads to, its people (UNI-01…04, UNI-08, UNI-10)."""

import re

import pytest
from sqlalchemy import select

from app import clock
from app.models import AuditEntry, Region
from app.vocabulary import Nature, Role, Tier
from tests import factories as make
from tests.review.pages import text_of, value_of

LOCKED = '<span class="tag tag-bad">已锁定</span>'


def written(unit, **changed):
    return {
        "name": unit.name,
        "nature": unit.nature,
        "tier": unit.tier,
        "region_id": str(unit.region_id or ""),
        "contact_phone": unit.contact_phone,
        **changed,
    }


def save(client, unit, **changed):
    seen = value_of(client.get(f"/unit/?unit={unit.id}"), "seen")
    return client.post(f"/unit/?unit={unit.id}", data=written(unit, seen=seen, **changed))


@pytest.fixture
def unit(session):
    return make.make_unit()


@pytest.fixture
def client(unit, sign_in):
    return sign_in(make.make_user(Role.UNIT, unit))


def test_the_form_saves_what_is_typed_and_notes_what_changed(unit, client, session):
    code = unit.credit_code
    answer = save(
        client, unit, name="云南省示例新名称", remark="备注一", nature="non_public", credit_code="X"
    )
    assert answer.status_code == 302
    session.refresh(unit)
    assert (unit.name, unit.remark, unit.nature, unit.credit_code) == (
        "云南省示例新名称",
        "备注一",
        Nature.NON_PUBLIC,
        code,
    )
    entry = session.scalars(select(AuditEntry).where(AuditEntry.object_type == "Unit")).all()[-1]
    assert set(entry.detail.split(", ")) >= {"name", "remark", "nature"} and "示例新名称" not in entry.detail


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": ""}, "填写单位名称"),
        ({"nature": ""}, "选择单位性质"),
        ({"nature": "private"}, "选择单位性质"),
        ({"tier": ""}, "选择单位等级"),
        ({"region_id": ""}, "选择行政区域"),
        ({"region_id": "1"}, "选择行政区域"),
        ({"contact_phone": " "}, "填写联系电话"),
        ({"remark": "字" * 101}, "备注超出 1 字，上限 100 字"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_lost(changed, message, unit, client, session):
    answer = save(client, unit, address="示例路 1 号", **changed)
    assert answer.status_code == 422 and message in text_of(answer)
    assert "示例路 1 号" in answer.text
    session.refresh(unit)
    assert unit.address is None


def test_regions_are_offered_down_to_district_and_zone_only(client, unit, session):
    page = client.get("/unit/").text
    for region in session.scalars(select(Region)):
        assert (
            f'<option value="{region.id}"' in page or f'<option selected value="{region.id}"' in page
        ) is region.is_district
    assert 'optgroup label="昆明市 县（市、区）"' in page and 'optgroup label="昆明市 功能区"' in page


def test_the_way_is_drawn_by_name_and_follows_what_is_typed(unit, client, session):
    page = text_of(client.get("/unit/"))
    department = session.query(make.UnitDepartment).filter_by(unit_id=unit.id).one().department
    assert f"个人申报 → 然后 {unit.name} → 然后 {department.name} → 然后 评委会" in page
    preview = client.post(
        "/unit/",
        data=written(unit, nature=Nature.NON_PUBLIC, tier=Tier.COUNTY, preview="1", remark="没有保存"),
    )
    assert preview.status_code == 200
    assert f"{unit.name} → 然后 盘龙区人力资源和社会保障局 → 然后 评委会" in text_of(preview)
    assert "没有保存" in preview.text
    session.refresh(unit)
    assert (unit.nature, unit.remark) == (Nature.STATE_INSTITUTION, None)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"contact_phone": None}, "单位信息不完整，请联系单位完善"),
        ({"district": None}, "查找人社局失败"),
        ({"nature": Nature.NON_PUBLIC, "tier": Tier.COUNTY}, "评委会"),
    ],
)
def test_what_stands_in_the_way_is_said_in_the_exact_words(given, message, session, sign_in):
    unit = make.make_unit(**given)
    assert message in text_of(sign_in(make.make_user(Role.UNIT, unit)).get("/unit/"))


def test_without_an_approved_department_the_way_is_blocked(session, sign_in):
    unit = make.make_unit(Nature.NON_PUBLIC)
    unit.nature = Nature.STATE_INSTITUTION
    page = text_of(sign_in(make.make_user(Role.UNIT, unit)).get("/unit/"))
    assert "主管单位审核未通过" in page


def test_a_colleague_who_saved_first_is_not_overwritten_unseen(unit, client, sign_in, session):
    seen = value_of(client.get("/unit/"), "seen")
    colleague = sign_in(make.make_user(Role.UNIT, unit))
    assert save(colleague, unit, fax="0871-1111111").status_code == 302
    answer = client.post("/unit/", data=written(unit, seen=seen, fax="0871-2222222"))
    assert answer.status_code == 409 and "刚刚有人修改过" in text_of(answer)
    assert "0871-2222222" in answer.text
    session.refresh(unit)
    assert unit.fax == "0871-1111111"


def test_another_unit_is_not_found_and_several_are_switched(unit, client, sign_in, session):
    other = make.make_unit()
    for path in ("/unit/", "/unit/staff/", "/unit/departments/", "/unit/departments/choose"):
        assert client.get(f"{path}?unit={other.id}").status_code == 404
        assert client.get(f"{path}?unit=abc").status_code == 404
    assert client.post(f"/unit/?unit={other.id}", data=written(other, seen="")).status_code == 404
    both = make.make_user(Role.UNIT, unit)
    make.join(both, Role.UNIT, other)
    page = sign_in(both).get(f"/unit/?unit={other.id}")
    assert other.credit_code in page.text and f"/unit/?unit={unit.id}" in page.text


def test_a_department_clerk_of_the_unit_is_not_the_units_clerk(unit, sign_in, session):
    department = session.query(make.UnitDepartment).filter_by(unit_id=unit.id).one().department
    clerk = make.make_user(Role.DEPARTMENT, department)
    assert sign_in(clerk).get("/unit/").status_code == 403
    make.join(clerk, Role.UNIT, make.make_unit())
    assert sign_in(clerk).get(f"/unit/?unit={unit.id}").status_code == 404


def test_the_people_of_the_unit_and_no_other_with_masked_numbers(unit, client, session):
    mine = [make.make_applicant(unit) for _ in range(2)]
    foreign = make.make_applicant(make.make_unit())
    page = client.get("/unit/staff/")
    for person in mine:
        assert person.account.first_name in page.text
        assert person.account.id_number not in page.text and person.account.mobile not in page.text
    assert foreign.account.first_name not in page.text
    found = client.get(f"/unit/staff/?name={mine[1].account.first_name}")
    assert mine[1].account.first_name in text_of(found)
    assert mine[0].account.first_name not in text_of(found)
    assert "没有符合条件的人员" in text_of(client.get("/unit/staff/?name=无此人"))


def test_long_lists_of_people_are_turned_page_by_page(unit, client, session):
    people = [make.make_applicant(unit) for _ in range(27)]
    first = client.get("/unit/staff/")
    assert people[24].account.first_name in text_of(first) and people[25].account.first_name not in text_of(
        first
    )
    (link,) = re.findall(r'href="([^"]+)" rel="next"', first.text)
    second = client.get(link.replace("&amp;", "&"))
    assert people[26].account.first_name in text_of(second) and "上一页" in text_of(second)
    assert people[24].account.first_name not in text_of(second)


def test_the_unit_opens_the_lock_of_its_own_people_only(unit, client, session):
    person, foreign = make.make_applicant(unit), make.make_applicant(make.make_unit())
    for each in (person, foreign):
        each.account.locked_at, each.account.fail_login_count = clock.now(), 4
    session.commit()
    assert LOCKED in client.get("/unit/staff/").text
    assert client.post(f"/unit/staff/{foreign.id}/unlock").status_code == 404
    assert client.post(f"/unit/staff/{person.id}/unlock").status_code == 302
    session.refresh(person.account)
    session.refresh(foreign.account)
    assert person.account.locked_at is None and foreign.account.locked_at is not None
    page = client.get("/unit/staff/")
    assert "的账号已解锁" in text_of(page) and LOCKED not in page.text
