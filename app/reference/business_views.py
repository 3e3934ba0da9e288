"""Super administrators' screens of rounds and route rules, and the trial of the rules."""

import hashlib
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect, not_, or_, select
from wtforms import Form, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from .. import clock
from ..dossier.templates import published, suits
from ..errors import NoRoute, WindowNotReopened
from ..extensions import db
from ..models import (
    SECTIONS,
    Committee,
    Department,
    Region,
    Round,
    RouteRule,
)
from ..models.columns import last_minute
from ..organisations import rounds
from ..organisations.operations import check_window
from ..organisations.round_errors import RunningAffected
from ..vocabulary import Category, CommitteeTier, Kind, Level, Nature, Stage, Tier
from ..web.choices import (
    MultiCheckField,
    RowField,
    VersionField,
    WholeNumber,
    WordField,
    WordsField,
    YesNoField,
)
from ..web.columns import REQUIRED, words
from ..web.crud import ModelScreen
from ..web.fields import normal
from ..web.interface import EagerInterface
from ..web.shell import listed
from ..workflow import routing
from ..workflow.commands import stage_label
from ..workflow.routes import OPTIONAL
from .round_forms import RECEIVING, BatchField, MonthsField, TemplateField, beside
from .template_operations import refuse_choice


def _is_open(answer: str) -> Any:
    is_open = Round.is_open(clock.now())
    return is_open if answer == "1" else not_(is_open)


def _sections() -> list[SelectChoice]:
    return [SelectChoice(each.section.slug, _(each.section.title)) for each in SECTIONS]


def _section_titles(slugs: list[str]) -> str:
    return listed(each.label for each in _sections() if each.value in slugs) or _("系统默认")


UNSAID = ("csrf_token", "version", "confirmed")


