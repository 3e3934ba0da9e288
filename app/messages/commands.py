"""`flask outbox run`: texts that no network has taken yet are handed over again."""

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from .. import clock
from ..database import writing
from ..errors import DomainError
from ..web.shell import setting
from .gateways import deliver, gateway_of, waiting

outbox = AppGroup("outbox", help="Texts on their way to phones.")


@outbox.command("run")
@with_appcontext
def run() -> None:
    """Hand over what waits; exits 1 where something still does."""
    try:
        gateway = gateway_of(current_app, phone=setting("support_phone"))
    except DomainError as error:
        raise click.ClickException("no gateway is set up") from error
    with writing():
        sent = deliver(gateway, at=clock.now())
    left = waiting()
    click.echo(f"{sent} sent, {left} waiting")
    raise SystemExit(1 if left else 0)
