"""What an input finds while one types: leaves of the catalogues, names of titles and committees (PRO-08, SEC-01)."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from sqlalchemy import Integer, func, select

from ..extensions import db
from ..models import Committee, Title
from ..models.fields import Field
from ..models.organisations import name_key_of
from .trees import TREES, search_leaves, words_of

# How alike two names are, from 0 to 1, and how much of a name is compared.
LIKENESS, LONGEST = 0.4, 100


def _titles(words: list[str], most: int) -> list[str]:
    nearest = func.max(Title.name.istartswith(words[-1], autoescape=True).cast(Integer)).desc()
    query = select(Title.name).where(*(Title.name.icontains(word, autoescape=True) for word in words))
    first = func.min(Title.position)
    return list(
        db.session.scalars(query.group_by(Title.name).order_by(nearest, first, Title.name).limit(most))
    )


def _committees(words: list[str], most: int) -> list[str]:
    """By name or by another spelling (X-10); there are some dozens, so they are read as a whole."""
    keys = [name_key_of(word) for word in words]
    found = (
        name
        for name, spellings in _all_committees()
        if any(all(key in spelling for key in keys) for spelling in spellings)
    )
    return [name for name, _ in zip(found, range(most), strict=False)]


def _all_committees() -> list[tuple[str, list[str]]]:
    rows = db.session.execute(select(Committee.name, Committee.aliases).order_by(Committee.id))
    return [(name, [name_key_of(each) for each in (name, *aliases)]) for name, aliases in rows]


NAMES: Mapping[str, Callable[[list[str], int], list[str]]] = {"titles": _titles, "committees": _committees}
SOURCES = frozenset({*TREES, *NAMES})


def source_of(declared: Field) -> str:
    """The name of the list this field is looked up in; empty for a field without one."""
    return declared.tree or declared.suggest


def search(source: str, text: str, most: int) -> list[str]:
    """Paths or names that hold every word of the text, the nearest first."""
    words = words_of(text)
    if not words:
        return []
    if source in TREES:
        return [leaf.path for leaf in search_leaves(source, text, most)]
    return NAMES[source](words, most)


def near_names(source: str, text: str, most: int) -> list[str]:
    """The names that a name outside of the list is most like; for whoever has misspelt one."""
    return get_close_matches(text[:LONGEST], _every_name(source), n=most, cutoff=LIKENESS)


def _every_name(source: str) -> list[str]:
    if source == "committees":
        return [name for name, _ in _all_committees()]
    return list(db.session.scalars(select(Title.name).distinct().order_by(Title.name)))


def is_listed(source: str, text: str) -> bool:
    """Whether the list holds the name, however wide its characters are, or knows it as another spelling."""
    if source == "committees":
        return any(name_key_of(text) in spellings for _, spellings in _all_committees())
    return db.session.scalar(select(Title.id).where(Title.name == text).limit(1)) is not None