class RoundAdmin(ModelScreen):
    datamodel = EagerInterface(Round, eager=("committee",))
    route_base = "/admin/rounds"
    base_order = ("id", "desc")
    list_title, show_title, add_title, edit_title = (
        _l("年度与窗口"),
        _l("申报窗口"),
        _l("新增申报窗口"),
        _l("编辑申报窗口"),
    )
    label_columns = {
        "committee": _l("评委会"),
        "year": _l("年度"),
        "kind": _l("类型"),
        "opens_at": _l("网上申报开始时间"),
        "closes_at": _l("网上申报截止时间"),
        "corrections_until": _l("补正截止时间"),
        "tenure_until": _l("任职年限计算至"),
        "levels": _l("申报等级"),
        "categories": _l("参评类别"),
        "required_sections": _l("必填的申报信息"),
        "major_mismatch_blocks": _l("所学专业与从事专业不一致时不能申报"),
        "notice": _l("申报通知"),
        "published_at": _l("发布时间"),
        "receives_from": _l("收审材料开始日期"),
        "receives_until": _l("收审材料截止日期"),
        "in_one_batch": _l("由市统一报送"),
        "times_reason": _l("不按收审时间推算的原因"),
        "months": _l("受理月份"),
        "form_template": _l("申报表模板"),
    }
    description_columns = {
        "opens_at": _l("从这一刻起可以提交"),
        "closes_at": _l("到这一刻为止；当天 24:00 填次日 00:00。截止后不能重新开放"),
        "corrections_until": _l("返回修改的申报在此之前可以再次提交；不能早于网上申报截止时间"),
        "tenure_until": _l("市级评委会为申报年度 12 月 31 日"),
        "major_mismatch_blocks": _l("不勾选的只提示"),
        "notice": _l("申报人选择评委会时看到"),
    }
    formatters_columns = {
        "levels": words(Level),
        "categories": words(Category),
        "required_sections": _section_titles,
        "months": lambda months: _("%(months)s 月", months=listed(str(each) for each in months)),
    }
    fields = {
        "year": WholeNumber(_l("年度"), [InputRequired(REQUIRED)], smallest=2000, largest=2100),
        "levels": WordsField(_l("申报等级"), words=Level, description=_l("一个都不勾选的按评委会的评审等级")),
        "categories": WordsField(_l("参评类别"), words=Category, description=_l("一个都不勾选表示全部类别")),
        "in_one_batch": BatchField(_l("由市统一报送")),
        "months": MonthsField(),
        "form_template": TemplateField(),
        "confirmed": VersionField(),
        "required_sections": MultiCheckField(
            _l("必填的申报信息"),
            choices=_sections,
            description=_l(
                "一个都不勾选的按系统默认：学历情况、学习经历、工作经历、专业技术工作总结、年度考核情况"
            ),
        ),
    }
    search_by = {
        "committee": (
            StringField(_l("评委会"), filters=[normal]),
            lambda typed: Round.committee.has(
                or_(Committee.name.icontains(typed, autoescape=True), Committee.code == typed.upper())
            ),
        ),
        "opens_at": (YesNoField(_l("正在受理")), _is_open),
    }
    list_columns = ["committee", "year", "kind", "opens_at", "closes_at", "corrections_until", "published_at"]
    search_columns = ["committee", "year", "kind", "opens_at"]
    add_columns = [
        "committee",
        "year",
        "kind",
        "opens_at",
        "closes_at",
        "corrections_until",
        "tenure_until",
        "levels",
        "categories",
        "required_sections",
        "major_mismatch_blocks",
        "notice",
    ]
    show_columns = [
        *add_columns, "published_at", "receives_from", "receives_until", "in_one_batch", "times_reason", "months",
        "form_template",
    ]  # fmt: skip
    edit_columns = [
        *RECEIVING[:3], "opens_at", "closes_at", "times_reason", "corrections_until", "months",
        *add_columns[add_columns.index("tenure_until") :], "form_template", "confirmed",
    ]  # fmt: skip
    edit_template = "reference/round_edit.html"

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """A published round. A draft has its one form at RoundSetupView, together with its check."""
        if self._row(pk).published_at is None:
            return redirect(url_for("RoundSetupView.setup", pk=pk))
        return super().edit(pk)

    edit._permission_name = "edit"

    def _get_edit_widget(self, form: Any, **kwargs: Any) -> Any:
        assert request.view_args
        round_ = self._row(request.view_args["pk"])
        form.form_template.offer(each for each in published(round_.year) if suits(each, round_))
        widgets = super()._get_edit_widget(form, exclude_cols=beside(round_), **kwargs)
        widgets["edit"].template_args["round"] = round_
        return widgets

    def pre_add(self, item: Round) -> None:
        """A draft; nobody but administrators and its committee meets it until it is published."""
        check_window(item.opens_at, item.closes_at, item.corrections_until)

    def post_add(self, item: Round) -> None:
        rounds.ask_for_recognition(item)

    def pre_update(self, item: Round) -> None:
        """A window that has closed stays closed (CYC-02)."""
        check_window(item.opens_at, item.closes_at, item.corrections_until)
        before: list[datetime] = list(inspect(item).attrs.closes_at.history.deleted or ())
        if before and before[0] <= clock.now():
            raise WindowNotReopened(closes=last_minute(before[0]))
        rounds.check_complete(item)
        refuse_choice(item.form_template, item)
        running = rounds.running_in(item) if item.published_at and inspect(item).modified else 0
        if running and request.form.get("confirmed") != _typed():
            raise RunningAffected(n=running)

    def post_update(self, item: Round) -> None:
        rounds.keep_due(item)

    def _show_stored(self, form: Any, item: Round) -> None:
        """What was looked at beside what is stored may be saved; what a colleague changed is looked at first."""
        is_fresh = form.version.data == self._version_of(item)
        super()._show_stored(form, item)
        form.confirmed.data = _typed() if is_fresh else ""


def _typed() -> str:
    """A digest of what the form says."""
    said = sorted(each for each in request.form.items(multi=True) if each[0] not in UNSAID)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


STEPS = (
    Stage.UNIT.value,
    Stage.DEPARTMENT.value,
    Stage.DEPARTMENT.value + OPTIONAL,
    Stage.BUREAU.value,
    Stage.CITY_BUREAU.value,
    Stage.COMMITTEE.value,
)


class StepsField(MultiCheckField):
    """The offices of a rule, always in the order of the route."""

    def pre_validate(self, form: Any) -> None:
        chosen = self.data or []
        if Stage.UNIT not in chosen:
            raise ValidationError(_("每条规则都从单位审核开始"))
        if Stage.DEPARTMENT in chosen and Stage.DEPARTMENT + OPTIONAL in chosen:
            raise ValidationError(_("主管部门审核只选一种"))
        if form.kind.data is Kind.REVIEW and Stage.COMMITTEE not in chosen:
            raise ValidationError(_("申报评审的规则须到评委会为止"))


