"""The catalogues: titles, plans, directories, trees, regions, calendars, settings (CAT-01…CAT-10).

Rows keep the wording and the order of the sources; years keep versions apart.
"""

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..vocabulary import Kind, Level, RegionLevel
from .columns import Json, Name, Pk, to, word


class Series(Model):
    """One of the 26 series of titles; `no` is its number in the source (CAT-01)."""

    __tablename__ = "series"

    id: Mapped[Pk]
    no: Mapped[int] = mapped_column(unique=True)
    name: Mapped[Name] = mapped_column(String(100), unique=True)

    def __repr__(self) -> str:
        return self.name


class Title(Model):
    """A title; the same name repeats across series, so the key is series + ladder + level."""

    __tablename__ = "title"
    __table_args__ = (UniqueConstraint("series_id", "ladder", "level"),)

    id: Mapped[Pk]
    series_id: Mapped[int] = to("series")
    ladder: Mapped[int]
    level: Mapped[Level] = mapped_column(word(Level))
    name: Mapped[Name] = mapped_column(String(100), index=True)
    position: Mapped[int]
    # A national examination gives this title; no review may be applied for (ELI-10).
    by_exam: Mapped[bool] = mapped_column(default=False, server_default=false())

    series: Mapped[Series] = relationship()

    def __repr__(self) -> str:
        return self.name


class Region(Model):
    __tablename__ = "region"

    id: Mapped[Pk]
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[Name]
    level: Mapped[RegionLevel] = mapped_column(word(RegionLevel))
    parent_id: Mapped[int | None] = to("region")
    postcode: Mapped[str] = mapped_column(String(6), default="")

    parent: Mapped["Region | None"] = relationship(remote_side="Region.id")

    @property
    def is_district(self) -> bool:
        """A unit's region must reach this depth (UNI-04)."""
        return self.level in (RegionLevel.DISTRICT, RegionLevel.ZONE)

    def __repr__(self) -> str:
        return self.name


class Leaf:
    """What the two three-level trees share: a leaf and its path."""

    level1: Mapped[Name]
    level2: Mapped[Name]
    level3: Mapped[Name]

    @property
    def path(self) -> str:
        return f"{self.level1} › {self.level2} › {self.level3}"

    def __repr__(self) -> str:
        return self.path


class Profession(Leaf, Model):
    """A leaf of the tree of professions; with a level, its series and ladder give the title (X-17)."""

    __tablename__ = "profession"
    __table_args__ = (UniqueConstraint("level1", "level2", "level3"),)

    id: Mapped[Pk]
    series_id: Mapped[int] = to("series")
    ladder: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)

    series: Mapped[Series] = relationship()


class Major(Leaf, Model):
    """A leaf of the tree of fields of study."""

    __tablename__ = "major"
    __table_args__ = (UniqueConstraint("level1", "level2", "level3"),)

    id: Mapped[Pk]
    position: Mapped[int] = mapped_column(default=0)


class Compatibility(Model):
    """Which fields of study agree with which professions (X-16); an empty class means every class."""

    __tablename__ = "compatibility"
    __table_args__ = (UniqueConstraint("major_level1", "major_level2", "profession_level1"),)

    id: Mapped[Pk]
    major_level1: Mapped[Name]
    major_level2: Mapped[Name] = mapped_column(default="")
    profession_level1: Mapped[Name]

    def __repr__(self) -> str:
        return f"{self.major_level1} {self.major_level2} - {self.profession_level1}"


class PlanRow(Model):
    """A row of a year's review plan as printed (CAT-02, CAT-03)."""

    __tablename__ = "plan_row"
    __table_args__ = (UniqueConstraint("year", "tier", "no"),)

    id: Mapped[Pk]
    year: Mapped[int]
    tier: Mapped[str] = mapped_column(String(20))
    no: Mapped[int]
    name: Mapped[Name]
    organizer: Mapped[Name]
    due: Mapped[str] = mapped_column(String(20))

    def __repr__(self) -> str:
        return self.name


class DirectoryRow(Model):
    """A row of a year's directory of committees as printed (CAT-04, CAT-05)."""

    __tablename__ = "directory_row"
    __table_args__ = (UniqueConstraint("year", "tier", "no"),)

    id: Mapped[Pk]
    year: Mapped[int]
    tier: Mapped[str] = mapped_column(String(20))
    no: Mapped[int]
    name: Mapped[Name]
    scope: Mapped[str] = mapped_column(String(500))
    organizer: Mapped[Name]
    phone: Mapped[str] = mapped_column(String(60))

    def __repr__(self) -> str:
        return self.name


