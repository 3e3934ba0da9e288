"""Importing majors and professions: upload, look at what would happen, confirm."""

from typing import Any, cast

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField
from wtforms.validators import InputRequired, ValidationError

from .. import clock
from ..audit import record
from ..errors import DomainError
from ..extensions import db
from ..web.choices import WordField
from ..web.columns import REQUIRED
from . import tree_import
from .tree_import import Tree

LARGEST = 500_000


class UploadForm(FlaskForm):
    """The tree and the file; after a look at the preview the file's text comes back as `content`."""

    tree = WordField(_l("导入到"), [InputRequired(REQUIRED)], words=Tree)
    file = FileField(_l("CSV 文件"), description=_l("UTF-8 或 GB 18030 编码，首行为列名，不超过 500 KB"))
    content = HiddenField()

    def validate_file(self, field: Any) -> None:
        if not field.data and not self.content.data:
            raise ValidationError(_("选择要导入的文件"))

    def text(self) -> str:
        """The file as chosen now, or as it was shown in the preview."""
        if not self.file.data:
            return str(self.content.data)
        content = self.file.data.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise tree_import.FileUnreadable(_("文件超过 500 KB，分成几个文件上传。"))
        return tree_import.decode(content)


class TreeImportView(BaseView):
    route_base = "/admin/tree-import"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def form(self) -> Any:
        form = UploadForm()
        if request.method == "GET":
            return self._page(form)
        if not form.validate():
            return self._page(form), 422
        try:
            tree, text = cast(Tree, form.tree.data), form.text()
            reading = tree_import.read(tree, text)
            if "confirm" in request.form:
                return self._add(reading)
        except DomainError as error:
            db.session.rollback()
            form.file.errors = [_(error.message, **error.params)]
            return self._page(form), 422
        form.content.data = text
        return self._page(form, reading)

    def _add(self, reading: tree_import.Reading) -> Any:
        count = tree_import.add(reading)
        model = tree_import.MODEL_OF[reading.tree]
        record("import", at=clock.now(), object_type=model.__name__, detail=str(count))
        db.session.commit()
        flash(_("已导入 %(count)s 行。", count=count), "success")
        return redirect(url_for(f"{model.__name__}Admin.list"))

    def _page(self, form: UploadForm, reading: tree_import.Reading | None = None) -> Any:
        form.file.flags.required = True
        columns = [(_(tree.label), ",".join(tree_import.COLUMNS[tree])) for tree in Tree]
        return self.render_template("reference/tree_import.html", form=form, reading=reading, columns=columns)


VIEWS = (TreeImportView,)
