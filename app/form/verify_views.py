"""Where the code on a form's cover leads: does this digest belong to what was submitted here?"""

import re
from typing import Any

from flask import Blueprint, current_app
from flask_appbuilder import BaseView, expose
from sqlalchemy import select

from ..extensions import db
from ..models import Application, Snapshot
from .record import PRINTABLE, VERIFY

DIGEST = re.compile(r"[0-9a-f]{64}")


class VerifyView(BaseView):  # type: ignore[misc]
    """For anyone who holds the paper; says nothing of the person. Limited per address."""

    route_base = VERIFY
    default_view = "show"

    def create_blueprint(self, appbuilder: Any, *args: Any, **kwargs: Any) -> Blueprint:
        blueprint: Blueprint = super().create_blueprint(appbuilder, *args, **kwargs)
        appbuilder.sm.limiter.limit(current_app.config["VERIFY_LIMIT"])(blueprint)
        return blueprint

    @expose("/<string:digest>")
    def show(self, digest: str) -> Any:
        found = _submitted(digest)
        if found is None:
            return self.render_template("form/verify.html", digest=digest, found=None), 404
        application = db.session.get_one(Application, found.application_id)
        return self.render_template(
            "form/verify.html",
            digest=digest,
            found=found,
            application=application,
            is_newest=found.number == application.submission_no,
            is_printable=application.status in PRINTABLE,
        )


def _submitted(digest: str) -> Snapshot | None:
    """The newest submission of that content. A person may submit the same again."""
    if not DIGEST.fullmatch(digest):
        return None
    query = select(Snapshot).where(Snapshot.digest == digest).order_by(Snapshot.id.desc()).limit(1)
    found: Snapshot | None = db.session.scalars(query).first()
    return found
