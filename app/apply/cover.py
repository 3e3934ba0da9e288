"""What a cover may say: each choice filters the next (APP-02, CYC-05, X-16, X-17)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from ..dossier.trees import CANDIDATES, SEPARATOR
from ..extensions import db
from ..models import EngineeringSpecialty, Profession, Round
from ..organisations.rounds import taken_by

ENGINEERING = 5  # the number of 工程技术人员 in the catalogue of titles (CAT-01, CAT-07)


@dataclass(frozen=True)
class Meant:
    """The profession that was meant; where that is not clear, the ones it might be."""

    profession: Profession | None
    candidates: tuple[str, ...] = ()


def professions_of(round_: Round) -> list[Profession]:
    """The leaves that the round takes, in the order of the catalogue."""
    query = select(Profession).where(taken_by(round_)).order_by(Profession.position, Profession.id)
    return list(db.session.scalars(query))


def find_profession(text: str, offered: Iterable[Profession]) -> Meant:
    """The offered leaf of that path, or of that last name if it is the only one."""
    parts = tuple(part.strip() for part in text.replace(">", SEPARATOR).split(SEPARATOR))
    leaves = list(offered)
    whole = [leaf for leaf in leaves if (leaf.level1, leaf.level2, leaf.level3) == parts]
    named = whole or [leaf for leaf in leaves if leaf.level3 == parts[-1]]
    if len(named) == 1:
        return Meant(named[0])
    near = named or [leaf for leaf in leaves if parts[-1] and parts[-1] in leaf.level2 + leaf.level3]
    return Meant(None, tuple(leaf.path for leaf in near[:CANDIDATES]))


def belongs_to_engineering(profession: Profession) -> bool:
    """Whether the profession is a specialty that goes with 工程技术, yet is of another series (CAT-07)."""
    if profession.series.no == ENGINEERING:
        return False
    names = (profession.level2, profession.level2[:-1], profession.level3)  # as in 机械类
    return bool(
        db.session.scalar(select(EngineeringSpecialty.id).where(EngineeringSpecialty.name.in_(names)))
    )


def engineering_specialties() -> list[str]:
    return list(db.session.scalars(select(EngineeringSpecialty.name).order_by(EngineeringSpecialty.no)))
