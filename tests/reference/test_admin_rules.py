"""What the super administrators' screens refuse, and what they set right by themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.accounts import passwords
from app.extensions import db
from app.models import (
    AuditEntry,
    Bureau,
    Committee,
    IntegrityRecord,
    Major,
    Membership,
    Person,
    Profession,
    Round,
    Unit,
    User,
)
from app.reference.rights import PERMISSIONS, VIEWS_OF
from app.roles import OPENS
from app.vocabulary import Role
from tests import factories
from tests.forms import typed


@pytest.fixture
def administrator(session):
    return factories.make_user(Role.SUPER_ADMIN, first_name="示例管理员")


@pytest.fixture
def page(sign_in, administrator):
    return sign_in(administrator)


def change(page, path, **given):
    return page.post(path, data={**typed(page.get(path).text), **given})


ACCOUNT = {
    "username": "example.clerk",
    "first_name": "示例经办",
    "mobile": "13800000001",
    "document": "resident",
    "id_number": "",
    "active": "y",
    "password": "山高水长 2026",
}


# Accounts


def test_a_new_account_has_to_change_its_first_password(page):
    assert page.post("/admin/users/add", data=ACCOUNT).status_code == 302
    user = db.session.scalars(select(User).where(User.username == "example.clerk")).one()
    assert user.must_change_password
    assert passwords.matches(user.password, "山高水长 2026")
    assert (user.mobile, user.id_number, user.email) == ("13800000001", None, "example.clerk@local.invalid")
    noted = db.session.scalars(
        select(AuditEntry).where(AuditEntry.object_type == "User", AuditEntry.object_id == str(user.id))
    ).one()
    assert noted.action == "add"
    assert "山高水长" not in noted.detail and "13800000001" not in noted.detail


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("password", "12345678", "密码太常见"),
        ("password", "13800000009x", "密码不能包含"),
        ("password", "", "不能为空"),
        ("mobile", "1380000", "手机号应为 11 位"),
        ("id_number", "530102197501020001", "校验不通过"),
        ("username", "李", "用户名以字母开头"),
        ("first_name", "甲1", "姓名不能有数字"),
    ],
)
def test_a_wrong_account_keeps_what_was_typed(page, field, value, message):
    data = {**ACCOUNT, "username": "other.clerk", "mobile": "13800000009", field: value}
    answer = page.post("/admin/users/add", data=data)
    assert answer.status_code == 422
    assert message in answer.text
    for name in ("first_name", "username"):
        assert typed(answer.text)[name] == [data[name]]


DOCUMENTS = [
    ("passport", "e 1234567", "E1234567"),
    ("hk_macao_permit", "H00000001", "H00000001"),
    ("taiwan_permit", "00000001", "00000001"),
    ("resident", factories.id_number(7004).lower(), factories.id_number(7004)),
]


@pytest.mark.parametrize(("kind", "given", "stored"), DOCUMENTS)
def test_eli_01_an_account_may_have_any_kind_of_document(page, kind, given, stored):
    data = {**ACCOUNT, "username": f"kind.{kind}".replace("_", "."), "mobile": "", "document": kind}
    assert page.post("/admin/users/add", data={**data, "id_number": given}).status_code == 302
    user = db.session.scalars(select(User).where(User.username == data["username"])).one()
    assert (user.document, user.id_number) == (kind, stored)
    other = "passport" if kind == "resident" else "resident"
    assert change(page, f"/admin/users/edit/{user.id}", document=other).status_code == 422
    assert db.session.get(User, user.id).document == kind


@pytest.mark.parametrize(("kind", "given", "stored"), DOCUMENTS)
def test_int_01_the_archive_takes_any_kind_of_document(page, kind, given, stored):
    data = {"document": kind, "id_number": given, "reason": f"示例 {kind}", "starts_on": "2026-01-01"}
    assert page.post("/admin/integrity-records/add", data={**data, "until": "2028-12-31"}).status_code == 302
    assert db.session.scalars(
        select(IntegrityRecord.id_number).where(IntegrityRecord.reason == f"示例 {kind}")
    ).all() == [stored]


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("passport", "E123", "护照号应为 5 至 20 位"),
        ("taiwan_permit", "E1234567", "通行证号应为 8 位数字"),
        ("resident", "E1234567", "应为 18 位"),
        ("", factories.id_number(7005), "不能为空"),
    ],
)
def test_a_number_is_judged_as_the_document_chosen(page, kind, given, message):
    data = {"document": kind, "id_number": given, "reason": "示例", "starts_on": "2026-01-01"}
    answer = page.post("/admin/integrity-records/add", data={**data, "until": "2028-12-31"})
    assert answer.status_code == 422 and message in answer.text


def test_numbers_of_persons_are_masked_and_kept(page):
    user = factories.make_user(
        first_name="示例张某", id_number=factories.id_number(7000), mobile="13800001001"
    )
    db.session.commit()
    number = user.id_number
    for path in ("list/?username=" + user.username, f"show/{user.id}", f"edit/{user.id}"):
        text = page.get(f"/admin/users/{path}").text
        assert number not in text and "13800001001" not in text
        assert "138****1001" in text
    change(page, f"/admin/users/edit/{user.id}", username="renamed-clerk")
    user = db.session.get(User, user.id)
    assert (user.username, user.id_number, user.mobile) == ("renamed-clerk", number, "13800001001")


@pytest.mark.parametrize(
    "change_of",
    [{"mobile": "138 0000 1002"}, {"id_number": factories.id_number(7002)}, {"first_name": "示例李某"}],
    ids=["mobile", "id_number", "name"],
)
def test_what_is_registered_is_not_changed_by_one_administrator(page, change_of):
    """B10, A12: whoever may change a mobile alone may take over any account with it."""
    user = factories.make_user(
        first_name="示例张某", id_number=factories.id_number(7001), mobile="13800001011"
    )
    db.session.commit()
    known = (user.first_name, user.id_number, user.mobile)
    answer = change(page, f"/admin/users/edit/{user.id}", **change_of)
    assert answer.status_code == 422 and "不能在这里修改" in answer.text
    user = db.session.get(User, user.id)
    assert (user.first_name, user.id_number, user.mobile) == known
    db.session.delete(user)
    db.session.commit()


def test_what_is_not_registered_yet_is_entered_while_the_account_is_nobodys(page):
    user = factories.make_user(first_name="示例经办")
    db.session.commit()
    change(page, f"/admin/users/edit/{user.id}", first_name="示例接任经办", mobile="138 0000 4003")
    user = db.session.get(User, user.id)
    assert (user.first_name, user.mobile) == ("示例接任经办", "13800004003")


@pytest.mark.parametrize("entered", [{"mobile": "138 0000 4004"}, {"id_number": factories.id_number(7003)}])
@pytest.mark.parametrize(
    ("role", "used"),
    [
        (Role.AUDITOR, ""),
        (Role.SECURITY_ADMIN, ""),
        (Role.SUPER_ADMIN, ""),
        (Role.HOTLINE, "has signed in"),
        (Role.HOTLINE, "is signed in"),
        (None, "has signed in"),
    ],
    ids=str,
)
def test_b13_a_first_number_is_the_owners_where_there_is_one(page, sign_in, entered, role, used):
    """A super administrator who may enter an auditor's mobile gets the auditor's account by SMS."""
    user = factories.make_user(*([role] if role else []), first_name="示例在职")
    user.login_count = 1 if used == "has signed in" else 0
    db.session.commit()
    if used == "is signed in":
        sign_in(user)
    answer = change(page, f"/admin/users/edit/{user.id}", **entered)

    assert answer.status_code == 422
    assert "手机号和证件号不能由他人首次登记" in answer.text
    user = db.session.get(User, user.id)
    assert (user.mobile, user.id_number) == (None, None)


def test_the_name_alone_of_an_account_in_use_is_still_edited(page):
    user = factories.make_user(Role.HOTLINE, first_name="示例旧名", login_count=3)
    db.session.commit()
    change(page, f"/admin/users/edit/{user.id}", first_name="示例新名")
    assert db.session.get(User, user.id).first_name == "示例新名"


def test_unlocking_is_a_post_of_its_own(page):
    user = factories.make_user(locked_at=clock.now(), fail_login_count=4)
    assert page.get(f"/admin/users/unlock/{user.id}").status_code == 405
    assert "已解锁" in page.post(f"/admin/users/unlock/{user.id}", follow_redirects=True).text
    user = db.session.get(User, user.id)
    assert (user.locked_at, user.fail_login_count) == (None, 0)
    assert "没有锁定" in page.post(f"/admin/users/unlock/{user.id}", follow_redirects=True).text


def test_nobody_locks_himself_out(page, administrator):
    own = db.session.scalars(select(Membership).where(Membership.user_id == administrator.id)).one()
    answer = page.post(f"/admin/memberships/delete/{own.id}", follow_redirects=True)
    assert "不能停用自己的账号，也不能取消自己的超级管理员角色" in answer.text
    answer = change(page, f"/admin/memberships/edit/{own.id}", role="hotline")
    assert answer.status_code == 422
    assert db.session.get(Membership, own.id).role is Role.SUPER_ADMIN


@pytest.mark.parametrize("role", ["hotline", "applicant", "super_admin"])
def test_b13_nobody_gives_himself_a_role(page, administrator, role):
    """Whoever configures and answers calls as well confirms with himself what two must confirm."""
    answer = grant(page, administrator, role)
    assert answer.status_code == 422
    assert "不能给自己的账号新增或修改角色" in answer.text
    held = select(Membership.role).where(Membership.user_id == administrator.id)
    assert db.session.scalars(held).all() == [Role.SUPER_ADMIN]


def test_an_account_is_not_disabled_by_editing_it(page):
    """Disabling ends the sign-ins, tells the person and is the security administrator's (A01, B13)."""
    user = factories.make_user(Role.HOTLINE, first_name="示例热线")
    data = typed(page.get(f"/admin/users/edit/{user.id}").text)
    assert "active" not in data
    page.post(f"/admin/users/edit/{user.id}", data={**data, "active": ""})
    assert db.session.get(User, user.id).active


