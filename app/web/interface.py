"""FAB's view of a table, without its shared filters, its query a row and its bare words (fab.md 3, 8)."""

import copy
from typing import Any

from flask import g, has_request_context
from flask_appbuilder.models.filters import BaseFilter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload


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


class Searched(BaseFilter):
    """What was searched for in one column, already a clause."""

    def apply(self, query: Any, value: ColumnElement[bool]) -> Any:
        return query.filter(value)


class EagerInterface(SQLAInterface):
    """FAB's lists load every related row one by one; this loads the named relations with the page."""

    def __init__(self, obj: type, eager: tuple[str, ...] = ()) -> None:
        super().__init__(obj)
        self.eager = eager

    def apply_all(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        relations = [joinedload(getattr(self.obj, name)) for name in self.eager]
        return super().apply_all(query, *args, **kwargs).options(*relations)

    @staticmethod
    def _get_attr_value(item: Any, col: str) -> Any:
        """The value itself; FAB would make a word of a vocabulary a bare text."""
        return getattr(item, col)
