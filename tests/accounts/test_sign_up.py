"""Signing up, by the pages and two at once (ACC-01…04, ACC-16, ACC-17)."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app import clock
from app.accounts import numbers, operations, registration
from app.accounts.registration import IdNumberTaken, MobileTaken, UnitTaken, UserNameTaken
from app.models import Membership, Person, Unit, User
from app.vocabulary import Document, Role
from tests import factories as make
from tests.accounts.people import PASSWORD, fresh, make_mobile

NEW = {"password": PASSWORD, "repeat": PASSWORD}


def prove_mobile(client, base, mobile, sent_to):
    asked = client.post(f"{base}/mobile", data={"mobile": mobile})
    assert (asked.status_code, asked.location) == (302, f"{base}/mobile"), asked.text
    proved = client.post(f"{base}/mobile", data={"code": sent_to(mobile)})
    assert (proved.status_code, proved.location) == (302, f"{base}/password"), proved.text


def test_a_person_signs_up_in_three_pages_and_is_signed_in(client, session, sent_to):
    number, mobile, _n = fresh()
    client.post("/sign-up/", data={"name": " 示例 新人 ", "id_number": number.lower()})
    prove_mobile(client, "/sign-up", mobile, sent_to)
    done = client.post("/sign-up/password", data=NEW)

    assert (done.status_code, done.location) == (302, "/")
    user = session.scalars(select(User).where(User.id_number == number)).one()
    person = session.get_one(Person, user.id)
    roles = session.scalars(select(Membership.role).where(Membership.user_id == user.id)).all()
    assert (user.first_name, user.mobile, user.username[0], len(user.username)) == (
        "示例 新人",
        mobile,
        "p",
        11,
    )
    assert (person.birth_date, person.gender) == numbers.born_and_gender(number, user.document)
    assert user.document == Document.RESIDENT
    assert (person.contact_mobile, roles) == (mobile, [Role.APPLICANT])
    assert client.get("/account/").status_code == 200
    with client.session_transaction() as cookie:
        assert "SignUpView" not in cookie


def test_no_page_of_the_sign_up_can_be_skipped(client):
    assert client.get("/sign-up/mobile").location == "/sign-up/"
    assert client.get("/sign-up/password").location == "/sign-up/mobile"
    client.post("/sign-up/", data={"name": "示例人", "id_number": fresh()[0]})
    assert client.get("/sign-up/password").location == "/sign-up/mobile"
    assert client.post("/sign-up/password", data=NEW).location == "/sign-up/mobile"


def test_the_proof_of_a_mobile_grows_old(client, sent_to):
    number, mobile, _n = fresh()
    client.post("/sign-up/", data={"name": "示例人", "id_number": number})
    prove_mobile(client, "/sign-up", mobile, sent_to)

    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        assert client.post("/sign-up/password", data=NEW).location == "/sign-up/mobile"


def test_another_mobile_after_the_proof_needs_a_proof_of_its_own(client, sent_to):
    number, mobile, _n = fresh()
    client.post("/sign-up/", data={"name": "示例人", "id_number": number})
    prove_mobile(client, "/sign-up", mobile, sent_to)
    client.post("/sign-up/mobile", data={"mobile": make_mobile()})

    assert client.post("/sign-up/password", data=NEW).location == "/sign-up/mobile"


def test_going_back_keeps_what_was_typed_and_the_cookie_never_holds_the_password(client, sent_to):
    number, mobile, _n = fresh()
    client.post("/sign-up/", data={"name": "示例返回", "id_number": number})
    prove_mobile(client, "/sign-up", mobile, sent_to)
    page = client.post("/sign-up/password", data={"password": PASSWORD, "repeat": "something else"})

    assert page.status_code == 422
    assert "两次输入的密码不一致" in page.text
    assert PASSWORD not in page.text
    back = client.get("/sign-up/").text
    assert "示例返回" in back
    assert number in back
    assert mobile in client.get("/sign-up/mobile").text
    with client.session_transaction() as cookie:
        assert PASSWORD not in str(dict(cookie))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "id_number": "11010519491231002X"}, "填写姓名"),
        ({"name": "示", "id_number": "11010519491231002X"}, "姓名应为 2 至 30 个字"),
        ({"name": "示例<b>", "id_number": "11010519491231002X"}, "姓名不能有数字和"),
        ({"name": "示例人", "id_number": ""}, "填写证件号码"),
        ({"name": "示例人", "id_number": "110105194912310021"}, "校验不通过"),
        ({"name": "示例人", "id_number": "E0001", "document": "taiwan_permit"}, "应为 8 位数字"),
        (
            {"name": "示例人", "id_number": "11010519491231002X", "document": "library card"},
            "选择证件类型",
        ),
    ],
)
def test_a_wrong_identity_is_told_what_to_do_and_nothing_is_lost(client, typed, said):
    page = client.post("/sign-up/", data=typed)

    assert page.status_code == 422
    assert said in page.text
    assert f'value="{typed["id_number"]}"' in page.text


def test_a_registered_id_number_is_led_to_sign_in_or_recovery(client, session, person):
    page = client.post("/sign-up/", data={"name": "示例人", "id_number": person.id_number})

    assert page.status_code == 422
    assert "该身份证号已注册，直接登录或找回密码" in page.text


def test_a_registered_mobile_gets_no_code(client, session, person, sent_to):
    client.post("/sign-up/", data={"name": "示例人", "id_number": fresh()[0]})
    page = client.post("/sign-up/mobile", data={"mobile": person.mobile})

    assert page.status_code == 422
    assert "手机号码已注册" in page.text
    assert sent_to(person.mobile) is None


def test_the_codes_left_are_shown_and_the_fourth_is_refused_until_tomorrow(client):
    number, mobile, _n = fresh()
    client.post("/sign-up/", data={"name": "示例人", "id_number": number})
    for left in (2, 1, 0):
        client.post("/sign-up/mobile", data={"mobile": mobile})
        assert f"今天还可获取 {left} 次" in client.get("/sign-up/mobile").text
    page = client.post("/sign-up/mobile", data={"mobile": mobile})

    assert page.status_code == 422
    assert "今天的 3 次验证码已用完，明天再获取" in page.text


def test_wrong_codes_count_although_they_are_refused(client, sent_to):
    number, mobile, _n = fresh()
    client.post("/sign-up/", data={"name": "示例人", "id_number": number})
    client.post("/sign-up/mobile", data={"mobile": mobile})
    code = sent_to(mobile)
    wrong = "000000" if code != "000000" else "111111"
    for _each in range(5):
        assert "短信验证码不正确或已失效" in client.post("/sign-up/mobile", data={"code": wrong}).text

    assert client.post("/sign-up/mobile", data={"code": code}).status_code == 422


def test_a_password_made_of_the_own_number_is_refused(client, sent_to):
    number, mobile, _n = fresh()
    client.post("/sign-up/", data={"name": "示例人", "id_number": number})
    prove_mobile(client, "/sign-up", mobile, sent_to)
    page = client.post("/sign-up/password", data={"password": number, "repeat": number})

    assert page.status_code == 422
    assert "密码不能包含" in page.text


def test_a_person_with_a_passport_signs_up_and_fills_in_what_the_number_does_not_say(
    client, session, sent_to
):
    _number, mobile, n = fresh()
    passport = f"E{n:08d}"
    client.post(
        "/sign-up/", data={"name": "Example Person", "document": "passport", "id_number": passport.lower()}
    )
    prove_mobile(client, "/sign-up", mobile, sent_to)
    review = client.get("/sign-up/password").text
    assert "护照" in review
    assert passport not in review
    assert client.post("/sign-up/password", data=NEW).status_code == 302

    user = session.scalars(select(User).where(User.id_number == passport)).one()
    person = session.get_one(Person, user.id)
    assert (user.document, person.birth_date, person.gender) == (Document.PASSPORT, None, None)
    page = client.get("/person/").text
    assert "出生年月" in page
    client.post("/sign-in/out")
    assert client.post("/sign-in/", data={"name": passport.lower(), "password": PASSWORD}).status_code == 302
    client.post("/sign-in/out")
    again = client.post(
        "/sign-up/", data={"name": "Example Person", "document": "passport", "id_number": passport}
    )
    assert "该证件号码已注册，直接登录或找回密码" in again.text


def test_a_cookie_of_a_sign_up_shows_nothing_of_the_person(client, sent_to):
    """Name, number and mobile are sealed: the cookie is signed only and can be read by whoever has it (D03)."""
    number, mobile, _n = fresh()
    client.post("/sign-up/", data={"name": "示例密封", "id_number": number})
    prove_mobile(client, "/sign-up", mobile, sent_to)
    client.post("/recover/", data={"name": number, "mobile": mobile})

    with client.session_transaction() as cookie:
        written = str(dict(cookie))
    for secret in (number, mobile, "示例密封"):
        assert secret not in written
    assert {"SignUpView", "RecoverView"} <= set(dict(cookie))


def test_a_cookie_that_was_altered_is_a_new_beginning(client):
    with client.session_transaction() as cookie:
        cookie["SignUpView"] = "dev.AAAA"
        cookie["RecoverView"] = {"name": "x"}

    assert client.get("/sign-up/mobile").location == "/sign-up/"
    assert client.get("/recover/password").location == "/recover/"


@pytest.mark.parametrize(("same", "refusal"), [("id_number", IdNumberTaken), ("mobile", MobileTaken)])
def test_of_twelve_sign_ups_at_once_one_wins_and_the_others_are_told(
    app, session, together, now, same, refusal
):
    number, mobile, _n = fresh()
    given = iter([fresh() for _each in range(12)])

    def sign_up():
        own_number, own_mobile, _n = next(given)
        registration.sign_up_person(
            name="示例同时",
            id_number=number if same == "id_number" else own_number,
            mobile=mobile if same == "mobile" else own_mobile,
            password=PASSWORD,
            at=now,
        )
        return "done"

    results = together(12, sign_up)
    assert (results.count("done"), results.count(refusal)) == (1, 11)
    column = getattr(User, same)
    taken = number if same == "id_number" else mobile
    assert session.scalar(select(func.count(User.id)).where(column == taken)) == 1


def unit_of(n):
    return {"unit_name": f"云南省示例新单位{n}", "code": make.credit_code(n), "name": "示例负责人"}


def test_a_unit_signs_up_and_can_work_at_once(client, session, sent_to):
    _number, mobile, n = fresh()
    client.post("/unit-sign-up/", data=unit_of(n))
    prove_mobile(client, "/unit-sign-up", mobile, sent_to)
    done = client.post("/unit-sign-up/password", data={"username": f"danwei{n}", **NEW})

    assert (done.status_code, done.location) == (302, "/"), done.text
    unit = session.scalars(select(Unit).where(Unit.credit_code == make.credit_code(n))).one()
    user = session.scalars(select(User).where(User.username == f"danwei{n}")).one()
    membership = session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
    assert (membership.role, membership.organisation_id) == (Role.UNIT, unit.id)
    assert (unit.contact, unit.contact_phone) == ("示例负责人", mobile)
    assert (unit.nature, unit.tier, unit.region_id, unit.verified_at) == (None, None, None, None)
    assert client.get("/account/").status_code == 200


def test_a_unit_that_exists_is_told_whom_to_ask(client, session):
    """The credit code names the region of registration: its desks are named with their phones (ACC-17)."""
    code = "9153010300000003" + "0"
    code += numbers.uscc.calc_check_digit(code + "0")
    make.make_unit(name="云南省示例重名单位", credit_code=code)
    session.commit()
    page = client.post(
        "/unit-sign-up/", data={"unit_name": "云南省示例另一名称", "code": code, "name": "示例人"}
    )

    assert page.status_code == 422
    assert "已存在有权限的同名单位" in page.text
    assert "盘龙区人力资源和社会保障局" in page.text
    assert "0871-65615187" in page.text
    assert "0871-63108336" in page.text
    assert "云南省示例另一名称" in page.text


def test_the_same_name_and_the_old_form_of_the_same_code_are_the_same_unit(session, now):
    make.make_unit(name="云南省示例旧码单位", credit_code="91110000600037341L")
    for name, code in (
        ("云南省示例旧码单位", make.credit_code(8001)),
        ("云南省示例别名单位", "91110000600037341L"),
        ("云南省示例别名单位", "600037341"),
    ):
        with pytest.raises(UnitTaken):
            registration.refuse_taken_unit(name, code)
    registration.refuse_taken_unit("云南省示例新名单位", make.credit_code(8001))


def test_of_twelve_units_with_one_code_at_once_one_wins(app, session, together, now):
    n = fresh()[2]
    turns = iter(range(12))

    def sign_up():
        turn = next(turns)
        registration.sign_up_unit(
            **{**unit_of(n), "unit_name": f"云南省示例同码单位{turn}"},
            mobile=f"136000{turn:02d}{n % 1000:03d}",
            username=f"same-code-{n}-{turn}",
            password=PASSWORD,
            at=now,
        )
        return "done"

    results = together(12, sign_up)
    assert (results.count("done"), results.count(UnitTaken)) == (1, 11)


def test_a_taken_user_name_is_told_at_its_field_and_nothing_else_is_lost(
    client, session, sent_to, unit_clerk
):
    _number, mobile, n = fresh()
    client.post("/unit-sign-up/", data=unit_of(n))
    prove_mobile(client, "/unit-sign-up", mobile, sent_to)
    page = client.post("/unit-sign-up/password", data={"username": unit_clerk.username, **NEW})

    assert page.status_code == 422
    assert str(UserNameTaken.message) in page.text
    assert f"云南省示例新单位{n}" in page.text


@pytest.mark.parametrize("username", ["abc", "Abcd", "1abc", "13900000001", "ab cd", "示例单位", "a" * 31])
def test_a_user_name_can_never_be_taken_for_a_number(client, sent_to, username):
    _number, mobile, n = fresh()
    client.post("/unit-sign-up/", data=unit_of(n))
    prove_mobile(client, "/unit-sign-up", mobile, sent_to)
    page = client.post("/unit-sign-up/password", data={"username": username, **NEW})

    assert page.status_code == 422
    assert "小写字母" in page.text


def test_a_passport_with_the_digits_of_a_mobile_takes_nobodys_place(client, session, person, now):
    """Whatever is claimed as a passport: user names and mobiles come first when somebody signs in."""
    claimed = (person.mobile, person.username.upper())
    for number in claimed:
        registration.sign_up_person(
            name="Example Claimant",
            document=Document.PASSPORT,
            id_number=number.replace("-", ""),
            mobile=make_mobile(),
            password="another long password",
            at=now,
        )
    session.commit()

    for name in (person.mobile, person.username):
        assert operations.find_account(name).id == person.id


def test_a_responsible_person_with_an_account_is_told_what_to_do(client, session, person, sent_to):
    """His mobile is his own account's; the page says how the unit gets in all the same."""
    n = fresh()[2]
    client.post("/unit-sign-up/", data={"unit_name": f"云南省示例负责人单位{n}", "code": make.credit_code(n), "name": "示例负责人"})  # fmt: skip
    page = client.post("/unit-sign-up/mobile", data={"mobile": person.mobile})
    assert page.status_code == 422
    for words in (
        "手机号码已注册",
        "换用单位的另一个手机号注册",
        "0871-63108336",
        "把单位经办人的角色加到您现有的账号",
    ):
        assert words in page.text
    assert sent_to(person.mobile) is None


def test_an_account_that_gets_the_units_role_acts_for_it(session, sign_in, person):
    """That is the way the page names."""
    unit, page = make.make_unit(), sign_in(make.make_user(Role.SUPER_ADMIN))
    session.commit()
    given = {"user": person.mobile, "role": "unit", "organisation": unit.credit_code}
    assert page.post("/admin/memberships/add", data=given).status_code == 302
    assert unit.name in sign_in(person).get("/unit/").text
