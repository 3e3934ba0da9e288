"""The three-level catalogues a leaf is chosen from: ids to paths, typed words to leaves (PRO-08)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from ..extensions import db
from ..models import Compatibility, Major, Profession
from ..models.fields import Field

AnyLeaf = Major | Profession
TREES: Mapping[str, Any] = {"major": Major, "profession": Profession}
CANDIDATES = 5
SEPARATOR = "›"


@dataclass(frozen=True)
class Found:
    """The leaf that was meant; or, where that is not clear, the leaves it might be."""

    leaf: AnyLeaf | None
    candidates: tuple[str, ...] = ()


def paths_of(values: Iterable[tuple[Field, int | None]]) -> dict[tuple[str, int], str]:
    """The paths of the chosen leaves by (tree, id); one query a tree."""
    wanted: dict[str, set[int]] = {}
    for declared, leaf_id in values:
        if declared.tree and leaf_id is not None:
            wanted.setdefault(declared.tree, set()).add(leaf_id)
    return {
        (tree, leaf.id): leaf.path
        for tree, ids in wanted.items()
        for leaf in db.session.scalars(select(TREES[tree]).where(TREES[tree].id.in_(ids)))
    }


def all_paths(tree: str) -> list[str]:
    """Every path of the catalogue, for the list of suggestions."""
    model = TREES[tree]
    rows = db.session.execute(
        select(model.level1, model.level2, model.level3).order_by(model.position, model.id)
    )
    return [f" {SEPARATOR} ".join(row) for row in rows]


def find_leaf(tree: str, text: str) -> Found:
    """The leaf a person means by a full path, or by a leaf's name that occurs once."""
    model = TREES[tree]
    parts = [part.strip() for part in text.replace(">", SEPARATOR).split(SEPARATOR)]
    query = select(model).where(model.level3 == parts[-1])
    if len(parts) == 3:
        query = query.where(model.level1 == parts[0], model.level2 == parts[1])
    exact = db.session.scalars(query.order_by(model.position, model.id).limit(CANDIDATES + 1)).all()
    if len(exact) == 1:
        return Found(exact[0])
    if exact:
        return Found(None, tuple(leaf.path for leaf in exact[:CANDIDATES]))
    near = db.session.scalars(
        select(model)
        .where(
            or_(
                model.level3.contains(parts[-1], autoescape=True),
                model.level2.contains(parts[-1], autoescape=True),
            )
        )
        .order_by(model.position, model.id)
        .limit(CANDIDATES)
    )
    return Found(None, tuple(leaf.path for leaf in near))


def agree(major: Major | None, profession: Profession | None) -> bool:
    """Whether the field of study goes with the profession (X-16); nothing is held against an empty field."""
    if major is None or profession is None:
        return True
    return bool(
        db.session.scalar(
            select(Compatibility.id)
            .where(
                Compatibility.profession_level1 == profession.level1,
                Compatibility.major_level1 == major.level1,
                or_(Compatibility.major_level2 == "", Compatibility.major_level2 == major.level2),
            )
            .limit(1)
        )
    )
