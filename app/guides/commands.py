"""Command: flask guides."""

import click
from flask.cli import AppGroup, with_appcontext

from ..errors import DomainError
from .places import guide_in
from .printing import pdf_of
from .text import NAMES, languages_of

guides = AppGroup("guides", help="The users' guides.")


@guides.command("build")
@with_appcontext
def build() -> None:
    """Draw the PDF of every guide that has changed, so that nobody waits for it (SUP-02)."""
    for name in NAMES:
        for language in languages_of(name):
            try:
                pdf_of(guide_in(name, language))
            except DomainError as refusal:
                click.echo(f"{name} ({language}): {refusal}", err=True)
