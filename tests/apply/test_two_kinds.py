"""申报评审 and 考核定职 of one year: what is asked by the nature of the unit, and turning from one to the other."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import delete, select

from app import clock
from app.dossier.completeness import current_requirements, requirements_for
from app.extensions import db
from app.models import Application, AttachmentUse, IntegrityRecord, Person, RoundRequirement, User
from app.vocabulary import Kind, Nature, Status
from app.workflow import operations
from app.workflow.readiness import gaps_of
from tests import factories as make

COPY, REGISTERED, SHOT = "身份证正反面", "《教育部学历证书电子注册备案表》", "学历证书查询截图 1 张"
RECRUITED, ENGAGED = "《云南省招工录用登记表》", "事业单位聘用人员审批表，或《事业单位聘用通知书》"
# REC-05, X-11: an institution's people give its own paper, those of all other units the register.
ASKED_OF = [
    (Nature.STATE_INSTITUTION, ENGAGED, RECRUITED),
    (Nature.STATE_ENTERPRISE, RECRUITED, ENGAGED),
    (Nature.NON_PUBLIC, RECRUITED, ENGAGED),
    (Nature.SOCIAL_ORG, RECRUITED, ENGAGED),
    (Nature.DISPATCH, RECRUITED, ENGAGED),
    (Nature.AGENCY, RECRUITED, ENGAGED),
    (Nature.ASSOCIATION, RECRUITED, ENGAGED),
]


def names(checklist):
    return " ".join(each.requirement.name for each in checklist)


@pytest.mark.parametrize("nature, own, others", ASKED_OF)
@pytest.mark.parametrize("has_list", [False, True], ids=["usual", "named"])
def test_what_is_asked_goes_by_the_nature_of_the_unit(session, nature, own, others, has_list):
    draft = make.make_recognition(make.make_unit(nature))
    if has_list:  # the round names its list itself
        for each in current_requirements(None, Kind.RECOGNITION):
            session.add(
                RoundRequirement(round_id=draft.round_id, requirement_id=each.requirement.id, required=True)
            )
        session.flush()
    person = session.get_one(Person, draft.applicant_id)
    checklist = requirements_for(person, draft)
    asked = names(checklist)
    assert all(each in asked for each in (COPY, REGISTERED, SHOT, own)) and others not in asked
    assert len(checklist) == 4
    assert gaps_of(draft, at=clock.now()) == []
    for use in session.scalars(select(AttachmentUse).filter_by(owner_id=person.id)).all():
        if use.requirement and use.requirement.name == own:
            session.delete(use)
    session.flush()
    assert [each.what_params for each in gaps_of(draft, at=clock.now())] == [{"name": own}]


def test_without_a_unit_all_are_listed_and_a_review_asks_for_none_of_them(session):
    asked = names(current_requirements(None, Kind.RECOGNITION))
    assert RECRUITED in asked and ENGAGED in asked
    usual = names(current_requirements(None))
    assert not any(each in usual for each in (REGISTERED, SHOT, RECRUITED, ENGAGED))


def test_the_pages_of_recognition_list_them(session, sign_in):
    draft = make.make_recognition(make.make_unit(Nature.STATE_ENTERPRISE))
    review = make.make_draft()
    session.execute(delete(AttachmentUse).where(AttachmentUse.owner_id == draft.applicant_id))
    session.commit()
    client = sign_in(draft.applicant)
    for path in ("eligibility", "cover"):
        page = unescape(client.get(f"/apply/{draft.id}/{path}").text)
        assert "考核定职要上传的附件" in page and RECRUITED in page and ENGAGED not in page
        assert "有效期 6 个月" in page and SHOT in page and "必须上传" in page
    client = sign_in(review.applicant)
    for path in ("eligibility", "cover"):
        assert "考核定职要上传的附件" not in client.get(f"/apply/{review.id}/{path}").text


def test_the_start_explains_the_choice(session, sign_in):
    make.make_round()
    person = make.make_applicant(make.make_unit(Nature.STATE_INSTITUTION))
    page = unescape(sign_in(session.get_one(User, person.id)).get("/apply/").text)
    for words in (
        "按评委会当年通知的条件评审取得职称",
        "按学历直接认定员级、助理级或中级职称",
        "每年的 1 月、4 月、7 月和 10 月",
        "见习1年期满后，可考核认定助理级职称",
        "具备博士学位，可直接认定中级职称",
        ENGAGED,
        "有效期 6 个月",
    ):
        assert words in page


def both(session, sign_in):
    """A review and a recognition of one person and year, both in the making."""
    review = make.make_draft()
    round_ = make.make_round(
        make.make_committee(levels=[], series_nos=[]), kind=Kind.RECOGNITION, levels=[], categories=[]
    )
    session.commit()
    client = sign_in(review.applicant)
    return review, round_, client


def current(client):
    return re.search(r"\d{4}-[RK]\d{7}", client.get("/home/").text)[0]


def test_turning_from_one_kind_to_the_other_and_back_loses_nothing(session, sign_in):
    review, round_, client = both(session, sign_in)
    kept = (review.version, review.cover_saved_at, review.round_id, dict(review.eligibility.answers))
    assert current(client) == review.number
    assert f"/apply/?kind=recognition&year={review.year}" in unescape(
        client.get(f"/apply/{review.id}/cover").text
    )

    offered = client.get(f"/apply/?kind=recognition&year={review.year}").text
    assert "已有一份申报评审在填写" in offered and "随时可以换回来" in offered
    opened = client.post("/apply/", data={"kind": "recognition", "year": round_.year}).location
    second = session.scalars(
        select(Application).filter_by(applicant_id=review.applicant_id, kind=Kind.RECOGNITION)
    ).one()
    assert opened == f"/apply/{second.id}/eligibility" and current(client) == second.number
    assert 'id="requirement-7"' in client.get("/attachments/").text
    assert f"还有一份申报评审：{review.number}" in client.get("/home/").text

    asks = client.get(f"/apply/?kind=review&year={review.year}")
    assert asks.status_code == 200 and "改为填写申报评审" in asks.text and second.number in asks.text
    assert current(client) == second.number  # looking changes nothing
    back = client.post("/apply/", data={"kind": "review", "year": review.year}).location
    assert back.startswith(f"/apply/{review.id}/") and current(client) == review.number
    assert 'id="requirement-7"' not in client.get("/attachments/").text
    session.expire_all()
    assert kept == (
        review.version,
        review.cover_saved_at,
        review.round_id,
        dict(review.eligibility.answers),
    )
    assert (review.status, second.status) == (Status.DRAFT, Status.DRAFT)
    make.submit(review)
    assert review.status is Status.IN_REVIEW


def test_a_returned_one_is_turned_to_although_no_window_is_open(session, sign_in):
    review, round_, client = both(session, sign_in)
    client.post("/apply/", data={"kind": "recognition", "year": round_.year})
    make.submit(review)
    operations.return_(review, by=make.clerk_of(review), seen=review.version, opinion="补充", at=clock.now())
    review.round.closes_at = clock.now() - timedelta(seconds=1)
    session.commit()
    assert client.post("/apply/", data={"kind": "review", "year": review.year}).status_code == 302
    assert current(client) == review.number


def test_what_was_withdrawn_and_is_taken_up_again_is_filled_in(session, sign_in):
    review, round_, client = both(session, sign_in)
    operations.withdraw(review, by=review.applicant, seen=review.version, at=clock.now())
    session.commit()
    client.post("/apply/", data={"kind": "recognition", "year": round_.year})
    assert current(client) != review.number
    client.post(f"/progress/{review.id}/reopen", data={"seen": review.version})
    assert current(client) == review.number


def test_who_is_barred_reads_until_when_before_anything_is_filled_in(session, sign_in):
    make.make_round()
    person = make.make_applicant(make.make_unit())
    account = session.get_one(User, person.id)
    today = clock.today()
    client = sign_in(account)
    assert "诚信档案记录期" not in client.get("/apply/").text
    until = today + timedelta(days=700)
    session.add(IntegrityRecord(id_number=account.id_number, reason="示例", starts_on=today, until=until))
    session.commit()
    for path in ("/apply/", "/home/"):
        page = client.get(path).text
        assert "诚信档案记录期" in page and f"{until.year}年{until.month}月{until.day}日" in page
    assert not db.session.scalars(select(Application).filter_by(applicant_id=person.id)).all()
