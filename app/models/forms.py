"""What administrators change of the form: the fields that are filled in, and how the form is printed."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .columns import Moment, Pk, to
from .reference import Series


class FormVersion(Model):
    """What a super administrator changed of the sections' fields; none published: as declared.

    `content` is {slug: [field, …]} for changed sections only, every field in its order (dossier/layout.py).
    There is at most one draft. An application keeps the version it started with.
    """

    __tablename__ = "form_version"
    id: Mapped[Pk]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[int] = to("ab_user", index=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    # 1 of the draft, nothing once it is published: the database keeps a second draft out.
    drafted: Mapped[int | None] = mapped_column(default=1, unique=True)
    version: Mapped[int] = mapped_column(default=1)

    by: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return str(self.id)


class FormTemplate(Model):
    """How the form of a series and year is printed (X-06, DOC-02); without a series that of all series.

    `content` is {table's number: what differs from the form as built in} (form/templates.py). Once it is published
    it is never changed.
    """

    __tablename__ = "form_template"
    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(60))
    series_id: Mapped[int | None] = to("series", index=False)
    year: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_id: Mapped[int | None] = to("ab_user", index=False)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    published_by_id: Mapped[int | None] = to("ab_user", index=False)
    version: Mapped[int] = mapped_column(default=1)

    series: Mapped[Series | None] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id])

    __mapper_args__ = {"version_id_col": version}

    def __repr__(self) -> str:
        return f"{self.name} {self.year}"
