"""A round's own checklist: who asks what, in the checklist, the gaps and for whom not (ATT-01, ELI-12)."""

import io

import pytest
from sqlalchemy import select

from app.dossier.completeness import current_requirements, dossier_gaps
from app.models import AttachmentRequirement, Person, RoundRequirement
from app.vocabulary import Role
from tests import factories
from tests.dossier.pictures import jpeg


@pytest.fixture
def admin(session, sign_in):
    return sign_in(factories.make_user(Role.SUPER_ADMIN))


@pytest.fixture
def catalogue(session):
    return {row.no: row for row in session.scalars(select(AttachmentRequirement))}


def seen_on(page) -> str:
    return page.text.split('name="seen" value="')[1].split('"')[0]


def asked(round_) -> list[tuple[int, bool, str]]:
    return [(each.requirement.no, each.required, each.hint) for each in current_requirements(round_)]


def upload_gaps(session, application) -> set[str]:
    person = session.get_one(Person, application.applicant_id)
    return {
        str(gap.params["_anchor"])
        for gap in dossier_gaps(person, application.round)
        if str(gap.params.get("_anchor", "")).startswith("requirement-")
    }


def test_without_rows_of_its_own_a_round_asks_what_is_asked_by_default(session, catalogue):
    round_ = factories.make_round(factories.make_committee())
    assert [(no, required) for no, required, _ in asked(round_)] == [
        (1, True), (2, False), (3, True), (4, True), (5, True), (6, True),
    ]  # fmt: skip

    catalogue[5].by_default = False
    session.flush()
    assert [no for no, _, _ in asked(round_)] == [1, 2, 3, 4, 6]
    assert [no for no, _, _ in asked(None)] == [1, 2, 3, 4, 6]


def test_what_the_administrator_ticks_is_what_this_round_asks(session, admin, catalogue, sign_in):
    application = factories.make_draft()
    other = factories.make_round(factories.make_committee())
    session.commit()
    pk, two, six = application.round_id, catalogue[2].id, catalogue[6].id
    page = admin.get(f"/admin/checklists/{pk}")
    data = {
        "seen": seen_on(page), f"asked-{two}": "y", f"required-{two}": "y", f"hint-{two}": "近五年的证书",
        f"asked-{six}": "y", f"required-{catalogue[1].id}": "y",
    }  # fmt: skip

    assert admin.post(f"/admin/checklists/{pk}", data=data).status_code == 302
    assert asked(application.round) == [(2, True, "近五年的证书"), (6, False, catalogue[6].hint)]
    assert [no for no, _, _ in asked(other)] == [1, 2, 3, 4, 5, 6]
    assert "另定 2 项" in admin.get("/admin/checklists/").text

    client = sign_in(session.get_one(factories.User, application.applicant_id))
    checklist = client.get("/attachments/").text
    assert "近五年的证书" in checklist and 'id="requirement-1"' not in checklist
    sent = {"requirement": catalogue[1].id, "files": (io.BytesIO(jpeg()), "证书一.jpg")}
    assert client.post("/attachments/upload", data=sent).status_code == 404

    for use in session.scalars(select(factories.AttachmentUse)):
        session.delete(use)
    session.flush()
    assert upload_gaps(session, application) == {"requirement-2"}


def test_nothing_ticked_is_the_default_again(session, admin, catalogue):
    round_ = factories.make_round(factories.make_committee())
    session.add(RoundRequirement(round_id=round_.id, requirement_id=catalogue[1].id, required=False))
    session.commit()
    url = f"/admin/checklists/{round_.id}"

    assert admin.post(url, data={"seen": seen_on(admin.get(url))}).status_code == 302
    assert len(asked(round_)) == 6


def test_the_second_of_two_administrators_is_told(session, admin, catalogue):
    round_ = factories.make_round(factories.make_committee())
    session.commit()
    url, one = f"/admin/checklists/{round_.id}", catalogue[1].id
    seen = seen_on(admin.get(url))
    admin.post(url, data={"seen": seen, f"asked-{one}": "y"})

    late = admin.post(
        url, data={"seen": seen, f"asked-{catalogue[2].id}": "y", f"hint-{catalogue[2].id}": "提示二"}
    )

    assert late.status_code == 409
    assert "刚刚有人修改过" in late.text and "提示二" in late.text
    assert [no for no, _, _ in asked(round_)] == [1]


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.COMMITTEE, Role.HOTLINE, Role.SECURITY_ADMIN])
def test_nobody_else_sets_a_checklist(session, sign_in, role):
    round_ = factories.make_round(factories.make_committee())
    user = factories.make_user(role, round_.committee if role is Role.COMMITTEE else None)
    session.commit()
    client = sign_in(user)

    assert client.get(f"/admin/checklists/{round_.id}").status_code == 403
    assert client.post(f"/admin/checklists/{round_.id}").status_code == 403