# Roles


def grant(page, user, role, organisation=""):
    return page.post(
        "/admin/memberships/add", data={"user": user.username, "role": role, "organisation": organisation}
    )


def test_a_role_goes_with_an_organisation_of_its_kind(page):
    user, unit, committee = factories.make_user(), factories.make_unit(), factories.make_committee()
    desk = factories.desk_of("盘龙区", unit.nature)
    city = db.session.scalars(select(Bureau).where(Bureau.is_city)).one()
    accepted = [
        ("unit", unit.credit_code),
        ("committee", committee.code.lower()),
        ("bureau", desk.name),
        ("city_bureau", city.name),
        ("hotline", ""),
    ]
    for role, organisation in accepted:
        assert grant(page, user, role, organisation).status_code == 302, role
    held = db.session.scalars(select(Membership).where(Membership.user_id == user.id).order_by(Membership.id))
    assert [each.organisation_id for each in held] == [unit.id, committee.id, desk.id, city.id, None]


@pytest.mark.parametrize(
    ("role", "organisation", "message"),
    [
        ("unit", "", "“用人单位”须归属一个单位"),
        ("unit", "没有这家单位", "没有名为“没有这家单位”的单位"),
        ("committee", "昆明市人力资源和社会保障局", "没有名为"),
        ("bureau", "昆明市人力资源和社会保障局", "没有名为"),
        ("city_bureau", "五华区人力资源和社会保障局", "没有名为"),
        ("super_admin", "昆明市人力资源和社会保障局", "“超级管理员”不归属任何单位，此处留空"),
        ("", "", "不能为空"),
        ("king", "", "重新选择"),
    ],
)
def test_a_role_without_its_organisation_is_refused(page, role, organisation, message):
    answer = grant(page, factories.make_user(), role, organisation)
    assert answer.status_code == 422
    assert message in answer.text
    assert typed(answer.text)["organisation"] == [organisation]


