"""Forms drawn as PDF, each once (DOC-03)."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from .columns import Moment, Pk, to


class PrintedForm(Model):
    """A drawing under the digest of all that is drawn: asked for, being made under a claim, refused, or kept.

    Whoever holds the `claim` makes it; a claim that is over may be taken by the next who asks.
    """

    __tablename__ = "printed_form"

    id: Mapped[Pk]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    application_id: Mapped[int] = to("application")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    claim: Mapped[str] = mapped_column(String(32))
    claimed_until: Mapped[datetime] = mapped_column(Moment)
    # Since when it is being drawn; before that it waits for a press.
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    # The sealed PDF, see form/kept.py.
    file: Mapped[str | None] = mapped_column(String(32))
    # A refusal's message and its values.
    refusal: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
