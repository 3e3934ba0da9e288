"""Organisations of four kinds, who acts for them, and which department a unit reports to."""

from datetime import datetime
from unicodedata import normalize

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..protection import INDEX_LENGTH, Sealed, keep_index
from ..vocabulary import N_, Choice, CommitteeTier, Nature, Role, Tier, UnitCheck
from .columns import Json, Moment, Name, Pk, to, word
from .reference import Region


class Organisation(Model):
    """What route steps, memberships and scopes point at; the kinds are its subclasses."""

    __tablename__ = "organisation"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "organisation"}

    id: Mapped[Pk]
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[Name] = mapped_column(String(100), index=True)
    phone: Mapped[str] = mapped_column(String(60), default="")
    region_id: Mapped[int | None] = to("region")

    region: Mapped[Region | None] = relationship()

    def __repr__(self) -> str:
        return self.name


class Unit(Organisation):
    """An employing unit; the starred fields of UNI-01 may be empty until its clerk fills them."""

    __tablename__ = "unit"
    __mapper_args__ = {"polymorphic_identity": "unit"}

    id: Mapped[int] = to("organisation", primary_key=True, index=False)
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    nature: Mapped[Nature | None] = mapped_column(word(Nature))
    tier: Mapped[Tier | None] = mapped_column(word(Tier))
    contact: Mapped[str | None] = mapped_column(String(30))
    contact_phone: Mapped[str | None] = mapped_column(Sealed("unit.contact_phone"))
    contact_phone_index: Mapped[str | None] = mapped_column(String(INDEX_LENGTH))
    fax: Mapped[str | None] = mapped_column(String(30))
    address: Mapped[str | None] = mapped_column(String(200))
    remark: Mapped[str | None] = mapped_column(String(100))
    # Two units of one name are one unit signed up twice (ACC-17): see name_key_of().
    name_key: Mapped[str | None] = mapped_column(String(200), unique=True, index=True)
    registered_at: Mapped[datetime | None] = mapped_column(Moment)
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    verified_by_id: Mapped[int | None] = to("ab_user", index=False)
    verified_how: Mapped[UnitCheck | None] = mapped_column(word(UnitCheck))
    # What the desk last asked of a unit that it could not verify yet.
    verification_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    noted_at: Mapped[datetime | None] = mapped_column(Moment)
    # The year in which nobody applies through this unit, because it neglected its review (UNI-11).
    suspended_year: Mapped[int | None]
    suspension_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")

    @property
    def missing(self) -> tuple[str, ...]:
        """The starred fields that are empty, by their labels (UNI-01, UNI-03)."""
        starred = {
            N_("单位性质"): self.nature,
            N_("单位等级"): self.tier,
            N_("行政区域"): self.region_id,
            N_("联系电话"): self.contact_phone,
        }
        return tuple(label for label, value in starred.items() if not value)


def name_key_of(name: str) -> str:
    """What two spellings of one unit's name share: width, case and blanks do not tell units apart."""
    return "".join(normalize("NFKC", name).split()).casefold()[:200]


def _keep_name_key(unit: Unit, name: str, _old: object, _initiator: object) -> None:
    unit.name_key = name_key_of(name)


event.listen(Unit.name, "set", _keep_name_key)
keep_index(Unit, "contact_phone")


class Department(Organisation):
    """A competent department: it approves the units that choose it and reviews their people."""

    __tablename__ = "department"
    __mapper_args__ = {"polymorphic_identity": "department"}

    id: Mapped[int] = to("organisation", primary_key=True, index=False)


class Bureau(Organisation):
    """A desk of a human-resources bureau; a district can have several, split by unit nature (CAT-06, X-19)."""

    __tablename__ = "bureau"
    __mapper_args__ = {"polymorphic_identity": "bureau"}

    id: Mapped[int] = to("organisation", primary_key=True, index=False)
    no: Mapped[int | None] = mapped_column(unique=True)
    is_city: Mapped[bool] = mapped_column(default=False)
    scope: Mapped[str] = mapped_column(String(500), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phones: Mapped[Json] = mapped_column(default=list)
    natures: Mapped[Json] = mapped_column(default=list)
    services: Mapped[Json] = mapped_column(default=list)


class Committee(Organisation):
    """A review committee under a stable code; other spellings of its name are aliases (X-10)."""

    __tablename__ = "committee"
    __mapper_args__ = {"polymorphic_identity": "committee"}

    id: Mapped[int] = to("organisation", primary_key=True, index=False)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    aliases: Mapped[Json] = mapped_column(default=list)
    tier: Mapped[CommitteeTier] = mapped_column(word(CommitteeTier))
    levels: Mapped[Json] = mapped_column(default=list)
    series_nos: Mapped[Json] = mapped_column(default=list)
    organizer: Mapped[str] = mapped_column(String(100), default="")


ADMINISTRATOR = "role IN ('super_admin', 'security_admin', 'auditor')"


class Membership(Model):
    """For whom an account acts, and as what: the only source of a person's roles."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "organisation_id", "role"),
        Index(
            "uq_membership_without_organisation",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("organisation_id IS NULL"),
            postgresql_where=text("organisation_id IS NULL"),
        ),
        # Configuration, accounts and audit lie with three persons (B13).
        Index(
            "uq_membership_administrator",
            "user_id",
            unique=True,
            sqlite_where=text(ADMINISTRATOR),
            postgresql_where=text(ADMINISTRATOR),
        ),
        CheckConstraint(
            "(organisation_id IS NULL) = "
            "(role IN ('applicant', 'hotline', 'super_admin', 'security_admin', 'auditor'))",
            name="ck_membership_organisation",
        ),
    )

    id: Mapped[Pk]
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE")
    organisation_id: Mapped[int | None] = to("organisation")
    role: Mapped[Role] = mapped_column(word(Role))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organisation: Mapped[Organisation | None] = relationship()

    def __repr__(self) -> str:
        return f"{self.user} - {self.role.label}"


class UnitDepartment(Model):
    """A unit's choice of a competent department and what the department said (UNI-05…07)."""

    __tablename__ = "unit_department"
    __table_args__ = (
        UniqueConstraint("unit_id", "department_id"),
        Index(
            "uq_unit_department_default",
            "unit_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[Pk]
    unit_id: Mapped[int] = to("unit")
    department_id: Mapped[int] = to("department")
    is_default: Mapped[bool] = mapped_column(default=False)
    status: Mapped[Choice] = mapped_column(word(Choice), default=Choice.PENDING)
    opinion: Mapped[str] = mapped_column(String(500), default="")
    submitted_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = to("ab_user", index=False)

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    department: Mapped[Department] = relationship(foreign_keys=[department_id])

    def __repr__(self) -> str:
        return f"{self.unit} - {self.department}"
