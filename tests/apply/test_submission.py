"""Steps 2 to 4 and what follows: gaps, pledge, one submission for two presses (APP-04…11, E03)."""

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select

from app import clock
from app.extensions import db
from app.models import (
    Application,
    AttachmentUse,
    Decision,
    IntegrityRecord,
    Round,
    Snapshot,
    Unit,
    User,
)
from app.models.attachments import PHOTO
from app.models.sections import Education
from app.vocabulary import Choice, Event, Nature, Stage, Status
from app.workflow import operations, rules
from app.workflow.readiness import gaps_of
from tests import factories as make


@pytest.fixture
def ready(session, sign_in):
    """A draft that lacks nothing, and its person's browser."""
    application = make.make_draft()
    session.commit()
    return application, sign_in(application.applicant)


def press(client, application, **said):
    return client.post(
        f"/apply/{application.id}/submit", data={"seen": application.version, "pledged": "y", **said}
    )


def test_the_road_from_check_to_done(session, ready):
    application, client = ready
    check = client.get(f"/apply/{application.id}/check")
    assert "示例就读学校" in check.text and f"/applications/{application.id}/form" in check.text

    page = client.get(f"/apply/{application.id}/submit")
    offices = [application.unit.name, "主管部门审核", application.round.committee.name]
    assert all(each in page.text for each in offices)
    assert f"提交后首先到达：{application.unit.name}（单位审核）" in page.text
    assert "您当前已经返回修改或重置流程 0 次，您还能返回修改或重置流程 4 次。" in page.text
    assert "记录期限为3年，记录期内不得参加职称申报评审。" in page.text

    answer = press(client, application)
    assert answer.location == f"/apply/{application.id}/done"
    done = client.get(answer.location).text
    assert "提交申报成功!" in done
    for each in (application.number, "馆员", make.archives().path, "正常评审", application.unit.name):
        assert each in done


def test_the_pledge_is_required(session, ready):
    application, client = ready
    answer = client.post(f"/apply/{application.id}/submit", data={"seen": application.version})

    assert answer.status_code == 422 and "勾选个人承诺后才能提交申报。" in answer.text
    assert application.status is Status.DRAFT


def test_a_second_press_leads_to_the_same_confirmation(session, ready):
    application, client = ready
    seen = application.version
    first, second = press(client, application, seen=seen), press(client, application, seen=seen)

    assert first.location == second.location == f"/apply/{application.id}/done"
    count = select(func.count(Decision.id)).where(Decision.application_id == application.id)
    assert session.scalar(count) == 1


def test_simultaneous_presses_submit_once(session, ready, sign_in):
    application, _client = ready
    clients = [sign_in(application.applicant) for _each in range(6)]
    pk, seen, answers = application.id, application.version, []
    session.remove()

    def go(client):
        answers.append(client.post(f"/apply/{pk}/submit", data={"seen": seen, "pledged": "y"}))

    threads = [threading.Thread(target=go, args=(each,)) for each in clients]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert {each.location for each in answers} == {f"/apply/{pk}/done"}
    assert session.scalar(select(func.count(Snapshot.id)).where(Snapshot.application_id == pk)) == 1


def test_the_gaps_are_those_of_the_readiness_list_with_their_links(session, sign_in):
    application = make.make_draft()
    pk = application.applicant_id
    session.execute(delete(Education).where(Education.owner_id == pk))
    session.execute(
        delete(AttachmentUse).where(AttachmentUse.section_slug == PHOTO, AttachmentUse.owner_id == pk)
    )
    session.commit()
    client = sign_in(application.applicant)
    gaps = gaps_of(application, at=clock.now())
    assert len(gaps) == 2

    basics = client.get(f"/apply/{application.id}/basics").text
    back = f"back=%2Fapply%2F{application.id}%2Fbasics".replace("%2F", "/")
    links = [each for each in re.findall(r'href="([^"]+)"[^>]*>去完善', basics)]
    assert links == [f"/person/photo?{back}#field-photo", f"/sections/education/add?{back}#typed"]

    answer = press(client, application)
    assert answer.status_code == 422
    for text in (answer.text, client.get("/home/").text):
        assert "还差 2 项才能提交" in text and "上传照片" in text and "至少填写一条" in text
    assert client.get("/apply/").location.endswith("/basics")


def test_a_department_that_has_not_approved_is_named_with_who_has_to_act(session, sign_in):
    unit = make.make_unit(nature=Nature.NON_PUBLIC)
    unit.nature = Nature.STATE_INSTITUTION
    make.choose(unit, make.make_department(), Choice.PENDING)
    application = make.make_draft(unit)
    client = sign_in(application.applicant)

    for text in (press(client, application).text, client.get("/home/").text):
        assert "主管单位审核未通过" in text
        assert f"由 {unit.name} 办理。单位经办人在“主管部门”中选择默认主管部门，并由该部门审核通过。" in text


def test_a_unit_without_its_starred_fields_is_named_too(session, sign_in):
    application = make.make_draft()
    unit = db.session.get_one(Unit, application.unit_id)
    unit.contact_phone = None
    answer = press(sign_in(application.applicant), application)

    assert "单位信息不完整，请联系单位完善" in answer.text and "补填：联系电话。" in answer.text


def test_after_the_window_the_submission_is_refused(session, ready):
    application, client = ready
    round_ = db.session.get_one(Round, application.round_id)
    round_.closes_at = clock.now() - timedelta(seconds=1)
    session.commit()

    answer = press(client, application)
    assert answer.status_code == 422 and "现在不能提交" in answer.text


