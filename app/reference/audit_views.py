"""操作记录: the auditor's pages. They read; the one button looks whether the chain is whole (D08, B13)."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from .. import chain
from ..extensions import db
from ..models import AuditEntry
from ..vocabulary import Result
from ..web.choices import ANY
from ..web.fields import Day, normal, number_in, words
from .audit_search import Question, find
from .deeds import ACTIONS, OBJECTS, action_label, object_label
from .details import detail_label, fault_words
from .people_views import account_label

# So many lines are looked at while the auditor waits; `flask audit verify` looks at all.
AT_ONCE, NAMED = 20_000, 5


class AuditSearch(FlaskForm):
    """Plain GET fields; an address of one's own choosing can carry an action that the list does not offer."""

    class Meta:
        csrf = False

    who = StringField(_l("操作人"), filters=[normal], description=_l("用户名，或姓名开头"))
    action = SelectField(_l("操作"), filters=[normal], validate_choice=False)
    object_type = SelectField(_l("对象"), filters=[normal], validate_choice=False)
    object_id = StringField(_l("对象编号"), filters=[normal])
    result = SelectField(_l("结果"), filters=[normal], validate_choice=False)
    address = StringField(_l("来源地址"), filters=[normal])
    since = Day(_l("起始日期"))
    until = Day(_l("截止日期"), description=_l("包括当天"))

    def offer(self) -> None:
        """The choices, in the person's language; what an address names beside them is one too."""
        offered: tuple[tuple[Any, list[tuple[str, str]]], ...] = (
            (self.action, _choices(ACTIONS)),
            (self.object_type, _choices(OBJECTS)),
            (self.result, [(each.value, each.label) for each in words(Result)]),
        )
        for field in self:
            field.plain = True
        for field, choices in offered:
            label = action_label if field is self.action else object_label
            extra = (
                [(field.data, label(field.data))] if field.data and field.data not in dict(choices) else []
            )
            field.choices = [("", str(ANY)), *extra, *choices]

    def question(self) -> Question:
        result = self.result.data
        return Question(
            who=self.who.data or "",
            action=self.action.data or "",
            object_type=self.object_type.data or "",
            object_id=self.object_id.data or "",
            result=Result(result) if result in list(Result) else None,
            address=self.address.data or "",
            since=self.since.data,
            until=self.until.data,
        )


def _choices(labels: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(((value, _(label)) for value, label in labels.items()), key=lambda each: each[1])


class AuditView(BaseView):
    route_base = "/audit"
    default_view = "list"

    @expose("/")
    @has_access
    def list(self) -> Any:
        form = AuditSearch(request.args)
        form.validate()
        form.offer()
        entries, older = find(form.question(), before=number_in(request.args.get("before")))
        asked: dict[str, Any] = {
            name: value for name, value in request.args.items() if name in form and value
        }
        return self.render_template(
            "reference/audit.html",
            form=form,
            is_searched=bool(asked),
            lines=[_line(each) for each in entries],
            length=chain.length(),
            newest_url=url_for("AuditView.list", **asked) if "before" in request.args else None,
            older_url=url_for("AuditView.list", **asked, before=older) if older else None,
        )

    @expose("/<int(max=2147483647):pk>")
    @has_access
    def show(self, pk: int) -> Any:
        entry = db.get_or_404(AuditEntry, pk)
        return self.render_template("reference/audit_entry.html", entry=entry, line=_line(entry))

    @expose("/verify", methods=["POST"])
    @has_access
    def verify(self) -> Any:
        """Look at the newest lines; the page says how many, and names what is wrong."""
        faults = [*chain.verify(last=AT_ONCE)]
        length = chain.length()
        first = max(1, length - AT_ONCE + 1)
        if faults:
            flash(
                _("核验发现 %(count)s 处不符：%(named)s。立即联系系统管理员，用 flask audit verify 逐条核对。",
                  count=len(faults), named=fault_words(faults[:NAMED])),
                "danger",
            )  # fmt: skip
        else:
            flash(_("已核验第 %(first)s 至 %(last)s 条，没有发现改动。", first=first, last=length), "success")
        return redirect(url_for("AuditView.list"))


def _line(entry: AuditEntry) -> dict[str, Any]:
    """An entry in words."""
    return {
        "pk": entry.id,
        "at": entry.at,
        "who": account_label(entry.by),
        "username": entry.by.username if entry.by else "",
        "role": entry.role,
        "office": entry.organisation.name if entry.organisation else "",
        "action": action_label(entry.action),
        "object": object_label(entry.object_type),
        "object_id": entry.object_id,
        "result": entry.result,
        "address": entry.address,
        "detail": detail_label(entry.detail, entry.action, entry.object_type),
    }


VIEWS = (AuditView,)
