"""What the demand asks of packages and receipts, beside the room's own tests."""

import io
import re
import zipfile
from datetime import timedelta
from time import sleep
from urllib.parse import quote

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from app import clock
from app.extensions import db
from app.models import Application, AuditEntry, Decision, Membership, Package, Unit, User
from app.packages import asking, jobs, receipts, sealed
from app.packages.contents import safe
from app.policy import standing_of
from app.protection import Tampered
from app.reference.deeds import action_label, object_label
from app.vocabulary import Event, Role, Stage, Status
from tests import factories as make
from tests import needs

TABLE = Package.__table__


def applicant_of(application):
    return db.session.get_one(User, application.applicant_id)


def own_package(application):
    return made(asking.ask_own(application, standing_of(applicant_of(application)), at=clock.now()))


def made(pk):
    db.session.commit()
    claim = jobs.take(pk, at=clock.now())
    assert claim
    jobs.make(pk, claim)
    db.session.rollback()
    return db.session.get_one(Package, pk, populate_existing=True)


def names_in(client, package):
    answer = client.get(f"/packages/{package.id}/file")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return packed.namelist()


def test_an_unverified_units_year_holds_no_scan(session, sign_in, submitted):
    """Anybody can register a unit, and people choose it by name (domain.md 2)."""
    clerk = make.clerk_of(submitted)
    session.execute(update(Unit).where(Unit.id == submitted.unit_id).values(verified_at=None))
    session.commit()
    package = made(asking.ask_year(submitted.year, standing_of(clerk), at=clock.now()))
    client = sign_in(clerk)
    if package.file:
        assert not [each for each in names_in(client, package) if "/附件/" in each]
    else:
        assert package.refusal


def test_after_its_days_it_is_gone_though_no_job_has_swept(session, sign_in, submitted):
    package = own_package(submitted)
    pk = package.id
    session.execute(update(TABLE).where(TABLE.c.id == pk).values(made_at=clock.now() - timedelta(days=8)))
    session.commit()
    client = sign_in(applicant_of(submitted))
    assert client.get(f"/packages/{pk}/file").status_code == 410
    assert "重新打包后下载" in client.get(f"/packages/{pk}").text
    assert asking.ask_own(submitted, standing_of(applicant_of(submitted)), at=clock.now()) != pk


def test_names_fit_into_255_bytes():
    """The most that ext4, NTFS and APFS take; rare characters are four bytes."""
    for name in ("𬭎" * 300 + ".pdf", "长" * 300 + ".pdf", "e\u0301" * 300, "a" * 300 + ".p\u0301df"):
        assert len(f"999_{safe(name)}".encode()) <= 255


def test_a_file_cut_short_is_refused(app, submitted):
    package = own_package(submitted)
    path = jobs.root() / package.file[:2] / package.file
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(Tampered):
        b"".join(sealed.read(jobs.root(), package.file, package.size))


def pages_of(pdf):
    return [each.extract_text() for each in PdfReader(io.BytesIO(pdf)).pages]


def add_decisions(application, count, opinion):
    for n in range(count):
        db.session.add(
            Decision(
                application_id=application.id, event=Event.RETURN, by_id=application.applicant_id,
                organisation_id=application.holder_id, stage=Stage.UNIT, opinion=opinion(n),
                from_status=Status.IN_REVIEW, to_status=Status.RETURNED, from_step=0, to_step=0,
                chances_used=0, opinions_used=0, version=1, at=clock.now(),
            )
        )  # fmt: skip
    db.session.commit()


@needs.font
@pytest.mark.once
@pytest.mark.parametrize(
    ("count", "opinion"),
    [
        (0, ""), (28, "短"), (29, "短"), (30, "短"), (31, "短"), (32, "短"), (60, "短"),
        (1, "字" * 1000), (3, "字" * 1000), (1, "行\n" * 300), (1, "<b>&amp;</b> 䶮㛃𬭎𠅤·Ab"),
    ],
)  # fmt: skip
def test_a_history_is_one_page(session, submitted, count, opinion):
    add_decisions(submitted, count, lambda n: opinion)
    pdf = receipts.drawn("审核记录", receipts.history_pairs(submitted), number=submitted.number)
    (text,) = pages_of(pdf)
    flat = re.sub(r"\s", "", text)
    if count:
        newest = re.sub(r"\s", "", opinion)[:20]
        assert newest in flat, "the newest result is not on it"


@needs.font
@pytest.mark.once
def test_a_receipt_is_one_page_with_all_its_texts(session, submitted):
    application = db.session.get_one(Application, submitted.id)
    application.round.committee.name = "评" * 100
    session.commit()
    pairs = receipts.receipt_of(application)
    (text,) = pages_of(receipts.drawn("申报回执", pairs, number=application.number))
    flat = re.sub(r"\s", "", text)
    for label, value in pairs:
        assert re.sub(r"\s", "", label) in flat and re.sub(r"\s", "", value) in flat, label


def test_a_role_taken_away_is_refused(session, sign_in, submitted):
    clerk = make.clerk_of(submitted)
    other = make.make_unit()
    session.commit()
    package = made(asking.ask_year(submitted.year, standing_of(clerk), at=clock.now()))
    make.join(clerk, Role.UNIT, other)
    session.execute(
        Membership.__table__.delete().where(
            Membership.user_id == clerk.id, Membership.organisation_id == submitted.unit_id
        )
    )
    session.commit()
    assert sign_in(clerk).get(f"/packages/{package.id}/file").status_code == 409


def test_a_claim_is_held_while_one_form_takes_long(app, submitted, monkeypatch):
    """The press may be busy for minutes, a book of hundreds is bound in one go: nobody else takes it up meanwhile."""
    monkeypatch.setattr(jobs, "CLAIM", timedelta(seconds=2))
    monkeypatch.setattr(jobs, "BEAT", 0.2)
    pk = asking.ask_own(submitted, standing_of(applicant_of(submitted)), at=clock.now())
    db.session.commit()
    claim, taken = jobs.take(pk, at=clock.now()), []

    def slow(package, into, step):
        sleep(4)
        taken.append(jobs.take(pk, at=clock.now()))
        into.write(b"x")

    monkeypatch.setattr(jobs, "write", slow)
    jobs.make(pk, claim)
    db.session.rollback()
    assert taken == [None] and db.session.get_one(Package, pk).file


def test_a_download_is_a_header_that_a_server_can_send(session, sign_in, submitted):
    """The test client carries any text; a server sends Latin letters only."""
    package = own_package(submitted)
    answer = sign_in(applicant_of(submitted)).get(f"/packages/{package.id}/file")
    for name, value in answer.headers.items():
        assert f"{name}: {value}".isascii(), name
    assert quote(submitted.number) in answer.headers["Content-Disposition"]


def test_an_unverified_unit_is_told_what_its_package_lacks(session, sign_in, submitted):
    clerk = make.clerk_of(submitted)
    client = sign_in(clerk)
    assert "包中没有扫描件" not in client.get("/packages/").text
    session.execute(update(Unit).where(Unit.id == submitted.unit_id).values(verified_at=None))
    session.commit()
    assert "包中没有扫描件" in client.get("/packages/").text


def test_the_auditor_reads_downloads_in_words(session, sign_in, submitted):
    package = own_package(submitted)
    assert sign_in(applicant_of(submitted)).get(f"/packages/{package.id}/file").data
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "download_package").order_by(AuditEntry.id.desc())
    ).first()
    assert entry and entry.object_id == str(package.id) and entry.by_id == submitted.applicant_id
    assert action_label(entry.action) != entry.action
    assert object_label(entry.object_type) != entry.object_type
