"""What an input suggests while one types. A suggestion is never the only answer (SEC-01)."""

from collections.abc import Callable, Mapping

from sqlalchemy import func, select

from ..extensions import db
from ..models import Committee, Title
from ..models.fields import Field
from .trees import all_paths


def _titles() -> list[str]:
    first = func.min(Title.position)
    return list(db.session.scalars(select(Title.name).group_by(Title.name).order_by(first, Title.name)))


def _committees() -> list[str]:
    return list(db.session.scalars(select(Committee.name).order_by(Committee.id)))


SUGGESTED: Mapping[str, Callable[[], list[str]]] = {"titles": _titles, "committees": _committees}


def suggestions_for(declared: Field) -> list[str]:
    """The words to offer for this field; none for a field that declares no list."""
    if declared.tree:
        return all_paths(declared.tree)
    return SUGGESTED[declared.suggest]() if declared.suggest else []
