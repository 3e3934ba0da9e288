"""Files: to what they belong, who may have their bytes, how long they stay (ATT-01…03, B09, C04, C05, E07)."""

import io
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from app.models import Attachment, AttachmentRequirement, AttachmentUse, Person
from app.models.sections import Paper, TitleHeld
from app.vocabulary import Stage, Status
from tests import factories
from tests.dossier.pictures import jpeg, png


def pictures(*names: str, content: bytes | None = None) -> list:
    return [(io.BytesIO(jpeg() if content is None else content), name) for name in names]


@pytest.fixture
def requirement(session):
    return session.scalars(select(AttachmentRequirement).where(AttachmentRequirement.no == 1)).one()


def uses_of(session, person):
    return session.scalars(
        select(AttachmentUse).where(AttachmentUse.owner_id == person.id).order_by(AttachmentUse.id)
    ).all()


def stored(app) -> list[Path]:
    return [each for each in Path(app.config["PRIVATE_ROOT"]).rglob("*") if each.is_file()]


def test_several_files_prove_a_requirement_and_are_served_hardened(session, person, own, requirement):
    data = {
        "requirement": requirement.id,
        "files": [*pictures("身份证 正面.jpg"), *pictures("../背面.PNG", content=png())],
    }
    answer = own.post("/attachments/upload", data=data)
    assert answer.status_code == 302
    assert answer.location.endswith("#requirement-1")

    uses = uses_of(session, person)
    assert [use.attachment.name for use in uses] == ["身份证 正面.jpg", "背面.jpg"]
    assert [(use.attachment.width, use.attachment.height, use.attachment.pages) for use in uses] == [
        (600, 800, 1)
    ] * 2
    page = own.get("/attachments/").text
    assert "已上传 2" in page and "身份证 正面.jpg" in page

    file = own.get(f"/attachments/{uses[0].attachment_id}")
    assert (file.status_code, file.mimetype) == (200, "image/jpeg")
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "private, no-store"
    disposition = file.headers["Content-Disposition"]
    assert disposition.startswith("inline;") and "filename*=UTF-8''%E8%BA%AB" in disposition
    assert len(file.headers.getlist("Content-Disposition")) == 1


def test_bytes_lie_outside_the_web_root_under_a_random_name(app, session, person, own, requirement):
    before = set(stored(app))
    own.post("/attachments/upload", data={"requirement": requirement.id, "files": pictures("证.jpg")})

    (use,) = uses_of(session, person)
    (file,) = set(stored(app)) - before
    assert (
        file.relative_to(app.config["PRIVATE_ROOT"]).as_posix()
        == f"{use.attachment_id[:2]}/{use.attachment_id}"
    )
    assert file.stat().st_mode & 0o077 == 0
    assert file.stat().st_size == use.attachment.size


def test_a_bad_file_does_not_stop_the_good_one_beside_it(app, session, person, own, requirement):
    before = len(stored(app))
    files = [*pictures("好的.jpg"), *pictures("坏.jpg", content=b"MZ" * 50), *pictures("材料.pdf")]
    answer = own.post("/attachments/upload", data={"requirement": requirement.id, "files": files})

    page = unescape(answer.text)
    assert answer.status_code == 422
    assert "有 2 个文件没有上传" in page and "“坏.jpg”不能上传" in page and "“材料.pdf”不能上传" in page
    assert [use.attachment.name for use in uses_of(session, person)] == ["好的.jpg"]
    assert len(stored(app)) == before + 1


def test_no_file_chosen_is_said(own, requirement):
    answer = own.post("/attachments/upload", data={"requirement": requirement.id})

    assert answer.status_code == 422
    assert "选择要上传的文件" in answer.text


def test_a_file_at_a_record_is_shown_there_and_counts_for_the_requirement(session, person, own):
    record = factories.make_record(TitleHeld, person)
    session.commit()
    path = f"/sections/titles-held/{record.id}/edit"
    assert "缺职称证书" in own.get("/sections/titles-held/").text

    data = {"section": "titles-held", "record": record.id, "files": pictures("职称证书.png", content=png())}
    assert own.post("/attachments/upload", data=data).location.endswith(f"{path}#files")
    assert "职称证书.jpg" in own.get(path).text
    assert "缺职称证书" not in own.get("/sections/titles-held/").text
    assert "在申报信息的记录中已上传" in own.get("/attachments/").text
    bad = own.post("/attachments/upload", data=data | {"files": pictures("坏.exe")})
    assert bad.status_code == 422 and "没有上传" in bad.text


def test_a_file_can_prove_something_else_as_well(session, person, own, requirement):
    record = factories.make_record(Paper, person)
    own.post("/attachments/upload", data={"requirement": requirement.id, "files": pictures("证.jpg")})
    (use,) = uses_of(session, person)
    key, use_id = use.attachment_id, use.id
    data = {"section": "papers", "record": record.id, "attachment": key}

    for _ in range(2):
        assert own.post("/attachments/link", data=data).status_code == 302
    assert len(uses_of(session, person)) == 2
    own.post(f"/attachments/uses/{use_id}/remove")
    assert own.get(f"/attachments/{key}").status_code == 200


