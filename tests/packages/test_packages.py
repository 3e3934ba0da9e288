"""Packages to take away: whole, sealed, made once, for whoever may see every row in them (APP-16)."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update

from app import clock
from app.dossier import storage
from app.extensions import db
from app.form import kept
from app.models import Application, AuditEntry, Membership, Package, User
from app.packages import asking, jobs
from app.packages.contents import LONGEST, safe
from app.packages.refusals import NothingToPack, TooMany
from app.policy import standing_of
from app.vocabulary import Role, Stage, Status
from app.workflow import operations
from tests import factories as make
from tests.at_once import at_once

TABLE = Package.__table__


@pytest.fixture
def drawn(monkeypatch):
    """The form's PDF without drawing it."""
    monkeypatch.setattr(kept, "printed", lambda application: b"%PDF-1.4 " + application.number.encode())


def user_of(application):
    return db.session.get_one(User, application.applicant_id)


def ask_own(application):
    return asking.ask_own(application, standing_of(user_of(application)), at=clock.now())


def made(pk):
    """Make it here and now; the row as it stands then. A transaction of the test would keep the maker out."""
    db.session.commit()
    claim = jobs.take(pk, at=clock.now())
    assert claim
    jobs.make(pk, claim)
    return row_of(pk)


def row_of(pk):
    db.session.rollback()
    return db.session.get_one(Package, pk, populate_existing=True)


def fetched(client, pk):
    answer = client.get(f"/packages/{pk}/file")
    assert answer.status_code == 200, answer.status_code
    return answer.data


def checked(content):
    """The names in a package, every digest compared with both lists."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
        sums = dict(line.split("  ", 1)[::-1] for line in packed.read("SHA256SUMS.txt").decode().splitlines())
        listed = json.loads(packed.read("清单.json"))
        assert set(sums) == set(names) - {"SHA256SUMS.txt", "清单.json"}
        assert {each["name"]: each["sha256"] for each in listed["files"]} == sums
        for name, digest in sums.items():
            assert hashlib.sha256(packed.read(name)).hexdigest() == digest, name
    return names, listed


def test_ones_own_package_holds_everything_that_was_handed_in(app, sign_in, submitted):
    content = fetched(sign_in(user_of(submitted)), made(ask_own(submitted)).id)
    names, listed = checked(content)

    assert listed["lost"] == []
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        frozen = json.loads(packed.read("申报数据.json"))
        assert frozen["person"]["id_number"] == user_of(submitted).id_number
        assert submitted.number in packed.read("申报表.txt").decode()
        files = {hashlib.sha256(packed.read(each)).hexdigest() for each in names if each.startswith("附件/")}
    assert files == {each["sha256"] for each in frozen["attachments"]}
    # no PDF to print before the committee's pass.
    assert "申报表.pdf" not in names


def test_what_has_passed_brings_its_pdf(session, sign_in, give_bytes, drawn):
    application = give_bytes(make.make_draft())
    make.submit(application)
    while application.status is Status.IN_REVIEW:
        make.approve(application)
    session.commit()
    names, _listed = checked(fetched(sign_in(user_of(application)), made(ask_own(application)).id))
    assert "申报表.pdf" in names


def test_a_file_that_is_gone_or_altered_is_named_and_the_rest_is_packed(app, sign_in, submitted):
    attachments = json.loads(submitted_content(submitted))["attachments"]
    gone, altered = sorted({each["id"] for each in attachments})[:2]
    storage.discard(app.config["PRIVATE_ROOT"], gone)
    (app.config["PRIVATE_ROOT"] / altered[:2] / altered).write_bytes(b"something else")
    names, listed = checked(fetched(sign_in(user_of(submitted)), made(ask_own(submitted)).id))
    assert len(listed["lost"]) == 2 and not set(listed["lost"]) & set(names)


def submitted_content(application):
    from app.form.record import last_snapshot

    return last_snapshot(application).content


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("学历证书.pdf", "学历证书.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\\b:c*d?.jpg", "a_b_c_d_.jpg"),
        ("\u202egpj.证书\x00\n.png", "_gpj.证书__.png"),
        ("长" * 300 + ".pdf", "长" * LONGEST + ".pdf"),
        (" . ", "_"),
        ("", "_"),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("证书.2024版", "证书.2024版"),
    ],
)
def test_names_that_any_system_can_unpack(name, packed):
    assert safe(name) == packed
    assert unicodedata.is_normalized("NFC", safe(name)) and not re.search(
        r'[\\/:*?"<>|\x00-\x1f]', safe(name)
    )


def test_equal_names_stay_apart(session, sign_in, give_bytes):
    application = give_bytes(make.make_draft(), name="../同名.pdf")
    make.submit(application)
    session.commit()
    names, _listed = checked(fetched(sign_in(user_of(application)), made(ask_own(application)).id))
    files = [each for each in names if each.startswith("附件/")]
    assert len(files) == len(set(files)) > 1 and all(".." not in each.split("/") for each in files)


def test_nothing_of_it_can_be_read_on_the_disk(app, submitted):
    package = made(ask_own(submitted))
    stored = storage.read(jobs.root(), package.file)
    assert b"PK\x03\x04" not in stored and submitted.number.encode() not in stored
    assert user_of(submitted).id_number.encode() not in stored


def test_before_the_first_submission_there_is_nothing(session, sign_in):
    draft = make.make_draft()
    session.commit()
    with pytest.raises(NothingToPack):
        asking.ask_own(draft, standing_of(user_of(draft)), at=clock.now())
    session.rollback()
    client = sign_in(user_of(draft))
    assert client.post(f"/packages/own/{draft.id}").status_code == 409
    assert f"/packages/own/{draft.id}" not in client.get("/packages/").text


def test_two_who_ask_at_once_get_one_and_it_is_made_once(app, submitted):
    standing, pk = standing_of(user_of(submitted)), submitted.id
    db.session.commit()

    def ask():
        return asking.ask_own(db.session.get_one(Application, pk), standing, at=clock.now())

    (found,) = set(at_once(app, [ask] * 6))
    assert len([each for each in at_once(app, [lambda: jobs.take(found, at=clock.now())] * 6) if each]) == 1


def test_a_further_submission_is_another_package(session, submitted):
    first = ask_own(submitted)
    made(first)
    assert ask_own(submitted) == first
    at, clerk = clock.now(), make.clerk_of(submitted)
    operations.return_(submitted, by=clerk, seen=submitted.version, opinion="请补充", at=at)
    operations.resubmit(submitted, by=user_of(submitted), seen=submitted.version, pledged=True, at=at)
    session.commit()
    assert ask_own(submitted) != first


KILLED = """
import os, sys
from app import create_app
from app.packages import jobs, making
from app import clock
app = create_app(SQLALCHEMY_DATABASE_URI=sys.argv[1], PRIVATE_ROOT=__import__("pathlib").Path(sys.argv[2]), SECRET_KEY="x" * 40)
real = making.entries_of
def dies(*args, **given):
    for n, each in enumerate(real(*args, **given)):
        if n == 2:
            os.kill(os.getpid(), 9)
        yield each
