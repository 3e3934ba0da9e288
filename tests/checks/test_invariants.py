"""`flask check`: silent on sound data, and it names the row of every fault planted behind the operations' back."""

from datetime import datetime

import pytest
from sqlalchemy import text

from app.checks import all_invariants
from app.models import Membership
from app.protection import index_of, seal
from app.vocabulary import Nature, Role, Stage, Status, Tier
from tests import factories as make

SENTENCES = {each.sentence: each for each in all_invariants()}


@pytest.fixture
def sound(session):
    """An application at the desk after a return and a resubmission, with everything a city has."""
    from app import clock
    from app.workflow import operations

    application = make.make_application(at=Stage.BUREAU, unit=make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY))
    operations.return_(
        application, by=make.clerk_of(application), seen=application.version, opinion="请补充", at=clock.now()
    )
    operations.resubmit(
        application, by=application.applicant, seen=application.version, pledged=True, at=clock.now()
    )
    session.flush()
    return application


def findings(sentence):
    return list(SENTENCES[sentence].broken_by())


def test_there_are_at_least_25_and_each_has_a_sentence_of_its_own():
    assert len(SENTENCES) == len(all_invariants()) >= 25


def test_sound_data_breaks_nothing(session, sound):
    broken = {
        each.sentence: list(each.broken_by())
        for each in all_invariants()
        # The factories' files are rows without bytes.
        if each.sentence != "Every attachment has its file, of its size"
    }
    assert {sentence: found for sentence, found in broken.items() if found} == {}


VERSION = (
    "INSERT INTO form_version (content, note, by_id, created_at, drafted, version)"
    """ VALUES ('{"no-such-section": []}', '', :person, '2026-01-05', 1, 1)"""
)

