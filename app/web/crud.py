"""Generated screens on FAB's ModelView, with what it leaks closed once for all (fab.md 0, 3, 9).

Rows, forms, actions and deletions pass one scope; filters belong to the request, not to the process;
a failed save shows what was typed; nobody reads SQL; a GET changes nothing.
"""

import copy
import logging
from collections.abc import Callable
from typing import Any, ClassVar

from flask import abort, flash, g, has_request_context, redirect, request
from flask_appbuilder import ModelView, expose
from flask_appbuilder.hooks import before_request
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.urltools import get_filter_args
from flask_appbuilder.widgets import RenderTemplateWidget
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError
from wtforms import HiddenField

from .. import clock
from ..errors import DomainError
from ..extensions import db
from ..models import AuditEntry

log = logging.getLogger(__name__)

STALE = _l("这条记录刚刚被其他人修改过，您的修改没有保存。已填内容保留在本页，核对后重新保存。")
CONFLICT = _l("内容与已有记录重复，没有保存。修改标识、编码或名称后再试。")
IN_USE = _l("这条记录已被其他数据引用，不能删除。先解除引用，或改为停用。")
BROKEN = _l("抱歉，没有保存成功。已填内容还在本页，稍后再试。")


class RequestFilters:
    """FAB keeps one object of search filters for all requests and threads; this hands out one a request."""

    def __set__(self, view: Any, filters: Any) -> None:
        view.__dict__["_filters_prototype"] = filters

    def __get__(self, view: Any, owner: type) -> Any:
        prototype = view.__dict__.get("_filters_prototype") if view is not None else None
        if prototype is None or not has_request_context():
            return prototype
        held = g.setdefault("filters_of_views", {})
        if id(view) not in held:
            held[id(view)] = copy.copy(prototype)
            held[id(view)].clear_filters()
        return held[id(view)]


class VersionField(HiddenField):
    """The row's version as the person saw it; it is compared, never written back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "HiddenField"

    def populate_obj(self, obj: Any, name: str) -> None:
        pass


class EagerInterface(SQLAInterface):
    """FAB's lists load every related row one by one; this loads the named relations with the page."""

    def __init__(self, obj: type, eager: tuple[str, ...] = ()) -> None:
        super().__init__(obj)
        self.eager = eager

    def apply_all(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        relations = [joinedload(getattr(self.obj, name)) for name in self.eager]
        return super().apply_all(query, *args, **kwargs).options(*relations)


class Filters(RenderTemplateWidget):
    template = "appbuilder/general/widgets/search.html"


class ModelScreen(ModelView):
    """A list, a form and a record page of one table. Subclasses say the columns; nothing is shown by default."""

    _filters = RequestFilters()
    exclude_route_methods: ClassVar[set[str]] = {"download", "action", "action_post"}
    page_size = 25
    max_page_size = 100
    base_order: tuple[str, str] = ("id", "asc")

    def __init__(self, **kwargs: Any) -> None:
        for name in ("list_columns", "show_columns", "search_columns"):
            assert getattr(self, name), f"{type(self).__name__} must name its {name}"
        super().__init__(**kwargs)

    @before_request
    def _refuse_bad_arguments(self) -> None:
        for name, value in request.args.items():
            if name.startswith(("page_", "psize_")) and not (value.isdigit() and len(value) < 7):
                abort(400)

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

    def _get_search_widget(self, form: Any = None, widgets: Any = None, **kwargs: Any) -> Any:
        """The filter form as plain GET fields that keep what was searched for."""
        filters = self._filters.get_search_filters()
        active = False
        for column in self.search_columns:
            names = [type(each).__name__ for each in filters[column]]
            index = names.index("FilterContains") if "FilterContains" in names else 0
            field = form[column]
            field.name = f"_flt_{index}_{column}"
            field.data = request.args.get(field.name, "")
            field.plain, field.flags.required = True, False
            active = active or bool(field.data)
        widgets["search"] = Filters(form=form, include_cols=self.search_columns, is_active=active)
        return widgets

    def _get_add_widget(self, form: Any, **kwargs: Any) -> Any:
        widgets = super()._get_add_widget(form=form, **kwargs)
        widgets["add"].template_args["back_url"] = self.get_default_url()
        return widgets

    def _get_edit_widget(self, form: Any, **kwargs: Any) -> Any:
        widgets = super()._get_edit_widget(form=form, **kwargs)
        widgets["edit"].template_args["back_url"] = self.get_default_url()
        return widgets

    @expose("/delete/<pk>", methods=["POST"])
    def delete(self, pk: str) -> Any:
        return super().delete(pk)

    delete._permission_name = "delete"  # type: ignore[attr-defined]

    def update_redirect(self) -> None:
        """FAB keeps five whole URLs in the cookie and outgrows it; we send people back to the list."""

    def get_redirect(self) -> str:
        return self.get_default_url()

    def post_add_redirect(self) -> Any:
        return redirect(self.get_redirect())

    def post_edit_redirect(self) -> Any:
        return redirect(self.get_redirect())

    def post_delete_redirect(self) -> Any:
        return redirect(self.get_redirect())

    def _row(self, pk: str) -> Any:
        if not str(pk).isdigit():
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
        get_filter_args(self._filters, disallow_if_not_in_search=False)
        form_class = self.edit_form if item is not None else self.add_form
        if request.method != "POST":
            form = form_class.refresh(obj=item)
            if item is not None:
                self.prefill_form(form, self.datamodel.get_pk_value(item))
            return form
        form = form_class.refresh(request.form)
        if item is not None:
            form._id = self.datamodel.get_pk_value(item)
        if not form.validate():
            return form
        self.process_form(form, item is None)

        def work() -> None:
            row = item if item is not None else self.datamodel.obj()
            with db.session.no_autoflush:
                if item is not None and "version" in form and form.version.data != str(item.version):
                    raise StaleDataError
                form.populate_obj(row)
                (self.pre_update if item is not None else self.pre_add)(row)
            db.session.add(row)
            self._note("edit" if item is not None else "add", row)
            db.session.flush()
            (self.post_update if item is not None else self.post_add)(row)

        saved = self._try(work, self.edit_row_message if item is not None else self.add_row_message)
        return None if saved else form

    def process_form(self, form: Any, is_created: bool) -> None:
        for field in form:
            if isinstance(field.data, str) and field.type != "CSRFTokenField":
                field.data = field.data.strip()

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
        changed = sorted(
            name for name in state.mapper.column_attrs.keys() if state.attrs[name].history.has_changes()
        )
        if action == "add":
            db.session.flush()
        db.session.add(
            AuditEntry(
                at=clock.now(),
                by_id=current_user.id,
                action=action,
                object_type=type(row).__name__,
                object_id=str(state.mapper.primary_key_from_instance(row)[0]),
                detail=", ".join(changed)[:1000],
            )
        )
