"""Preview and PDF over the web: who gets them, from when on, and what they show (DOC-03, X-04, REV-09)."""

import json

import pypdfium2
import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.form.record import form_of
from app.models import Person, Snapshot, User
from app.vocabulary import Nature, Role, Stage, Status
from app.workflow import operations
from tests import factories, needs


def applicant_of(application):
    return db.session.get_one(User, application.applicant_id)


def text_of(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in opened)


def table(form, no):
    return [
        cell.text for block in form.document.tables[no - 1].blocks for row in block.rows for cell in row.cells
    ]


@needs.font
def test_from_the_committee_s_pass_on_the_form_comes_as_pdf(session, sign_in, passed):
    application = passed
    client = sign_in(applicant_of(application))
    answer = client.post(f"/applications/{application.id}/form.pdf", follow_redirects=True)
    while "Refresh" in answer.headers:
        answer = client.get(f"/applications/{application.id}/form/printing")
    if answer.mimetype == "text/html":
        answer = client.get(f"/applications/{application.id}/form.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = text_of(answer.data)
    assert f"申报编号{application.number}第1次提交" in text
    assert "示例单位名称" in text
    assert "草" not in text


@pytest.mark.parametrize(
    ("at", "step", "when"),
    [
        (Status.DRAFT, "当前环节：填写中", "评委会电子材料审核通过后即可打印"),
        (Stage.UNIT, "当前环节：单位审核", "评委会电子材料审核通过后即可打印"),
        (Stage.DEPARTMENT, "当前环节：主管部门审核", "评委会电子材料审核通过后即可打印"),
        (Stage.COMMITTEE, "当前环节：评委会电子材料审核", "评委会电子材料审核通过后即可打印"),
        (Status.RETURNED, "当前环节：返回修改", "评委会电子材料审核通过后即可打印"),
        (Status.DECLINED, "当前状态：不予推荐", "本次申报已结束"),
        (Status.WITHDRAWN, "当前状态：已撤回", "本次申报已结束"),
    ],
)
def test_before_that_the_answer_says_where_it_is_and_when_it_will_be_possible(
    session, sign_in, at, step, when
):
    application = factories.make_application(at)

    answer = sign_in(applicant_of(application)).get(f"/applications/{application.id}/form.pdf")

    assert answer.status_code == 409
    for words in ("当前状态不能打印申报表", step, when):
        assert words in answer.text


def test_the_preview_shows_the_same_sheets_with_the_draft_s_mark(session, sign_in):
    application = factories.make_application(Stage.DEPARTMENT)

    for user in (applicant_of(application), factories.clerk_of(application)):
        answer = sign_in(user).get(f"/applications/{application.id}/form")

        assert answer.status_code == 200
        assert answer.text.count('data-watermark="草稿"') > 3
        assert all(f'id="table-{no}"' in answer.text for no in range(1, 18))
        assert "当前状态不能打印申报表" in answer.text


def test_who_may_not_see_the_application_gets_neither(session, sign_in):
    application = factories.make_application(Stage.UNIT)
    strangers = [
        factories.make_applicant().account,
        factories.make_user(Role.UNIT, factories.make_unit()),
        factories.make_user(Role.DEPARTMENT, factories.make_department()),
        factories.make_user(Role.COMMITTEE, factories.make_committee()),
    ]

    for user in strangers:
        client = sign_in(user)
        assert client.get(f"/applications/{application.id}/form").status_code == 404
        assert client.get(f"/applications/{application.id}/form.pdf").status_code == 404


def test_a_returned_form_is_live_for_its_applicant_and_frozen_for_the_offices(session):
    application = factories.make_application(Status.RETURNED)
    person = session.get_one(Person, application.applicant_id)
    person.office = "新的部门"
    session.flush()

    own, theirs = (form_of(application, own=own, on=clock.today()) for own in (True, False))

    assert (own.is_live, theirs.is_live) == (True, False)
    assert "新的部门" in table(own, 1)
    assert "新的部门" not in table(theirs, 1)


def test_table_seventeen_holds_the_offices_of_the_route_and_what_they_said(session):
    unit = factories.make_unit(Nature.STATE_INSTITUTION)
    application = factories.make_application(Stage.COMMITTEE, unit=unit)
    names = [office.name for office in factories.offices_of(application)]

    form = form_of(application, own=False, on=clock.today())

    blocks = form.document.tables[16].blocks
    assert [block.rows[0].cells[1].text for block in blocks[:-1]] == names
    assert [block.rows[1].cells[1].text for block in blocks[:-1]] == ["同意", "同意", ""]
    assert form.document.watermark == "草稿"


def test_after_a_reset_the_offices_of_the_old_route_have_said_nothing(session):
    application = factories.make_application(Stage.DEPARTMENT)
    operations.reset(
        application,
        by=factories.clerk_of(application),
        seen=application.version,
        opinion="封面有误",
        at=clock.now(),
    )
    factories.submit(application)

    form = form_of(application, own=False, on=clock.today())

    assert [block.rows[1].cells[1].text for block in form.document.tables[16].blocks[:-1]] == ["", "", ""]
    assert table(form, 12)[1] == ""


def test_a_snapshot_that_is_not_what_was_submitted_is_not_printed(session, sign_in):
    application = factories.make_application(Status.PAPER)
    snapshot = session.scalars(select(Snapshot).filter_by(application_id=application.id)).one()
    content = json.loads(snapshot.content)
    content["person"]["office"] = "改过的部门"
    session.execute(Snapshot.__table__.update().values(content=json.dumps(content)))

    answer = sign_in(applicant_of(application)).get(f"/applications/{application.id}/form.pdf")

    assert answer.status_code == 409
    assert application.number in answer.text
