"""待处理请求: what people have asked of the hotline, the oldest first (SUP-01)."""

from typing import Any

from flask import request, url_for
from flask_appbuilder import BaseView, expose, has_access
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import HelpRequest, SupportCase
from ..policy import get_or_404, scoped
from ..vocabulary import CaseKind, RequestStatus
from ..web.request import page_number, who
from . import asked

PAGE = 20


class RequestView(BaseView):  # type: ignore[misc]
    route_base = "/requests"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        wanted = request.args.get("kind", "")
        kind = CaseKind(wanted) if wanted in list(CaseKind) else None
        waiting = scoped(HelpRequest, who()).where(HelpRequest.status == RequestStatus.OPEN)
        query = (waiting.where(HelpRequest.kind == kind) if kind else waiting).options(
            joinedload(HelpRequest.user), joinedload(HelpRequest.unit)
        )
        found = db.paginate(
            query.order_by(HelpRequest.created_at, HelpRequest.id),
            page=page_number(),
            per_page=PAGE,
            error_out=False,
        )
        kinds = waiting.subquery().c.kind
        counts: dict[CaseKind, int] = {
            each: count for each, count in db.session.execute(select(kinds, func.count()).group_by(kinds))
        }
        return self.render_template(
            "support/requests.html",
            found=found,
            url_of=lambda n: url_for("RequestView.list", kind=kind, page=n),
            kind=kind,
            tabs=[
                (None, sum(counts.values())),
                *((each, counts[each]) for each in CaseKind if each in counts),
            ],
            taken=_cases_of(found.items),
        )

    @expose("/<int:pk>")
    @has_access
    def show(self, pk: int) -> Any:
        found: HelpRequest = get_or_404(HelpRequest, pk, who())
        case = _cases_of([found]).get(pk)
        return self.render_template(
            "support/request.html",
            asked_for=found,
            content=asked.masked_content(found),
            names=asked.NAMES,
            case=case,
            images=found.evidence if case is None or case.opened_by_id == who().user_id else [],
            is_open=found.status is RequestStatus.OPEN,
        )


def _cases_of(requests: Any) -> dict[int, SupportCase]:
    """The open case of each request that somebody has taken."""
    cases = db.session.scalars(
        select(SupportCase)
        .where(SupportCase.request_id.in_([each.id for each in requests]), SupportCase.closed_at.is_(None))
        .options(joinedload(SupportCase.opened_by))
    )
    return {case.request_id: case for case in cases if case.request_id is not None}
