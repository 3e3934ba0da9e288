"""A unit's name is its own: at sign-up and at renaming, by two at once too (ACC-17, UNI-10, X-12)."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from app import clock
from app.accounts import registration
from app.accounts.registration import UnitTaken
from app.extensions import db
from app.models import Bureau, Person, Unit, User
from app.models.organisations import name_key_of
from app.organisations import staff
from app.organisations.operations import unit_mark
from app.vocabulary import Role, Status
from app.workflow import operations
from tests import factories as make
from tests.at_once import at_once
from tests.review.pages import text_of, value_of

SAME = [
    ("云南省示例（集团）有限公司", "云南省示例(集团)有限公司", True),
    ("云南省示例有限公司", " 云南省 示例有限公司 ", True),
    ("示例ＡＢＣ研究所", "示例abc研究所", True),
    ("云南省示例一院", "云南省示例二院", False),
    ("示例研究所", "示例研究院", False),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_spellings_of_one_name(one, other, same):
    assert (name_key_of(one) == name_key_of(other)) is same


def test_every_way_of_naming_a_unit_keeps_its_key(session):
    unit = make.make_unit(name="示例（甲）单位")
    assert unit.name_key == "示例(甲)单位"
    unit.name = "示例 乙 单位"
    session.flush()
    assert session.scalar(select(Unit.name_key).where(Unit.id == unit.id)) == "示例乙单位"


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_a_name_is_refused_in_every_spelling(session, one, other, same):
    make.make_unit(name=one)
    if same:
        with pytest.raises(UnitTaken):
            registration.refuse_taken_unit(other, make.credit_code(8100))
    else:
        registration.refuse_taken_unit(other, make.credit_code(8100))
    session.rollback()


def test_the_page_names_whom_to_call(session, client):
    name = make.make_unit(name="云南省示例同名单位").name
    session.commit()
    taken = {"unit_name": name, "name": "示例负责人"}
    page = text_of(client.post("/unit-sign-up/", data={**taken, "code": "91530112MA00000019"}))
    assert "已存在有权限的同名单位" in page and "12333" in page and "0871-63108336" in page
    asked = page.split("单位在其他县（市、区）的")[0]
    desks = session.scalars(select(Bureau).where(Bureau.name.startswith("西山区"))).all()
    assert len(desks) == 2 and all(desk.phones[0] in asked for desk in desks)
    city = text_of(client.post("/unit-sign-up/", data={**taken, "code": make.credit_code(8101)}))
    assert "咨询单位所在县（市、区）的人社局" in city and "咨询昆明市" not in city
    for desk in session.scalars(
        select(Bureau).where(Bureau.region_id.is_not(None), Bureau.is_city.is_(False))
    ):
        assert desk.name in city and all(phone in city for phone in desk.phones), desk.name


def test_a_unit_is_renamed_with_its_code_but_not_to_anothers_name(session, sign_in):
    unit, other = make.make_unit(name="云南省示例甲单位"), make.make_unit(name="云南省示例乙单位")
    client = sign_in(make.make_user(Role.UNIT, unit))

    def rename(name):
        return client.post(
            "/unit/",
            data={
                "name": name, "nature": unit.nature, "tier": unit.tier, "region_id": str(unit.region_id),
                "contact_phone": unit.contact_phone, "seen": value_of(client.get("/unit/"), "seen"),
            },
        )  # fmt: skip

    refused = rename("云南省示例 乙单位")
    assert refused.status_code == 409 and "已存在有权限的同名单位" in text_of(refused)
    session.refresh(unit)
    assert unit.name == "云南省示例甲单位" and other.name == "云南省示例乙单位"
    assert rename("云南省示例丙单位").status_code == 302
    session.refresh(unit)
    assert (unit.name, unit.name_key) == ("云南省示例丙单位",) * 2
    assert rename("云南省示例 丙单位").status_code == 302, "its own name in another spelling"


def test_the_mark_of_the_form_says_nothing_of_the_sealed_phone(session):
    unit = make.make_unit(contact_phone="0871-61111111")
    before = unit_mark(unit)
    session.expire_all()
    assert unit_mark(unit) == before, "sealed anew or not, the same phone is the same"
    unit.contact_phone = "0871-62222222"
    assert unit_mark(unit) != before


def together(app, jobs):
    """How often each came of it: done, or the refusal's name."""
    results = [each.__name__ if isinstance(each, type) else "done" for each in at_once(app, jobs)]
    return Counter(results)


def test_of_eight_units_of_one_name_that_sign_up_at_once_one_gets_it(app, session):
    name, at = "云南省示例同时注册单位", clock.now()

    def sign_up(n):
        registration.sign_up_unit(
            unit_name=name if n % 2 else "云南省示例 同时注册单位",
            code=make.credit_code(8200 + n),
            name="示例负责人",
            mobile=f"1390000{8200 + n}",
            username=f"tongshi{n}",
            password="danwei-tongshi-2026",
            at=at,
        )

    results = together(app, [lambda n=n: sign_up(n) for n in range(8)])
    assert results == {"done": 1, "UnitTaken": 7}
    assert session.scalar(select(func.count(Unit.id)).where(Unit.name_key == name_key_of(name))) == 1


def test_removal_and_submission_at_once_leave_no_route_without_its_person(app, session):
    """Either the person stays because of the submission, or it finds that he has no unit."""
    for _round in range(10):
        application = make.make_draft()
        person_id, unit_id, pk = application.applicant_id, application.unit_id, application.id
        clerk_id = make.make_user(Role.UNIT, application.unit).id
        session.commit()

        def submit(pk=pk):
            row = db.session.get_one(operations.Application, pk)
            _ = db.session.get_one(Person, row.applicant_id).unit  # as the page before has read it
            operations.submit(row, by=row.applicant, seen=row.version, pledged=True, at=clock.now())

        def remove(person_id=person_id, unit_id=unit_id, clerk_id=clerk_id):
            person, unit = db.session.get_one(Person, person_id), db.session.get_one(Unit, unit_id)
            staff.remove(person, unit, by=db.session.get_one(User, clerk_id), at=clock.now())

        results = together(app, [submit, remove])
        session.expire_all()
        row = session.get_one(operations.Application, pk)
        person = session.get_one(Person, person_id)
        if row.status is Status.IN_REVIEW:
            assert results == {"done": 1, "RunningApplication": 1} and person.unit_id == unit_id
        else:
            assert results == {"done": 1, "Incomplete": 1} and person.unit_id is None
        session.rollback()
