"""What a person has chosen for himself: looks, keys, whether news come by SMS and mail; it decides nothing else."""

from typing import Any

from flask_appbuilder.security.sqla.models import User

from ..extensions import db
from ..models import Preference

SMS, MAIL, DESK_SMS = "sms", "mail", "desk_sms"
# What holds until somebody chooses: an applicant is told, a clerk only where he asks for it.
USUAL = {SMS: True, MAIL: True, DESK_SMS: False}


def chosen_by(user_id: int) -> dict[str, Any]:
    found = db.session.get(Preference, user_id)
    return found.content if found else {}


def is_on(content: dict[str, Any] | None, switch: str) -> bool:
    """Whether a switch of USUAL is on for whoever has chosen this."""
    return bool((content or {}).get(switch, USUAL[switch]))


def keep(by: User, chosen: dict[str, Any]) -> None:
    """Remember what is chosen here; everything else the person has chosen stays."""
    # His account's row is the queue for two windows that save at once.
    db.session.refresh(by, with_for_update=True)
    row = db.session.get(Preference, by.id, populate_existing=True)
    if row is None:
        row = Preference(id=by.id, content={})
        db.session.add(row)
    row.content = {**row.content, **chosen}
    db.session.flush()
