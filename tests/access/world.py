"""Two of everything, with an application at every place, and who stands in which relation to it."""

import io
import itertools
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from app import clock
from app.audit import record
from app.dossier import removal
from app.extensions import db
from app.models import (
    Application,
    Attachment,
    AttachmentUse,
    Bureau,
    Correction,
    Decision,
    Evidence,
    FormTemplate,
    FormVersion,
    HelpRequest,
    Holiday,
    IntegrityRecord,
    Message,
    Notice,
    NoticeFile,
    Organisation,
    Package,
    Person,
    ReviewNote,
    Round,
    SavedList,
    Series,
    SeriesEntry,
    SupportCase,
    Unit,
    UnitDepartment,
)
from app.models.sections import WorkHistory
from app.vocabulary import (
    CaseKind,
    Choice,
    CommitteeTier,
    Event,
    IdentityCheck,
    MessageType,
    Nature,
    NoticePlace,
    PackageKind,
    Proof,
    Role,
    Stage,
    Status,
    Tier,
)
from app.workflow.notices import notices_of
from tests import factories as make
from tests.access.table import IDENTITIES, OFFICES, RELATIONS

RECORD = WorkHistory
Key = Any
_names = itertools.count(1)


@dataclass
class World:
    """Ids only, so that no test leans on what another one's session holds."""

    users: dict[str, int] = field(default_factory=dict)
    # kind of row → identity → keys, in the order of RELATIONS
    rows: dict[str, dict[str, list[Key]]] = field(default_factory=dict)
    # whose rows of this kind are not those of users
    owners: dict[tuple[str, str], int] = field(default_factory=dict)
    departments: list[int] = field(default_factory=list)
    # a record of the person of one's own open case about a dossier
    case_record: int = 0

    def user(self, identity: str, row: str = "") -> int | None:
        return self.owners.get((row, identity), self.users.get(identity))

    def keys(self, row: str, identity: str) -> list[tuple[str, Key]]:
        """The rows this identity asks for, with their relation; whoever has none asks for another's."""
        of = identity if identity in RELATIONS[row] else next(iter(RELATIONS[row]))
        return list(zip(RELATIONS[row][of], self.rows[row][of], strict=True))


class Offices:
    """The organisations of the world, and a colleague beside every clerk."""

    def __init__(self) -> None:
        self.d1, self.d2 = make.make_department(), make.make_department()
        city = {"nature": Nature.STATE_INSTITUTION, "tier": Tier.CITY}
        at = clock.now()
        self.u1 = make.make_unit(**city, department=self.d1, verified_at=at)
        self.sister = make.make_unit(**city, department=self.d1, verified_at=at)
        self.two_departments = make.make_unit(**city, department=self.d2, verified_at=at)
        self.stranger = make.make_unit(**city, department=self.d2, verified_at=at)
        self.private = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY, "西山区", verified_at=at)
        self.county = make.make_unit(Nature.STATE_INSTITUTION, Tier.COUNTY, "西山区", verified_at=at)
        self.far = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY, "盘龙区", verified_at=at)
        self.b1, self.b2 = (
            make.desk_of("西山区", Nature.NON_PUBLIC),
            make.desk_of("西山区", Nature.STATE_INSTITUTION),
        )
        self.city = db.session.scalars(select(Bureau).where(Bureau.is_city)).one()
        self.k1, self.k2 = make.make_committee(), make.make_committee()
        self.province = make.make_committee(CommitteeTier.PROVINCE)
        self.r1, self.r2, self.rp = (make.make_round(each) for each in (self.k1, self.k2, self.province))


def build(app: Flask) -> World:
    world = World()
    with app.app_context():
        # So that a notice can begin today, whatever the year.
        known = {day.year for day in db.session.scalars(select(Holiday.day))}
        for year in {clock.today().year, clock.today().year + 1} - known:
            db.session.add(Holiday(day=date(year, 1, 1), working=False, name="元旦"))
        o = Offices()
        world.departments = [o.d1.id, o.d2.id]
        _people(world, o)
        _applications(world, o)
        _small_rows(world, o)
        _cases(world, o)
        _rows_for_screens()
        entry = record("edit", at=clock.now(), object_type="Setting", object_id=1)
        db.session.flush()
        world.rows["entry"] = {"auditor": [entry.id]}
        db.session.commit()
        _store_files(app.config["PRIVATE_ROOT"])
        db.session.remove()
    assert set(world.rows) | {"admin"} == set(RELATIONS)
    return world


