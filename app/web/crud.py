"""Generated screens on FAB's ModelView, with what it leaks closed once for all (fab.md 0, 3, 9).

Rows, forms, actions and deletions pass one scope; filters belong to the request, not to the process;
a failed save shows what was typed; nobody reads SQL; a GET changes nothing.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from flask import abort, flash, request
from flask_appbuilder import ModelView, expose
from flask_appbuilder.hooks import before_request
from flask_appbuilder.urltools import get_order_args, get_page_args, get_page_size_args
from flask_appbuilder.widgets import RenderTemplateWidget
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, ColumnElement, inspect, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from .. import clock
from ..audit import record
from ..errors import DomainError
from ..extensions import db
from .choices import VersionField
from .columns import clause_of, column_of, form_of, is_relation, search_form_of, shown_by
from .interface import RequestFilters, Searched

log = logging.getLogger(__name__)

SAVED = _l("已保存。")
DELETED = _l("已删除。")
STALE = _l("这条记录刚刚被其他人修改过，您的修改没有保存。已填内容保留在本页，核对后重新保存。")
CONFLICT = _l("内容与已有记录重复，或不符合数据要求，没有保存。已填内容还在本页，核对后再试。")
IN_USE = _l("这条记录已被其他数据引用，不能删除。先解除引用，或改为停用。")
BROKEN = _l("抱歉，没有保存成功。已填内容还在本页，稍后再试。")


class Filters(RenderTemplateWidget):
    template = "appbuilder/general/widgets/search.html"


class ModelScreen(ModelView):
    """A list, a form and a record page of one table. Subclasses say the columns; nothing is shown by default.

    `fields` holds the inputs that a column alone does not explain; `search_by` the inputs of the search
    that do more than compare a column, each with the clause for what was typed.
    """

    _filters = RequestFilters()
    exclude_route_methods: ClassVar[set[str]] = {"download", "action", "action_post"}
    page_size = 25
    max_page_size = 100
    base_order: tuple[str, str] = ("id", "asc")
    order_columns: list[str] = []
    add_columns: list[str] = []
    edit_columns: list[str] = []
    formatters_columns: dict[str, Callable[[Any], str]] = {}
    add_row_message = edit_row_message = SAVED
    delete_row_message = DELETED
    fields: ClassVar[Mapping[str, Any]] = {}
    search_by: ClassVar[Mapping[str, tuple[Any, Callable[[str], ColumnElement[bool]]]]] = {}

    def __init__(self, **kwargs: Any) -> None:
        for name in ("list_columns", "show_columns", "search_columns"):
            assert getattr(self, name), f"{type(self).__name__} must name its {name}"
        super().__init__(**kwargs)

    def _init_properties(self) -> None:
        model = self.datamodel.obj
        if not self.order_columns:
            self.order_columns = [name for name in self.list_columns if _is_orderable(model, name)]
        written = list(self.add_columns), list(self.edit_columns)
        super()._init_properties()
        self.add_columns, self.edit_columns = written
        usual = {name: shown_by(model, name) for name in (*self.list_columns, *self.show_columns)}
        self.formatters_columns = {
            name: each for name, each in usual.items() if each
        } | self.formatters_columns

    def _init_forms(self) -> None:
        model, labels, hints = self.datamodel.obj, self.label_columns, self.description_columns
        self.search_form = search_form_of(model, self.search_columns, labels, self.search_by)
        self.add_form = form_of(model, self.add_columns, labels, hints, self.fields)
        own = {**self.fields, "version": VersionField()}
        self.edit_form = form_of(model, [*self.edit_columns, "version"], labels, hints, own)

    @before_request
    def _refuse_bad_arguments(self) -> None:
        for name, value in request.args.items():
            if name.startswith(("page_", "psize_")) and not re.fullmatch("[0-9]{1,6}", value):
                abort(400)

    def _list(self, **kwargs: Any) -> Any:
        """The page of rows that fit the search; the search is plain GET fields that keep what was typed."""
        name, model = type(self).__name__, self.datamodel.obj
        form = self.search_form(request.args)
        form.validate()
        searched = False
        for column, field in form._fields.items():
            field.plain = True
            clause = None if field.errors else self._searched(model, column, field)
            if clause is not None:
                searched = True
                self._filters.add_filter(column, Searched, clause)
        order_column, order_direction = get_order_args().get(name, ("", ""))
        widgets = self._get_list_widget(
            filters=self._filters,
            order_column=order_column,
            order_direction=order_direction,
            page=get_page_args().get(name),
            page_size=get_page_size_args().get(name),
        )
        widgets["search"] = Filters(form=form, include_cols=self.search_columns, is_active=searched)
        return widgets

    def _searched(self, model: type, column: str, field: Any) -> ColumnElement[bool] | None:
        if column in self.search_by:
            return self.search_by[column][1](field.data) if field.data else None
        return clause_of(model, column, field)

    def _get_list_widget(
        self, order_column: str = "", order_direction: str = "", page_size: int | None = None, **kwargs: Any
    ) -> Any:
        if order_column not in self.order_columns:
            order_column = order_direction = ""
        return super()._get_list_widget(
            order_column=order_column,
            order_direction=order_direction,
            page_size=min(page_size or self.page_size, self.max_page_size),
            **kwargs,
        )

    def _get_add_widget(self, form: Any, **kwargs: Any) -> Any:
        widgets = super()._get_add_widget(form=form, **kwargs)
        widgets["add"].template_args["back_url"] = self.get_default_url()
        return widgets

    def _get_edit_widget(self, form: Any, **kwargs: Any) -> Any:
        widgets = super()._get_edit_widget(form=form, **kwargs)
        widgets["edit"].template_args["back_url"] = self.get_default_url()
        return widgets

    @expose("/add", methods=["GET", "POST"])
    def add(self) -> Any:
        return _refusal(super().add())

    add._permission_name = "add"  # type: ignore[attr-defined]

    @expose("/edit/<pk>", methods=["GET", "POST"])
    def edit(self, pk: str) -> Any:
        return _refusal(super().edit(pk))

    edit._permission_name = "edit"  # type: ignore[attr-defined]

    @expose("/delete/<pk>", methods=["POST"])
    def delete(self, pk: str) -> Any:
        return super().delete(pk)

    delete._permission_name = "delete"  # type: ignore[attr-defined]

    def update_redirect(self) -> None:
        """FAB keeps five whole URLs in the cookie and outgrows it; we send people back to the list."""

    def get_redirect(self) -> str:
        return self.get_default_url()

    def _row(self, pk: str) -> Any:
        if not re.fullmatch("[0-9]{1,9}", str(pk)):
            abort(404)
        return self.datamodel.get(int(pk), self._base_filters) or abort(404)

    def _show(self, pk: str) -> Any:
        return self._get_show_widget(pk, self._row(pk)) | {"related_views": []}

    def _add(self) -> Any:
        form = self._save(None)
        return form and self._get_add_widget(form=form)

    def _edit(self, pk: str) -> Any:
        form = self._save(self._row(pk))
        return form and self._get_edit_widget(form=form) | {"related_views": []}

    def _delete(self, pk: str) -> None:
        item = self._row(pk)

        def work() -> None:
            self.pre_delete(item)
            self._note("delete", item)
            db.session.delete(item)

        self._try(work, self.delete_row_message, conflict=IN_USE)

    def _save(self, item: Any) -> Any:
        """Save the posted form; returns None when saved, else the form as typed."""
        form = (self.add_form if item is None else self.edit_form)(obj=item)
        if request.method != "POST":
            if item is not None:
                form.version.data = self._version_of(item)
                self.prefill_form(form, item.id)
            return form
        form.row_id = item and item.id
        if not form.validate():
            return form
        self.process_form(form, item is None)
        seen = item and form.version.data

        def work() -> None:
            row = self.datamodel.obj() if item is None else item
            if item is not None:
                # Two statements: PostgreSQL locks no row through the outer joins of eager relations.
                db.session.execute(select(type(item).id).where(type(item).id == item.id).with_for_update())
                db.session.refresh(item)
                if seen != self._version_of(item):
                    raise StaleDataError
            with db.session.no_autoflush:
                form.populate_obj(row)
                (self.pre_add if item is None else self.pre_update)(row)
            db.session.add(row)
            self._note("add" if item is None else "edit", row)
            db.session.flush()
            (self.post_add if item is None else self.post_update)(row)

        if self._try(work, self.add_row_message if item is None else self.edit_row_message):
            return None
        if item is not None:
            self._show_stored(form, self._row(item.id))
        return form

    def process_form(self, form: Any, is_created: bool) -> None:
        """An empty text in a column that may be empty is nothing, so that it never counts as a duplicate."""
        for name in self.add_columns if is_created else self.edit_columns:
            if form[name].data == "" and name not in self.fields:
                form[name].data = None if column_of(self.datamodel.obj, name).nullable else ""

    def _version_of(self, item: Any) -> str:
        """A digest of what the form edits: rows need no version column to refuse a lost update (E02)."""
        values = [repr(getattr(item, column_of(type(item), name).key)) for name in self._stored_columns()]
        return hashlib.sha256("\n".join(values).encode()).hexdigest()[:16]

    def _stored_columns(self) -> list[str]:
        attributes = inspect(self.datamodel.obj).attrs
        return [name for name in self.edit_columns if name in attributes]

    def _show_stored(self, form: Any, item: Any) -> None:
        """Put the stored value beside each input that differs, and let the next save replace it."""
        for name in self._stored_columns():
            value = getattr(item, name)
            stored = self.edit_form(formdata=None, obj=item)[name]
            if form[name].data != stored.data:
                text = (
                    self.formatters_columns.get(name, str)(value)
                    if value not in (None, "", [])
                    else _("（空）")
                )
                form[name].back_note = _("现在保存的是：%(value)s", value=text)
        form.version.data = self._version_of(item)

    def _try(self, work: Callable[[], None], message: object, conflict: object = CONFLICT) -> bool:
        """Do the work and its record in one transaction; on refusal roll back and say why, without SQL."""
        try:
            work()
            db.session.commit()
        except DomainError as error:
            text = _(error.message, **error.params)
        except StaleDataError:
            text = str(STALE)
        except IntegrityError:
            text = str(conflict)
        except SQLAlchemyError:
            log.exception("save failed")
            text = str(BROKEN)
        else:
            flash(str(message), "success")
            return True
        db.session.rollback()
        flash(text, "danger")
        return False

    def _note(self, action: str, row: Any) -> None:
        """The record of who changed what (D08): names of the changed columns, never their values."""
        state = inspect(row)
        changed = sorted(each.key for each in state.attrs if each.history.has_changes())
        record(action, row, at=clock.now(), detail=", ".join(changed))


def _is_orderable(model: type, name: str) -> bool:
    if name not in inspect(model).attrs or is_relation(model, name):
        return False
    return not isinstance(column_of(model, name).type, JSON)


def _refusal(answer: Any) -> Any:
    """A posted form that comes back was not saved, and the status says so."""
    return (answer, 422) if request.method == "POST" and isinstance(answer, str) else answer
