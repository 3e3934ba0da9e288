"""What a clerk keeps for himself: filters under a name, columns and density of his lists. Nobody else sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ..errors import DomainError
from ..extensions import db
from ..models import SavedList
from ..vocabulary import N_
from ..web import preferences

LISTS = 8
NAME = 20
QUERY = 500

# What a list can show beside the name, in this order.
COLUMNS = {
    "number": N_("申报编号"),
    "title": N_("申报职称"),
    "level": N_("级别"),
    "category": N_("参评类别"),
    "unit": N_("用人单位"),
    "committee": N_("评委会"),
    "due": N_("截止"),
    "submission": N_("第几次提交"),
    "waited": N_("已等待"),
    "status": N_("状态"),
}
USUAL = ("title", "committee", "due", "submission", "waited", "status")


class TooManyLists(DomainError):
    message = N_("已保存 %(limit)s 个列表，先删除一个不用的。")


class NameNeeded(DomainError):
    message = N_("填写列表名称，不超过 %(limit)s 字。")


class NameTaken(DomainError):
    message = N_("已有名为“%(name)s”的列表，换一个名称。")


@dataclass(frozen=True)
class Look:
    """The columns of a clerk's lists, and whether rows stand close."""

    columns: tuple[str, ...] = USUAL
    is_dense: bool = False


def look_of(user_id: int) -> Look:
    content = preferences.chosen_by(user_id)
    chosen = content.get("columns", USUAL)
    return Look(tuple(each for each in COLUMNS if each in chosen), bool(content.get("dense")))


def save_look(columns: Sequence[str], is_dense: bool, *, by: User) -> None:
    """Unknown columns are dropped."""
    preferences.keep(by, {"columns": [each for each in COLUMNS if each in columns], "dense": is_dense})


def lists_of(user_id: int) -> Sequence[SavedList]:
    return db.session.scalars(
        select(SavedList).where(SavedList.user_id == user_id).order_by(SavedList.id)
    ).all()


def keep(name: str, query: str, *, by: User) -> SavedList:
    """Keep filters under a name; a clerk has LISTS of them, each name once."""
    # His account's row is the queue for two windows that save at once.
    db.session.refresh(by, with_for_update=True)
    count = db.session.scalar(select(func.count(SavedList.id)).where(SavedList.user_id == by.id)) or 0
    if count >= LISTS:
        raise TooManyLists(limit=LISTS)
    row = SavedList(user_id=by.id, name=_checked(name), query=query[:QUERY])
    _write(row)
    return row


def rename(row: SavedList, name: str) -> None:
    row.name = _checked(name)
    _write(row)


def _checked(name: str) -> str:
    if not 0 < len(name) <= NAME:
        raise NameNeeded(limit=NAME)
    return name


def _write(row: SavedList) -> None:
    name = row.name
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise NameTaken(name=name) from None