def test_two_organisations_of_one_name_ask_for_the_code(page):
    first = factories.make_unit(name="同名示例单位")
    factories.make_unit(name="同名示例单位", name_key=None)  # as from before names were kept apart
    user = factories.make_user()
    assert "有多个名为“同名示例单位”的单位，改填代码" in grant(page, user, "unit", "同名示例单位").text
    assert grant(page, user, "unit", first.credit_code).status_code == 302


def test_an_unknown_account_is_refused(page):
    data = {"user": "nobody", "role": "hotline", "organisation": ""}
    assert "没有这个账号" in page.post("/admin/memberships/add", data=data).text


def test_an_applicant_gets_a_personal_page(page):
    user = factories.make_user()
    grant(page, user, "applicant")
    assert db.session.get(Person, user.id) is not None


# Organisations


def test_a_units_code_is_checked_and_its_verification_stays(page):
    unit = factories.make_unit()
    path = f"/admin/units/edit/{unit.id}"
    assert "校验不通过" in change(page, path, credit_code="915301000000000000").text
    change(page, path, verified_at="y")
    verified = db.session.get(Unit, unit.id).verified_at
    assert verified is not None
    change(page, path, remark="示例备注")
    assert db.session.get(Unit, unit.id).verified_at == verified
    assert unit.name in page.get(f"/admin/units/list/?verified_at=1&name={unit.name}").text
    assert f"/show/{unit.id}" not in page.get(f"/admin/units/list/?verified_at=0&name={unit.name}").text


