"""`flask identity new-key` and `flask identity rotate` (D01)."""

import click
from flask.cli import AppGroup, with_appcontext

from .. import clock, rotation
from ..audit import record
from ..extensions import db
from ..protection import keyring, new_key

SHOWN = 20

identity = AppGroup("identity", help="The keys of identity data.")


@identity.command("new-key")
def make_key() -> None:
    """Print a new key: with a name before it for IDENTITY_KEYS (name:key), or as INDEX_KEY or AUDIT_KEY."""
    click.echo(new_key())


@identity.command("rotate")
@with_appcontext
def rotate() -> None:
    """Seal everything under the first key of IDENTITY_KEYS, while people work.

    Changes nothing if there is a value that no key opens. Afterwards the other keys can be removed.
    """
    broken = list(rotation.unreadable())
    db.session.rollback()
    if broken:
        for line in broken[:SHOWN]:
            click.echo(line, err=True)
        raise click.ClickException(f"{len(broken)} values cannot be read; nothing was changed.")
    moved = rotation.rotate()
    for place, count in moved.items():
        click.echo(f"{count:8} {place}")
    total = sum(moved.values())
    counts = ", ".join(f"{place} {count}" for place, count in moved.items() if count)
    record("rotate_keys", at=clock.now(), object_type="Sealed", detail=counts)
    db.session.commit()
    click.echo(f"{total} values are now sealed under the key {keyring().current!r}.")
