"""The three-level catalogues a leaf is chosen from: ids to paths, typed words to leaves (PRO-08)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select, union_all
from sqlalchemy.orm.util import identity_key

from ..extensions import db
from ..models import Compatibility, Major, Profession
from ..models.fields import Field

AnyLeaf = Major | Profession
TREES: Mapping[str, Any] = {"major": Major, "profession": Profession}
CANDIDATES = 8
MOST_WORDS = 6
SEPARATOR = "›"


@dataclass(frozen=True)
class Found:
    """The leaf that was meant; or, where that is not clear, the leaves it might be."""

    leaf: AnyLeaf | None
    candidates: tuple[str, ...] = ()


def paths_of(values: Iterable[tuple[Field, int | None]]) -> dict[tuple[str, int], str]:
    """The paths of the chosen leaves by (tree, id); one query, and none for leaves that have been read already."""
    wanted = {
        (declared.tree, leaf_id) for declared, leaf_id in values if declared.tree and leaf_id is not None
    }
    read = {each: _read_already(*each) for each in wanted}
    paths = {each: leaf.path for each, leaf in read.items() if leaf is not None}
    missing = wanted - paths.keys()
    queries = [
        select(literal(tree).label("tree"), model.id, model.level1, model.level2, model.level3).where(
            model.id.in_({leaf_id for each, leaf_id in missing if each == tree})
        )
        for tree, model in TREES.items()
        if any(each == tree for each, _leaf_id in missing)
    ]
    if queries:
        for tree, leaf_id, *parts in db.session.execute(union_all(*queries)):
            paths[tree, leaf_id] = f" {SEPARATOR} ".join(parts)
    return paths


def _read_already(tree: str, leaf_id: int) -> AnyLeaf | None:
    found: AnyLeaf | None = db.session.identity_map.get(identity_key(TREES[tree], leaf_id))
    return found


def search_leaves(tree: str, text: str, most: int, *within: ColumnElement[bool]) -> list[AnyLeaf]:
    """Leaves that hold every word of the text in some level (PRO-08); those whose own name says it come first.

    `within` keeps to a part of the tree.
    """
    words = words_of(text)
    if not words:
        return []
    model = TREES[tree]
    levels = (model.level3, model.level2, model.level1)
    nearness = case(
        (func.lower(model.level3) == words[-1].lower(), 0),
        (model.level3.istartswith(words[-1], autoescape=True), 1),
        (model.level3.icontains(words[-1], autoescape=True), 2),
        (model.level2.icontains(words[-1], autoescape=True), 3),
        else_=4,
    )
    return list(
        db.session.scalars(
            select(model)
            .where(
                *within,
                *(or_(*(level.icontains(word, autoescape=True) for level in levels)) for word in words),
            )
            .order_by(nearness, model.position, model.id)
            .limit(most)
        )
    )


def words_of(text: str) -> list[str]:
    """What is looked for, without the marks between the levels of a path."""
    return text.replace(">", " ").replace(SEPARATOR, " ").split()[:MOST_WORDS]


def find_leaf(tree: str, text: str) -> Found:
    """The leaf a person means by a full path, or by a leaf's name that occurs once."""
    model = TREES[tree]
    parts = [part.strip() for part in text.replace(">", SEPARATOR).split(SEPARATOR)]
    query = select(model).where(model.level3 == parts[-1])
    if len(parts) == 3:
        query = query.where(model.level1 == parts[0], model.level2 == parts[1])
    exact = db.session.scalars(query.order_by(model.position, model.id).limit(CANDIDATES)).all()
    if len(exact) == 1:
        return Found(exact[0])
    near = exact or search_leaves(tree, text, CANDIDATES)
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
