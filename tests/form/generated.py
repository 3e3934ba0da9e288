"""Made-up applications, the same for the same number: empty, typical, fullest, hostile, rare names.

FORMS=500 in the environment makes so many of them; without it the suite takes a dozen.
"""

import os
import random
from datetime import date, timedelta
from typing import Any

from app.models.fields import fields_of
from app.models.people import Person
from app.models.sections import SECTIONS
from tests.form import sample

FORMS = int(os.environ.get("FORMS", "12"))
KINDS = ("empty", "typical", "fullest", "hostile", "names", "many")
NAMES = (
    "䶮䶮",
    "王㛃",
    "李𬭎",
    "陈𠅤",
    "买买提·阿卜杜拉·艾力",
    "Ñoño O’Connor-Smith",
    "欧阳㛃𬭎𠅤䶮",
    "阿依努尔·吾买尔江",
)
HOSTILE = (
    "</td></tr></table><h1>x</h1>",
    '<img src="file:///etc/passwd" onerror=alert(1)>',
    "{{ 7*7 }}{% include 'x' %}${1}#{2}",
    "&lt;b&gt;&amp;&#65;&nbsp;<!-- -->",
    "<pdf:nextpage/><pdf:pagecount/>",
    "＜script＞“”‘’【】《》（）",
    "<div>" * 8,
    "a" * 60,
    "、。，；：？！" * 6,
    "（（（（" * 8,
    "第一行\n\n\n第五行\r\n第六行",
    "\u200b零\u200d宽\ufeff字\u00ad符\u202e倒",
    "\t制\t表\u3000空\u00a0格   多",
)
SENTENCES = (
    "主持完成馆藏民国档案数字化著录与质量检查，共 12,000 卷，合格率 99.8%。",
    "参与编写《档案馆（室）安全保管规范》，负责第三章、第五章；",
    "Designed a low-cost humidity monitor (v2.1) for storage rooms; 见 https://example.invalid/a/b?c=1&d=2。",
    "经评审：“成果达到省内先进水平”，获推广应用……",
    "完成 2019—2024 年度指标，增长 15.6%，节约经费 3,200.50 元。",
)
COMMON = "的一是了我不人在他有这上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感㛃𬭎𠅤䶮"


def application(number: int) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Its kind, its snapshot and its record, by number."""
    chance, kind = random.Random(number), KINDS[number % len(KINDS)]
    content = sample.content()
    for name, value in _values(fields_of(Person), kind, chance).items():
        content["person"][name] = value
    content["person"]["name"] = content["cover"]["name"] = chance.choice(NAMES)
    content["person"]["unit"] = content["cover"]["unit"] = _text(100, kind, chance) or "示例单位"
    for name in ("department", "series", "title", "profession", "committee"):
        content["cover"][name] = _text(100, kind, chance) or ("" if name == "department" else "示例")
    content["cover"]["level"] = chance.choice(
        ("junior_technician", "junior_assistant", "intermediate", "senior_associate", "senior_full")
    )
    content["sections"] = {
        model.section.slug: [
            {"id": n, **_record(model, kind, chance)} for n in range(_count(model, kind, chance))
        ]
        for model in SECTIONS
    }
    return kind, content, _review(kind, chance)


def _count(model: Any, kind: str, chance: random.Random) -> int:
    if kind == "empty":
        return 0
    if kind == "many":
        return chance.randint(20, 40) if not any(each.is_long for each in fields_of(model)) else 2
    return chance.randint(1, 3) if kind == "typical" else 4


def _record(model: Any, kind: str, chance: random.Random) -> dict[str, Any]:
    values = _values(fields_of(model), kind, chance)
    if model.section.slug == "titles-held":
        values |= {"employed": chance.random() < 0.7, "level": "intermediate"}
    return values


def _values(fields: Any, kind: str, chance: random.Random) -> dict[str, Any]:
    return {each.name: _value(each, kind, chance) for each in fields}


def _value(declared: Any, kind: str, chance: random.Random) -> Any:
    if kind == "empty" or (not declared.required and kind == "typical" and chance.random() < 0.5):
        return None
    if declared.choices:
        return chance.choice(declared.choices)
    if declared.type is bool:
        return chance.random() < 0.5
    if declared.type is int:
        return chance.randint(declared.minimum or 0, declared.maximum or 99)
    if declared.type is date:
        return (date(1990, 1, 1) + timedelta(days=chance.randint(0, 12_000))).isoformat()
    return _text(300 if declared.tree else declared.limit or 60, kind, chance)


def _text(limit: int, kind: str, chance: random.Random) -> str:
    if kind == "empty":
        return ""
    if kind == "hostile":
        return chance.choice(HOSTILE)[:limit]
    if kind == "names":
        return chance.choice(NAMES)[:limit]
    if kind == "fullest":
        style = chance.randrange(4)
        if style == 0:
            return "".join(chance.choice(COMMON) for _ in range(limit))
        if style == 1:
            return "W" * limit
        return (chance.choice(SENTENCES) * limit)[:limit]
    wanted = min(limit, chance.choice((4, 8, 12, 30, 200, 900)))
    return "".join(chance.choice(SENTENCES) for _ in range(wanted // 20 + 1))[:wanted]


def _review(kind: str, chance: random.Random) -> dict[str, Any]:
    record = sample.record()
    if kind == "empty":
        return sample.record(opinion=None, chain=[])
    for name, limit in (("appraisal", 1000), ("method", 200), ("participants", 200), ("opinion", 500), ("formation", 500)):  # fmt: skip
        record["opinion"][name] = _text(limit, kind, chance)
    for step in record["chain"]:
        step["organisation"] = _text(100, kind, chance)
        step["opinion"] = _text(1000 if chance.random() < 0.2 else 60, kind, chance)
    return record
