"""flask demo."""

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext as _
from sqlalchemy import select

from .. import clock
from ..extensions import db
from ..models import User
from . import ACCOUNTS, PASSWORD
from .calls import answer_calls
from .stories import STORIES, tell_all
from .world import build_world


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing where there is an account already.")
@with_appcontext
def demo(if_empty: bool) -> None:
    """Make the demo accounts and applications; never in production, never twice."""
    if current_app.config["IS_PRODUCTION"]:
        raise click.ClickException(_("生产环境不建立演示数据。"))
    if db.session.scalar(select(User.id).limit(1)) is not None and if_empty:
        return
    if db.session.scalar(select(User.id).where(User.username == ACCOUNTS[0][1])) is not None:
        raise click.ClickException(
            _("演示数据已经建立。要重新建立，先清空数据库，再运行 flask db upgrade 和 flask seed。")
        )
    at = clock.now()
    tell_all(build_world(at), at)
    answer_calls(at)
    db.session.commit()
    for role, username, _password in ACCOUNTS:
        click.echo(f"{username}\t{_(role)}")
    click.echo(f"demo-newcomer\t{_('申报人')}")
    for story in STORIES:
        click.echo(f"{story.username}\t{_('申报人')} {story.name}")
    click.echo(_("密码都是 %(password)s", password=PASSWORD))
