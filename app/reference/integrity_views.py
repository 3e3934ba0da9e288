"""Administrators' screen of the integrity archive; numbers are masked (INT-01, D02)."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, InputRequired

from ..accounts.forms import DocumentNumber
from ..models import IntegrityRecord
from ..vocabulary import Document
from ..web.choices import WordField
from ..web.columns import REQUIRED
from ..web.crud import ModelScreen
from ..web.interface import EagerInterface
from ..web.masking import mask_id_number
from .people_views import DOCUMENT, ID_NUMBER, KeptNumber, masked_id_number


class Unstored(WordField):
    """The kind of document is asked for only to judge the number: the archive finds people by the number."""

    def populate_obj(self, obj: Any, name: str) -> None:
        pass


class IntegrityRecordAdmin(ModelScreen):
    datamodel = EagerInterface(IntegrityRecord)
    route_base = "/admin/integrity-records"
    base_order = ("id", "desc")
    list_title, show_title, add_title, edit_title = (
        _l("诚信档案"),
        _l("诚信档案"),
        _l("新增诚信档案"),
        _l("编辑诚信档案"),
    )
    label_columns = {
        "document": DOCUMENT,
        "id_number": ID_NUMBER,
        "reason": _l("事由"),
        "starts_on": _l("起始日期"),
        "until": _l("截止日期"),
    }
    description_columns = {"until": _l("截止当天仍不能申报")}
    formatters_columns = {"id_number": masked_id_number}
    fields = {
        "document": Unstored(DOCUMENT, [DataRequired(REQUIRED)], words=Document, default=Document.RESIDENT),
        "id_number": KeptNumber(ID_NUMBER, [InputRequired(REQUIRED), DocumentNumber()], mask=mask_id_number),
    }
    list_columns = show_columns = ["id_number", "reason", "starts_on", "until"]
    order_columns = ["starts_on", "until"]
    search_columns = ["reason", "starts_on", "until"]
    add_columns = ["document", "id_number", "reason", "starts_on", "until"]
    edit_columns = ["reason", "starts_on", "until"]


VIEWS = (IntegrityRecordAdmin,)