def _people(world: World, o: Offices) -> None:
    places: dict[str, tuple[Role, Organisation | None]] = {
        "unit": (Role.UNIT, o.u1),
        "department": (Role.DEPARTMENT, o.d1),
        "bureau": (Role.BUREAU, o.b1),
        "city_bureau": (Role.CITY_BUREAU, o.city),
        "committee": (Role.COMMITTEE, o.k1),
        "hotline": (Role.HOTLINE, None),
        "super_admin": (Role.SUPER_ADMIN, None),
        "security_admin": (Role.SECURITY_ADMIN, None),
        "auditor": (Role.AUDITOR, None),
    }
    for identity, (role, organisation) in places.items():
        world.users[identity] = make.make_user(role, organisation).id
        world.users[f"{identity}'s colleague"] = make.make_user(role, organisation).id
    for role, organisation in (
        (Role.UNIT, o.sister),
        (Role.UNIT, o.stranger),
        (Role.UNIT, o.private),
        (Role.DEPARTMENT, o.d2),
        (Role.BUREAU, o.b2),
        (Role.COMMITTEE, o.k2),
        (Role.COMMITTEE, o.province),
    ):
        make.make_user(role, organisation)


def _applications(world: World, o: Offices) -> None:
    def new(at: Stage | Status, unit: Unit, round_: Round) -> Application:
        return make.make_application(at, unit, round_)

    unit, department, bureau, city, committee = (
        Stage.UNIT,
        Stage.DEPARTMENT,
        Stage.BUREAU,
        Stage.CITY_BUREAU,
        Stage.COMMITTEE,
    )
    own, colleague = new(Status.DRAFT, o.u1, o.r1), new(Status.DRAFT, o.u1, o.r1)
    world.users["applicant"], world.users["applicant's colleague"] = own.applicant_id, colleague.applicant_id
    on_the_way = new(department, o.u1, o.r1)
    at_private, at_far = new(unit, o.private, o.r1), new(bureau, o.far, o.r1)
    at_k1, at_province = new(committee, o.u1, o.r1), new(committee, o.u1, o.rp)
    paper = new(Status.PAPER, o.u1, o.r1)
    rows = {
        "applicant": [own, colleague, new(Status.DRAFT, o.stranger, o.r1)],
        "unit": [new(unit, o.u1, o.r1), on_the_way, colleague, new(unit, o.sister, o.r1), at_private],
        "department": [
            new(department, o.u1, o.r1), at_k1, new(unit, o.u1, o.r1),
            new(department, o.two_departments, o.r1), new(department, o.stranger, o.r1),
        ],
        "bureau": [
            new(bureau, o.private, o.r1), new(committee, o.private, o.r1), at_private, new(bureau, o.county, o.r1), at_far,
        ],
        "city_bureau": [new(city, o.u1, o.rp), at_province, new(department, o.u1, o.rp), at_k1, at_far],
        "committee": [new(committee, o.u1, o.r1), paper, on_the_way, new(committee, o.u1, o.r2), at_province],
    }  # fmt: skip
    world.rows["application"] = {role: [each.id for each in found] for role, found in rows.items()}
    world.rows["file"] = {role: [_file_of(each) for each in found] for role, found in rows.items()}
    world.rows["notice_file"] = {
        role: [_notice_file_of(each) for each in found] for role, found in rows.items()
    }
    for role, found in rows.items():
        if role != "applicant":
            person = db.session.get_one(Person, found[0].applicant_id)
            late = make.attach(person, section=RECORD.section.slug, record=_first(RECORD, person.id))
            world.rows["file"][role].append(late.id)

    private, far = new(Status.PAPER, o.private, o.r1), new(Status.PAPER, o.far, o.r1)
    by_city = new(Status.PAPER, o.u1, o.rp)
    passed = {
        "applicant": [paper, new(Status.PAPER, o.u1, o.r1), far],
        "unit": [paper, far],
        "department": [paper, far],
        "bureau": [private, far],
        "city_bureau": [by_city, paper],
        "committee": [paper, by_city],
    }
    world.rows["passed"] = {role: [each.id for each in found] for role, found in passed.items()}
    world.owners["passed", "applicant"] = paper.applicant_id
    _pages(world, o)
    people = [each.applicant_id for each in rows["applicant"]]
    world.rows["use"] = {"applicant": [_first(AttachmentUse, person) for person in people]}
    world.rows["record"] = {"applicant": [_first(RECORD, person) for person in people]}
    world.rows["mark"] = {"applicant": [_mark(each) for each in rows["applicant"]]}
    world.rows["removed"] = {"applicant": [_removed(person) for person in people]}
    strangers = [rows["unit"][3].applicant_id, at_private.applicant_id]
    world.rows["person"] = {"unit": [rows["unit"][0].applicant_id, colleague.applicant_id, *strangers]}


