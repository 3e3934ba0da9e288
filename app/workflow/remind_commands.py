"""`flask remind run`: for a daily job in the morning."""

import click
from flask.cli import AppGroup, with_appcontext

from .. import clock
from ..database import writing
from . import morning
from .notices import holidays

remind = AppGroup("remind", help="Reminders.")


@remind.command("run")
@with_appcontext
def run() -> None:
    """Remind offices and applicants, tell subscribers. A second run of the day reminds only whom the first missed."""
    at = clock.now()
    with writing():
        offices, unknown = morning.remind_offices(holidays(), at=at)
        applicants = morning.remind_applicants(at=at)
        subscribers = morning.tell_subscribers(at=at)
    click.echo(f"{offices} offices, {applicants} applicants, {subscribers} subscribers")
    if unknown is not None:
        click.echo(f"idle applications were not counted: {unknown}", err=True)
