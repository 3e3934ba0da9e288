"""Which of my organisations a page is about."""

from flask import abort, request
from sqlalchemy import select

from .. import policy
from ..extensions import db
from ..models import Unit
from ..vocabulary import Role
from ..web.request import acts_for, who


def own_units() -> list[Unit]:
    """The units I am a clerk of, and may see."""
    mine = policy.visible(Unit, who()) & Unit.id.in_(who().of(Role.UNIT))
    return list(db.session.scalars(select(Unit).where(mine).order_by(Unit.id)))


def own_unit(units: list[Unit]) -> Unit:
    """The unit named by `?unit=`, else the first; one that is not mine is not found."""
    wanted = request.args.get("unit")
    found = next((each for each in units if wanted in (None, str(each.id))), None) or abort(404)
    acts_for(found.id)
    return found
