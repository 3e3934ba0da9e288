"""`flask audit verify` and `flask audit head` (D08)."""

import re
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from .. import chain
from ..database import read_only

ANCHOR = re.compile(r"([0-9]{1,9}):([0-9a-f]{64})")

audit = AppGroup("audit", help="The chained record of changes.")


class Anchor(click.ParamType):
    """What `flask audit head` printed on an earlier day."""

    name = "POSITION:MAC"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, str]:
        found = ANCHOR.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is not what `flask audit head` prints", param, ctx)
        return int(found[1]), found[2]


@audit.command("verify")
@click.option("--anchor", "anchors", multiple=True, type=Anchor(), help="An end of the chain kept elsewhere.")
@with_appcontext
def verify(anchors: tuple[tuple[int, str], ...]) -> None:
    """Look for changed, removed, inserted, reordered or cut-off lines; exits 1 and names them."""
    faults = 0
    with read_only():
        for fault in chain.verify(dict(anchors)):
            click.echo(str(fault))
            faults += 1
        click.echo(f"{chain.length()} lines, {faults} faults")
    raise SystemExit(1 if faults else 0)


@audit.command("head")
@with_appcontext
def head() -> None:
    """Print the end of the chain, to be kept on another machine."""
    with read_only():
        position, mac = chain.head()
    click.echo(f"{position}:{mac}")