def test_a_committees_code_never_changes_and_lists_are_lists(page):
    committee = db.session.scalars(select(Committee).where(Committee.code == "KM-I-13")).one()
    path = f"/admin/committees/edit/{committee.id}"
    change(
        page, path, code="X", aliases="甲评委会\r\n\r\n 乙评委会 ", series_nos=["5", "11"],
        levels=["senior_associate", "intermediate"],
    )  # fmt: skip
    committee = db.session.get(Committee, committee.id)
    assert (committee.code, committee.aliases, committee.series_nos, committee.levels) == (
        "KM-I-13",
        ["甲评委会", "乙评委会"],
        [5, 11],
        ["intermediate", "senior_associate"],
    )
    assert change(page, path, series_nos=["99"]).status_code == 422


def test_a_desks_first_phone_is_its_phone(page):
    desk = db.session.scalars(select(Bureau).where(Bureau.no == 3)).one()
    change(page, f"/admin/bureaus/edit/{desk.id}", phones="0871-1\n0871-2")
    desk = db.session.get(Bureau, desk.id)
    assert (desk.phone, desk.phones) == ("0871-1", ["0871-1", "0871-2"])


# Rounds (CYC-01, CYC-02, X-20)


def test_a_windows_times_follow_each_other(page):
    committee = factories.make_committee()
    data = {
        "committee": str(committee.id),
        "year": "2027",
        "kind": "review",
        "opens_at": "2027-05-01T00:00",
        "closes_at": "2027-04-01T00:00",
        "corrections_until": "2027-08-01T00:00",
        "tenure_until": "2027-12-31",
        "levels": ["intermediate"],
    }
    answer = page.post("/admin/rounds/add", data=data)
    assert answer.status_code == 422 and "应晚于开始时间" in answer.text
    assert typed(answer.text)["closes_at"] == ["2027-04-01T00:00"]
    data |= {"closes_at": "2027-07-01T00:00", "corrections_until": "2027-06-01T00:00"}
    assert "不能早于网上申报截止时间" in page.post("/admin/rounds/add", data=data).text
    data["corrections_until"] = "2027-08-01T00:00"
    assert page.post("/admin/rounds/add", data=data).status_code == 302
    made = db.session.scalars(select(Round).where(Round.committee_id == committee.id)).one()
    assert f"{made.closes_at:%Y-%m-%d %H:%M %z}" == "2027-07-01 00:00 +0800"
    assert (made.levels, made.categories, made.required_sections) == (["intermediate"], [], [])


