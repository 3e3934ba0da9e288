"""`flask outbox run`: what no network has taken yet is handed over again."""

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from .. import clock
from ..database import writing
from ..vocabulary import Channel
from .gateways import deliver, waiting

outbox = AppGroup("outbox", help="Texts and mails on their way.")


@outbox.command("run")
@with_appcontext
def run() -> None:
    """Hand over what waits, codes first; exits 1 where something still does that may go."""
    sms, mail = (current_app.extensions.get(name) for name in ("sms_gateway", "mail_gateway"))
    if sms is None and mail is None:
        raise click.ClickException("no gateway is set up")
    sent, at = 0, clock.now()
    with writing():
        for held in (False, True):
            for channel, gateway in ((Channel.SMS, sms), (Channel.MAIL, mail)):
                if gateway is not None:
                    sent += deliver(gateway, at=at, channel=channel, held=held)
    left = waiting(at=at)
    click.echo(f"{sent} sent, {left} waiting")
    raise SystemExit(1 if left else 0)
