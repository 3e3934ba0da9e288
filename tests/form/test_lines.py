"""Lines are broken by hand because the engine cannot (pdf.md 1, 2, 6)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.form.lines import break_lines, printable


def ems(text):
    return sum(1 if ord(character) > 0x2E80 or character in "“”…—" else 0.5 for character in text)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 5, [""]),
        ("一二三四五六", 3, ["一二三", "四五六"]),
        ("一二三，四五", 3, ["一二", "三，四", "五"]),
        ("一二“三四”五", 3, ["一二", "“三", "四”五"]),
        ("一二12,000卷", 4, ["一二", "12,000卷"]),
        ("第一行\n\n第三行", 9, ["第一行", "", "第三行"]),
        ("abcdefghij", 2, ["abcd", "efgh", "ij"]),
    ],
    ids=[
        "nothing",
        "full lines",
        "no comma first",
        "no opening mark last",
        "numbers whole",
        "typed lines",
        "too long",
    ],
)
def test_lines(text, width, expected):
    assert break_lines(text, width, ems) == expected


@given(st.text(st.sampled_from("中文，。（）“”ab12 .-\n\u3000䶮𬭎"), max_size=200))
@settings(max_examples=300)
def test_no_character_is_lost_and_no_line_is_too_wide(text):
    drawn = printable(text)
    lines = break_lines(drawn, 6, ems)

    assert "".join("".join(lines).split()) == "".join(drawn.split())
    assert all(ems(line) <= 6 for line in lines)


def test_what_has_no_shape_is_left_out_and_spaces_are_kept():
    assert printable("甲\u200b乙\ufeff\u00ad丙\x07") == "甲乙丙"
    assert printable("甲 乙\u3000丙\r\n丁") == "甲\u00a0乙\u00a0\u00a0\u00a0\u00a0丙\n丁"
