"""What a browser posts for a record or a person, made from the declarations."""

from datetime import date
from typing import Any

from app.models import fields_of
from tests.factories import sample


def posted(model: type, **given: str) -> dict[str, str]:
    """Every field of the table as typed text; `given` replaces, `end-empty` and `evaluated_by-other` tick."""
    others = {f"{each.name}-other": "y" for each in fields_of(model) if each.other}
    return {each.name: _typed(each) for each in fields_of(model)} | others | given


def _typed(declared: Any) -> str:
    value = sample(declared)
    if declared.tree:
        return "档案学" if declared.tree == "major" else "档案收集整理"
    if isinstance(value, bool):
        return "y" if value else "n"
    return value.strftime("%Y-%m-%d") if isinstance(value, date) else str(value)
