"""What an office marked is read and ticked off where it is to be mended (screens.md 3.3, REV-04)."""

import re

import pytest
from sqlalchemy import select

from app import clock
from app.dossier.returned import notes_of
from app.models import AttachmentRequirement, Decision, ReviewNote, User
from app.models.sections import Paper
from app.vocabulary import Event, Stage, Status
from app.workflow import operations
from tests import factories as make


@pytest.fixture
def sent_back(session):
    """An application that its department has returned with a note at each kind of place."""
    application = make.make_application(at=Stage.DEPARTMENT)
    paper = session.scalars(select(Paper).where(Paper.owner_id == application.applicant_id)).one()
    requirement = session.scalars(select(AttachmentRequirement).where(AttachmentRequirement.no == 3)).one()
    clerk = make.clerk_of(application)
    operations.return_(application, by=clerk, seen=application.version, opinion="见标注", at=clock.now())
    decision = session.scalars(
        select(Decision).where(Decision.application_id == application.id).order_by(Decision.id.desc())
    ).first()
    for place, record, field, text in (
        ("person", None, "native_place", "籍贯写到县"),
        ("papers", paper.id, "journal", "刊名写全称"),
        ("papers", None, "", "补两篇代表作"),
        ("attachments", requirement.id, "", "学位证书不清晰"),
    ):
        session.add(
            ReviewNote(
                application_id=application.id, submission_no=1, organisation_id=decision.organisation_id,
                by_id=clerk.id, place=place, record=record, field=field, text=text, created_at=clock.now(),
                decision_id=decision.id,
            )
        )  # fmt: skip
    session.commit()
    return application, paper


@pytest.fixture
def applicant(session, sent_back, sign_in):
    return sign_in(session.get_one(User, sent_back[0].applicant_id))


def test_home_names_every_place_and_leads_there(sent_back, applicant):
    _application, paper = sent_back
    page = applicant.get("/home/").text
    assert "审核部门标注了 4 处" in page
    for text, there in (
        ("籍贯写到县", "/person/#field-native_place"),
        ("刊名写全称", f"/sections/papers/{paper.id}/edit#field-journal"),
        ("补两篇代表作", "/sections/papers/"),
        ("学位证书不清晰", "/attachments/#requirement-3"),
    ):
        assert text in page and f'href="{there}"' in page


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/person/", "籍贯写到县"), ("/sections/papers/{paper}/edit", "刊名写全称")],
)
def test_a_reason_stands_above_its_input(sent_back, applicant, path, reason):
    page = applicant.get(path.format(paper=sent_back[1].id)).text
    assert re.search(rf'<div class="back"[^>]*>{reason}</div>', page)


def test_a_requirement_says_why_it_came_back(applicant):
    page = applicant.get("/attachments/").text
    card = page[page.index('id="requirement-3"') :].split("</section>")[0]
    assert "被退回" in card and '<div class="back lines">学位证书不清晰</div>' in card


def test_the_list_says_at_the_row_why_a_record_came_back(sent_back, applicant):
    """A field by its name, which leads to it; a note on the whole section stands at no row; a tick ends it."""
    application, paper = sent_back

    def row():
        page = applicant.get("/sections/papers/").text
        return page[page.index(f'<li id="record-{paper.id}"') :].split("</li>")[0]

    label = f'<a href="/sections/papers/{paper.id}/edit#field-journal">发表刊物</a>'
    assert f'<div class="back">{label}：<span class="lines">刊名写全称</span></div>' in row()
    assert "被退回" in row() and "补两篇代表作" not in row()
    note = next(each for each in notes_of(application) if each.field == "journal")
    applicant.post(f"/marks/{note.id}/handle", data={"handled": "yes"})
    assert "被退回" not in row() and "刊名写全称" not in row()


def test_the_task_list_names_what_came_back(sent_back, applicant):
    """screens.md 3.3: 被退回 is one of the words of the task list, until the notes there are ticked off."""
    application, _paper = sent_back
    state = re.compile(
        r'<a href="([^"]+)">[^<]+</a>(?:<span[^>]*>[^<]*</span>)*\s*<span class="tag tag-bad">被退回</span>'
    )

    def came_back(path):
        return set(state.findall(applicant.get(path).text))

    three = {"/person/", "/attachments/", "/sections/papers/"}
    assert (came_back("/home/"), came_back("/sections/")) == (three, {"/sections/papers/"})
    assert "可以提交，还有 4 处标注没有标为已处理" in applicant.get("/home/").text
    for note in notes_of(application):
        if note.place != "person":
            applicant.post(f"/marks/{note.id}/handle", data={"handled": "yes"})
    assert (came_back("/home/"), came_back("/sections/")) == ({"/person/"}, set())
    assert "可以提交，还有 1 处标注没有标为已处理" in applicant.get("/home/").text


