"""Rounds, applications, their routes, snapshots and history (domain.md 3, 4).

Status, step, holder and counters of an application are written by app/workflow/operations.py
only, in guarded SQL together with the Decision that explains them. Decisions are never changed.
"""

from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    cast,
    event,
    inspect,
    or_,
)
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..clock import SHANGHAI
from ..protection import Sealed
from ..vocabulary import Category, Event, Kind, Level, Stage, Status
from .columns import Json, Moment, Pk, sought, to, word
from .forms import FormTemplate
from .organisations import Committee, Organisation, Unit
from .reference import AttachmentRequirement, Profession, Title

# From a moment up to, without, another.
Span = tuple[datetime, datetime]
FILTERED = ("level", "category", "submission_no", "round_id")


class Round(Model):
    """One committee's intake in one year for one kind: the half-open window [opens_at, closes_at) (CYC-01, X-20).

    Applicants meet a round once it is published. Recognition takes in applications in the named `months` of the
    window only (CYC-08); without any, the whole window counts.
    """

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("committee_id", "year", "kind"),
        CheckConstraint("opens_at < closes_at", name="ck_round_window"),
        CheckConstraint("corrections_until >= closes_at", name="ck_round_corrections"),
    )

    id: Mapped[Pk]
    committee_id: Mapped[int] = to("committee")
    year: Mapped[int]
    kind: Mapped[Kind] = mapped_column(word(Kind), default=Kind.REVIEW)
    months: Mapped[Json] = mapped_column(default=list, server_default="[]")
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    # A provincial committee receives from the city; its window follows from these (CYC-03, CYC-04).
    receives_from: Mapped[date | None]
    receives_until: Mapped[date | None]
    in_one_batch: Mapped[bool | None]
    # Why the window differs from what follows; empty where it does not.
    times_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    opens_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    corrections_until: Mapped[datetime] = mapped_column(Moment)
    tenure_until: Mapped[date]
    levels: Mapped[Json] = mapped_column(default=list)
    categories: Mapped[Json] = mapped_column(default=list)
    # The accepted professions by id; none: all of the committee's series.
    profession_ids: Mapped[Json] = mapped_column(default=list, server_default="[]")
    required_sections: Mapped[Json] = mapped_column(default=list)
    major_mismatch_blocks: Mapped[bool] = mapped_column(default=False)
    notice: Mapped[str] = mapped_column(Text, default="")
    # The printed form's template; none: what applies to the committee's series and year (dossier/templates.py).
    form_template_id: Mapped[int | None] = to("form_template", index=False)

    committee: Mapped[Committee] = relationship()
    form_template: Mapped[FormTemplate | None] = relationship()

    @hybrid_method
    def is_open(self, at: datetime) -> bool:
        """Published, and `at` lies in the window and, with `months`, in one of them by the calendar of Kunming."""
        spans = self.spans() if self.published_at else ()
        return any(opens <= at < closes for opens, closes in spans)

    @is_open.inplace.expression  # type: ignore[attr-defined]
    @classmethod
    def _is_open(cls, at: datetime) -> ColumnElement[bool]:
        named = cast(cls.months, String)
        month = at.astimezone(SHANGHAI).month
        here = [f"[{month}]", f"[{month}, %", f"%, {month}, %", f"%, {month}]"]
        return and_(
            cls.published_at.is_not(None),
            cls.opens_at <= at,
            cls.closes_at > at,
            or_(named == "[]", *(named.like(each) for each in here)),
        )

    def spans(self) -> list[Span]:
        """When it takes applications in, in order: the whole window, or its named months (CYC-08)."""
        if not self.months:
            return [(self.opens_at, self.closes_at)]
        found: list[Span] = []
        start = self.opens_at.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        while start < self.closes_at:
            end = (start + timedelta(days=32)).replace(day=1)
            if start.month in self.months:
                opens, closes = max(start, self.opens_at), min(end, self.closes_at)
                if found and found[-1][1] == opens:
                    opens = found.pop()[0]
                found.append((opens, closes))
            start = end
        return found

    def span_at(self, at: datetime) -> Span | None:
        """The span that is running, else the next one; None when all are over."""
        return next((each for each in self.spans() if at < each[1]), None)

    def __repr__(self) -> str:
        return f"{self.year} {self.committee}"


