"""Packages to take away: asked for, made beside the pages, kept for some days (APP-16)."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from ..vocabulary import PackageKind
from .columns import Moment, Pk, to, word


class Package(Model):
    """What one person asked for and may fetch while it is kept.

    `under` is unique while it is asked for or kept: whoever asks again gets the same. Who holds the `claim`
    makes it; a claim that is over may be taken by the next. `rows` are the applications in it.
    """

    __tablename__ = "package"

    id: Mapped[Pk]
    owner_id: Mapped[int] = to("ab_user")
    kind: Mapped[PackageKind] = mapped_column(word(PackageKind))
    organisation_id: Mapped[int | None] = to("organisation", index=False)
    # An application's id, a round's, or a year.
    subject: Mapped[int]
    under: Mapped[str | None] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    rows: Mapped[list[int]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    claim: Mapped[str] = mapped_column(String(32), default="")
    claimed_until: Mapped[datetime | None] = mapped_column(Moment)
    done: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None] = mapped_column(Moment)
    # The sealed file, its size and SHA-256 as it is fetched.
    file: Mapped[str | None] = mapped_column(String(32))
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    # A refusal's message and its values.
    refusal: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