class EngineeringSpecialty(Model):
    """A specialty whose applicants must choose the series 工程技术 (CAT-07)."""

    __tablename__ = "engineering_specialty"

    id: Mapped[Pk]
    no: Mapped[int] = mapped_column(unique=True)
    name: Mapped[Name] = mapped_column(String(100), unique=True)

    def __repr__(self) -> str:
        return self.name


RECOGNITION_GROUP = "考核定职材料"


class AttachmentRequirement(Model):
    """A row of the attachment checklist (CAT-08, ATT-02); `section_slug` says where it is asked for."""

    __tablename__ = "attachment_requirement"
    __table_args__ = (UniqueConstraint("year", "no"),)

    id: Mapped[Pk]
    year: Mapped[int]
    no: Mapped[int]
    group: Mapped[Name]
    name: Mapped[str] = mapped_column(String(300))
    required: Mapped[bool]
    section_slug: Mapped[str] = mapped_column(String(40))
    hint: Mapped[str] = mapped_column(String(500), default="")
    asked_by: Mapped[str] = mapped_column(String(60), default="")
    # A drawing of static/samples that shows what is meant; empty for none.
    sample: Mapped[str] = mapped_column(String(40), default="")
    # Whether rounds that name no requirements of their own ask for it (ELI-12).
    by_default: Mapped[bool] = mapped_column(default=True)
    # Of whose units' people it is asked; none named: of everybody (REC-05).
    natures: Mapped[Json] = mapped_column(default=list, server_default="[]")

    def is_usual(self, kind: Kind) -> bool:
        """Whether rounds of the kind ask for it that name nothing themselves: recognition asks for the ID and for the
        materials of its own group (REC-05)."""
        if kind is Kind.RECOGNITION:
            is_id = self.section_slug == "identity" and self.by_default
            return is_id or self.group == RECOGNITION_GROUP
        return self.by_default

    def __repr__(self) -> str:
        return self.name


class FormTable(Model):
    """A line of the form's contents (CAT-09)."""

    __tablename__ = "form_table"

    id: Mapped[Pk]
    no: Mapped[int] = mapped_column(unique=True)
    name: Mapped[Name]

    def __repr__(self) -> str:
        return self.name


class Holiday(Model):
    """A day that differs from “Monday to Friday works” in the official calendar (E06)."""

    __tablename__ = "holiday"

    id: Mapped[Pk]
    day: Mapped[date] = mapped_column(unique=True)
    working: Mapped[bool]
    name: Mapped[Name]

    def __repr__(self) -> str:
        return f"{self.day} {self.name}"


class Setting(Model):
    """A contact number, address or hint that people see; never a literal in the code (CAT-10, ATT-06)."""

    __tablename__ = "setting"

    id: Mapped[Pk]
    key: Mapped[str] = mapped_column(String(60), unique=True)
    value: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(String(200), default="")

    def __repr__(self) -> str:
        return self.key


class RouteRule(Model):
    """One row of the route's rules (domain.md 3); rows are tried by position, the first match wins.

    Lists are empty where any value fits. A step with a trailing `?` is taken by state units only.
    """

    __tablename__ = "route_rule"

    id: Mapped[Pk]
    position: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[Kind] = mapped_column(word(Kind))
    natures: Mapped[Json]
    tiers: Mapped[Json]
    committee_tiers: Mapped[Json]
    levels: Mapped[Json]
    steps: Mapped[Json]
    note: Mapped[str] = mapped_column(String(200), default="")

    def __repr__(self) -> str:
        return f"{self.position}"


class SeriesEntry(Model):
    """An entry page of a series' own: its address, title and hints (ACC-18)."""

    __tablename__ = "series_entry"

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    series_id: Mapped[int] = to("series")
    title: Mapped[str] = mapped_column(String(60))
    header: Mapped[str] = mapped_column(String(60), default="")
    hint: Mapped[str] = mapped_column(Text, default="")
    attachment_hint: Mapped[str] = mapped_column(Text, default="")
    active: Mapped[bool] = mapped_column(default=True)

    series: Mapped[Series] = relationship()

    def __repr__(self) -> str:
        return self.title
