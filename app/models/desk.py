"""What a clerk keeps for his own work at the desk; it decides nothing about an application."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .columns import Moment, Pk, to


class SavedList(Model):
    """Filters of the waiting list under a name of the clerk's own; shown as a tab. `query` is the address's."""

    __tablename__ = "saved_list"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[Pk]
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE", index=False)
    name: Mapped[str] = mapped_column(String(20))
    query: Mapped[str] = mapped_column(String(500))


class Preference(Model):
    """How a clerk likes his screens: columns and density of the lists, single-key shortcuts on or off."""

    __tablename__ = "preference"

    id: Mapped[int] = to("ab_user", primary_key=True, ondelete="CASCADE", index=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class CommonOpinion(Model):
    """An opinion that a clerk often writes (常用意见)."""

    __tablename__ = "common_opinion"

    id: Mapped[Pk]
    user_id: Mapped[int] = to("ab_user", ondelete="CASCADE")
    text: Mapped[str] = mapped_column(String(500))
    used_at: Mapped[datetime] = mapped_column(Moment)
