"""What a super administrator may say of a section's fields, and what he has changed. Pure Python.

A field is what layout.described() says of it: a dictionary of plain values. Its words come from a
person and are message ids to nobody but the catalogue that happens to know them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..vocabulary import N_

LABEL, HINT, TEXT, CHOICE = 40, 200, 5000, 30
CHOICES = range(2, 31)
CUSTOM_FIELDS = 10
LARGEST = 999_999_999
CUSTOM_NAME = re.compile(r"x([1-9][0-9]*)")
# The kinds a field may be added in; a choice is a text from a list.
KINDS = ("text", "number", "date", "choice")
CHOSEN_FOR_GOOD = N_("这类内容登记时必须填写，不能改为选填")
ANSWERED_BY_A_WORD = N_("填日期或勾选“%(word)s”，必有其一，不能改为选填")

Described = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong with one setting (`key`) of a field (`name`); an empty name means the whole section."""

    name: str
    key: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """One setting of a field before and after, in parts; a part is a message id or a person's own word."""

    label: str
    what: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def why_required(declared: Described) -> str:
    """Why the mark 必填 of a declared field stays; empty where it may be taken away."""
    if declared["custom"]:
        return ""
    if declared["empty"]:
        return ANSWERED_BY_A_WORD
    return CHOSEN_FOR_GOOD if declared["required"] and declared["type"] not in ("text", "choice") else ""


def problems(fields: Sequence[Described], declared: Sequence[Described]) -> list[Problem]:
    """Everything that keeps these fields from being a section's; `declared` are those it was born with."""
    return [
        *(problem for each in fields for problem in _of_field(each)),
        *_repeated(fields),
        *_not_optional(fields, declared),
        *_too_many(fields),
    ]


def next_name(taken: Sequence[str]) -> str:
    """A name for another custom field; those of earlier versions are `taken`, because records still hold them."""
    numbers = [int(match[1]) for name in taken if (match := CUSTOM_NAME.fullmatch(name))]
    return f"x{max(numbers, default=0) + 1}"


