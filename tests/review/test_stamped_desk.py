"""表十七收件: what waits for the office at the end of the route, and its word on it (ATT-04)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.dossier import stamped
from app.models import AuditEntry, Message, StampedPage, User
from app.policy import standing_of
from app.review import stamped_pages
from app.vocabulary import PageState, Role, Status
from tests import factories as make


@pytest.fixture
def application(session):
    application = make.make_application(Status.PAPER)
    make.hand_in_page(application)
    session.commit()
    return application


@pytest.fixture
def clerk(session, application):
    found = make.last_clerk_of(application)
    session.commit()
    return found


@pytest.fixture
def desk(clerk, sign_in):
    return sign_in(clerk)


def at(application, more=""):
    return f"/stamped-pages/{application.id}{more}"


def test_what_waits_is_listed_and_counted(application, desk):
    name = application.applicant.first_name
    assert "1 份盖章的表十七等待接收" in desk.get("/desk/").text
    text = desk.get("/stamped-pages/").text
    assert name in text and application.number in text and "核对" in text
    assert name not in desk.get("/stamped-pages/?state=accepted").text
    page = desk.get(at(application)).text
    assert f"/applications/{application.id}/stamped-page" in page and "要求重新上传" in page


def test_it_is_accepted(session, application, desk):
    answer = desk.post(at(application, "/accept"), data={"seen": application.version})
    assert answer.status_code == 302
    session.refresh(application)
    assert application.status is Status.READY
    assert application.number in desk.get("/stamped-pages/?state=accepted").text
    assert "等待接收" not in desk.get("/desk/").text
    assert "归档文件" in desk.get(f"/applications/{application.id}/review").text
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.role) == ("StampedDeskView.accept", Role.COMMITTEE)


def test_it_is_asked_for_again_with_a_reason(session, application, desk):
    refused = desk.post(at(application, "/ask-again"), data={"seen": application.version, "opinion": " "})
    assert refused.status_code == 409 or refused.status_code == 422
    assert "写明原因" in refused.text
    long = "看" * 501
    refused = desk.post(at(application, "/ask-again"), data={"seen": application.version, "opinion": long})
    assert "超出 1 字" in refused.text and long in refused.text

    data = {"seen": application.version, "opinion": "左上角被裁掉了"}
    assert desk.post(at(application, "/ask-again"), data=data).status_code == 302
    session.refresh(application)
    assert stamped.handed_in(application).state is PageState.ASKED_AGAIN
    texts = session.scalars(
        select(Message.text).where(Message.recipient_id == application.applicant_id)
    ).all()
    assert any("左上角被裁掉了" in text for text in texts)
    assert "左上角被裁掉了" in desk.get(at(application)).text


def test_who_comes_second_keeps_his_words(session, application, desk):
    seen = application.version
    make.hand_in_page(application)
    session.commit()
    data = {"seen": seen, "opinion": "看不清公章"}
    answer = desk.post(at(application, "/ask-again"), data=data)
    assert answer.status_code == 409 and "刚刚已被处理" in answer.text and "看不清公章" in answer.text
    assert stamped.handed_in(application).state is PageState.HANDED_IN


def test_the_next_one_follows(session, clerk, desk, application):
    other = make.make_application(Status.PAPER, round_=application.round)
    make.hand_in_page(other)
    session.commit()
    data = {"seen": application.version, "then": "next"}
    answer = desk.post(at(application, "/accept"), data=data)
    assert answer.location.endswith(at(other))


def test_ones_own_is_shown_and_left_to_a_colleague(session, application, sign_in):
    applicant = session.get_one(User, application.applicant_id)
    make.join(applicant, Role.COMMITTEE, application.round.committee)
    session.commit()
    client = sign_in(applicant)
    assert "本人申报" in client.get("/stamped-pages/").text
    assert "不能接收本人的表十七" in client.get(at(application)).text
    answer = client.post(at(application, "/accept"), data={"seen": application.version})
    assert answer.status_code == 403 or "不能审核本人的申报" in answer.text
    session.refresh(application)
    assert application.status is Status.PAPER


def test_other_offices_on_the_way_read_the_page_and_take_nothing_in(session, application, sign_in):
    department = make.make_user(Role.DEPARTMENT, make.offices_of(application)[1])
    session.commit()
    client = sign_in(department)
    assert client.get(f"/applications/{application.id}/stamped-page").status_code == 200
    assert "没有等待接收的表十七" in client.get("/stamped-pages/").text
    assert client.get(at(application)).status_code == 409
    assert client.post(at(application, "/accept"), data={"seen": application.version}).status_code == 409
    looked = session.scalars(select(AuditEntry).where(AuditEntry.action == "view_scan")).all()
    assert [each.object_type for each in looked] == ["StampedPage"]


def test_an_unverified_unit_sees_no_scan(session, application, sign_in):
    clerk = make.make_user(Role.UNIT, make.offices_of(application)[0])
    session.commit()
    client = sign_in(clerk)
    address = f"/applications/{application.id}/stamped-page"
    assert client.get(address).status_code == 200
    application.unit.verified_at = None
    session.commit()
    assert client.get(address).status_code == 404


def test_pages_by_key_neither_lose_nor_repeat(session, application, clerk):
    """Three pages of 25 and a bit, many of one moment, forwards and back again."""
    page = stamped.handed_in(application)
    values = {
        each.key: getattr(page, each.key)
        for each in StampedPage.__mapper__.column_attrs
        if each.key not in ("id", "application_id", "original_key", "page_key", "handed_in_at")
    }
    begin, ids = clock.now() - timedelta(days=3), []
    for n in range(60):
        other = make.make_application(round_=application.round)
        row = StampedPage(
            **values, application_id=other.id, original_key=f"{n:032x}", page_key=f"{n + 100:032x}",
            handed_in_at=begin + timedelta(minutes=n // 7),
        )  # fmt: skip
        session.add(row)
        session.flush()
        make.db.session.add(
            make.RouteStep(
                application_id=other.id, route_no=other.route_no, position=0, stage=make.Stage.COMMITTEE,
                organisation_id=page.office_id, reached_at=begin,
            )
        )  # fmt: skip
        ids.append(row.id)
    session.flush()
    who = standing_of(clerk)
    turn, seen = stamped_pages.Turn(), []
    for _ in range(9):
        found = stamped_pages.pages(who, PageState.HANDED_IN, turn)
        seen += [row.id for row in found.rows]
        if found.after is None:
            break
        turn = stamped_pages.Turn.read(str(found.after), None)
    mine = [each for each in seen if each in ids]
    assert mine == ids and len(set(seen)) == len(seen)
    back = stamped_pages.pages(who, PageState.HANDED_IN, stamped_pages.Turn.read(None, str(found.before)))
    assert [row.id for row in back.rows] == seen[
        len(seen) - len(found.rows) - 25 : len(seen) - len(found.rows)
    ]
    session.rollback()
