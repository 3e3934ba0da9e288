"""Rows for tests, made by the real operations wherever one exists. Every person is plainly fictional."""

import functools
import hashlib
import io
import itertools
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from PIL import Image, ImageDraw
from sqlalchemy import select

from app import clock
from app.accounts import employment
from app.dossier import page_crops, page_scans, stamped, storage
from app.dossier.files import Kept
from app.dossier.images import Limits, Picture
from app.extensions import db
from app.models import (
    SECTIONS,
    Application,
    Attachment,
    AttachmentRequirement,
    AttachmentUse,
    Bureau,
    Committee,
    Department,
    Eligibility,
    Major,
    Membership,
    NoticeFile,
    Organisation,
    Person,
    Profession,
    PublicNotice,
    Region,
    Round,
    RouteStep,
    StampedPage,
    Unit,
    UnitDepartment,
    UnitOpinion,
    User,
    fields_of,
)
from app.models.attachments import PHOTO
from app.models.sections import Education
from app.vocabulary import (
    ROLE_OF_STAGE,
    Category,
    Choice,
    CommitteeTier,
    Kind,
    Level,
    Nature,
    NoticeOutcome,
    NoticePlace,
    NoticeWay,
    Role,
    Stage,
    Status,
    Tier,
)
from app.workflow import notices, operations, stamping
from app.workflow.actors import route_of
from tests import residue

_numbers = itertools.count(1)
PASSWORD_HASH = "$argon2id$v=19$m=65536,t=3,p=4$bm9ib2R5$bm9ib2R5"  # nobody can sign in with it
LONG_AGO = date(2026, 1, 5)
# Answers of a graduate who may be recognised; the day of recruitment comes along.
GRADUATE = {
    "status": "employee",
    "in_post": "yes",
    "seconded": "no",
    "administrative": "no",
    "graduate": "yes",
    "assessed": "yes",
    "entry": "yes",
}
# Answers of someone employed who may apply.
ELIGIBLE = {
    "status": "employee",
    "in_post": "yes",
    "seconded": "no",
    "administrative": "no",
    "transferred": "no",
    "postdoc": "no",
    "new_series": "no",
    "skilled": "no",
}


def restart() -> None:
    """Count from 1 again, for a database of its own: the birth date of a ten-thousandth person is a child's, and
    numbers that tests type would be somebody's."""
    global _numbers
    _numbers = itertools.count(1)


def id_number(n: int) -> str:
    """A resident number with a valid check character and the sequence code 000, which is never issued."""
    born = date(1975, 1, 1) + timedelta(days=n)
    body = f"530102{born:%Y%m%d}000"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def credit_code(n: int) -> str:
    """A unified social credit code with a valid check character."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91530100MA{n:07d}"
    total = sum(alphabet.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + alphabet[(31 - total % 31) % 31]


def make_user(role: Role | None = None, organisation: Organisation | None = None, **given: Any) -> User:
    n = next(_numbers)
    user = User(
        **{
            "username": f"user{n}",
            "first_name": f"示例人员{n}",
            "last_name": "",
            "email": f"user{n}@local.invalid",
            "password": PASSWORD_HASH,
            "active": True,
            "must_change_password": False,
            **given,
        }
    )
    for number in (user.mobile, user.id_number):
        assert not number or not number[:-1].isdigit() or residue.numbers_in(number.encode()), number
    db.session.add(user)
    db.session.flush()
    if role:
        join(user, role, organisation)
    return user


def join(user: User, role: Role, organisation: Organisation | None = None) -> None:
    db.session.add(
        Membership(user_id=user.id, role=role, organisation_id=organisation.id if organisation else None)
    )
    db.session.flush()


def region(name: str = "盘龙区") -> Region:
    return db.session.scalars(select(Region).where(Region.name == name)).one()


def make_department(name: str | None = None) -> Department:
    department = Department(name=name or f"示例主管部门{next(_numbers)}", phone="0871-00000000")
    db.session.add(department)
    db.session.flush()
    return department


def make_unit(
    nature: Nature | None = Nature.STATE_INSTITUTION,
    tier: Tier | None = Tier.CITY,
    district: str | None = "盘龙区",
    department: Department | None = None,
    **given: Any,
) -> Unit:
    """A complete unit; a state unit gets an approved default department."""
    n = next(_numbers)
    unit = Unit(
        **{
            "name": f"云南省示例单位{n}",
            "credit_code": credit_code(n),
            "nature": nature,
            "tier": tier,
            "region_id": region(district).id if district else None,
            "contact": "示例联系人",
            "contact_phone": "0871-00000000",
            "verified_at": clock.now(),
            **given,
        }
    )
    db.session.add(unit)
    db.session.flush()
    if nature in (Nature.STATE_INSTITUTION, Nature.STATE_ENTERPRISE) or department:
        choose(unit, department or make_department(), Choice.APPROVED)
    return unit


def choose(unit: Unit, department: Department, status: Choice) -> UnitDepartment:
    row = UnitDepartment(
        unit_id=unit.id, department_id=department.id, is_default=True, status=status, submitted_at=clock.now()
    )
    db.session.add(row)
    db.session.flush()
    return row


def make_committee(tier: CommitteeTier = CommitteeTier.CITY, **given: Any) -> Committee:
    n = next(_numbers)
    committee = Committee(
        **{
            "name": f"示例评审委员会{n}",
            "code": f"T-{n}",
            "tier": tier,
            "levels": [Level.INTERMEDIATE, Level.SENIOR_ASSOCIATE],
            "series_nos": [11],
            **given,
        }
    )
    db.session.add(committee)
    db.session.flush()
    return committee


def make_round(committee: Committee | None = None, **given: Any) -> Round:
    """A round that is open now."""
    at = clock.now()
    round_ = Round(
        **{
            "committee_id": (committee or make_committee()).id,
            "year": at.year,
            "published_at": at - timedelta(days=31),
            "opens_at": at - timedelta(days=30),
            "closes_at": at + timedelta(days=30),
            "corrections_until": at + timedelta(days=45),
            "tenure_until": date(at.year, 12, 31),
            "levels": [Level.INTERMEDIATE, Level.SENIOR_ASSOCIATE],
            "categories": list(Category),
            "required_sections": [],
            **given,
        }
    )
    db.session.add(round_)
    db.session.flush()
    return round_


def archives() -> Profession:
    return db.session.scalars(
        select(Profession).where(Profession.level1 == "档案").order_by(Profession.id)
    ).first()  # type: ignore[return-value]


def archival_science() -> Major:
    return db.session.scalars(select(Major).where(Major.level3 == "档案学")).first()  # type: ignore[return-value]


def make_applicant(unit: Unit | None = None, **given: Any) -> Person:
    """An account with a dossier's first page; `fill` completes it."""
    n = next(_numbers)
    user = make_user(Role.APPLICANT, id_number=id_number(n), mobile=f"139{n:08d}", **given)
    person = Person(id=user.id)
    db.session.add(person)
    db.session.flush()
    if unit:
        employ(person, unit)
    return person