def test_cyc_02_a_closed_window_stays_closed(page):
    at = clock.now()
    over = factories.make_round(
        opens_at=at - timedelta(days=60),
        closes_at=at - timedelta(days=1),
        corrections_until=at + timedelta(days=9),
    )
    later = f"{at + timedelta(days=5):%Y-%m-%dT%H:%M}"
    answer = change(page, f"/admin/rounds/edit/{over.id}", closes_at=later)
    assert answer.status_code == 422
    assert typed(answer.text)["closes_at"] == [later]
    assert db.session.get(Round, over.id).closes_at < at
    assert change(page, f"/admin/rounds/edit/{over.id}", notice="补正通知").status_code == 302
    assert db.session.get(Round, over.id).notice == "补正通知"


def test_a_moment_keeps_its_seconds_when_it_is_not_touched(page):
    round_ = factories.make_round()
    before = (round_.opens_at, round_.closes_at)
    change(page, f"/admin/rounds/edit/{round_.id}", notice="示例")
    round_ = db.session.get(Round, round_.id)
    assert (round_.opens_at, round_.closes_at) == before


@pytest.mark.parametrize("typed_in", ["0001-01-01T00:00", "9999-12-31T23:59", "tomorrow", "2027-13-01T00:00"])
def test_a_moment_that_cannot_be_one_is_told_at_its_field(page, typed_in):
    round_ = factories.make_round()
    answer = change(page, f"/admin/rounds/edit/{round_.id}", opens_at=typed_in)
    assert answer.status_code == 422
    assert "网上申报开始时间应为 2026-09-30 18:00 这样的时间" in answer.text
    assert typed(answer.text)["opens_at"] == [typed_in]


# Route rules and trial


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "不能为空"),
        (["committee"], "每条规则都从单位审核开始"),
        (["unit", "department", "department?", "committee"], "主管部门审核只选一种"),
        (["unit", "bureau"], "申报评审的规则须到评委会为止"),
    ],
)
def test_a_rule_that_leads_nowhere_is_refused(page, steps, message):
    answer = page.post(
        "/admin/route-rules/add", data={"position": "900", "kind": "review", "steps": steps, "note": "示例"}
    )
    assert answer.status_code == 422
    assert message in answer.text


def test_steps_stand_in_the_order_of_the_route(page):
    data = {
        "position": "901",
        "kind": "review",
        "steps": ["committee", "bureau", "unit"],
        "natures": ["agency"],
    }
    assert page.post("/admin/route-rules/add", data=data).status_code == 302
    from app.models import RouteRule

    rule = db.session.scalars(select(RouteRule).where(RouteRule.position == 901)).one()
    assert (rule.steps, rule.natures, rule.tiers) == (["unit", "bureau", "committee"], ["agency"], [])
    db.session.delete(rule)
    db.session.commit()


def test_the_trial_names_offices_or_the_message(page):
    region = factories.region("五华区").id
    committee = db.session.scalars(select(Committee).where(Committee.code == "KM-I-10")).one()
    query = f"kind=review&tier=county&region={region}&committee={committee.id}"
    text = page.get(f"/admin/route-trial/?{query}&nature=non_public").text
    assert "五华区人力资源和社会保障局" in text and "昆明市机电工程中级职称评审委员会" in text
    assert "主管单位审核未通过" in page.get(f"/admin/route-trial/?{query}&nature=state_enterprise").text
    named = page.get(f"/admin/route-trial/?{query}&nature=state_enterprise&department=示例局").text
    assert "示例局" in named and "主管部门审核" in named
    assert "单位信息不完整" in page.get(f"/admin/route-trial/?{query}").text
    assert page.get("/admin/route-trial/?nature=x&region=y").status_code == 200


# Importing trees


