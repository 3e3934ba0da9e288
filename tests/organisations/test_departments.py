"""A unit chooses a department, the department answers, the unit is told (UNI-05…07)."""

import pytest
from sqlalchemy import func, select

from app import clock
from app.models import Message, UnitDepartment
from app.vocabulary import Choice, Nature, Role
from tests import factories as make
from tests.review.pages import text_of, value_of


@pytest.fixture
def unit(session):
    return make.make_unit(Nature.NON_PUBLIC)


@pytest.fixture
def clerk(unit):
    return make.make_user(Role.UNIT, unit)


@pytest.fixture
def client(clerk, sign_in):
    return sign_in(clerk)


def choose(client, department):
    return client.post("/unit/departments/choose", data={"department": department.id})


def answer(client, choice, result, opinion=""):
    seen = value_of(client.get(f"/department/units/{choice.id}"), "seen")
    return client.post(
        f"/department/units/{choice.id}", data={"result": result, "opinion": opinion, "seen": seen}
    )


def choices(session, unit):
    session.expire_all()
    rows = session.scalars(
        select(UnitDepartment).where(UnitDepartment.unit_id == unit.id).order_by(UnitDepartment.id)
    )
    return [(row.department_id, row.status, row.is_default) for row in rows]


def only(session, unit):
    return session.scalars(select(UnitDepartment).where(UnitDepartment.unit_id == unit.id)).one()


def texts(session, user):
    return list(
        session.scalars(select(Message.text).where(Message.recipient_id == user.id).order_by(Message.id))
    )


def test_from_the_choice_to_the_message_in_the_sources_words(unit, clerk, client, sign_in, session):
    department = make.make_department("示例主管局甲")
    officer = make.make_user(Role.DEPARTMENT, department)
    assert choose(client, department).status_code == 302
    assert choices(session, unit) == [(department.id, Choice.PENDING, True)]
    assert texts(session, officer) == [f"{unit.name} 选择贵部门为主管部门，请审核。"]
    page = text_of(client.get("/unit/departments/"))
    for words in (
        "序号",
        "主管名称",
        "是否是默认主管部门",
        "审核状态",
        "提交时间",
        "操作",
        "示例主管局甲",
        "待审核",
    ):
        assert words in page
    desk = sign_in(officer)
    assert unit.name in text_of(desk.get("/department/units/"))
    choice = only(session, unit)
    assert answer(desk, choice, "refused", "不属于本部门").status_code == 302
    assert answer_again(desk, choice).status_code == 409
    assert choose(client, department).status_code == 302, "a refused choice may be made again"
    session.refresh(choice)
    assert (choice.status, choice.opinion, choice.decided_at) == (Choice.PENDING, "", None)
    assert answer(desk, choice, "approved", "同意").status_code == 302
    assert texts(session, clerk) == [
        "示例主管局甲 对您单位审核 结果为：不通过。 审核意见如下：不属于本部门",
        "示例主管局甲 对您单位审核 结果为：通过。 审核意见如下：同意",
    ]


def answer_again(client, choice):
    """A second press of the button, with what the first page carried."""
    return client.post(
        f"/department/units/{choice.id}",
        data={"result": "approved", "opinion": "再来一次", "seen": choice.submitted_at.isoformat()},
    )


def test_who_answers_second_keeps_his_text(unit, client, sign_in, session):
    department = make.make_department()
    choose(client, department)
    choice = only(session, unit)
    first, second = (sign_in(make.make_user(Role.DEPARTMENT, department)) for _ in range(2))
    assert answer(first, choice, "approved").status_code == 302
    refused = answer_again(second, choice)
    assert refused.status_code == 409
    assert "刚刚已被处理" in text_of(refused) and "再来一次" in refused.text


def test_an_answer_to_an_older_choice_does_not_reach_the_newer(unit, client, sign_in, session):
    department = make.make_department()
    officer = sign_in(make.make_user(Role.DEPARTMENT, department))
    choose(client, department)
    choice = only(session, unit)
    old = choice.submitted_at.isoformat()
    answer(officer, choice, "refused", "材料不全")
    choose(client, department)
    late = officer.post(
        f"/department/units/{choice.id}", data={"result": "refused", "opinion": "晚到", "seen": old}
    )
    assert late.status_code == 409
    assert choices(session, unit) == [(department.id, Choice.PENDING, True)]
    assert value_of(late, "seen") == choice.submitted_at.isoformat()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"result": ""}, "选择审核结果"),
        ({"result": "pending"}, "选择审核结果"),
        ({"result": "refused"}, "填写不通过的原因，单位据此重新选择"),
        ({"result": "approved", "opinion": "字" * 501}, "审核意见超出 1 字，上限 500 字"),
    ],
)
def test_an_answer_needs_a_result_and_a_refusal_its_reason(data, message, unit, client, sign_in, session):
    department = make.make_department()
    choose(client, department)
    officer = sign_in(make.make_user(Role.DEPARTMENT, department))
    refused = officer.post(f"/department/units/{only(session, unit).id}", data={"seen": "", **data})
    assert refused.status_code == 422 and message in text_of(refused)
    assert choices(session, unit) == [(department.id, Choice.PENDING, True)]


