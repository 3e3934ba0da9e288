"""An application in every status and at every stage, each brought there step by step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from flask import current_app
from flask_appbuilder.security.sqla.models import User

from ..apply.cover import find_profession, professions_of
from ..apply.eligibility import save_answers
from ..apply.operations import save_cover
from ..clock import SHANGHAI
from ..dossier import images, page_crops, page_scans, stamped, storage
from ..dossier.files import Kept
from ..dossier.uploads import limits
from ..errors import CalendarUnknown
from ..extensions import db
from ..models import Application, Person
from ..review import operations as unit
from ..vocabulary import Category, Level, NoticeOutcome, NoticePlace, NoticeWay, Proof, Stage, Status
from ..workflow import notices, stamping
from ..workflow import operations as workflow
from ..workflow.actors import last_step_of, route_of
from ..workflow.covers import Cover
from ..workflow.notices import holidays
from ..workflow.rules import CONFIRMATION, NOTICE_DAYS
from ..workflow.working_days import working_days
from . import dossiers, people, pictures
from .world import ARCHIVES, MACHINERY, MACHINERY_SENIOR, OVER, PROVINCE, World

EMPLOYER, NOON = "示例用工单位", time(12)
BEGIN = timedelta(days=26)  # the first submissions; every step after a unit's notice comes later
DECIDE = timedelta(days=10)
PACE = timedelta(hours=6)
MAY_APPLY = {
    "status": "employee",
    "in_post": "yes",
    "seconded": "no",
    "administrative": "no",
    "transferred": "no",
    "postdoc": "no",
    "new_series": "no",
    "skilled": "no",
}
ASK = "请补充工作经历的证明材料，并核对起止时间。"


class Walk:
    """One application on its way; each step is one operation, some hours after the one before."""

    def __init__(
        self, application: Application, applicant: User, clerks: Mapping[int, User], at: datetime
    ) -> None:
        self.application = application
        self.applicant = applicant
        self.clerks = clerks
        self.now = at
        self.at = at - DECIDE

    def submit(self, days_ago: float = BEGIN.days) -> None:
        workflow.submit(self.application, by=self.applicant, pledged=True, **self._when(days_ago))

    def resubmit(self) -> None:
        workflow.resubmit(self.application, by=self.applicant, pledged=True, **self._next())

    def approve(self, times: int = 1) -> None:
        for _each in range(times):
            if self.application.stage is Stage.UNIT:
                self._write_table_12()
            workflow.approve(self.application, by=self._clerk, opinion="材料齐全，同意。", **self._next())

    def approve_to(self, stage: Stage) -> None:
        while self.application.stage is not stage:
            self.approve()

    def approve_all(self) -> None:
        while self.application.status is Status.IN_REVIEW:
            self.approve()

    def return_(self, confirmation: str = "") -> None:
        workflow.return_(
            self.application, by=self._clerk, opinion=ASK, confirmation=confirmation, **self._next()
        )

    def return_and_resubmit(self, times: int) -> None:
        for _each in range(times):
            self.return_()
            self.resubmit()

    def reset(self) -> None:
        opinion = "申报专业与评委会不符，重新选择后再提交。"
        workflow.reset(self.application, by=self._clerk, opinion=opinion, **self._next())

    def decline(self) -> None:
        opinion = "任职年限不足，本年度不予推荐。"
        workflow.decline(self.application, by=self._clerk, opinion=opinion, **self._next())

    def hand_in_page(self) -> None:
        """Table 17 on paper, photographed askew and cut straight."""
        offices = [each.organisation.name for each in route_of(self.application)]
        photo = page_scans.original("表十七.png", pictures.stamped_page(offices), limits())
        frame = page_crops.PageCrop(left=123, top=174, width=1654, tilt=15)
        page = page_scans.cut(
            photo.name, photo.content, page_crops.inside(frame, (photo.width, photo.height))
        )
        original, cut = (
            Kept(each, storage.store(current_app.config["PRIVATE_ROOT"], each.content))
            for each in (photo, page)
        )
        digests = [sha256(each.picture.content).hexdigest() for each in (original, cut)]
        application, by = self.application, self.applicant
        stamping.choose(application, original, digests[0], by=by, at=self._next()["at"])
        chosen = stamped.chosen(application)
        assert chosen
        stamping.hand_in(application, chosen.original_key, cut, digests[1], frame, by=by, **self._next())

    def ask_again(self) -> None:
        opinion = "右下角的公章没有拍全，请把四边都拍进去后重新上传。"
        stamping.ask_again(self.application, by=self._last_clerk, opinion=opinion, **self._next())

    def accept_page(self) -> None:
        stamping.accept(self.application, by=self._last_clerk, **self._next())

    @property
    def _last_clerk(self) -> User:
        last = last_step_of(self.application)
        assert last
        return self.clerks[last.organisation_id]

    def withdraw(self) -> None:
        workflow.withdraw(self.application, by=self.applicant, **self._next())

    @property
    def _clerk(self) -> User:
        assert self.application.holder_id
        return self.clerks[self.application.holder_id]

    def _next(self) -> dict[str, Any]:
        self.at += PACE
        return {"seen": self.application.version, "at": self.at}

    def _when(self, days_ago: float) -> dict[str, Any]:
        at = self.now - timedelta(days=days_ago)
        self.at = max(self.at, at)
        return {"seen": self.application.version, "at": at}

    def _write_table_12(self) -> None:
        for place in notices.places_of(self.application):
            self._post_notice(place)
        table = unit.Table12(
            appraisal="工作认真负责，专业能力较强，完成任务及时。",
            method="民主推荐",
            participants="单位全体专业技术人员",
            participant_count=12,
            opinion="经单位评议，同意推荐。",
            formation="召开推荐会议，集体讨论形成意见。",
        )
        unit.save_unit_opinion(self.application, table, by=self._clerk, saved=None, **self._next())

    def _post_notice(self, place: NoticePlace) -> None:
        """Entered on its first day and closed on the day after its last."""
        first, last = notice_period(self.at.date())
        assert self.application.unit
        name = self.application.unit.name if place is NoticePlace.UNIT else EMPLOYER
        version, by = self.application.version, self._clerk
        begun = datetime.combine(first, NOON, SHANGHAI)
        posted = unit.Posted(name, NoticeWay.BOARD, first, last)
        notice = unit.post_notice(self.application, place, posted, by=by, seen=unit.Seen(version), at=begun)
        over = datetime.combine(last + timedelta(days=1), NOON, SHANGHAI)
        unit.close_notice(
            self.application,
            place,
            NoticeOutcome.NONE,
            "",
            by=by,
            seen=unit.Seen(version, notice.saved_at),
            at=over,
        )
        for proof in notices.PROOFS[place]:
            picture = _drawn(proof)
            stored = [(picture, storage.store(current_app.config["PRIVATE_ROOT"], picture.content))]
            unit.add_proofs(self.application, place, proof, stored, by=by, seen=version, at=over)


@cache
def _drawn(proof: Proof) -> images.Picture:
    title = f"演示{proof.label}"
    return images.scan(f"{title}.png", pictures.paper(title, ""), limits())


def notice_period(before: date) -> tuple[date, date]:
    """A public notice that was over before that day and was long enough, in a year the calendar knows (E06)."""
    calendar = holidays()
    years = {day.year for day in calendar if day < before}
    if not years:
        raise CalendarUnknown(year=before.year)
    last = min(before - timedelta(days=1), date(max(years), 12, 31))
    first = last
    while working_days(first, last, calendar) <= NOTICE_DAYS:
        first -= timedelta(days=1)
    return first, last


def _at_department_again(walk: Walk) -> None:
    walk.submit()
    walk.approve()
    walk.return_and_resubmit(1)


def _returned(walk: Walk) -> None:
    walk.submit()
    walk.approve()
    walk.return_()


def _reset(walk: Walk) -> None:
    walk.submit()
    walk.approve()
    walk.reset()


def _last_chance(walk: Walk) -> None:
    walk.submit()
    walk.return_and_resubmit(4)


def _failed(walk: Walk) -> None:
    _last_chance(walk)
    walk.return_(confirmation=CONFIRMATION)


def _declined(walk: Walk) -> None:
    walk.submit()
    walk.decline()


def _withdrawn(walk: Walk) -> None:
    walk.submit(days_ago=DECIDE.days)
    walk.withdraw()


def _stay(walk: Walk) -> None:
    """The cover is saved and nothing more."""


def _at(stage: Stage) -> Callable[[Walk], None]:
    def tell(walk: Walk) -> None:
        walk.submit(days_ago=3 if stage is Stage.UNIT else BEGIN.days)
        walk.approve_to(stage)

    return tell


def _paper(walk: Walk) -> None:
    walk.submit()
    walk.approve_all()


def _page(walk: Walk) -> None:
    _paper(walk)
    walk.hand_in_page()


def _page_again(walk: Walk) -> None:
    _page(walk)
    walk.ask_again()


def _archived(walk: Walk) -> None:
    _page(walk)
    walk.accept_page()


@dataclass(frozen=True)
class Story:
    """Who applies, from which unit, where, for what level, and how far it goes.

    `lacks` is how many sections, with the photo, he has not filled in yet.
    """

    username: str
    name: str
    unit: str
    round: str
    level: Level
    tell: Callable[[Walk], None]
    lacks: int = 0


L = Level
# fmt: off
STORIES: tuple[Story, ...] = (
    #     user name               name        unit          committee         level               how far
    Story("demo-draft",           "示例乙",   "city",       ARCHIVES,         L.INTERMEDIATE,     _stay, lacks=2),
    Story("demo-ready",           "示例戌",   "private",    MACHINERY,        L.INTERMEDIATE,     _stay),
    Story("demo-blocked",         "示例丙",   "pending",    ARCHIVES,         L.INTERMEDIATE,     _stay),
    Story("demo-at-unit",         "示例丁",   "city",       ARCHIVES,         L.INTERMEDIATE,     _at(Stage.UNIT)),
    Story("demo-at-department",   "示例戊",   "city",       ARCHIVES,         L.INTERMEDIATE,     _at(Stage.DEPARTMENT)),
    Story("demo-resubmitted",     "示例己",   "city",       ARCHIVES,         L.INTERMEDIATE,     _at_department_again),
    Story("demo-at-bureau",       "示例庚",   "county",     ARCHIVES,         L.INTERMEDIATE,     _at(Stage.BUREAU)),
    Story("demo-at-private-desk", "示例辛",   "private",    MACHINERY,        L.INTERMEDIATE,     _at(Stage.BUREAU)),
    Story("demo-at-public-desk",  "示例壬",   "enterprise", MACHINERY_SENIOR, L.SENIOR_ASSOCIATE, _at(Stage.BUREAU)),
    Story("demo-at-city",         "示例癸",   "city",       PROVINCE,         L.SENIOR_ASSOCIATE, _at(Stage.CITY_BUREAU)),
    Story("demo-at-province",     "示例子",   "city",       PROVINCE,         L.SENIOR_FULL,      _at(Stage.COMMITTEE)),
    Story("demo-at-committee",    "示例丑",   "agency",     ARCHIVES,         L.INTERMEDIATE,     _at(Stage.COMMITTEE)),
    Story("demo-returned",        "示例寅",   "city",       ARCHIVES,         L.INTERMEDIATE,     _returned),
    Story("demo-reset",           "示例卯",   "city",       ARCHIVES,         L.INTERMEDIATE,     _reset),
    Story("demo-last-chance",     "示例辰",   "city",       ARCHIVES,         L.INTERMEDIATE,     _last_chance),
    Story("demo-failed",          "示例巳",   "city",       ARCHIVES,         L.INTERMEDIATE,     _failed),
    Story("demo-declined",        "示例午",   "city",       ARCHIVES,         L.INTERMEDIATE,     _declined),
    Story("demo-withdrawn",       "示例未",   "city",       ARCHIVES,         L.INTERMEDIATE,     _withdrawn),
    Story("demo-lapsed",          "示例申",   "city",       OVER,             L.INTERMEDIATE,     _stay),
    Story("demo-paper",           "示例酉",   "county",     ARCHIVES,         L.INTERMEDIATE,     _paper),
    Story("demo-page",            "示例乾",   "county",     ARCHIVES,         L.INTERMEDIATE,     _page),
    Story("demo-page-again",      "示例坤",   "county",     ARCHIVES,         L.INTERMEDIATE,     _page_again),
    Story("demo-archived",        "示例震",   "agency",     ARCHIVES,         L.INTERMEDIATE,     _archived),
)
# fmt: on


def tell_all(world: World, at: datetime) -> None:
    """A newcomer, the sample person who has not applied yet, and everyone else; then what is overdue lapses."""
    people.sign_up(len(STORIES) + 1, "demo-newcomer", "示例亥", at)
    sample = people.sign_up(0, "demo-applicant", "示例甲", at)
    people.fill(sample, world.units["city"], dossiers.SAMPLE_PERSON, dossiers.sample_records(at.year), at=at)
    people.upload_photo(sample, 0, at)
    for n, story in enumerate(STORIES, 1):
        _tell(story, n, world, at)
    db.session.flush()
    workflow.lapse_overdue(at=at)


def _tell(story: Story, n: int, world: World, at: datetime) -> None:
    round_, unit = world.rounds[story.round], world.units[story.unit]
    begin = round_.opens_at + timedelta(days=1)
    is_mechanic = story.round in (MACHINERY, MACHINERY_SENIOR)
    major = dossiers.MECHANICS if is_mechanic else dossiers.ARCHIVAL_SCIENCE
    leaves = professions_of(round_)
    known = dossiers.FOUNDING if is_mechanic else dossiers.ARCHIVES
    profession = find_profession(known, leaves).profession or leaves[0]
    person: Person = people.sign_up(n, story.username, story.name, begin)
    records = dossiers.brief_records(major, profession.path, unit.name, at.year)
    filled = records[: len(records) - story.lacks]
    people.fill(person, unit, dossiers.brief_person(major, profession.path), filled, at=begin)
    if not story.lacks:
        people.upload_photo(person, n, begin)
    application = workflow.start(person.account, year=round_.year, at=begin)
    save_answers(application, MAY_APPLY, by=person.account, seen=application.version, at=begin)
    cover = Cover(round_, profession, story.level, Category.REGULAR)
    save_cover(application, cover, by=person.account, seen=application.version, at=begin)
    story.tell(Walk(application, person.account, world.clerks, at))
