"""A made-up dossier of nobody, to look at a template with: every section filled in, every field as long as usual."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from ..models import SECTIONS, Person, fields_of
from ..models.examples import EXAMPLES
from ..models.fields import Field
from ..vocabulary import Category, Level, Stage
from .document import Values
from .sheets import Document

WATERMARK = "示例"
DIGEST = "0" * 64
RECORDS = 2


def content(year: int, series: str, tables: Values) -> Values:
    """As a submission would be frozen; `tables` are the template's."""
    return {
        "cover": {
            "year": year,
            "name": "示例姓名",
            "unit": "示例单位",
            "department": "示例主管部门",
            "series": series or "示例系列",
            "title": "示例职称",
            "profession": "示例学/示例类/示例专业",
            "committee": "示例评审委员会",
            "level": Level.INTERMEDIATE.value,
            "category": Category.REGULAR.value,
            "filled_on": f"{year}-05-20",
        },
        "person": {
            **{each.name: _sample(each, year, "示例") for each in fields_of(Person)},
            "name": "示例姓名",
            "id_number": "（示例证件号码）",
            "mobile": "（示例手机号）",
            "unit": "示例单位",
        },
        "sections": {
            model.section.slug: [
                {
                    "level": Level.JUNIOR_ASSISTANT.value,
                    **{
                        each.name: _sample(each, year - no, EXAMPLES[model.section.slug].get(each.name, ""))
                        for each in fields_of(model)
                    },
                }
                for no in range(1, RECORDS + 1)
            ]
            for model in SECTIONS
        },
        "attachments": [],
        "form": {"tables": tables},
    }


def record(system: str) -> dict[str, Any]:
    """What the review would have added."""
    return {
        "opinion": None,
        "chain": [
            {"stage": each.value, "organisation": "示例单位", "opinion": "同意推荐。", "by": "示例经办人", "on": None}
            for each in Stage
        ],
        "number": WATERMARK,
        "submission_no": 1,
        "digest": DIGEST,
        "draft": True,
        "verify": "",
        "system": system,
    }  # fmt: skip


def _sample(declared: Field, year: int, text: str) -> Any:
    if declared.type is date:
        return f"{year}-06-30"
    if declared.type is bool:
        return True
    if declared.tree:
        return "示例学/示例类/示例专业"
    if declared.type is int:
        return year if declared.name == "year" else declared.minimum or 1
    if declared.choices:
        return declared.choices[0]
    if re.search("[A-Za-z]", text):
        text = ""
    return (text or f"示例{declared.label}")[: declared.limit or 100]


def marked(document: Document) -> Document:
    """Nobody may take it for a form."""
    return replace(document, watermark=WATERMARK)
