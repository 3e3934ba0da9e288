"""One page each to keep: what was handed in, and what has become of it (APP-14, APP-16)."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Response, abort, send_file
from flask_appbuilder import BaseView, expose, has_access
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .. import clock
from ..apply.progress import history_of
from ..errors import NotAllowedNow
from ..form import fonts
from ..form.lines import break_lines, printable
from ..form.pdf import press
from ..form.record import last_snapshot
from ..models import Application, Decision
from ..policy import get_or_404, is_own
from ..web.request import me, who
from . import wording

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# Label and value in percent of the sheet of 178 mm; one page holds so many lines.
WIDTHS = (24, 76)
SHEET, PADDING, SIZE = 178 * 72 / 25.4, 4, 10
LINES = 40
Pairs = list[tuple[str, str]]

_engine = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


class ReceiptView(BaseView):  # type: ignore[misc]
    """The applicant's papers, drawn when asked for: a page takes a second."""

    route_base = "/progress"

    @expose("/<int:pk>/receipt.pdf")
    @has_access
    def receipt(self, pk: int) -> Any:
        return _download(wording.RECEIPT, _submitted(pk), receipt_of)

    @expose("/<int:pk>/history.pdf")
    @has_access
    def history(self, pk: int) -> Any:
        return _download(wording.HISTORY, _submitted(pk), history_pairs)


def _submitted(pk: int) -> Application:
    """One's own, submitted at least once."""
    application: Application = get_or_404(Application, pk, who())
    user = me()
    if user is None or not is_own(application, user):
        abort(404)
    if not application.submission_no:
        raise NotAllowedNow(status=application.status.label)
    return application


def receipt_of(application: Application) -> Pairs:
    """What was handed in last, with the digest that binds it."""
    snapshot = last_snapshot(application)
    assert snapshot and application.submitted_at
    return [
        *_head(application),
        *zip(
            wording.SUBMISSION,
            (
                str(application.submission_no),
                f"{application.submitted_at:%Y-%m-%d %H:%M}",
                snapshot.digest,
            ),
            strict=True,
        ),
    ]


def history_pairs(application: Application) -> Pairs:
    """The newest results first; what has no room on one page is counted, of the newest its end."""
    pairs = _head(application)
    room = LINES - 1 - sum(len(_broken(text, WIDTHS[1])) for _label, text in pairs)
    history = list(reversed(history_of(application)))
    for n, decision in enumerate(history):
        label, text = f"{decision.at:%Y-%m-%d %H:%M}", _result(decision)
        lines = _broken(text, WIDTHS[1])
        if not n and len(lines) >= room:
            lines = [*lines[: room - 2], wording.CUT]
            text = "\n".join(lines)
        room -= len(lines)
        if room < 1:
            return [*pairs, (wording.EARLIER, wording.LEFT_OUT.format(count=len(history) - n))]
        pairs.append((label, text))
    return pairs


def _head(application: Application) -> Pairs:
    values = (
        application.number,
        application.name,
        str(application.year),
        application.round.committee.name if application.round else "",
        application.title.name if application.title else "",
        application.profession.path if application.profession else "",
        application.status.label,
    )
    return list(zip(wording.HEAD, values, strict=True))


def _result(decision: Decision) -> str:
    office = decision.organisation
    by = (
        wording.BY.format(office=office.name, stage=decision.stage.label) if office and decision.stage else ""
    )
    return wording.COLON.join(filter(None, (f"{by}{decision.event.label}", decision.opinion)))


def drawn(title: str, pairs: Pairs, *, number: str) -> bytes:
    """One page; raises what press() raises, CannotPrint for a character that the font lacks."""
    rows = [list(_cells(pair)) for pair in pairs]
    fonts.refuse_unprintable(line for row in rows for _width, cell in row for line in cell)
    page = _engine.get_template("packages/receipt.html").render(title=title, rows=rows)
    foot = wording.FOOT.format(number=number, at=f"{clock.now():%Y-%m-%d %H:%M}")
    return press(page, pages=1, title=f"{title} {number}", reference=foot, name=number)


def _cells(pair: tuple[str, str]) -> Iterator[tuple[int, list[str]]]:
    for width, text in zip(WIDTHS, pair, strict=True):
        yield width, _broken(text, width)


def _broken(text: str, width: int) -> list[str]:
    room = SHEET * width / 100 - 2 * PADDING
    return break_lines(printable(text), room, lambda unit: fonts.measure(unit, SIZE))


def _download(title: str, application: Application, pairs: Any) -> Response:
    pdf = drawn(title, pairs(application), number=application.number)
    answer = send_file(
        io.BytesIO(pdf),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{title}-{application.number}.pdf",
        max_age=0,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
