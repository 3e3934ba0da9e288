"""The workbench page: what it shows, and that nothing typed is lost."""

import pytest
from sqlalchemy import select, update

from app import clock
from app.extensions import db
from app.models import Application, Department, Message, Snapshot
from app.models.sections import StudyHistory
from app.vocabulary import Nature, Role, Stage, Status, Tier
from app.workflow import operations, rules
from tests import factories as make
from tests.review.pages import OPINION, openings, post, state_of, text_of, url_of, value_of


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"event": ""}, "选择审核结果"),
        ({"event": "submit"}, "选择审核结果"),
        ({"opinion": " \r\n "}, "填写审核意见：写明原因和需要补充、修改的内容"),
        ({"opinion": "字" * 501}, "审核意见超出 1 字，上限 500 字"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(data, message, session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    client = sign_in(make.clerk_of(application))
    typed = {"event": "reset", "opinion": "写了一半的意见", "seen": application.version, **data}
    answer = client.post(url_of(application), data=typed)
    assert answer.status_code == 422 and message in text_of(answer)
    assert typed["opinion"].strip() in answer.text
    if typed["event"] == "reset":
        assert 'value="reset" checked' in answer.text
    assert state_of(application)[0] is Status.IN_REVIEW


def test_500_characters_with_line_breaks_are_accepted_as_counted_on_the_page(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    text = "\n".join(["字" * 99] * 5)[:500]
    answer = post(sign_in(make.clerk_of(application)), application, "return_", text.replace("\n", "\r\n"))
    assert answer.status_code == 302
    assert application.decisions[-1].opinion == text


def test_the_last_chance_must_be_confirmed_in_words(session, sign_in):
    application = make.make_application(Stage.UNIT)
    session.execute(
        update(Application).where(Application.id == application.id).values(chances_used=rules.CHANCES)
    )
    session.refresh(application)
    client = sign_in(make.clerk_of(application))
    page = client.get(url_of(application))
    assert "您当前已经返回修改或重置流程 4 次，您还能返回修改或重置流程 0 次。" in text_of(page)
    assert 'name="confirmation"' in page.text and "当年申报终止" in text_of(page)
    for words in ("", "确认"):
        answer = post(client, application, "return_", confirmation=words)
        assert answer.status_code == 422 and "本次操作将使当年申报终止" in text_of(answer)
        assert OPINION.splitlines()[0] in answer.text
    assert state_of(application)[0] is Status.IN_REVIEW
    assert post(client, application, "return_", confirmation="当年申报终止").status_code == 302
    assert state_of(application)[0] is Status.FAILED


def test_the_last_opinion_of_the_offices_after_the_unit_must_be_confirmed_too(session, sign_in):
    application = make.make_application(Stage.COMMITTEE)
    session.execute(
        update(Application)
        .where(Application.id == application.id)
        .values(chances_used=rules.OPINIONS, opinions_used=rules.OPINIONS)
    )
    session.refresh(application)
    client = sign_in(make.clerk_of(application))
    assert "单位推荐后已提出审核意见 3 次，还可提出 0 次。" in text_of(client.get(url_of(application)))
    assert post(client, application, "reset").status_code == 422
    assert post(client, application, "reset", confirmation="当年申报终止").status_code == 302
    assert state_of(application)[0] is Status.FAILED


def test_with_chances_left_no_confirmation_is_asked_for(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    page = sign_in(make.clerk_of(application)).get(url_of(application))
    assert 'name="confirmation"' not in page.text


def test_who_comes_second_is_told_who_did_what_and_keeps_his_text(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    first = make.clerk_of(application)
    office = db.session.get_one(Department, application.holder_id)
    second = make.make_user(Role.DEPARTMENT, office)
    client, seen = sign_in(second), application.version
    assert post(sign_in(first), application, "return_", "先办的意见").status_code == 302
    answer = post(client, application, "approve", "后办的意见", seen=seen)
    assert answer.status_code == 409
    page = text_of(answer)
    assert (
        f"此申报刚刚已被处理：{office.name} {first.first_name} 于" in page
        and "返回修改。您的操作没有生效" in page
    )
    assert "后办的意见" in answer.text
    assert state_of(application)[0] is Status.RETURNED
    assert [each.opinion for each in application.decisions if each.event in rules.DECISIONS][
        -1
    ] == "先办的意见"


def test_after_a_stale_try_the_form_carries_the_present_version(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    client, seen = sign_in(make.clerk_of(application)), application.version
    operations.return_(application, by=make.clerk_of(application), seen=seen, opinion="补", at=clock.now())
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )
    answer = post(client, application, "return_", "我的意见", seen=seen)
    assert answer.status_code == 409 and "我的意见" in answer.text
    assert value_of(answer, "seen") == str(application.version)
    for nonsense in ("", "abc", "-1", "²"):
        assert (
            client.post(
                url_of(application), data={"event": "return_", "opinion": "x", "seen": nonsense}
            ).status_code
            == 409
        )


def test_the_consequences_are_said_beforehand(session, sign_in):
    unit = make.make_unit(Nature.STATE_INSTITUTION, Tier.COUNTY)
    application = make.make_application(Stage.UNIT, unit)
    department = make.offices_of(application)[1]
    page = text_of(sign_in(make.clerk_of(application)).get(url_of(application)))
    for words in (
        f"送 {department.name}（主管部门审核）",
        "改后直接回到本环节，用掉 1 次机会",
        "可改封面和表十二，重新走全流程，用掉 1 次机会",
        "当年不再受理",
        "您当前已经返回修改或重置流程 0 次，您还能返回修改或重置流程 4 次。",
    ):
        assert words in page
    last = make.make_application(Stage.COMMITTEE, unit)
    page = text_of(sign_in(make.clerk_of(last)).get(url_of(last)))
    assert "电子材料审核通过，申报人可以下载申报表" in page
    assert "用掉 1 次机会，计 1 次审核意见" in page


def test_the_page_shows_the_submission_not_the_live_dossier(session, sign_in):
    application = make.make_application(Stage.UNIT)
    row = session.scalars(select(StudyHistory).where(StudyHistory.owner_id == application.applicant_id)).one()
    row.school = "提交之后才写的学校"
    session.commit()
    client = sign_in(make.clerk_of(application))
    page = client.get(url_of(application))
    assert "提交之后才写的学校" not in page.text and "示例就读学校" in page.text
    assert application.applicant.id_number not in page.text, "the ID number stays masked (D02)"
    assert "与上次提交相比" not in page.text
    for section in ("现有职称情况", "学历情况", "年度考核情况（近五年）"):
        assert section in page.text


def test_a_resubmission_shows_every_difference(session, sign_in):
    application = make.make_application(Stage.UNIT)
    clerk = make.clerk_of(application)
    operations.return_(application, by=clerk, seen=application.version, opinion="补", at=clock.now())
    person_id = application.applicant_id
    row = session.scalars(select(StudyHistory).where(StudyHistory.owner_id == person_id)).one()
    row.witness = "示例新证明人"
    person = session.get_one(operations.Person, person_id)
    make.make_record(StudyHistory, person, school="示例新学校", position=9)
    make.attach(person, section="study-history", record=row.id)
    session.flush()
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )
    page = text_of(sign_in(clerk).get(url_of(application)))
    assert "与上次提交相比，改了 3 处" in page
    assert "学习经历 › 第 1 条 › 证明人" in page and "示例新证明人" in page
    assert "学习经历 › 第 2 条" in page and "示例新学校" in page
    assert "第 2 次提交" in page


def test_the_files_of_the_submission_are_linked_and_served(session, sign_in):
    application = make.make_application(Stage.UNIT)
    snapshot = session.get_one(Snapshot, application.snapshot_id)
    page = sign_in(make.clerk_of(application)).get(url_of(application))
    ids = {part.split('"')[0] for part in page.text.split('href="/attachments/')[1:]}
    assert ids and all(each in snapshot.content for each in ids)


def test_the_result_reaches_the_applicant_with_its_opinion(session, sign_in):
    """MSG-02."""
    application = make.make_application(Stage.DEPARTMENT)
    post(sign_in(make.clerk_of(application)), application, "return_", "请补充社保证明")
    texts = session.scalars(
        select(Message.text).where(Message.recipient_id == application.applicant_id)
    ).all()
    assert any("返回修改" in each and "请补充社保证明" in each for each in texts)


def test_submit_and_next_leads_to_the_one_that_waits_after_it(session, sign_in):
    unit, round_ = make.make_unit(Nature.AGENCY), make.make_round()
    clerk = make.make_user(Role.UNIT, unit)
    oldest, first, second, third = (make.make_application(Stage.UNIT, unit, round_) for _ in range(4))
    client = sign_in(clerk)
    page = client.get(url_of(second))
    assert url_of(first) in page.text and url_of(third) in page.text
    assert post(client, first, "return_", then="next").location == url_of(second)
    assert post(client, third, "return_", then="next").location == url_of(oldest), (
        "from the end to the oldest"
    )
    assert post(client, second, "return_", then="next").location == url_of(oldest)
    assert post(client, oldest, "return_", then="next").location == "/desk/waiting"


def test_ones_own_application_is_never_the_next(session, sign_in):
    unit, round_ = make.make_unit(Nature.AGENCY), make.make_round()
    own, other = (make.make_application(Stage.UNIT, unit, round_) for _ in range(2))
    make.join(own.applicant, Role.UNIT, unit)
    client = sign_in(own.applicant)
    assert url_of(own) not in client.get(url_of(other)).text.split("<main")[1].split("rev")[0]
    assert post(client, other, "return_", then="next").location == "/desk/waiting"


def test_applicants_do_not_open_the_workbench(session, sign_in, client):
    application = make.make_application(Stage.UNIT)
    assert sign_in(application.applicant).get(url_of(application)).status_code == 403
    assert client.get(url_of(application)).status_code == 302


def test_a_get_writes_who_opened_it_once_a_version_and_nothing_else(session, sign_in, statements):
    application = make.make_application(Stage.UNIT)
    clerk = make.clerk_of(application)
    client = sign_in(clerk)
    with statements() as seen:
        client.get(url_of(application))
        client.get(url_of(application))
    written = [each for each in seen if each.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [each.split("(")[0].strip() for each in written] == ["INSERT INTO opening"]
    assert openings(application) == [(clerk.id, application.version)]


def test_only_clerks_of_the_office_that_has_it_count_as_having_opened_it(session, sign_in):
    application = make.make_application(Stage.DEPARTMENT)
    before, seen = application.unit, application.version
    reader, clerk = make.make_user(Role.UNIT, before), make.clerk_of(application)
    assert sign_in(reader).get(url_of(application)).status_code == 200
    assert openings(application) == []
    sign_in(clerk).get(url_of(application))
    make.approve(application)
    sign_in(clerk).get(url_of(application))
    assert openings(application) == [(clerk.id, seen)], "what he opens after his approval is not his any more"
