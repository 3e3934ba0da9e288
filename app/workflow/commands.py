"""flask route, flask lapse."""

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from sqlalchemy import or_, select

from .. import clock
from ..errors import NoRoute
from ..extensions import db
from ..models import Committee, Department, Region
from ..vocabulary import CommitteeTier, Kind, Level, Nature, Stage, Tier, Word
from . import operations, routing, rules
from .routes import OPTIONAL

ANY = "—"


class WordType(click.ParamType):
    """A word of a vocabulary, given as its value or as its Chinese label."""

    name = "word"

    def __init__(self, vocabulary: type[Word]) -> None:
        self.vocabulary = vocabulary

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Word:
        for each in self.vocabulary:
            if value in (each.value, each.label):
                return each
        known = "、".join(f"{each.value}（{each.label}）" for each in self.vocabulary)
        self.fail(_("没有“%(value)s”，可选：%(known)s", value=value, known=known), param, ctx)


@click.command()
@click.option("--nature", type=WordType(Nature), help="Nature of the unit.")
@click.option("--tier", type=WordType(Tier), help="Tier of the unit.")
@click.option("--region", metavar="CODE_OR_NAME", help="Region of the unit.")
@click.option("--committee", metavar="CODE_OR_NAME", help="Committee applied to.")
@click.option("--department", metavar="NAME", help="Stands for the unit's approved competent department.")
@click.option("--kind", type=WordType(Kind), help="Kind of application; review unless given.")
@click.option("--level", type=WordType(Level), help="Level applied for.")
@with_appcontext
def route(
    nature: Nature | None,
    tier: Tier | None,
    region: str | None,
    committee: str | None,
    department: str | None,
    kind: Kind | None,
    level: Level | None,
) -> None:
    """Print the rules; with options, the offices of such an application by name, or what is in its way."""
    if not any((nature, tier, region, committee, department, kind, level)):
        _print_steps()
        _print_rules()
        return
    try:
        offices = routing.build(
            routing.sample_unit(_("示例单位"), nature, tier, _region(region)),
            _committee(committee),
            kind=kind or Kind.REVIEW,
            level=level,
            department=Department(name=department) if department else None,
        )
    except NoRoute as error:
        click.echo(_(error.message))
        click.echo(_("由谁办理：%(who)s", who=error.who))
        click.echo(_("怎样办理：%(todo)s", todo=_(error.todo, **error.params)))
    else:
        _print_table(
            (_("步骤"), _("环节"), _("单位")),
            [
                (str(number), _(office.stage.label), office.organisation.name)
                for number, office in enumerate(offices, 1)
            ],
        )


def _region(given: str | None) -> Region | None:
    if given is None:
        return None
    found = db.session.scalars(select(Region).where(or_(Region.code == given, Region.name == given))).first()
    if found is None:
        raise click.BadParameter(_("没有行政区域“%(given)s”。", given=given), param_hint="--region")
    return found


def _committee(given: str | None) -> Committee | None:
    if given is None:
        return None
    for each in db.session.scalars(select(Committee).order_by(Committee.code)):
        if given in (each.code, each.name, *each.aliases):
            return each
    raise click.BadParameter(_("没有评委会“%(given)s”。", given=given), param_hint="--committee")


def _print_steps() -> None:
    click.echo(_("申报的状态与操作"))
    _print_table(
        (_("操作"), _("由谁"), _("从"), _("到"), _("条件")),
        [
            (
                _(step.event.label),
                step.by.value,
                _(step.from_.label),
                _(step.to.label),
                " ".join(step.guards) or ANY,
            )
            for step in rules.STEPS
        ],
    )
    click.echo(
        _(
            "返回修改、重置流程每年最多 %(chances)s 次，单位推荐后最多 %(opinions)s 次；超过即申报失败。",
            chances=rules.CHANCES,
            opinions=rules.OPINIONS,
        )
    )
    click.echo()


def _print_rules() -> None:
    click.echo(_("流程规则（自上而下，第一条相符的有效）"))
    _print_table(
        (
            _("顺序"),
            _("类型"),
            _("单位性质"),
            _("单位等级"),
            _("评委会层级"),
            _("申报等级"),
            _("步骤"),
            _("说明"),
        ),
        [
            (
                str(row.position),
                _(row.kind.label),
                _labels(Nature, row.natures),
                _labels(Tier, row.tiers),
                _labels(CommitteeTier, row.committee_tiers),
                _labels(Level, row.levels),
                " → ".join(stage_label(each) for each in row.steps),
                row.note or ANY,
            )
            for row in routing.rows()
        ],
    )


def _labels(vocabulary: type[Word], values: Iterable[str]) -> str:
    return "、".join(_(each.label) for each in vocabulary if each in values) or _("不限")


def stage_label(step: str) -> str:
    """A rule's step in words; one with the mark `?` is taken by state units only."""
    (label,) = (_(stage.label) for stage in Stage if stage == step.removesuffix(OPTIONAL))
    return str(_("%(stage)s（国有单位）", stage=label) if step.endswith(OPTIONAL) else label)


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(_width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


@click.command()
@with_appcontext
def lapse() -> None:
    """Close every draft and returned application whose time is over; for a daily job."""
    closed = operations.lapse_overdue(at=clock.arrival())
    db.session.commit()
    for application in closed:
        click.echo(application.number)
    click.echo(_("已过期 %(count)s 份", count=len(closed)))