def test_a_note_outlives_its_record(session, sent_back, applicant):
    paper = sent_back[1]
    assert applicant.post(f"/sections/papers/{paper.id}/delete").status_code == 302
    page = applicant.get("/sections/papers/").text
    assert "刊名写全称" in page and "该条记录已删除" in page


def test_ticking_off_is_the_applicants_own_and_changes_nothing_else(session, sent_back, applicant):
    application, paper = sent_back
    note = next(each for each in notes_of(application) if each.field == "journal")
    for answer, expected in (("yes", True), ("yes", True), ("no", False), ("yes", True)):
        applicant.post(f"/marks/{note.id}/handle", data={"handled": answer})
        session.refresh(note)
        assert (note.handled_at is not None) is expected
    assert 'class="back"' not in applicant.get(f"/sections/papers/{paper.id}/edit").text
    assert application.status is Status.RETURNED and application.version == sent_back[0].version


def test_what_is_not_ticked_off_is_said_and_stops_nobody(session, sent_back, applicant):
    application, _paper = sent_back
    notes = notes_of(application)
    page = applicant.get(f"/apply/{application.id}/submit").text
    assert "还有 4 处没有标为已处理" in page
    answer = applicant.post(
        f"/apply/{application.id}/submit", data={"seen": application.version, "pledged": "y"}
    )
    assert answer.location.endswith("/done")
    session.refresh(application)
    assert (application.status, application.stage) == (Status.IN_REVIEW, Stage.DEPARTMENT)

    # With the office again: nothing is ticked off any more, and nothing is shown.
    applicant.post(f"/marks/{notes[0].id}/handle", data={"handled": "yes"})
    session.refresh(notes[0])
    assert notes[0].handled_at is None and notes_of(application) == []
    assert "审核部门标注了" not in applicant.get("/home/").text


def test_notes_of_an_earlier_return_are_history(session, sent_back, applicant):
    application, _paper = sent_back
    account = session.get_one(User, application.applicant_id)
    operations.resubmit(application, by=account, seen=application.version, pledged=True, at=clock.now())
    operations.return_(
        application, by=make.clerk_of(application), seen=application.version, opinion="再看", at=clock.now()
    )
    session.commit()
    assert notes_of(application) == []
    old = session.scalars(select(ReviewNote).where(ReviewNote.application_id == application.id)).first()
    applicant.post(f"/marks/{old.id}/handle", data={"handled": "yes"})
    session.refresh(old)
    assert old.handled_at is None
    progress = applicant.get(f"/progress/{application.id}").text
    assert "刊名写全称" in progress


# domain.md 4: what each end means, in words of the page.
@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event.DECLINE, "本年度不能再次申报"),
        (Event.WITHDRAW, "申报窗口关闭前可以继续申报"),
        (Event.LAPSE, "不能再恢复"),
    ],
)
def test_an_end_says_what_it_means(session, sign_in, event, said):
    application = make.make_application(at=Stage.UNIT)
    at, seen = clock.now(), application.version
    if event is Event.DECLINE:
        operations.decline(application, by=make.clerk_of(application), seen=seen, opinion="不符合", at=at)
    else:
        operations.withdraw(application, by=application.applicant, seen=seen, at=at)
    if event is Event.LAPSE:
        operations.reopen(application, by=application.applicant, seen=application.version, at=at)
        operations.lapse_overdue(at=application.round.closes_at)
    session.commit()
    page = sign_in(session.get_one(User, application.applicant_id)).get(f"/progress/{application.id}").text
    assert said in page and "未到，一般" not in page  # nobody waits for an office any more


def test_the_receipt_names_what_was_handed_in(session, sign_in):
    application = make.make_application(at=Stage.UNIT)
    session.commit()
    page = sign_in(session.get_one(User, application.applicant_id)).get(f"/apply/{application.id}/done").text
    for text in (application.number, application.holder.name, "申报回执", "审核用时：一般"):
        assert text in page
