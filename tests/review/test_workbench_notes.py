"""Notes, common opinions, undo and keys on the workbench's pages."""

import re

import pytest
from sqlalchemy import select

from app import clock
from app.models import CommonOpinion, Message
from app.models.sections import StudyHistory
from app.vocabulary import Role, Stage, Status
from app.workflow import notes, operations
from tests import factories as make
from tests.review.pages import openings, post, state_of, text_of, url_of


@pytest.fixture
def application(session):
    return make.make_application(Stage.DEPARTMENT)


@pytest.fixture
def client(application, sign_in):
    return sign_in(make.clerk_of(application))


def record_of(application, session):
    return session.scalars(
        select(StudyHistory).where(StudyHistory.owner_id == application.applicant_id)
    ).one()


def pin(client, application, text="示例标注", **place):
    data = {"seen": application.version, "text": text, **place}
    return client.post(f"/applications/{application.id}/notes/pin", data=data)


def test_a_note_is_pinned_shown_removed_and_sent(session, application, client):
    record = record_of(application, session)
    place = {"place": "study-history", "record": record.id}
    form = client.get(f"/applications/{application.id}/notes/pin", query_string=place)
    assert "学习经历 › 第 1 条" in text_of(form) and "证明人" in text_of(form)
    assert pin(client, application, " ", **place).status_code == 422
    answer = pin(client, application, **place, field="witness")
    assert answer.location == f"{url_of(application)}#study-history-{record.id}"
    assert pin(client, application, "另一条", place="person").status_code == 302
    page = text_of(client.get(url_of(application)))
    assert "一并送出 2 条标注" in page and "学习经历 › 第 1 条 › 证明人" in page
    remove = f"/applications/{application.id}/notes/remove"
    assert client.post(remove, data={"note": notes.drafts_of(application)[1].id}).status_code == 302
    assert post(client, application, "return_").status_code == 302
    page = text_of(client.get(url_of(application)))
    assert "学习经历 › 第 1 条 › 证明人： 示例标注 未处理" in page and "另一条" not in page
    assert client.post(remove, data={"note": notes.sent_on(application)[0].id}).status_code == 409


def test_changes_say_which_notes_they_answer(session, application, client):
    record = record_of(application, session)
    pin(client, application, "写全证明人", place="study-history", record=record.id, field="witness")
    pin(client, application, "写明现任职务", place="person")
    post(client, application, "return_")
    record.witness = "示例新证明人"
    session.flush()
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )
    page = text_of(client.get(url_of(application)))
    assert "示例新证明人 已按意见补充" in page
    assert "这次没有改动的 1 处 个人信息 写明现任职务 未处理" in page


def test_a_replaced_scan_lies_beside_its_predecessor(session, application, client):
    post(client, application, "return_")
    use = session.scalars(
        select(make.AttachmentUse).where(
            make.AttachmentUse.owner_id == application.applicant_id,
            make.AttachmentUse.requirement_id.is_not(None),
        )
    ).first()
    old = use.attachment_id
    requirement = session.get_one(make.AttachmentRequirement, use.requirement_id)
    session.delete(use)
    person = session.get_one(make.Person, application.applicant_id)
    new = make.attach(person, requirement=requirement).id
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )
    answer = client.get(url_of(application))
    pair = answer.text.split('class="pair"')[1].split("</dd>")[0]
    assert pair.index(f"/attachments/{old}/small") < pair.index(f"/attachments/{new}/small")
    assert "改了 1 处" in text_of(answer)


