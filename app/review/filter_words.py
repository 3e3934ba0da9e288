"""A list's filters in a person's words: for the page, the export and what is done to a whole list."""

from flask_babel import gettext as _

from ..extensions import db
from ..models import Organisation
from .filters import By, Filters, taken_for


def words_of(filters: Filters) -> list[str]:
    """One phrase a filter; none for a list that is not narrowed."""
    found = [_search(filters.q)] if filters.q else []
    if filters.committee_id is not None:
        committee = db.session.get(Organisation, filters.committee_id)
        found.append(_("评委会：%(name)s", name=committee.name if committee else filters.committee_id))
    if filters.is_soon:
        found.append(_("3 天内截止"))
    if filters.level is not None:
        found.append(_("级别：%(name)s", name=_(filters.level.label)))
    if filters.category is not None:
        found.append(_("参评类别：%(name)s", name=_(filters.category.label)))
    if filters.submission:
        found.append(_("首次提交") if filters.submission == "first" else _("再次提交"))
    if filters.days is not None:
        found.append(_("已等待 %(n)s 天以上", n=filters.days))
    return found


def _search(typed: str) -> str:
    kind = taken_for(typed)
    if kind is By.TAIL:
        return _("证件号后六位：%(typed)s", typed=typed.upper())
    if kind is By.INITIALS:
        return _("姓名拼音首字母：%(typed)s", typed=typed.lower())
    if kind is By.NUMBER:
        return _("申报编号：%(typed)s", typed=typed.upper())
    return _("姓名：%(typed)s", typed=typed)


def tab_name(filters: Filters) -> str:
    return _("退回未交") if filters.tab == "returned" else _("待我审核")
