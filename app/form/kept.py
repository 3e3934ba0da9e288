"""The PDF of a form, made once and kept: `printed()` for whoever needs its bytes, the rest for the pages (DOC-03).

A drawing is known by the digest of all that is drawn: the description, the photo and what draws them. Its row
is the claim: one guarded INSERT decides who makes it, a claim that nobody renews is over after a minute. Rows
here change in transactions of their own, so that everybody sees a claim at once: a caller's has to be over,
because on SQLite it would keep them out. The file is sealed; what cannot be read any more is made again.
"""

import base64
import hashlib
import json
import logging
import secrets
import threading
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import sleep
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Row, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from .. import clock
from ..database import read_only, writing
from ..dossier import storage
from ..errors import DomainError, PhotoUnreadable, PrintBusy, PrintFailed
from ..extensions import db
from ..models import Application, PrintedForm
from ..protection import Tampered, seal, unseal
from .pages import TEMPLATES
from .pdf import PATIENCE, SECONDS, Queue, render
from .record import form_of
from .sheets import Document

log = logging.getLogger(__name__)

PLACE = "printed_form.file"
FOLDER = "printed"
QUEUE_SECONDS = 600
# How long a claim holds without being renewed: in the queue, and from the drawing's beginning on.
WAITS, DRAWS = timedelta(seconds=30), timedelta(seconds=SECONDS + 2 * PATIENCE)
POLL = 0.5
TABLE: Any = PrintedForm.__table__
DRAWN_BY = ("worker.py", "pages.py", "paging.py", "lines.py", "fonts.py", "wording.py", "qr.py")


@dataclass(frozen=True)
class Order:
    """What is to be drawn, and the digest it is known by."""

    application_id: int
    number: str
    document: Document
    photo: str | None
    digest: str


def printed(application: Application) -> bytes:
    """The PDF of this application's form, made once: kept, or made here, or made by another meanwhile.

    It commits the caller's transaction. Whether the form may be printed yet is for the caller to ask.
    Raises what render() raises, PrintBusy too where another's making does not end.
    """
    order = order_of(application)
    db.session.commit()
    waited_for = ""
    for _turn in range(int((QUEUE_SECONDS + SECONDS) / POLL)):
        if pdf := kept(order):
            return pdf
        row = state_of(order)
        if row is not None and row.refusal and row.claim == waited_for:
            raise refusal_of(row)
        if claim := take(order):
            return make(order, claim)
        waited_for = row.claim if row is not None else ""
        sleep(POLL)
    raise PrintBusy


