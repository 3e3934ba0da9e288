"""A saved cover is judged again in full when it is handed in: whatever has changed since (APP-06, ELI-12, X-17)."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from app import clock
from app.errors import DomainError, Incomplete
from app.extensions import db
from app.models import (
    SECTION_OF,
    Application,
    AttachmentRequirement,
    AttachmentUse,
    Major,
    Person,
    RoundRequirement,
    Snapshot,
    Title,
)
from app.models.sections import Education
from app.vocabulary import Kind, Level, Stage, Status
from app.workflow import operations
from app.workflow.covers import categories_of
from tests import factories as make

BUTTON = re.compile(r"<button[^>]*>\s*(<svg.*?</svg>)?\s*提交申报\s*</button>", re.S)


def taken_back(draft):
    draft.round.published_at = None


def closed(draft):
    draft.round.closes_at = clock.now() - timedelta(seconds=1)


def not_this_month(draft):
    draft.round.months = [(clock.now().month + 5) % 12 + 1]


def of_last_year(draft):
    draft.round.year -= 1


def of_the_other_kind(draft):
    draft.round.kind = Kind.RECOGNITION if draft.kind is Kind.REVIEW else Kind.REVIEW


def other_professions(draft):
    draft.round.profession_ids = [draft.profession_id + 1]


def other_series(draft):
    draft.round.committee.series_nos = [5]


def level_taken_out(draft):
    draft.round.levels = [Level.SENIOR_FULL]


def by_examination(draft):
    draft.title.by_exam = True


def another_title(draft):
    draft.title_id = db.session.scalars(
        select(Title.id).where(Title.name == "研究馆员", Title.series_id == draft.title.series_id)
    ).one()
    db.session.flush()
    db.session.expire(draft, ["title"])


def category_taken_out(draft):
    draft.round.categories = ["exceptional"]


def fields_must_agree(draft):
    person = db.session.get_one(Person, draft.applicant_id)
    person.major_id = db.session.scalars(select(Major.id).where(Major.level3 == "有机化学")).one()
    draft.round.major_mismatch_blocks = True


def more_attachments(draft):
    """What could be left out before has to be there now; the person has taken it away."""
    asked = db.session.scalars(select(AttachmentRequirement).where(AttachmentRequirement.no == 2)).one()
    for use in db.session.scalars(select(AttachmentUse).filter_by(owner_id=draft.applicant_id)):
        if use.requirement_id == asked.id or use.section_slug == asked.section_slug:
            db.session.delete(use)
    db.session.add(RoundRequirement(round_id=draft.round_id, requirement_id=asked.id, required=True))


def section_became_required(draft):
    draft.round.required_sections = ["intellectual-property"]
    for use in db.session.scalars(select(AttachmentUse).filter_by(owner_id=draft.applicant_id)):
        if use.section_slug == "intellectual-property":
            db.session.delete(use)
    for row in db.session.scalars(
        select(SECTION_OF["intellectual-property"]).filter_by(owner_id=draft.applicant_id)
    ):
        db.session.delete(row)


def schooling_of_less(draft):
    """REC-03: the school that was filled in leads to a lower level."""
    for each in db.session.scalars(select(Education).filter_by(owner_id=draft.applicant_id)):
        each.degree_level, each.degree = "大专", "无"


def employed_later(draft):
    """REC-03: the year of probation is not over by the day that is answered now."""
    draft.eligibility.answers = {**draft.eligibility.answers, "employed_on": clock.today().isoformat()}


# What changes between the save and the press; what the applicant reads: what does not go, and what to do.
CHANGES = [
    (taken_back, "申报窗口现在没有发布，不能申报；重新选择评委会，或等窗口重新发布"),
    (closed, "现在不能提交；在申报时间内提交，或重新选择受理中的评委会"),
    (not_this_month, "现在不能提交；在申报时间内提交，或重新选择受理中的评委会"),
    (of_last_year, "申报窗口不是本次申报的年度和类型，重新选择评委会"),
    (of_the_other_kind, "申报窗口不是本次申报的年度和类型，重新选择评委会"),
    (other_professions, "不受理申报专业“档案 › 档案管理 › 档案收集整理”，重新选择申报专业或评委会"),
    (other_series, "不受理申报专业“档案 › 档案管理 › 档案收集整理”，重新选择申报专业或评委会"),
    (level_taken_out, "在这个专业不评审中级，重新选择申报等级"),
    (by_examination, "“馆员”实行以考代评，参加国家统一组织的考试取得，不能申报评审；重新选择申报等级"),
    (another_title, "申报等级对应的职称由“研究馆员”改为“馆员”，核对后重新保存封面"),
    (category_taken_out, "不受理参评类别“正常评审”，重新选择参评类别"),
    (fields_must_agree, "所学专业和从事专业不一致，在个人信息中改成一致，或重新选择申报专业"),
    (more_attachments, "上传“职称获取情况 - 职称证书图片和聘用证明"),
    (section_became_required, "至少填写一条"),
]
RECOGNITION_CHANGES = [
    (schooling_of_less, "现在不能认定助理级；核对学历情况和申报资格自查，或重新选择申报等级"),
    (employed_later, "现在不能认定助理级；核对学历情况和申报资格自查，或重新选择申报等级"),
    (taken_back, "申报窗口现在没有发布，不能申报"),
    (not_this_month, "现在不能提交；在申报时间内提交"),
    (other_professions, "不受理申报专业"),
    (level_taken_out, "在这个专业不评审助理级，重新选择申报等级"),
]


@pytest.fixture(autouse=True)
def catalogue_as_before(session):
    yield
    session.rollback()
    session.execute(update(Title).values(by_exam=False).where(Title.name == "馆员"))
    session.commit()


def refused(draft, sign_in, words):
    """The press, the page and the operation say the same, and nothing has happened."""
    db.session.commit()
    client = sign_in(draft.applicant)
    url = f"/apply/{draft.id}/submit"
    page = unescape(client.get(url).text)
    assert words in page and not BUTTON.search(page)
    assert words in unescape(client.get("/home/").text)
    answer = client.post(url, data={"seen": draft.version, "pledged": "y"})
    assert answer.status_code == 422 and words in unescape(answer.text)
    assert not BUTTON.search(answer.text)
    with pytest.raises(DomainError):
        make.submit(draft)
    db.session.rollback()
    assert db.session.get_one(Application, draft.id).status is Status.DRAFT
    assert not db.session.scalars(select(Snapshot).filter_by(application_id=draft.id)).all()


@pytest.mark.parametrize("change, words", CHANGES, ids=[each.__name__ for each, _ in CHANGES])
def test_a_cover_that_no_longer_holds_is_not_handed_in(session, sign_in, change, words):
    draft = make.make_draft()
    client = sign_in(draft.applicant)
    assert BUTTON.search(client.get(f"/apply/{draft.id}/submit").text)
    change(draft)
    refused(draft, sign_in, words)


@pytest.mark.parametrize(
    "change, words", RECOGNITION_CHANGES, ids=[each.__name__ for each, _ in RECOGNITION_CHANGES]
)
def test_nor_is_one_of_recognition(session, sign_in, change, words):
    draft = make.make_recognition()
    client = sign_in(draft.applicant)
    assert BUTTON.search(client.get(f"/apply/{draft.id}/submit").text)
    change(draft)
    refused(draft, sign_in, words)


def test_all_that_does_not_hold_is_said_at_once(session):
    draft = make.make_draft()
    category_taken_out(draft)
    level_taken_out(draft)
    session.flush()
    with pytest.raises(Incomplete) as raised:
        make.submit(draft)
    assert len(raised.value.gaps) == 2


def test_a_returned_application_keeps_the_cover_that_its_offices_accepted(session):
    returned = make.make_application(Status.RETURNED)
    level_taken_out(returned)
    session.flush()
    account = returned.applicant
    operations.resubmit(returned, by=account, seen=returned.version, pledged=True, at=clock.now())
    assert returned.stage is Stage.UNIT


def test_recognition_knows_one_category_whatever_its_round_names(session):
    draft = make.make_recognition()
    category_taken_out(draft)
    assert [each.value for each in categories_of(draft.round)] == ["regular"]
    make.submit(draft)


def test_past_its_correction_time_nothing_is_offered(session, sign_in):
    returned = make.make_application(Status.RETURNED)
    client = sign_in(returned.applicant)
    assert BUTTON.search(client.get(f"/apply/{returned.id}/submit").text)
    returned.round.closes_at = returned.round.corrections_until = clock.now() - timedelta(seconds=1)
    session.commit()
    page = client.get(f"/apply/{returned.id}/submit").text
    assert "已不能再次提交" in page and not BUTTON.search(page)