def test_a_removed_file_stays_in_the_library_until_it_is_deleted(app, session, person, own, requirement):
    own.post("/attachments/upload", data={"requirement": requirement.id, "files": pictures("证.jpg")})
    (use,) = uses_of(session, person)
    key, before = use.attachment_id, len(stored(app))

    refused = own.post(f"/attachments/{key}/delete")
    assert refused.status_code == 409 and "还在使用中" in refused.text
    assert own.post(f"/attachments/uses/{use.id}/remove").status_code == 302
    assert own.get(f"/attachments/{key}").status_code == 200
    assert "未使用" in own.get("/attachments/").text

    assert own.post(f"/attachments/{key}/delete").status_code == 302
    assert session.get(Attachment, key) is None
    assert len(stored(app)) == before - 1
    assert own.get(f"/attachments/{key}").status_code == 404


def test_deleting_a_record_takes_its_files_from_it_and_keeps_them(app, session, person, own):
    record = factories.make_record(Paper, person)
    data = {"section": "papers", "record": record.id, "files": pictures("论文.jpg")}
    own.post("/attachments/upload", data=data)
    before = len(stored(app))

    own.post(f"/sections/papers/{record.id}/delete")
    assert uses_of(session, person) == []
    assert len(stored(app)) == before


def test_an_office_keeps_the_file_it_judged(session, sign_in, of):
    application = factories.make_draft()
    person = session.get_one(Person, application.applicant_id)
    session.commit()
    client = of(person)
    record = session.scalars(select(Paper).where(Paper.owner_id == person.id)).one()
    data = {"section": "papers", "record": record.id, "files": pictures("论文.jpg")}
    client.post("/attachments/upload", data=data)
    use = uses_of(session, person)[-1]
    key, use_id = use.attachment_id, use.id
    factories.submit(application)
    unit_clerk = factories.clerk_of(application)
    factories.operations.return_(
        application, by=unit_clerk, seen=application.version, opinion="补充", at=factories.clock.now()
    )
    session.commit()

    assert client.post(f"/attachments/uses/{use_id}/remove").status_code == 302
    assert session.get(AttachmentUse, use_id) is None
    assert sign_in(unit_clerk).get(f"/attachments/{key}").status_code == 200
    stranger = factories.make_user(factories.Role.UNIT, factories.make_unit())
    assert sign_in(stranger).get(f"/attachments/{key}").status_code == 404


def test_foreign_files_records_and_uses_are_not_there(app, session, person, own, requirement, of):
    other = factories.make_applicant()
    record = factories.make_record(Paper, other)
    session.commit()
    theirs = of(other)
    theirs.post("/attachments/upload", data={"requirement": requirement.id, "files": pictures("证.jpg")})
    (use,) = uses_of(session, other)
    key, before = use.attachment_id, len(stored(app))

    assert own.get(f"/attachments/{key}").status_code == 404
    assert own.post(f"/attachments/uses/{use.id}/remove").status_code == 404
    assert (
        own.post("/attachments/link", data={"requirement": requirement.id, "attachment": key}).status_code
        == 404
    )
    data = {"section": "papers", "record": record.id, "files": pictures("证.jpg")}
    assert own.post("/attachments/upload", data=data).status_code == 404
    assert (
        own.post("/attachments/upload", data={"requirement": 99999, "files": pictures("证.jpg")}).status_code
        == 404
    )
    assert len(stored(app)) == before
    assert theirs.get(f"/attachments/{key}").status_code == 200


@pytest.mark.parametrize(
    "path", ["..%2f..%2fapp.db", "0" * 31, "g" * 32, "0" * 32, "%00" * 32, "../config.py"]
)
def test_a_path_is_no_key(own, path):
    assert own.get(f"/attachments/{path}").status_code == 404


def test_a_person_has_a_limit_of_files(app, session, person, own, requirement):
    before = len(stored(app))
    app.config["FILES_PER_PERSON"] = 2
    try:
        data = {"requirement": requirement.id, "files": pictures("1.jpg", "2.jpg", "3.jpg")}
        answer = own.post("/attachments/upload", data=data)
    finally:
        app.config["FILES_PER_PERSON"] = 200

    assert answer.status_code == 422
    assert "已上传 2 个文件，达到上限" in unescape(answer.text)
    assert len(uses_of(session, person)) == 2
    assert len(stored(app)) == before + 2


@pytest.mark.parametrize(("at", "status"), [(Stage.UNIT, 409), (Status.RETURNED, 302)])
def test_files_change_only_while_nobody_judges_them(session, of, requirement, at, status):
    application = factories.make_application(at=at)
    person = session.get_one(Person, application.applicant_id)
    client, use = of(person), uses_of(session, person)[0]

    data = {"requirement": requirement.id, "files": pictures("证.jpg")}
    assert client.post("/attachments/upload", data=data).status_code == status
    link = {"requirement": requirement.id, "attachment": use.attachment_id}
    assert client.post("/attachments/link", data=link).status_code == status
    assert client.post(f"/attachments/uses/{use.id}/remove").status_code == status