def employ(person: Person, unit: Unit, *, confirmed: bool = True) -> None:
    """The person chooses the unit, and the unit confirms it."""
    account, at = db.session.get_one(User, person.id), clock.now()
    employment.ask(person, unit, by=account, at=at)
    db.session.flush()
    if confirmed:
        employment.confirm(person.id, unit.id, by=account, at=at)


def sample(declared: Any) -> Any:
    """A plausible value for a declared field."""
    if declared.choices:
        return declared.choices[0]
    if declared.tree:
        return (archives() if declared.tree == "profession" else archival_science()).id
    if declared.type is date:
        return date(2012, 7, 1) if declared.name == "end" else date(2010, 9, 1)
    if declared.type is bool:
        return True
    if declared.type is int:
        return max(declared.minimum or 0, 2020) if (declared.maximum or 0) > 1900 else (declared.minimum or 1)
    return f"示例{declared.label}"[: declared.limit]


def make_record(model: type, person: Person, **given: Any) -> Any:
    values = {each.name: sample(each) for each in fields_of(model)}
    record = model(owner_id=person.id, **{**values, **given})
    db.session.add(record)
    db.session.flush()
    return record


def attach(person: Person, *, requirement: AttachmentRequirement | None = None, section: str | None = None,
           record: int | None = None) -> Attachment:  # fmt: skip
    n = next(_numbers)
    file = Attachment(
        id=f"{n:032x}",
        owner_id=person.id,
        name=f"示例材料{n}.jpg",
        mime="image/jpeg",
        size=3,
        sha256=f"{n:064x}",
        created_at=clock.now(),
    )
    db.session.add(file)
    db.session.flush()
    db.session.add(
        AttachmentUse(
            attachment_id=file.id,
            owner_id=person.id,
            requirement_id=requirement.id if requirement else None,
            section_slug=section,
            record_id=record,
        )
    )
    db.session.flush()
    return file


def fill(person: Person) -> Person:
    """Complete a dossier so that nothing is missing: every section, every file."""
    for each in fields_of(Person):
        setattr(person, each.name, sample(each))
    person.postcode = "650000"
    person.contact_mobile = "13900000000"
    person.email = "person@local.invalid"
    for model in SECTIONS:
        record = make_record(model, person)
        if model.section.attachment_required:
            attach(person, section=model.section.slug, record=record.id)
    for requirement in db.session.scalars(select(AttachmentRequirement)):
        attach(person, requirement=requirement)
    attach(person, section=PHOTO)
    db.session.flush()
    return person


