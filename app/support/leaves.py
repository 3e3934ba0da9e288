"""A major or a profession that the catalogue lacks, added from a request (PRO-08, M6.5)."""

from datetime import datetime

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ..audit import record
from ..dossier.trees import AnyLeaf
from ..extensions import db
from ..messages.operations import tell
from ..models import Major, Profession, Series, SupportCase
from ..vocabulary import N_, CaseKind, Deed
from .entries import note
from .operations import require
from .refusals import LeafThere, LookAlike
from .rules import Act

TREES: dict[CaseKind, tuple[Act, type[AnyLeaf]]] = {
    CaseKind.NEW_MAJOR: (Act.MAJOR, Major),
    CaseKind.NEW_PROFESSION: (Act.PROFESSION, Profession),
}
ADDED = N_("目录中已增补“%(path)s”，现在可以在“个人信息”中选择（工单 %(number)s）。")
NAMED = 3


def add_leaf(
    case: SupportCase, names: tuple[str, str, str], *, series: Series | None, meant: bool, by: User, at: datetime
) -> AnyLeaf:  # fmt: skip
    """Add the leaf of these three names and tell the person of the case. LeafThere if the catalogue has it.

    LookAlike if the last name stands elsewhere in the tree, unless that is `meant`. A profession
    belongs to a series, and takes the ladder of its neighbours in that series.
    """
    act, model = TREES.get(case.kind, (Act.MAJOR, Major))
    require(case, act, by=by)
    _refuse_there(model, names)
    if not meant:
        _refuse_look_alike(model, names[2])
    last = db.session.scalar(select(func.max(model.position))) or 0
    values = dict(zip(("level1", "level2", "level3"), names, strict=True))
    leaf: AnyLeaf
    if model is Profession:
        assert series is not None  # the form requires it
        leaf = Profession(**values, position=last + 1, series_id=series.id, ladder=_ladder(series, names[0]))
    else:
        leaf = Major(**values, position=last + 1)
    try:
        with db.session.begin_nested():
            db.session.add(leaf)
    except IntegrityError:
        raise LeafThere(path=" › ".join(names)) from None
    note(case, Deed.LEAF_ADDED, by=by, at=at, path=leaf.path)
    record("add_leaf", leaf, at=at, by_id=by.id, detail=case.number)
    if case.subject_id is not None:
        tell([case.subject_id], ADDED % {"path": leaf.path, "number": case.number}, at=at)
    return leaf


def series_of(level1: str) -> Series | None:
    """The series in which professions of that class are, if it is one."""
    found = db.session.scalars(
        select(Series)
        .join(Profession, Profession.series_id == Series.id)
        .where(Profession.level1 == level1)
        .distinct()
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _refuse_there(model: type[AnyLeaf], names: tuple[str, str, str]) -> None:
    same = (model.level1 == names[0]) & (model.level2 == names[1]) & (model.level3 == names[2])
    if db.session.scalar(select(model.id).where(same)) is not None:
        raise LeafThere(path=" › ".join(names))


def _refuse_look_alike(model: type[AnyLeaf], level3: str) -> None:
    alike = db.session.scalars(
        select(model).where(model.level3 == level3).order_by(model.position).limit(NAMED)
    ).all()
    if alike:
        raise LookAlike(paths="；".join(each.path for each in alike))


def _ladder(series: Series, level1: str) -> int:
    near = select(Profession.ladder).where(Profession.series_id == series.id)
    return (
        db.session.scalar(near.where(Profession.level1 == level1).order_by(Profession.id).limit(1))
        or db.session.scalar(near.order_by(Profession.id).limit(1))
        or 1
    )
