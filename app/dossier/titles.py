"""What level a held title has: the catalogue says it, first of the profession's own series (SEC-01, X-17)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm.util import identity_key

from ..extensions import db
from ..models import Profession, Title
from ..models.sections import TitleHeld
from ..vocabulary import Level


def levels_of(rows: Sequence[TitleHeld]) -> list[Level | None]:
    """The level of each; none where the name stands for several levels or for no title. Two queries."""
    if not rows:
        return []
    series_of = {each.id: each.series_id for each in _professions({row.profession_id for row in rows})}
    titles = db.session.scalars(
        select(Title).where(Title.name.in_({row.qualification for row in rows}))
    ).all()

    def level_of(row: TitleHeld) -> Level | None:
        named = [title for title in titles if title.name == row.qualification]
        own = [title for title in named if title.series_id == series_of.get(row.profession_id)]
        levels = {title.level for title in own or named}
        return levels.pop() if len(levels) == 1 else None

    return [level_of(row) for row in rows]


def _professions(ids: set[int]) -> list[Profession]:
    """Those of these ids; without a query where all have been read already."""
    read = [db.session.identity_map.get(identity_key(Profession, each)) for each in ids]
    if None not in read:
        return list(filter(None, read))
    return list(db.session.scalars(select(Profession).where(Profession.id.in_(ids))))
