"""What changed between two submissions, from their snapshots alone."""

import copy

import pytest

from app.review.differences import ATTACHMENTS, COVER, ORDER, PERSON, Change, compare

FIRST = {"id": 1, "school": "示例职业中学", "witness": None}
SECOND = {"id": 2, "school": "示例大学", "witness": "示例证明人"}
PROOF = {"id": "a" * 32, "name": "毕业证.jpg", "requirement": 3, "section": None, "record": None}


def dossier():
    return {
        "cover": {"title": "馆员", "filled_on": "2026-08-18"},
        "person": {"position": "无"},
        "sections": {"study-history": [dict(FIRST), dict(SECOND)], "awards": []},
        "attachments": [dict(PROOF)],
    }


def put(place, **values):
    return lambda now: now[place].update(values)


def study(change):
    return lambda now: change(now["sections"]["study-history"])


CASES = {
    "nothing": (lambda now: None, []),
    "the day of submission alone": (put("cover", filled_on="2026-08-22"), []),
    "the cover": (put("cover", title="副研究馆员"), [Change(COVER, "馆员", "副研究馆员", field="title")]),
    "the person": (put("person", position="科长"), [Change(PERSON, "无", "科长", field="position")]),
    "a field of a record": (
        study(lambda rows: rows[0].update(witness="示例甲")),
        [Change("study-history", None, "示例甲", field="witness", record=1, position=1)],
    ),
    "a record added": (
        study(lambda rows: rows.append({"id": 3, "school": "示例学院", "witness": None})),
        [
            Change(
                "study-history", None, {"id": 3, "school": "示例学院", "witness": None}, record=3, position=3
            )
        ],
    ),
    "a record removed": (
        study(lambda rows: rows.pop(0)),
        [Change("study-history", FIRST, None, record=1, position=1)],
    ),
    "a record replaced by one that says the same": (
        study(lambda rows: rows[0].update(id=9)),
        [
            Change("study-history", FIRST, None, record=1, position=1),
            Change("study-history", None, {**FIRST, "id": 9}, record=9, position=1),
        ],
    ),
    "the order": (
        study(lambda rows: rows.reverse()),
        [Change("study-history", [1, 2], [2, 1], field=ORDER)],
    ),
    "an attachment replaced": (
        lambda now: now["attachments"].__setitem__(0, {**PROOF, "id": "b" * 32}),
        [Change(ATTACHMENTS, PROOF, {**PROOF, "id": "b" * 32})],
    ),
    "an attachment replaced by two": (
        lambda now: now.update(attachments=[{**PROOF, "id": "b" * 32}, {**PROOF, "id": "c" * 32}]),
        [
            Change(ATTACHMENTS, PROOF, {**PROOF, "id": "b" * 32}),
            Change(ATTACHMENTS, None, {**PROOF, "id": "c" * 32}),
        ],
    ),
    "an attachment that now proves something else": (
        lambda now: now["attachments"].__setitem__(0, {**PROOF, "requirement": 4}),
        [Change(ATTACHMENTS, PROOF, None), Change(ATTACHMENTS, None, {**PROOF, "requirement": 4})],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_difference_is_exactly_what_was_changed(case):
    change, expected = CASES[case]
    now = copy.deepcopy(dossier())
    change(now)
    assert compare(dossier(), now) == expected
