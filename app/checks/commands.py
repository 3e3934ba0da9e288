"""`flask check`."""

import click
from flask.cli import with_appcontext

from ..database import read_only
from . import all_invariants

SHOWN = 20


@click.command()
@with_appcontext
def check() -> None:
    """Verify what must always be true of the stored rows; exits 1 and names the rows where it is not."""
    broken = 0
    with read_only():
        for invariant in all_invariants():
            findings = list(invariant.broken_by())
            click.echo(f"{'ok    ' if not findings else 'BROKEN'} {invariant.sentence}")
            for finding in findings[:SHOWN]:
                click.echo(f"         {finding}")
            if len(findings) > SHOWN:
                click.echo(f"         … and {len(findings) - SHOWN} more")
            broken += bool(findings)
            if findings and invariant.comes_first:
                click.echo("The others read these rows too and were not looked at.")
                raise SystemExit(1)
    click.echo(f"{len(all_invariants())} invariants, {broken} broken")
    raise SystemExit(1 if broken else 0)