# sentence, statements that break it (:pk the application, :person its applicant)
FAULTS = [
    ("Every history replays to the stored status and step", ["UPDATE application SET step = 0 WHERE id = :pk"]),
    ("Chances used equal the returns and resets of the history", ["UPDATE application SET chances_used = 3 WHERE id = :pk"]),
    ("Opinions used equal the returns and resets after the unit", ["UPDATE application SET opinions_used = 0 WHERE id = :pk"]),
    ("Each line of history carries the counters of its time", ["UPDATE decision SET chances_used = 4 WHERE application_id = :pk AND event = 'return_'"]),
    ("Versions rise with the history", ["UPDATE application SET version = 1 WHERE id = :pk"]),
    ("Past a limit the year has failed", ["UPDATE application SET chances_used = 5 WHERE id = :pk"]),
    ("A failed year went past a limit", ["UPDATE application SET status = 'failed', holder_id = NULL WHERE id = :pk"]),
    ("Nobody decided on his own application", ["UPDATE decision SET by_id = :person WHERE application_id = :pk AND event = 'approve'"]),
    ("Only offices on the way decided", ["UPDATE decision SET organisation_id = (SELECT MAX(id) FROM organisation WHERE kind = 'committee') WHERE application_id = :pk AND event = 'return_'"]),
    ("Every decision has an opinion", ["UPDATE decision SET opinion = ' ' WHERE application_id = :pk AND event = 'return_'"]),
    ("Every submission and decision names a snapshot of its application", ["UPDATE decision SET snapshot_id = NULL WHERE application_id = :pk AND event = 'submit'"]),
    ("Snapshots are unchanged since they were made", ["UPDATE snapshot SET content = REPLACE(content, '示例', '改写') WHERE application_id = :pk AND number = 1"]),
    ("Snapshots are whole dossiers", ["UPDATE snapshot SET content = '{}' WHERE application_id = :pk AND number = 1"]),
    ("Snapshots are numbered without gaps, one a submission", ["UPDATE application SET submission_no = 3 WHERE id = :pk"]),
    ("An application points at its newest snapshot", ["UPDATE application SET snapshot_id = (SELECT MIN(id) FROM snapshot WHERE application_id = :pk) WHERE id = :pk"]),
    ("An application has its round's year and kind", ["UPDATE application SET year = year - 1 WHERE id = :pk"]),
    ("The title follows from profession and level", ["UPDATE application SET title_id = (SELECT MIN(id) FROM title) WHERE id = :pk"]),
    ("Every result was told to the applicant", ["DELETE FROM message WHERE application_id = :pk AND type = 'review'"]),
    ("Nothing passed the unit without Table 12", ["DELETE FROM unit_opinion WHERE application_id = :pk"]),
    ("Nothing passed the unit without its notices", ["DELETE FROM notice_file", "DELETE FROM public_notice WHERE application_id = :pk"]),
    ("Nothing passed the unit without its notices", ["UPDATE unit SET nature = 'dispatch' WHERE id = (SELECT unit_id FROM application WHERE id = :pk)"]),
    ("Every recommendation followed its notice", ["UPDATE public_notice SET ends_on = starts_on WHERE application_id = :pk"]),
    ("Every recommendation followed its notice", ["UPDATE public_notice SET ends_on = '2036-01-31' WHERE application_id = :pk"]),
    ("What is on paper was passed by the last office", ["UPDATE application SET status = 'paper', holder_id = NULL WHERE id = :pk"]),
    ("The holder is the office of the current step", ["UPDATE application SET holder_id = (SELECT MAX(id) FROM organisation WHERE kind = 'bureau') WHERE id = :pk"]),
    ("Only applications in review wait", ["UPDATE application SET waiting_since = NULL WHERE id = :pk"]),
    ("Routes have no gaps", ["UPDATE route_step SET position = 7 WHERE application_id = :pk AND position = 2"]),
    ("Offices are reached in order", ["UPDATE route_step SET reached_at = NULL WHERE application_id = :pk AND position = 0"]),
    ("Every route starts at the unit", ["UPDATE route_step SET stage = 'department' WHERE application_id = :pk AND position = 0"]),
    ("Every route ends at the committee of the round", ["DELETE FROM route_step WHERE application_id = :pk AND position = 2"]),
    ("Every stage is at an organisation of its kind", ["UPDATE route_step SET stage = 'department' WHERE application_id = :pk AND position = 1"]),
    ("Nobody declares what he says he has not", ["INSERT INTO nothing_to_declare (owner_id, slug) VALUES (:person, 'awards')"]),
    ("Answers are to sections that exist", ["INSERT INTO nothing_to_declare (owner_id, slug) VALUES (:person, 'no-such-section')"]),
    ("ID numbers are valid and in capitals", ["UPDATE ab_user SET id_number = :wrong WHERE id = :person"]),
    ("Every person is an applicant", ["DELETE FROM membership WHERE user_id = :person"]),
    ("No login name is empty", ["UPDATE ab_user SET mobile = :empty, mobile_index = :index WHERE id = :person"]),
    ("Passwords are stored as argon2", ["UPDATE ab_user SET password = 'plain' WHERE id = :person"]),
    ("Every sealed value can be read", ["UPDATE ab_user SET mobile = 'gone.AAAA' WHERE id = :person"]),
    ("Every sealed value can be read", ["UPDATE ab_user SET mobile = id_number WHERE id = :person"]),
    ("Form versions hold fields that the rules allow", [VERSION]),
    ("There is one draft of the form at most, and no application keeps to it", [VERSION, "UPDATE application SET form_version_id = (SELECT MAX(id) FROM form_version) WHERE id = :pk"]),
    ("The catalogue of titles is whole", ["DELETE FROM title WHERE name = '律师助理'"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "statements"), FAULTS, ids=[each[0] for each in FAULTS])
def test_a_planted_fault_is_found(session, sound, sentence, statements):
    assert findings(sentence) == []
    planted = {
        "pk": sound.id, "person": sound.applicant_id, "index": index_of(""),
        "wrong": seal("530102197501010001", "ab_user.id_number"), "empty": seal("", "ab_user.mobile"),
    }  # fmt: skip
    for statement in statements:
        session.execute(text(statement), planted)
    session.expire_all()
    found = findings(sentence)
    session.rollback()
    assert found


def test_a_role_that_does_not_fit_its_organisation_is_found(session, sound):
    user = make.make_user()
    session.add(Membership(user_id=user.id, role=Role.COMMITTEE, organisation_id=sound.unit_id))
    session.flush()
    assert findings("A role fits the kind of its organisation")


def test_a_missing_file_is_found(session, sound):
    assert findings("Every attachment has its file, of its size")


def test_an_unlinked_line_of_the_record_is_found(session, sound):
    """Written round the ORM, which would have linked it."""
    session.commit()
    session.execute(
        text(
            "INSERT INTO audit_entry (at, action, object_type, object_id, result, address, before, after, detail)"
            " VALUES (:at, 'edit', '', '', 'done', '', '', '', '')"
        ),
        {"at": datetime(2026, 1, 5)},
    )
    session.commit()
    assert findings("The record of changes is one unbroken chain")


def test_the_command_names_the_row_and_ends_with_1(app, session):
    application = make.make_application(at=Status.WITHDRAWN)
    session.execute(text("UPDATE application SET chances_used = 2 WHERE id = :pk"), {"pk": application.id})
    number = application.number
    session.commit()
    result = app.test_cli_runner().invoke(args=["check"])
    assert result.exit_code == 1
    assert f"{number}: chances_used 2, history says 0" in result.output
