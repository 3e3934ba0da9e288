"""The catalogues as the sources print them: one export, and where plan and directory disagree (X-10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import Bureau, Committee, DirectoryRow, EngineeringSpecialty, PlanRow, Title
from ..vocabulary import N_

TIERS = ("senior", "intermediate")


def export() -> dict[str, list[Any]]:
    """The catalogues in the sources' order and wording, ready for JSON (CAT-01…07); of the latest year."""
    return {
        "titles": _titles(),
        **{f"plan_{tier}": _plan(tier) for tier in TIERS},
        **{f"directory_{tier}": _directory(tier) for tier in TIERS},
        "desks": _desks(),
        "engineering_specialties": list(
            db.session.scalars(select(EngineeringSpecialty.name).order_by(EngineeringSpecialty.no))
        ),
    }


def _titles() -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(Title).options(joinedload(Title.series)).order_by(Title.position, Title.id)
    )
    return [
        {
            "series_no": row.series.no,
            "series": row.series.name,
            "ladder": row.ladder,
            "level": row.level.label,
            "title": row.name,
        }
        for row in rows
    ]


def _plan(tier: str) -> list[dict[str, Any]]:
    return [
        {"no": row.no, "name": row.name, "organizer": row.organizer, "due": row.due}
        for row in _latest(PlanRow, tier)
    ]


def _directory(tier: str) -> list[dict[str, Any]]:
    return [
        {"no": row.no, "name": row.name, "scope": row.scope, "organizer": row.organizer, "phone": row.phone}
        for row in _latest(DirectoryRow, tier)
    ]


def _desks() -> list[dict[str, Any]]:
    rows = db.session.scalars(select(Bureau).where(Bureau.no.is_not(None)).order_by(Bureau.no))
    return [
        {"no": row.no, "name": row.name, "scope": row.scope, "address": row.address, "phones": row.phones}
        for row in rows
    ]


def _latest(model: type[PlanRow] | type[DirectoryRow], tier: str) -> list[Any]:
    latest = select(func.max(model.year)).where(model.tier == tier).scalar_subquery()
    return list(
        db.session.scalars(select(model).where(model.tier == tier, model.year == latest).order_by(model.no))
    )


@dataclass(frozen=True)
class Difference:
    """One point in which plan and directory disagree about a committee; None where it does not stand."""

    about: str
    code: str
    plan: str | None
    directory: str | None


NAME, ORGANIZER, MISSING, UNKNOWN = N_("名称不同"), N_("组建单位不同"), N_("只在一处"), N_("不属于任何评委会")


def differences() -> list[Difference]:
    """Where the latest plan and directory disagree, committee by committee; an alias names the same one."""
    committees = list(db.session.scalars(select(Committee).order_by(Committee.code)))
    code_of = {name: each.code for each in committees for name in (each.name, *each.aliases)}
    found: list[Difference] = []
    for tier in TIERS:
        plan, directory = _latest(PlanRow, tier), _latest(DirectoryRow, tier)
        found += _unknown(plan, directory, code_of)
        planned = {code_of[row.name]: row for row in plan if row.name in code_of}
        listed = {code_of[row.name]: row for row in directory if row.name in code_of}
        for code in sorted(planned.keys() | listed.keys()):
            found += _compare(code, planned.get(code), listed.get(code))
    return found


def _unknown(plan: Iterable[Any], directory: Iterable[Any], code_of: dict[str, str]) -> list[Difference]:
    return [Difference(UNKNOWN, "", row.name, None) for row in plan if row.name not in code_of] + [
        Difference(UNKNOWN, "", None, row.name) for row in directory if row.name not in code_of
    ]


def _compare(code: str, planned: Any, listed: Any) -> list[Difference]:
    if planned is None or listed is None:
        return [Difference(MISSING, code, planned and planned.name, listed and listed.name)]
    found = []
    if planned.name != listed.name:
        found.append(Difference(NAME, code, planned.name, listed.name))
    if planned.organizer != listed.organizer:
        found.append(Difference(ORGANIZER, code, planned.organizer, listed.organizer))
    return found
