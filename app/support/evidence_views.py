"""The only road by which the bytes of an evidence image leave; each look is recorded (ACC-07, D09)."""

import io
from typing import Any

from flask import abort, current_app, send_file
from flask_appbuilder import BaseView, expose, has_access

from .. import clock
from ..audit import record_apart
from ..dossier import storage
from ..dossier.serving import FILE_POLICY
from ..models import Evidence
from ..policy import get_or_404
from ..web.request import who


class EvidenceView(BaseView):  # type: ignore[misc]
    route_base = "/evidence"
    default_view = "get"

    @expose("/<pk>")
    @has_access
    def get(self, pk: str) -> Any:
        evidence: Evidence = get_or_404(Evidence, pk, who())
        try:
            content = storage.read(current_app.config["PRIVATE_ROOT"], evidence.storage_key)
        except FileNotFoundError:
            abort(404)
        answer = send_file(io.BytesIO(content), mimetype=evidence.mime, download_name=evidence.name)
        answer.headers["Content-Security-Policy"] = FILE_POLICY
        answer.headers["Cache-Control"] = "private, no-store"
        record_apart("view_scan", at=clock.now(), object_type="Evidence", object_id=evidence.id)
        return answer