def test_common_opinions_are_kept_inserted_and_forgotten(session, application, client, sign_in):
    clerk = make.clerk_of(application)
    for n in range(21):
        session.add(CommonOpinion(user_id=clerk.id, text=f"示例意见{n}", used_at=clock.now()))
    session.commit()
    stranger = sign_in(make.make_user(make.Role.DEPARTMENT, make.offices_of(application)[1]))
    assert "示例意见" not in stranger.get(url_of(application)).text
    newest = session.scalars(select(CommonOpinion).where(CommonOpinion.text == "示例意见20")).one().id
    data = {
        "insert": "1",
        "common": newest,
        "opinion": "先写的",
        "event": "return_",
        "seen": application.version,
    }
    page = client.post(url_of(application), data=data)
    assert page.status_code == 200 and "先写的\n示例意见20" in page.text
    assert state_of(application)[0] is Status.IN_REVIEW
    assert post(client, application, "return_", "新的常用意见", keep="y").status_code == 302
    texts = set(session.scalars(select(CommonOpinion.text).where(CommonOpinion.user_id == clerk.id)))
    assert len(texts) == 20 and "新的常用意见" in texts and "示例意见0" not in texts
    stranger.post("/desk/own/opinions/remove", data={"opinion": newest})
    assert session.get(CommonOpinion, newest)
    client.post("/desk/own/opinions/remove", data={"opinion": newest})
    session.expire_all()
    assert session.get(CommonOpinion, newest) is None


def test_a_result_is_taken_back_from_the_page_until_the_next_office_opens_it(
    session, application, client, sign_in
):
    version = application.version
    post(client, application, "approve", "刚才写的意见")
    assert "撤销（10 分钟内）" in text_of(client.get("/desk/waiting"))
    assert "撤销审核结果" in text_of(client.get(url_of(application)))
    undo = f"/applications/{application.id}/undo"
    assert client.post(undo, data={"seen": version}).status_code == 409
    assert client.post(undo, data={"seen": version + 1}).location == url_of(application)
    assert state_of(application)[:3] == (Status.IN_REVIEW, 1, version + 2)
    # What was written stands there again for whoever took it back, and for nobody else.
    assert re.search(
        r"<textarea[^>]*name=\"opinion\"[^>]*>\s*刚才写的意见</textarea>",
        client.get(url_of(application)).text,
    )
    colleague = make.make_user(Role.DEPARTMENT, application.holder)
    assert "刚才写的意见</textarea>" not in sign_in(colleague).get(url_of(application)).text
    post(client, application, "approve", "同意")
    next_ = make.clerk_of(application)
    sign_in(next_).get(url_of(application))
    assert openings(application)[-1] == (next_.id, application.version)
    assert "撤销审核结果" not in text_of(client.get(url_of(application))).split("审核记录")[0]
    answer = client.post(undo, data={"seen": application.version})
    assert answer.status_code == 409 and "下一环节已打开此申报" in text_of(answer)
    texts = session.scalars(
        select(Message.text).where(Message.recipient_id == application.applicant_id)
    ).all()
    assert sum("已撤销刚才的审核结果" in each for each in texts) == 1


def test_keys_are_turned_off_and_on(application, client):
    assert 'data-keys="on"' in client.get(url_of(application)).text
    client.post("/desk/own/keys", data={"keys": "off"})
    page = client.get(url_of(application)).text
    assert 'data-keys="off"' in page and "<kbd>A</kbd>" not in page.split("<dialog")[0].split("data-keys")[0]
    client.post("/desk/own/keys", data={"keys": "on", "next": "//elsewhere.invalid"})
    assert 'data-keys="on"' in client.get(url_of(application)).text


def test_an_unsent_opinion_is_kept_until_the_decision(session, application, client):
    page = client.get(url_of(application))
    ticket = page.text.split('data-ticket="')[1].split('"')[0]
    typed = {"draft_ticket": ticket, "draft_seen": 0, "event": "return_", "opinion": "写了一半", "seen": "1"}
    assert client.post("/account/unsaved/keep", data=typed).json["state"] == "kept"
    page = text_of(client.get(url_of(application)))
    assert "还没有保存" in page and "写了一半" in page and "审核结果 返回修改" in page
    post(client, application, "return_", "写完了")
    page = text_of(client.get(url_of(application)))
    assert "写了一半" not in page and "写完了" in page