def test_one_default_a_unit_and_only_an_approved_one(unit, client, sign_in, session):
    one, two = make.make_department(), make.make_department()
    choose(client, one)
    choose(client, two)
    assert choices(session, unit) == [(one.id, Choice.PENDING, True), (two.id, Choice.PENDING, False)]
    second = session.scalars(select(UnitDepartment).where(UnitDepartment.department_id == two.id)).one()
    refused = client.post(f"/unit/departments/{second.id}/default")
    assert refused.status_code == 409 and "还没有审核通过" in text_of(refused)
    answer(sign_in(make.make_user(Role.DEPARTMENT, two)), second, "approved")
    assert client.post(f"/unit/departments/{second.id}/default").status_code == 302
    assert [row[2] for row in choices(session, unit)] == [False, True]
    defaults = select(func.count()).where(UnitDepartment.unit_id == unit.id, UnitDepartment.is_default)
    assert session.scalar(defaults) == 1


def test_a_refused_default_makes_way_for_the_next_choice(unit, client, sign_in, session):
    one, two = make.make_department(), make.make_department()
    choose(client, one)
    answer(sign_in(make.make_user(Role.DEPARTMENT, one)), only(session, unit), "refused", "不属于本部门")
    choose(client, two)
    assert choices(session, unit) == [(one.id, Choice.REFUSED, False), (two.id, Choice.PENDING, True)]


def test_the_same_department_is_not_asked_twice(unit, client, session):
    department = make.make_department("示例主管局乙")
    choose(client, department)
    again = choose(client, department)
    assert again.status_code == 409 and "已经选择过“示例主管局乙”" in text_of(again)
    assert len(choices(session, unit)) == 1
    for nonsense in ("", "abc", "0", "99999999999999999999", "²"):
        refused = client.post("/unit/departments/choose", data={"department": nonsense})
        assert refused.status_code == 422 and "选择一个主管部门" in text_of(refused)


def test_departments_are_found_by_a_part_of_their_name(client, session):
    make.make_department("示例文化和旅游局")
    make.make_department("示例水务局")
    page = text_of(client.get("/unit/departments/choose?q=文化"))
    assert "示例文化和旅游局" in page and "示例水务局" not in page
    assert "没有找到主管部门" in text_of(client.get("/unit/departments/choose?q=没有这个"))


def test_both_sides_see_and_touch_their_own_rows_only(unit, client, sign_in, session):
    one, two = make.make_department(), make.make_department()
    choose(client, one)
    choice = only(session, unit)
    other_unit = make.make_unit(Nature.NON_PUBLIC)
    foreign = make.choose(other_unit, two, Choice.APPROVED)
    officer = sign_in(make.make_user(Role.DEPARTMENT, two))
    assert unit.name not in text_of(officer.get("/department/units/"))
    assert officer.get(f"/department/units/{choice.id}").status_code == 404
    assert officer.post(f"/department/units/{choice.id}", data={"result": "approved"}).status_code == 404
    assert client.post(f"/unit/departments/{foreign.id}/default").status_code == 404
    assert two.name not in text_of(client.get("/unit/departments/"))


def test_a_units_clerk_cannot_answer_for_a_department_he_does_not_serve(unit, clerk, client, session):
    department = make.make_department()
    choose(client, department)
    choice = only(session, unit)
    make.join(clerk, Role.DEPARTMENT, make.make_department())
    assert client.get(f"/department/units/{choice.id}").status_code == 404
    assert client.post(f"/department/units/{choice.id}", data={"result": "approved"}).status_code == 404
    assert only(session, unit).status is Choice.PENDING


def test_an_approved_default_opens_the_way(session, sign_in):
    unit = make.make_unit(Nature.NON_PUBLIC)
    unit.nature = Nature.STATE_INSTITUTION
    client = sign_in(make.make_user(Role.UNIT, unit))
    department = make.make_department()
    choose(client, department)
    assert "主管单位审核未通过" in text_of(client.get("/unit/"))
    answer(sign_in(make.make_user(Role.DEPARTMENT, department)), only(session, unit), "approved")
    page = text_of(client.get("/unit/"))
    assert "主管单位审核未通过" not in page and department.name in page
    assert only(session, unit).decided_at <= clock.now()
