"""flask admin create."""

import os
import re

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext as _

from .. import clock
from ..errors import AlreadyRegistered, PasswordRefused
from ..extensions import db
from ..vocabulary import ADMINISTRATORS, Role
from .registration import create_administrator

USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{3,63}")

admin = AppGroup("admin", help="Accounts that no page can make.")


@admin.command("create")
@click.argument("username")
@click.option("--name", help="The person's name; without it that of the role.")
@click.option(
    "--role",
    type=click.Choice([each.value for each in ADMINISTRATORS]),
    default=Role.SUPER_ADMIN.value,
    show_default=True,
)
@with_appcontext
def create(username: str, name: str | None, role: str) -> None:
    """Make the account USERNAME of an administrator. The three are three persons (B13).

    A super administrator makes all other staff accounts; a security administrator looks after accounts,
    an auditor reads the record of changes.

    The password is that of the environment variable ADMIN_PASSWORD, else it is asked for.
    """
    if not USERNAME.fullmatch(username):
        raise click.ClickException(_("用户名应为 4 至 64 位字母、数字和 _ . -，以字母开头。"))
    password = os.environ.get("ADMIN_PASSWORD") or _ask_for_password()
    try:
        create_administrator(
            role=Role(role),
            name=name or Role(role).label,
            username=username,
            password=password,
            at=clock.now(),
        )
    except (AlreadyRegistered, PasswordRefused) as error:
        raise click.ClickException(_(error.message, **error.params)) from None
    db.session.commit()
    click.echo(_("%(role)s %(username)s 已建立。", role=_(Role(role).label), username=username))


def _ask_for_password() -> str:
    password: str = click.prompt(_("密码"), hide_input=True)
    if click.prompt(_("再输入一次密码"), hide_input=True) != password:
        raise click.ClickException(_("两次输入的密码不一致，重新输入"))
    return password