def upload(page, tree, content, **more):
    import io

    data = {"tree": tree, "file": (io.BytesIO(content), "tree.csv"), **more}
    return page.post("/admin/tree-import/", data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_tree_is_looked_at_before_it_is_written(page, encoding):
    leaf = f"示例专业{encoding}"
    text = f"level1,level2,level3\n哲学,哲学类,哲学\n示例门类,示例类,{leaf}\n"
    answer = upload(page, "major", text.encode(encoding))
    assert answer.status_code == 200
    assert "新增 1 行，已有 1 行，不能导入 0 行" in answer.text
    assert not db.session.scalars(select(Major).where(Major.level3 == leaf)).all()
    confirmed = page.post("/admin/tree-import/", data={"tree": "major", "content": text, "confirm": "1"})
    assert confirmed.status_code == 302
    assert db.session.scalars(select(Major).where(Major.level3 == leaf)).one().position > 700


def test_professions_name_their_ladder(page):
    text = "series_no,level1,level2,level3,ladder\n11,档案,示例类,示例业,1\n"
    page.post("/admin/tree-import/", data={"tree": "profession", "content": text, "confirm": "1"})
    made = db.session.scalars(select(Profession).where(Profession.level3 == "示例业")).one()
    assert (made.series.no, made.ladder) == (11, 1)


def test_one_bad_line_keeps_the_whole_file_out(page):
    text = (
        "series_no,level1,level2,level3,ladder\n11,档案,示例类,好行,1\n99,档案,示例类,坏行,1\n"
        "11,档案,示例类,,1\n11,档案,示例类,好行,1\n11,档案\n"
    )
    answer = upload(page, "profession", text.encode())
    assert "新增 1 行，已有 0 行，不能导入 4 行" in answer.text
    for line, reason in ((3, "没有系列序号 99 的梯次 1"), (4, "三级名称都要填写"), (5, "与第 2 行重复")):
        assert f'<th scope="row">{line}</th><td>{reason}' in answer.text
    refused = page.post("/admin/tree-import/", data={"tree": "profession", "content": text, "confirm": "1"})
    assert refused.status_code == 422
    assert "没有写入任何内容" in refused.text
    assert not db.session.scalars(select(Profession).where(Profession.level3 == "好行")).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "首行应为"),
        (b"a,b,c\n1,2,3\n", "首行应为 level1,level2,level3"),
        (b"level1,level2,level3\n", "没有数据行"),
        (b"\xff\xfe\x00\x81", "编码"),
        (b"level1,level2,level3\n" + b"x" * 500_000, "500 KB"),
    ],
    ids=["empty", "other columns", "no rows", "no text", "too large"],
)
def test_a_file_that_is_no_table_is_refused(page, content, message):
    answer = upload(page, "major", content)
    assert answer.status_code == 422
    assert message in answer.text


def test_an_import_needs_a_file_and_a_tree(page):
    answer = page.post("/admin/tree-import/", data={"tree": ""})
    assert answer.status_code == 422
    assert "选择要导入的文件" in answer.text and "不能为空" in answer.text


# Overview and rights


def test_every_right_has_a_name(page):
    assert {view for opened in OPENS.values() for view in opened} <= set(VIEWS_OF)
    assert {each for opened in OPENS.values() for many in opened.values() for each in many} <= set(
        PERMISSIONS
    )
    text = page.get("/admin/rights/").text
    assert "审核工作台" in text and "列表、查看、新增、编辑、解锁" in text


def test_the_overviews_numbers_lead_to_their_rows(page):
    factories.make_user(locked_at=clock.now(), first_name="示例锁定者")
    factories.make_unit(name="未核验示例单位", verified_at=None)
    text = page.get("/overview/").text
    for url, name in (
        ("/admin/users/list/?locked_at=1", "示例锁定者"),
        ("/admin/units/list/?verified_at=0", "未核验示例单位"),
        ("/admin/rounds/list/?opens_at=1", ""),
    ):
        assert f'href="{url}"' in text
        assert name in page.get(url).text


def test_english_labels_of_the_framework_are_gone(page):
    for path in ("/admin/users/list/", "/admin/users/add", "/admin/rounds/add", "/admin/holidays/list/"):
        text = page.get(path).text
        for phrase in ("Add ", "Edit ", "List ", "Show ", "Record Count", "Not a valid", "Search"):
            assert phrase not in text, (path, phrase)