class RoundRequirement(Model):
    """What a round asks for of the checklist, where it says so itself (ELI-12); none: what is asked by default."""

    __tablename__ = "round_requirement"
    __table_args__ = (UniqueConstraint("round_id", "requirement_id"),)

    id: Mapped[Pk]
    round_id: Mapped[int] = to("round", ondelete="CASCADE")
    requirement_id: Mapped[int] = to("attachment_requirement", index=False)
    required: Mapped[bool]
    hint: Mapped[str] = mapped_column(String(500), default="")

    round: Mapped[Round] = relationship()
    requirement: Mapped[AttachmentRequirement] = relationship()

    def __repr__(self) -> str:
        return str(self.requirement)


class Application(Model):
    """A person's application of a year and kind; it survives resets and withdrawals, so its counters do too."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("applicant_id", "year", "kind"),
        # One office's rows in order, without a sort; a filter is judged in the index too (performance.md).
        Index("ix_application_waiting", "holder_id", "status", "waiting_since", "id", *FILTERED),
        Index("ix_application_due", "holder_id", "status", "due_at", "id", *FILTERED),
        Index("ix_application_name", "holder_id", "status", "name", "id"),
        Index("ix_application_initials", "holder_id", "status", "initials", "id"),
        Index("ix_application_unit", "unit_id", "status", "id"),
        CheckConstraint(
            "chances_used >= 0 AND opinions_used BETWEEN 0 AND chances_used", name="ck_application_counters"
        ),
        CheckConstraint(
            "(status IN ('in_review', 'returned')) = (holder_id IS NOT NULL)", name="ck_application_holder"
        ),
        CheckConstraint(
            "status NOT IN ('in_review', 'returned') OR step IS NOT NULL", name="ck_application_step"
        ),
    )

    id: Mapped[Pk]
    number: Mapped[str] = mapped_column(sought(20), unique=True)
    applicant_id: Mapped[int] = to("ab_user", index=False)
    year: Mapped[int]
    kind: Mapped[Kind] = mapped_column(word(Kind), default=Kind.REVIEW)

    # The cover (APP-02); `title_id` follows from profession and level, never chosen.
    round_id: Mapped[int | None] = to("round")
    profession_id: Mapped[int | None] = to("profession", index=False)
    level: Mapped[Level | None] = mapped_column(word(Level))
    category: Mapped[Category | None] = mapped_column(word(Category))
    title_id: Mapped[int | None] = to("title", index=False)
    unit_id: Mapped[int | None] = to("unit", index=False)
    cover_saved_at: Mapped[datetime | None] = mapped_column(Moment)
    # The fields of the sections when the application was begun; none: as declared.
    form_version_id: Mapped[int | None] = to("form_version", index=False)

    status: Mapped[Status] = mapped_column(word(Status), default=Status.DRAFT)
    step: Mapped[int | None]
    stage: Mapped[Stage | None] = mapped_column(word(Stage))
    holder_id: Mapped[int | None] = to("organisation", index=False)
    route_no: Mapped[int] = mapped_column(default=0)
    submission_no: Mapped[int] = mapped_column(default=0)
    snapshot_id: Mapped[int | None]
    chances_used: Mapped[int] = mapped_column(default=0)
    opinions_used: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    # When the person last turned to it again, having another of the year (dossier/applications.py).
    taken_up_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)
    # What lists sort and search by, kept on the row so that its index answers (performance.md):
    # until when it can be corrected, the applicant's name as searched, the initials of its pinyin.
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    name: Mapped[str] = mapped_column(sought(100), default="", server_default="")
    initials: Mapped[str] = mapped_column(sought(40), default="", server_default="")

    applicant: Mapped[User] = relationship()
    round: Mapped[Round | None] = relationship()
    profession: Mapped[Profession | None] = relationship()
    title: Mapped[Title | None] = relationship()
    unit: Mapped[Unit | None] = relationship(foreign_keys=[unit_id])
    holder: Mapped[Organisation | None] = relationship(foreign_keys=[holder_id])
    eligibility: Mapped["Eligibility | None"] = relationship(viewonly=True)
    decisions: Mapped[list["Decision"]] = relationship(order_by="Decision.id", back_populates="application")

    def __repr__(self) -> str:
        return self.number


class RouteStep(Model):
    """An office on the way of one submission's route; `reached_at` is when the application first came there."""

    __tablename__ = "route_step"
    __table_args__ = (
        UniqueConstraint("application_id", "route_no", "position"),
        Index("ix_route_step_office", "organisation_id", "application_id", "reached_at"),
    )

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False)
    route_no: Mapped[int]
    position: Mapped[int]
    stage: Mapped[Stage] = mapped_column(word(Stage))
    organisation_id: Mapped[int] = to("organisation", index=False)
    reached_at: Mapped[datetime | None] = mapped_column(Moment)

    organisation: Mapped[Organisation] = relationship()


