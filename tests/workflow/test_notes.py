"""Who may pin a note where, what is sent with what, and that a sent note never changes."""

import json

import pytest

from app import clock
from app.errors import DomainError, NotAllowedNow, OutOfDate, OwnApplication
from app.extensions import db
from app.models import ReviewNote, Snapshot
from app.vocabulary import Role, Stage, Status
from app.workflow import notes, operations
from app.workflow.notes import Place
from app.workflow.refusals import NoSuchPlace, NoteGone, NoteRequired, NoteTooLong
from tests import factories as make

pytestmark = pytest.mark.usefixtures("session")

ANYWHERE = Place("person")


def pin(application, by, place=ANYWHERE, text="示例标注", seen=None):
    return notes.pin(application, place, text, by=by, seen=seen or application.version, at=clock.now())


def decide(verb, application):
    by = make.clerk_of(application)
    verb(application, by=by, seen=application.version, opinion="示例意见", at=clock.now())
    return application.decisions[-1]


# Where the application is; who may then pin, of all that know it.
MAY_PIN = [
    (Status.DRAFT, None),
    (Stage.UNIT, "unit"),
    (Stage.DEPARTMENT, "department"),
    (Stage.COMMITTEE, "committee"),
    (Status.RETURNED, None),
    (Status.DECLINED, None),
    (Status.WITHDRAWN, None),
    (Status.PAPER, None),
]


@pytest.mark.parametrize(("at", "allowed"), MAY_PIN)
def test_only_the_office_that_has_it_pins_and_removes(session, at, allowed):
    application = make.make_application(at=at)
    people = {
        "super_admin": make.make_user(Role.SUPER_ADMIN),
        "hotline": make.make_user(Role.HOTLINE),
        "applicant": application.applicant,
        "foreign unit": make.make_user(Role.UNIT, make.make_unit()),
        "foreign department": make.make_user(Role.DEPARTMENT, make.make_department()),
        "foreign committee": make.make_user(Role.COMMITTEE, make.make_committee()),
    }
    for role, office in zip(
        (Role.UNIT, Role.DEPARTMENT, Role.COMMITTEE), make.offices_of(application), strict=False
    ):
        people[role.value] = make.make_user(role, office)
    pinned = {}
    for name, user in people.items():
        try:
            pinned[name] = pin(application, user)
        except (NotAllowedNow, OwnApplication):
            continue
    assert set(pinned) == ({allowed} if allowed else set())
    for name, user in people.items():
        if allowed and name != allowed:
            with pytest.raises((NotAllowedNow, OwnApplication)):
                notes.take_off(application, pinned[allowed].id, by=user)
    if allowed:
        colleague = make.make_user(Role(allowed), session.get_one(make.Organisation, application.holder_id))
        assert [each.text for each in notes.drafts_of(application)] == ["示例标注"]
        notes.take_off(application, pinned[allowed].id, by=colleague)
        assert notes.drafts_of(application) == []


def test_nobody_pins_on_his_own_application():
    application = make.make_application(at=Stage.UNIT)
    make.join(application.applicant, Role.UNIT, application.unit)
    with pytest.raises(OwnApplication):
        pin(application, application.applicant)


def test_a_note_is_pinned_to_what_the_submission_holds(session):
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = make.clerk_of(application)
    content = json.loads(session.get_one(Snapshot, application.snapshot_id).content)
    study = content["sections"]["study-history"][0]["id"]
    other = make.make_application(at=Stage.DEPARTMENT)
    foreign = json.loads(session.get_one(Snapshot, other.snapshot_id).content)["sections"]["study-history"]
    asked = session.scalars(db.select(make.AttachmentRequirement.id)).first()
    good = [
        Place("cover"), Place("cover", None, "title"), Place("person"), Place("person", None, "mobile"),
        Place("attachments"), Place("attachments", asked), Place("study-history"),
        Place("study-history", study), Place("study-history", study, "witness"),
    ]  # fmt: skip
    bad = [
        Place("nowhere"), Place(""), Place("cover", 1), Place("cover", None, "filled_on"), Place("cover", None, "x"),
        Place("person", None, "identity"), Place("person", None, "password"), Place("attachments", 999999),
        Place("attachments", asked, "name"), Place("study-history", foreign[0]["id"]),
        Place("study-history", None, "witness"), Place("study-history", study, "owner_id"),
        Place("study-history", 0), Place("opinion-12"),
    ]  # fmt: skip
    for place in bad:
        with pytest.raises(NoSuchPlace):
            pin(application, clerk, place)
    assert notes.drafts_of(application) == []
    for place in good:
        pin(application, clerk, place)
    assert len(notes.drafts_of(application)) == len(good)


@pytest.mark.parametrize(
    ("text", "error"),
    [("", NoteRequired), (" \n ", NoteRequired), ("字" * 301, NoteTooLong), ("字" * 300, None), ("字", None)],
)
def test_a_note_has_1_to_300_characters(text, error):
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = make.clerk_of(application)
    if error is None:
        assert pin(application, clerk, text=text).text == text
        return
    with pytest.raises(error):
        pin(application, clerk, text=text)


@pytest.mark.parametrize(
    ("verb", "is_sent"),
    [
        (operations.return_, True),
        (operations.reset, True),
        (operations.approve, False),
        (operations.decline, False),
    ],
)
def test_a_return_and_a_reset_send_all_drafts_of_the_office_and_nothing_else(verb, is_sent):
    application = make.make_application(at=Stage.DEPARTMENT)
    other = make.make_application(at=Stage.DEPARTMENT, unit=application.unit)
    clerk = make.clerk_of(application)
    mine = pin(application, clerk)
    colleagues = pin(application, make.make_user(Role.DEPARTMENT, make.offices_of(application)[1]))
    elsewhere = pin(other, make.clerk_of(other))
    decision = decide(verb, application)
    db.session.expire_all()
    sent = decision.id if is_sent else None
    assert [each.decision_id for each in (mine, colleagues, elsewhere)] == [sent, sent, None]
    assert [each.id for each in notes.sent_on(application)] == ([mine.id, colleagues.id] if is_sent else [])


def test_what_was_sent_is_never_removed_and_never_comes_back():
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk = make.clerk_of(application)
    note = pin(application, clerk)
    decide(operations.return_, application)
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )
    assert notes.drafts_of(application) == []
    with pytest.raises(NoteGone):
        notes.take_off(application, note.id, by=clerk)
    db.session.expire_all()
    first = note.decision_id
    assert first is not None
    pin(application, clerk, text="第二次")
    decide(operations.return_, application)
    db.session.expire_all()
    assert (note.decision_id, note.text) == (first, "示例标注")


def test_a_note_of_an_application_is_not_removed_through_another_one():
    application, other = (make.make_application(at=Stage.DEPARTMENT) for _ in range(2))
    note = pin(application, make.clerk_of(application))
    with pytest.raises(NoteGone):
        notes.take_off(other, note.id, by=make.clerk_of(other))
    assert db.session.get(ReviewNote, note.id)


def test_who_pins_on_what_was_decided_meanwhile_is_told():
    application = make.make_application(at=Stage.DEPARTMENT)
    clerk, seen = make.clerk_of(application), application.version
    decide(operations.return_, application)
    with pytest.raises(OutOfDate):
        pin(application, clerk, seen=seen)
    with pytest.raises(DomainError):
        pin(application, clerk)
    assert notes.sent_on(application) == []
