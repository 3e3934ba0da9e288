"""Find a work unit among thousands (UNI-09). One statement, twenty rows."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import Unit

FOUND_UNITS = 20


def find_units(words: str) -> list[Unit]:
    """At most twenty whose name holds every word or whose credit code begins so; names that begin with them first."""
    parts = words.split()
    if not parts:
        return []
    named = and_(*(Unit.name.icontains(part, autoescape=True) for part in parts))
    coded = Unit.credit_code.startswith("".join(parts).upper(), autoescape=True)
    begins = Unit.name.istartswith(parts[0], autoescape=True)
    return list(
        db.session.scalars(
            select(Unit)
            .where(or_(coded, named))
            .options(joinedload(Unit.region))
            .order_by(coded.desc(), begins.desc(), Unit.name, Unit.id)
            .limit(FOUND_UNITS)
        )
    )