def make_draft(unit: Unit | None = None, round_: Round | None = None, **cover: Any) -> Application:
    """An application with a complete dossier and a saved cover, ready to submit."""
    person = fill(make_applicant(unit or make_unit()))
    account = db.session.get_one(User, person.id)
    round_ = round_ or make_round()
    application = operations.start(account, year=round_.year, at=clock.now())
    _write_cover(application, round_, person, **cover)
    check_eligibility(application)
    return application


def _write_cover(application: Application, round_: Round, person: Person, **cover: Any) -> None:
    profession = archives()
    title = _title(profession, cover.get("level", Level.INTERMEDIATE))
    values = {
        "round_id": round_.id,
        "profession_id": profession.id,
        "level": Level.INTERMEDIATE,
        "category": Category.REGULAR,
        "title_id": title,
        "unit_id": person.unit_id,
        "cover_saved_at": clock.now(),
        **cover,
    }
    for name, value in values.items():
        setattr(application, name, value)


def make_recognition(unit: Unit | None = None, round_: Round | None = None, **cover: Any) -> Application:
    """考核定职 of a bachelor employed long ago, ready to submit (REC-03)."""
    if round_ is None:
        committee = make_committee(name="示例考核定职", levels=[], series_nos=[])
        round_ = make_round(committee, kind=Kind.RECOGNITION, levels=[], categories=[])
    person = fill(make_applicant(unit or make_unit()))
    for each in db.session.scalars(select(Education).where(Education.owner_id == person.id)):
        each.degree_level, each.degree = "大学本科", "学士"
    account = db.session.get_one(User, person.id)
    application = operations.start(account, year=round_.year, kind=Kind.RECOGNITION, at=clock.now())
    _write_cover(application, round_, person, **{"level": Level.JUNIOR_ASSISTANT, **cover})
    check_eligibility(application, GRADUATE, employed_on="2015-07-01")
    return application


def check_eligibility(
    application: Application, usual: Mapping[str, str] = ELIGIBLE, **given: str
) -> Eligibility:
    """The answers of someone who may apply, in whatever unit he is."""
    answers = {**usual, **given}
    row = Eligibility(application_id=application.id, answers=answers, saved_at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row


def _title(profession: Profession, level: Level) -> int:
    from app.models import Title

    return db.session.scalars(
        select(Title.id).where(
            Title.series_id == profession.series_id, Title.ladder == profession.ladder, Title.level == level
        )
    ).one()


def submit(application: Application, at: datetime | None = None) -> Application:
    account = db.session.get_one(User, application.applicant_id)
    operations.submit(application, by=account, seen=application.version, pledged=True, at=at or clock.now())
    return application


def clerk_of(application: Application) -> User:
    """A clerk of the office that holds the application, made if there is none."""
    assert application.stage and application.holder_id
    role = ROLE_OF_STAGE[application.stage]
    found = db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == application.holder_id, Membership.role == role)
    ).first()
    return found or make_user(role, db.session.get_one(Organisation, application.holder_id))


def write_unit_opinion(application: Application, **given: Any) -> UnitOpinion:
    """Table 12 with the finished notices that the application needs."""
    opinion = UnitOpinion(
        **{
            "application_id": application.id,
            "route_no": application.route_no,
            "appraisal": "示例评价",
            "method": "民主推荐",
            "participants": "全体专业技术人员",
            "participant_count": 12,
            "opinion": "同意推荐",
            "formation": "会议讨论",
            "by_id": clerk_of(application).id,
            "saved_at": clock.now(),
            **given,
        }
    )
    db.session.add(opinion)
    db.session.flush()
    there = notices.notices_of(application)
    for place in notices.places_of(application):
        if place not in there:
            post_notice(application, place)
    return opinion


def post_notice(
    application: Application, place: NoticePlace = NoticePlace.UNIT, *, proofs: bool = True, **given: Any
) -> PublicNotice:
    """A notice that is over, with its outcome and all of its images, unless something else is given."""
    assert application.unit
    notice = PublicNotice(
        **{
            "application_id": application.id,
            "route_no": application.route_no,
            "place": place,
            "organisation": application.unit.name
            if place is NoticePlace.UNIT and application.unit
            else "示例用工单位",
            "way": NoticeWay.BOARD,
            "starts_on": LONG_AGO,
            "ends_on": LONG_AGO + timedelta(days=10),
            "outcome": NoticeOutcome.NONE,
            "by_id": given.get("by_id") or clerk_of(application).id,
            "saved_at": clock.now(),
            **given,
        }
    )
    db.session.add(notice)
    db.session.flush()
    for proof in notices.PROOFS[place] if proofs else ():
        n = next(_numbers)
        db.session.add(
            NoticeFile(
                id=f"notice-file-{n}",
                notice_id=notice.id,
                proof=proof,
                name=f"示例公示{n}.jpg",
                mime="image/jpeg",
                size=3,
                sha256=f"{n:064x}",
                storage_key=f"{n:031x}a",
                by_id=notice.by_id,
                created_at=clock.now(),
            )
        )
    db.session.flush()
    db.session.expire(notice, ["files"])
    return notice


