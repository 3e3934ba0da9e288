"""Loading seeds/ into the database: every line of a file becomes, or corrects, the row with the same key.

Rows that an administrator added have other keys and stay. What administrators own once it is loaded
(settings, route rules, form templates) is only ever inserted.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import select

from .. import clock
from ..extensions import db
from ..models import (
    AttachmentRequirement,
    Bureau,
    Committee,
    Compatibility,
    DirectoryRow,
    EngineeringSpecialty,
    FormTable,
    FormTemplate,
    Holiday,
    Major,
    PlanRow,
    Profession,
    Region,
    RouteRule,
    Series,
    Setting,
    Title,
)
from ..vocabulary import CommitteeTier, Kind, Level, RegionLevel

LEVEL_OF = {level.label: level for level in Level}

Line = dict[str, str]
Known = dict[type[Model], dict[tuple[Any, ...], Any]]


@dataclass(frozen=True)
class Sheet:
    """A file of seeds/: its table, the columns that make a row the same row, and how a line is read."""

    file: str
    model: type[Model]
    key: tuple[str, ...]
    read: Callable[[Line, int, Known], dict[str, Any]]
    insert_only: bool = False


@dataclass
class Count:
    """What became of one file's lines in one table."""

    file: str
    table: str
    rows: int = 0
    added: int = 0
    changed: int = 0


def load(folder: Path) -> list[Count]:
    """Bring the catalogues to the state of the files in `folder`; a second run changes nothing.

    Part of the caller's transaction.
    """
    known: Known = {}
    with db.session.no_autoflush:
        counts = [_load_sheet(sheet, folder, known) for sheet in SHEETS]
    db.session.flush()
    return counts


def _load_sheet(sheet: Sheet, folder: Path, known: Known) -> Count:
    rows: dict[tuple[Any, ...], Any] = {}
    for row in db.session.scalars(select(sheet.model).order_by(*sheet.model.__mapper__.primary_key)):
        rows.setdefault(_key_of(sheet, row), row)
    known[sheet.model] = rows
    count, seen = Count(sheet.file, sheet.model.__tablename__), set()
    for position, line in enumerate(_lines(folder / sheet.file), 1):
        values = sheet.read(line, position, known)
        key = tuple(values[name] for name in sheet.key)
        row = rows.get(key)
        if row is None:
            rows[key] = row = sheet.model(**values)
            db.session.add(row)
            count.added += 1
        elif key not in seen and not sheet.insert_only:
            count.changed += _correct(row, values)
        seen.add(key)
    count.rows = len(seen)
    return count


def _key_of(sheet: Sheet, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in sheet.key)


