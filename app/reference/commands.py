"""flask seed, flask reference export."""

import json
from itertools import groupby
from typing import TextIO

import click
from flask.cli import AppGroup, with_appcontext
from flask_babel import gettext as _

from config import ROOT

from ..extensions import db
from . import catalogue, seeding

NOWHERE = "—"


@click.command()
@with_appcontext
def seed() -> None:
    """Load seeds/ into the database; rows that administrators added or changed settings stay."""
    counts = seeding.load(ROOT / "seeds")
    db.session.commit()
    for count in counts:
        click.echo(
            _(
                "%(table)s：%(rows)s 行，新增 %(added)s，更正 %(changed)s（%(file)s）",
                table=count.table,
                rows=count.rows,
                added=count.added,
                changed=count.changed,
                file=count.file,
            )
        )
    _print_differences()


def _print_differences() -> None:
    found = catalogue.differences()
    click.echo()
    click.echo(_("评审计划与评委会目录的差异：%(count)s 处", count=len(found)))
    for about, group in groupby(sorted(found, key=lambda each: each.about), key=lambda each: each.about):
        click.echo(f"{_(about)}：")
        for each in group:
            plan = _("计划：%(text)s", text=each.plan or NOWHERE)
            directory = _("目录：%(text)s", text=each.directory or NOWHERE)
            click.echo(f"  {each.code}  {plan}  {directory}")


reference = AppGroup("reference", help="The catalogues as the sources print them.")


@reference.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8", atomic=True))
@with_appcontext
def export(file: TextIO) -> None:
    """Write the catalogues to FILE as one JSON object; `-` is the standard output."""
    json.dump(catalogue.export(), file, ensure_ascii=False, indent=1)
    file.write("\n")
