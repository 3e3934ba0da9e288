"""Views of this room; app/__init__.py registers VIEWS."""

import io
from typing import Any

from flask import abort, send_file
from flask_appbuilder import BaseView, expose

from .places import guide_in, guides, language_of_page
from .printing import pdf_of
from .text import NAMES, Guide


class GuideView(BaseView):  # type: ignore[misc]
    """系统使用指南 and 用户手册, for everyone, signed in or not (SUP-02)."""

    route_base = "/guides"
    default_view = "list"

    @expose("/")
    def list(self) -> Any:
        return self.render_template("guides/list.html", all_guides=guides())

    @expose("/<string:guide>")
    def show(self, guide: str) -> Any:
        return self.render_template("guides/show.html", guide=_named(guide))

    @expose("/<string:guide>.pdf")
    def pdf(self, guide: str) -> Any:
        found = _named(guide)
        return send_file(
            io.BytesIO(pdf_of(found)),
            mimetype="application/pdf",
            as_attachment=True,
            download_name=f"{found.title}.pdf",
            max_age=0,
        )


def _named(name: str) -> Guide:
    if name not in NAMES:
        abort(404)
    return guide_in(name, language_of_page())


VIEWS: tuple[type, ...] = (GuideView,)