class Snapshot(Model):
    """The dossier as submitted: canonical JSON and its SHA-256. Every opinion names the one it judged (D10)."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False)
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    # The person's numbers, which `content` names by a digest only (D01); see dossier/snapshot.py.
    identity: Mapped[str] = mapped_column(Sealed("snapshot.identity", 200))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Decision(Model):
    """One line of the review history: who did what as whom, from where to where. Append-only."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_application", "application_id", "id"),
        Index("ix_decision_office", "organisation_id", "id"),
    )

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False)
    event: Mapped[Event] = mapped_column(word(Event))
    by_id: Mapped[int | None] = to("ab_user", index=False)
    organisation_id: Mapped[int | None] = to("organisation", index=False)
    stage: Mapped[Stage | None] = mapped_column(word(Stage))
    snapshot_id: Mapped[int | None] = to("snapshot", index=False)
    opinion: Mapped[str] = mapped_column(String(1000), default="")
    from_status: Mapped[Status] = mapped_column(word(Status, check="from_status"))
    to_status: Mapped[Status] = mapped_column(word(Status, check="to_status"))
    from_step: Mapped[int | None]
    to_step: Mapped[int | None]
    chances_used: Mapped[int]
    opinions_used: Mapped[int]
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)

    application: Mapped[Application] = relationship(back_populates="decisions")
    by: Mapped[User | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class UnitOpinion(Model):
    """Table 12 (OPN-01): written by the unit before its decision; void after a reset."""

    __tablename__ = "unit_opinion"
    __table_args__ = (UniqueConstraint("application_id", "route_no"),)

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False)
    route_no: Mapped[int]
    appraisal: Mapped[str] = mapped_column(String(1000))
    method: Mapped[str] = mapped_column(String(200))
    participants: Mapped[str] = mapped_column(String(200))
    participant_count: Mapped[int]
    opinion: Mapped[str] = mapped_column(String(500))
    formation: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = to("ab_user", index=False)
    saved_at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[User] = relationship()


class Eligibility(Model):
    """What an applicant has answered about who may apply, for one application (ELI-01…11)."""

    __tablename__ = "eligibility"

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False, unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class Opening(Model):
    """Who of an office last opened an application, and at which version: a decision on it can then no longer be
    taken back, and only what was opened can be approved together with others."""

    __tablename__ = "opening"
    __table_args__ = (UniqueConstraint("application_id", "user_id"),)

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False)
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE")
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)


class ReviewNote(Model):
    """What an office wants changed at one place of a submission.

    `place` is the cover, the person, the attachments or a section's slug; `record` the id of a record (or of a
    requirement), `field` a field's name; both empty: the whole. A draft of its office until `decision_id` names the
    return or reset it went out with; from then on the applicant reads it at that place until he has handled it.
    """

    __tablename__ = "review_note"
    __table_args__ = (Index("ix_review_note_application", "application_id", "decision_id", "id"),)

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False)
    submission_no: Mapped[int]
    organisation_id: Mapped[int] = to("organisation", index=False)
    by_id: Mapped[int] = to("ab_user", index=False)
    place: Mapped[str] = mapped_column(String(40))
    record: Mapped[int | None]
    field: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Moment)
    decision_id: Mapped[int | None] = to("decision", index=False)
    handled_at: Mapped[datetime | None] = mapped_column(Moment)

    by: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
    decision: Mapped["Decision | None"] = relationship()


class ImmutableRow(RuntimeError):
    """Code tried to change a row that is history."""


def _refuse_change(mapper: Any, connection: Any, row: Any) -> None:
    if inspect(row).session.is_modified(row, include_collections=False):
        raise ImmutableRow(f"{type(row).__name__} {row.id} is append-only")


def _refuse_delete(mapper: Any, connection: Any, row: Any) -> None:
    raise ImmutableRow(f"{type(row).__name__} {row.id} is append-only")


for history in (Decision, Snapshot):
    event.listen(history, "before_update", _refuse_change)
    event.listen(history, "before_delete", _refuse_delete)
