"""Command: flask packages."""

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext as _

from .. import clock
from . import jobs

packages = AppGroup("packages", help="Packages to take away.")


@packages.command("run")
@with_appcontext
def run() -> None:
    """Make what was asked for and nobody is at, remove what is past its days; for a job that runs every minute."""
    click.echo(_("制作打包下载 %(count)s 个", count=jobs.run()))
    click.echo(_("过期的打包下载：删除 %(count)s 个", count=jobs.sweep(at=clock.now())))