def test_an_integrity_record_bars(session, ready):
    application, client = ready
    until = clock.today() + timedelta(days=100)
    number = application.applicant.id_number
    session.add(IntegrityRecord(id_number=number, reason="示例", starts_on=date(2020, 1, 1), until=until))
    session.commit()

    assert "诚信档案记录期" in client.get("/home/").text
    answer = press(client, application)
    assert answer.status_code == 422 and f"诚信档案记录期至 {until}，期内不能申报。" in answer.text


def test_a_changed_page_is_answered_409_and_shown_again(session, ready):
    application, client = ready
    answer = press(client, application, seen=application.version + 5)

    assert answer.status_code == 409 and "您的操作没有生效" in answer.text
    assert f'name="seen" value="{application.version}"' in answer.text


def test_a_returned_application_goes_back_to_the_office_that_returned_it(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    clerk = make.clerk_of(application)
    office = application.holder.name
    operations.return_(application, by=clerk, seen=application.version, opinion="补充证明", at=clock.now())
    client = sign_in(application.applicant)

    home = client.get("/home/").text
    assert "已返回修改" in home and office in home and "补充证明" in home and "距补正截止" in home
    assert "还能返回修改或重置流程 3 次" in home
    assert "封面已锁定" in client.get(f"/apply/{application.id}/cover").text
    assert f"{office}（主管部门审核）" in client.get(f"/apply/{application.id}/submit").text
    assert press(client, application).location.endswith("/done")
    assert (application.status, application.stage) == (Status.IN_REVIEW, Stage.DEPARTMENT)


def test_a_reset_opens_the_cover_again_and_says_when_the_committee_has_shut(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    operations.reset(
        application,
        by=make.clerk_of(application),
        seen=application.version,
        opinion="专业选错",
        at=clock.now(),
    )
    client = sign_in(application.applicant)
    assert "已重置流程" in client.get("/home/").text
    assert "保存封面，下一步" in client.get(f"/apply/{application.id}/cover").text

    application.round.closes_at = clock.now() - timedelta(seconds=1)
    session.commit()
    assert "原选评委会的申报窗口已关闭" in client.get("/home/").text
    assert "已不在受理时间" in client.get(f"/apply/{application.id}/cover").text


@pytest.mark.parametrize("path", ["cover", "basics", "check", "submit", "done"])
def test_another_persons_application_does_not_exist(session, sign_in, ready, path):
    application, _client = ready
    stranger = make.make_applicant(make.make_unit())
    client = sign_in(db.session.get_one(User, stranger.id))

    assert client.get(f"/apply/{application.id}/{path}").status_code == 404
    assert client.get(f"/progress/{application.id}").status_code == 404
    for url in (f"/apply/{application.id}/submit", f"/progress/{application.id}/withdraw"):
        assert client.post(url, data={"seen": application.version, "pledged": "y"}).status_code == 404
    assert application.status is Status.DRAFT


def test_no_year_is_offered_that_is_not_open(session, sign_in):
    person = make.make_applicant(make.make_unit())
    client = sign_in(db.session.get_one(User, person.id))

    answer = client.post("/apply/", data={"year": 1999})
    assert answer.status_code == 422 and "该年度现在没有受理中的评委会" in answer.text
    assert session.scalar(select(Application.id).where(Application.applicant_id == person.id)) is None


def offered_by(html):
    names = {"撤回申报": Event.WITHDRAW, "继续申报": Event.REOPEN}
    return {event for label, event in names.items() if re.search(rf">\s*{label}\s*<", html)}


@pytest.mark.parametrize(
    "where",
    [
        Status.DRAFT,
        Stage.UNIT,
        Stage.DEPARTMENT,
        Status.RETURNED,
        Status.DECLINED,
        Status.WITHDRAWN,
        Status.PAPER,
    ],
)
def test_the_page_offers_what_the_table_of_steps_allows(session, sign_in, where):
    application = make.make_application(where)
    page = sign_in(application.applicant).get(f"/progress/{application.id}").text

    table = rules.offered(rules.Actor.APPLICANT, application.status, step=application.step)
    assert offered_by(page) == set(table) & {Event.WITHDRAW, Event.REOPEN}


def test_withdrawing_and_taking_up_again(session, sign_in):
    application = make.make_application(Stage.UNIT)
    client = sign_in(application.applicant)

    stale = client.post(f"/progress/{application.id}/withdraw", data={"seen": 1}, follow_redirects=True)
    assert "您的操作没有生效" in stale.text and application.status is Status.IN_REVIEW
    client.post(f"/progress/{application.id}/withdraw", data={"seen": application.version})
    assert application.status is Status.WITHDRAWN
    client.post(f"/progress/{application.id}/reopen", data={"seen": application.version})
    assert application.status is Status.DRAFT


def test_past_the_first_office_nothing_is_withdrawn(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    client = sign_in(application.applicant)

    answer = client.post(
        f"/progress/{application.id}/withdraw", data={"seen": application.version}, follow_redirects=True
    )
    assert "当前状态不能进行此操作" in answer.text and application.status is Status.IN_REVIEW


def test_a_withdrawn_application_stays_so_once_the_window_has_shut(session, sign_in):
    application = make.make_application(Status.WITHDRAWN)
    application.round.closes_at = clock.now() - timedelta(seconds=1)
    session.commit()
    answer = sign_in(application.applicant).post(
        f"/progress/{application.id}/reopen", data={"seen": application.version}, follow_redirects=True
    )

    assert "现在不能提交" in answer.text and application.status is Status.WITHDRAWN
