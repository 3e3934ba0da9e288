"""Who may apply: every answer with what it comes to, as the guide's questions have it (ELI-01…11, INT-02)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.apply.eligibility import save_answers
from app.dossier.snapshot import content_of
from app.errors import Incomplete, NotAllowedNow, OutOfDate
from app.extensions import db
from app.models import AttachmentUse, Eligibility, IntegrityRecord, Snapshot, User
from app.review import reading
from app.vocabulary import Category, Document, Evidence, Kind, Level, Nature, Stage, Standing, Status
from app.workflow import operations
from app.workflow.eligibility import judge
from app.workflow.questions import Facts
from tests import factories as make

MAY, PROOF, BARRED, OPEN = Standing.MAY, Standing.PROOF, Standing.BARRED, Standing.OPEN
INSTITUTION, COMPANY = Nature.STATE_INSTITUTION, Nature.NON_PUBLIC
AT_WORK = {"in_post": "yes", "seconded": "no", "administrative": "no", "new_series": "no", "skilled": "no"}
EMPLOYED = {"status": "employee", **AT_WORK, "transferred": "no", "postdoc": "no"}
FREE = {
    "status": "freelancer",
    "freelance_year": "yes",
    "freelance_insured": "yes",
    "freelance_licence": "no",
    "freelance_recommended": "yes",
    "new_series": "no",
}
GRADUATE = {
    "status": "employee",
    "in_post": "yes",
    "seconded": "no",
    "administrative": "no",
    "graduate": "yes",
    "employed_on": "2025-07-01",
    "assessed": "yes",
    "entry": "yes",
}

# requirement, unit's nature, answers, what they come to, the question that bars, the evidence asked for
TABLE = [
    ("ELI-01", COMPANY, EMPLOYED, MAY, [], []),
    ("ELI-01", COMPANY, {**EMPLOYED, "in_post": "no"}, BARRED, ["in_post"], []),
    ("ELI-02", Nature.AGENCY, FREE, PROOF, [], ["insured", "recommended"]),
    ("ELI-02", Nature.AGENCY, {**FREE, "freelance_year": "no"}, BARRED, ["freelance_year"], None),
    ("ELI-02", Nature.AGENCY, {**FREE, "freelance_insured": "no"}, BARRED, ["freelance_insured"], None),
    ("ELI-02", Nature.AGENCY, {**FREE, "freelance_licence": "yes"}, BARRED, ["freelance_licence"], None),
    (
        "ELI-02",
        Nature.AGENCY,
        {**FREE, "freelance_recommended": "no"},
        BARRED,
        ["freelance_recommended"],
        None,
    ),
    ("ELI-03", INSTITUTION, {"status": "civil_servant"}, BARRED, ["status"], []),
    ("ELI-03", COMPANY, {"status": "retired", "delayed": "no", "new_series": "no"}, BARRED, ["delayed"], []),
    ("ELI-03", COMPANY, {"status": "retired", "delayed": "yes", "new_series": "no"}, PROOF, [], ["delayed"]),
    ("ELI-04", INSTITUTION, {**EMPLOYED, "transferred": "yes"}, OPEN, [], []),
    (
        "ELI-04",
        INSTITUTION,
        {**EMPLOYED, "transferred": "yes", "transfer_order": "no"},
        BARRED,
        ["transfer_order"],
        [],
    ),
    (
        "ELI-04",
        INSTITUTION,
        {**EMPLOYED, "transferred": "yes", "transfer_order": "yes"},
        PROOF,
        [],
        ["transfer"],
    ),
    ("ELI-05", COMPANY, {**EMPLOYED, "seconded": "yes"}, BARRED, ["seconded"], []),
    ("ELI-05", COMPANY, {**EMPLOYED, "administrative": "yes"}, BARRED, ["administrative"], []),
    ("ELI-06", COMPANY, {**EMPLOYED, "postdoc": "yes"}, PROOF, [], ["postdoc"]),
    ("ELI-07", Nature.DISPATCH, {"status": "dispatched", **AT_WORK}, PROOF, [], ["dispatch"]),
    ("ELI-08", INSTITUTION, {"status": "contract", **AT_WORK, "transferred": "no"}, MAY, [], []),
    ("ELI-09", COMPANY, {**EMPLOYED, "new_series": "yes"}, OPEN, [], []),
    (
        "ELI-09",
        COMPANY,
        {**EMPLOYED, "new_series": "yes", "new_series_year": "no"},
        BARRED,
        ["new_series_year"],
        [],
    ),
    ("ELI-09", COMPANY, {**EMPLOYED, "new_series": "yes", "new_series_year": "yes"}, PROOF, [], ["new_post"]),
    ("ELI-11", COMPANY, {**EMPLOYED, "skilled": "yes"}, MAY, [], []),
]


@pytest.mark.once
@pytest.mark.parametrize("requirement, nature, answers, standing, bars, proofs", TABLE)
def test_the_table_of_answers(requirement, nature, answers, standing, bars, proofs):
    verdict = judge(Facts(Kind.REVIEW, Document.RESIDENT, nature), answers)

    assert verdict.standing is standing
    assert [each.name for each in verdict.bars] == bars
    if proofs is not None:
        assert [each.value for each in verdict.proofs] == proofs
    assert not verdict.conflicts


@pytest.mark.once
def test_what_is_known_adds_questions_and_evidence():
    passport = Facts(Kind.REVIEW, Document.PASSPORT, COMPANY)
    assert [each.name for each in judge(passport, EMPLOYED).unanswered] == ["permit"]
    assert judge(passport, {**EMPLOYED, "permit": "no"}).standing is BARRED
    assert judge(passport, {**EMPLOYED, "permit": "yes"}).proofs == (Evidence.WORK_PERMIT,)

    moved = {**EMPLOYED, "transferred": "yes", "transfer_order": "yes"}
    for level, papers in ((Level.JUNIOR_ASSISTANT, 1), (Level.INTERMEDIATE, 2), (Level.SENIOR_FULL, 2)):
        assert len(judge(Facts(Kind.REVIEW, None, INSTITUTION, level), moved).proofs) == papers

    for answers, nature in (
        (FREE, COMPANY),
        ({"status": "dispatched", **AT_WORK}, INSTITUTION),
        ({"status": "contract", **AT_WORK, "transferred": "no"}, Nature.DISPATCH),
    ):
        assert [each.endpoint for each in judge(Facts(Kind.REVIEW, None, nature), answers).conflicts] == [
            "PersonView.unit"
        ]
    changing = {**EMPLOYED, "new_series": "yes", "new_series_year": "yes"}
    for answers, category, conflicts in (
        (changing, Category.REGULAR, 1),
        (changing, Category.SERIES_CHANGE, 0),
        (EMPLOYED, Category.SERIES_CHANGE, 1),
        (EMPLOYED, Category.EXCEPTIONAL, 0),
    ):
        facts = Facts(Kind.REVIEW, None, COMPANY, category=category)
        assert len(judge(facts, answers).conflicts) == conflicts


@pytest.mark.once
@pytest.mark.parametrize(
    "given, standing",
    [
        ({}, MAY),
        ({"graduate": "no"}, BARRED),
        ({"assessed": "no"}, BARRED),
        ({"entry": "no"}, BARRED),
        ({"employed_on": ""}, OPEN),
        ({"employed_on": "2025-02-30"}, OPEN),
        ({"employed_on": "yes"}, OPEN),
        ({"seconded": "yes"}, BARRED),
        ({"assessed": "perhaps"}, OPEN),
    ],
)
def test_recognition_asks_its_own_questions(given, standing):
    assert judge(Facts(Kind.RECOGNITION, None, COMPANY), {**GRADUATE, **given}).standing is standing


def draft(**answers):
    """A draft of someone in a company, with these answers saved."""
    application = make.make_draft(make.make_unit(COMPANY))
    row = db.session.scalars(select(Eligibility).where(Eligibility.application_id == application.id)).one()
    row.answers = {**EMPLOYED, **answers}
    db.session.flush()
    return application


def hand_in(application):
    account = application.applicant
    return operations.submit(application, by=account, seen=application.version, pledged=True, at=clock.now())


def test_a_bar_and_missing_evidence_keep_an_application_from_being_handed_in(session):
    with pytest.raises(Incomplete) as refused:
        hand_in(draft(seconded="yes"))
    assert [each.params["_anchor"] for each in refused.value.gaps] == ["seconded"]

    application = draft(new_series="yes", new_series_year="yes")
    application.category = Category.SERIES_CHANGE
    session.flush()
    with pytest.raises(Incomplete) as refused:
        hand_in(application)
    assert [each.params["_anchor"] for each in refused.value.gaps] == [f"evidence-{Evidence.NEW_POST.no}"]
    person = session.get_one(make.Person, application.applicant_id)
    make.attach(person, section="eligibility", record=Evidence.NEW_POST.no)
    hand_in(application)

    assert application.status is Status.IN_REVIEW
    content = content_of(session.get_one(Snapshot, application.snapshot_id))
    assert content["eligibility"]["new_series_year"] == "yes"
    assert ("转换岗位后，是否已在现岗位工作满 1 年", "是", "") in reading.cover(content)
    assert "转岗证明（聘书、合同或单位证明等）" in [each.purpose for each in reading.files(content, {})]


def test_without_answers_nothing_is_handed_in(session):
    application = draft()
    session.delete(session.scalars(select(Eligibility).filter_by(application_id=application.id)).one())
    session.flush()
    with pytest.raises(Incomplete) as refused:
        hand_in(application)
    assert [each.what for each in refused.value.gaps] == ["完成申报资格自查"]


def test_an_older_snapshot_has_no_answers_and_is_read_as_before(session):
    application = make.make_application(Stage.UNIT)
    content = content_of(session.get_one(Snapshot, application.snapshot_id))
    assert len(reading.cover(content)) > 10
    del content["eligibility"]
    assert len(reading.cover(content)) == 10


def test_only_the_applicant_answers_and_only_while_it_is_his(session):
    application = draft()
    other = make.make_user()
    for by, seen, error in (
        (other, application.version, NotAllowedNow),
        (application.applicant, application.version + 1, OutOfDate),
    ):
        with pytest.raises(error):
            save_answers(application, EMPLOYED, by=by, seen=seen, at=clock.now())
    hand_in(application)
    with pytest.raises(NotAllowedNow):
        save_answers(
            application, EMPLOYED, by=application.applicant, seen=application.version, at=clock.now()
        )


def test_the_page_asks_what_follows_and_says_why(session, sign_in):
    application = make.make_draft(make.make_unit(COMPANY))
    session.delete(session.scalars(select(Eligibility).filter_by(application_id=application.id)).one())
    at = clock.now()
    session.add(
        IntegrityRecord(
            id_number=application.applicant.id_number,
            reason="示例原因",
            starts_on=at.date(),
            until=at.date() + timedelta(days=900),
        )
    )
    session.flush()
    client = sign_in(session.get_one(User, application.applicant_id))
    url = f"/apply/{application.id}/eligibility"
    page = client.get(url).text
    assert "诚信档案期内不能申报" in page and str((at.date() + timedelta(days=900)).day) in page
    assert "是否已在现岗位工作满 1 年" not in page and "以评委会开评时间为准" in page

    shown = list(EMPLOYED)
    data = {**EMPLOYED, "seen": application.version, "shown": shown}
    missed = client.post(url, data={**data, "seconded": ""})
    assert missed.status_code == 422 and "选择一项" in missed.text
    assert client.post(url, data={**data, "seconded": "perhaps"}).status_code == 422
    follows = client.post(url, data={**data, "new_series": "yes"})
    assert follows.status_code == 200
    assert "转换岗位后，是否已在现岗位工作满 1 年" in follows.text and "还有几个问题需要回答" in follows.text
    assert session.scalar(select(Eligibility.id).filter_by(application_id=application.id)) is None

    barred = client.post(
        url, data={**data, "new_series": "yes", "new_series_year": "no"}, follow_redirects=True
    ).text
    assert "在现岗位工作满 1 年后再申报转系列评审" in barred and "须转换岗位后在现岗位工作满1年以上" in barred
    proof = client.post(
        url, data={**data, "new_series": "yes", "new_series_year": "yes"}, follow_redirects=True
    ).text
    assert "还需要上传" in proof and f'id="evidence-{Evidence.NEW_POST.no}"' in proof
    assert client.post(url, data=data).location.endswith("/cover")
    assert client.post(url, data={**data, "seen": 99}).status_code == 409


def test_evidence_is_linked_shown_among_the_files_and_taken_away(session, sign_in):
    application = draft(new_series="yes", new_series_year="yes")
    person = session.get_one(make.Person, application.applicant_id)
    file = make.attach(person, section="photo-original")
    client = sign_in(session.get_one(User, person.id))
    link = {"section": "eligibility", "attachment": file.id}
    assert client.post("/attachments/link", data={**link, "record": 99}).status_code == 404
    own = session.scalars(
        select(AttachmentUse).where(
            AttachmentUse.owner_id == person.id, AttachmentUse.requirement_id.is_not(None)
        )
    ).first()
    link["attachment"] = own.attachment_id
    done = client.post("/attachments/link", data={**link, "record": Evidence.NEW_POST.no})
    assert done.location.endswith(f"/apply/{application.id}/eligibility#evidence-{Evidence.NEW_POST.no}")
    assert "移除" in client.get(f"/apply/{application.id}/eligibility").text
    use = session.scalars(
        select(AttachmentUse).filter_by(owner_id=person.id, section_slug="eligibility")
    ).one()
    pk = use.id
    assert client.post(f"/attachments/uses/{pk}/remove").status_code == 302
    assert session.scalar(select(AttachmentUse.id).filter_by(id=pk)) is None
