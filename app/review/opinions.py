"""Opinions that a clerk often writes (常用意见): his own, the last used first, at most MOST."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from ..extensions import db
from ..models import CommonOpinion

MOST = 20
_opinion = CommonOpinion.__table__
_USE = (
    update(_opinion)
    .where(_opinion.c.user_id == bindparam("whose"), _opinion.c.text == bindparam("what"))
    .values(used_at=bindparam("at"))
)


def common_of(user_id: int) -> Sequence[CommonOpinion]:
    return db.session.scalars(
        select(CommonOpinion)
        .where(CommonOpinion.user_id == user_id)
        .order_by(CommonOpinion.used_at.desc(), CommonOpinion.id.desc())
        .limit(MOST)
    ).all()


def keep_common(user_id: int, text: str, at: datetime) -> None:
    """Remember a text, or that it was used again; of more than MOST the one that was used longest ago goes."""
    if use_common(user_id, text, at):
        return
    db.session.add(CommonOpinion(user_id=user_id, text=text, used_at=at))
    db.session.flush()
    kept = [each.id for each in common_of(user_id)]
    db.session.execute(
        delete(CommonOpinion).where(CommonOpinion.user_id == user_id, CommonOpinion.id.not_in(kept))
    )


def use_common(user_id: int, text: str, at: datetime) -> bool:
    """Say that a text was used, if it is one of his; whether it is."""
    used = db.session.connection().execute(_USE, {"whose": user_id, "what": text, "at": at})
    return bool(used.rowcount)


def forget_common(user_id: int, opinion_id: int) -> None:
    db.session.execute(
        delete(CommonOpinion).where(CommonOpinion.user_id == user_id, CommonOpinion.id == opinion_id)
    )
