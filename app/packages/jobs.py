"""A package's life: asked for once, claimed by one maker, kept for PACKAGE_DAYS, gone (APP-16).

Every change is one guarded statement in a transaction of its own, seen by everybody at once. A claim that is
not renewed for CLAIM is over; whoever looks again, or `flask packages run`, begins the package anew.
"""

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from .. import clock
from ..database import read_only, writing
from ..dossier import storage
from ..errors import DomainError
from ..extensions import db
from ..models import Package
from ..vocabulary import PackageKind
from .making import write
from .refusals import TooLarge, Unfinished
from .sealed import SealedWriter

log = logging.getLogger(__name__)

FOLDER = "packages"
CLAIM = timedelta(seconds=90)
BEAT = 15
# Whoever takes longer than these seconds hangs; then another may take it up.
LONGEST = 4 * 60 * 60
TABLE: Any = Package.__table__
# Each reads whole files and waits for the press: one after the other is kind to those who work.
_bench = threading.Lock()


class Lost(Exception):
    """The claim has gone to another."""


def ask(
    kind: PackageKind,
    subject: int,
    rows: list[int],
    name: str,
    *,
    mark: str,
    owner: int,
    office: int | None,
    at: datetime,
) -> int:
    """The id of this package: a new one, or the one that is being made or kept. Two at once get the same.

    `mark` tells packages of one subject apart. The caller's transaction has to be over, for SQLite's sake.
    """
    under = f"{owner}:{kind.value}:{subject}:{office or ''}:{mark}"
    values = {
        "owner_id": owner,
        "kind": kind,
        "organisation_id": office,
        "subject": subject,
        "under": under,
        "name": name,
        "rows": rows,
        "asked_at": at,
        "claim": "",
        "done": 0,
    }
    _write((TABLE.c.under == under) & (TABLE.c.made_at <= at - timedelta(days=days())), under=None)
    try:
        with writing(), db.engine.begin() as connection:
            made = connection.execute(insert(TABLE).values(**values))
            key = made.inserted_primary_key
            assert key
            return int(key[0])
    except IntegrityError:
        with read_only(), db.engine.connect() as connection:
            return int(connection.scalars(select(TABLE.c.id).where(TABLE.c.under == under)).one())


def take(pk: int, *, at: datetime) -> str | None:
    """Claim the making; None where it is made, refused, gone, or another is at it."""
    claim = secrets.token_hex(16)
    is_free = TABLE.c.file.is_(None) & TABLE.c.under.is_not(None)
    is_left = or_(TABLE.c.claimed_until.is_(None), TABLE.c.claimed_until <= at)
    taken = _write((TABLE.c.id == pk) & is_free & is_left, claim=claim, claimed_until=at + CLAIM, done=0)
    return claim if taken else None


def begin(pk: int) -> threading.Thread | None:
    """Make it beside the request, if nobody is at it."""
    claim = take(pk, at=clock.now())
    if claim is None:
        return None
    app = cast(Any, current_app)._get_current_object()
    thread = threading.Thread(target=_beside, args=(app, pk, claim), daemon=True)
    thread.start()
    return thread


def run() -> int:
    """Make whatever was asked for and nobody is at; how many were. For `flask packages run`."""
    with read_only(), db.engine.connect() as connection:
        left = connection.scalars(
            select(TABLE.c.id).where(TABLE.c.file.is_(None), TABLE.c.under.is_not(None)).order_by(TABLE.c.id)
        ).all()
    made = 0
    for pk in left:
        if claim := take(pk, at=clock.now()):
            make(pk, claim)
            made += 1
    return made


def _beside(app: Flask, pk: int, claim: str) -> None:
    with app.app_context():
        try:
            make(pk, claim)
        except Exception:
            log.exception("package %s was not made", pk)
        finally:
            db.session.remove()


def make(pk: int, claim: str) -> None:
    """Make what was claimed; a refusal is kept for its owner to read. Ends quietly where the claim was lost."""
    mine = (TABLE.c.id == pk) & (TABLE.c.claim == claim) & TABLE.c.file.is_(None)
    with suppress(Lost), _in_turn(mine), _held(mine), read_only():
        limit = current_app.config["PACKAGE_BYTES"]
        package = db.session.get_one(Package, pk, populate_existing=True)
        into = SealedWriter(root(), limit, TooLarge(limit=limit // 2**20))
        count = 0

        def step() -> None:
            nonlocal count
            count += 1
            _renew(mine, done=count)

        try:
            write(package, into, step)
            key = into.keep()
            at = clock.now()
            kept = _write(mine, file=key, size=into.size, sha256=into.sha256, made_at=at)
            if not kept:
                storage.discard(root(), key)
        except Lost:
            into.give_up()
            raise
        except DomainError as refusal:
            into.give_up()
            _write(mine, refusal=[refusal.message, refusal.params], under=None)
        except BaseException:
            into.give_up()
            failed = Unfinished()
            _write(mine, refusal=[failed.message, failed.params], under=None)
            raise
        finally:
            db.session.rollback()


@contextmanager
def _in_turn(mine: ColumnElement[bool]) -> Iterator[None]:
    while not _bench.acquire(timeout=BEAT):
        _renew(mine)
    try:
        yield
    finally:
        _bench.release()


@contextmanager
def _held(mine: ColumnElement[bool]) -> Iterator[None]:
    """The claim is renewed while this runs: one form may wait long for the press, and a book is bound in one go."""
    app, over = cast(Any, current_app)._get_current_object(), threading.Event()

    def hold() -> None:
        with app.app_context():
            for _beat in range(int(LONGEST / BEAT)):
                if over.wait(BEAT) or not _write(mine, claimed_until=clock.now() + CLAIM):
                    return

    beating = threading.Thread(target=hold, daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _renew(mine: ColumnElement[bool], **values: Any) -> None:
    if not _write(mine, claimed_until=clock.now() + CLAIM, **values):
        raise Lost


def sweep(*, at: datetime) -> int:
    """Files past their days go; their rows stay as the word that there was one. How many went."""
    end = at - timedelta(days=days())
    old = TABLE.c.file.is_not(None) & (TABLE.c.made_at <= end)
    with read_only(), db.engine.connect() as connection:
        found = connection.execute(select(TABLE.c.id, TABLE.c.file).where(old)).all()
    for pk, key in found:
        if _write((TABLE.c.id == pk) & (TABLE.c.file == key), file=None, under=None):
            storage.discard(root(), key)
    with read_only(), db.engine.connect() as connection:
        known = set(connection.scalars(select(TABLE.c.file).where(TABLE.c.file.is_not(None))))
    for key, path, written in storage.keys(root()):
        if key not in known and at - written > timedelta(hours=24):
            path.unlink(missing_ok=True)
    return len(found)


def days() -> int:
    return int(current_app.config["PACKAGE_DAYS"])


def end_of(package: Package) -> datetime:
    """Until when a made package is kept; the nightly sweep takes it away."""
    assert package.made_at
    return package.made_at + timedelta(days=days())


def is_over(package: Package, *, at: datetime) -> bool:
    """Whether its days are over, swept or not."""
    return package.made_at is not None and (package.file is None or end_of(package) <= at)


def root() -> Path:
    return Path(current_app.config["PRIVATE_ROOT"]) / FOLDER


def _write(guard: ColumnElement[bool], **values: Any) -> bool:
    with writing(), db.engine.begin() as connection:
        return connection.execute(update(TABLE).where(guard).values(**values)).rowcount == 1