class RouteRuleAdmin(ModelScreen):
    datamodel = EagerInterface(RouteRule)
    route_base = "/admin/route-rules"
    base_order = ("position", "asc")
    list_title, show_title, add_title, edit_title = (
        _l("流程规则"),
        _l("流程规则"),
        _l("新增流程规则"),
        _l("编辑流程规则"),
    )
    label_columns = {
        "position": _l("顺序"),
        "kind": _l("类型"),
        "natures": _l("单位性质"),
        "tiers": _l("单位等级"),
        "committee_tiers": _l("评委会层级"),
        "levels": _l("申报等级"),
        "steps": _l("步骤"),
        "note": _l("说明"),
    }
    description_columns = {"position": _l("从小到大逐条比对，第一条相符的有效；已提交的申报不受修改影响")}
    formatters_columns = {
        "natures": words(Nature),
        "tiers": words(Tier),
        "committee_tiers": words(CommitteeTier),
        "levels": words(Level),
        "steps": lambda steps: " → ".join(stage_label(each) for each in steps),
    }
    fields = {
        "natures": WordsField(_l("单位性质"), words=Nature, description=_l("一个都不勾选表示不限")),
        "tiers": WordsField(_l("单位等级"), words=Tier, description=_l("一个都不勾选表示不限")),
        "committee_tiers": WordsField(
            _l("评委会层级"), words=CommitteeTier, description=_l("一个都不勾选表示不限")
        ),
        "levels": WordsField(_l("申报等级"), words=Level, description=_l("一个都不勾选表示不限")),
        "steps": StepsField(
            _l("步骤"),
            [InputRequired(REQUIRED)],
            choices=lambda: [SelectChoice(each, stage_label(each)) for each in STEPS],
        ),
    }
    list_columns = ["position", "kind", "natures", "tiers", "committee_tiers", "levels", "steps"]
    search_columns = ["kind", "note"]
    show_columns = add_columns = edit_columns = [
        "position",
        "kind",
        "natures",
        "tiers",
        "committee_tiers",
        "levels",
        "steps",
        "note",
    ]


def _rows(model: Any) -> Any:
    return lambda: list(db.session.scalars(select(model).order_by(model.id)))


class TrialForm(Form):
    """A sample unit and what it applies for; all of it optional, because gaps are worth trying out."""

    kind = WordField(_l("类型"), words=Kind, default=Kind.REVIEW)
    nature = WordField(_l("单位性质"), words=Nature)
    tier = WordField(_l("单位等级"), words=Tier)
    region = RowField(_l("行政区域"), rows=_rows(Region))
    department = StringField(
        _l("主管部门"), filters=[normal], description=_l("填写任意名称，表示单位已有审核通过的默认主管部门")
    )
    committee = RowField(_l("评委会"), rows=_rows(Committee))
    level = WordField(_l("申报等级"), words=Level)


class RouteTrialView(BaseView):
    """Tries the rules on a sample unit; reads only, so the query string holds the whole question."""

    route_base = "/admin/route-trial"

    @expose("/")
    @has_access
    def form(self) -> Any:
        form = TrialForm(request.args)
        offices: list[routing.Office] = []
        refusal: NoRoute | None = None
        for each in form:
            each.plain = True
        if request.args and form.validate():
            try:
                offices = self._offices(form)
            except NoRoute as error:
                refusal = error
        return self.render_template("reference/route_trial.html", form=form, offices=offices, refusal=refusal)

    def _offices(self, form: TrialForm) -> list[routing.Office]:
        name = form.department.data
        with db.session.no_autoflush:
            return routing.build(
                routing.sample_unit(_("示例单位"), form.nature.data, form.tier.data, form.region.row),
                form.committee.row,
                kind=form.kind.data or Kind.REVIEW,
                level=form.level.data,
                department=Department(name=name) if name else None,
            )


VIEWS = (RoundAdmin, RouteRuleAdmin, RouteTrialView)
