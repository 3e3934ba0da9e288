"""How tests read a page."""

import html
import re

from sqlalchemy import select

from app.extensions import db
from app.models import Opening


def text_of(answer) -> str:
    """The words of a page, without its frame."""
    main = answer.text.split("<main", 1)[-1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main))).strip()


def value_of(answer, name: str) -> str:
    """What a hidden input carries."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', answer.text)
    assert found, name
    return html.unescape(found[1])


OPINION = "第一行：证明人未填写\n第二行：请补充"


def url_of(application):
    return f"/applications/{application.id}/review"


def post(client, application, event, opinion=OPINION, seen=None, **more):
    data = {"event": event, "opinion": opinion, "seen": seen or application.version, **more}
    return client.post(url_of(application), data=data)


def state_of(application):
    db.session.refresh(application)
    return (application.status, application.step, application.version, application.chances_used)


def openings(application):
    """Who has opened it, and at which version."""
    rows = db.session.execute(
        select(Opening.user_id, Opening.version)
        .where(Opening.application_id == application.id)
        .order_by(Opening.id)
    )
    return [tuple(each) for each in rows]
