"""`flask sweep`."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _

from .. import clock
from ..extensions import db
from . import sweeping


@click.command()
@with_appcontext
def sweep() -> None:
    """Remove stored files without a row, unfinished ones, and deleted records past their time; for a daily job."""
    swept = sweeping.sweep(current_app.config["PRIVATE_ROOT"], at=clock.now())
    db.session.commit()
    click.echo(_("没有记录的文件：删除 %(count)s 个", count=swept.orphans))
    click.echo(_("没有写完的文件：删除 %(count)s 个", count=swept.unfinished))
    click.echo(_("已过撤销时间的删除记录：清除 %(count)s 条", count=swept.records))