def approve(application: Application) -> Application:
    """Pass the application on from wherever it is, as its holder would."""
    clerk = clerk_of(application)
    if application.stage is Stage.UNIT:
        write_unit_opinion(application)
    operations.approve(application, by=clerk, seen=application.version, opinion="同意", at=clock.now())
    return application


def make_application(at: Stage | Status = Status.DRAFT, unit: Unit | None = None, round_: Round | None = None,
                     **cover: Any) -> Application:  # fmt: skip
    """An application at a stage of its route or in a status, brought there by the operations."""
    application = make_draft(unit, round_, **cover)
    if at is Status.DRAFT:
        return application
    if at is Status.WITHDRAWN:
        account = db.session.get_one(User, application.applicant_id)
        operations.withdraw(application, by=account, seen=application.version, at=clock.now())
        return application
    submit(application)
    if at is Status.RETURNED:
        operations.return_(
            application, by=clerk_of(application), seen=application.version, opinion="请补充", at=clock.now()
        )
    elif at is Status.DECLINED:
        operations.decline(
            application, by=clerk_of(application), seen=application.version, opinion="不符合", at=clock.now()
        )
    elif at is Status.READY:
        while application.status is Status.IN_REVIEW:
            approve(application)
        hand_in_page(application)
        accept_page(application)
    else:
        while application.status is Status.IN_REVIEW and application.stage is not at:
            approve(application)
        assert at in (application.stage, application.status, Status.IN_REVIEW), f"the route has no {at}"
    return application


@functools.cache
def page_scan(size: tuple[int, int] = (840, 1188)) -> Picture:
    """A sheet with a frame and lines, as taken in."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, size[0] - 40, size[1] - 40), outline="black", width=4)
    for y in range(100, size[1] - 60, 60):
        draw.line((60, y, size[0] - 60, y), fill="black", width=3)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return page_scans.original("表十七.png", buffer.getvalue(), Limits(10 * 2**20, 40_000_000))


def store(picture: Picture) -> tuple[Kept, str]:
    key = storage.store(current_app.config["PRIVATE_ROOT"], picture.content)
    return Kept(picture, key), hashlib.sha256(picture.content).hexdigest()


def choose_page(application: Application, picture: Picture | None = None) -> StampedPage:
    """A scan of Table 17, chosen and not handed in yet."""
    account = db.session.get_one(User, application.applicant_id)
    stamping.choose(application, *store(picture or page_scan()), by=account, at=clock.now())
    chosen = stamped.chosen(application)
    assert chosen
    return chosen


def hand_in_page(application: Application, picture: Picture | None = None) -> StampedPage:
    """The stamped Table 17, handed in whole."""
    source, scan = choose_page(application, picture), picture or page_scan()
    crop = page_crops.read(source.crop)
    page = page_scans.cut(scan.name, page_scans.leaf(scan.content, scan.mime, scan.name, 1), crop)
    account = db.session.get_one(User, application.applicant_id)
    stamping.hand_in(
        application,
        source.original_key,
        *store(page),
        crop,
        by=account,
        seen=application.version,
        at=clock.now(),
    )
    handed_in = stamped.handed_in(application)
    assert handed_in
    return handed_in


def last_clerk_of(application: Application) -> User:
    """A clerk of the office at the end of the route."""
    last = route_of(application)[-1]
    role = ROLE_OF_STAGE[last.stage]
    found = db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == last.organisation_id, Membership.role == role)
        .order_by(User.id)
    ).first()
    return found or make_user(role, last.organisation)


def ask_again(application: Application, opinion: str = "公章没有拍全") -> None:
    clerk = last_clerk_of(application)
    stamping.ask_again(application, by=clerk, seen=application.version, opinion=opinion, at=clock.now())


def accept_page(application: Application) -> None:
    stamping.accept(application, by=last_clerk_of(application), seen=application.version, at=clock.now())


def offices_of(application: Application) -> list[Organisation]:
    return list(
        db.session.scalars(
            select(Organisation)
            .join(RouteStep, RouteStep.organisation_id == Organisation.id)
            .where(RouteStep.application_id == application.id, RouteStep.route_no == application.route_no)
            .order_by(RouteStep.position)
        )
    )


def desk_of(district: str, nature: Nature) -> Bureau:
    desks = db.session.scalars(
        select(Bureau).where(Bureau.region_id == region(district).id).order_by(Bureau.no)
    )
    return next(each for each in desks if nature in each.natures)