def order_of(application: Application) -> Order:
    """Raises PrintFailed if what was frozen is not what was submitted."""
    form = form_of(application, own=False, on=clock.today())
    drawn = {"document": asdict(form.document), "photo": form.photo, "by": _renderer()}
    text = json.dumps(drawn, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Order(application.id, application.number, form.document, form.photo, digest)


@cache
def _renderer() -> str:
    """Another program, template or engine draws another document."""
    files = [Path(__file__).with_name(name) for name in DRAWN_BY]
    files += [TEMPLATES / "form" / name for name in ("print.html", "print.css")]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    engines = [f"{each} {version(each)}" for each in ("xhtml2pdf", "reportlab")]
    return f"{digest.hexdigest()} {engines}"


def state_of(order: Order) -> Row[Any] | None:
    """The drawing's row as it stands now, whatever the caller's transaction still sees."""
    with read_only(), db.engine.connect() as connection:
        return connection.execute(select(TABLE).where(TABLE.c.digest == order.digest)).first()


def is_alive(row: Row[Any]) -> bool:
    """Whether somebody is at it."""
    return row.file is None and row.refusal is None and bool(row.claimed_until > clock.now())


def ahead_of(row: Row[Any]) -> int:
    """How many others wait since before it."""
    query = select(func.count()).where(
        TABLE.c.file.is_(None),
        TABLE.c.refusal.is_(None),
        TABLE.c.begun_at.is_(None),
        TABLE.c.claimed_until > clock.now(),
        TABLE.c.asked_at < row.asked_at,
    )
    with read_only(), db.engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def refusal_of(row: Row[Any]) -> DomainError:
    message, values = row.refusal
    return DomainError(message, **values)


def kept(order: Order) -> bytes | None:
    """The drawing's bytes, if it has been made and can be read."""
    row = state_of(order)
    if row is None or row.file is None:
        return None
    try:
        return base64.b64decode(unseal(storage.read(_root(), row.file).decode(), PLACE))
    except (OSError, Tampered, ValueError) as lost:
        log.warning("the kept form %s cannot be read: %r", row.id, lost)
        return None


def take(order: Order) -> str | None:
    """Claim the making of a drawing that nobody is at, or that is lost. None: another has it, or it is made."""
    at, claim = clock.now(), secrets.token_hex(16)
    claimed = {
        "claim": claim,
        "asked_at": at,
        "claimed_until": at + WAITS,
        "begun_at": None,
        "refusal": None,
    }
    try:
        with writing(), db.engine.begin() as connection:
            connection.execute(
                insert(TABLE).values(digest=order.digest, application_id=order.application_id, **claimed)
            )
        return claim
    except IntegrityError:
        row = state_of(order)
        if row is not None and row.file and kept(order) is None:
            is_free = TABLE.c.file == row.file
        else:
            over = or_(TABLE.c.refusal.is_not(None), TABLE.c.claimed_until <= at)
            is_free = TABLE.c.file.is_(None) & over
        return claim if _write((TABLE.c.digest == order.digest) & is_free, file=None, **claimed) else None


def make(order: Order, claim: str) -> bytes:
    """Draw what was claimed and keep it; a refusal is kept too, and raised."""
    mine = (TABLE.c.digest == order.digest) & (TABLE.c.claim == claim)
    queue = Queue(
        QUEUE_SECONDS,
        waiting=lambda: _renew(mine, claimed_until=clock.now() + WAITS),
        begun=lambda: _renew(mine, begun_at=clock.now(), claimed_until=clock.now() + DRAWS),
    )
    try:
        pdf = render(order.document, photo_bytes(order.photo), queue)
        file = storage.store(_root(), seal(base64.b64encode(pdf).decode(), PLACE).encode())
    except DomainError as refusal:
        _write(mine, refusal=[refusal.message, refusal.params])
        raise
    except Exception:
        failed = PrintFailed(number=order.number)
        _write(mine, refusal=[failed.message, failed.params])
        raise
    if not _write(mine & TABLE.c.file.is_(None), file=file):
        storage.discard(_root(), file)
    return pdf


def begin(order: Order, claim: str) -> threading.Thread:
    """The same beside the request, so that nobody's page waits in the queue."""
    app = cast(Any, current_app)._get_current_object()
    thread = threading.Thread(target=_beside, args=(app, order, claim), daemon=True)
    thread.start()
    return thread


def _beside(app: Flask, order: Order, claim: str) -> None:
    with app.app_context():
        try:
            make(order, claim)
        except DomainError as refusal:
            log.info("%s was not printed: %s", order.number, type(refusal).__name__)
        except Exception:
            log.exception("%s was not printed", order.number)


def _renew(mine: ColumnElement[bool], **values: Any) -> None:
    """Raises PrintBusy where the claim has gone to another, who makes it now."""
    if not _write(mine, **values):
        raise PrintBusy


def _write(guard: ColumnElement[bool], **values: Any) -> bool:
    with writing(), db.engine.begin() as connection:
        return connection.execute(update(TABLE).where(guard).values(**values)).rowcount == 1


def _root() -> Path:
    return Path(current_app.config["PRIVATE_ROOT"]) / FOLDER


def photo_bytes(photo: str | None) -> bytes | None:
    """The photo's bytes; PhotoUnreadable where they are gone."""
    if photo is None:
        return None
    try:
        return storage.read(current_app.config["PRIVATE_ROOT"], photo)
    except FileNotFoundError:
        raise PhotoUnreadable from None