def _pages(world: World, o: Offices) -> None:
    """Applications whose stamped page waits, and whose page is accepted."""
    for kind, at in (("page", Status.PAPER), ("archived", Status.READY)):
        own, near, private, far, by_city = (
            make.make_application(at, unit, round_)
            for unit, round_ in ((o.u1, o.r1), (o.u1, o.r1), (o.private, o.r1), (o.far, o.r1), (o.u1, o.rp))
        )
        for each in (own, near, private, far, by_city) if at is Status.PAPER else ():
            make.hand_in_page(each)
        rows = {
            "applicant": [own, near, far],
            "unit": [own, far],
            "department": [own, far],
            "bureau": [private, far],
            "city_bureau": [by_city, own],
            "committee": [own, by_city],
        }
        world.rows[kind] = {role: [each.id for each in found] for role, found in rows.items()}
        world.owners[kind, "applicant"] = own.applicant_id


def _mark(application: Application) -> int:
    """What an office marked in a submission that it sent back. (The way there is the workflow's.)"""
    unit = application.unit_id
    sent = Decision(
        application_id=application.id, event=Event.RETURN, organisation_id=unit, stage=Stage.UNIT, opinion="示例",
        from_status=Status.IN_REVIEW, to_status=Status.RETURNED, chances_used=1, opinions_used=0, version=1,
        at=clock.now(),
    )  # fmt: skip
    db.session.add(sent)
    db.session.flush()
    note = ReviewNote(
        application_id=application.id, submission_no=1, organisation_id=unit, by_id=application.applicant_id,
        place="person", field="native_place", text="示例", created_at=clock.now(), decision_id=sent.id,
    )  # fmt: skip
    db.session.add(note)
    db.session.flush()
    return note.id


def _removed(person_id: int) -> int:
    """A record that was just deleted."""
    person = db.session.get_one(Person, person_id)
    return removal.remove_record(person, make.make_record(RECORD, person), at=clock.now()).id


def _file_of(application: Application) -> str:
    """The person's first file: whatever he has handed in names it."""
    return str(_first(Attachment, application.applicant_id))


