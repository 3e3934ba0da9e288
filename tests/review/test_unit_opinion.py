"""Table 12: the unit's, at its own step, never over a colleague's (OPN-01)."""

from types import SimpleNamespace

import pytest

from app import clock
from app.models import UnitOpinion
from app.vocabulary import Role, Stage
from app.workflow import operations
from app.workflow.guards import unit_opinion_of
from tests import factories as make
from tests.review.pages import text_of, value_of

WRITTEN = {
    "appraisal": "工作认真，\r\n成绩突出。",
    "method": "民主评议、集体研究推荐",
    "participants": "全体专业技术人员",
    "participant_count": "12",
    "opinion": "同意推荐",
    "formation": "会议讨论，全票通过",
}


def url(application):
    return f"/applications/{application.id}/unit-opinion"


def marks_of(answer):
    """Those of Table 12; the notices before it have their own."""
    form = SimpleNamespace(text=answer.text.split('/unit-opinion" novalidate', 1)[-1])
    return {name: value_of(form, name) for name in ("seen", "saved")}


def write(client, application, **changed):
    marks = marks_of(client.get(url(application)))
    return client.post(url(application), data={**WRITTEN, **marks, **changed})


@pytest.fixture
def application(session):
    return make.make_application(Stage.UNIT)


@pytest.fixture
def client(application, sign_in):
    return sign_in(make.clerk_of(application))


def test_the_unit_writes_it_and_may_change_it_until_it_decides(application, client):
    answer = write(client, application)
    assert answer.status_code == 302 and answer.location.endswith("/review#opinion-12")
    assert write(client, application, opinion="同意推荐，排名第一").status_code == 302
    opinion = unit_opinion_of(application)
    assert (opinion.opinion, opinion.appraisal) == ("同意推荐，排名第一", "工作认真，\n成绩突出。")
    assert opinion.participant_count == 12
    assert opinion.by_id == make.clerk_of(application).id
    page = text_of(client.get(f"/applications/{application.id}/review"))
    assert "全票通过" in page


def test_a_reset_leaves_the_old_one_void(application, client, session):
    write(client, application)
    clerk = make.clerk_of(application)
    operations.reset(application, by=clerk, seen=application.version, opinion="改封面", at=clock.now())
    make.submit(application)
    session.commit()
    assert unit_opinion_of(application) is None
    assert write(client, application, opinion="第二次").status_code == 302
    assert session.query(UnitOpinion).filter_by(application_id=application.id).count() == 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"participant_count": "十二"}, "参与推荐的人数应为整数"),
        ({"participant_count": ""}, "填写参与推荐的人数"),
        ({"participant_count": "0"}, "参与推荐的人数应为 1 至 99999 的整数"),
        ({"participant_count": "9" * 30}, "参与推荐的人数应为 1 至 99999 的整数"),
        ({"appraisal": "字" * 1001}, "专业技术工作评价超出 1 字，上限 1000 字"),
        ({"method": "  "}, "填写推荐方式"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(changed, message, application, client):
    answer = write(client, application, **changed)
    assert answer.status_code == 422 and message in text_of(answer)
    assert "会议讨论，全票通过" in answer.text
    for typed in changed.values():
        assert typed.strip() in answer.text
    assert unit_opinion_of(application) is None


def test_a_colleague_who_saved_first_is_not_overwritten_unseen(application, client, sign_in, session):
    page = client.get(url(application))
    mine = {
        **WRITTEN,
        **marks_of(page),
        "opinion": "我写的意见",
    }
    colleague = sign_in(make.make_user(Role.UNIT, application.unit))
    assert write(colleague, application, opinion="同事写的意见").status_code == 302
    answer = client.post(url(application), data=mine)
    assert answer.status_code == 409
    assert "同事刚刚保存了基层单位意见" in text_of(answer)
    assert "我写的意见" in answer.text and "同事写的意见" in answer.text
    assert unit_opinion_of(application).opinion == "同事写的意见"
    mine.update(marks_of(answer))
    assert client.post(url(application), data=mine).status_code == 302


def test_after_the_decision_it_is_closed(application, client, session):
    page = client.get(url(application))
    data = {**WRITTEN, "seen": value_of(page, "seen"), "saved": ""}
    operations.return_(
        application, by=make.clerk_of(application), seen=application.version, opinion="补", at=clock.now()
    )
    session.commit()
    answer = client.post(url(application), data=data)
    assert answer.status_code == 409 and "此申报刚刚已被处理" in text_of(answer)
    assert "全票通过" in answer.text, "the text stays on the page"
    data["seen"] = value_of(answer, "seen")
    assert client.post(url(application), data=data).status_code == 409
    assert client.get(url(application)).status_code == 409
    assert unit_opinion_of(application) is None


def test_other_offices_and_other_units_do_not_write_it(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    unit, department, _ = make.offices_of(application)
    expected = {
        make.make_user(Role.UNIT, unit): 409,
        make.make_user(Role.UNIT, make.make_unit()): 404,
        make.make_user(Role.DEPARTMENT, department): 403,
        make.make_user(Role.COMMITTEE, application.round.committee): 403,
    }
    for user, status in expected.items():
        client = sign_in(user)
        assert client.get(url(application)).status_code == status
        data = {**WRITTEN, "seen": str(application.version), "saved": ""}
        assert client.post(url(application), data=data).status_code == status