def _correct(row: Any, values: dict[str, Any]) -> bool:
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _lines(file: Path) -> Iterator[Line]:
    with open(file, encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _list(value: str) -> list[str]:
    return value.split(";") if value else []


def _region(known: Known, code: str) -> Region | None:
    return known[Region][(code,)] if code else None


def _series(line: Line, position: int, known: Known) -> dict[str, Any]:
    return {"no": int(line["series_no"]), "name": line["series"]}


def _title(line: Line, position: int, known: Known) -> dict[str, Any]:
    return {
        "series": known[Series][(int(line["series_no"]),)],
        "ladder": int(line["ladder"]),
        "level": LEVEL_OF[line["level"]],
        "name": line["title"],
        "position": position,
    }


def _plan(line: Line, position: int, known: Known) -> dict[str, Any]:
    return line | {"year": int(line["year"]), "no": int(line["no"])}


def _numbered(line: Line, position: int, known: Known) -> dict[str, Any]:
    return line | {"no": int(line["no"])}


def _a_region(line: Line, position: int, known: Known) -> dict[str, Any]:
    return {
        "code": line["code"],
        "name": line["name"],
        "level": RegionLevel(line["level"]),
        "parent": _region(known, line["parent_code"]),
        "postcode": line["postcode"],
    }


def _profession(line: Line, position: int, known: Known) -> dict[str, Any]:
    return {
        "series": known[Series][(int(line["series_no"]),)],
        "level1": line["level1"],
        "level2": line["level2"],
        "level3": line["level3"],
        "ladder": int(line["ladder"]),
        "position": position,
    }


def _major(line: Line, position: int, known: Known) -> dict[str, Any]:
    return line | {"position": position}


def _as_is(line: Line, position: int, known: Known) -> dict[str, Any]:
    return dict(line)


def _holiday(line: Line, position: int, known: Known) -> dict[str, Any]:
    return {
        "day": date.fromisoformat(line["date"]),
        "working": line["working"] == "1",
        "name": line["name"],
    }


def _attachment(line: Line, position: int, known: Known) -> dict[str, Any]:
    flags = {name: line[name] == "1" for name in ("required", "by_default")}
    numbers = {"year": int(line["year"]), "no": int(line["no"])}
    return line | flags | numbers | {"natures": _list(line["natures"])}


def _desk(line: Line, position: int, known: Known) -> dict[str, Any]:
    """A line of the guide's desks. The metro, a committee, has no region: no route ever picks it (X-19)."""
    phones = _list(line["phones"])
    return {
        "no": int(line["no"]),
        "name": line["name"],
        "scope": line["scope"],
        "address": line["address"],
        "phones": phones,
        "phone": phones[0],
        "region": _region(known, line["region_code"]),
        "natures": _list(line["natures"]),
        "services": _list(line["services"]),
        "is_city": False,
    }


def _city_bureau(line: Line, position: int, known: Known) -> dict[str, Any]:
    return {
        "is_city": True,
        "region": _region(known, line["region_code"]),
        "name": line["name"],
        "phones": [line["phone"]],
        "phone": line["phone"],
    }


def _committee(line: Line, position: int, known: Known) -> dict[str, Any]:
    return {
        "code": line["code"],
        "name": line["name"],
        "aliases": _list(line["aliases"]),
        "tier": CommitteeTier(line["tier"]),
        "region": _region(known, line["region_code"]),
        "levels": _list(line["levels"]),
        "series_nos": [int(each) for each in _list(line["series_nos"])],
        "organizer": line["organizer"],
        "phone": line["phone"],
    }


def _route_rule(line: Line, position: int, known: Known) -> dict[str, Any]:
    lists = {name: _list(line[name]) for name in ("natures", "tiers", "committee_tiers", "levels", "steps")}
    return {
        "position": int(line["position"]),
        "kind": Kind(line["kind"]),
        "note": line["note"],
        **lists,
    }


def _template(line: Line, position: int, known: Known) -> dict[str, Any]:
    """Published by nobody: it is what the sources print (X-06)."""
    return {
        "name": line["name"],
        "year": int(line["year"]),
        "series": known[Series][(int(line["series_no"]),)],
        "content": json.loads(line["content"]),
        "published_at": clock.now(),
    }


YEARLY = ("year", "tier", "no")
LEAF = ("level1", "level2", "level3")

# A file stands below the files it refers to.
SHEETS = (
    Sheet("titles.csv", Series, ("no",), _series),
    Sheet("titles.csv", Title, ("series", "ladder", "level"), _title),
    Sheet("plan.csv", PlanRow, YEARLY, _plan),
    Sheet("directory.csv", DirectoryRow, YEARLY, _plan),
    Sheet("regions.csv", Region, ("code",), _a_region),
    Sheet("desks.csv", Bureau, ("is_city", "no"), _desk),
    Sheet("bureaus.csv", Bureau, ("is_city", "region"), _city_bureau),
    Sheet("committees.csv", Committee, ("code",), _committee),
    Sheet("engineering_specialties.csv", EngineeringSpecialty, ("no",), _numbered),
    Sheet("professions.csv", Profession, LEAF, _profession),
    Sheet("majors.csv", Major, LEAF, _major),
    Sheet("compatibility.csv", Compatibility, ("major_level1", "major_level2", "profession_level1"), _as_is),
    Sheet("holidays.csv", Holiday, ("day",), _holiday),
    Sheet("attachment_requirements.csv", AttachmentRequirement, ("year", "no"), _attachment),
    Sheet("form_tables.csv", FormTable, ("no",), _numbered),
    Sheet("form_templates.csv", FormTemplate, ("name", "year"), _template, insert_only=True),
    Sheet("settings.csv", Setting, ("key",), _as_is, insert_only=True),
    Sheet("route_rules.csv", RouteRule, ("position",), _route_rule, insert_only=True),
)
