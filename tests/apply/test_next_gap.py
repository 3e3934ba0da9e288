"""From one gap to the next and then to the submission, for whoever came from a list of them (APP-04, APP-06)."""

import pytest
from sqlalchemy import delete, select

from app.extensions import db
from app.models import Application, Person
from app.models.sections import StudyHistory, WorkSummary
from app.vocabulary import Stage
from tests import factories as make
from tests.dossier.typed import posted

LOOKS = {
    "birth_date": "1980-02-03",
    "contact_mobile": "13900000001",
    "email": "shili@local.invalid",
    "postcode": "650000",
}
NEXT = "/home/next?back=/home/"
BUTTON, LINK, LAST = "保存并完善下一项", "完善下一项", "去提交"


def draft_without(*sections: type, postcode: str | None = "650000") -> tuple[Application, Person]:
    application = make.make_draft()
    person = db.session.get_one(Person, application.applicant_id)
    person.postcode = postcode
    for model in sections:
        db.session.execute(delete(model).where(model.owner_id == person.id))
    db.session.flush()
    return application, person


def test_it_leads_to_the_first_gap_and_at_last_to_the_submission(session, sign_in):
    application, person = draft_without(WorkSummary, postcode=None)
    own = sign_in(person.account)
    assert own.get(NEXT).location == "/person/?back=/home/#field-postcode"

    person.postcode = "650000"
    assert own.get(NEXT).location == "/sections/work-summary/add?back=/home/#typed"

    make.make_record(WorkSummary, person)
    assert own.get(NEXT).location == f"/apply/{application.id}/submit"


def test_what_only_others_can_mend_is_on_the_list(session, sign_in):
    _application, person = draft_without()
    person.unit.contact_phone = None
    own = sign_in(person.account)

    assert own.get("/home/next?back=/apply/").location == "/apply/"
    assert f"由 {person.unit.name} 办理。" in own.get("/home/").text


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", ""])
def test_it_leads_to_no_other_house(session, sign_in, back):
    submitted = make.make_application(Stage.UNIT)
    assert sign_in(submitted.applicant).get(f"/home/next?back={back}").location == "/home/"


def test_without_an_application_it_leads_back(session, sign_in):
    person = make.fill(make.make_applicant(make.make_unit()))
    assert sign_in(person.account).get(NEXT).location == "/home/"


def test_a_saved_record_leads_on(session, sign_in):
    _application, person = draft_without(StudyHistory, WorkSummary)
    own = sign_in(person.account)
    typed = posted(WorkSummary) | {"then": "next"}
    path = "/sections/work-summary/add?back=/home/"

    assert own.post(path, data=typed | {"content": ""}).status_code == 422
    answer = own.post(path, data=typed)
    assert answer.location == NEXT
    assert own.get(answer.location).location == "/sections/study-history/add?back=/home/#typed"


def test_a_saved_person_leads_on(session, sign_in):
    _application, person = draft_without(WorkSummary, postcode=None)
    own = sign_in(person.account)
    typed = posted(Person, **LOOKS) | {"version": str(person.version), "then": "next"}
    assert own.post("/person/?back=/home/", data=typed).location == NEXT


@pytest.mark.parametrize(
    ("missing", "path", "is_offered"),
    [
        ((StudyHistory, WorkSummary), "/sections/work-summary/add?back=/home/", True),
        ((WorkSummary,), "/sections/work-summary/add?back=/home/", False),
        ((StudyHistory, WorkSummary), "/sections/work-summary/add", False),
        ((WorkSummary,), "/person/?back=/home/", True),
        ((), "/person/?back=/home/", False),
    ],
)
def test_it_is_offered_where_something_else_is_missing(session, sign_in, missing, path, is_offered):
    _application, person = draft_without(*missing)
    assert (BUTTON in sign_in(person.account).get(path).text) is is_offered


@pytest.mark.parametrize(("missing", "words"), [((WorkSummary,), LINK), ((), LAST)])
def test_below_a_file_it_says_what_is_next(session, sign_in, missing, words):
    _application, person = draft_without(*missing)
    own = sign_in(person.account)
    page = own.get("/attachments/?back=/home/").text
    assert f'<a class="btn btn-primary" href="{NEXT}">{words}</a>' in page
    assert NEXT not in own.get("/attachments/").text


def test_nothing_is_offered_to_whoever_only_reads(session, sign_in):
    application = make.make_application(Stage.UNIT)
    own = sign_in(application.applicant)
    record = session.scalars(
        select(WorkSummary).where(WorkSummary.owner_id == application.applicant_id)
    ).one()
    for path in ("/attachments/", "/person/", f"/sections/work-summary/{record.id}/edit"):
        page = own.get(f"{path}?back=/home/").text
        assert NEXT not in page and BUTTON not in page
