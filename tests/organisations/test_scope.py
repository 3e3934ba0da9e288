"""A department sees its units and their people, no others; a desk verifies its units (B03, B08, domain.md 2)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts import employment
from app.errors import AlreadyVerified, OwnUnit
from app.models import AuditEntry, Message, Person, Unit, User
from app.organisations.operations import ask_unit, verify_unit
from app.policy import scoped, standing_of
from app.vocabulary import Choice, Joining, Nature, Role, Tier, UnitCheck
from tests import factories as make
from tests.review.pages import text_of


@pytest.fixture
def department(session):
    return make.make_department()


@pytest.fixture
def officer(department):
    return make.make_user(Role.DEPARTMENT, department)


def names(client, path):
    """Row headers of the page's table."""
    return [part.split("</th>")[0] for part in client.get(path).text.split('<th scope="row">')[1:]]


def chosen(department, status):
    unit = make.make_unit(Nature.NON_PUBLIC)
    make.choose(unit, department, status)
    return unit


def test_of_two_of_everything_a_department_sees_its_own_half(session, department, officer, sign_in):
    units = {status: chosen(department, status) for status in Choice}
    mine, foreign = units[Choice.APPROVED], make.make_unit()
    people = [make.make_applicant(mine) for _ in range(2)]
    unconfirmed, gone = make.make_applicant(), make.make_applicant(mine)
    make.employ(unconfirmed, mine, confirmed=False)
    employment.end(gone, mine.id, Joining.CONFIRMED, by=officer, at=clock.now(), reason="")
    for unit in (*units.values(), foreign):
        if unit is not mine:
            make.make_applicant(unit)
    client = sign_in(officer)
    assert names(client, "/department/scope/") == [mine.name]
    assert '<td data-l="人员数" class="num">2</td>' in client.get("/department/scope/").text
    expected = [each.account.first_name for each in people]
    assert names(client, "/department/scope/people") == expected
    assert names(client, f"/department/scope/people?unit={mine.id}") == expected
    for unit in (units[Choice.PENDING], units[Choice.REFUSED], foreign):
        page = client.get(f"/department/scope/people?unit={unit.id}").text
        assert unit.name not in page and names(client, f"/department/scope/people?unit={unit.id}") == []
    who = standing_of(officer)
    assert session.scalars(scoped(Unit, who)).all() == [mine]
    assert session.scalars(scoped(Person, who)).all() == people


def test_numbers_stay_masked_and_names_are_searched(session, department, officer, sign_in):
    unit = chosen(department, Choice.APPROVED)
    one, two = make.make_applicant(unit), make.make_applicant(unit)
    client = sign_in(officer)
    page = client.get("/department/scope/people").text
    assert one.account.id_number not in page and one.account.mobile not in page
    assert names(client, f"/department/scope/people?name={two.account.first_name}") == [
        two.account.first_name
    ]
    assert "没有符合条件的人员" in text_of(client.get("/department/scope/people?name=%25"))
    assert names(client, f"/department/scope/?name={unit.name}") == [unit.name]
    assert "没有名称含“%”的单位" in text_of(client.get("/department/scope/?name=%25"))


def test_a_unit_clerk_of_the_department_keeps_the_two_apart(session, department, officer, sign_in):
    """As a unit's clerk he sees his unit's people; in the department's scope they are not."""
    own = make.make_unit()
    person = make.make_applicant(own)
    make.join(officer, Role.UNIT, own)
    client = sign_in(officer)
    assert names(client, "/department/scope/people") == names(client, "/department/scope/") == []
    assert client.get(f"/unit/staff/{person.id}").status_code == 200
    approved = chosen(department, Choice.APPROVED)
    theirs = make.make_applicant(approved)
    session.commit()
    assert client.get(f"/unit/staff/{theirs.id}").status_code == 404
    assert client.post(f"/unit/staff/{theirs.id}/remove").status_code == 404


def test_pages_of_units_and_people_follow_each_other(session, department, officer, sign_in):
    units = [chosen(department, Choice.APPROVED) for _ in range(27)]
    people = [make.make_applicant(units[0]) for _ in range(26)]
    client = sign_in(officer)
    for path, expected in (
        ("/department/scope/", [each.name for each in units]),
        ("/department/scope/people", [each.account.first_name for each in people]),
    ):
        first = client.get(path).text
        link = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
        assert names(client, path) + names(client, link) == expected


# 西山区 has two desks: one for public institutions, one for all others.
SERVED = [
    (Nature.NON_PUBLIC, "西山区", "private"), (Nature.SOCIAL_ORG, "西山区", "private"),
    (Nature.STATE_INSTITUTION, "西山区", "public"), (None, "西山区", "both"),
    (Nature.NON_PUBLIC, "盘龙区", "neither"), (Nature.NON_PUBLIC, None, "neither"), (None, None, "neither"),
]  # fmt: skip


@pytest.mark.parametrize(("nature", "district", "desk"), SERVED)
def test_a_desk_sees_the_unverified_units_of_its_district_and_natures(
    session, sign_in, nature, district, desk
):
    desks = {
        "private": make.desk_of("西山区", Nature.NON_PUBLIC),
        "public": make.desk_of("西山区", Nature.STATE_INSTITUTION),
    }
    unit = make.make_unit(nature, None, district, verified_at=None)
    for key, office in desks.items():
        client = sign_in(make.make_user(Role.BUREAU, office))
        sees = desk in (key, "both")
        assert (unit.name in names(client, "/bureau/units/")) is sees
        assert client.get(f"/bureau/units/{unit.id}").status_code == (200 if sees else 404)
        if not sees:
            assert client.post(f"/bureau/units/{unit.id}/verify", data={"how": "licence"}).status_code == 404
            assert client.post(f"/bureau/units/{unit.id}/note", data={"text": "示例"}).status_code == 404


