"""Table 17 as stamped on paper: the scan an applicant has chosen, and the page cut out of it (ATT-04)."""

from datetime import datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..vocabulary import PageDoubt, PageState
from .applications import Application
from .columns import Json, Moment, Pk, to, word


class StampedPage(Model):
    """Of an application two at most: the one handed in last, and one that is chosen and not handed in yet.

    Both files are rebuilt from pixels and lie under random keys; the original stays as it came, whatever is cut.
    """

    __tablename__ = "stamped_page"
    __table_args__ = (
        UniqueConstraint("application_id", "chosen"),
        # An office's rows of a state in the order they came.
        Index("ix_stamped_page_office", "office_id", "state", "handed_in_at", "id"),
        CheckConstraint("chosen = (state = 'chosen')", name="ck_stamped_page_chosen"),
        CheckConstraint("chosen = (page_key IS NULL)", name="ck_stamped_page_page"),
    )

    id: Mapped[Pk]
    application_id: Mapped[int] = to("application", index=False)
    route_no: Mapped[int]
    submission_no: Mapped[int]
    # The office of the route's last step, which takes it in.
    office_id: Mapped[int] = to("organisation", index=False)
    state: Mapped[PageState] = mapped_column(word(PageState))
    chosen: Mapped[bool]

    name: Mapped[str] = mapped_column(String(120))
    mime: Mapped[str] = mapped_column(String(40))
    pages: Mapped[int]
    original_key: Mapped[str] = mapped_column(String(64), unique=True)
    original_sha256: Mapped[str] = mapped_column(String(64))
    chosen_at: Mapped[datetime] = mapped_column(Moment)

    # See dossier/page_crops.py.
    crop: Mapped[str] = mapped_column(String(60))
    page_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    # Values of PageDoubt; never a block.
    doubts: Mapped[Json] = mapped_column(default=list)
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = to("ab_user", index=False)
    reason: Mapped[str] = mapped_column(String(1000), default="")

    application: Mapped[Application] = relationship()
    decided_by: Mapped[User | None] = relationship()

    @property
    def doubtful(self) -> tuple[PageDoubt, ...]:
        return tuple(map(PageDoubt, self.doubts))