def moved(names: Sequence[str], name: str, by: int) -> list[str]:
    """The names with one of them a place up (-1) or down (+1); at an end it stays."""
    order = list(names)
    here = order.index(name)
    there = min(max(here + by, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    return order


def differences(before: Sequence[Described], after: Sequence[Described]) -> list[Difference]:
    """What a person is told before he publishes, in the order of the new fields."""
    was = {each["name"]: each for each in before}
    now = {each["name"]: each for each in after}
    found: list[Difference] = []
    for name, each in now.items():
        if name not in was:
            found.append(Difference(each["label"], N_("新增字段"), after=summary(each)))
        else:
            found += _changed(was[name], each)
    found += [
        Difference(each["label"], N_("删除字段"), before=summary(each))
        for name, each in was.items()
        if name not in now
    ]
    order_then = tuple(each["label"] for name, each in was.items() if name in now)
    order_now = tuple(was[name]["label"] for name in now if name in was)
    if order_then != order_now:
        found.append(Difference("", N_("顺序"), order_then, order_now))
    return found


KIND_WORDS = {
    "text": N_("文字"),
    "number": N_("数字"),
    "date": N_("日期"),
    "choice": N_("单选"),
    "yes_no": N_("是否"),
    "tree": N_("目录"),
}
REQUIRED, OPTIONAL = N_("必填"), N_("选填")


def summary(each: Described) -> tuple[str, ...]:
    """What is said of a whole field in one line."""
    return (KIND_WORDS[each["type"]], REQUIRED if each["required"] else OPTIONAL, *_extent(each))


def _extent(each: Described) -> tuple[str, ...]:
    if each["type"] == "text":
        return (f"≤ {each['limit']}",)
    return (f"{each['minimum']}–{each['maximum']}",) if each["type"] == "number" else tuple(each["choices"])


def _changed(was: Described, now: Described) -> Iterator[Difference]:
    label = was["label"]
    if was["label"] != now["label"]:
        yield Difference(label, N_("名称"), (was["label"],), (now["label"],))
    if was["hint"] != now["hint"]:
        yield Difference(label, N_("填写提示"), _given(was["hint"]), _given(now["hint"]))
    if was["required"] != now["required"]:
        marks = {True: REQUIRED, False: OPTIONAL}
        yield Difference(label, N_("填写要求"), (marks[was["required"]],), (marks[now["required"]],))
    if was["limit"] != now["limit"]:
        yield Difference(label, N_("字数上限"), (str(was["limit"]),), (str(now["limit"]),))
    if (was["minimum"], was["maximum"]) != (now["minimum"], now["maximum"]):
        yield Difference(label, N_("取值范围"), _extent(was), _extent(now))
    if list(was["choices"]) != list(now["choices"]):
        yield Difference(label, N_("选项"), tuple(was["choices"]), tuple(now["choices"]))


def _given(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _of_field(each: Described) -> Iterator[Problem]:
    name, kind = each["name"], each["type"]
    yield from _length(name, "label", N_("名称"), each["label"], LABEL)
    if not each["label"]:
        yield Problem(name, "label", N_("填写字段名称"))
    if each["custom"] and kind not in KINDS:
        yield Problem(name, "kind", N_("选择字段类型"))
    yield from _length(name, "hint", N_("填写提示"), each["hint"], HINT)
    if kind == "text" and not _within(each["limit"], 1, TEXT):
        yield Problem(name, "limit", N_("字数上限应为 1 到 %(most)s 之间的整数"), {"most": TEXT})
    elif kind == "number":
        yield from _range(each)
    elif kind == "choice" and each["custom"]:
        yield from _choices(each)


def _within(number: Any, least: int, most: int) -> bool:
    return isinstance(number, int) and least <= number <= most


def _length(name: str, key: str, what: str, text: str, limit: int) -> Iterator[Problem]:
    over = len(text) - limit
    if over > 0:
        yield Problem(
            name,
            key,
            N_("%(field)s超出 %(over)s 字，上限 %(limit)s 字"),
            {"field": what, "over": over, "limit": limit},
        )


def _range(each: Described) -> Iterator[Problem]:
    low, high = each["minimum"], each["maximum"]
    for key, number in (("minimum", low), ("maximum", high)):
        if not _within(number, -LARGEST, LARGEST):
            yield Problem(each["name"], key, N_("填写整数，不超过 9 位"))
    if _within(low, -LARGEST, LARGEST) and _within(high, -LARGEST, LARGEST) and low > high:
        yield Problem(each["name"], "maximum", N_("最大值小于最小值，修改其中一项"))


def _choices(each: Described) -> Iterator[Problem]:
    choices, name = each["choices"], each["name"]
    if len(choices) < CHOICES[0]:
        yield Problem(name, "choices", N_("选项至少填写 %(least)s 个，每行一个"), {"least": CHOICES[0]})
    if len(choices) > CHOICES[-1]:
        yield Problem(
            name,
            "choices",
            N_("选项有 %(count)s 个，上限 %(most)s 个"),
            {"count": len(choices), "most": CHOICES[-1]},
        )
    for choice in choices:
        if len(choice) > CHOICE:
            yield Problem(
                name, "choices", N_("选项“%(choice)s”超过 %(most)s 字"), {"choice": choice, "most": CHOICE}
            )
    repeated = {choice for choice in choices if choices.count(choice) > 1}
    if repeated:
        yield Problem(
            name, "choices", N_("选项“%(choice)s”重复，保留一个"), {"choice": "、".join(sorted(repeated))}
        )


def _repeated(fields: Sequence[Described]) -> Iterator[Problem]:
    seen: set[str] = set()
    for each in fields:
        if each["label"] and each["label"] in seen:
            yield Problem(
                each["name"],
                "label",
                N_("名称“%(label)s”与另一个字段相同，改成不同的名称"),
                {"label": each["label"]},
            )
        seen.add(each["label"])


def _not_optional(fields: Sequence[Described], declared: Sequence[Described]) -> Iterator[Problem]:
    born = {each["name"]: each for each in declared}
    for each in fields:
        own = born.get(each["name"])
        reason = why_required(own) if own else ""
        if own and reason and each["required"] != own["required"]:
            yield Problem(each["name"], "required", reason, {"word": own["empty"]})


def _too_many(fields: Sequence[Described]) -> Iterator[Problem]:
    count = sum(each["custom"] for each in fields)
    if count > CUSTOM_FIELDS:
        yield Problem("", "kind", N_("每项最多添加 %(most)s 个字段，先删除不用的"), {"most": CUSTOM_FIELDS})