@pytest.fixture
def unit(session):
    return make.make_unit(
        Nature.NON_PUBLIC, Tier.COUNTY, verified_at=None, registered_at=clock.now() - timedelta(days=3)
    )


@pytest.fixture
def clerk(unit):
    return make.make_user(Role.UNIT, unit)


@pytest.fixture
def desk(session):
    return make.make_user(Role.BUREAU, make.desk_of("盘龙区", Nature.NON_PUBLIC))


def inbox(session, user):
    return list(session.scalars(select(Message.text).where(Message.recipient_id == user.id)))


def test_from_the_question_to_the_verification(session, unit, clerk, desk, sign_in):
    client, units_own = sign_in(desk), sign_in(clerk)
    listed = text_of(client.get("/bureau/units/"))
    assert f"{unit.name} {unit.credit_code} 非公经济组织 3 天 核验" in listed
    page = text_of(client.get(f"/bureau/units/{unit.id}"))
    assert "18 位，校验码正确" in page and "已等待 3 天" in page
    assert "本单位尚未核验" in text_of(units_own.get("/unit/"))
    assert client.post(f"/bureau/units/{unit.id}/note", data={"text": "补充登记证书"}).status_code == 302
    assert "补充登记证书" in text_of(client.get(f"/bureau/units/{unit.id}"))
    assert "补充登记证书" in text_of(units_own.get("/unit/"))
    assert inbox(session, clerk) == ["单位核验需要补充：补充登记证书"]
    assert client.post(f"/bureau/units/{unit.id}/verify", data={"how": "licence"}).status_code == 302
    session.refresh(unit)
    assert unit.verified_at and (unit.verified_by_id, unit.verified_how) == (desk.id, UnitCheck.LICENCE)
    assert "已核验，已通知单位" in text_of(client.get("/bureau/units/"))
    assert unit.name not in names(client, "/bureau/units/")
    assert unit.name in text_of(client.get(f"/bureau/units/?state=verified&name={unit.name}"))
    assert "核对了营业执照或登记证书" in text_of(client.get(f"/bureau/units/{unit.id}"))
    assert "本单位尚未核验" not in text_of(units_own.get("/unit/"))
    again = client.post(f"/bureau/units/{unit.id}/verify", data={"how": "call"})
    assert again.status_code == 409 and "刚刚已通过核验" in text_of(again)
    late = client.post(f"/bureau/units/{unit.id}/note", data={"text": "再补充"})
    assert late.status_code == 409
    session.refresh(unit)
    assert (unit.verified_how, unit.verification_note) == (UnitCheck.LICENCE, "补充登记证书")
    for action in ("verify_unit", "ask_unit"):
        query = select(func.count(AuditEntry.id)).where(
            AuditEntry.action == action, AuditEntry.object_id == str(unit.id)
        )
        assert session.scalar(query) == 1


@pytest.mark.parametrize(
    ("path", "data", "message"),
    [
        ("verify", {}, "选择核验方式"),
        ("verify", {"how": "department"}, "选择核验方式"),
        ("verify", {"how": "nonsense"}, "选择核验方式"),
        ("note", {"text": " "}, "填写需要补充的内容"),
        ("note", {"text": "字" * 201}, "需要补充的内容超出 1 字，上限 200 字"),
    ],
)
def test_what_a_desk_forgets_is_named(session, unit, desk, sign_in, path, data, message):
    answer = sign_in(desk).post(f"/bureau/units/{unit.id}/{path}", data=data)
    assert answer.status_code == 422 and message in text_of(answer)
    session.refresh(unit)
    assert unit.verified_at is None and unit.noted_at is None


def test_nobody_verifies_a_unit_he_acts_for(session, unit, desk, sign_in):
    make.join(desk, Role.UNIT, unit)
    with pytest.raises(OwnUnit):
        verify_unit(unit, by=desk, at=clock.now(), how=UnitCheck.CALL)
    answer = sign_in(desk).post(f"/bureau/units/{unit.id}/verify", data={"how": "call"})
    assert answer.status_code == 409 and unit.verified_at is None


def test_of_two_who_verify_at_once_the_first_is_named(session, unit, desk):
    other = make.make_user(Role.HOTLINE)
    verify_unit(unit, by=desk, at=clock.now(), how=UnitCheck.REGISTER)
    for late in (
        lambda: verify_unit(unit, by=other, at=clock.now(), how=UnitCheck.CALL),
        lambda: ask_unit(unit, "示例", by=other, at=clock.now()),
    ):
        with pytest.raises(AlreadyVerified):
            late()
    assert (unit.verified_by_id, unit.verified_how) == (desk.id, UnitCheck.REGISTER)


def test_what_does_not_fit_is_shown_as_evidence(session, desk, sign_in):
    """The code says where the unit was registered; a phone shared with another unit is worth a question."""
    first = make.make_unit(Nature.NON_PUBLIC, credit_code="91530112MA00000019", verified_at=None)
    second = make.make_unit(Nature.NON_PUBLIC, contact_phone="0871-65000000", verified_at=None)
    third = make.make_unit(Nature.NON_PUBLIC, contact_phone="0871-65000000", verified_at=None)
    client = sign_in(desk)
    assert "西山区，与行政区域不一致，核对证书" in text_of(client.get(f"/bureau/units/{first.id}"))
    assert f"联系电话相同的单位 {third.name}" in text_of(client.get(f"/bureau/units/{second.id}"))


def test_a_verified_units_clerk_sees_the_waiting_days_no_more(session, unit, clerk, sign_in):
    client = sign_in(clerk)
    assert "已等待： 3 天" in text_of(client.get("/unit/")).replace("：3", "： 3")
    assert session.get_one(User, clerk.id).active