making.entries_of = dies
with app.app_context():
    jobs.make(int(sys.argv[3]), jobs.take(int(sys.argv[3]), at=clock.now()))
"""


def test_killed_half_way_it_is_begun_anew_and_whole(app, session, sign_in, submitted):
    pk, url = ask_own(submitted), app.config["SQLALCHEMY_DATABASE_URI"]
    session.commit()
    died = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(app.config["PRIVATE_ROOT"]), str(pk)],
        env=os.environ, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert died.returncode == -9, died.stderr.decode()[-2000:]
    client = sign_in(user_of(submitted))
    assert "正在制作" in client.get(f"/packages/{pk}").text
    assert jobs.take(pk, at=clock.now()) is None
    _write(pk, claimed_until=clock.now() - timedelta(seconds=1))
    assert "制作中断" in client.get(f"/packages/{pk}").text
    assert jobs.run() >= 1
    checked(fetched(client, pk))


def _write(pk, **values):
    db.session.rollback()
    db.session.execute(update(TABLE).where(TABLE.c.id == pk).values(**values))
    db.session.commit()


def test_kept_for_seven_days_then_gone_with_a_word(app, session, sign_in, submitted):
    package = made(ask_own(submitted))
    pk, key, at = package.id, package.file, package.made_at
    session.rollback()
    jobs.sweep(at=at + timedelta(days=7) - timedelta(seconds=1))
    assert storage.read(jobs.root(), key)
    jobs.sweep(at=at + timedelta(days=7))
    with pytest.raises(FileNotFoundError):
        storage.read(jobs.root(), key)
    client = sign_in(user_of(submitted))
    refused = client.get(f"/packages/{pk}/file")
    assert refused.status_code == 410 and "重新打包后下载" in refused.text
    assert ask_own(submitted) != pk


def test_each_download_is_recorded(session, sign_in, submitted):
    pk = made(ask_own(submitted)).id
    client = sign_in(user_of(submitted))
    count = select(func.count(AuditEntry.id)).where(AuditEntry.action == "download_package")
    before = session.scalar(count)
    session.rollback()
    for n in (1, 2):
        fetched(client, pk)
        session.rollback()
        assert session.scalar(count) == before + n


def test_an_altered_file_is_refused_in_words(app, session, sign_in, submitted):
    package = made(ask_own(submitted))
    path = jobs.root() / package.file[:2] / package.file
    path.write_bytes(path.read_bytes()[:-20] + b"AAAAAAAAAAAAAAAAAAA\n")
    refused = sign_in(user_of(submitted)).get(f"/packages/{package.id}/file")
    assert refused.status_code == 409 and "读不完整" in refused.text


def test_a_units_year_holds_a_folder_for_each_of_its_people(session, sign_in, give_bytes):
    unit = make.make_unit()
    both = [give_bytes(make.make_draft(unit)) for _each in range(2)]
    for each in both:
        make.submit(each)
    draft, stranger = make.make_draft(unit), make.make_application(Stage.UNIT)
    clerk = make.clerk_of(both[0])
    session.commit()
    client = sign_in(clerk)
    answer = client.post("/packages/year", data={"year": both[0].year})
    assert answer.status_code == 302
    pk = int(answer.location.rsplit("/", 1)[1])
    jobs.run()
    names, _listed = checked(fetched(client, pk))
    assert {each.split("_")[0] for each in names if "/" in each} == {each.number for each in both}
    assert not any(each.number in name for name in names for each in (draft, stranger))
    assert not any("申报数据" in each for each in names)
    assert client.post("/packages/year", data={"year": "1999"}).status_code == 422


def test_what_has_left_ones_scope_is_not_fetched(session, sign_in, give_bytes):
    unit = make.make_unit()
    application = give_bytes(make.make_draft(unit))
    make.submit(application)
    clerk = make.clerk_of(application)
    session.commit()
    pk = asking.ask_year(application.year, standing_of(clerk), at=clock.now())
    made(pk)
    session.execute(
        update(Membership).where(Membership.user_id == clerk.id).values(organisation_id=make.make_unit().id)
    )
    session.commit()
    refused = sign_in(clerk).get(f"/packages/{pk}/file")
    assert refused.status_code == 409 and "不在您的范围内" in refused.text


def test_more_than_the_limits_are_refused_in_words(app, session, sign_in, monkeypatch, submitted):
    clerk = make.clerk_of(submitted)
    session.commit()
    monkeypatch.setitem(app.config, "PACKAGE_ROWS", 0)
    with pytest.raises(TooMany):
        asking.ask_year(submitted.year, standing_of(clerk), at=clock.now())
    session.rollback()
    monkeypatch.setitem(app.config, "PACKAGE_ROWS", 5)
    monkeypatch.setitem(app.config, "PACKAGE_BYTES", 1000)
    package = made(asking.ask_year(submitted.year, standing_of(clerk), at=clock.now()))
    assert package.file is None and package.under is None
    assert "没有打成一个包" in sign_in(clerk).get(f"/packages/{package.id}").text
    assert not list(jobs.root().glob("??/*.part"))


@pytest.mark.slow
@pytest.mark.once
def test_the_book_has_contents_and_a_bookmark_for_each(session, sign_in, passed, monkeypatch):
    committee = make.make_user(Role.COMMITTEE, passed.round.committee)
    session.commit()
    client = sign_in(committee)
    assert f"{passed.round.committee.name}" in client.get("/packages/").text
    pk = asking.ask_book(passed.round, standing_of(committee), at=clock.now())
    package = made(pk)
    assert package.refusal is None
    book = PdfReader(io.BytesIO(fetched(client, pk)))
    assert [each.title for each in book.outline] == ["目录", f"{passed.name} {passed.number}"]
    first = book.pages[0].extract_text()
    assert passed.number in first and passed.name in first
    assert book.get_destination_page_number(book.outline[1]) == 1
    assert re.search(r"\b2\b", first)


def test_another_committees_round_has_no_book_for_one(session, submitted):
    stranger = make.make_user(Role.COMMITTEE, make.make_committee())
    session.commit()
    with pytest.raises(NothingToPack):
        asking.ask_book(submitted.round, standing_of(stranger), at=clock.now())
    session.rollback()


@pytest.mark.parametrize("who", ["owner", "clerk", "stranger"])
def test_a_package_is_its_owners(session, sign_in, submitted, who):
    pk = made(ask_own(submitted)).id
    users = {
        "owner": user_of(submitted),
        "clerk": make.clerk_of(submitted),
        "stranger": user_of(make.make_application(Stage.UNIT)),
    }
    session.commit()
    client = sign_in(users[who])
    expected = 200 if who == "owner" else 404
    assert client.get(f"/packages/{pk}").status_code == expected
    assert client.get(f"/packages/{pk}/file").status_code == expected