def _notice_file_of(application: Application) -> str:
    """One image more, of the notice it has or gets."""
    notice = notices_of(application).get(NoticePlace.UNIT)
    if notice is None:
        clerk = make.make_user(Role.UNIT, application.unit)
        notice = make.post_notice(application, by_id=clerk.id)
    row = NoticeFile(
        id=f"{uuid.uuid4()}", notice_id=notice.id, proof=Proof.PHOTO, name="公示.jpg", mime="image/jpeg", size=3,
        sha256="0" * 64, storage_key=uuid.uuid4().hex, by_id=notice.by_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _first(model: Any, person_id: int) -> Any:
    return db.session.scalars(select(model.id).where(model.owner_id == person_id).order_by(model.id)).first()


def _small_rows(world: World, o: Offices) -> None:
    def message(user_id: int) -> int:
        row = Message(recipient_id=user_id, type=MessageType.SYSTEM, text="示例消息", created_at=clock.now())
        db.session.add(row)
        db.session.flush()
        return row.id

    def choice(unit: Unit, department: Organisation) -> int:
        return db.session.scalars(
            select(UnitDepartment.id).where(
                UnitDepartment.unit_id == unit.id, UnitDepartment.department_id == department.id
            )
        ).one()

    def saved(user_id: int) -> int:
        row = SavedList(user_id=user_id, name=f"示例标签{next(_names)}", query="due=soon")
        db.session.add(row)
        db.session.flush()
        return row.id

    def package(user_id: int) -> int:
        row = Package(
            owner_id=user_id, kind=PackageKind.OWN, subject=1, name=f"示例打包{next(_names)}", rows=[1],
            asked_at=clock.now(), refusal=["操作没有完成。", {}],
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id

    users = world.users
    world.rows["package"] = {
        each: [
            package(users[each]),
            package(users[f"{each}'s colleague"]),
            package(users["unit" if each == "committee" else "committee"]),
        ]
        for each in ("applicant", "unit", "committee")
    }
    world.rows["message"] = {
        each: [
            message(users[each]),
            message(users[f"{each}'s colleague"]),
            message(users["unit" if each == "department" else "department"]),
        ]
        for each in IDENTITIES[1:]
    }
    world.rows["saved list"] = {
        each: [
            saved(users[each]),
            saved(users[f"{each}'s colleague"]),
            saved(users["unit" if each == "department" else "department"]),
        ]
        for each in OFFICES
    }
    world.rows["unit"] = {each: [o.u1.id, o.far.id] for each in ("applicant", "hotline")}
    world.rows["own unit"] = {"unit": [o.u1.id, o.sister.id, o.private.id]}
    unverified = make.make_unit(Nature.NON_PUBLIC, Tier.COUNTY, "西山区", verified_at=None)
    world.rows["checked unit"] = {"bureau": [unverified.id, o.county.id, o.far.id]}
    asking = make.make_unit(department=None, nature=Nature.SOCIAL_ORG)
    pending = make.choose(asking, o.d1, Choice.PENDING)
    db.session.add(
        UnitDepartment(
            unit_id=o.two_departments.id, department_id=o.d1.id, is_default=False,
            status=Choice.APPROVED, submitted_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    stranger = choice(o.stranger, o.d2)
    world.rows["choice"] = {
        "unit": [choice(o.u1, o.d1), choice(o.sister, o.d1), stranger],
        "department": [pending.id, choice(o.two_departments, o.d2), stranger],
    }
    year = timedelta(days=365)
    last_year = make.make_round(
        o.k1, year=o.r1.year - 1, opens_at=o.r1.opens_at - year, closes_at=o.r1.closes_at - year,
        corrections_until=o.r1.corrections_until - year,
    )  # fmt: skip
    world.rows["round"] = {"committee": [o.r1.id, last_year.id, o.r2.id]}
    drafts = [make.make_round(each, year=o.r1.year + 1, published_at=None).id for each in (o.k1, o.k2)]
    world.rows["draft round"] = {"committee": drafts, "super_admin": drafts}
    world.rows["shown round"] = {each: [o.r1.id, drafts[0]] for each in IDENTITIES}
    world.rows["committee"] = {"super_admin": [o.k1.id]}
    world.rows["account"] = {
        each: [users[each], users[f"{each}'s colleague"], make.make_user(Role.HOTLINE).id]
        for each in ("hotline", "super_admin", "security_admin")
    }
    of_security = world.rows["account"]["security_admin"]
    world.rows["office account"] = {"security_admin": [*of_security, make.make_applicant().id]}
    notice = Notice(title="示例公告", body="示例公告正文", published_at=clock.now())
    series = db.session.scalars(select(Series).order_by(Series.no)).first()
    db.session.add_all([notice, SeriesEntry(slug="daj", series=series, title="示例系列入口")])
    db.session.flush()
    published, draft = (
        FormVersion(content={}, by_id=users["super_admin"], created_at=clock.now()) for _ in range(2)
    )
    db.session.add(published)
    db.session.flush()
    published.published_at, published.drafted = clock.now(), None
    db.session.add(draft)
    db.session.flush()
    world.rows["form version"] = {"super_admin": [draft.id, published.id]}
    drafted, shown = (
        FormTemplate(name="示例模板", year=clock.today().year, content={"5": {"hidden": True}})
        for _ in range(2)
    )
    shown.published_at = clock.now()
    db.session.add_all([drafted, shown])
    db.session.flush()
    world.rows["form template"] = {"super_admin": [drafted.id, shown.id]}
    ahead = {"opens_at": clock.now() + timedelta(days=1)}
    world.rows["awaited round"] = {
        "applicant": [make.make_round(**ahead).id, make.make_round(**ahead, published_at=None).id]
    }
    world.rows["asked round"] = {"super_admin": [o.r1.id, o.r2.id]}
    world.rows["notice"] = {each: [notice.id] for each in IDENTITIES}


def _cases(world: World, o: Offices) -> None:
    """Cases of each kind that the table asks about, with what lies in them."""
    own, colleague = world.users["hotline"], world.users["hotline's colleague"]
    kinds = {
        "case": CaseKind.UNIT_RECOVERY, "number case": CaseKind.CORRECTION,
        "leaf case": CaseKind.NEW_MAJOR, "dossier case": CaseKind.DOSSIER,
    }  # fmt: skip

    def case(
        kind: CaseKind, by: int, *, closed: bool = False, request: HelpRequest | None = None
    ) -> SupportCase:
        person = make.make_applicant(o.private)
        unverified = make.make_unit(verified_at=None)
        make.join(person.account, Role.UNIT, unverified)
        row = SupportCase(
            number=f"T-{person.id}", kind=kind, subject_id=person.id, unit_id=unverified.id, caller="示例来电人",
            identity_check=IdentityCheck.CALLBACK, reason="示例事由", opened_by_id=by, opened_at=clock.now(),
            closed_at=clock.now() if closed else None, request_id=request.id if request else None,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row

    def image(case: SupportCase) -> str:
        row = Evidence(
            id=f"evidence-{case.id}", case_id=case.id, name="证明.jpg", mime="image/jpeg", size=3, sha256="0" * 64,
            storage_key=f"{case.id:032x}", created_at=clock.now(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id

    def request(unit: Unit | None = None) -> HelpRequest:
        row = HelpRequest(
            kind=CaseKind.UNLOCK, user_id=make.make_applicant().id, desk_unit_id=unit.id if unit else None,
            created_at=clock.now(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row

    def correction(by: int, *, office: bool = False) -> Correction:
        of = case(CaseKind.CORRECTION, by)
        if office:
            make.join(of.subject, Role.COMMITTEE, o.k1)
        row = Correction(
            case_id=of.id, user_id=of.subject_id, field="name", old=of.subject.first_name, new="示例改名",
            proposed_by_id=by, proposed_at=clock.now(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row

    for name, kind in kinds.items():
        found = [case(kind, own), case(kind, colleague), case(kind, own, closed=True)]
        world.rows[name] = {"hotline": [each.id for each in found]}
        if kind is CaseKind.DOSSIER:
            person = db.session.get_one(Person, found[0].subject_id)
            world.case_record = make.make_record(RECORD, person).id
    taken = request()
    case(CaseKind.UNLOCK, colleague, request=taken)
    world.rows["request"] = {"hotline": [request().id, taken.id, request(o.u1).id]}
    # Of the two by a colleague one is decided by the hotline, the other by the security administrator.
    proposed = [correction(own), correction(colleague), correction(colleague)]
    guard = world.users["security_admin's colleague"]
    offices = [correction(guard, office=True) for _each in range(3)]
    world.rows["correction"] = {
        "hotline": [proposed[0].id, proposed[1].id, offices[0].id],
        "super_admin": [offices[1].id, proposed[0].id],
        "security_admin": [proposed[2].id, offices[2].id],
    }
    waits = image(db.session.get_one(SupportCase, correction(colleague).case_id))
    images = [image(case(CaseKind.CORRECTION, own)), image(case(CaseKind.CORRECTION, colleague))]
    world.rows["evidence"] = {
        "hotline": [*images, image(case(CaseKind.CORRECTION, own, closed=True)), waits],
        "security_admin": [waits, images[1]],
    }


def _rows_for_screens() -> None:
    """Rows for the generated screens whose tables neither the seeds nor the operations have filled."""
    days = {"starts_on": date(2020, 1, 1), "until": date(2021, 1, 1)}
    db.session.add(IntegrityRecord(id_number=make.id_number(9000), reason="示例", **days))


def _store_files(root: Path) -> None:
    """Bytes for the rows that the factories made."""
    picture = io.BytesIO()
    Image.new("RGB", (39, 57)).save(picture, "JPEG")
    keys = [
        *db.session.scalars(select(Attachment.id)),
        *db.session.scalars(select(Evidence.storage_key)),
        *db.session.scalars(select(NoticeFile.storage_key)),
    ]
    for key in keys:
        place = root / key[:2] / key
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(picture.getvalue())
