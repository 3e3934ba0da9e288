"""What the inputs of the dossier look up while one types. Catalogues only: nothing here is about a person."""

from typing import Any

from flask import abort, jsonify, request
from flask_appbuilder import BaseView, expose, has_access

from .rules import clean
from .suggestions import SOURCES, search

MOST = 20
LONGEST = 100


class LookupView(BaseView):  # type: ignore[misc]
    route_base = "/lookup"

    @expose("/<source>")
    @has_access
    def find(self, source: str) -> Any:
        """At most twenty names or paths that hold every word of `q`; `more` says that there are others."""
        if source not in SOURCES:
            abort(404)
        found = search(source, clean(request.args.get("q", ""))[:LONGEST], MOST + 1)
        return jsonify(found=found[:MOST], more=len(found) > MOST)
